/** @file The backend as a value: memory, reads and writes, and the table of kernels. Computes nothing itself. */
import {
  type Backend, DeviceError, type DType, dtypes, type Kernel, type Kernels, OutOfMemoryError, type PrimitiveAttrs, type PrimitiveName, type TypedArray,
} from "@adjoint/core/backend";
import { add, clone, getBackend, keep, ready, setBackend, type Tensor1D, tidy, zeros } from "@tensorflow/tfjs-core";
import { content, range, storeRange, TfjsBuffer } from "./buffer.ts";
import { dataTypeOf, fromHost, supported, toHost } from "./data-type.ts";
import { upload } from "./host.ts";
import { argReduce } from "./kernels/arg-reduce.ts";
import { conv } from "./kernels/conv.ts";
import { copy } from "./kernels/copy.ts";
import { gather } from "./kernels/gather.ts";
import { map } from "./kernels/map.ts";
import { matmul } from "./kernels/matmul.ts";
import { reduce } from "./kernels/reduce.ts";
import { scan } from "./kernels/scan.ts";
import { sort } from "./kernels/sort.ts";
import { scatter } from "./kernels/scatter.ts";

export type TfjsOptions = {
  /** The tfjs backend, registered by its package: "cpu", "wasm", "webgl", "webgpu" or one of your own. Default: the current one. */
  readonly backend?: string;
};

/** Positions are int32, and some of tfjs's backends count bytes in int32. */
const MAX_BYTES = 2 ** 31;

/**
 * TensorFlow.js behind Adjoint's contract, to compare results with. Import the tfjs backend's own package first.
 * tfjs has one current backend for the whole program, and this makes `options.backend` the one: nothing else global changes.
 *
 * @example
 * import "@tensorflow/tfjs-backend-cpu";
 * const device = await tfjs({ backend: "cpu" });
 */
export async function tfjs(options: TfjsOptions = {}): Promise<Backend> {
  await choose(options.backend);
  const live = new Set<TfjsBuffer>();
  let disposed = false;

  const alive = (): void => {
    if (disposed) throw new DeviceError("tfjs: this device was disposed; make another with tfjs()");
  };
  const guarded = <P extends PrimitiveName>(name: P, kernel: Kernel<PrimitiveAttrs[P], TfjsBuffer>): Kernel<PrimitiveAttrs[P], TfjsBuffer> =>
    (inputs, outputs, attrs) => {
      alive();
      orOutOfMemory(name, () => { tidy(() => { kernel(inputs, outputs, attrs); }); });
    };
  const kernels: Kernels<TfjsBuffer> = {
    map: guarded("map", map), reduce: guarded("reduce", reduce), argReduce: guarded("argReduce", argReduce), scan: guarded("scan", scan), sort: guarded("sort", sort), matmul: guarded("matmul", matmul), conv: guarded("conv", conv),
    gather: guarded("gather", gather), scatter: guarded("scatter", scatter), copy: guarded("copy", copy),
  };
  /** A tensor of its own, of what is there now. */
  const piece = (buffer: TfjsBuffer, from: number, count: number): Tensor1D => {
    alive();
    checkRange("read", buffer, from, count);
    return tidy(() => keep(clone(range(content(buffer), from, count))));
  };

  const device: Backend<TfjsBuffer> = {
    name: "tfjs",
    dtypes: supported,
    limits: { maxBindings: 64, maxRank: 16, maxBytes: MAX_BYTES },
    kernels,
    allocate(dtype: DType, length: number): TfjsBuffer {
      alive();
      const buffer = new TfjsBuffer(dtype, length), bytes = length * dtypes[dataTypeOf(dtype)].bytes;
      if (bytes > MAX_BYTES) throw new OutOfMemoryError(`tfjs: allocating ${bytes} bytes (${length} elements of ${dtype}): the limit of one buffer is ${MAX_BYTES}`);
      live.add(buffer);
      return buffer;
    },
    free(buffer: TfjsBuffer): void {
      release(buffer);
      live.delete(buffer);
    },
    write(buffer: TfjsBuffer, from: number, values: TypedArray): void {
      alive();
      checkRange("write", buffer, from, values.length);
      if (values.length > 0) orOutOfMemory("write", () => { tidy(() => { storeRange(buffer, from, upload(buffer.dtype, fromHost(buffer.dtype, values))); }); });
    },
    async read(buffer: TfjsBuffer, from: number, count: number): Promise<TypedArray> {
      const tensor = piece(buffer, from, count);
      try {
        const values = toHost(buffer.dtype, await tensor.data());
        await newTask();
        return values;
      } finally {
        tensor.dispose();
      }
    },
    async sync(): Promise<void> {
      alive();
      const last = tidy(() => keep(add(zeros([1]), 1)));
      await last.data(); // tfjs's queues are in order
      last.dispose();
      await newTask();
    },
    dispose(): void {
      disposed = true;
      for (const buffer of live) release(buffer);
      live.clear();
    },
  };
  if (getBackend() === "webgpu") return device;
  return {
    ...device,
    readSync(buffer: TfjsBuffer, from: number, count: number): TypedArray {
      const tensor = piece(buffer, from, count);
      const values = toHost(buffer.dtype, tensor.dataSync());
      tensor.dispose();
      return values;
    },
  };
}

async function choose(backend: string | undefined): Promise<void> {
  const name = backend === undefined ? "backend" : `backend "${backend}"`;
  const remedy = `register it first, for example: import "@tensorflow/tfjs-backend-${backend ?? "cpu"}"`;
  let chosen = false;
  try {
    chosen = backend === undefined || (await setBackend(backend));
    await ready();
  } catch (cause) {
    throw new DeviceError(`tfjs: no ${name}; ${remedy}`, { cause });
  }
  if (!chosen) throw new DeviceError(`tfjs: ${name} did not start; ${remedy}`);
}

function release(buffer: TfjsBuffer): void {
  buffer.tensor?.dispose();
  buffer.tensor = undefined;
  buffer.freed = true;
}

function checkRange(what: string, buffer: TfjsBuffer, from: number, count: number): void {
  if (from < 0 || from + count > buffer.length)
    throw new RangeError(`tfjs: ${what} of elements ${from} to ${from + count} of a buffer of ${buffer.length}`);
}

/** tfjs allocates when it computes, and lets the JavaScript engine's error through. */
function orOutOfMemory(name: string, run: () => void): void {
  try {
    run();
  } catch (cause) {
    if (!(cause instanceof RangeError) || !/allocation|array length/i.test(cause.message)) throw cause;
    throw new OutOfMemoryError(`tfjs: out of memory in ${name}: ${cause.message}. Free tensors that are no longer needed (close their scope).`, { cause });
  }
}

/** In browsers a message, because their timers wait milliseconds. */
function newTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") return void setImmediate(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
