/** @file `matmul`: batches of matrix products at any strides. Products are summed in float64 and rounded once; int32 wraps. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { multiplyPacked } from "./matmul-packed.ts";

/** Multiplications below which packing costs more than it saves. */
const SMALL = 2048;
let sums: Float64Array = /*@__PURE__*/ new Float64Array(256);

/** One matrix: where it starts, and its two strides. */
export type Matrix = { values: TypedArray; at: number; readonly row: number; readonly column: number };

export const matmul: Kernel<PrimitiveAttrs["matmul"], CpuBuffer> = (inputs, outputs) => {
  const x = inputs[0]!, y = inputs[1]!, out = outputs[0]!;
  const [batches, m, n] = out.shape as [number, number, number], k = x.shape[2]!;
  const a = { values: x.buffer.values, at: x.offset, row: x.strides[1]!, column: x.strides[2]! };
  const b = { values: y.buffer.values, at: y.offset, row: y.strides[1]!, column: y.strides[2]! };
  const c = { values: out.buffer.values, at: out.offset, row: out.strides[1]!, column: out.strides[2]! };
  const packs = m >= 4 && n >= 4 && m * n * k >= SMALL;
  for (let batch = 0; batch < batches; batch++) {
    if (out.dtype === "int32") multiplyInts(m, n, k, a, b, c);
    else if (packs) multiplyPacked(m, n, k, a, b, c);
    else if (Math.abs(b.row) <= Math.abs(b.column)) multiplyDots(m, n, k, a, b, c);
    else multiplyRows(m, n, k, a, b, c);
    a.at += x.strides[0]!;
    b.at += y.strides[0]!;
    c.at += out.strides[0]!;
  }
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
