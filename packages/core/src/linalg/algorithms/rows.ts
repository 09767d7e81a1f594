/** @file The inner loops of the algorithms on matrices: what is done to rows, which lie side by side in memory. */

/** x[to + c] -= sum over j of a[at + j * stride] * y[from + j * step + c], for each c below `width`: one row less a combination of `count` rows. */
export function subtractRows(x: Float64Array, to: number, y: Float64Array, from: number, step: number, a: Float64Array, at: number, stride: number, count: number, width: number): void {
  let j = 0;
  // Four rows at a time: a quarter of the loads and stores of x, and twice the speed.
  for (; j + 4 <= count; j += 4) {
    const a0 = a[at + j * stride]!, a1 = a[at + (j + 1) * stride]!, a2 = a[at + (j + 2) * stride]!, a3 = a[at + (j + 3) * stride]!;
    const r0 = from + j * step, r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
    for (let c = 0; c < width; c++) x[to + c]! -= a0 * y[r0 + c]! + a1 * y[r1 + c]! + a2 * y[r2 + c]! + a3 * y[r3 + c]!;
  }
  for (; j < count; j++) {
    const factor = a[at + j * stride]!, row = from + j * step;
    for (let c = 0; c < width; c++) x[to + c]! -= factor * y[row + c]!;
  }
}

/** The sum of products of two rows of `count` elements. */
export function dotRows(x: Float64Array, i: number, y: Float64Array, j: number, count: number): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, k = 0;
  for (; k + 4 <= count; k += 4) {
    s0 += x[i + k]! * y[j + k]!;
    s1 += x[i + k + 1]! * y[j + k + 1]!;
    s2 += x[i + k + 2]! * y[j + k + 2]!;
    s3 += x[i + k + 3]! * y[j + k + 3]!;
  }
  for (; k < count; k++) s0 += x[i + k]! * y[j + k]!;
  return s0 + s1 + (s2 + s3);
}

/** Exchanges two rows of `width` elements. */
export function swapRows(x: Float64Array, i: number, j: number, width: number): void {
  for (let c = 0; c < width; c++) {
    const kept = x[i + c]!;
    x[i + c] = x[j + c]!;
    x[j + c] = kept;
  }
}

/** The transpose of a matrix of `rows` rows. */
export function transposed(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = x[i * columns + j]!;
  return out;
}
