/** @file Matrix product in packed panels of four rows by four columns, in float64. Small and integer products are matmul.ts. */
import type { Matrix } from "./matmul.ts";
import type { TypedArray } from "@adjoint/core/backend";

/** Columns of b, and rows of a, packed at a time: bounds the room that packing takes. */
const COLUMNS = 256, ROWS = 64;
let packedA = /*@__PURE__*/ new Float64Array(0), packedB = /*@__PURE__*/ new Float64Array(0);
const tile = /*@__PURE__*/ new Float64Array(16);

export function multiplyPacked(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
  const roomA = Math.min(ROWS, m + 3) * k, roomB = Math.min(COLUMNS, n + 3) * k;
  if (packedA.length < roomA) packedA = new Float64Array(roomA);
  if (packedB.length < roomB) packedB = new Float64Array(roomB);
  for (let j0 = 0; j0 < n; j0 += COLUMNS) {
    const columns = Math.min(COLUMNS, n - j0);
    pack(packedB, columns, k, b.values, b.at + j0 * b.column, b.column, b.row);
    for (let i0 = 0; i0 < m; i0 += ROWS) {
      const rows = Math.min(ROWS, m - i0);
      pack(packedA, rows, k, a.values, a.at + i0 * a.row, a.row, a.column);
      for (let j = 0; j < columns; j += 4)
        for (let i = 0; i < rows; i += 4) {
          multiplyTile4x4(packedA, i * k, packedB, j * k, k, tile);
          store(c, i0 + i, j0 + j, Math.min(4, rows - i), Math.min(4, columns - j));
        }
    }
  }
}

/** Panels of four lines side by side: `[line / 4][p][line % 4]`, zeros beyond the last line. */
function pack(out: Float64Array, lines: number, k: number, x: TypedArray, at: number, lineStride: number, step: number): void {
  for (let l = 0, o = 0; l < lines; l += 4, o += 4 * k) {
    const from = at + l * lineStride;
    if (l + 4 <= lines) packFull(out, o, k, x, from, lineStride, step);
    else {
      out.fill(0, o, o + 4 * k);
      for (let r = 0; l + r < lines; r++) for (let p = 0; p < k; p++) out[o + p * 4 + r] = x[from + r * lineStride + p * step]!;
    }
  }
}

function packFull(out: Float64Array, o: number, k: number, x: TypedArray, from: number, lineStride: number, step: number): void {
  const from1 = from + lineStride, from2 = from1 + lineStride, from3 = from2 + lineStride;
  for (let p = 0, s = 0; p < k; p++, s += step, o += 4) {
    out[o] = x[from + s]!;
    out[o + 1] = x[from1 + s]!;
    out[o + 2] = x[from2 + s]!;
    out[o + 3] = x[from3 + s]!;
  }
}

function store(c: Matrix, i: number, j: number, rows: number, columns: number): void {
  const out = c.values, at = c.at + i * c.row + j * c.column;
  for (let r = 0; r < rows; r++) for (let s = 0; s < columns; s++) out[at + r * c.row + s * c.column] = tile[r * 4 + s]!;
}

/** Sixteen sums in registers: eight loads for thirty-two operations. */
function multiplyTile4x4(a: Float64Array, ai: number, b: Float64Array, bi: number, k: number, out: Float64Array): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0, c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  for (let p = 0; p < k; p++, ai += 4, bi += 4) {
    const b0 = b[bi]!, b1 = b[bi + 1]!, b2 = b[bi + 2]!, b3 = b[bi + 3]!;
    let x = a[ai]!;
    c00 += x * b0; c01 += x * b1; c02 += x * b2; c03 += x * b3;
    x = a[ai + 1]!;
    c10 += x * b0; c11 += x * b1; c12 += x * b2; c13 += x * b3;
    x = a[ai + 2]!;
    c20 += x * b0; c21 += x * b1; c22 += x * b2; c23 += x * b3;
    x = a[ai + 3]!;
    c30 += x * b0; c31 += x * b1; c32 += x * b2; c33 += x * b3;
  }
  out[0] = c00; out[1] = c01; out[2] = c02; out[3] = c03; out[4] = c10; out[5] = c11; out[6] = c12; out[7] = c13;
  out[8] = c20; out[9] = c21; out[10] = c22; out[11] = c23; out[12] = c30; out[13] = c31; out[14] = c32; out[15] = c33;
}
