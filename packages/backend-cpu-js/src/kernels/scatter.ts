/** @file `scatter`: elements put, or added, along one dim by an index. Checks every index before it writes anything. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { assign, type Loop, loops } from "../instructions.ts";
import * as any from "../loops/general.ts";
import { advance, zeros } from "../rows.ts";
import { checkIndices } from "./gather.ts";

export const scatter: Kernel<PrimitiveAttrs["scatter"], CpuBuffer> = (inputs, outputs, attrs) => {
  const { dim, mode } = attrs;
  const index = inputs[0]!, source = inputs[1]!, output = outputs[0]!, { dtype } = output;
  checkIndices(index, output.shape[dim]!, attrs);
  const { shape } = source, last = shape.length - 1, along = output.strides[dim]!;
  // The output's position along `dim` comes from the index alone.
  const strides = [source.strides, index.strides, output.strides.map((stride, d) => (d === dim ? 0 : stride))];
  const bases = [source.offset, index.offset, output.offset], counters = zeros(shape.length);
  const x = source.buffer.values, at = index.buffer.values, out = output.buffer.values;
  const n = shape[last]!, xs = source.strides[last]!, is = index.strides[last]!, os = strides[2]![last]!;
  const isRow = dim !== last && is === 0;
  const addRow: Loop = dtype === "bool" ? any.or : loops.add(dtype, dtype), setRow = assign(dtype, dtype);
  const add = dtype === "bool" ? orInto : addInto;
  do {
    const [xi, i, o] = bases as [number, number, number];
    if (!isRow) (mode === "add" ? add : putInto)(n, out, o, os, x, xi, xs, at, i, is, along);
    else {
      const to = o + at[i]! * along;
      if (mode === "add") addRow(n, out, to, os, out, to, os, x, xi, xs, x, 0, 0);
      else setRow(n, out, to, os, x, xi, xs, x, 0, 0, x, 0, 0);
    }
  } while (advance(counters, shape, 0, last, bases, strides));
};

type Row = (
  n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number, at: TypedArray, i: number, is: number, along: number,
) => void;

const putInto: Row = (n, out, o, os, x, xi, xs, at, i, is, along) => {
  for (let k = 0; k < n; k++, o += os, xi += xs, i += is) out[o + at[i]! * along] = x[xi]!;
};
const addInto: Row = (n, out, o, os, x, xi, xs, at, i, is, along) => {
  for (let k = 0; k < n; k++, o += os, xi += xs, i += is) out[o + at[i]! * along]! += x[xi]!;
};
const orInto: Row = (n, out, o, os, x, xi, xs, at, i, is, along) => {
  for (let k = 0; k < n; k++, o += os, xi += xs, i += is) out[o + at[i]! * along]! |= x[xi]!;
};
