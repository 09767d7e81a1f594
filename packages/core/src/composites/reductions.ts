/** @file Sums, means, extrema, variance: reductions with PyTorch's arguments. */
import { callMap } from "../calculus/call.ts";
import { rawSum, reduceProgram, spread } from "../calculus/map-reduce.ts";
import { type DType, dtypes, isFloat, isStoredOnly, scalarTypeName } from "../dtype.ts";
import { div, maximum, minimum } from "../elementwise/index.ts";
import { to } from "../elementwise/elementwise.ts";
import { DTypeError, IndexError } from "../errors.ts";
import { allocate, composite, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { arg, cast, div as quotient, param } from "../scalar/expr.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import { type Shape, wrapDim, wrapDims } from "../shape.ts";
import { argReduce } from "../primitives/arg-reduce.ts";
import { gather } from "../primitives/gather.ts";
import { squeeze } from "../views/views.ts";

type Dims = number | readonly number[];
export type ReduceOptions = {
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
  /** What to cast to before. */
  readonly dtype?: DType;
};
const NO_OPTIONS: ReduceOptions = {}, NO_PARAMS: readonly number[] = [];

/** The element itself, cast before it is reduced; the reduction works in what `to` is computed in. */
function prologue(name: string, from: DType, to: DType): Program {
  const place = dtypes[from].code * 10 + dtypes[to].code;
  const family = (prologues[name] ??= []);
  return (family[place] ??= program(name, [from], [], [from === to ? arg(0, to) : cast(cast(cast(arg(0, from), to), dtypes[to].compute), to)]));
}
const prologues: { [name: string]: (Program | undefined)[] } = {};
/** Sums of bools and integers are int32. */
const sumType = (x: Tensor, dtype: DType | undefined): DType => dtype ?? (isFloat(x.dtype) ? x.dtype : "int32");

/** A sum in bool: whether there is anything. */
const boolSum = (x: Tensor, dim: Dims | undefined, keepdim: boolean): Tensor =>
  reduceProgram("max", prologue("any", x.dtype, "bool"), [x], [], wrapDims(dim, x.ndim), keepdim, "");
/**
 * The sum over dims, or over all.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example sum(tensor([[1, 2], [3, 4]]), 0) // [4, 6]
 */
export function sum(x: Tensor, dim?: Dims, { dtype, keepdim = false }: ReduceOptions = NO_OPTIONS): Tensor {
  const made = sumType(x, dtype);
  if (made === "bool") return boolSum(x, dim, keepdim);
  return sumIn(made, x, wrapDims(dim, x.ndim), keepdim, dim === undefined ? "SumBackward0" : "SumBackward1");
}
/** The sum over the dims in a dtype. */
const sumIn = (dtype: DType, x: Tensor, dims: readonly number[], keepdim: boolean, name: string): Tensor =>
  reduceProgram("sum", prologue("sum", x.dtype, dtype), [x], NO_PARAMS, dims, keepdim, name);

/**
 * The mean over dims, or over all: the sum divided by the number of elements.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools, unless `dtype` is a float
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example mean(tensor([[1, 2], [3, 4]]), 0) // [2, 3]
 */
export function mean(x: Tensor, dim?: Dims, { dtype: asked, keepdim = false }: ReduceOptions = NO_OPTIONS): Tensor {
  const dtype = asked ?? x.dtype;
  if (!isFloat(dtype)) throw new DTypeError(`mean(): could not infer output dtype. ${asked === undefined ? "Input" : "Optional"} dtype must be either a floating point or complex dtype. Got: ${scalarTypeName[dtype]}`);
  const attrs = { dims: wrapDims(dim, x.ndim), keepdim, ofAll: dim === undefined };
  return dtype === x.dtype ? dispatch(meanOp, [x], attrs) : meanIn(dtype, x, attrs);
}
type MeanAttrs = { readonly dims: readonly number[]; readonly keepdim: boolean; readonly ofAll: boolean };
const meanIn = /*@__PURE__*/ composite(undefined, (dtype: DType, x: Tensor, attrs: MeanAttrs): Tensor => dispatch(meanOp, [to(x, dtype)], attrs));
const meanOp: Op<MeanAttrs> = {
  name: "mean",
  gradName: ({ ofAll }) => (ofAll ? "MeanBackward0" : "MeanBackward1"),
  run(device, [x], { dims, keepdim }) {
    // The sum of a 16-bit float stays in float32: it may be larger than the mean can be. Others are divided where they lie.
    const { dtype } = x!, total = rawSum(device, x!, prologue("sum", dtype, dtypes[dtype].compute), dims, keepdim);
    const out = isStoredOnly(dtype) ? allocate(device, dtype, total.shape) : total;
    callMap(device, [total], [out.window], { program: share(dtype), params: [countOf(x!.shape, dims)] }, out.shape);
    return out;
  },
  saves: () => savesNothing,
  vjp([grad], node) {
    const { dims, keepdim } = node.attrs, full = node.shapeOf(0);
    return [spread(div(grad!, countOf(full, dims)), dims, keepdim, full)];
  },
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dims: attrs.dims.map((d) => d + length) }),
};
const share = /*@__PURE__*/ perDType((d, c) => program("mean", [c], [c], [cast(quotient(arg(0, c), param(0, c)), d)]));
function countOf(shape: Shape, dims: readonly number[]): number {
  let count = 1;
  for (let i = 0; i < dims.length; i++) count *= shape[dims[i]!]!;
  return count;
}

/** @param whole PyTorch's `max()` of everything, a node of its own, in which NaNs share the gradient */
const extremumOver = (op: "max" | "min", x: Tensor, dim: Dims | undefined, keepdim: boolean, whole: boolean): Tensor => {
  const dims = wrapDims(dim, x.ndim);
  if (countOf(x.shape, dims) === 0 && (dim === undefined || dims.length > 0))
    throw new IndexError(dim === undefined
      ? `${whole ? "" : "a"}${op}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`
      : `a${op}(): Expected reduction dim ${dims.find((d) => x.shape[d] === 0)} to have non-zero size.`);
  return reduceProgram(op, prologue(op, x.dtype, x.dtype), [x], [], dims, keepdim, whole ? `${op === "max" ? "Max" : "Min"}Backward1` : `A${op}Backward0`, whole);
};
const extremum = (op: "max" | "min") => (x: Tensor, dim?: Dims, options: { readonly keepdim?: boolean } = {}): Tensor => extremumOver(op, x, dim, options.keepdim ?? false, false);
/** The maximum over the dims, or over all; NaN if there is one. Ties share the gradient evenly. */
export const amax: (x: Tensor, dim?: Dims, options?: { readonly keepdim?: boolean }) => Tensor = /*@__PURE__*/ extremum("max");
/** The minimum over the dims, or over all; NaN if there is one. Ties share the gradient evenly. */
export const amin: (x: Tensor, dim?: Dims, options?: { readonly keepdim?: boolean }) => Tensor = /*@__PURE__*/ extremum("min");

type Reducing = (x: Tensor, dims: readonly number[], options?: { readonly keepdim?: boolean }) => Tensor;
/** Exactly these dims: of none the tensor itself, where a user's empty list means all. What is a number by itself is many under vmap. */
const exactly = (reduce: Reducing): Reducing => (x, dims, options) => (dims.length === 0 ? x : reduce(x, dims, options));
export const sumOver: Reducing = /*@__PURE__*/ exactly(sum);
export const meanOver: Reducing = /*@__PURE__*/ exactly(mean);
export const amaxOver: Reducing = /*@__PURE__*/ exactly(amax);
export const aminOver: Reducing = /*@__PURE__*/ exactly(amin);

export type ValuesAndIndices = { readonly values: Tensor; readonly indices: Tensor };

const extremumAlong = (op: "max" | "min") => composite(undefined, (x: Tensor, dim: number, keepdim: boolean): ValuesAndIndices => {
  wrapDim(dim, x.ndim);
  const indices = argReduce(op, x, dim, true);
  const found = gather(x, x.ndim === 0 ? 0 : dim, indices), drops = x.ndim > 0 && !keepdim, d = wrapDim(dim, x.ndim);
  const values = drops ? squeeze(found, d) : found;
  if (values.gradFn !== null) values.gradFn.label = op === "max" ? "MaxBackward0" : "MinBackward0";
  return { values, indices: drops ? squeeze(indices, d) : indices };
});
const maxAlong = /*@__PURE__*/ extremumAlong("max");
const minAlong = /*@__PURE__*/ extremumAlong("min");

/**
 * PyTorch's overloads: the maximum of all, the maxima along a dim with their places, or the larger of two tensors, element by element. NaN is the largest.
 * @param x of any shape and dtype
 * @param dim along which; or `other`, a tensor that broadcasts
 * @param other a tensor that broadcasts with x
 * @param options `keepdim`: keep the dim, with size 1
 * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
 * one
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError where shapes do not broadcast
 * @example max(tensor([[1, 3], [5, 2]]), 1) // { values: [3, 5], indices: [1, 0] }
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, dim: number, options?: { readonly keepdim?: boolean }): ValuesAndIndices;
export function max(x: Tensor, other: Tensor): Tensor;
export function max(x: Tensor, dimOrOther?: number | Tensor, options: { readonly keepdim?: boolean } = {}): Tensor | ValuesAndIndices {
  if (dimOrOther === undefined) return extremumOver("max", x, undefined, false, true);
  return typeof dimOrOther === "number" ? maxAlong(x, dimOrOther, options.keepdim ?? false) : maximum(x, dimOrOther);
}
/**
 * PyTorch's overloads: the minimum of all, the minima along a dim with their places, or the smaller of two tensors, element by element. NaN is the smallest.
 * @param x of any shape and dtype
 * @param dim along which; or `other`, a tensor that broadcasts
 * @param other a tensor that broadcasts with x
 * @param options `keepdim`: keep the dim, with size 1
 * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
 * one
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError where shapes do not broadcast
 * @example min(tensor([[1, 3], [5, 2]]), 1) // { values: [1, 2], indices: [0, 1] }
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, dim: number, options?: { readonly keepdim?: boolean }): ValuesAndIndices;
export function min(x: Tensor, other: Tensor): Tensor;
export function min(x: Tensor, dimOrOther?: number | Tensor, options: { readonly keepdim?: boolean } = {}): Tensor | ValuesAndIndices {
  if (dimOrOther === undefined) return extremumOver("min", x, undefined, false, true);
  return typeof dimOrOther === "number" ? minAlong(x, dimOrOther, options.keepdim ?? false) : minimum(x, dimOrOther);
}

/** A bool; of uint8 a uint8, as PyTorch has it from the days before bool. */
const boolean = (op: "max" | "min") => composite(undefined, (x: Tensor, dim?: Dims, options: { readonly keepdim?: boolean } = {}): Tensor => {
  const holds = reduceProgram(op, prologue(op === "max" ? "any" : "all", x.dtype, "bool"), [x], [], wrapDims(dim, x.ndim), options.keepdim ?? false, "");
  return x.dtype === "uint8" ? to(holds, "uint8") : holds;
});
/**
 * Whether all elements over dims, or all of all, are not zero.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @param options `keepdim`: keep the dims, with size 1
 * @returns x's shape without the dims; bool, of uint8 uint8
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example all(tensor([true, false])) // false
 */
export const all: (x: Tensor, dim?: Dims, options?: { readonly keepdim?: boolean }) => Tensor = /*@__PURE__*/ boolean("min");
/**
 * Whether any element over dims, or any of all, is not zero.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @param options `keepdim`: keep the dims, with size 1
 * @returns x's shape without the dims; bool, of uint8 uint8
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example any(tensor([true, false])) // true
 */
export const any: (x: Tensor, dim?: Dims, options?: { readonly keepdim?: boolean }) => Tensor = /*@__PURE__*/ boolean("max");
