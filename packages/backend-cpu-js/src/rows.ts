/** @file Walking the outer dims of several views at once. What happens inside a row is the caller's. */
import type { Shape } from "@adjoint/core/backend";

/**
 * Moves `counters` and every view's base to the next position of dims `from ... to - 1`, the last one fastest.
 * After the last position everything is back at the first, and the answer is false.
 */
export function advance(
  counters: number[], shape: Shape, from: number, to: number, bases: number[], strides: readonly Shape[],
): boolean {
  for (let d = to - 1; d >= from; d--) {
    const size = shape[d]!;
    if (size === 1) continue;
    const wraps = ++counters[d]! === size;
    if (wraps) counters[d] = 0;
    for (let k = 0; k < bases.length; k++) {
      const stride = strides[k]![d]!;
      // No product with 0: a -0 would make every offset a float, and the loops that get it three times slower.
      if (stride !== 0) bases[k]! += wraps ? stride * (1 - size) : stride;
    }
    if (!wraps) return true;
  }
  return false;
}

export const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/** What a call per row costs, in elements. */
const CALL = 40;
/** Rows this long meet each cache line of a transposed operand again before it is gone. */
const SEGMENT = 64;

/**
 * Calls `run` for every row: `n` elements from `bases[k]` on, `steps[k]` apart. Rows lie along the dim that costs least,
 * and are cut short where an operand jumps from line to line of the cache. The order of the rows says nothing.
 */
export function forEachRow(
  shape: Shape, strides: readonly Shape[], offsets: readonly number[], run: (n: number, bases: readonly number[], steps: readonly number[]) => void,
): void {
  const rank = shape.length;
  if (rank === 0) return run(1, offsets, zeros(offsets.length));
  const along = cheapestDim(shape, strides), steps = strides.map((s) => s[along]!), size = shape[along]!;
  const outer = shape.map((length, d) => (d === along ? 1 : length)), counters = zeros(rank), bases = [...offsets];
  const width = rank > 1 && size > SEGMENT && steps.some((s) => Math.abs(s) >= 8) ? SEGMENT : size;
  for (let start = 0; start < size; start += width) {
    const n = Math.min(width, size - start);
    do run(n, bases, steps);
    while (advance(counters, outer, 0, rank, bases, strides));
    for (let k = 0; k < bases.length; k++) bases[k]! += n * steps[k]!;
  }
}

/** Short rows cost calls, long strides cost cache lines. */
function cheapestDim(shape: Shape, strides: readonly Shape[]): number {
  let best = shape.length - 1, lowest = Infinity;
  for (let d = shape.length - 1; d >= 0; d--) {
    let cost = CALL / shape[d]!;
    for (const s of strides) cost += Math.min(Math.abs(s[d]!), 16) / 8;
    if (cost < lowest) {
      lowest = cost;
      best = d;
    }
  }
  return best;
}
