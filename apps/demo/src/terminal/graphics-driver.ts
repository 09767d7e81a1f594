/** @file Helps Vulkan's loader to a driver: where none is named, the software one that comes with Chromium. To be called before WebGPU is opened. */
import { existsSync, readdirSync } from "node:fs";

const chromiumDrivers = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/usr/lib/chromium-browser/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];
const systemDrivers = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

export function findGraphicsDriver(): void {
  if (process.platform !== "linux" || process.env["VK_ICD_FILENAMES"] !== undefined || process.env["VK_DRIVER_FILES"] !== undefined) return;
  if (systemDrivers.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) return;
  const driver = chromiumDrivers.find((path) => existsSync(path));
  if (driver !== undefined) process.env["VK_ICD_FILENAMES"] = driver;
}
