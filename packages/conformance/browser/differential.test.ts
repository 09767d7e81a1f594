/** @file Generated programs in Chromium, on wasm and webgpu: fewer than in Node, which has other engines of the same kind. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { webgpu } from "@adjoint/backend-webgpu";
import { fuzz, showFailure } from "@adjoint/conformance";
import { expect, test } from "vitest";

test("120 programs agree on wasm and webgpu", async () => {
  const devices = new Map([["wasm", await wasm()], ["webgpu", await webgpu()]] as const);
  const { failures } = await fuzz({ seed: 5001, count: 120, reference: cpu(), devices, aliasing: false, derivatives: 0 });
  expect(failures.map((failure) => showFailure(failure, (seed) => `npm run fuzz -- --device wasm,webgpu --count 1 --seed ${seed}`)).join("\n\n")).toBe("");
  for (const device of devices.values()) device.dispose();
}, 300_000);
