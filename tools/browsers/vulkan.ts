/** @file The driver with which WebGPU runs in Node and in other hosts where there is no GPU, the software one that comes with Chromium; and what may be asked of it by variables. */
import { existsSync, readdirSync } from "node:fs";

const ofChromium = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/usr/lib/chromium-browser/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];
const ofTheSystem = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/** Where Chromium's software driver is, by the file that names it to Vulkan's loader. */
export const softwareDriver = (): string | undefined => ofChromium.find((path) => existsSync(path));

/** Vulkan's loader finds a driver by itself, or through a variable: where neither says one, Chromium's software driver. To be called before WebGPU is opened. */
export function findGraphicsDriver(): void {
  if (process.platform !== "linux" || process.env["VK_ICD_FILENAMES"] !== undefined || process.env["VK_DRIVER_FILES"] !== undefined) return;
  if (ofTheSystem.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) return;
  const driver = softwareDriver();
  if (driver !== undefined) process.env["VK_ICD_FILENAMES"] = driver;
}

/** For which kind of adapter kernels of webgpu are chosen, where `ADJOINT_TUNING` says it and not the adapter: an option of `webgpu`. */
export function askedTuning(): { readonly tuning?: "workgroup" | "registers" } {
  const asked = process.env["ADJOINT_TUNING"];
  if (asked === undefined) return {};
  if (asked !== "workgroup" && asked !== "registers") throw new Error(`ADJOINT_TUNING is workgroup or registers, not "${asked}"`);
  return { tuning: asked };
}
