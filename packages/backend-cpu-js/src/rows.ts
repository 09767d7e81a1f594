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
    const size = shape[d]!, wraps = ++counters[d]! === size;
    if (wraps) counters[d] = 0;
    const by = wraps ? 1 - size : 1;
    for (let k = 0; k < bases.length; k++) bases[k]! += strides[k]![d]! * by;
    if (!wraps) return true;
  }
  return false;
}

export const zeros = (length: number): number[] => new Array<number>(length).fill(0);
