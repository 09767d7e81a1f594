/** @file Plane rotations: Golub and Van Loan, "Matrix Computations", 5.1.8. */

/** cos, sin and r with [cos sin; -sin cos] (f, g) = (r, 0), in `out`. */
export function rotation(f: number, g: number, out: Float64Array): void {
  if (g === 0) { out[0] = 1; out[1] = 0; out[2] = f; return; }
  if (f === 0) { out[0] = 0; out[1] = 1; out[2] = g; return; }
  const size = Math.hypot(f, g), r = Math.abs(f) > Math.abs(g) && f < 0 ? -size : size;
  out[0] = f / r;
  out[1] = g / r;
  out[2] = r;
}

/** Rows p and q of a matrix `ld` wide become cos p + sin q and cos q - sin p. */
export function rotateRows(x: Float64Array, ld: number, p: number, q: number, cos: number, sin: number): void {
  let a = p * ld, b = q * ld;
  for (const end = a + ld; a < end; a++, b++) {
    const u = x[a]!, v = x[b]!;
    x[a] = cos * u + sin * v;
    x[b] = cos * v - sin * u;
  }
}

/** The rows of a matrix `ld` wide in another order. */
export function reorderRows(x: Float64Array, ld: number, order: readonly number[]): void {
  const from = x.slice(0, order.length * ld);
  for (const [to, row] of order.entries()) if (to !== row) x.set(from.subarray(row * ld, (row + 1) * ld), to * ld);
}
