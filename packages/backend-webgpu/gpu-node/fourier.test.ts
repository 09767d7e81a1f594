/** @file Long Fourier transforms, which here are matrix products and stay on the device: against those that the host computes in float64. */
import { cpu } from "@adjoint/backend-cpu-js";
import { complex, fft, manualSeed, randn } from "@adjoint/core";
import { webgpu } from "@adjoint/backend-webgpu";
import { expect, test } from "vitest";

const device = await webgpu(), host = cpu();
// Several levels of products, a length of two large primes, a prime by convolution.
test.each([4096, 1009 * 3, 10_007, 65_536])("length %i", async (n) => {
  manualSeed(n);
  const z = complex(randn([n], { device: host }), randn([n], { device: host })), there = await z.to(device);
  const want = fft.fft(z, -1, { norm: "ortho" }).dataSync(), out = fft.fft(there, -1, { norm: "ortho" }), got = await out.data(), back = await fft.ifft(out, -1, { norm: "ortho" }).data(), from = z.dataSync();
  let worst = 0;
  for (let k = 0; k < want.length; k++) worst = Math.max(worst, Math.abs(got[k]! - want[k]!), Math.abs(back[k]! - from[k]!));
  expect(worst).toBeLessThan(2e-5); // values of size 1, of the largest about 5
});
