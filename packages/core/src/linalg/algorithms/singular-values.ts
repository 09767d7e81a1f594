/**
 * @file The singular value decomposition: Householder bidiagonalisation (Golub and Van Loan, "Matrix Computations", 5.4.8), then the implicit
 * QR algorithm that keeps small singular values as exact as the bidiagonal matrix has them, with a shift of zero where another would
 * spoil them (Demmel and Kahan, "Accurate singular values of bidiagonal matrices", 1990). Knows no tensor.
 */
import { reflectLeft, reflector, reflectRight, scaleToRange, unpack } from "./householder.ts";
import { reorderRows, rotateRows, rotation } from "./rotations.ts";

/** Where singular vectors go, one a row: `left` has m or n rows of m, `right` n rows of n. */
export type SingularVectors = { readonly left: Float64Array; readonly leftRows: number; readonly right: Float64Array };

/**
 * The singular values of a, m by n with m >= n, in descending order. @param a destroyed
 * @returns whether it converged
 */
export function singularValues(a: Float64Array, m: number, n: number, values: Float64Array, vectors?: SingularVectors): boolean {
  const above = new Float64Array(n), unit = scaleToRange(a);
  bidiagonalise(a, m, n, values, above, vectors);
  const left = vectors && { rows: vectors.left, width: m }, right = vectors && { rows: vectors.right, width: n };
  if (!diagonalise(values, above, n, left, right)) return false;
  for (let i = 0; i < n; i++) {
    if (!(values[i]! < 0 || Object.is(values[i], -0))) continue;
    values[i] = -values[i]!;
    if (vectors !== undefined) for (let p = i * n; p < (i + 1) * n; p++) vectors.right[p] = -vectors.right[p]!;
  }
  const order = Array.from(values.keys()).sort((i, j) => values[j]! - values[i]!);
  values.set(order.map((i) => values[i]! * unit));
  if (vectors !== undefined) {
    reorderRows(vectors.left, m, order);
    reorderRows(vectors.right, n, order);
  }
  return true;
}

/** A = U B V' with B upper bidiagonal; `left` becomes U' and `right` V'. */
function bidiagonalise(a: Float64Array, m: number, n: number, diagonal: Float64Array, above: Float64Array, vectors: SingularVectors | undefined): void {
  const tauLeft = new Float64Array(n), tauRight = new Float64Array(n), v = new Float64Array(m), work = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const at = k * n + k;
    tauLeft[k] = reflector(a, at, m - k, n);
    unpack(a, at, m - k, n, v);
    reflectLeft(a, at + 1, n, m - k, n - k - 1, v, tauLeft[k]!, work);
    diagonal[k] = a[at]!;
    if (k + 1 >= n) continue;
    tauRight[k] = reflector(a, at + 1, n - k - 1, 1);
    unpack(a, at + 1, n - k - 1, 1, v);
    reflectRight(a, at + n + 1, n, m - k - 1, n - k - 1, v, tauRight[k]!);
    above[k] = a[at + 1]!;
  }
  if (vectors === undefined) return;
  const { left, leftRows, right } = vectors;
  left.fill(0);
  right.fill(0);
  for (let k = 0; k < leftRows; k++) left[k * m + k] = 1;
  for (let k = 0; k < n; k++) right[k * n + k] = 1;
  for (let k = n - 1; k >= 0; k--) {
    unpack(a, k * n + k, m - k, n, v);
    reflectRight(left, k * m + k, m, leftRows - k, m - k, v, tauLeft[k]!);
    if (k + 1 >= n) continue;
    unpack(a, k * n + k + 1, n - k - 1, 1, v);
    reflectRight(right, (k + 1) * n + k + 1, n, n - k - 1, n - k - 1, v, tauRight[k]!);
  }
}

type Rows = { readonly rows: Float64Array; readonly width: number };

/** How small an element above the diagonal must be beside its neighbours to be zero. */
const TOLERANCE = 16 * Number.EPSILON;

/** The bidiagonal matrix becomes diagonal; the rows of both turn with it. */
function diagonalise(d: Float64Array, e: Float64Array, n: number, left: Rows | undefined, right: Rows | undefined): boolean {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const size = Math.max(Math.abs(d[i]!), Math.abs(e[i]!));
    if (!(size < Infinity)) return false;
    largest = Math.max(largest, size);
  }
  const negligible = Math.max(smallestEstimate(d, e, n) * TOLERANCE, n * n * 6 * 2.2250738585072014e-308);
  const turn = new Float64Array(3);
  let bottom = n - 1, steps = 0, blockTop = -1, blockBottom = -1, flip = false;
  while (bottom > 0) {
    if (steps++ > 6 * n * n + 60) return false;
    // The block from `top` to `bottom` has no zero above its diagonal.
    let top = bottom;
    while (top > 0 && Math.abs(e[top - 1]!) > negligible) top--;
    if (top > 0) e[top - 1] = 0;
    if (top === bottom) { bottom--; continue; }
    // A new block is chased from its larger end to its smaller.
    if (top > blockBottom || bottom < blockTop || blockTop < 0) flip = Math.abs(d[top]!) < Math.abs(d[bottom]!);
    blockTop = top;
    blockBottom = bottom;
    const smallest = deflated(d, e, top, bottom, flip);
    if (smallest === undefined) continue;
    let size = 0;
    for (let i = top; i <= bottom; i++) size = Math.max(size, Math.abs(d[i]!), i < bottom ? Math.abs(e[i]!) : 0);
    chase(d, e, top, bottom, flip, shiftOf(d, e, top, bottom, flip, smallest, size, n), flip ? right : left, flip ? left : right, turn);
    const last = flip ? top : bottom - 1;
    if (Math.abs(e[last]!) <= negligible) e[last] = 0;
  }
  return true;
}

/** A lower bound of the smallest singular value, over sqrt(n). */
function smallestEstimate(d: Float64Array, e: Float64Array, n: number): number {
  if (n === 0) return 0;
  let smallest = Math.abs(d[0]!), mu = smallest;
  for (let i = 1; i < n && smallest > 0; i++) {
    mu = Math.abs(d[i]!) * (mu / (mu + Math.abs(e[i - 1]!)));
    smallest = Math.min(smallest, mu);
  }
  return smallest / Math.sqrt(n);
}

/** Sets what is negligible above the diagonal of a block to zero, and returns undefined then; otherwise a lower bound of its smallest singular value. */
function deflated(d: Float64Array, e: Float64Array, top: number, bottom: number, flip: boolean): number | undefined {
  const last = flip ? top : bottom - 1, end = flip ? top : bottom;
  if (Math.abs(e[last]!) <= TOLERANCE * Math.abs(d[end]!)) {
    e[last] = 0;
    return undefined;
  }
  let mu = Math.abs(d[flip ? bottom : top]!), smallest = mu;
  for (let k = 0; k < bottom - top; k++) {
    const between = flip ? bottom - 1 - k : top + k, next = flip ? bottom - 1 - k : top + k + 1;
    if (Math.abs(e[between]!) <= TOLERANCE * mu) {
      e[between] = 0;
      return undefined;
    }
    mu = Math.abs(d[next]!) * (mu / (mu + Math.abs(e[between]!)));
    smallest = Math.min(smallest, mu);
  }
  return smallest;
}

/** The smaller singular value of the 2 by 2 block at the end that is chased to; 0 where a shift would cost small values their digits. */
function shiftOf(d: Float64Array, e: Float64Array, top: number, bottom: number, flip: boolean, smallest: number, size: number, n: number): number {
  if (n * TOLERANCE * (smallest / size) <= Math.max(Number.EPSILON, 0.01 * TOLERANCE)) return 0;
  const shift = flip ? smallerOf(d[top]!, e[top]!, d[top + 1]!) : smallerOf(d[bottom - 1]!, e[bottom - 1]!, d[bottom]!);
  const start = Math.abs(d[flip ? bottom : top]!);
  return start > 0 && (shift / start) ** 2 < Number.EPSILON ? 0 : shift;
}

/** The smaller singular value of [f g; 0 h]. */
function smallerOf(f: number, g: number, h: number): number {
  const p = Math.abs(f), q = Math.abs(g), r = Math.abs(h), low = Math.min(p, r), high = Math.max(p, r);
  if (low === 0) return 0;
  const scale = Math.max(high, q), a = low / scale, b = high / scale, c = q / scale;
  return scale * ((2 * a * b) / (Math.hypot(b + a, c) + Math.hypot(b - a, c)));
}

/**
 * One step of QR on the block from `top` to `bottom`. With `flip` it goes from the bottom to the top: that is the same step on the
 * transpose with its rows and columns in reverse order, so left and right are exchanged.
 */
function chase(d: Float64Array, e: Float64Array, top: number, bottom: number, flip: boolean, shift: number, left: Rows | undefined, right: Rows | undefined, turn: Float64Array): void {
  const at = (i: number): number => (flip ? bottom - i : top + i), between = (i: number): number => (flip ? bottom - 1 - i : top + i), steps = bottom - top;
  const turnRows = (side: Rows | undefined, i: number, cos: number, sin: number): void => { if (side !== undefined) rotateRows(side.rows, side.width, at(i), at(i + 1), cos, sin); };
  if (shift === 0) {
    let cos = 1, oldCos = 1, oldSin = 0;
    for (let i = 0; i < steps; i++) {
      rotation(d[at(i)]! * cos, e[between(i)]!, turn);
      cos = turn[0]!;
      const sin = turn[1]!, r = turn[2]!;
      if (i > 0) e[between(i - 1)] = oldSin * r;
      rotation(oldCos * r, d[at(i + 1)]! * sin, turn);
      oldCos = turn[0]!;
      oldSin = turn[1]!;
      d[at(i)] = turn[2]!;
      turnRows(right, i, cos, sin);
      turnRows(left, i, oldCos, oldSin);
    }
    const h = d[at(steps)]! * cos;
    d[at(steps)] = h * oldCos;
    e[between(steps - 1)] = h * oldSin;
    return;
  }
  const first = d[at(0)]!;
  let f = (Math.abs(first) - shift) * ((first < 0 ? -1 : 1) + shift / first), g = e[between(0)]!;
  for (let i = 0; i < steps; i++) {
    rotation(f, g, turn);
    let cos = turn[0]!, sin = turn[1]!;
    if (i > 0) e[between(i - 1)] = turn[2]!;
    const di = d[at(i)]!, ei = e[between(i)]!, side = cos * ei - sin * di, next = d[at(i + 1)]!;
    turnRows(right, i, cos, sin);
    rotation(cos * di + sin * ei, sin * next, turn);
    const low = cos * next;
    cos = turn[0]!;
    sin = turn[1]!;
    d[at(i)] = turn[2]!;
    f = cos * side + sin * low;
    d[at(i + 1)] = cos * low - sin * side;
    if (i < steps - 1) {
      const beyond = e[between(i + 1)]!;
      g = sin * beyond;
      e[between(i + 1)] = cos * beyond;
    }
    turnRows(left, i, cos, sin);
  }
  e[between(steps - 1)] = f;
}
