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

/** Solves X A = B in the place of B: A is [n, n], B [m, n]. */
export function solveTriangularRight(a: Float64Array, n: number, x: Float64Array, m: number, { upper, unitriangular }: Triangle): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? step : n - 1 - step, row = i * n, pivot = a[row + i]!, first = upper ? i + 1 : 0, count = n - 1 - step;
    for (let r = 0; r < m; r++) {
      const at = r * n;
      if (!unitriangular) x[at + i]! /= pivot;
      const factor = x[at + i]!;
      for (let c = first; c < first + count; c++) x[at + c]! -= factor * a[row + c]!;
    }
  }
}
