/** @file The backend as a value: memory, reads and writes, and the table of kernels. Computes nothing itself. */
import { type Backend, DeviceError, type DType, dtypes, DTypeError, type Kernels, type TypedArray } from "@adjoint/core/backend";
import { type CpuBuffer, noValues } from "./buffer.ts";
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
import { createMemory } from "./memory.ts";

export type CpuOptions = {
  /** The most that all live buffers together may take. Default: what the JavaScript engine gives. */
  readonly maxBytes?: number;
};

/** What V8 gives one typed array. Other engines refuse earlier, which is an OutOfMemoryError too. */
const LARGEST = 2 ** 33;
const supported: ReadonlySet<DType> = /*@__PURE__*/ new Set<DType>(Object.keys(dtypes) as DType[]);
const kernels: Kernels<CpuBuffer> = { map, reduce, argReduce, scan, sort, matmul, conv, gather, scatter, copy };

/**
 * Plain JavaScript on the calling thread: works everywhere, needs neither WebAssembly nor `eval`.
 *
 * @example
 * const device = cpu({ maxBytes: 2 ** 30 });
 */
export function cpu(options: CpuOptions = {}): Backend<CpuBuffer> {
  const maxBytes = options.maxBytes ?? Infinity;
  const largest = Math.min(maxBytes, LARGEST), memory = createMemory(maxBytes, largest);
  let disposed = false;

  const alive = (): void => {
    if (disposed) throw new DeviceError("cpu: this device was disposed; make another with cpu()");
  };
  const refuse = (): never => {
    throw new DeviceError("cpu: this device was disposed; make another with cpu()");
  };

  function readSync(buffer: CpuBuffer, from: number, count: number): TypedArray {
    alive();
    checkRange("read", buffer, from, count);
    return buffer.values.slice(from, from + count);
  }

  const device = {
    name: "cpu",
    dtypes: supported,
    limits: { maxBindings: 64, maxRank: 16, maxBytes: largest },
    kernels,
    allocate(dtype: DType, length: number): CpuBuffer {
      alive();
      if (!supported.has(dtype))
        throw new DTypeError(`cpu: ${dtype} is not a dtype of this device (${[...supported].join(", ")}); cast to one of them`);
      return memory.allocate(dtype, length);
    },
    free: memory.free,
    write(buffer: CpuBuffer, from: number, values: TypedArray): void {
      alive();
      checkRange("write", buffer, from, values.length);
      buffer.values.set(values, from);
    },
    async read(buffer: CpuBuffer, from: number, count: number): Promise<TypedArray> {
      const values = readSync(buffer, from, count);
      await newTask();
      return values;
    },
    readSync,
    async sync(): Promise<void> {
      alive();
      await newTask();
    },
    get reservedBytes(): number { return memory.liveBytes() + memory.pooledBytes(); },
    emptyCache: memory.clear,
    dispose(): void {
      disposed = true;
      memory.clear();
      device.kernels = { map: refuse, reduce: refuse, argReduce: refuse, scan: refuse, sort: refuse, matmul: refuse, conv: refuse, gather: refuse, scatter: refuse, copy: refuse };
    },
  };
  return device;
}

function checkRange(what: string, buffer: CpuBuffer, from: number, count: number): void {
  if (buffer.values === noValues) throw new DeviceError(`cpu: ${what} of a buffer that was freed`);
  if (from < 0 || from + count > buffer.length)
    throw new RangeError(`cpu: ${what} of elements ${from} to ${from + count} of a buffer of ${buffer.length}`);
}

declare const setImmediate: ((task: () => void) => void) | undefined;
declare const MessageChannel: new () => { port1: { onmessage: (() => void) | null; close(): void }; port2: { postMessage(message: null): void } };

/** In browsers a message, because their timers wait milliseconds. */
function newTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") return setImmediate(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
