/** @file Elements in order: sorting, the largest few, the k-th, medians, the most frequent. Values are gathered by the order, so gradients go where they came from. */
import { clone, filledWith } from "../calculus/map-reduce.ts";
import { isFloat } from "../dtype.ts";
import { bitwiseRightShift, clampMin, isnan, logicalNot, ne, sub, to, where } from "../elementwise/index.ts";
import { arange } from "../creation/fill.ts";
import { ArgumentError, DTypeError, IndexError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { argReduce } from "../primitives/arg-reduce.ts";
import { gather } from "../primitives/gather.ts";
import { scanPositions } from "../primitives/scan.ts";
import { sortOrder } from "../primitives/sort.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow, reshape, squeeze } from "../views/views.ts";
import { sum, type ValuesAndIndices } from "./reductions.ts";

export type SortOptions = {
  /** The largest first; by default the smallest. */
  readonly descending?: boolean;
  /** Sorting is stable anyway. */
  readonly stable?: boolean;
};
export type TopkOptions = {
  /** false: the smallest. */
  readonly largest?: boolean;
  /** They are in order anyway. */
  readonly sorted?: boolean;
};
type KeepDim = {
  /** Keep the dim, with size 1. */
  readonly keepdim?: boolean;
};

function named(values: Tensor, name: string): Tensor {
  if (values.gradFn !== null) values.gradFn.label = name;
  return values;
}

const refuseBool = (kernel: string, x: Tensor): void => {
  if (x.dtype === "bool") throw new DTypeError(`"${kernel}" not implemented for 'Bool'`);
};

const sorted = (x: Tensor, dim: number, descending: boolean): ValuesAndIndices => {
  const indices = sortOrder(x, dim, descending);
  return { values: named(gather(x, dim, indices), "SortBackward0"), indices };
};
/**
 * The elements along a dim in ascending order, and where they were; equal elements keep their order and NaN is the largest. PyTorch's `sort`.
 * @param x of any shape and dtype
 * @param dim along which, the last by default
 * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
 * @throws IndexError for a dim out of range
 * @example sort(tensor([3, 1, 2])) // { values: [1, 2, 3], indices: [1, 2, 0] }
 */
export const sort: (x: Tensor, dim?: number, options?: SortOptions) => ValuesAndIndices = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { descending = false }: SortOptions = {}): ValuesAndIndices => sorted(x, dim, descending));
/**
 * Where the elements along a dim come from in ascending order: as `sort`, the indices alone. PyTorch's `argsort`.
 * @returns x's shape, int32
 * @example argsort(tensor([3, 1, 2])) // [1, 2, 0]
 */
export const argsort: (x: Tensor, dim?: number, options?: SortOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { descending = false }: SortOptions = {}): Tensor => sortOrder(x, dim, descending));
/**
 * The elements along the first dim in ascending order. PyTorch's `msort`.
 * @param x of any shape and dtype
 * @returns x's shape and dtype
 * @example msort(tensor([[3, 1], [2, 4]])) // [[2, 1], [3, 4]]
 */
export const msort: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor): Tensor => sorted(x, 0, false).values);

/**
 * The k largest elements along a dim in descending order, or the smallest in ascending order, and where they are. NaN is the largest. PyTorch's `topk`.
 * @param x of any shape; of any dtype but bool
 * @param k how many
 * @param dim along which, the last by default
 * @returns `{ values, indices }` of x's shape with k along the dim; values keep the dtype, indices are int32
 * @throws ArgumentError where there are not k of them
 * @throws DTypeError for bools
 * @throws IndexError for a dim out of range
 * @example topk(tensor([3, 1, 2]), 2) // { values: [3, 2], indices: [0, 2] }
 */
export const topk: (x: Tensor, k: number, dim?: number, options?: TopkOptions) => ValuesAndIndices = /*@__PURE__*/ composite(undefined, (x: Tensor, k: number, dim: number = -1, { largest = true }: TopkOptions = {}): ValuesAndIndices => {
  const d = wrapDim(dim, x.ndim);
  refuseBool("topk_cpu", x);
  if (!(Number.isInteger(k) && k >= 0 && k <= (x.ndim === 0 ? 1 : x.shape[d]!))) throw new ArgumentError("selected index k out of range");
  const indices = sortOrder(x, dim, largest, 0, k);
  return { values: named(gather(x, dim, indices), "TopkBackward0"), indices };
});

/** The elements at a position of each row. @param place with size 1 along the dim */
function picked(x: Tensor, d: number, place: Tensor, keepdim: boolean, name: string): ValuesAndIndices {
  const values = gather(x, d, place);
  return keepdim ? { values: named(values, name), indices: place } : { values: named(squeeze(values, d), name), indices: squeeze(place, d) };
}
function alone(x: Tensor, name: string): ValuesAndIndices {
  return { values: named(clone(x), name), indices: to(filledWith(0, x, []), "int32") };
}
/** @param op as PyTorch names it in its message */
function lineOf(op: string, x: Tensor, dim: number): number {
  const d = wrapDim(dim, x.ndim);
  if (x.ndim > 0 && x.shape[d] === 0) throw new IndexError(`${op}(): Expected reduction dim ${d} to have non-zero size.`);
  return d;
}

/**
 * The k-th smallest element along a dim, counted from 1, and where it is. NaN is the largest. PyTorch's `kthvalue`.
 * @param x of any shape; of any dtype but bool
 * @param k which
 * @param dim along which, the last by default
 * @returns `{ values, indices }` of x's shape without the dim, or with size 1 by `keepdim`; values keep the dtype, indices are int32
 * @throws IndexError for a dim out of range, or without elements
 * @throws ArgumentError where there are not k of them
 * @throws DTypeError for bools
 * @example kthvalue(tensor([3, 1, 2]), 2) // { values: 2, indices: 2 }
 */
export const kthvalue: (x: Tensor, k: number, dim?: number, options?: KeepDim) => ValuesAndIndices = /*@__PURE__*/ composite(undefined, (x: Tensor, k: number, dim: number = -1, { keepdim = false }: KeepDim = {}): ValuesAndIndices => {
  const d = lineOf("kthvalue", x, dim);
  refuseBool("kthvalue_cpu", x);
  if (!(Number.isInteger(k) && k >= 1 && k <= (x.ndim === 0 ? 1 : x.shape[d]!))) throw new ArgumentError(`kthvalue(): selected number k out of range for dimension ${d}`);
  return x.ndim === 0 ? alone(x, "KthvalueBackward0") : picked(x, d, sortOrder(x, d, false, k - 1, 1), keepdim, "KthvalueBackward0");
});

/** Where the median of each row is, with size 1 along the dim: the lower one of two; with NaNs the first of them, or they do not count. */
export function medianPlace(x: Tensor, d: number, ignoreNan: boolean): Tensor {
  if (isFloat(x.dtype) && ignoreNan) {
    const numbers = sum(logicalNot(isnan(x)), d, { keepdim: true });
    return gather(sortOrder(x, d, false), d, clampMin(bitwiseRightShift(sub(numbers, 1), 1), 0));
  }
  const middle = sortOrder(x, d, false, (x.shape[d]! - 1) >> 1, 1);
  if (!isFloat(x.dtype)) return middle;
  const largest = argReduce("max", x, d, true);
  return where(isnan(gather(x, d, largest)), largest, middle);
}
export const medianAlong = (ignoreNan: boolean, name: string): ((x: Tensor, dim: number, keepdim: boolean) => ValuesAndIndices) => composite(undefined, (x: Tensor, dim: number, keepdim: boolean): ValuesAndIndices => {
  const d = lineOf("median", x, dim);
  return x.ndim === 0 ? alone(x, name) : picked(x, d, medianPlace(x, d, ignoreNan), keepdim, name);
});

/**
 * The most frequent element along a dim, the smallest of several, and where it is (one of them). PyTorch's `mode`.
 * @param x of any shape and dtype
 * @param dim along which, the last by default
 * @returns `{ values, indices }` of x's shape without the dim, or with size 1 by `keepdim`; values keep the dtype, indices are int32
 * @throws IndexError for a dim out of range, or without elements
 * @example mode(tensor([3, 1, 3])) // { values: 3, indices: 2 }
 */
export const mode: (x: Tensor, dim?: number, options?: KeepDim) => ValuesAndIndices = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { keepdim = false }: KeepDim = {}): ValuesAndIndices => {
  const d = lineOf("mode", x, dim);
  if (x.ndim === 0) return alone(x, "ModeBackward0");
  const order = sortOrder(x, d, false), n = x.shape[d]!, ordered = gather(x, d, order), first = narrow(ordered, d, 0, 1);
  // Where runs of equal elements begin. The longest is the first whose last element is furthest from its beginning.
  const begins = cat([to(filledWith(1, order, first.shape), "bool"), ne(narrow(ordered, d, 1, n - 1), narrow(ordered, d, 0, n - 1))], d);
  const at = reshape(arange(n, undefined, 1, { device: x.device }), x.shape.map((_, k) => (k === d ? n : 1)));
  const length = sub(at, scanPositions(where(begins, at, -1), d, "max"));
  return picked(x, d, gather(order, d, argReduce("max", length, d, true)), keepdim, "ModeBackward0");
});
