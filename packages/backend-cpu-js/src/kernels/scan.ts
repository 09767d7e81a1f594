/** @file `scan`: what the elements so far come to, row by row. Floats are accumulated in float64 and rounded where they are stored. */
import type { DType, Kernel, PrimitiveAttrs, ScanOp, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { advance, zeros } from "../rows.ts";

/** One row: `n` elements of each array from its place on, its step apart. `at` is the position of the first, `step` leads to the next. */
type Row = (
  n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number, y: TypedArray, yi: number, ys: number, at: number, step: number,
) => void;

export const scan: Kernel<PrimitiveAttrs["scan"], CpuBuffer> = (inputs, outputs, { op, reverse }) => {
  const output = outputs[0]!, first = inputs[0]!, second = inputs[1] ?? first, views = [output, first, second];
  const { shape } = output, last = shape.length - 1, n = shape[last]!;
  const row = rowOf(op, first.dtype);
  const direction = reverse ? -1 : 1, start = reverse ? n - 1 : 0;
  const strides = views.map((view) => view.strides), steps = strides.map((of) => of[last]!);
  const bases = views.map((view, k) => view.offset + start * steps[k]!), counters = zeros(shape.length);
  const [out, x, y] = views.map((view) => view.buffer.values) as [TypedArray, TypedArray, TypedArray];
  const [os, xs, ys] = steps.map((step) => step * direction) as [number, number, number];
  do row(n, out, bases[0]!, os, x, bases[1]!, xs, y, bases[2]!, ys, start, direction);
  while (advance(counters, shape, 0, last, bases, strides));
};

function rowOf(op: ScanOp, dtype: DType): Row {
  const isInt = dtype === "int32";
  switch (op) {
    case "sum": return isInt ? intSums : floatSums;
    case "prod": return isInt ? intProducts : floatProducts;
    case "max": return maxima;
    case "min": return minima;
    case "recurrence": return recurrence;
  }
}

const floatSums: Row = (n, out, o, os, x, xi, xs) => {
  let sum = 0;
  for (let k = 0; k < n; k++, o += os, xi += xs) out[o] = sum += x[xi]!;
};
const intSums: Row = (n, out, o, os, x, xi, xs) => {
  let sum = 0;
  for (let k = 0; k < n; k++, o += os, xi += xs) out[o] = sum = (sum + x[xi]!) | 0;
};
const floatProducts: Row = (n, out, o, os, x, xi, xs) => {
  let product = 1;
  for (let k = 0; k < n; k++, o += os, xi += xs) out[o] = product *= x[xi]!;
};
const intProducts: Row = (n, out, o, os, x, xi, xs) => {
  let product = 1;
  for (let k = 0; k < n; k++, o += os, xi += xs) out[o] = product = Math.imul(product, x[xi]!);
};
const maxima: Row = (n, out, o, os, x, xi, xs, _y, _yi, _ys, at, step) => {
  let best = -Infinity, found = at;
  for (let k = 0; k < n; k++, o += os, xi += xs, at += step) {
    const value = x[xi]!;
    if (value >= best || value !== value) {
      best = value;
      found = at;
    }
    out[o] = found;
  }
};
const minima: Row = (n, out, o, os, x, xi, xs, _y, _yi, _ys, at, step) => {
  let best = Infinity, found = at;
  for (let k = 0; k < n; k++, o += os, xi += xs, at += step) {
    const value = x[xi]!;
    if (value <= best || value !== value) {
      best = value;
      found = at;
    }
    out[o] = found;
  }
};
const recurrence: Row = (n, out, o, os, x, xi, xs, y, yi, ys) => {
  // The first is b alone: 0 times an infinite a would be NaN.
  let value = y[yi]!;
  out[o] = value;
  for (let k = 1; k < n; k++) out[o += os] = value = x[xi += xs]! * value + y[yi += ys]!;
};
