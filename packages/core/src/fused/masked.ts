/** @file The namespace `masked`: reductions and normalisations of those elements alone where a bool mask is true. What is masked out becomes the identity of the op. */
import { amax as largest, amin as smallest, mean as meanOf, sum as sumOf } from "../composites/reductions.ts";
import { cumprod as runningProduct, cumsum as runningSum } from "../composites/cumulative.ts";
import { vectorNorm } from "../composites/norms.ts";
import { prod as productOf } from "../composites/products.ts";
import { logsumexp as logSum } from "../composites/totals.ts";
import { full } from "../creation/fill.ts";
import { type DType, isFloat } from "../dtype.ts";
import { clampMin, div, logaddexp as addLogs, maximum, mul, sqrt, sub, to, where } from "../elementwise/index.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { iinfo } from "../numeric-limits.ts";
import { composite, type Tensor } from "../op.ts";
import { argmax as placeOfLargest, argmin as placeOfSmallest } from "../primitives/arg-reduce.ts";
import { wrapDim, wrapDims } from "../shape.ts";
import { expand, reshape } from "../views/views.ts";
import { nanmedian } from "./median.ts";
import { logSoftmax as logarithmic, softmax as exponential } from "./softmax.ts";

type Dims = number | readonly number[];
export type MaskedOptions = {
  /** bool, true where an element counts; it broadcasts to the shape of x. All count without it. */
  readonly mask?: Tensor;
  /** Of the result. */
  readonly dtype?: DType;
};
export type MaskedReduceOptions = MaskedOptions & {
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
};
export type MaskedNormOptions = MaskedReduceOptions & {
  /** The order of the norm: 2 by default. */
  readonly ord?: number;
};
export type MaskedVarOptions = MaskedReduceOptions & {
  /** Divided by n - 1; by n otherwise, which is the default here. */
  readonly unbiased?: boolean;
};

const least = (dtype: DType): number => (isFloat(dtype) ? -Infinity : dtype === "bool" ? 0 : iinfo(dtype).min);
const greatest = (dtype: DType): number => (isFloat(dtype) ? Infinity : dtype === "bool" ? 1 : iinfo(dtype).max);

function maskFor(x: Tensor, mask: Tensor): Tensor {
  if (mask.ndim > x.ndim) throw new ShapeError("_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)");
  return to(expand(mask, x.shape), "bool");
}
/** x with `identity` where the mask is false. */
const filled = (x: Tensor, mask: Tensor | undefined, identity: number): Tensor => (mask === undefined ? x : where(maskFor(x, mask), x, x.dtype === "bool" ? identity !== 0 : identity));
const integral = (x: Tensor): DType => (isFloat(x.dtype) ? x.dtype : "int32");
/** All dims where none is said. */
const given = (x: Tensor, dim: Dims | undefined): Dims => dim ?? [...x.shape.keys()];

/**
 * The sum of what counts; 0 of nothing. PyTorch's `torch.masked.sum`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.sum(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }) // 4
 */
export const sum: (x: Tensor, dim?: Dims, options?: MaskedReduceOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, { mask, keepdim = false, dtype = integral(x) }: MaskedReduceOptions = {}): Tensor =>
  sumOf(filled(x, mask, 0), given(x, dim), { keepdim, dtype }));
/**
 * The product of what counts; 1 of nothing. PyTorch's `torch.masked.prod`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.prod(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }) // 3
 */
export const prod: (x: Tensor, dim?: Dims, options?: MaskedReduceOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, { mask, keepdim = false, dtype = integral(x) }: MaskedReduceOptions = {}): Tensor => {
  const dims = wrapDims(given(x, dim), x.ndim);
  return [...dims].reverse().reduce((y, d) => productOf(y, d, { keepdim }), to(filled(x, mask, 1), dtype));
});
/**
 * The sum of what counts up to each element along a dim. PyTorch's `torch.masked.cumsum`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @example masked.cumsum(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }) // [1, 1, 4]
 */
export const cumsum: (x: Tensor, dim: number, options?: MaskedOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number, { mask, dtype = x.dtype }: MaskedOptions = {}): Tensor => runningSum(filled(x, mask, 0), dim, { dtype }));
/**
 * The product of what counts up to each element along a dim. PyTorch's `torch.masked.cumprod`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @example masked.cumprod(tensor([1, 2, 3]), 0, { mask: tensor([true, false, true]) }) // [1, 1, 3]
 */
export const cumprod: (x: Tensor, dim: number, options?: MaskedOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number, { mask, dtype = x.dtype }: MaskedOptions = {}): Tensor => runningProduct(filled(x, mask, 1), dim, { dtype }));

type Extremum = (x: Tensor, dim?: Dims, options?: MaskedReduceOptions) => Tensor;
const extremum = (reduce: (x: Tensor, dim: Dims, options: { readonly keepdim: boolean }) => Tensor, identity: (dtype: DType) => number): Extremum => composite(undefined, (x: Tensor, dim?: Dims, { mask, keepdim = false, dtype = x.dtype }: MaskedReduceOptions = {}): Tensor =>
  to(reduce(filled(x, mask, identity(x.dtype)), given(x, dim), { keepdim }), dtype));
/**
 * The largest of what counts; the least number of the dtype of nothing. PyTorch's `torch.masked.amax`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.amax(tensor([1, 5, 3]), 0, { mask: tensor([true, false, true]) }) // 3
 */
export const amax: Extremum = /*@__PURE__*/ extremum(largest, least);
/**
 * The smallest of what counts; the greatest number of the dtype of nothing. PyTorch's `torch.masked.amin`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.amin(tensor([1, 0, 3]), 0, { mask: tensor([true, false, true]) }) // 1
 */
export const amin: Extremum = /*@__PURE__*/ extremum(smallest, greatest);
/**
 * log(sum(exp(x))) of what counts; -Infinity of nothing. PyTorch's `torch.masked.logsumexp`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.logsumexp(tensor([0, 5, 0]), 0, { mask: tensor([true, false, true]) }) // 0.6931
 */
export const logsumexp: Extremum = /*@__PURE__*/ extremum(logSum, least);

type Place = (x: Tensor, dim?: number, options?: MaskedReduceOptions) => Tensor;
const place = (find: (x: Tensor, dim: number | undefined, options: { readonly keepdim: boolean }) => Tensor, identity: (dtype: DType) => number): Place => composite(undefined, (x: Tensor, dim?: number, { mask, keepdim = false, dtype = x.dtype }: MaskedReduceOptions = {}): Tensor =>
  to(find(filled(x, mask, identity(x.dtype)), dim, { keepdim }), dtype));
/**
 * Where the largest of what counts lies. PyTorch's `torch.masked.argmax`.
 * @param x of any shape; of any dtype but bool
 * @param dim along which; the flattened tensor by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for bools
 * @example masked.argmax(tensor([1, 5, 3]), 0, { mask: tensor([true, false, true]) }) // 2
 */
export const argmax: Place = /*@__PURE__*/ place(placeOfLargest, least);
/**
 * Where the smallest of what counts lies. PyTorch's `torch.masked.argmin`.
 * @param x of any shape; of any dtype but bool
 * @param dim along which; the flattened tensor by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for bools
 * @example masked.argmin(tensor([1, 0, 3]), 0, { mask: tensor([true, false, true]) }) // 0
 */
export const argmin: Place = /*@__PURE__*/ place(placeOfSmallest, greatest);

/** How many count, over the dims: int32. */
const countOf = (x: Tensor, dim: Dims | undefined, mask: Tensor | undefined, keepdim: boolean): Tensor =>
  sumOf(mask === undefined ? full(x.shape, true, { device: x.device }) : maskFor(x, mask), given(x, dim), { keepdim });
/**
 * The mean of what counts; NaN of nothing. PyTorch's `torch.masked.mean`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give float32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.mean(tensor([1, 2, 5]), 0, { mask: tensor([true, false, true]) }) // 3
 */
export const mean: (x: Tensor, dim?: Dims, options?: MaskedReduceOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, { mask, keepdim = false, dtype = x.dtype }: MaskedReduceOptions = {}): Tensor =>
  mask === undefined && isFloat(dtype) ? meanOf(x, given(x, dim), { keepdim, dtype }) : div(sumOf(filled(x, mask, 0), given(x, dim), { keepdim, dtype }), countOf(x, dim, mask, keepdim)));

function spread(x: Tensor, dim: Dims | undefined, { mask, keepdim = false, unbiased = false, dtype = isFloat(x.dtype) ? x.dtype : "float32" }: MaskedVarOptions): Tensor {
  const count = countOf(x, dim, mask, true), centre = div(sum(x, dim, { keepdim: true, dtype, ...(mask === undefined ? {} : { mask }) }), count), away = sub(x, centre);
  const total = sumOf(filled(mul(away, away), mask, 0), given(x, dim), { keepdim, dtype: isFloat(dtype) ? dtype : "float32" });
  const counted = reshape(count, total.shape);
  return to(div(total, unbiased ? clampMin(sub(counted, 1), 0) : counted), dtype);
}
/**
 * The variance of what counts. PyTorch's `torch.masked.variance`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give float32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.var(tensor([1, 2, 5]), 0, { mask: tensor([true, false, true]) }) // 4
 */
const variance: (x: Tensor, dim?: Dims, options?: MaskedVarOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: MaskedVarOptions = {}): Tensor => spread(x, dim, options));
export { variance as var };
/**
 * The square root of the variance of what counts. PyTorch's `torch.masked.std`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give float32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws ArgumentError where a dim is named twice
 * @example masked.std(tensor([1, 2, 5]), 0, { mask: tensor([true, false, true]) }) // 2
 */
export const std: (x: Tensor, dim?: Dims, options?: MaskedVarOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: MaskedVarOptions = {}): Tensor => sqrt(spread(x, dim, options)));

/**
 * The lower median of what counts along a dim; NaN of nothing. PyTorch's `torch.masked.median`.
 * @param x of any shape; floats
 * @param dim along which, the last by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.median(tensor([1, 2, 5]), 0, { mask: tensor([true, false, true]) }) // 1
 */
export const median: (x: Tensor, dim?: number, options?: MaskedReduceOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { mask, keepdim = false }: MaskedReduceOptions = {}): Tensor => {
  if (!isFloat(x.dtype)) throw new DTypeError("masked median expects a floating point dtype here: whether a row has nothing that counts is not known at once; cast first");
  return nanmedian(filled(x, mask, NaN), dim, { keepdim }).values;
});

/**
 * The norm of what counts: (sum of |x|^ord)^(1 / ord). PyTorch's `torch.masked.norm`.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.norm(tensor([3, 9, 4]), 0, { mask: tensor([true, false, true]) }) // 5
 */
export const norm: (x: Tensor, dim?: Dims, options?: MaskedNormOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, { ord = 2, mask, keepdim = false, dtype }: MaskedNormOptions = {}): Tensor =>
  vectorNorm(filled(x, mask, ord === -Infinity ? Infinity : 0), ord, given(x, dim), { keepdim, ...(dtype === undefined ? {} : { dtype }) }));
/**
 * x over the norm of what counts along a dim, (sum of |x|^ord)^(1 / ord), at least `eps`; 0 where the mask is false. PyTorch's `torch.masked.normalize`.
 * @param x of any shape; floats
 * @param ord the order of the norm
 * @param dim along which
 * @param options `mask`, `dtype`; `eps`: 1e-12 by default
 * @returns x's shape; its dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.normalize(tensor([3, 9, 4]), 2, 0, { mask: tensor([true, false, true]) }) // [0.6, 0, 0.8]
 */
export const normalize: (x: Tensor, ord: number, dim: number, options?: MaskedOptions & { readonly eps?: number }) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, ord: number, dim: number, { eps = 1e-12, ...options }: MaskedOptions & { readonly eps?: number } = {}): Tensor => {
  const length = norm(x, dim, { ...options, ord, keepdim: true });
  return div(filled(x, options.mask, 0), maximum(length, full([], eps, { dtype: length.dtype, device: x.device })));
});

type Along = (x: Tensor, dim: number, options?: MaskedOptions) => Tensor;
const along = (run: (x: Tensor, dim: number) => Tensor, identity: (dtype: DType) => number): Along => composite(undefined, (x: Tensor, dim: number, { mask, dtype = x.dtype }: MaskedOptions = {}): Tensor =>
  run(to(filled(x, mask, identity(x.dtype)), dtype), wrapDim(dim, x.ndim)));
/**
 * softmax of what counts along a dim; 0 where the mask is false. PyTorch's `torch.masked.softmax`.
 * @param x of any shape; floats
 * @param dim along which
 * @returns x's shape; its dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.softmax(tensor([0, 9, 0]), 0, { mask: tensor([true, false, true]) }) // [0.5, 0, 0.5]
 */
export const softmax: Along = /*@__PURE__*/ along(exponential, least);
/**
 * logSoftmax of what counts along a dim; -Infinity where the mask is false. PyTorch's `torch.masked.log_softmax`.
 * @param x of any shape; floats
 * @param dim along which
 * @returns x's shape; its dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.logSoftmax(tensor([0, 9, 0]), 0, { mask: tensor([true, false, true]) }) // [-0.6931, -Infinity, -0.6931]
 */
export const logSoftmax: Along = /*@__PURE__*/ along(logarithmic, least);
/**
 * softmax of -x of what counts along a dim; 0 where the mask is false. PyTorch's `torch.masked.softmin`.
 * @param x of any shape; floats
 * @param dim along which
 * @returns x's shape; its dtype, or `dtype`
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a mask that does not broadcast to x
 * @throws DTypeError for integers and bools
 * @example masked.softmin(tensor([0, 9, 0]), 0, { mask: tensor([true, false, true]) }) // [0.5, 0, 0.5]
 */
export const softmin: Along = /*@__PURE__*/ along((x, dim) => exponential(sub(0, x), dim), greatest);

/**
 * log(exp(x) + exp(y)) with -Infinity for what a mask leaves out. PyTorch's `torch.masked.logaddexp`.
 * @param x of any shape; floats
 * @param y floats that broadcast with x
 * @param options `inputMask` and `otherMask`: bool, true where an element of x or y counts; `dtype`: of the result
 * @returns the broadcast shape, of the promoted dtype, or `dtype`
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example masked.logaddexp(tensor([0]), tensor([0])) // [0.6931]
 */
export const logaddexp: (x: Tensor, y: Tensor, options?: { readonly inputMask?: Tensor; readonly otherMask?: Tensor; readonly dtype?: DType }) => Tensor = /*@__PURE__*/ composite(undefined, (
  x: Tensor, y: Tensor, { inputMask, otherMask, dtype = x.dtype }: { readonly inputMask?: Tensor; readonly otherMask?: Tensor; readonly dtype?: DType } = {},
): Tensor => to(addLogs(filled(x, inputMask, least(x.dtype)), filled(y, otherMask, least(y.dtype))), dtype));
