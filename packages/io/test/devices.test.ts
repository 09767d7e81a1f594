/** @file Files of tensors on plain JavaScript and on wasm. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import type { Backend } from "@adjoint/core";
import { expect, it } from "vitest";
import { loadNpy } from "@adjoint/io";
import { checkFiles } from "./devices.ts";
import { fixture } from "./files.ts";

it.each<[string, () => Backend | Promise<Backend>]>([["cpu", cpu], ["wasm", wasm]])("%s", async (_, open) => checkFiles(await open()));
it("float64 is refused where it is not there, and can be read as float32", async () => {
  const device = await wasm();
  await expect(loadNpy(fixture("float64.npy"), { device })).rejects.toThrow("npy: the array is of float64, which device 'wasm' does not have; load it with { dtype: \"float32\" }, or on another device");
  expect(await (await loadNpy(fixture("float64.npy"), { device, dtype: "float32" })).toArray()).toEqual([[0, 1, 2], [3, 4, 5]]);
});
