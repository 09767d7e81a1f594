/** @file Assembles the backend: memory, reads and writes, and the table of kernels. */
import { AdjointError, type Backend, DeviceError, type DType, DTypeError, mapKernels, type TypedArray, warn } from "@adjoint/core/backend";
import { hasSimd } from "./asm/features.ts";
import { MAX_INPUTS } from "./emit/lowered.ts";
import { Engine } from "./engine.ts";
import { attentionGradKernel, attentionKernel } from "./kernels/attention.ts";
import { argReduceKernel } from "./kernels/arg-reduce.ts";
import { convBiasKernel, convKernel, Convolver } from "./kernels/conv.ts";
import { Copier, copyKernel } from "./kernels/copy.ts";
import { gatherKernel, Indexer, scatterKernel } from "./kernels/indexing.ts";
import { elementwiseKernels } from "./kernels/map.ts";
import { matmulKernel, Multiplier } from "./kernels/matmul.ts";
import { Reducer, reduceKernel } from "./kernels/reduce.ts";
import { rowsKernel } from "./kernels/rows.ts";
import { scanKernel } from "./kernels/scan.ts";
import { sortKernel } from "./kernels/sort.ts";
import { WindowExtrema } from "./kernels/window-extremum.ts";
import { windowMaxGradKernel } from "./kernels/window-max-grad.ts";
import { bytesOf, type Memory, type WasmBuffer } from "./memory.ts";
import { nextTask } from "./task.ts";
import { canShareMemory } from "./threads/open-worker.ts";
import type { Pool } from "./threads/pool.ts";

export type WasmOptions = {
  /** The most bytes that tensors may take, at once and together. At most, and if left out, 4 GiB. */
  readonly maxBytes?: number;
  /**
   * Threads that share the work of a large kernel, the calling one among them. Default: 1. Results are the same whatever their number. They need memory that is
   * shared: in Node always, in a page where it is isolated from other origins (COOP and COEP); elsewhere one thread works, and the console says so once.
   */
  readonly threads?: number;
};
export type WasmStats = {
  /** WebAssembly modules compiled since the device was made: one for each program and layout class, never for a shape. */
  readonly modulesCompiled: number;
  /** Milliseconds that this took. */
  readonly compileMs: number;
  /** The size of the WebAssembly memory, which never shrinks. */
  readonly memoryBytes: number;
  readonly liveBuffers: number;
  readonly liveBytes: number;
  readonly threads: number;
};

const GIB_4 = 2 ** 32, MAX_THREADS = 64;
const supported: ReadonlySet<DType> = /*@__PURE__*/ new Set<DType>(["float32", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"]);
const engines = /*@__PURE__*/ new WeakMap<object, Engine>();

/**
 * A WebAssembly SIMD device. Kernels are assembled when a program is first seen; sizes, strides and numbers are their arguments.
 *
 * @throws DeviceError where the host has no WebAssembly SIMD, or a worker does not start
 * @example
 * const device = await wasm({ maxBytes: 2 ** 30, threads: 4 });
 * const x = ones([2, 2], { device });
 */
export async function wasm(options: WasmOptions = {}): Promise<Backend> {
  if (typeof WebAssembly !== "object" || !hasSimd()) throw new DeviceError("wasm: this host has no WebAssembly SIMD; use the cpu backend");
  const { maxBytes = GIB_4 } = options;
  if (!(maxBytes > 0)) throw new AdjointError(`wasm: maxBytes must be a positive number, got ${maxBytes}`);
  const engine = new Engine(Math.min(maxBytes, GIB_4), undefined, undefined, possible(options.threads ?? 1));
  await engine.start();
  return backendOn(engine);
}

/** The number of threads that was asked for, where threads can share memory. */
function possible(threads: number): number {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) throw new AdjointError(`wasm: threads must be a whole number from 1 to ${MAX_THREADS}, got ${threads}`);
  if (threads === 1 || canShareMemory()) return threads;
  warn("wasm: this page cannot share memory among threads, so one works: it is not isolated from other origins (serve it with COOP and COEP)");
  return 1;
}

/** The device that runs on an engine. Apart from `wasm` so that tests can choose the engine's features. */
export function backendOn(engine: Engine): Backend {
  const { memory } = engine;
  const copier = new Copier(engine), reducer = new Reducer(engine, copier), indexer = new Indexer(engine, copier);
  const extrema = new WindowExtrema(engine);
  const multiplier = new Multiplier(engine, copier, reducer);

  const { map, mapEach } = elementwiseKernels(engine, copier), rows = rowsKernel(engine, reducer), convolver = new Convolver(engine, copier, multiplier);

  const kernels: Backend<WasmBuffer>["kernels"] = {
    map,
    reduce: reduceKernel(engine, reducer, extrema),
    argReduce: argReduceKernel(engine, copier, extrema),
    scan: scanKernel(engine),
    sort: sortKernel(engine),
    matmul: matmulKernel(multiplier),
    conv: convKernel(convolver),
    gather: gatherKernel(indexer),
    scatter: scatterKernel(indexer),
    copy: copyKernel(engine, copier),
    rows,
    mapEach,
    windowMaxGrad: windowMaxGradKernel(engine),
    convBias: convBiasKernel(convolver, map),
    attention: attentionKernel(engine, { multiplier, rows, map }),
    attentionGrad: attentionGradKernel(engine, { multiplier, rows, map }),
  };
  const { pool } = engine;

  const backend: Backend<WasmBuffer> = {
    name: "wasm",
    dtypes: supported,
    compiling: engine.compiling,
    limits: { maxBindings: MAX_INPUTS, maxRank: 8, maxBytes: memory.maxBytes },
    kernels: pool === undefined ? kernels : inRounds(kernels, pool),
    allocate(dtype, length) {
      engine.check();
      if (dtype !== "float32" && !supported.has(dtype)) throw new DTypeError(`wasm: ${dtype} is not supported, only ${[...supported].join(", ")}; cast, or use the cpu device`);
      return memory.allocate(dtype, length);
    },
    free(buffer) {
      if (!memory.disposed) memory.free(buffer);
    },
    write(buffer, from, values) {
      engine.check();
      memory.arrayOf(buffer.dtype).set(values, place(buffer, from));
    },
    async read(buffer, from, count) {
      engine.check();
      const values = copyOut(memory, buffer, from, count);
      await nextTask();
      return values;
    },
    readSync(buffer, from, count) {
      engine.check();
      return copyOut(memory, buffer, from, count);
    },
    get reservedBytes() { return memory.byteLength; },
    async sync() {
      engine.check();
      await nextTask();
    },
    dispose() {
      if (!memory.disposed) engine.pool?.dispose();
      memory.dispose();
    },
  };
  engines.set(backend, engine);
  return backend;
}

/** Kernels that leave nothing in the round of calls that threads share, where they throw between two of these. */
const inRounds = (kernels: Backend<WasmBuffer>["kernels"], pool: Pool): Backend<WasmBuffer>["kernels"] => mapKernels({ kernels }, (_, run) => (inputs, outputs, attrs) => {
  try {
    run(inputs, outputs, attrs);
  } catch (error) {
    pool.forgetWaiting();
    throw error;
  }
});

/** Where element `from` of a buffer lies in the memory as elements of its dtype. */
const place = ({ address, dtype }: WasmBuffer, from: number): number => address / bytesOf(dtype) + from;

function copyOut(memory: Memory, buffer: WasmBuffer, from: number, count: number): TypedArray {
  const at = place(buffer, from);
  return memory.arrayOf(buffer.dtype).slice(at, at + count);
}

/**
 * What a device made by `wasm` has used so far: for tests and profiles.
 *
 * @example
 * wasmStats(device).modulesCompiled
 */
export function wasmStats(backend: Backend): WasmStats {
  const engine = engines.get(backend);
  if (engine === undefined) throw new DeviceError("wasmStats: not a device made by wasm()");
  const { memory, compiling, pool } = engine;
  return { threads: pool?.threads ?? 1, modulesCompiled: compiling.modules, compileMs: compiling.ms, memoryBytes: memory.byteLength, liveBuffers: memory.liveBuffers, liveBytes: memory.liveBytes };
}
