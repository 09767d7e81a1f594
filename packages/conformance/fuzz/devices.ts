/** @file The devices that can be compared, by name. */
import { cpu } from "@adjoint/backend-cpu-js";
import type { Backend } from "@adjoint/core";
import { askedTuning, findGraphicsDriver } from "@adjoint/tools-browsers/vulkan";

/** Opens a device, or throws a DeviceError that says what is missing. */
export const openers: { readonly [name: string]: () => Promise<Backend> } = {
  cpu: async () => cpu(),
  wasm: async () => (await import("@adjoint/backend-wasm-simd")).wasm(),
  async tfjs() {
    const { env } = await import("@tensorflow/tfjs-core");
    env().set("IS_TEST", true); // no advertisement on the console
    await import("@tensorflow/tfjs-backend-cpu");
    return (await import("@adjoint/backend-tfjs")).tfjs({ backend: "cpu" });
  },
  async webgpu() {
    findGraphicsDriver();
    return (await import("@adjoint/backend-webgpu")).webgpu(askedTuning());
  },
};
