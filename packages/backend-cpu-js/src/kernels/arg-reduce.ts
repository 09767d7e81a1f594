/** @file `argReduce`: where the first extremum lies. NaN is one, and the first NaN wins. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { advance, zeros } from "../rows.ts";

export const argReduce: Kernel<PrimitiveAttrs["argReduce"], CpuBuffer> = (inputs, outputs, { op, reduced }) => {
  const input = inputs[0]!, output = outputs[0]!, { shape } = input;
  const x = input.buffer.values, out = output.buffer.values, last = shape.length - 1, kept = shape.length - reduced;
  const scan = op === "max" ? firstMax : firstMin;
  if (input.dense && output.dense) {
    const n = input.size / output.size;
    for (let k = 0; k < output.size; k++) out[output.offset + k] = scan(n, x, input.offset + k * n, 1);
    return;
  }
  const bases = [input.offset, output.offset], strides = [input.strides, output.strides], counters = zeros(shape.length);
  const inner = [0], innerStrides = [input.strides];
  const n = reduced === 0 ? 1 : shape[last]!, step = reduced === 0 ? 1 : input.strides[last]!;
  do {
    inner[0] = bases[0]!;
    let best = 0, row = 0, value = x[inner[0]]!;
    do {
      const at = scan(n, x, inner[0], step), candidate = x[inner[0] + at * step]!;
      const wins = value !== value ? false : candidate !== candidate || (op === "max" ? candidate > value : candidate < value);
      if (row === 0 || wins) {
        best = row * n + at;
        value = candidate;
      }
      row++;
    } while (advance(counters, shape, kept, last, inner, innerStrides));
    out[bases[1]!] = best;
  } while (advance(counters, shape, 0, kept, bases, strides));
};

function firstMax(n: number, x: TypedArray, at: number, step: number): number {
  let best = x[at]!, found = 0;
  for (let i = 1; i < n && best === best; i++) {
    const value = x[(at += step)]!;
    if (!(value <= best)) {
      best = value;
      found = i;
    }
  }
  return found;
}

function firstMin(n: number, x: TypedArray, at: number, step: number): number {
  let best = x[at]!, found = 0;
  for (let i = 1; i < n && best === best; i++) {
    const value = x[(at += step)]!;
    if (!(value >= best)) {
      best = value;
      found = i;
    }
  }
  return found;
}
