/** @file `gather`: elements picked along one dim by an index. Checks every index before it writes anything. */
import { complain, type Kernel, type Places, type PrimitiveAttrs, type TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer, CpuView } from "../buffer.ts";
import { assign } from "../instructions.ts";
import { advance, zeros } from "../rows.ts";

export const gather: Kernel<PrimitiveAttrs["gather"], CpuBuffer> = (inputs, outputs, attrs) => {
  const { dim } = attrs;
  const input = inputs[0]!, index = inputs[1]!, output = outputs[0]!;
  checkIndices(index, input.shape[dim]!, attrs);
  const { shape } = output, last = shape.length - 1, along = input.strides[dim]!;
  // The input's position along `dim` comes from the index alone.
  const strides = [input.strides.map((stride, d) => (d === dim ? 0 : stride)), index.strides, output.strides];
  const bases = [input.offset, index.offset, output.offset], counters = zeros(shape.length);
  const x = input.buffer.values, at = index.buffer.values, out = output.buffer.values;
  const n = shape[last]!, xs = strides[0]![last]!, is = index.strides[last]!, os = output.strides[last]!;
  const copyRow = assign(output.dtype, output.dtype), isRow = dim !== last && is === 0;
  do {
    const [xi, i, o] = bases as [number, number, number];
    if (isRow) copyRow(n, out, o, os, x, xi + at[i]! * along, xs, x, 0, 0, x, 0, 0);
    else pick(n, out, o, os, x, xi, xs, at, i, is, along);
  } while (advance(counters, shape, 0, last, bases, strides));
};

function pick(
  n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number, at: TypedArray, i: number, is: number, along: number,
): void {
  for (let k = 0; k < n; k++, o += os, xi += xs, i += is) out[o] = x[xi + at[i]! * along]!;
}

/** Throws the error of the first index outside `0 ... size - 1`. An index repeated by stride 0 is looked at once. */
export function checkIndices(index: CpuView, size: number, places: Places): void {
  const { buffer: { values }, offset } = index;
  if (index.dense) return checkRow(values, offset, 1, index.size, size, places);
  const shape = index.shape.map((length, d) => (index.strides[d] === 0 ? 1 : length)), last = shape.length - 1;
  const bases = [offset], strides = [index.strides], counters = zeros(shape.length);
  do checkRow(values, bases[0]!, index.strides[last]!, shape[last]!, size, places);
  while (advance(counters, shape, 0, last, bases, strides));
}

function checkRow(values: TypedArray, from: number, stride: number, n: number, size: number, places: Places): void {
  for (let k = 0; k < n; k++, from += stride) {
    const at = values[from]!;
    if (at < 0 || at >= size) throw complain(places, at, size);
  }
}
