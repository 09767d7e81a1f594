/** @file Random views of buffers whose whole content is known, and what a kernel left in them. Used by the parity tests. */
import { type Backend, type Buffer, denseStrides, type DType, dtypes, View } from "@adjoint/core/backend";
import { pick, type Random, value } from "./programs.ts";

export type Operand = { readonly view: View; readonly before: readonly number[]; readonly at: readonly number[] };

/** Where the elements of a view lie, in row-major order: one index tuple after the other. */
export function elements(shape: readonly number[], strides: readonly number[], offset: number): number[] {
  if (shape.length === 0) return [offset];
  return Array.from({ length: shape[0]! }, (_, i) => elements(shape.slice(1), strides.slice(1), offset + i * strides[0]!)).flat();
}

export function operand(device: Backend, dtype: DType, shape: readonly number[], strides: readonly number[], content: (at: number) => number): Operand {
  const reach = shape.map((size, d) => (size - 1) * strides[d]!);
  const low = reach.reduce((sum, x) => sum + Math.min(x, 0), 0), high = reach.reduce((sum, x) => sum + Math.max(x, 0), 0);
  const offset = 2 - low, length = offset + high + 3; // room on both sides, which must stay as it is
  const before = Array.from({ length }, (_, i) => content(i));
  const buffer = device.allocate(dtype, length), host = dtypes[dtype].hostArray(length);
  before.forEach((x, i) => { host[i] = x; });
  device.write(buffer, 0, host);
  const at = elements(shape, strides, offset), dense = at.every((x, i) => x === offset + i);
  return { view: new View<Buffer>(buffer, dtype, shape, strides, offset, at.length, dense), before, at };
}

/** Strides for an input: any order of the dims, gaps, and strides that are 0 or negative. For an output: positive and disjoint. */
export function strides(random: Random, shape: readonly number[], role: "input" | "output"): number[] {
  if (random() < 0.4) return denseStrides(shape);
  const order = shape.map((_, d) => d).sort(() => random() - 0.5), out = shape.map(() => 0);
  let step = pick(random, [1, 2]);
  for (const d of order) {
    const kind = role === "output" ? 1 : pick(random, [1, 1, -1, 0]);
    out[d] = step * kind;
    if (kind !== 0) step = step * shape[d]! + pick(random, [0, 0, 1]);
  }
  return out;
}

export const input = (device: Backend, random: Random, dtype: DType, shape: readonly number[]): Operand =>
  operand(device, dtype, shape, strides(random, shape, "input"), () => value(random, dtype));
export const output = (device: Backend, random: Random, dtype: DType, shape: readonly number[]): Operand =>
  operand(device, dtype, shape, strides(random, shape, "output"), (i) => (dtype === "bool" ? i % 2 : i));

/** The values that a view shows, before any kernel ran. */
export const shown = ({ at, before }: Operand): number[] => at.map((i) => before[i]!);

/** The whole buffer as it should be when the view's elements are `values`. */
export function written({ at, before }: Operand, values: readonly number[]): number[] {
  const after = [...before];
  at.forEach((i, k) => { after[i] = values[k]!; });
  return after;
}

export const content = (device: Backend, { view, before }: Operand): number[] => [...device.readSync!(view.buffer, 0, before.length)];

export function release(device: Backend, operands: readonly Operand[]): void {
  for (const { view } of operands) device.free(view.buffer);
}
