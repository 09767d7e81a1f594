/** @file Through the public API: other shapes, learning rates, seeds and scalars compile nothing. */
import { checkCompilesNothing } from "@adjoint/conformance";
import { test } from "vitest";
import { webgpu, webgpuStats } from "../src/index.ts";

test("a new shape, learning rate, seed or scalar compiles nothing", async () => {
  const device = await webgpu();
  await checkCompilesNothing(device, () => webgpuStats(device).pipelinesCompiled);
}, 120_000);
