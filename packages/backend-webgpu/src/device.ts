/** @file One WebGPU device, until it is lost, behind the contract of a backend: memory, order, reads and failure. Kernels are beside it, in kernels/. */
import {
  type Backend, type Counters, decodeHost, DeviceError, DeviceLostError, type DType, dtypes, encodeHost, type FusedKernels, type Kernels, type Limits, mapKernels, type Timeline, type TypedArray,
} from "@adjoint/core/backend";
import { type Chunk, chunkOf, Pool, supported, type WebGpuBuffer } from "./buffers.ts";
import { Calls } from "./calls.ts";
import { Faults } from "./faults.ts";
import { INDEX_ERROR_BYTES, IndexErrors } from "./index-errors.ts";
import { argReduceKernel } from "./kernels/arg-reduce.ts";
import { attentionGradKernel, attentionKernel } from "./kernels/attention.ts";
import { concatKernel } from "./kernels/concat.ts";
import { convKernel } from "./kernels/conv.ts";
import { gatherKernel, scatterKernel } from "./kernels/gather-scatter.ts";
import { copyKernel, mapKernel } from "./kernels/map.ts";
import { mapEachKernel } from "./kernels/map-each.ts";
import { matmulKernel } from "./kernels/matmul.ts";
import { reduceKernel } from "./kernels/reduce.ts";
import { rowsKernel } from "./kernels/rows.ts";
import { scanKernel } from "./kernels/scan.ts";
import { orderedScatterKernel } from "./kernels/ordered-scatter.ts";
import { sortKernel } from "./kernels/sort.ts";
import { windowMaxGradKernel } from "./kernels/window-max-grad.ts";
import { Pipelines } from "./pipelines.ts";
import { Recorder } from "./recorder.ts";
import { Staging } from "./staging.ts";
import type { Tuning } from "./tuning.ts";

export type DeviceOptions = {
  readonly device: GPUDevice;
  /** Whether `dispose` destroys the device itself. */
  readonly owned: boolean;
  /** Of live and pooled bytes together. */
  readonly budget: number;
  readonly tuning: Tuning;
  /** Whether results are the same bits at every run. */
  readonly deterministic: boolean;
};

export class WebGpuDevice implements Backend<WebGpuBuffer> {
  readonly name: string = "webgpu";
  readonly dtypes: ReadonlySet<DType> = supported;
  readonly limits: Limits;
  readonly kernels: Kernels<WebGpuBuffer> & Partial<FusedKernels<WebGpuBuffer>>;
  readonly pool: Pool;
  readonly recorder: Recorder;
  readonly pipelines: Pipelines;
  readonly indexErrors: IndexErrors;
  readonly tuning: Tuning;
  readonly #faults: Faults;
  readonly #calls: Calls = new Calls();
  readonly gpu: GPUDevice;
  readonly #owned: boolean;
  /** Under way. */
  #warmups: number = 0;
  readonly #staging: Staging;

  constructor({ device, owned, budget, tuning, deterministic }: DeviceOptions) {
    const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = device.limits;
    const maxBytes = Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize, budget) / 4) * 4;
    this.gpu = device;
    this.tuning = tuning;
    this.#owned = owned;
    this.limits = { maxBindings: maxStorageBuffersPerShaderStage, maxRank: 8, maxBytes };
    this.#faults = new Faults(device, owned);
    this.recorder = new Recorder(device, this.#faults, this.#calls);
    this.pipelines = new Pipelines(device, this.#faults, this.#calls, tuning);
    this.pool = new Pool(device, this.#faults, () => this.#settle(), maxBytes, budget);
    this.#staging = new Staging(device, this.#faults);
    this.#faults.onOutOfMemory = () => this.emptyCache();
    this.#faults.describeMemory = () => `; ${this.pool.liveBytes} bytes are live in ${this.pool.liveBuffers} buffers`;
    this.indexErrors = new IndexErrors(device);
    const map = mapKernel(this), reduce = reduceKernel(this), sort = sortKernel(this), matmul = matmulKernel(this), conv = convKernel(this), rows = rowsKernel(this, reduce);
    const parts = { map, matmul, rows };
    const kernels = {
      map,
      copy: copyKernel(map),
      reduce,
      argReduce: argReduceKernel(this),
      scan: scanKernel(this),
      sort,
      matmul,
      conv,
      gather: gatherKernel(this),
      scatter: scatterKernel(this, deterministic ? orderedScatterKernel(this, sort) : undefined),
      rows,
      attention: attentionKernel(this, parts),
      attentionGrad: attentionGradKernel(this, parts),
      mapEach: mapEachKernel(this, map),
      windowMaxGrad: windowMaxGradKernel(this),
      convBias: conv,
      matmulBias: matmul,
      // A software adapter is faster at a copy for each tensor.
      ...(tuning === "workgroup" ? { concat: concatKernel(this) } : {}),
    };
    this.kernels = mapKernels({ kernels }, (name, run) => this.#calls.named(name, run));
  }

  /** Before buffers are destroyed. Not while commands are held: those use them still. */
  #settle(): boolean {
    if (this.recorder.released !== undefined) return false;
    this.recorder.flush();
    this.recorder.groups.clear();
    return true;
  }

  get counters(): Counters { return this.recorder; }

  get reservedBytes(): number { return this.pool.reservedBytes + this.#staging.idleBytes; }

  emptyCache(): void {
    if (this.#faults.fatal !== undefined) return;
    this.pool.clear();
    this.#staging.clear();
  }

  get timeline(): Timeline | undefined { return this.recorder.timestamps; }

  /** Throws if the device is lost or disposed. */
  assertAlive(): void {
    this.#faults.assertAlive();
  }

  allocate(dtype: DType, length: number): WebGpuBuffer {
    this.assertAlive();
    return this.pool.allocate(dtype, length);
  }

  free(buffer: WebGpuBuffer): void {
    if (this.#faults.fatal === undefined) this.pool.free(buffer);
  }

  write(buffer: WebGpuBuffer, from: number, values: TypedArray): void {
    this.assertAlive();
    checkRange("write", buffer, from, values.length);
    if (values.length > 0) this.recorder.write(chunkOf(buffer), from * 4, deviceArray(buffer.dtype, values));
  }

  read(buffer: WebGpuBuffer, from: number, count: number): Promise<TypedArray> {
    return this.#faults.guarded(async (at) => {
      checkRange("read", buffer, from, count);
      if (count === 0) return hostArray(buffer.dtype, new ArrayBuffer(0));
      const bytes = await this.#fetch(at, chunkOf(buffer), from * 4, count * 4);
      return hostArray(buffer.dtype, bytes);
    });
  }

  sync(): Promise<void> {
    return this.#faults.guarded(async (at) => {
      if (await this.#fetch(at, undefined, 0, 0)) return;
    });
  }

  /** Runs `fn` with the pipelines it needs compiled beside each other; its commands follow when they are there, and those of other warmups under way. */
  async warmup(fn: () => unknown): Promise<void> {
    this.assertAlive();
    this.#warmups++;
    this.recorder.hold();
    this.pipelines.gather();
    try {
      const result = fn();
      if (result instanceof Promise) throw new DeviceError("webgpu: warmup takes a function that is synchronous, and this one returned a promise");
    } finally {
      await this.pipelines.gathered();
      if (--this.#warmups === 0) this.recorder.release();
    }
    await this.sync();
  }

  /** Whether it is gone, as far as the host has heard; a loss that happened before this call has been told when it resolves. */
  async isLost(): Promise<boolean> {
    await this.sync().catch(() => {});
    const { fatal } = this.#faults;
    if (fatal !== undefined && !(fatal instanceof DeviceLostError)) throw fatal;
    return fatal !== undefined;
  }

  /** After the loss: its buffers are lost too. */
  abandon(): void {
    this.pool.abandon();
    this.#staging.clear();
  }

  /** Memory of this device for a buffer that lay in a lost one. */
  revive(buffer: WebGpuBuffer): void {
    this.assertAlive();
    this.pool.revive(buffer);
  }

  /** A buffer around memory of the caller's own. */
  adopt(gpu: GPUBuffer, dtype: DType): WebGpuBuffer {
    this.assertAlive();
    return this.pool.adopt(gpu, dtype);
  }

  /** The memory of a buffer, after what is recorded was submitted. */
  submitted(buffer: WebGpuBuffer): GPUBuffer {
    this.assertAlive();
    if (this.recorder.released !== undefined) throw new DeviceError("webgpu: during warmup nothing is submitted; await it first");
    this.recorder.flush();
    return chunkOf(buffer).gpu;
  }

  dispose(): void {
    const { fatal } = this.#faults, disposed = new DeviceError("webgpu: the device was disposed");
    this.#faults.fatal = disposed;
    if (fatal !== undefined) return this.abandon();
    this.#faults.end(disposed);
    this.recorder.dispose();
    this.pool.dispose();
    this.indexErrors.dispose();
    this.#staging.clear();
    if (this.#owned) this.gpu.destroy();
  }

  /** Copies out bytes, and the words of index errors along with them, after everything recorded. */
  async #fetch(at: number, source: Chunk | undefined, start: number, bytes: number): Promise<ArrayBuffer> {
    // Where a buffer has no room for both, the words go first.
    const apart = bytes + INDEX_ERROR_BYTES > this.#staging.largest ? this.#fetch(at, undefined, 0, 0) : undefined;
    const notes = this.indexErrors.take();
    const total = bytes + (notes === undefined ? 0 : INDEX_ERROR_BYTES);
    if (total === 0) {
      this.recorder.flush();
      await this.recorder.released;
      await this.gpu.queue.onSubmittedWorkDone();
      return new ArrayBuffer(0);
    }
    const kept = this.#staging.kept(total), staging = kept ?? this.#staging.make(total);
    if (kept === undefined && total > APART) this.recorder.flush();
    if (source !== undefined) this.recorder.copy(source, start, staging, 0, bytes);
    if (notes !== undefined) this.recorder.copy(notes, 0, staging, bytes, INDEX_ERROR_BYTES, INDEX_ERROR_BYTES);
    const { released } = this.recorder, mapped = released === undefined ? this.#mapped(staging, total) : released.then(() => this.#mapped(staging, total));
    // Reads issued meanwhile must learn of the index error too.
    if (notes !== undefined) {
      const heard = ({ copy, accepted }: Mapped): void => this.#note(at, accepted ? new Int32Array(copy, bytes, INDEX_ERROR_BYTES / 4) : undefined);
      this.#faults.check(mapped.then(heard, () => this.#note(at, undefined)));
    }
    const [{ copy }] = await Promise.all([mapped, apart]);
    return notes === undefined ? copy : copy.slice(0, bytes);
  }

  /** Submits, and reads a buffer. */
  async #mapped(staging: GPUBuffer, bytes: number): Promise<Mapped> {
    this.recorder.flush();
    const { accepted } = this.recorder;
    try {
      await staging.mapAsync(1, 0, bytes);
    } catch (error) {
      staging.destroy();
      throw error;
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.#staging.keep(staging);
    return { copy, accepted: await accepted };
  }

  /** Adds the index error that the words tell of; undefined where they were not read. */
  #note(at: number, words: Int32Array | undefined): void {
    if (words === undefined) return this.indexErrors.keep();
    const error = this.indexErrors.errorOf(words);
    if (error !== undefined) this.#faults.add(error, at);
  }
}

/** What a buffer holds, and whether the device took what was submitted: else it holds what it held before. */
type Mapped = { readonly copy: ArrayBuffer; readonly accepted: boolean };

/** A buffer for so many bytes may find no room, and what is submitted with a copy into it is refused with it. */
const APART = 2 ** 20;

function checkRange(what: string, buffer: WebGpuBuffer, from: number, count: number): void {
  if (!(from >= 0 && count >= 0 && from + count <= buffer.length))
    throw new DeviceError(`webgpu: ${what} of elements ${from} to ${from + count - 1} of a buffer of ${buffer.length}`);
}

/** The words of the device for an array in the host layout. */
function deviceArray(dtype: DType, values: TypedArray): TypedArray {
  if (dtype === "float32" || dtype === "int32") return values;
  return isFloat(dtype) ? Float32Array.from(decodeHost(dtype, values)) : Int32Array.from(values);
}

/** Words of the device in the host layout: those of narrow dtypes shrink. */
function hostArray(dtype: DType, bytes: ArrayBuffer): TypedArray {
  const words = isFloat(dtype) ? new Float32Array(bytes) : new Int32Array(bytes);
  return dtype === "float32" || dtype === "int32" ? words : encodeHost(dtype, words);
}
const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === "float";
