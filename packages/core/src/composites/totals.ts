/** @file Further reductions: log-sum-exp, sums that skip NaN, counts, pairs of results. */
import { reducedShape } from "../calculus/call.ts";
import { reduceProgram } from "../calculus/map-reduce.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { add, div, eq, exp, log, mul, sub, where, abs } from "../elementwise/index.ts";
import { to } from "../elementwise/elementwise.ts";
import { DTypeError, IndexError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { wrapDim, wrapDims } from "../shape.ts";
import { reshape } from "../views/views.ts";
import { decomposed } from "./decomposed.ts";
import { amax, amaxOver, amin, type ReduceOptions, sumOver } from "./reductions.ts";

type Dims = number | readonly number[];
type Keep = {
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
};
const kept = { keepdim: true } as const;

type LogAttrs = { readonly dims: readonly number[]; readonly keepdim: boolean };
const logsumexpOp: Op<LogAttrs> = {
  name: "logsumexp",
  gradName: () => "LogsumexpBackward0",
  run: (_, [given], { dims, keepdim }) => decomposed([given!], (x) => {
    if (x.window.size === 0) return log(sumOver(exp(x), dims, { keepdim }));
    const largest = amaxOver(x, dims, kept), shift = where(eq(abs(largest), Infinity), 0, largest);
    const total = log(sumOver(exp(sub(x, shift)), dims, { keepdim }));
    return add(total, reshape(shift, total.shape));
  }),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node) {
    const [x, out] = savedTensors(node) as [Tensor, Tensor], shape = reducedShape(x.shape, node.attrs.dims, true);
    return [mul(reshape(grad!, shape), exp(sub(x, reshape(out, shape))))];
  },
  jvp: ([tangent], [x], [out], { dims, keepdim }) => [sumOver(mul(tangent!, exp(sub(x!, reshape(out!, reducedShape(x!.shape, dims, true))))), dims, { keepdim })],
  batched: (attrs, { length }) => ({ ...attrs, dims: attrs.dims.map((d) => d + length) }),
};
/**
 * log(sum(exp(x))) over dims, shifted by the maximum so that nothing overflows.
 * @param x of any shape and dtype
 * @param dim one dim, or several
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give float32
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example logsumexp(tensor([0, 0]), 0) // 0.6931
 */
export const logsumexp: (x: Tensor, dim: Dims, options?: Keep) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: Dims, options: Keep = {}): Tensor =>
  dispatch(logsumexpOp, [isFloat(x.dtype) ? x : to(x, "float32")], { dims: wrapDims(dim, x.ndim), keepdim: options.keepdim ?? false }));

const numbers = /*@__PURE__*/ perDType((d, c) => program("nansum", [d], [], [isFloat(d) ? s.cast(s.select(s.isNan(s.load(0, d)), s.lit(0, c), s.load(0, d)), d) : s.arg(0, d)]));
/**
 * The sum over dims, or over all, with NaN as 0.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example nansum(tensor([1, NaN, 3])) // 4
 */
export const nansum: (x: Tensor, dim?: Dims, options?: ReduceOptions) => Tensor = /*@__PURE__*/ composite("NansumBackward0", (x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor => {
  const dtype = options.dtype ?? (isFloat(x.dtype) ? x.dtype : "int32");
  return reduceProgram("sum", numbers(dtype), [to(x, dtype)], [], wrapDims(dim, x.ndim), options.keepdim ?? false, "NansumBackward0");
});
const present = /*@__PURE__*/ perDType((d, c) => program("present", [d], [], [s.select(s.isNan(s.load(0, d)), s.lit(0, c), s.lit(1, c))]));
/**
 * The mean over dims, or of all, of what is not NaN.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example nanmean(tensor([1, NaN, 3])) // 2
 */
export const nanmean: (x: Tensor, dim?: Dims, options?: ReduceOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor => {
  const { keepdim = false, dtype = x.dtype } = options;
  if (!isFloat(x.dtype)) throw new DTypeError(`nanmean(): expected input to have floating point dtype but got ${scalarTypeName[x.dtype]}`);
  const wide = to(x, dtype);
  return to(div(nansum(wide, dim, { keepdim }), reduceProgram("sum", present(dtype), [wide], [], wrapDims(dim, x.ndim), keepdim, "")), dtype);
});
const nonZero = /*@__PURE__*/ perDType((d, c) => program("countNonzero", [d], [], [s.select(s.eq(s.load(0, d), s.lit(0, c)), s.lit(0, "int32"), s.lit(1, "int32"))]));
/**
 * How many elements over dims, or of all, are not zero.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, int32
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example countNonzero(tensor([0, 2, 3])) // 2
 */
export const countNonzero = (x: Tensor, dim?: Dims): Tensor => reduceProgram("sum", nonZero(x.dtype), [x], [], wrapDims(dim, x.ndim), false, "");

export type MinAndMax = { readonly min: Tensor; readonly max: Tensor };
export type AminmaxOptions = {
  /** All elements by default. */
  readonly dim?: number;
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
};
/**
 * The smallest and the largest along a dim, or of all; NaN if there is one.
 * @param x of any shape and dtype
 * @returns `{ min, max }`, of x's shape without the dim and of its dtype
 * @throws IndexError for a dim out of range, or no elements
 * @example aminmax(tensor([3, 1, 2])) // { min: 1, max: 3 }
 */
export function aminmax(x: Tensor, options: AminmaxOptions = {}): MinAndMax {
  const { dim, keepdim = false } = options;
  if (dim === undefined && x.window.size === 0) throw new IndexError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  if (dim !== undefined && x.shape[wrapDim(dim, x.ndim)] === 0) throw new IndexError(`aminmax: Expected reduction dim ${wrapDim(dim, x.ndim)} to have non-zero size.`);
  const results = { min: amin(x, dim, { keepdim }), max: amax(x, dim, { keepdim }) };
  const all = keepdim && x.ndim === 0 && dim !== undefined ? [1] : undefined;
  for (const out of Object.values(results)) if (out.gradFn !== null) out.gradFn.label = "AminmaxBackward0";
  return all === undefined ? results : { min: reshape(results.min, all), max: reshape(results.max, all) };
}
