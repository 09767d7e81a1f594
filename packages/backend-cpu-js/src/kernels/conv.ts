/** @file `conv`: correlation at any strides by rows of the output. Products are summed in float64 and rounded once; int32 wraps. Many channels go by conv-packed.ts. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { convolvePacked } from "./conv-packed.ts";
import { type Runs, runsOf } from "./runs.ts";

let sums: Float64Array<ArrayBuffer> = /*@__PURE__*/ new Float64Array(256);
let intSums: Int32Array<ArrayBuffer> = /*@__PURE__*/ new Int32Array(64);

export const conv: Kernel<PrimitiveAttrs["conv"], CpuBuffer> = (inputs, outputs, { stride, padding, dilation, spread }) => {
  const x = inputs[0]!, filter = inputs[1]!, out = outputs[0]!;
  if (convolvePacked(x, filter, out, { stride, padding, dilation, spread })) return;
  const [groups, examples, channels, depth, height, width] = out.shape, [, , reduced, , , kw] = filter.shape;
  const [xg, xn, xc, xd, xh, xw] = x.strides, [fg, fo, fc, fd, fh, fw] = filter.strides, [yg, yn, yo, yd, yh, yw] = out.strides;
  const runs = (d: number): Runs => runsOf(out.shape[d + 3], filter.shape[d + 3], stride[d], dilation[d], padding[d], spread[d], x.shape[d + 3]);
  const byDepth = runs(0), byHeight = runs(1);
  // The longer of the two is the inner loop: whole rows of the output scaled and added, or dot products along the window.
  const isByRow = width >= kw;
  const byWidth = isByRow ? runsOf(kw, width, dilation[2], stride[2], padding[2], spread[2], x.shape[5]) : runs(2);
  const isInt = out.dtype === "int32";
  const a = x.buffer.values, b = filter.buffer.values, c = out.buffer.values;
  if (sums.length < width) sums = new Float64Array(width);
  if (intSums.length < width) intSums = new Int32Array(width);
  const row = isInt ? intSums : sums;
  const add = isByRow ? (isInt ? addRowsOfInts : addRows) : isInt ? addDotsOfInts : addDots;
  for (let g = 0; g < groups; g++)
    for (let n = 0; n < examples; n++)
      for (let o = 0; o < channels; o++)
        for (let d = 0; d < depth; d++)
          for (let h = 0; h < height; h++) {
            row.fill(0, 0, width);
            for (let channel = 0; channel < reduced; channel++)
              for (let i = 0, id = byDepth.count[d]!; i < id; i++)
                for (let j = 0, jh = byHeight.count[h]!; j < jh; j++) {
                  const xi = x.offset + g * xg + n * xn + channel * xc + (byDepth.at[d]! + i * byDepth.xStep) * xd + (byHeight.at[h]! + j * byHeight.xStep) * xh;
                  const fi = filter.offset + g * fg + o * fo + channel * fc + (byDepth.first[d]! + i * byDepth.step) * fd + (byHeight.first[h]! + j * byHeight.step) * fh;
                  add(byWidth, isByRow ? kw : width, row, a, xi, xw, b, fi, fw);
                }
            let at = out.offset + g * yg + n * yn + o * yo + d * yd + h * yh;
            for (let w = 0; w < width; w++, at += yw) c[at] = row[w]!;
          }
};

type Row = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
type Add = (runs: Runs, many: number, row: Row, x: TypedArray, xi: number, xs: number, y: TypedArray, yi: number, ys: number) => void;

const addRows: Add = ({ first, count, at, step, xStep }, many, row, x, xi, xs, y, yi, ys) => {
  for (let k = 0; k < many; k++) addScaled(count[k]!, row, first[k]!, step, y[yi + k * ys]!, x, xi + at[k]! * xs, xStep * xs);
};
const addDots: Add = ({ first, count, at, step, xStep }, many, row, x, xi, xs, y, yi, ys) => {
  for (let q = 0; q < many; q++) row[q]! += dot(count[q]!, x, xi + at[q]! * xs, xStep * xs, y, yi + first[q]! * ys, step * ys);
};
const addRowsOfInts: Add = ({ first, count, at, step, xStep }, many, row, x, xi, xs, y, yi, ys) => {
  for (let k = 0; k < many; k++)
    for (let i = 0, o = first[k]!, from = xi + at[k]! * xs; i < count[k]!; i++, o += step, from += xStep * xs) row[o] = row[o]! + Math.imul(y[yi + k * ys]!, x[from]!);
};
const addDotsOfInts: Add = ({ first, count, at, step, xStep }, many, row, x, xi, xs, y, yi, ys) => {
  for (let q = 0; q < many; q++)
    for (let i = 0; i < count[q]!; i++) row[q] = row[q]! + Math.imul(x[xi + (at[q]! + i * xStep) * xs]!, y[yi + (first[q]! + i * step) * ys]!);
};

function addScaled(n: number, row: TypedArray, o: number, os: number, factor: number, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) row[o]! += factor * x[xi]!;
}

function dot(n: number, x: TypedArray, xi: number, xs: number, y: TypedArray, yi: number, ys: number): number {
  let even = 0, odd = 0, p = 0;
  for (; p + 1 < n; p += 2, xi += 2 * xs, yi += 2 * ys) {
    even += x[xi]! * y[yi]!;
    odd += x[xi + xs]! * y[yi + ys]!;
  }
  return p < n ? even + odd + x[xi]! * y[yi]! : even + odd;
}
