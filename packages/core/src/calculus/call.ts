/** @file Kernel calls in normal form: what runs, outside the tape. */
import { type DType, dtypeInfo, dtypes, isFloat, isStoredOnly } from "../dtype.ts";
import { NotSupportedError } from "../errors.ts";
import { allDense, normalForm } from "../normal-form.ts";
import { allocate, type Device, handleOn, type Tensor } from "../op.ts";
import { arg, cast, type Expr, lit, load, lt, select } from "../scalar/expr.ts";
import { type Program, program } from "../scalar/program.ts";
import { broadcastShapes, denseStrides, sameShape, type Shape, showShape } from "../shape.ts";
import { restride, type View } from "../view.ts";

/** What a map is called with; `shape` is said where no input has the whole shape. */
export type MapAttrs = { readonly program: Program; readonly params: readonly number[]; readonly shape?: Shape | undefined };

export function broadcastOf(inputs: readonly Tensor[], given: Shape | undefined): Shape {
  let shape = given ?? inputs[0]!.shape;
  for (let i = given === undefined ? 1 : 0; i < inputs.length; i++) shape = broadcastShapes(shape, inputs[i]!.shape);
  return shape;
}

/** Runs a program over tensors that broadcast to `shape`, into views of that shape. */
export function callMap(device: Device, inputs: readonly Tensor[], outs: readonly View[], attrs: MapAttrs, shape: Shape): void {
  if (outs[0]!.size === 0) return;
  const { kernels } = device.backend, ins = windowsOf(inputs);
  if (!allDense(outs, shape)) return callMapStrided(device, inputs, ins, outs, attrs, shape);
  let flat = true, splat = true;
  for (let i = 0; i < ins.length; i++) {
    const view = ins[i]!;
    if (view.dense && sameShape(view.shape, shape)) continue;
    flat = false;
    if (!isSplat(view)) splat = false;
  }
  if (flat) return kernels.map(ins, outs, attrs);
  if (splat) return callMapAlong(device, ins, outs, attrs);
  callMapStrided(device, inputs, ins, outs, attrs, shape);
}

/** Dense operands and single elements: one dim. */
function callMapAlong(device: Device, ins: View[], outs: readonly View[], attrs: MapAttrs): void {
  const { size } = outs[0]!, line = [size], lines = new Array<View>(outs.length);
  for (let k = 0; k < outs.length; k++) lines[k] = restride(outs[k]!, line, DENSE, outs[k]!.offset);
  for (let i = 0; i < ins.length; i++) {
    const view = ins[i]!, dense = view.dense && view.size === size;
    // An output that is an input stays the very same view: in place.
    ins[i] = lines[outs.indexOf(view)] ?? restride(view, line, dense ? DENSE : STILL, view.offset);
  }
  device.backend.kernels.map(ins, lines, attrs);
}
const DENSE: Shape = [1], STILL: Shape = [0], SCALAR: Shape = [];

export function windowsOf(tensors: readonly Tensor[]): View[] {
  const windows = new Array<View>(tensors.length);
  for (let i = 0; i < tensors.length; i++) windows[i] = tensors[i]!.window;
  return windows;
}

/** Whether a view shows one element everywhere. */
function isSplat({ shape, strides }: View): boolean {
  for (let d = 0; d < shape.length; d++) if (shape[d] !== 1 && strides[d] !== 0) return false;
  return true;
}

function callMapStrided(device: Device, inputs: readonly Tensor[], ins: readonly View[], outs: readonly View[], attrs: MapAttrs, shape: Shape): void {
  const { backend } = device;
  const { views } = normalForm([...ins, ...outs], shape);
  // An output that is an input stays the very same view: in place.
  outs.forEach((out, k) => ins.forEach((input, i) => { if (out === input) views[i] = views[ins.length + k]!; }));
  if (views[0]!.shape.length > backend.limits.maxRank) {
    return callMap(device, inputs.map((x) => materialize(x, shape)), outs, attrs, shape);
  }
  backend.kernels.map(views.slice(0, ins.length), views.slice(ins.length), attrs);
}

/** Copies `from`, broadcast to the shape of `to`, into `to`. They must not overlap. */
export function copyView(kernel: (inputs: readonly View[], outputs: readonly View[], attrs: {}) => void, from: View, to: View, maxRank: number): void {
  if (to.size === 0) return;
  if (from.dense && to.dense && sameShape(from.shape, to.shape)) return kernel([from], [to], {});
  const { views } = normalForm([from, to], to.shape);
  const [a, b] = views as [View, View];
  if (a.shape.length <= maxRank) return kernel([a], [b], {});
  // More dims than the device takes: one copy for each index of the first.
  const step = (v: View, i: number): View => restride(v, v.shape.slice(1), v.strides.slice(1), v.offset + i * v.strides[0]!);
  for (let i = 0; i < a.shape[0]!; i++) copyView(kernel, step(a, i), step(b, i), maxRank);
}

/** A fresh dense tensor with the elements of `x`, broadcast to `shape`; not recorded, owned by the caller. */
export function materialize(x: Tensor, shape: Shape): Tensor {
  const { device } = x.storage;
  const out = allocate(device, x.dtype, shape);
  copyView(device.backend.kernels.copy, x.window, out.window, device.backend.limits.maxRank);
  return out;
}

const conversions = /*@__PURE__*/ new Map<number, Program>();
export function conversion(from: DType, to: DType): Program {
  const key = dtypes[from].code * 10 + dtypeInfo(to).code;
  let known = conversions.get(key);
  if (known === undefined) conversions.set(key, (known = program("toCopy", [from], [], [isFloat(from) && dtypes[to].kind === "int" ? cast(integerOf(load(0, from)), to) : cast(arg(0, from), to)])));
  return known;
}
/** A float beyond int32, or NaN, is the least integer, which small integers take modulo their size: what PyTorch gives on x86. The instruction saturates. */
const integerOf = (x: Expr): Expr => select(lt(x, 2 ** 31), cast(x, "int32"), lit(-(2 ** 31), "int32"));

/** A fresh dense tensor with the elements of `x` in another dtype; not recorded, owned by the caller. */
export function converted(x: Tensor, dtype: DType): Tensor {
  const { device } = x.storage;
  const out = allocate(device, dtype, x.shape);
  callMap(device, [x], [out.window], { program: conversion(x.dtype, dtype), params: [] }, x.shape);
  return out;
}

/** As `converted`, but what is repeated in memory stays repeated. */
function convertedOnce(x: Tensor, dtype: DType): Tensor {
  const { shape, strides, offset } = x.window, repeats = (d: number): boolean => strides[d] === 0 && shape[d]! > 1;
  if (!shape.some((_, d) => repeats(d))) return converted(x, dtype);
  const once = handleOn(x.storage, restride(x.window, shape.map((size, d) => (repeats(d) ? 1 : size)), strides, offset));
  const packed = converted(once, dtype);
  return handleOn(packed.storage, restride(packed.window, shape, packed.window.strides.map((stride, d) => (repeats(d) ? 0 : stride)), 0));
}

/** `x`, which nobody else has yet, in another dtype; `x` itself if it has it already. */
export function replaced(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : converted(x, dtype);
}

/** Runs a kernel that takes no dtype that is only stored: its inputs in what that is computed in, its result rounded once to `dtype`. */
export function inComputed(inputs: readonly Tensor[], dtype: DType, run: (wide: readonly Tensor[]) => Tensor): Tensor {
  return replaced(run(inputs.map((x) => (isStoredOnly(x.dtype) ? convertedOnce(x, dtypes[x.dtype].compute) : x))), dtype);
}

/**
 * Runs `kernel` on inputs and results of one shape, `dim` last and the others merged where they can be.
 * @param length what the inputs have along `dim`, where results are shorter
 */
export function callAlong(inputs: readonly Tensor[], outs: readonly Tensor[], dim: number, kernel: (inputs: readonly View[], outputs: readonly View[]) => void, length: number = outs[0]!.shape[dim]!): void {
  const { shape: target, storage } = outs[0]!, shape = target.with(dim, length), order = [...shape.keys()].filter((d) => d !== dim).concat(dim);
  const attempt = (xs: readonly Tensor[]): boolean => {
    // The sizes along `dim` merge with no others, so results go in as if they had the inputs'.
    const { views } = normalForm([...windowsOf(xs), ...outs.map(({ window }) => restride(window, shape, window.strides, window.offset))], shape, order, 1);
    if (views[0]!.shape.length > storage.device.backend.limits.maxRank) return false;
    kernel(views.slice(0, xs.length), views.slice(xs.length).map((view) => restride(view, view.shape.with(-1, target[dim]!), view.strides, view.offset)));
    return true;
  };
  if (!attempt(inputs)) attempt(inputs.map((x) => materialize(x, shape))); // dense, they are of three dims at most
}

/** The shape of a reduction's result. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  if (!keepdim && dims.length === shape.length) return SCALAR;
  return keepdim ? shape.map((size, d) => (dims.includes(d) ? 1 : size)) : shape.filter((_, d) => !dims.includes(d));
}

/** Runs `kernel` on inputs broadcast to `shape`, reduced dims last, into a dense `out` of the kept dims. */
export function callReduced(
  name: string, inputs: readonly Tensor[], out: Tensor, shape: Shape, dims: readonly number[], kernel: (inputs: readonly View[], outputs: readonly View[], reduced: number) => void,
): void {
  if (dims.length === shape.length && inputs.length === 1 && inputs[0]!.window.dense && inputs[0]!.window.size > 1) {
    // The common case, a sum of everything: no normal form is needed.
    const view = inputs[0]!.window;
    return kernel([restride(view, [view.size], DENSE, view.offset)], [out.ndim === 0 ? out.window : restride(out.window, SCALAR, SCALAR, 0)], 1);
  }
  const { maxRank } = out.storage.device.backend.limits;
  const order = [...shape.keys()].filter((d) => !dims.includes(d)).concat(dims);
  const attempt = (xs: readonly Tensor[]): boolean => {
    const normal = normalForm(xs.map((x) => x.window), shape, order, dims.length);
    if (normal.shape.length > maxRank) return false;
    const kept = normal.shape.slice(0, normal.shape.length - normal.reduced);
    kernel(normal.views, [restride(out.window, kept, denseStrides(kept), 0)], normal.reduced);
    return true;
  };
  if (!attempt(inputs) && !attempt(inputs.map((x) => materialize(x, shape))))
    throw new NotSupportedError(`${name}: reducing dims ${showShape(dims)} of shape ${showShape(shape)} takes more than the ${maxRank} dims of this device; reduce in two steps`);
}
