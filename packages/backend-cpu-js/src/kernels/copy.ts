/** @file `copy`: the same elements at other strides. Never changes a value. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { assign, type Loop } from "../instructions.ts";
import { forEachRow } from "../rows.ts";

/** Below this a loop is faster than `set` with the subarray that it needs. */
const SHORT = 128;

export const copy: Kernel<PrimitiveAttrs["copy"], CpuBuffer> = (inputs, outputs) => {
  const input = inputs[0]!, output = outputs[0]!, loop = assign(output.dtype, output.dtype);
  const x = input.buffer.values, out = output.buffer.values;
  if (input.dense && output.dense) copyRow(loop, output.size, out, output.offset, 1, x, input.offset, 1);
  else
    forEachRow(output.shape, [output.strides, input.strides], [output.offset, input.offset], (n, bases, steps) =>
      copyRow(loop, n, out, bases[0]!, steps[0]!, x, bases[1]!, steps[1]!));
};

function copyRow(loop: Loop, n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number): void {
  if (os === 1 && xs === 1 && n >= SHORT) out.set(x.subarray(xi, xi + n), o);
  else if (xs === 0 && os === 1) out.fill(x[xi]!, o, o + n);
  else loop(n, out, o, os, x, xi, xs, x, 0, 0, x, 0, 0);
}
