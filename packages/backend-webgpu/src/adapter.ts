/** @file Finding an adapter and opening its device: in browsers, Deno, and Node through Dawn. Knows nothing of kernels. */
import { DeviceError } from "@adjoint/core/backend";
import type { HostGPU, HostGPUDevice } from "./host-types.ts";

export type AdapterInfo = {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** A rasteriser on the CPU: right, but slower than the wasm backend. */
  readonly isSoftware: boolean;
};

export type OpenOptions = {
  /** Where to look for adapters, instead of `navigator.gpu`. */
  readonly gpu?: HostGPU;
  readonly powerPreference?: "low-power" | "high-performance";
};

export type Opened = { readonly device: HostGPUDevice; readonly info: AdapterInfo };

/** Opens a device with all that its adapter can do, or says what is missing. */
export async function openDevice({ gpu: given, powerPreference }: OpenOptions): Promise<Opened> {
  const gpu = given ?? (typeof navigator === "object" ? navigator.gpu as GPU | undefined : undefined) ?? (await dawn());
  if (gpu === undefined)
    throw new DeviceError("webgpu: this host has no navigator.gpu; in Node install the package \"webgpu\" (npm install webgpu), in a browser serve the page over https or localhost");
  const adapter = await gpu.requestAdapter(powerPreference === undefined ? {} : { powerPreference });
  if (adapter === null)
    throw new DeviceError("webgpu: no adapter; this machine has no graphics driver that WebGPU can use (on Linux: install Vulkan's, libvulkan1 and a driver)");
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits: limitsOf(adapter.limits) });
  return { device, info: describe(adapter.info) };
}

/** Timestamps measure kernels for `profile`. */
const wantedFeatures: readonly GPUFeatureName[] = ["timestamp-query"];

const wantedLimits = [
  "maxBufferSize", "maxStorageBufferBindingSize", "maxStorageBuffersPerShaderStage", "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupSizeX", "maxComputeWorkgroupSizeY", "maxComputeWorkgroupsPerDimension",
  "minUniformBufferOffsetAlignment", "minStorageBufferOffsetAlignment",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

function limitsOf(limits: GPUSupportedLimits): Record<string, number> {
  return Object.fromEntries(wantedLimits.map((name) => [name, limits[name]]));
}

export function describe(info: GPUAdapterInfo): AdapterInfo {
  const { vendor, architecture, description } = info;
  const text = `${vendor} ${architecture} ${info.device} ${description}`;
  const isSoftware = info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render|software/i.test(text);
  return { vendor, architecture, description, isSoftware };
}

/** Browsers round timestamps, to 0.1 ms, against spying pages; a program of Node may know them. */
const exactTimes = ["disable-dawn-features=timestamp_quantization"];

let instance: GPU | undefined;

/** Dawn for Node, if the package is there. One instance for the process, which must outlive its devices. */
async function dawn(): Promise<GPU | undefined> {
  const specifier = "webgpu"; // not a literal in import(): bundlers for browsers must not look for it
  try {
    const found: { create(flags: readonly string[]): GPU } = await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
    return (instance ??= found.create(exactTimes));
  } catch {
    return undefined;
  }
}
