/** @file Every backend, opened if it is there. The one place of the demo that names them. */
import type { Backend } from "adjoint";

export type DeviceName = "cpu" | "wasm" | "webgpu" | "tfjs";
export const deviceNames: readonly DeviceName[] = ["cpu", "wasm", "webgpu", "tfjs"];

export type Opened = { readonly name: DeviceName; readonly device: Backend; readonly note: string } | { readonly name: DeviceName; readonly device: undefined; readonly note: string };

const openers: { readonly [N in DeviceName]: () => Promise<{ device: Backend; note: string }> } = {
  async cpu() {
    const { cpu } = await import("@adjoint/backend-cpu-js");
    return { device: cpu(), note: "plain JavaScript" };
  },
  async wasm() {
    const { wasm } = await import("@adjoint/backend-wasm-simd");
    return { device: await wasm(), note: "WebAssembly SIMD" };
  },
  async webgpu() {
    const { webgpu, adapterInfo } = await import("@adjoint/backend-webgpu");
    const device = await webgpu();
    const { vendor, architecture, isSoftware } = adapterInfo(device);
    return { device, note: `${vendor} ${architecture}${isSoftware ? ", a software adapter" : ""}`.trim() };
  },
  async tfjs() {
    await import("@tensorflow/tfjs-backend-cpu");
    const { tfjs } = await import("@adjoint/backend-tfjs");
    return { device: await tfjs({ backend: "cpu" }), note: "TensorFlow.js, its cpu backend" };
  },
};

/** Opens a backend, or says why it cannot be had here. */
export async function open(name: DeviceName): Promise<Opened> {
  try {
    return { name, ...(await openers[name]()) };
  } catch (error) {
    return { name, device: undefined, note: (error as Error).message.split("\n")[0]! };
  }
}
