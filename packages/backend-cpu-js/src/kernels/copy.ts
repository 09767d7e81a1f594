/** @file `copy`: the same elements at other strides. Never changes a value. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer, CpuView } from "../buffer.ts";
import { assign } from "../instructions.ts";
import { advance, zeros } from "../rows.ts";

/** Below this a loop is faster than `set` with the subarray that it needs. */
const SHORT = 128;
/** Two tiles of 32 x 32 float64 fit in the first-level cache. */
const TILE = 32;

export const copy: Kernel<PrimitiveAttrs["copy"], CpuBuffer> = (inputs, outputs) => {
  const input = inputs[0]!, output = outputs[0]!;
  const x = input.buffer.values, out = output.buffer.values;
  if (input.dense && output.dense) copyRow(out, output.offset, 1, x, input.offset, 1, output.size, output);
  else copyStrided(input, output);
};

function copyRow(out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number, n: number, { dtype }: CpuView): void {
  if (os === 1 && xs === 1 && n >= SHORT) out.set(x.subarray(xi, xi + n), o);
  else assign(dtype, dtype)(n, out, o, os, x, xi, xs, x, 0, 0, x, 0, 0);
}

function copyStrided(input: CpuView, output: CpuView): void {
  const { shape } = output, strides = [input.strides, output.strides], last = shape.length - 1;
  const bases = [input.offset, output.offset], counters = zeros(shape.length);
  const x = input.buffer.values, out = output.buffer.values;
  const across = transposedDim(input);
  if (across >= 0) return copyTransposed(input, output, across);
  const n = last < 0 ? 1 : shape[last]!, xs = last < 0 ? 1 : input.strides[last]!, os = last < 0 ? 1 : output.strides[last]!;
  do copyRow(out, bases[1]!, os, x, bases[0]!, xs, n, output);
  while (advance(counters, shape, 0, last, bases, strides));
}

/** The dim along which the input is contiguous, if that is not the last one and walking in tiles pays; otherwise -1. */
function transposedDim({ shape, strides }: CpuView): number {
  const last = shape.length - 1;
  if (last < 1 || shape[last]! < 8 || Math.abs(strides[last]!) < 8) return -1;
  for (let d = last - 1; d >= 0; d--) if (Math.abs(strides[d]!) === 1 && shape[d]! >= 8) return d;
  return -1;
}

/** In tiles over dim `across` and the last one, so that both sides stay in cache. The other dims are walked outside. */
function copyTransposed(input: CpuView, output: CpuView, across: number): void {
  const last = output.shape.length - 1, rows = output.shape[across]!, columns = output.shape[last]!;
  const outer = output.shape.map((size, d) => (d === across ? 1 : size));
  const strides = [input.strides, output.strides], bases = [input.offset, output.offset], counters = zeros(outer.length);
  const x = input.buffer.values, out = output.buffer.values, run = assign(output.dtype, output.dtype);
  const xRow = input.strides[across]!, xColumn = input.strides[last]!, outRow = output.strides[across]!, outColumn = output.strides[last]!;
  do {
    for (let r0 = 0; r0 < rows; r0 += TILE)
      for (let c0 = 0; c0 < columns; c0 += TILE) {
        const width = Math.min(TILE, columns - c0), rEnd = Math.min(r0 + TILE, rows);
        for (let r = r0; r < rEnd; r++)
          run(width, out, bases[1]! + r * outRow + c0 * outColumn, outColumn, x, bases[0]! + r * xRow + c0 * xColumn, xColumn, x, 0, 0, x, 0, 0);
      }
  } while (advance(counters, outer, 0, last, bases, strides));
}
