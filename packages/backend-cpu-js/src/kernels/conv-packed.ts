/** @file `conv` of many channels as matrix products: windows of x laid out as columns, some rows of the output at a time. */
import { coalesce, dtypes, type PrimitiveAttrs, type Shape, sizeOf, type TypedArray } from "@adjoint/core/backend";
import type { CpuView } from "../buffer.ts";
import { multiplyPacked } from "./matmul-packed.ts";
import type { Matrix } from "./matmul.ts";
import { advance, zeros } from "../rows.ts";
import { type Runs, runsOf } from "./runs.ts";

/** Elements laid out at a time: they stay in the second-level cache until the product reads them. */
const LAID_OUT = 2 ** 17;
/** Channels, and products for each example and group, below which laying out costs more than it saves. */
const CHANNELS = 4, PRODUCTS = 4096;

/** Dims `from ... to - 1` as one: its stride, or undefined where it takes several. */
function strideOf({ shape, strides }: CpuView, from: number, to: number): number | undefined {
  const run = coalesce(shape.slice(from, to), [strides.slice(from, to)]);
  return run.shape.length > 1 ? undefined : run.strides[0]![0] ?? 1;
}

/** False, and nothing done, where the plain loops are better or the output does not lie in planes. */
export function convolvePacked(x: CpuView, filter: CpuView, out: CpuView, attrs: PrimitiveAttrs["conv"]): boolean {
  const [groups, examples, channels, ...size] = out.shape as [number, number, number, number, number, number], depth = sizeOf(filter.shape.slice(2));
  const step = strideOf(out, 3, 6), width = size[2];
  if (dtypes[out.dtype].kind !== "float" || channels < CHANNELS || depth * channels * sizeOf(size) * examples < PRODUCTS || step === undefined) return false;
  // All examples are one long plane if the output lies so.
  const lines = size[0] * size[1], isOnePlane = examples === 1 || out.strides[1] === lines * width * step;
  const layOut = layerOf(x, filter, out, attrs), weights = weightsOf(filter), total = isOnePlane ? examples * lines : lines;
  const rows = Math.max(1, Math.min(total, Math.floor(LAID_OUT / (depth * width)))), columns = dtypes[out.dtype].hostArray(depth * rows * width);
  for (let g = 0; g < groups; g++)
    for (let plane = 0; plane < (isOnePlane ? 1 : examples); plane++)
      for (let row = 0; row < total; row += rows) {
        const count = Math.min(rows, total - row), n = count * width;
        layOut(columns, g, plane * lines + row, count);
        const to = out.offset + g * out.strides[0]! + plane * out.strides[1]! + row * width * step;
        multiplyPacked(channels, n, depth, { ...weights, at: weights.at + g * weights.group }, { values: columns, at: 0, row: n, column: 1 }, { values: out.buffer.values, at: to, row: out.strides[2]!, column: step });
      }
  return true;
}

/** The filter as one matrix [channels, c * window] for each group, `group` apart. */
function weightsOf(filter: CpuView): Matrix & { readonly group: number } {
  const column = strideOf(filter, 2, 6), { shape, strides, offset, buffer } = filter, depth = sizeOf(shape.slice(2));
  if (column !== undefined) return { values: buffer.values, at: offset, row: strides[1]!, column, group: strides[0]! };
  const values = dtypes[filter.dtype].hostArray(filter.size), counters = zeros(6), bases = [offset];
  let k = 0;
  do values[k++] = buffer.values[bases[0]!]!;
  while (advance(counters, shape, 0, 6, bases, [strides]));
  return { values, at: 0, row: depth, column: 1, group: shape[1]! * depth };
}

/** Writes the windows that `count` lines of the output see, from a line of all examples on, as a matrix [c * window, count * width]. */
function layerOf(x: CpuView, filter: CpuView, out: CpuView, { stride, padding, dilation, spread }: PrimitiveAttrs["conv"]): (columns: TypedArray, g: number, from: number, count: number) => void {
  const [, , channels, kd, kh, kw] = filter.shape as Shape & { length: 6 }, [, , , depth, height, width] = out.shape as Shape & { length: 6 };
  const [xg, xn, xc, xd, xh, xw] = x.strides as Shape & { length: 6 }, values = x.buffer.values;
  const along = (d: number): Runs => runsOf(filter.shape[d + 3]!, out.shape[d + 3]!, dilation[d]!, stride[d]!, padding[d]!, spread[d]!, x.shape[d + 3]!);
  const byWidth = along(2), inDepth = placesOf(along(0), kd!, depth!), inHeight = placesOf(along(1), kh!, height!);
  return (columns, g, from, count) => {
    const n = count * width!;
    columns.fill(0, 0, channels! * kd! * kh! * kw! * n);
    for (let line = 0; line < count; line++) {
      const row = from + line, h = row % height!, d = Math.floor(row / height!) % depth!, example = Math.floor(row / (height! * depth!));
      for (let c = 0, k = 0; c < channels!; c++)
        for (let i = 0; i < kd!; i++)
          for (let j = 0; j < kh!; j++, k += kw!) {
            const atDepth = inDepth[i * depth! + d]!, atHeight = inHeight[j * height! + h]!;
            if (atDepth < 0 || atHeight < 0) continue;
            const at = x.offset + g * xg! + example * xn! + c * xc! + atDepth * xd! + atHeight * xh!;
            for (let l = 0; l < kw!; l++) copyRun(byWidth.count[l]!, columns, (k + l) * n + line * width! + byWidth.first[l]!, byWidth.step, values, at + byWidth.at[l]! * xw!, byWidth.xStep * xw!);
          }
    }
  };
}

/** For each element of the window and of the output: the place in x, or -1. */
function placesOf({ first, count, at, step, xStep }: Runs, many: number, each: number): Int32Array {
  const places = new Int32Array(many * each).fill(-1);
  for (let i = 0; i < many; i++) for (let j = 0; j < count[i]!; j++) places[i * each + first[i]! + j * step] = at[i]! + j * xStep;
  return places;
}

function copyRun(n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = x[xi]!;
}
