/** @file Triangular systems by substitution. Reads nothing of the other triangle. */
import { dotRows, subtractRows } from "./rows.ts";

export type Triangle = {
  readonly upper: boolean;
  /** Whether the diagonal is ones, whatever is stored there. */
  readonly unitriangular: boolean;
};

/** Solves A X = B in the place of B: A is [n, n], B [n, k]. */
export function solveTriangularLeft(a: Float64Array, n: number, x: Float64Array, k: number, { upper, unitriangular }: Triangle): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step, row = i * n, first = upper ? i + 1 : 0, count = step;
    if (k === 1) x[i]! -= dotRows(a, row + first, x, first, count);
    else subtractRows(x, i * k, x, first * k, k, a, row + first, 1, count, k);
    if (unitriangular) continue;
    const pivot = a[row + i]!;
    for (let c = 0; c < k; c++) x[i * k + c]! /= pivot;
  }
}

/** Columns that are eliminated together from the right. */
const BLOCK = 8;

/** Solves X A = B in the place of B: A is [n, n], B [m, n]. */
export function solveTriangularRight(a: Float64Array, n: number, x: Float64Array, m: number, { upper, unitriangular }: Triangle): void {
  for (let done = 0; done < n; done += BLOCK) {
    const size = Math.min(BLOCK, n - done), from = upper ? done : n - done - size, rest = upper ? from + size : 0, count = n - done - size;
    for (let r = 0; r < m; r++) {
      const row = r * n;
      for (let step = 0; step < size; step++) {
        const i = upper ? from + step : from + size - 1 - step;
        if (!unitriangular) x[row + i]! /= a[i * n + i]!;
        const factor = x[row + i]!, first = upper ? i + 1 : from, last = upper ? from + size : i;
        for (let c = first; c < last; c++) x[row + c]! -= factor * a[i * n + c]!;
      }
      subtractRows(x, row + rest, a, from * n + rest, n, x, row + from, 1, size, count);
    }
  }
}
