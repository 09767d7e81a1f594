/** @file Every backend, opened if it is there. The one place of the demo that names them. */
import type { Backend } from "adjoint";

export type DeviceName = "cpu" | "wasm" | "webgpu" | "tfjs";
export const deviceNames: readonly DeviceName[] = ["cpu", "wasm", "webgpu", "tfjs"];

/** `software`: a graphics adapter that is emulated, and slower than the processor's own backends. */
type Found = { readonly device: Backend; readonly note: string; readonly software?: boolean };
export type Opened = { readonly name: DeviceName; readonly device: Backend | undefined; readonly note: string; readonly software?: boolean };

const openers: { readonly [N in DeviceName]: () => Promise<Found> } = {
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
    return { device, software: isSoftware, note: `${vendor} ${architecture}${isSoftware ? ", a software adapter" : ""}`.trim() };
  },
  async tfjs() {
    const { env } = await import("@tensorflow/tfjs-core");
    env().set("IS_TEST", true); // no advertisement on the console
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
