/** @file The allocator: blocks of one WebAssembly.Memory, found by size class. Knows no kernel and no view. */
import { type DType, dtypes, OutOfMemoryError, type TypedArray } from "@adjoint/core/backend";

/** Device memory of one dtype. `address` is 0 once it is freed. */
export type WasmBuffer = { address: number; readonly dtype: DType; readonly length: number };

/** Where the arguments of a kernel call lie; below it is nothing, so that no buffer has the address 0. */
export const ARGUMENTS = 64;
const ARGUMENT_BYTES = 4096;
/** A small area that a kernel may use within one call. */
export const SCRATCH: number = ARGUMENTS + ARGUMENT_BYTES;
const SCRATCH_BYTES = 16384;
/** Each thread has its own argument block and scratch memory, this far behind those of the thread before. */
export const THREAD_BYTES: number = SCRATCH + SCRATCH_BYTES;
const PAGE = 65536, MAX_PAGES = 65536;
/** Kernels may load, never store, up to this many bytes beyond a buffer. */
const OVERREAD = 64;
/** Blocks up to this size are never merged with their neighbours. */
const SMALL = 2048;

/** Bytes of an element, on the device as on the host. */
export const bytesOf = (dtype: DType): number => (dtype === "float32" ? 4 : dtypes[dtype].bytes);

export class Memory {
  readonly wasm: WebAssembly.Memory;
  /** Views of the whole memory, made anew whenever it grows: never keep one across an allocation. */
  bytes!: Uint8Array<ArrayBuffer>;
  words!: Int32Array<ArrayBuffer>;
  floats!: Float32Array<ArrayBuffer>;
  #shorts!: Int16Array<ArrayBuffer>;
  #unsignedShorts!: Uint16Array<ArrayBuffer>;
  #signedBytes!: Int8Array<ArrayBuffer>;
  readonly maxBytes: number;
  liveBuffers = 0;
  /** The sum of the block sizes of live buffers. */
  liveBytes = 0;
  disposed = false;

  /** Addresses of free blocks by size class; `#free[c]` holds blocks of exactly `classBytes(c)` bytes. */
  readonly #free: number[][] = [];
  /** Free stretches that belong to no class: what merging left over. Ascending pairs of address and size. */
  #stretches: { address: number; size: number }[] = [];
  #top: number;

  /** @param threads that use it; several share it */
  constructor(maxBytes: number, threads: number = 1) {
    this.maxBytes = maxBytes;
    this.#top = threads * THREAD_BYTES;
    this.wasm = new WebAssembly.Memory({ initial: Math.ceil(this.#top / PAGE) + 1, maximum: MAX_PAGES, shared: threads > 1 });
    this.#refresh();
  }

  get isShared(): boolean {
    return !(this.wasm.buffer instanceof ArrayBuffer);
  }
  get byteLength(): number {
    return this.bytes.byteLength;
  }

  /** The whole memory in the host layout of a dtype; as short-lived as the arrays above. */
  arrayOf(dtype: DType): TypedArray {
    switch (dtype) {
      case "float32": return this.floats;
      case "int32": return this.words;
      case "float16": case "bfloat16": return this.#unsignedShorts;
      case "int16": return this.#shorts;
      case "int8": return this.#signedBytes;
      default: return this.bytes;
    }
  }

  /** A 16-byte aligned address of at least `bytes` bytes, not zeroed. */
  take(bytes: number): number {
    const c = classOf(bytes), size = classBytes(c);
    if (this.liveBytes + size > this.maxBytes) this.#refuse(bytes);
    const list = this.#free[c];
    const address = list !== undefined && list.length > 0 ? list.pop()! : this.#fresh(size, bytes);
    this.liveBytes += size;
    this.liveBuffers++;
    return address;
  }

  /** @param bytes what `take` was asked for */
  give(address: number, bytes: number): void {
    const c = classOf(bytes);
    (this.#free[c] ??= []).push(address);
    this.liveBytes -= classBytes(c);
    this.liveBuffers--;
  }

  allocate(dtype: DType, length: number): WasmBuffer {
    return { address: this.take(length * bytesOf(dtype)), dtype, length };
  }
  free(buffer: WasmBuffer): void {
    if (buffer.address === 0) return;
    this.give(buffer.address, buffer.length * bytesOf(buffer.dtype));
    buffer.address = 0;
  }

  dispose(): void {
    this.disposed = true;
    this.liveBuffers = 0;
    this.liveBytes = 0;
  }

  /** A block that no free list has: from the end of memory, from merged free blocks, or from growth, in this order. */
  #fresh(size: number, asked: number): number {
    if (!this.#fits(size)) {
      const found = this.#search(size) ?? (this.#merge(), this.#search(size));
      if (found !== undefined) return found;
      this.#grow(size, asked);
    }
    const address = this.#top;
    this.#top += size;
    return address;
  }

  #fits(size: number): boolean {
    return this.#top + size + OVERREAD <= this.bytes.byteLength;
  }

  /** The smallest stretch that is large enough; what is left of it stays. */
  #search(size: number): number | undefined {
    let best: { address: number; size: number } | undefined;
    for (const stretch of this.#stretches) if (stretch.size >= size && (best === undefined || stretch.size < best.size)) best = stretch;
    if (best === undefined) return this.#fits(size) ? (this.#top += size) - size : undefined;
    const { address } = best;
    best.address += size;
    best.size -= size;
    if (best.size === 0) this.#stretches = this.#stretches.filter((x) => x !== best);
    return address;
  }

  /** Joins adjacent free blocks. Only when memory would grow: never in steady state. */
  #merge(): void {
    const all = this.#stretches;
    this.#free.forEach((addresses, c) => {
      const size = classBytes(c);
      if (size <= SMALL) return;
      for (const address of addresses) all.push({ address, size });
      addresses.length = 0;
    });
    all.sort((a, b) => a.address - b.address);
    const merged: { address: number; size: number }[] = [];
    for (const next of all) {
      const last = merged[merged.length - 1];
      if (last !== undefined && last.address + last.size === next.address) last.size += next.size;
      else merged.push(next);
    }
    const last = merged[merged.length - 1];
    if (last !== undefined && last.address + last.size === this.#top) this.#top = merged.pop()!.address;
    this.#stretches = merged;
  }

  #grow(size: number, asked: number): void {
    const current = this.bytes.byteLength / PAGE;
    const needed = Math.ceil((this.#top + size + OVERREAD) / PAGE) - current;
    const generous = Math.min(Math.max(needed, Math.ceil(current / 4), 16), MAX_PAGES - current);
    for (const pages of [generous, needed]) {
      if (pages < needed) continue;
      try {
        this.wasm.grow(pages);
        this.#refresh();
        return;
      } catch {
        // the host refuses: try less, or give up below
      }
    }
    this.#refuse(asked);
  }

  #refuse(bytes: number): never {
    throw new OutOfMemoryError(
      `wasm: cannot allocate ${bytes} bytes: ${this.liveBytes} of ${this.maxBytes} bytes are in use by ${this.liveBuffers} buffers; `
      + "free tensors (dispose them, or close their scope) or raise maxBytes");
  }

  #refresh(): void {
    const { buffer } = this.wasm;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.#shorts = new Int16Array(buffer);
    this.#unsignedShorts = new Uint16Array(buffer);
    this.#signedBytes = new Int8Array(buffer);
  }
}

/** Four classes to each doubling, from 16 bytes; multiples of 16. */
function classOf(bytes: number): number {
  if (bytes <= 64) return bytes <= 16 ? 0 : ((bytes + 15) >> 4) - 1;
  const exponent = 31 - Math.clz32((bytes - 1) >>> 0); // 2^exponent < bytes <= 2^(exponent + 1)
  if (bytes > 4294967296) return 127;
  return 4 * (exponent - 5) + Math.floor((bytes - 1 - 2 ** exponent) / 2 ** (exponent - 2));
}
function classBytes(c: number): number {
  if (c < 4) return 16 * (c + 1);
  const exponent = (c >> 2) + 5;
  return 2 ** exponent + ((c & 3) + 1) * 2 ** (exponent - 2);
}

