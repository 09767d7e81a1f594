/**
 * @file Householder reflections, with LAPACK's signs: Golub and Van Loan, "Matrix Computations", 5.1.
 * Matrices are row-major, `ld` apart from row to row; everything happens in place. Knows no tensor.
 */
import { dotRows } from "./rows.ts";

/** The length of `count` numbers, `stride` apart; neither overflows nor underflows where the length does not. */
export function lengthOf(x: Float64Array, at: number, count: number, stride: number): number {
  let sum = 0;
  for (let i = 0, p = at; i < count; i++, p += stride) sum += x[p]! * x[p]!;
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum);
  let largest = 0;
  for (let i = 0, p = at; i < count; i++, p += stride) {
    const size = Math.abs(x[p]!);
    if (!(size <= largest)) largest = size; // NaN too
  }
  if (largest === 0 || !(largest < Infinity)) return largest;
  sum = 0;
  for (let i = 0, p = at; i < count; i++, p += stride) sum += (x[p]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

const UP = 2 ** 500;
/**
 * Finds v with v_0 = 1 such that (I - tau v v') x = (beta, 0, ...), and puts beta and the rest of v in the place of x.
 * @returns tau; 0 where x is (beta, 0, ...) already
 */
export function reflector(x: Float64Array, at: number, count: number, stride: number): number {
  const alpha = x[at]!, rest = lengthOf(x, at + stride, count - 1, stride);
  if (rest === 0) return 0;
  if (rest < 1e-270 && Math.abs(alpha) < 1e-270) { // where numbers have fewer digits, or soon will
    for (let i = 0, p = at; i < count; i++, p += stride) x[p] = x[p]! * UP;
    const tau = reflector(x, at, count, stride);
    x[at] = x[at]! / UP;
    return tau;
  }
  const length = Math.hypot(alpha, rest), beta = alpha < 0 ? length : -length, divisor = alpha - beta;
  for (let i = 1, p = at + stride; i < count; i++, p += stride) x[p] = x[p]! / divisor;
  x[at] = beta;
  return (beta - alpha) / beta;
}

/** Copies a reflector out of a matrix, with the 1 that is not stored. */
export function unpack(from: Float64Array, at: number, count: number, stride: number, v: Float64Array): void {
  v[0] = 1;
  for (let i = 1, p = at + stride; i < count; i++, p += stride) v[i] = from[p]!;
}

/** C := (I - tau v v') C, of `rows` rows and `columns` columns from `at` on. @param work `columns` numbers */
export function reflectLeft(c: Float64Array, at: number, ld: number, rows: number, columns: number, v: Float64Array, tau: number, work: Float64Array): void {
  if (tau === 0 || columns === 0) return;
  work.fill(0, 0, columns);
  for (let i = 0; i < rows; i++) {
    const f = v[i]!, row = at + i * ld;
    if (f !== 0) for (let j = 0; j < columns; j++) work[j] = work[j]! + f * c[row + j]!;
  }
  for (let i = 0; i < rows; i++) {
    const f = tau * v[i]!, row = at + i * ld;
    if (f !== 0) for (let j = 0; j < columns; j++) c[row + j] = c[row + j]! - f * work[j]!;
  }
}

/** C := C (I - tau v v'), of `rows` rows and `columns` columns from `at` on. */
export function reflectRight(c: Float64Array, at: number, ld: number, rows: number, columns: number, v: Float64Array, tau: number): void {
  if (tau === 0) return;
  for (let i = 0; i < rows; i++) {
    const row = at + i * ld;
    const dot = tau * dotRows(c, row, v, 0, columns);
    for (let j = 0; j < columns; j++) c[row + j] = c[row + j]! - dot * v[j]!;
  }
}

/** Divides by a power of 2, which it returns, what is so large or small that products would leave the range. */
export function scaleToRange(a: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]!));
  if (!(largest > 0 && largest < Infinity) || (largest > 1e-70 && largest < 1e70)) return 1;
  const unit = 2 ** Math.round(Math.log2(largest));
  for (let i = 0; i < a.length; i++) a[i]! /= unit;
  return unit;
}
