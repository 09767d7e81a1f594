/** @file The kernel checks in Chromium. */
import { webgpu } from "@adjoint/backend-webgpu";
import { afterAll, test } from "vitest";
import { kernelChecks } from "../gpu-node/shared/kernels.ts";

const device = await webgpu();
afterAll(() => device.dispose());
test.each(kernelChecks)("$name", ({ run }) => run(device), 60_000);
