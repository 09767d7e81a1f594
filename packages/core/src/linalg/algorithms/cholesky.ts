/** @file The Cholesky factor of a symmetric matrix, and what is solved with it. */
import { dotRows, transposed } from "./rows.ts";
import { solveTriangularLeft } from "./triangular.ts";

/**
 * Writes the factor L of A = L L' into the place of A, of which only the lower triangle is read; zeros above.
 * @returns 0, or the order of the first leading minor that is not positive
 */
export function factorCholesky(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) a[row + j] = (a[row + j]! - dotRows(a, row, a, j * n, j)) / a[j * n + j]!;
    const square = a[row + i]! - dotRows(a, row, a, row, i);
    if (!(square > 0)) {
      for (let k = i; k < n; k++) a.fill(0, k * n, (k + 1) * n);
      return i + 1;
    }
    a[row + i] = Math.sqrt(square);
    a.fill(0, row + i + 1, row + n);
  }
  return 0;
}

/** Solves L L' X = B in the place of B [n, k]; of L only the lower triangle is read. */
export function solveCholesky(l: Float64Array, n: number, x: Float64Array, k: number): void {
  solveTriangularLeft(l, n, x, k, { upper: false, unitriangular: false });
  solveTriangularLeft(transposed(l, n, n), n, x, k, { upper: true, unitriangular: false });
}
