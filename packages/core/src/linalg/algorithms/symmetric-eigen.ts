/**
 * @file Eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalisation, then the implicit QL algorithm with
 * Wilkinson's shifts. Golub and Van Loan, "Matrix Computations", 8.3. Knows no tensor.
 */
import { reflector, reflectRight, scaleToRange } from "./householder.ts";
import { reorderRows, rotateRows, rotation } from "./rotations.ts";

/**
 * The eigenvalues in ascending order. @param a n by n, of which the lower triangle is read; destroyed
 * @param vectors where the eigenvectors go, one a row; undefined: they are not wanted
 * @returns whether it converged
 */
export function eigenSymmetric(a: Float64Array, n: number, values: Float64Array, vectors?: Float64Array): boolean {
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n); // whatever is there
  const beside = new Float64Array(n), unit = scaleToRange(a); // the elements under the diagonal
  tridiagonalise(a, n, values, beside, vectors);
  if (!diagonalise(values, beside, n, vectors)) return false;
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  values.set(order.map((i) => values[i]! * unit));
  if (vectors !== undefined) reorderRows(vectors, n, order);
  return true;
}

/** A = Q T Q' with T tridiagonal; `vectors` becomes Q'. */
function tridiagonalise(a: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array, vectors: Float64Array | undefined): void {
  const taus = new Float64Array(n), v = new Float64Array(n), w = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    const size = n - k - 1, at = (k + 1) * n + k, corner = at + 1, tau = reflector(a, at, size, n);
    taus[k] = tau;
    beside[k] = a[at]!;
    diagonal[k] = a[k * n + k]!;
    if (tau === 0) continue;
    v[0] = 1;
    for (let i = 1; i < size; i++) v[i] = a[at + i * n]!;
    // w = tau A v - (tau^2 / 2) (v'Av) v, and A - v w' - w v' is what (I - tau v v') does from both sides.
    w.fill(0, 0, size);
    for (let i = 0; i < size; i++) {
      const row = corner + i * n, f = v[i]!;
      let sum = a[row + i]! * f;
      for (let j = 0; j < i; j++) {
        const x = a[row + j]!;
        sum += x * v[j]!;
        w[j] = w[j]! + x * f;
      }
      w[i] = w[i]! + sum;
    }
    let dot = 0;
    for (let i = 0; i < size; i++) dot += w[i]! * v[i]!;
    const half = 0.5 * tau * tau * dot;
    for (let i = 0; i < size; i++) w[i] = tau * w[i]! - half * v[i]!;
    for (let i = 0; i < size; i++) {
      const row = corner + i * n, f = v[i]!, g = w[i]!;
      for (let j = 0; j <= i; j++) a[row + j] = a[row + j]! - f * w[j]! - g * v[j]!;
    }
  }
  if (n > 0) diagonal[n - 1] = a[n * n - 1]!;
  if (vectors === undefined) return;
  vectors.fill(0);
  for (let k = 0; k < n; k++) vectors[k * n + k] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const size = n - k - 1;
    v[0] = 1;
    for (let i = 1; i < size; i++) v[i] = a[(k + 1 + i) * n + k]!;
    reflectRight(vectors, (k + 1) * n + k + 1, n, size, size, v, taus[k]!);
  }
}

/** The tridiagonal matrix becomes diagonal; the rows of `vectors` turn with it. */
function diagonalise(diagonal: Float64Array, beside: Float64Array, n: number, vectors: Float64Array | undefined): boolean {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(diagonal[i]!), Math.abs(beside[i]!));
  // The second bound keeps the noise that a matrix of low rank leaves behind from being worked on down to where numbers end.
  const turn = new Float64Array(3), isSmall = (i: number): boolean => Math.abs(beside[i]!) <= Number.EPSILON * Math.max(0.5 * (Math.abs(diagonal[i]!) + Math.abs(diagonal[i + 1]!)), Number.EPSILON * largest);
  for (let from = 0; from < n; from++)
    for (let steps = 0; ; steps++) {
      let to = from;
      while (to + 1 < n && !isSmall(to)) to++;
      if (to === from) break;
      if (steps === 60) return false;
      // Wilkinson's shift: the eigenvalue of the leading 2 by 2 block that is nearer to its first element.
      const half = (diagonal[from + 1]! - diagonal[from]!) / (2 * beside[from]!), root = Math.hypot(half, 1);
      let along = diagonal[to]! - diagonal[from]! + beside[from]! / (half + (half >= 0 ? root : -root)), cos = 1, sin = 1, over = 0, i = to - 1;
      for (; i >= from; i--) {
        const bulge = sin * beside[i]!, side = cos * beside[i]!;
        rotation(along, bulge, turn);
        beside[i + 1] = turn[2]!;
        if (turn[2] === 0) break; // it splits here
        cos = turn[0]!;
        sin = turn[1]!;
        const d = diagonal[i + 1]! - over, r = (diagonal[i]! - d) * sin + 2 * cos * side;
        over = sin * r;
        diagonal[i + 1] = d + over;
        along = cos * r - side;
        if (vectors !== undefined) rotateRows(vectors, n, i + 1, i, cos, sin);
      }
      beside[to] = 0;
      if (i >= from) { diagonal[i + 1] = diagonal[i + 1]! - over; continue; }
      diagonal[from] = diagonal[from]! - over;
      beside[from] = along;
    }
  return true;
}
