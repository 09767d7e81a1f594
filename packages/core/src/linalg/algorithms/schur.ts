/**
 * @file The real Schur form of a square matrix: balancing (Parlett and Reinsch, 1969), Hessenberg reduction, and Francis's QR steps of two
 * shifts at a time. Golub and Van Loan, "Matrix Computations", 7.4 and 7.5; when to shift otherwise, from EISPACK's hqr2. Knows no tensor.
 */
import { reflector, reflectLeft, reflectRight, unpack } from "./householder.ts";
import { rotateRows } from "./rotations.ts";

/** A := D^-1 A D with rows and columns of about one length, D of powers of 2, which are returned. */
export function balance(a: Float64Array, n: number): Float64Array {
  const scale = new Float64Array(n).fill(1);
  for (let settled = false; !settled;) {
    settled = true;
    for (let i = 0; i < n; i++) {
      let row = 0, column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += Math.abs(a[i * n + j]!);
        column += Math.abs(a[j * n + i]!);
      }
      if (!(row > 0 && column > 0 && row < Infinity && column < Infinity)) continue;
      const f = 2 ** Math.round(Math.log2(row / column) / 2);
      if (column * f + row / f >= 0.95 * (row + column)) continue;
      settled = false;
      scale[i]! *= f;
      for (let j = 0; j < n; j++) a[i * n + j]! /= f;
      for (let j = 0; j < n; j++) a[j * n + i]! *= f;
    }
  }
  return scale;
}

/** A = Q H Q' with H zero below the diagonal beside the main one, in the place of A; `vectors` becomes Q'. */
export function reduceToHessenberg(a: Float64Array, n: number, vectors: Float64Array | undefined): void {
  const taus = new Float64Array(n), v = new Float64Array(n), work = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    const at = (k + 1) * n + k, size = n - k - 1;
    taus[k] = reflector(a, at, size, n);
    unpack(a, at, size, n, v);
    reflectLeft(a, at + 1, n, size, size, v, taus[k]!, work);
    reflectRight(a, k + 1, n, n, size, v, taus[k]!);
  }
  if (vectors !== undefined) {
    vectors.fill(0);
    for (let k = 0; k < n; k++) vectors[k * n + k] = 1;
    for (let k = n - 3; k >= 0; k--) {
      unpack(a, (k + 1) * n + k, n - k - 1, n, v);
      reflectRight(vectors, (k + 1) * n + k + 1, n, n - k - 1, n - k - 1, v, taus[k]!);
    }
  }
  for (let i = 2; i < n; i++) a.fill(0, i * n, i * n + i - 1);
}

/**
 * The eigenvalues of a Hessenberg matrix. @param vectors Q' of its reduction: then h becomes T, with blocks of 2 on the diagonal for complex pairs, and `vectors` the transpose of
 * the matrix of Schur vectors; undefined: h is destroyed
 * @returns whether it converged
 */
export function schurForm(h: Float64Array, n: number, re: Float64Array, im: Float64Array, vectors: Float64Array | undefined): boolean {
  const all = vectors !== undefined;
  let size = 0;
  for (let i = 0; i < n; i++) for (let j = Math.max(0, i - 1); j < n; j++) size += Math.abs(h[i * n + j]!);
  for (let high = n - 1, steps = 0; high >= 0;) {
    const low = lowEnd(h, n, high, size);
    if (low === high) {
      re[high] = h[high * n + high]!;
      im[high] = 0;
      high--;
      steps = 0;
    } else if (low === high - 1) {
      splitPair(h, n, low, re, im, vectors);
      high -= 2;
      steps = 0;
    } else {
      if (++steps > 60 + n) return false;
      francis(h, n, low, high, steps, all ? 0 : low, all ? n - 1 : high, vectors);
    }
  }
  return true;
}

/** The first row of the block that ends in `high`: nothing worth keeping stands to the left of its diagonal. */
function lowEnd(h: Float64Array, n: number, high: number, size: number): number {
  for (let k = high; k > 0; k--) {
    const near = Math.abs(h[(k - 1) * n + k - 1]!) + Math.abs(h[k * n + k]!);
    if (Math.abs(h[k * n + k - 1]!) > Number.EPSILON * (near === 0 ? size : near)) continue;
    if (Number.isNaN(h[k * n + k - 1]!)) continue;
    h[k * n + k - 1] = 0;
    return k;
  }
  return 0;
}

/** The two eigenvalues of the block at `k`, which becomes triangular where they are real. */
function splitPair(h: Float64Array, n: number, k: number, re: Float64Array, im: Float64Array, vectors: Float64Array | undefined): void {
  const at = k * n + k, a = h[at]!, b = h[at + 1]!, c = h[at + n]!, d = h[at + n + 1]!, half = (a - d) / 2, discriminant = half * half + b * c, root = Math.sqrt(Math.abs(discriminant));
  if (discriminant < 0) {
    re[k] = re[k + 1] = d + half;
    im[k] = root;
    im[k + 1] = -root;
    return;
  }
  const z = half + (half >= 0 ? root : -root);
  re[k] = d + z;
  re[k + 1] = z === 0 ? re[k]! : d - (b * c) / z;
  im[k] = im[k + 1] = 0;
  if (vectors === undefined) return;
  const length = Math.hypot(z, c), cos = length === 0 ? 1 : z / length, sin = length === 0 ? 0 : c / length;
  rotateRows(h, n, k, k + 1, cos, sin);
  rotateRows(vectors, n, k, k + 1, cos, sin);
  for (let i = 0; i <= k + 1; i++) {
    const p = h[i * n + k]!, q = h[i * n + k + 1]!;
    h[i * n + k] = cos * p + sin * q;
    h[i * n + k + 1] = cos * q - sin * p;
  }
  h[at + n] = 0;
}

/** One step with two shifts on the block from `low` to `high`; rows are changed up to column `right`, columns from row `top` on. */
function francis(h: Float64Array, n: number, low: number, high: number, step: number, top: number, right: number, vectors: Float64Array | undefined): void {
  const corner = high * n + high;
  let last = h[corner]!, before = h[corner - n - 1]!, product = h[corner - 1]! * h[corner - n]!;
  if (step % 10 === 0) { // no progress: shifts that have nothing to do with the block
    const s = Math.abs(h[corner - 1]!) + Math.abs(h[corner - n - 2]!);
    last = before = 0.75 * s + (step % 20 === 0 ? h[low * n + low]! : h[corner]!);
    product = -0.4375 * s * s;
  }
  // The first column of (H - s1)(H - s2), from the lowest row where two small elements let it begin.
  let start = high - 2, p = 0, q = 0, r = 0;
  for (; start >= low; start--) {
    const at = start * n + start, a = h[at]!, below = h[at + n]!, d = h[at + n + 1]!;
    // Differences first: the elements may agree in most of their digits.
    const toLast = last - a, toBefore = before - a;
    p = (toLast * toBefore - product) / below + h[at + 1]!;
    q = d - a - toLast - toBefore;
    r = h[at + 2 * n + 1]!;
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r);
    p /= s;
    q /= s;
    r /= s;
    if (start === low) break;
    if (Math.abs(h[at - 1]!) * (Math.abs(q) + Math.abs(r)) < Number.EPSILON * Math.abs(p) * (Math.abs(h[at - n - 1]!) + Math.abs(a) + Math.abs(d))) break;
  }
  for (let i = start + 2; i <= high; i++) h.fill(0, i * n + start, i * n + i - 1);
  for (let k = start; k < high; k++) {
    const isLast = k === high - 1, at = k * n + k;
    let scale = 1;
    if (k > start) {
      p = h[at - 1]!;
      q = h[at + n - 1]!;
      r = isLast ? 0 : h[at + 2 * n - 1]!;
      scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (scale === 0) continue;
      p /= scale;
      q /= scale;
      r /= scale;
    }
    const length = p < 0 ? -Math.hypot(p, q, r) : Math.hypot(p, q, r);
    if (length === 0) continue;
    if (k > start) {
      h[at - 1] = -length * scale;
      h[at + n - 1] = 0;
      if (!isLast) h[at + 2 * n - 1] = 0;
    } else if (low !== start) h[at - 1] = -h[at - 1]!;
    p += length;
    const x = p / length, y = q / length, z = r / length, v = q / p, w = isLast ? 0 : r / p;
    reflectThree(h, at, n, right - k + 1, x, y, z, v, w, isLast);
    for (let row = top * n + k, last = Math.min(high, k + 3) * n + k; row <= last; row += n) {
      const dot = x * h[row]! + y * h[row + 1]! + (isLast ? 0 : z * h[row + 2]!);
      h[row]! -= dot;
      h[row + 1]! -= dot * v;
      if (!isLast) h[row + 2]! -= dot * w;
    }
    if (vectors !== undefined) reflectThree(vectors, k * n, n, n, x, y, z, v, w, isLast);
  }
}

/** (I - (x, y, z)' (1, v, w)) on three rows, or on two, `count` columns of them from `at` on. */
function reflectThree(h: Float64Array, at: number, n: number, count: number, x: number, y: number, z: number, v: number, w: number, isTwo: boolean): void {
  if (isTwo) {
    for (let j = at; j < at + count; j++) {
      const dot = h[j]! + v * h[j + n]!;
      h[j]! -= dot * x;
      h[j + n]! -= dot * y;
    }
    return;
  }
  for (let j = at; j < at + count; j++) {
    const dot = h[j]! + v * h[j + n]! + w * h[j + 2 * n]!;
    h[j]! -= dot * x;
    h[j + n]! -= dot * y;
    h[j + 2 * n]! -= dot * z;
  }
}
