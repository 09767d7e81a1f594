/** @file The devices that can be compared, by name. */
import { cpu } from "@adjoint/backend-cpu-js";
import type { Backend } from "@adjoint/core";
import { existsSync, readdirSync } from "node:fs";

const chromiumDrivers = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/usr/lib/chromium-browser/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];
const systemDrivers = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/** Vulkan's loader finds a driver by itself, or through a variable: where neither says one, Chromium's software driver. */
export function findGraphicsDriver(): void {
  if (process.platform !== "linux" || process.env["VK_ICD_FILENAMES"] !== undefined || process.env["VK_DRIVER_FILES"] !== undefined) return;
  if (systemDrivers.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) return;
  const driver = chromiumDrivers.find((path) => existsSync(path));
  if (driver !== undefined) process.env["VK_ICD_FILENAMES"] = driver;
}

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
    return (await import("@adjoint/backend-webgpu")).webgpu();
  },
};
