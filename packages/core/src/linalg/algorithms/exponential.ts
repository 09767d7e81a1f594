/** @file The exponential of a matrix: Pade's approximant of degree 13, scaling and squaring (Higham, "The Scaling and Squaring Method for the Matrix Exponential Revisited", 2005). */
import { factorLu, solveLu } from "./lu.ts";

/** The coefficients of the numerator; those of the denominator have alternating signs. */
const b = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1] as const;
/** Up to this norm the approximant is exact to float64. */
const LARGEST = 5.371920351148152;
/** Rows of the right factor that stay in the cache while they meet all rows of the left one. */
const BLOCK = 64;

/** Of each row the first column that is not zero: what lies before it costs nothing, which halves the work for the block matrices of derivatives. */
function leads(x: Float64Array, n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => {
    let c = 0;
    while (c < n && x[i * n + c] === 0) c++;
    return c;
  });
}
/** The product of two square matrices. */
function product(x: Float64Array, y: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n), left = leads(x, n), right = leads(y, n);
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(from + BLOCK, n), column = right.subarray(from, to).reduce((a, b) => Math.min(a, b), n);
    let i = 0;
    for (; i + 1 < n; i += 2) addProducts(out, i, i + 1, x, y, Math.max(from, Math.min(left[i]!, left[i + 1]!)), to, column, n);
    if (i < n) addProducts(out, i, i, x, y, Math.max(from, left[i]!), to, column, n);
  }
  return out;
}
/** Two rows of a product, or one twice named, plus the rows `from` to `to` of y times their factors: each load of y serves both. */
function addProducts(out: Float64Array, i: number, j: number, x: Float64Array, y: Float64Array, from: number, to: number, column: number, n: number): void {
  const width = n - column, first = i * n + column, second = j * n + column;
  let k = from;
  for (; k + 4 <= to; k += 4) {
    const p = i * n + k, q = j * n + k, row = k * n + column;
    const a0 = x[p]!, a1 = x[p + 1]!, a2 = x[p + 2]!, a3 = x[p + 3]!, b0 = x[q]!, b1 = x[q + 1]!, b2 = x[q + 2]!, b3 = x[q + 3]!;
    for (let c = 0; c < width; c++) {
      const y0 = y[row + c]!, y1 = y[row + n + c]!, y2 = y[row + 2 * n + c]!, y3 = y[row + 3 * n + c]!;
      const sum = out[first + c]! + (a0 * y0 + a1 * y1 + a2 * y2 + a3 * y3);
      out[second + c] = out[second + c]! + (b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3);
      out[first + c] = sum;
    }
  }
  for (; k < to; k++) {
    const a = x[i * n + k]!, b = x[j * n + k]!, row = k * n + column;
    for (let c = 0; c < width; c++) {
      const sum = out[first + c]! + a * y[row + c]!;
      out[second + c] = out[second + c]! + b * y[row + c]!;
      out[first + c] = sum;
    }
  }
}
/** The sum of scaled matrices, and a number on the diagonal. */
function combination(n: number, diagonal: number, ...terms: readonly (readonly [number, Float64Array])[]): Float64Array {
  const out = new Float64Array(n * n);
  for (const [factor, x] of terms) for (let i = 0; i < out.length; i++) out[i]! += factor * x[i]!;
  for (let i = 0; i < n; i++) out[i * (n + 1)]! += diagonal;
  return out;
}

/** The largest sum of sizes in a column. */
function columnNorm(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[j]! += Math.abs(a[i * n + j]!);
  return sums.reduce((x, y) => (y > x || y !== y ? y : x), 0);
}

/** exp(A) of a square matrix; NaN everywhere if an element is not finite. */
export function exponential(given: Float64Array, n: number): Float64Array {
  const norm = columnNorm(given, n);
  if (!Number.isFinite(norm)) return new Float64Array(n * n).fill(NaN);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / LARGEST))), scale = 2 ** -squarings, a = given.map((v) => v * scale);
  const a2 = product(a, a, n), a4 = product(a2, a2, n), a6 = product(a2, a4, n);
  const inner = product(a6, combination(n, 0, [b[13], a6], [b[11], a4], [b[9], a2]), n);
  const odd = product(a, combination(n, b[1], [1, inner], [b[7], a6], [b[5], a4], [b[3], a2]), n);
  const even = combination(n, b[0], [1, product(a6, combination(n, 0, [b[12], a6], [b[10], a4], [b[8], a2]), n)], [b[6], a6], [b[4], a4], [b[2], a2]);
  const denominator = combination(n, 0, [1, even], [-1, odd]), pivots = new Float64Array(n);
  let out = combination(n, 0, [1, even], [1, odd]);
  factorLu(denominator, n, n, pivots, true);
  solveLu(denominator, n, pivots, out, n);
  for (let k = 0; k < squarings; k++) out = product(out, out, n);
  return out;
}
