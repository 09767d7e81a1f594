/** @file Convolution and its two gradients: one kernel on three sets of views. Each is linear in both of its inputs, and the gradients of one are the others. */
import type { PrimitiveAttrs, Triple } from "../backend.ts";
import { copyView, inComputed } from "../calculus/call.ts";
import { rawZeros } from "../calculus/map-reduce.ts";
import { isStoredOnly } from "../dtype.ts";
import { allocate, type Device, dispatch, type Op, requireDType, savedTensors, type Tensor } from "../op.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { coalesce, restride, type View } from "../view.ts";

/**
 * Numbers by spatial dim, of which there are one to three. In `x [...lead, n, groups * c, ...in]`, `filter [...lead, groups * o, c, ...window]` and
 * `y [...lead, n, groups * o, ...out]` element q of y meets element `q * stride - padding + k * dilation` of x under element k of the filter.
 */
export type ConvAttrs = {
  readonly stride: Shape; readonly padding: Shape; readonly dilation: Shape; readonly groups: number;
  /** The spatial sizes of the result. */
  readonly size: Shape;
  /** How many batch dims stand before all others. */
  readonly lead: number;
  readonly name: string;
};

/** The node of a gradient. */
const GRADIENT = "ConvolutionBackwardBackward0";
const withSize = (attrs: ConvAttrs, like: Shape): ConvAttrs => ({ ...attrs, size: like.slice(attrs.lead + 2), name: GRADIENT });
const triple = (values: Shape, fill: number): Triple => [values[values.length - 3] ?? fill, values[values.length - 2] ?? fill, values[values.length - 1]!];

type Roles = { readonly shape: Shape; readonly call: (a: View, b: View, out: View) => readonly [x: View, filter: View, out: View]; readonly geometry: PrimitiveAttrs["conv"] };

/** The op that computes one of x, filter and y from the other two. */
const convOp = (name: string, roles: (a: Shape, b: Shape, attrs: ConvAttrs) => Roles, vjp: Op<ConvAttrs>["vjp"]): Op<ConvAttrs> => {
  const op: Op<ConvAttrs> = {
    name,
    gradName: ({ name: node }) => node,
    run(device, [a, b], attrs) {
      requireDType(name, device, a!.dtype);
      const { shape, call, geometry } = roles(a!.shape, b!.shape, attrs);
      if (a!.window.size === 0 || b!.window.size === 0) return rawZeros(device, a!.dtype, shape);
      if (isStoredOnly(a!.dtype)) return inComputed([a!, b!], a!.dtype, (wide) => op.run(device, wide, attrs));
      const out = allocate(device, a!.dtype, shape);
      if (out.window.size !== 0) convolve(device, ...call(a!.window, b!.window, out.window), attrs.lead, geometry);
      return out;
    },
    saves: (_, needs) => ({ savedInputs: [...(needs & 2 ? [0] : []), ...(needs & 1 ? [1] : [])], savedResults: [] }),
    vjp,
    jvp: "multilinear",
    batched: (attrs, { length }) => ({ ...attrs, lead: attrs.lead + length }),
  };
  return op;
};

const ones: Triple = [1, 1, 1];
/** What the kernel is told. */
export const geometryOf = ({ stride, padding, dilation }: ConvAttrs): PrimitiveAttrs["conv"] => ({ stride: triple(stride, 1), padding: triple(padding, 0), dilation: triple(dilation, 1), spread: ones });

/**
 * y from x and filter. Where a window reaches beyond x, an infinite or NaN element of the filter meets nothing, or a zero (and gives NaN), as the device has it: cpu and webgpu leave out, wasm and
 * tfjs pad. PyTorch does either, too: of one convolution with a weight for each channel it gives a number by oneDNN and NaN without.
 */
export const convolutionOp: Op<ConvAttrs> = /*@__PURE__*/ convOp("conv", (x, filter, attrs) => {
  const { lead, groups } = attrs;
  return {
    shape: [...x.slice(0, lead + 1), filter[lead]!, ...attrs.size],
    call: (a, b, out) => [grouped(a, lead, 1, groups), grouped(b, lead, 0, groups), grouped(out, lead, 1, groups)],
    geometry: geometryOf(attrs),
  };
}, ([grad], node) => {
  const { x, y: filter } = operands(node);
  return [
    filter && dispatch(convInputGradOp, [grad!, filter], withSize(node.attrs, node.shapeOf(0))),
    x && dispatch(convFilterGradOp, [x, grad!], withSize(node.attrs, node.shapeOf(1))),
  ];
});

/** x from y and filter: the adjoint of a convolution in x, which PyTorch calls a transposed convolution. */
export const convInputGradOp: Op<ConvAttrs> = /*@__PURE__*/ convOp("convInputGrad", (y, filter, attrs) => {
  const { lead, groups, dilation, padding } = attrs, window = filter.slice(lead + 2);
  return {
    shape: [...y.slice(0, lead + 1), groups * filter[lead + 1]!, ...attrs.size],
    call: (a, b, out) => [grouped(a, lead, 1, groups), flipped(swapped(grouped(b, lead, 0, groups), lead), lead), grouped(out, lead, 1, groups)],
    // x[p] = sum of y[q] filter[k] where q * stride - padding + k * dilation = p; the filter is read from its end.
    geometry: { stride: ones, padding: triple(padding.map((pad, d) => dilation[d]! * (window[d]! - 1) - pad), 0), dilation: triple(dilation, 1), spread: triple(attrs.stride, 1) },
  };
}, ([grad], node) => {
  const { x: y, y: filter } = operands(node);
  return [
    filter && dispatch(convolutionOp, [grad!, filter], withSize(node.attrs, node.shapeOf(0))),
    y && dispatch(convFilterGradOp, [grad!, y], withSize(node.attrs, node.shapeOf(1))),
  ];
});

/** The filter from x and y: the examples are what is summed over, y is the window. */
const convFilterGradOp: Op<ConvAttrs> = /*@__PURE__*/ convOp("convFilterGrad", (x, y, attrs) => {
  const { lead, groups } = attrs, { stride, padding, dilation, spread } = geometryOf(attrs);
  return {
    shape: [...x.slice(0, lead), y[lead + 1]!, x[lead + 1]! / groups, ...attrs.size],
    call: (a, b, out) => [swapped(grouped(a, lead, 1, groups), lead), swapped(grouped(b, lead, 1, groups), lead), swapped(grouped(out, lead, 0, groups), lead)],
    geometry: { stride: dilation, padding, dilation: stride, spread },
  };
}, ([grad], node) => {
  const { x, y } = operands(node);
  return [
    y && dispatch(convInputGradOp, [y, grad!], withSize(node.attrs, node.shapeOf(0))),
    x && dispatch(convolutionOp, [x, grad!], withSize(node.attrs, node.shapeOf(1))),
  ];
});

/** The saved inputs: each is there if the gradient of the other is wanted. */
function operands(node: Parameters<Op<ConvAttrs>["vjp"]>[1]): { x: Tensor | undefined; y: Tensor | undefined } {
  const saved = savedTensors(node);
  return { x: node.needs(1) ? saved[0] : undefined, y: node.needs(0) ? saved[saved.length - 1] : undefined };
}

// ---- Views: [...lead, group, first, second, depth, height, width] -------------------------------------------------------------

/** The groups taken out of the first or the second dim after the batch dims, and sizes of 1 for the spatial dims that are not there. */
export function grouped(view: View, lead: number, at: 0 | 1, groups: number): View {
  const { shape, strides, offset } = view, dim = lead + at, inner = shape[dim]! / groups, missing = lead + 5 - shape.length;
  const pair = (values: Shape, mine: number): number[] => [at === 0 ? mine : values[lead]!, at === 1 ? mine : values[lead + 1]!];
  const none = Array<number>(missing).fill(1);
  return restride(view,
    [...shape.slice(0, lead), groups, ...pair(shape, inner), ...none, ...shape.slice(lead + 2)],
    [...strides.slice(0, lead), Math.max(inner, 1) * strides[dim]!, ...pair(strides, strides[dim]!), ...none, ...strides.slice(lead + 2)], offset);
}

/** The two dims after the group exchanged. */
function swapped(view: View, lead: number): View {
  const swap = ([...values]: Shape): number[] => [...values.slice(0, lead + 1), values[lead + 2]!, values[lead + 1]!, ...values.slice(lead + 3)];
  return restride(view, swap(view.shape), swap(view.strides), view.offset);
}

/** The spatial dims read from their ends. */
function flipped(view: View, lead: number): View {
  const { shape, strides } = view, isSpatial = (d: number): boolean => d >= lead + 3;
  const start = shape.reduce((at, size, d) => (isSpatial(d) ? at + (size - 1) * strides[d]! : at), view.offset);
  return restride(view, shape, strides.map((stride, d) => (isSpatial(d) ? -stride : stride)), start);
}

/** The dims `from ... to - 1` made one, if their strides allow it. */
function merged(view: View, from: number, to: number): View | undefined {
  const { shape, strides } = view, part = coalesce(shape.slice(from, to), [strides.slice(from, to)]);
  if (part.shape.length > 1) return undefined;
  return restride(view, [...shape.slice(0, from), sizeOf(shape.slice(from, to)), ...shape.slice(to)], [...strides.slice(0, from), part.strides[0]![0] ?? 1, ...strides.slice(to)], view.offset);
}

/** The batch dims behind the group, where they are more examples. */
function asExamples(view: View, lead: number): View {
  const move = (values: Shape): number[] => [values[lead]!, ...values.slice(0, lead), ...values.slice(lead + 1)];
  return restride(view, move(view.shape), move(view.strides), view.offset);
}

/** Calls the kernel: batch dims become groups, or examples where the filter is the same in all of them. What cannot be merged is copied first. */
function convolve(device: Device, x: View, filter: View, out: View, lead: number, geometry: PrimitiveAttrs["conv"]): void {
  const { kernels, limits } = device.backend;
  const isShared = lead > 0 && filter.strides.slice(0, lead).every((stride, d) => stride === 0 || filter.shape[d] === 1);
  const arranged = (view: View): View => (isShared ? asExamples(view, lead) : view);
  const normal = (view: View): View | undefined => (isShared ? merged(view, 1, lead + 2) : merged(view, 0, lead + 1));
  const dense = (like: View): View => allocate(device, like.dtype, like.shape).window;
  const packed = (view: View): View => {
    const known = normal(arranged(view));
    if (known !== undefined) return known;
    const copy = dense(arranged(view));
    copyView(kernels.copy, arranged(view), copy, limits.maxRank);
    return normal(copy)!;
  };
  const weights = isShared ? restride(filter, filter.shape.slice(lead), filter.strides.slice(lead), filter.offset) : packed(filter);
  const image = packed(x), target = arranged(out), direct = normal(target), to = direct === undefined ? dense(target) : target;
  kernels.conv([image, weights], [direct ?? normal(to)!], geometry);
  if (direct === undefined) copyView(kernels.copy, to, target, limits.maxRank);
}
