/** @file Files of tensors on webgpu, which is read by promises alone. */
import { webgpu } from "@adjoint/backend-webgpu";
import { it } from "vitest";
import { checkFiles } from "../test/devices.ts";

it("webgpu", async () => {
  const device = await webgpu();
  await checkFiles(device);
  device.dispose();
});
