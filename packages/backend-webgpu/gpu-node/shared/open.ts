/** @file A GPU device of the test's own, in Node or in a browser. */
import { DeviceError } from "@adjoint/core/backend";

/** Dawn's instance must outlive its devices. */
let instance: GPU | undefined;

export async function openDevice(): Promise<GPUDevice> {
  const specifier = "webgpu";
  const inBrowser = typeof navigator === "object" && "gpu" in navigator;
  instance ??= inBrowser ? navigator.gpu : (await import(/* @vite-ignore */ specifier) as { create(flags: readonly string[]): GPU }).create([]);
  const adapter = await instance.requestAdapter();
  if (adapter === null) throw new DeviceError("no adapter");
  return adapter.requestDevice();
}
