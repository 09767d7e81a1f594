/** @file Device memory: buffers of one dtype over pooled GPU buffers. Knows nothing of commands beyond the epoch that last used a chunk. */
import { DeviceError, DeviceLostError, type DType, DTypeError, OutOfMemoryError } from "@adjoint/core/backend";
import type { Faults } from "./faults.ts";
import { FreeChunks } from "./free-chunks.ts";

/** GPUBufferUsage and GPUMapMode by value: Node has no such globals. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** Allocations after which the peak of the stretch before is forgotten. */
const STRETCH = 4096;
/** Bytes, live and free together, that are kept however few were live at once. */
const LEAST_KEPT = 2 ** 26;
/** How many times the most bytes that were live at once are kept: room for chunks of sizes that are used by turns. */
const SLACK = { least: 1.5, most: 4 } as const;

let chunks = 0;

/** A GPU buffer: the pool's, or the caller's own. */
export class Chunk {
  readonly id: number = ++chunks;
  readonly gpu: GPUBuffer;
  readonly bytes: number;
  readonly isForeign: boolean;
  /** Whether it is vectors of four words to its end: a caller's own may end in a part of one. */
  readonly isWhole: boolean;
  /** The last epoch whose recorded commands use it: a write or a destruction must not overtake those. */
  usedIn: number = 0;
  /** How many allocations there had been when it was last freed. */
  freedAt: number = 0;
  /** The pool gave it back. */
  isDestroyed: boolean = false;

  constructor(gpu: GPUBuffer, bytes: number, isForeign: boolean = false) {
    this.gpu = gpu;
    this.bytes = bytes;
    this.isForeign = isForeign;
    this.isWhole = gpu.size % 16 === 0;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.gpu.destroy();
  }
}

export const supported: ReadonlySet<DType> = /*@__PURE__*/ new Set<DType>(["float32", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"]);

/**
 * What core holds as a Buffer. Every element takes four bytes: bool as 0 or 1, and what is only stored as a number of what it
 * is computed in, a float32 that float16 has too, or an int32 that uint8 has.
 */
export class WebGpuBuffer {
  readonly dtype: DType;
  readonly length: number;
  chunk: Chunk | undefined;
  /** Its memory went with its device. */
  isLost: boolean = false;

  constructor(dtype: DType, length: number, chunk: Chunk) {
    this.dtype = dtype;
    this.length = length;
    this.chunk = chunk;
  }
}

/** The chunk of a buffer that is still alive. */
export function chunkOf(buffer: WebGpuBuffer): Chunk {
  if (buffer.chunk === undefined)
    throw buffer.isLost
      ? new DeviceLostError("webgpu: this tensor was on a device that was lost, and in no backup; make it again")
      : new DeviceError("webgpu: the buffer was freed");
  return buffer.chunk;
}

/** The bytes of the class that holds `bytes`: powers of two, above 1 MiB with three steps between, so at most a quarter is wasted. */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const power = 2 ** Math.ceil(Math.log2(bytes));
  if (power <= 2 ** 20) return power;
  const step = power / 8; // from power / 2 to power in four steps
  return Math.ceil(bytes / step) * step;
}

function requireDType(dtype: DType): void {
  if (!supported.has(dtype)) throw new DTypeError(`webgpu: ${dtype} is not supported, only ${[...supported].join(", ")}; cast, or use the cpu device`);
}

export class Pool {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #flush: () => boolean;
  readonly #maxBytes: number;
  readonly #budget: number;
  readonly #free: Map<number, FreeChunks> = new Map();
  readonly #live: Set<WebGpuBuffer> = new Set();
  #freeBytes: number = 0;
  liveBytes: number = 0;
  /** The most bytes that were live at once, in this stretch of allocations and in the one before. */
  #peak: number = 0;
  #peakBefore: number = 0;
  #allocations: number = 0;
  #slack: number = SLACK.least;
  /** The sizes that were given back in this stretch. */
  readonly #regretted: Set<number> = new Set();

  /** @param flush submits what is recorded, before buffers that it uses are destroyed; false where commands are held @param budget of live and pooled bytes */
  constructor(device: GPUDevice, faults: Faults, flush: () => boolean, maxBytes: number, budget: number) {
    this.#device = device;
    this.#faults = faults;
    this.#flush = flush;
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  get liveBuffers(): number { return this.#live.size; }

  allocate(dtype: DType, length: number): WebGpuBuffer {
    requireDType(dtype);
    return this.#alive(new WebGpuBuffer(dtype, length, this.#chunk(length)));
  }

  /** Memory for as long as `use` runs, whether it returns or throws. */
  lend(dtype: DType, length: number, use: (buffer: WebGpuBuffer) => void): void {
    const buffer = this.allocate(dtype, length);
    try {
      use(buffer);
    } finally {
      this.free(buffer);
    }
  }

  /** Memory again for a buffer whose device was lost. */
  revive(buffer: WebGpuBuffer): void {
    buffer.chunk = this.#chunk(buffer.length);
    buffer.isLost = false;
    this.#alive(buffer);
  }

  /** A buffer around memory of the caller's own, which the pool neither counts nor keeps. */
  adopt(gpu: GPUBuffer, dtype: DType): WebGpuBuffer {
    requireDType(dtype);
    if (gpu.size > this.#maxBytes) throw new DeviceError(`webgpu: importBuffer: a buffer of ${gpu.size} bytes, and the device binds ${this.#maxBytes} at most`);
    return this.#alive(new WebGpuBuffer(dtype, Math.floor(gpu.size / 4), new Chunk(gpu, 0, true)));
  }

  #alive(buffer: WebGpuBuffer): WebGpuBuffer {
    this.#live.add(buffer);
    this.liveBytes += buffer.chunk!.bytes;
    if (++this.#allocations % STRETCH === 0) {
      this.#peakBefore = this.#peak;
      this.#peak = this.liveBytes;
      this.#regretted.clear();
    } else if (this.liveBytes > this.#peak) this.#peak = this.liveBytes;
    return buffer;
  }

  #chunk(length: number): Chunk {
    const bytes = Math.max(length, 1) * 4;
    if (bytes > this.#maxBytes) throw this.#noRoom(bytes, `the largest buffer of this device is ${this.#maxBytes} bytes`);
    const size = Math.min(sizeClass(bytes), this.#maxBytes);
    return this.#take(size) ?? this.#create(size);
  }

  free(buffer: WebGpuBuffer): void {
    const chunk = buffer.chunk;
    if (chunk === undefined) return;
    buffer.chunk = undefined;
    this.#live.delete(buffer);
    this.liveBytes -= chunk.bytes;
    if (chunk.isForeign) return;
    // The queue runs in order, so the chunk may be used again before the commands that use it have run.
    chunk.freedAt = this.#allocations;
    this.#listOf(chunk.bytes).push(chunk);
    this.#freeBytes += chunk.bytes;
    // What the next step may need stays: as much as the last ones had at once, and some for chunks of other sizes.
    const kept = Math.max(this.#slack * Math.max(this.#peak, this.#peakBefore), LEAST_KEPT);
    if (this.#freeBytes + this.liveBytes > kept) this.#shrink(Math.max(0.75 * kept - this.liveBytes, 0));
  }

  /** Bytes of live and of pooled buffers. */
  get reservedBytes(): number { return this.liveBytes + this.#freeBytes; }

  /** Gives back what is pooled, as far as no held commands use it, and forgets how much was live before. */
  clear(): void {
    this.#shrink(0);
    this.#peak = this.#peakBefore = this.liveBytes;
    this.#slack = SLACK.least;
    this.#regretted.clear();
  }

  /** The device is gone, and with it all memory. */
  abandon(): void {
    for (const buffer of this.#live) buffer.isLost = true;
    this.dispose();
  }

  dispose(): void {
    for (const buffer of this.#live) {
      if (buffer.chunk?.isForeign === false) buffer.chunk.gpu.destroy();
      buffer.chunk = undefined;
    }
    this.#live.clear();
    this.liveBytes = 0;
    for (const list of this.#free.values()) for (const chunk of list) chunk.gpu.destroy();
    this.#free.clear();
    this.#freeBytes = 0;
  }

  #take(size: number): Chunk | undefined {
    const chunk = this.#free.get(size)?.pop();
    if (chunk !== undefined) this.#freeBytes -= size;
    return chunk;
  }

  #create(size: number): Chunk {
    if (this.liveBytes + this.#freeBytes + size > this.#budget) this.#shrink(0);
    if (this.liveBytes + size > this.#budget) throw this.#noRoom(size, `the budget (maxBytes) is ${this.#budget} bytes`);
    // Made again so soon, it should have been kept: a step that needs more sizes than were live at once would make them each time.
    if (this.#regretted.delete(size)) this.#slack = Math.min(1.25 * this.#slack, SLACK.most);
    const flags = usage.storage | usage.copySource | usage.copyTarget;
    return this.#faults.watch(() => `allocating ${size} bytes`, () => new Chunk(this.#device.createBuffer({ size, usage: flags }), size));
  }

  /** Destroys pooled chunks, those first that were not used for longest, until at most `target` bytes are left. */
  #shrink(target: number): void {
    // Recorded commands may use them, and none may use a destroyed buffer.
    if (this.#freeBytes <= target || !this.#flush()) return;
    const chunksByAge = [...this.#free.values()].flatMap((list) => [...list]).sort((a, b) => a.freedAt - b.freedAt);
    this.#free.clear();
    for (const chunk of chunksByAge) {
      if (this.#freeBytes <= target) this.#listOf(chunk.bytes).push(chunk);
      else {
        chunk.destroy();
        this.#freeBytes -= chunk.bytes;
        this.#regretted.add(chunk.bytes);
      }
    }
  }

  #listOf(size: number): FreeChunks {
    let list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, (list = new FreeChunks()));
    return list;
  }

  #noRoom(bytes: number, rule: string): OutOfMemoryError {
    return new OutOfMemoryError(`webgpu: out of memory allocating ${bytes} bytes: ${rule}; ${this.liveBytes} bytes are live in ${this.#live.size} buffers`);
  }
}
