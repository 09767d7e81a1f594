/** @file Every op sample with its derivatives on wasm and cpu together, kernel by kernel: none differs by more than a rounding of its inputs explains. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { parity } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { opSuite } from "../src/ops/op-suite.ts";
import { runner } from "../src/run.ts";

test("wasm and cpu agree in every kernel of every op sample", async () => {
  const device = runner(async () => parity(await wasm(), cpu())), failed: string[] = [];
  for (const item of opSuite().filter(({ name }) => name.startsWith("ops: "))) {
    const outcome = await device.run(item);
    if (outcome.status === "failed") failed.push(`${item.name}: ${outcome.error.message}`);
  }
  await device.close();
  expect(failed).toEqual([]);
});
