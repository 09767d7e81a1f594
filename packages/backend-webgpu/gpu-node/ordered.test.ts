/** @file A deterministic device, in Node. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";
import { afterAll, test } from "vitest";
import { expectations } from "./shared/expectations.ts";
import { kernelChecks } from "./shared/kernels.ts";
import { orderedChecks } from "./shared/ordered.ts";

test.each(orderedChecks)("$name", ({ run }) => run(), 60_000);

const device = await webgpu({ deterministic: true });
afterAll(() => device.dispose());
test.each(kernelChecks.filter(({ name }) => /scatter/.test(name)))("$name", ({ run }) => run(device), 60_000);
conformance(() => webgpu({ deterministic: true }), { expectations, only: /scatter|indexAdd|indexPut|embedding|maxPool2d/ });
