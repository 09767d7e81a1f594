/** @file Typed arrays, pooled by size class, within a budget. Knows nothing of views or kernels. */
import { type DType, dtypes, OutOfMemoryError, type TypedArray } from "@adjoint/core/backend";
import { CpuBuffer, noValues } from "./buffer.ts";

/** What stays pooled beyond the highest use seen so far. */
const SLACK_BYTES = 64 * 2 ** 20;

export type Memory = {
  allocate(dtype: DType, length: number): CpuBuffer;
  free(buffer: CpuBuffer): void;
  /** Bytes of live buffers, rounded up to their size classes. */
  liveBytes(): number;
  pooledBytes(): number;
  clear(): void;
};

/**
 * A pool that holds at most `maxBytes` in live buffers; what is pooled yields to what is asked for.
 * @param largest the most bytes of one buffer
 */
export function createMemory(maxBytes: number, largest: number = maxBytes): Memory {
  /** For each dtype code, for each power of two: arrays of that length, free for reuse. */
  const pools: TypedArray[][][] = [];
  let live = 0, pooled = 0, peak = 0;

  function poolOf(dtype: DType, sizeClass: number): TypedArray[] {
    const byClass = (pools[dtypes[dtype].code] ??= []);
    return (byClass[sizeClass] ??= []);
  }

  function clear(): void {
    pools.length = 0;
    pooled = 0;
  }

  function create(dtype: DType, length: number): TypedArray {
    try {
      return dtypes[dtype].hostArray(length);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return retry(dtype, length);
    }
  }

  function retry(dtype: DType, length: number): TypedArray {
    clear();
    try {
      return dtypes[dtype].hostArray(length);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw outOfMemory(dtype, length, `the JavaScript engine refused: ${error.message}`, error);
    }
  }

  function outOfMemory(dtype: DType, length: number, why: string, cause?: Error): OutOfMemoryError {
    const bytes = length * dtypes[dtype].bytes;
    return new OutOfMemoryError(
      `cpu: out of memory allocating ${bytes} bytes (${length} elements of ${dtype}) with ${live} bytes live: ${why}. `
      + "Free tensors that are no longer needed (close their scope) or raise maxBytes.", cause && { cause });
  }

  function allocate(dtype: DType, length: number): CpuBuffer {
    const sizeClass = length <= 4 ? 2 : 32 - Math.clz32(length - 1);
    const pool = length <= 2 ** 31 ? poolOf(dtype, sizeClass).pop() : undefined;
    if (pool !== undefined) {
      pooled -= pool.byteLength;
      live += pool.byteLength;
      return new CpuBuffer(pool, dtype, length);
    }
    const size = dtypes[dtype].bytes;
    // Rounded up so that it can be reused; exact where only that fits.
    let capacity = length <= 2 ** 30 ? 2 ** sizeClass : length;
    if (live + capacity * size > maxBytes) capacity = length;
    if (length * size > largest) throw outOfMemory(dtype, length, `the limit of one buffer is ${largest} bytes`);
    if (live + capacity * size > maxBytes) throw outOfMemory(dtype, length, `the limit is ${maxBytes} bytes`);
    if (live + pooled + capacity * size > maxBytes) clear();
    const values = create(dtype, capacity);
    live += values.byteLength;
    if (live > peak) peak = live;
    return new CpuBuffer(values, dtype, length);
  }

  function free(buffer: CpuBuffer): void {
    const { values } = buffer;
    if (values === noValues) return;
    buffer.values = noValues;
    live -= values.byteLength;
    const capacity = values.length;
    const reusable = capacity <= 2 ** 30 && (capacity & (capacity - 1)) === 0;
    if (!reusable || live + pooled + values.byteLength > peak + SLACK_BYTES) return;
    pooled += values.byteLength;
    poolOf(buffer.dtype, 31 - Math.clz32(capacity)).push(values);
  }

  return { allocate, free, liveBytes: () => live, pooledBytes: () => pooled, clear };
}
