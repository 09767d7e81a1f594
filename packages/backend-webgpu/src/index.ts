/** @file The entry of @adjoint/backend-webgpu: opens a device as a backend. All else is internal. */
import { type Backend, DeviceError } from "@adjoint/core/backend";
import { type AdapterInfo, describe, openDevice, type OpenOptions } from "./adapter.ts";
import { WebGpuDevice } from "./device.ts";
import { RestorableDevice, type WebGpuBackend } from "./restorable.ts";
import type { Tuning } from "./tuning.ts";
import type { HostGPUDevice } from "./host-types.ts";

export type { AdapterInfo } from "./adapter.ts";
export type { GpuSlice, WebGpuBackend } from "./restorable.ts";
export type { Tuning } from "./tuning.ts";

export type WebGpuOptions = OpenOptions & {
  /** A device that is yours: `dispose` frees the backend's buffers and leaves the device to you. */
  readonly device?: HostGPUDevice;
  /** The most bytes that tensors may take together. Default: what the device gives. */
  readonly maxBytes?: number;
  /** For which kind of adapter kernels are chosen. Default: what the adapter is. Results differ in rounding alone. */
  readonly tuning?: Tuning;
  /**
   * Whether results are the same to the last bit at every run: as PyTorch's `use_deterministic_algorithms`. Elsewhere what adds many elements to one place (`scatterAdd`, `indexAdd`, gradients
   * of `gather`, embeddings and maximum pooling) adds them in the order in which the device comes to them, and what sets one place several times leaves any of the values. Default: false, as
   * this takes longer.
   */
  readonly deterministic?: boolean;
};

export type WebGpuStats = {
  readonly pipelinesCompiled: number;
  readonly dispatches: number;
  readonly submits: number;
  readonly liveBuffers: number;
  readonly liveBytes: number;
  /** Live, or kept for later tensors and reads. */
  readonly reservedBytes: number;
};

type Known = { readonly device: RestorableDevice; readonly info: AdapterInfo };
const known = /*@__PURE__*/ new WeakMap<object, Known>();

/**
 * Opens the GPU as a backend. In browsers and Deno it uses `navigator.gpu`, in Node the optional package `webgpu`.
 * Computes in float32, int32 and bool; reads are asynchronous.
 *
 * @throws DeviceError when there is no WebGPU or no adapter; the message says how to get it.
 * @example
 * ```ts
 * const device = await webgpu();
 * const buffer = device.allocate("float32", 3);
 * device.write(buffer, 0, new Float32Array([1, 2, 3]));
 * console.log(await device.read(buffer, 1, 2)); // Float32Array [2, 3]
 * ```
 */
export async function webgpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { device: own, maxBytes: budget = Infinity, tuning, deterministic = false } = options;
  const open = async (given: GPUDevice | undefined): Promise<{ readonly device: WebGpuDevice; readonly info: AdapterInfo }> => {
    if (own !== undefined && given === undefined) throw new DeviceError("webgpu: the lost device was yours; open another and hand it over: await device.restore(another)");
    const { device, info } = given === undefined ? await openDevice(options) : { device: given, info: describe(given.adapterInfo) };
    return { device: new WebGpuDevice({ device, owned: given === undefined, budget, tuning: tuning ?? (info.isSoftware ? "registers" : "workgroup"), deterministic }), info };
  };
  const first = await open(own);
  const backend = new RestorableDevice(first.device, async (given) => {
    const { device, info } = await open(given);
    known.set(backend, { device: backend, info });
    return device;
  });
  known.set(backend, { device: backend, info: first.info });
  return backend;
}

/** Which adapter a backend made by `webgpu` runs on, and whether that is a rasteriser on the CPU. */
export function adapterInfo(backend: Backend): AdapterInfo {
  return find(backend).info;
}

/** What the backend has done on its present device: for tests and for finding out why something is slow. */
export function webgpuStats(backend: Backend): WebGpuStats {
  const { pipelines, recorder, pool, reservedBytes } = find(backend).device.current;
  return {
    pipelinesCompiled: pipelines.compiled, dispatches: recorder.dispatches, submits: recorder.submits,
    liveBuffers: pool.liveBuffers, liveBytes: pool.liveBytes, reservedBytes,
  };
}

function find(backend: Backend): Known {
  const found = known.get(backend);
  if (found === undefined) throw new DeviceError(`webgpu: ${backend.name} was not made by webgpu()`);
  return found;
}
