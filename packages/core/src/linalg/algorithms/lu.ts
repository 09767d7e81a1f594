/** @file Gaussian elimination with row exchanges: A = P L U, in one matrix, and what is solved with it. Pivots count from one, as LAPACK's. */
import { subtractRows, swapRows } from "./rows.ts";
import { solveTriangularLeft } from "./triangular.ts";

/** Columns that are eliminated together: their rows stay in the cache while the rest of the matrix is brought up to date. */
const BLOCK = 32;

/**
 * Writes U and, below the diagonal, L without its ones into the place of A [m, n].
 * @param pivots receives which row, from one, each of the first min(m, n) was exchanged with
 * @param exchanges whether rows are exchanged, so that the largest element of each column is divided by
 * @returns 0, or which diagonal element of U, from one, is the first that is zero
 */
export function factorLu(a: Float64Array, m: number, n: number, pivots: Float64Array, exchanges: boolean): number {
  const size = Math.min(m, n);
  let info = 0;
  for (let from = 0; from < size; from += BLOCK) {
    const to = Math.min(size, from + BLOCK);
    for (let j = from; j < to; j++) {
      const row = exchanges ? largestBelow(a, m, n, j) : j;
      pivots[j] = row + 1;
      if (row !== j) swapRows(a, row * n, j * n, n);
      const pivot = a[j * n + j]!;
      if (pivot === 0) {
        if (info === 0) info = j + 1;
        continue;
      }
      for (let i = j + 1; i < m; i++) {
        const factor = (a[i * n + j]! /= pivot);
        if (factor !== 0) for (let c = j + 1; c < to; c++) a[i * n + c]! -= factor * a[j * n + c]!;
      }
    }
    for (let i = from + 1; i < m; i++) {
      const count = Math.min(i, to) - from;
      if (!isZero(a, i * n + from, count)) subtractRows(a, i * n + to, a, from * n + to, n, a, i * n + from, 1, count, n - to);
    }
  }
  return info;
}

function isZero(x: Float64Array, from: number, count: number): boolean {
  for (let c = from; c < from + count; c++) if (x[c] !== 0) return false;
  return true;
}
/** The row, from the diagonal down, whose element in column j is the largest. */
function largestBelow(a: Float64Array, m: number, n: number, j: number): number {
  let best = j, most = Math.abs(a[j * n + j]!);
  for (let i = j + 1; i < m; i++) {
    const size = Math.abs(a[i * n + j]!);
    if (size > most) [best, most] = [i, size];
  }
  return best;
}

/** Solves A X = B in the place of B [n, k], by the factors of A. */
export function solveLu(lu: Float64Array, n: number, pivots: Float64Array, x: Float64Array, k: number): void {
  for (let j = 0; j < n; j++) if (pivots[j] !== j + 1) swapRows(x, j * k, (pivots[j]! - 1) * k, k);
  solveTriangularLeft(lu, n, x, k, { upper: false, unitriangular: true });
  solveTriangularLeft(lu, n, x, k, { upper: true, unitriangular: false });
}

/** Which row of A each row of L U is, from zero, of matrices of m rows. */
export function permutationOf(pivots: Float64Array, m: number): Float64Array {
  const order = Float64Array.from({ length: m }, (_, i) => i);
  for (const [j, pivot] of pivots.entries()) swapRows(order, j, pivot - 1, 1);
  return order;
}

/** 1 or -1: whether the number of exchanges is even or odd. */
export function signOf(pivots: Float64Array): number {
  let sign = 1;
  for (const [j, pivot] of pivots.entries()) if (pivot !== j + 1) sign = -sign;
  return sign;
}
