/** @file Through the public API: other shapes, learning rates, seeds and scalars compile nothing. */
import { checkCompilesNothing } from "@adjoint/conformance";
import { test } from "vitest";
import { wasm, wasmStats } from "../src/index.ts";

test("a new shape, learning rate, seed or scalar compiles nothing", async () => {
  const device = await wasm();
  await checkCompilesNothing(device, () => wasmStats(device).modulesCompiled);
}, 60_000);
