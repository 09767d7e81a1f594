/** @file Generated programs on webgpu: fewer than in Node's suite, because each new kernel is compiled. */
import { cpu } from "@adjoint/backend-cpu-js";
import { webgpu } from "@adjoint/backend-webgpu";
import { fuzz, showFailure } from "@adjoint/conformance";
import { expect, test } from "vitest";

test("300 programs agree on webgpu", async () => {
  const device = await webgpu();
  const { failures } = await fuzz({ seed: 1, count: 300, reference: cpu(), devices: new Map([["webgpu", device]]), aliasing: false, derivatives: 0 });
  expect(failures.map((failure) => showFailure(failure, (seed) => `npm run fuzz -- --device webgpu --count 1 --seed ${seed}`)).join("\n\n")).toBe("");
  device.dispose();
}, 300_000);
