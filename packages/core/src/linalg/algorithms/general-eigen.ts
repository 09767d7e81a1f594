/** @file Eigenvalues and eigenvectors of a square matrix, complex in general: back substitution in its Schur form. Golub and Van Loan, "Matrix Computations", 7.6.3. Knows no tensor. */
import { scaleToRange } from "./householder.ts";
import { balance, reduceToHessenberg, schurForm } from "./schur.ts";

/** The eigenvalues, real and imaginary part side by side. @param a n by n, destroyed @returns whether it converged */
export function eigenvalues(a: Float64Array, n: number, values: Float64Array): boolean {
  const re = new Float64Array(n), im = new Float64Array(n), unit = scaleToRange(a);
  balance(a, n);
  reduceToHessenberg(a, n, undefined);
  if (!schurForm(a, n, re, im, undefined)) return false;
  interleave(re, im, unit, values);
  return true;
}

/** Also the eigenvectors, n by n complex numbers, one vector a column: of length 1, their largest element real. */
export function eigenvectors(a: Float64Array, n: number, values: Float64Array, vectors: Float64Array): boolean {
  const re = new Float64Array(n), im = new Float64Array(n), schur = new Float64Array(n * n), unit = scaleToRange(a), scale = balance(a, n);
  reduceToHessenberg(a, n, schur);
  if (!schurForm(a, n, re, im, schur)) return false;
  interleave(re, im, unit, values);
  let size = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) size = Math.max(size, Math.abs(a[i * n + j]!));
  const x = new Float64Array(n), y = new Float64Array(n), u = new Float64Array(n), v = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const isPair = im[k]! > 0;
    substitute(a, n, k, re[k]!, im[k]!, size, x, y);
    u.fill(0);
    v.fill(0);
    for (let j = 0; j <= (isPair ? k + 1 : k); j++)
      for (let i = 0, f = x[j]!, g = y[j]!, row = j * n; i < n; i++) {
        u[i]! += f * schur[row + i]!;
        v[i]! += g * schur[row + i]!;
      }
    for (let i = 0; i < n; i++) {
      u[i]! *= scale[i]!;
      v[i]! *= scale[i]!;
    }
    store(u, v, n, k, 1, vectors);
    if (isPair) store(u, v, n, ++k, -1, vectors);
  }
  return true;
}

function interleave(re: Float64Array, im: Float64Array, unit: number, into: Float64Array): void {
  for (let k = 0; k < re.length; k++) {
    into[2 * k] = re[k]! * unit;
    into[2 * k + 1] = im[k]! * unit;
  }
}

/** x + iy with (T - (re + i im)) (x + iy) = 0, from eigenvalue k, or the pair at k and k + 1, upwards. */
function substitute(t: Float64Array, n: number, k: number, re: number, im: number, size: number, x: Float64Array, y: Float64Array): void {
  const least = Number.EPSILON * size || Number.MIN_VALUE;
  x.fill(0);
  y.fill(0);
  let last = k;
  if (im === 0) x[k] = 1;
  else {
    const at = k * n + k, b = t[at + 1]!, c = t[at + n]!;
    last = k + 1;
    if (Math.abs(b) >= Math.abs(c)) { // b z = (re + i im - a) of (1, z)
      x[k] = 1;
      x[k + 1] = (re - t[at]!) / b;
      y[k + 1] = im / b;
    } else { // z = (re + i im - d) / c of (z, 1)
      x[k] = (re - t[at + n + 1]!) / c;
      y[k] = im / c;
      x[k + 1] = 1;
    }
  }
  for (let i = k - 1; i >= 0; i--) {
    const at = i * n + i;
    const p = rest(t, i, n, i + 1, last, x), q = rest(t, i, n, i + 1, last, y);
    if (i > 0 && t[at - 1]! !== 0) {
      // A block of two rows: Cramer's rule.
      const above = at - n - 1, a = t[above]! - re, b = t[above + 1]!, c = t[at - 1]!, d = t[at]! - re;
      const r = rest(t, i - 1, n, i + 1, last, x), s = rest(t, i - 1, n, i + 1, last, y);
      const di = -im * (a + d), exact = a * d - im * im - b * c, dr = Math.abs(exact) + Math.abs(di) < least * least ? least * least : exact;
      divide(x, y, i - 1, r * d + s * im - b * p, s * d - r * im - b * q, dr, di);
      divide(x, y, i, a * p + im * q - c * r, a * q - im * p - c * s, dr, di);
      i--;
    } else {
      let d = t[at]! - re;
      if (Math.abs(d) + Math.abs(im) < least) d = least;
      divide(x, y, i, p, q, d, -im);
    }
    const largest = Math.max(Math.abs(x[i]!), Math.abs(y[i]!));
    if (largest > 1e100) for (let j = i; j <= last; j++) { x[j]! /= largest; y[j]! /= largest; }
  }
}
/** Minus the sum of products of a row of T with what is known of the vector. */
function rest(t: Float64Array, row: number, n: number, from: number, last: number, x: Float64Array): number {
  let sum = 0;
  for (let j = from, at = row * n; j <= last; j++) sum -= t[at + j]! * x[j]!;
  return sum;
}
/** (x + iy)_i = (p + iq) / (r + is), scaled so that nothing overflows. */
function divide(x: Float64Array, y: Float64Array, i: number, p: number, q: number, r: number, s: number): void {
  if (Math.abs(r) >= Math.abs(s)) {
    const f = s / r, d = r + s * f;
    x[i] = (p + q * f) / d;
    y[i] = (q - p * f) / d;
  } else {
    const f = r / s, d = s + r * f;
    x[i] = (p * f + q) / d;
    y[i] = (q * f - p) / d;
  }
}

/** u + i sign v, of length 1 and with its largest element real, as column k. */
function store(u: Float64Array, v: Float64Array, n: number, k: number, sign: number, into: Float64Array): void {
  let largest = 0, at = 0, sum = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(u[i]!), Math.abs(v[i]!));
  for (let i = 0, most = -1; i < n; i++) {
    const squared = (u[i]! / largest) ** 2 + (v[i]! / largest) ** 2;
    sum += squared;
    if (squared > most) { most = squared; at = i; }
  }
  const a = u[at]! / largest, b = v[at]! / largest, length = Math.hypot(a, b), isReal = b === 0, cos = isReal ? 1 : a / length, sin = isReal ? 0 : -b / length, by = largest * Math.sqrt(sum);
  for (let i = 0; i < n; i++) {
    const p = u[i]! / by, q = v[i]! / by;
    into[2 * (i * n + k)] = p * cos - q * sin;
    into[2 * (i * n + k) + 1] = i === at && !isReal ? 0 : sign * (p * sin + q * cos);
  }
}
