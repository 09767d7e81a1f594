/** @file The factors A = L D L' of a symmetric matrix that need not be definite, D of blocks of one and two (Bunch and Kaufman, 1977), in LAPACK's form (sytf2, lower). */

/** (1 + sqrt 17) / 8: how much smaller than its column a diagonal element may be. */
const ENOUGH = (1 + Math.sqrt(17)) / 8;

/** The row, from `from` on, whose element in column k is the largest, or -1. */
function largestIn(a: Float64Array, n: number, column: number, from: number, to: number): number {
  let best = -1, most = -1;
  for (let i = from; i < to; i++) {
    const size = Math.abs(a[i * n + column]!);
    if (size > most) [best, most] = [i, size];
  }
  return best;
}

/**
 * Writes D and, below it, L without its ones into the lower triangle of A, of which only that is read.
 * @param pivots receives for each row, from one, which it was exchanged with; negative for both rows of a block of two
 * @returns 0, or which diagonal element of D, from one, is the first that is zero
 */
export function factorBunchKaufman(a: Float64Array, n: number, pivots: Float64Array): number {
  let info = 0;
  for (let k = 0; k < n; ) {
    const diagonal = Math.abs(a[k * n + k]!), largest = largestIn(a, n, k, k + 1, n), most = largest < 0 ? 0 : Math.abs(a[largest * n + k]!);
    let row = k, width = 1;
    if (Math.max(diagonal, most) === 0 || diagonal !== diagonal) {
      if (info === 0) info = k + 1;
      pivots[k] = k + 1;
      k++;
      continue;
    }
    if (diagonal < ENOUGH * most) {
      // The largest element, off the diagonal, of the row that would come up.
      let other = 0;
      for (let j = k; j < largest; j++) other = Math.max(other, Math.abs(a[largest * n + j]!));
      for (let i = largest + 1; i < n; i++) other = Math.max(other, Math.abs(a[i * n + largest]!));
      if (diagonal >= ENOUGH * most * (most / other)) row = k;
      else {
        row = largest;
        if (Math.abs(a[largest * n + largest]!) < ENOUGH * other) width = 2;
      }
    }
    const at = k + width - 1;
    if (row !== at) exchange(a, n, k, at, row);
    if (width === 1) eliminateOne(a, n, k);
    else eliminateTwo(a, n, k);
    for (let j = k; j < k + width; j++) pivots[j] = width === 1 ? row + 1 : -(row + 1);
    k += width;
  }
  return info;
}

function swap(a: Float64Array, i: number, j: number): void {
  const kept = a[i]!;
  a[i] = a[j]!;
  a[j] = kept;
}
/** Exchanges rows and columns `at` and `row` of what is left from k on; at <= row. */
function exchange(a: Float64Array, n: number, k: number, at: number, row: number): void {
  for (let i = row + 1; i < n; i++) swap(a, i * n + at, i * n + row);
  for (let i = at + 1; i < row; i++) swap(a, i * n + at, row * n + i);
  swap(a, at * n + at, row * n + row);
  if (at === k + 1) swap(a, at * n + k, row * n + k);
}
function eliminateOne(a: Float64Array, n: number, k: number): void {
  const pivot = a[k * n + k]!;
  for (let i = n - 1; i > k; i--) {
    const factor = a[i * n + k]! / pivot;
    for (let j = k + 1; j <= i; j++) a[i * n + j]! -= factor * a[j * n + k]!;
  }
  for (let i = k + 1; i < n; i++) a[i * n + k]! /= pivot;
}
function eliminateTwo(a: Float64Array, n: number, k: number): void {
  if (k + 2 >= n) return;
  const off = a[(k + 1) * n + k]!, d11 = a[(k + 1) * n + k + 1]! / off, d22 = a[k * n + k]! / off, scale = 1 / (d11 * d22 - 1) / off;
  for (let j = k + 2; j < n; j++) {
    const first = scale * (d11 * a[j * n + k]! - a[j * n + k + 1]!), second = scale * (d22 * a[j * n + k + 1]! - a[j * n + k]!);
    for (let i = j; i < n; i++) a[i * n + j]! -= a[i * n + k]! * first + a[i * n + k + 1]! * second;
    a[j * n + k] = first;
    a[j * n + k + 1] = second;
  }
}

/** Solves A X = B in the place of B [n, k], by the factors of A. */
export function solveBunchKaufman(a: Float64Array, n: number, pivots: Float64Array, x: Float64Array, k: number): void {
  const swapRow = (i: number, j: number): void => { if (i !== j) for (let c = 0; c < k; c++) swap(x, i * k + c, j * k + c); };
  const subtract = (i: number, factor: number, j: number): void => { for (let c = 0; c < k; c++) x[i * k + c]! -= factor * x[j * k + c]!; };
  const starts: number[] = [];
  for (let j = 0; j < n; ) {
    starts.push(j);
    const width = pivots[j]! > 0 ? 1 : 2, row = Math.abs(pivots[j]!) - 1;
    swapRow(j + width - 1, row);
    for (let i = j + width; i < n; i++) for (let w = 0; w < width; w++) subtract(i, a[i * n + j + w]!, j + w);
    if (width === 1) for (let c = 0; c < k; c++) x[j * k + c]! /= a[j * n + j]!;
    else {
      const off = a[(j + 1) * n + j]!, first = a[j * n + j]! / off, second = a[(j + 1) * n + j + 1]! / off, scale = first * second - 1;
      for (let c = 0; c < k; c++) {
        const above = x[j * k + c]! / off, below = x[(j + 1) * k + c]! / off;
        x[j * k + c] = (second * above - below) / scale;
        x[(j + 1) * k + c] = (first * below - above) / scale;
      }
    }
    j += width;
  }
  for (const j of starts.reverse()) {
    const width = pivots[j]! > 0 ? 1 : 2;
    for (let i = j + width; i < n; i++) for (let w = 0; w < width; w++) subtract(j + w, a[i * n + j + w]!, i);
    swapRow(j + width - 1, Math.abs(pivots[j]!) - 1);
  }
}
