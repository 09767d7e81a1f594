/** @file Least squares of one system: by reflections where the rank is full, by singular values where it may not be. Golub and Van Loan, "Matrix Computations", 5.3, 5.5 and 5.6. Knows no tensor. */
import { applyQ, applyQt, factorQr } from "./qr.ts";
import { transposed } from "./rows.ts";
import { singularValues } from "./singular-values.ts";
import { solveTriangularLeft } from "./triangular.ts";

/** The least squares solution of A X = B, of least length where A, m by n, is wide; undefined where its rank is not full. X is n by k. @param a destroyed */
export function solveByReflections(a: Float64Array, m: number, n: number, b: Float64Array, k: number): Float64Array | undefined {
  const size = Math.min(m, n), tau = new Float64Array(size), factors = m >= n ? a : transposed(a, m, n), rows = Math.max(m, n);
  factorQr(factors, rows, size, tau);
  for (let i = 0; i < size; i++) if (factors[i * size + i] === 0) return undefined;
  const R = factors.subarray(0, size * size), x = new Float64Array(rows * k);
  x.set(b);
  if (m >= n) {
    applyQt(factors, m, n, tau, x, k);
    solveTriangularLeft(R, n, x.subarray(0, n * k), k, { upper: true, unitriangular: false });
    return x.slice(0, n * k);
  }
  solveTriangularLeft(transposed(R, m, m), m, x.subarray(0, m * k), k, { upper: false, unitriangular: false });
  applyQ(factors, n, m, tau, x, k);
  return x;
}

/** The least squares solution of least length; singular values up to `rcond` times the largest are zero. @param a destroyed @returns undefined where it does not converge */
export function solveBySingularValues(a: Float64Array, m: number, n: number, b: Float64Array, k: number, rcond: number, values: Float64Array): { readonly x: Float64Array; readonly rank: number } | undefined {
  const isTall = m >= n, size = Math.min(m, n), long = Math.max(m, n), left = new Float64Array(size * long), right = new Float64Array(size * size);
  if (!singularValues(isTall ? a : transposed(a, m, n), long, size, values, { left, leftRows: size, right })) return undefined;
  const [ofU, ofV] = isTall ? [left, right] : [right, left], x = new Float64Array(n * k), part = new Float64Array(k);
  let rank = 0;
  for (; rank < size && values[rank]! > rcond * values[0]!; rank++) {
    part.fill(0);
    for (let i = 0; i < m; i++) for (let c = 0, f = ofU[rank * m + i]! / values[rank]!; c < k; c++) part[c]! += f * b[i * k + c]!;
    for (let i = 0; i < n; i++) for (let c = 0, f = ofV[rank * n + i]!; c < k; c++) x[i * k + c]! += f * part[c]!;
  }
  return { x, rank };
}

/** The sum of squares of each column of A X - B. */
export function residualsOf(a: Float64Array, m: number, n: number, x: Float64Array, b: Float64Array, k: number, into: Float64Array): void {
  const row = new Float64Array(k);
  into.fill(0);
  for (let i = 0; i < m; i++) {
    for (let c = 0; c < k; c++) row[c] = -b[i * k + c]!;
    for (let j = 0; j < n; j++) for (let c = 0, f = a[i * n + j]!; c < k; c++) row[c]! += f * x[j * k + c]!;
    for (let c = 0; c < k; c++) into[c]! += row[c]! * row[c]!;
  }
}
