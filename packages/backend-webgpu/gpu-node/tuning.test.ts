/** @file The kernel checks again, with the kernels that are meant for hardware. */
import { webgpu } from "@adjoint/backend-webgpu";
import { afterAll, test } from "vitest";
import { kernelChecks } from "./shared/kernels.ts";

const device = await webgpu({ tuning: "workgroup" });
afterAll(() => device.dispose());
test.each(kernelChecks.filter(({ name }) => /^(reduce)/.test(name)))("$name", ({ run }) => run(device), 60_000);
