/** @file Tensors written side by side along a dim: one call of the kernel `concat` where a device has it, else a copy for each. Outside the tape. */
import type { DType } from "../dtype.ts";
import { allocate, type Device, type Tensor } from "../op.ts";
import { denseStrides, type Shape, sizeOf } from "../shape.ts";
import { coalesce, restride, type View } from "../view.ts";
import { copyView } from "./call.ts";
import { rawZeros } from "./map-reduce.ts";

/** As many as `concat` takes in a call: views of one buffer are any number, and a device may look at each for every element. */
const MOST_PARTS = 16;

/** A fresh tensor of `shape` in which `parts[k]` lies from `starts[k]` on along `dim`; starts ascend, and what no part covers is 0. */
export function sideBySide(device: Device, dtype: DType, shape: Shape, dim: number, parts: readonly View[], starts: readonly number[]): Tensor {
  const { kernels, limits } = device.backend;
  if (sizeOf(shape) === 0) return allocate(device, dtype, shape);
  if (kernels.concat !== undefined) {
    const layout = layoutOf(shape, dim, parts, starts);
    if (layout.calls.length > 0 && layout.shape.length <= limits.maxRank) return concatenated(device, dtype, shape, layout);
  }
  const isCovered = parts.reduce((sum, part) => sum + part.shape[dim]!, 0) === shape[dim];
  const out = isCovered ? allocate(device, dtype, shape) : rawZeros(device, dtype, shape), { strides } = out.window;
  parts.forEach((part, k) => copyView(kernels.copy, part, restride(out.window, part.shape, strides, part.size === 0 ? 0 : starts[k]! * strides[dim]!), limits.maxRank));
  return out;
}

/** The output's dims with those before `dim`, and those after it, merged where every part allows it; all of them with `dim` where the parts are blocks of rows. */
type Layout = {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly dim: number;
  /** The parts that have elements. */
  readonly calls: readonly { readonly view: View; readonly start: number }[];
};

function layoutOf(shape: Shape, dim: number, parts: readonly View[], starts: readonly number[]): Layout {
  const strides = [denseStrides(shape), ...parts.map((part) => part.strides)];
  const before = coalesce(shape.slice(0, dim), strides.map((s) => s.slice(0, dim)));
  const after = coalesce(shape.slice(dim + 1), strides.map((s) => s.slice(dim + 1)));
  const width = after.shape[0] ?? 1, isAlone = (k: number): boolean => k > 0 && parts[k - 1]!.shape[dim] === 1;
  const isMerged = after.shape.length === 1 && strides.every((s, k) => isAlone(k) || s[dim] === after.strides[k]![0]! * width);
  const sizesWith = (size: number): number[] => [...before.shape, ...(isMerged ? [size * width] : [size, ...after.shape])];
  const stridesOf = (k: number): number[] => [...before.strides[k]!, ...(isMerged ? after.strides[k]! : [strides[k]![dim]!, ...after.strides[k]!])];
  return {
    shape: sizesWith(shape[dim]!),
    strides: stridesOf(0),
    dim: before.shape.length,
    calls: parts.flatMap((part, k) => (part.size === 0 ? [] : [{ view: restride(part, sizesWith(part.shape[dim]!), stridesOf(k + 1), part.offset), start: starts[k]! * (isMerged ? width : 1) }])),
  };
}

function concatenated(device: Device, dtype: DType, shape: Shape, layout: Layout): Tensor {
  const { kernels, limits } = device.backend, { dim, calls, strides } = layout, out = allocate(device, dtype, shape);
  for (let from = 0, to; from < calls.length; from = to) {
    to = from;
    const buffers = new Set([out.window.buffer]);
    do buffers.add(calls[to]!.view.buffer); while (++to < calls.length && to - from < MOST_PARTS && (buffers.size < limits.maxBindings || buffers.has(calls[to]!.view.buffer)));
    // Each call writes up to where the next one's first part lies.
    const first = from === 0 ? 0 : calls[from]!.start, end = to === calls.length ? layout.shape[dim]! : calls[to]!.start, group = calls.slice(from, to);
    const part = restride(out.window, layout.shape.map((size, d) => (d === dim ? end - first : size)), strides, first * strides[dim]!);
    kernels.concat!(group.map(({ view }) => view), [part], { dim, starts: group.map(({ start }) => start - first) });
  }
  return out;
}
