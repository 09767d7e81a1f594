/** @file `matmul`: batches of matrix products at any strides. Products are summed in float64 and rounded once; int32 wraps. */
import type { Kernel, PrimitiveAttrs, TypedArray, View } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { multiplyPacked } from "./matmul-packed.ts";

/** Multiplications below which packing costs more than it saves. */
const SMALL = 2048;
let sums: Float64Array = /*@__PURE__*/ new Float64Array(256);

/** One matrix: where it starts, and its two strides. */
export type Matrix = { values: TypedArray; at: number; readonly row: number; readonly column: number };

export const matmul: Kernel<PrimitiveAttrs["matmul"], CpuBuffer> = (inputs, outputs) => {
  const x = inputs[0]!, y = inputs[1]!, out = outputs[0]!;
  const [outer, batches, m, n] = out.shape as [number, number, number, number], k = x.shape[3]!;
  const [a, b, c] = [firstOf(x), firstOf(y), firstOf(out)] as const;
  const packs = m >= 4 && n >= 4 && m * n * k >= SMALL;
  for (let i = 0; i < outer * batches; i++) {
    const p = Math.floor(i / batches), q = i - p * batches;
    place(a, x, p, q);
    place(b, y, p, q);
    place(c, out, p, q);
    if (out.dtype === "int32") multiplyInts(m, n, k, a, b, c);
    else if (packs) multiplyPacked(m, n, k, a, b, c);
    else if (Math.abs(b.row) <= Math.abs(b.column)) multiplyDots(m, n, k, a, b, c);
    else multiplyRows(m, n, k, a, b, c);
  }
};

const firstOf = ({ buffer, offset, strides }: View<CpuBuffer>): Matrix => ({ values: buffer.values, at: offset, row: strides[2]!, column: strides[3]! });
const place = (matrix: Matrix, { offset, strides }: View<CpuBuffer>, p: number, q: number): void => {
  matrix.at = offset + p * strides[0]! + q * strides[1]!;
};

/** Each element a dot product: for b contiguous along k. */
function multiplyDots(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      c.values[c.at + i * c.row + j * c.column] = dot(k, a.values, a.at + i * a.row, a.column, b.values, b.at + j * b.column, b.row);
}

function dot(k: number, x: TypedArray, xi: number, xs: number, y: TypedArray, yi: number, ys: number): number {
  let even = 0, odd = 0, p = 0;
  for (; p + 1 < k; p += 2, xi += 2 * xs, yi += 2 * ys) {
    even += x[xi]! * y[yi]!;
    odd += x[xi + xs]! * y[yi + ys]!;
  }
  return p < k ? even + odd + x[xi]! * y[yi]! : even + odd;
}

/** Each row a sum of b's rows. */
function multiplyRows(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
  if (sums.length < n) sums = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    sums.fill(0, 0, n);
    for (let p = 0; p < k; p++) addScaled(n, sums, a.values[a.at + i * a.row + p * a.column]!, b.values, b.at + p * b.row, b.column);
    for (let j = 0, o = c.at + i * c.row; j < n; j++, o += c.column) c.values[o] = sums[j]!;
  }
}

function addScaled(n: number, out: Float64Array, factor: number, y: TypedArray, yi: number, ys: number): void {
  for (let j = 0; j < n; j++, yi += ys) out[j]! += factor * y[yi]!;
}

function multiplyInts(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0, xi = a.at + i * a.row, yi = b.at + j * b.column;
      for (let p = 0; p < k; p++, xi += a.column, yi += b.row) sum = (sum + Math.imul(a.values[xi]!, b.values[yi]!)) | 0;
      c.values[c.at + i * c.row + j * c.column] = sum;
    }
}
