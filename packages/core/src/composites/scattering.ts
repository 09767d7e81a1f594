/** @file Elements taken, set, added or combined at places along a dim: made of gather and scatter. */
import { clone } from "../calculus/map-reduce.ts";
import { refusing } from "../calculus/refusing.ts";
import type { Complaint } from "../complaint.ts";
import { dtypes, isFloat, scalarTypeName } from "../dtype.ts";
import { add, div, eq, lt, maximum, mul, sub, where } from "../elementwise/index.ts";
import { floorDivide } from "../elementwise/division.ts";
import { to } from "../elementwise/elementwise.ts";
import { arange, fullLike, onesLike, zerosLike } from "../creation/fill.ts";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { gather, gatherSaying, outOfSelf, scatter as scatterTensor, scatterAdd, scatterSaying } from "../primitives/gather.ts";
import * as s from "../scalar/expr.ts";
import { broadcastShapes, type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { hostNumbers } from "../views/host-numbers.ts";
import { movedim } from "../views/rearrange.ts";
import { sliceScatter } from "../views/windows.ts";
import { expand, flatten, narrow, reshape, unsqueeze } from "../views/views.ts";
import { cumsum } from "./cumulative.ts";
import { prod } from "./products.ts";
import { amax, amin, sum } from "./reductions.ts";

/** A vector of positions along a dim, seen as a table of the shape of what stands there. */
function tableOf(op: string, x: Tensor, dim: number, index: Tensor, shape: Shape): Tensor {
  if (index.ndim > 1) throw new IndexError(`${op}(): Index is supposed to be a vector, but got dim: ${index.ndim}`);
  if (index.dtype !== "int32") throw new IndexError(`${op}(): Expected dtype int32/int64 for index`);
  return expand(reshape(index, shape.map((_, d) => (d === dim ? index.window.size : 1))), shape.map((n, d) => (d === dim ? index.window.size : n)));
}
/** x with at least one dim, and the way back. */
const atLeast1 = (x: Tensor): Tensor => (x.ndim === 0 ? reshape(x, [1]) : x);

const addInSelf = /*@__PURE__*/ scatterSaying(outOfSelf, "add", "index_add_");
const copyAt = /*@__PURE__*/ scatterSaying({ error: "index", text: "index_copy_(): index {index} is out of bounds for dimension {dim} with size {size}" }, "set", "index_copy_");
export type AlphaOption = {
  /** The factor of `source`: 1 by default. */
  readonly alpha?: number;
};
/**
 * A copy of x with alpha * the slices of `source` added at positions along a dim; equal positions all count. On webgpu floats that meet at one place are added in any order, so that their last digits may differ from run to run.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the positions, an int32 vector as long as `source` along the dim
 * @param source of x's dtype, and its shape but for the dim
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ
 * @example indexAdd(zeros([3]), 0, tensor(Int32Array.of(2, 2)), tensor([1, 5])) // [0, 0, 6]
 */
export const indexAdd: (x: Tensor, dim: number, index: Tensor, source: Tensor, options?: AlphaOption) => Tensor = /*@__PURE__*/ composite("IndexAddBackward0", (x: Tensor, dim: number, index: Tensor, source: Tensor, { alpha = 1 }: AlphaOption = {}): Tensor => {
  const d = wrapDim(dim, x.ndim), base = atLeast1(x), parts = atLeast1(source);
  if (source.dtype !== x.dtype) throw new DTypeError("index_add_(): self and source must have the same scalar type");
  if (index.window.size !== (source.ndim === 0 ? 1 : source.shape[d])) throw new ShapeError("index_add_(): Number of indices should be equal to self.size(dim)");
  const scaled = alpha === 1 ? parts : mul(parts, alpha), table = tableOf("index_add_", base, d, index, parts.shape);
  if (x.dtype === "bool") return reshape(to(addInSelf(to(base, "int32"), d, table, to(scaled, "int32")), "bool"), x.shape);
  return reshape(addInSelf(base, d, table, to(scaled, x.dtype)), x.shape);
});
/**
 * A copy of x with the slices of `source` set at positions along a dim.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the positions, an int32 vector as long as `source` along the dim
 * @param source of x's dtype, and its shape but for the dim
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range, an index that is no int32 vector, or where sizes do not fit
 * @throws ShapeError where slices are of another shape
 * @throws DTypeError where dtypes differ
 * @example indexCopy(zeros([3]), 0, tensor(Int32Array.of(2, 0)), tensor([1, 5])) // [5, 0, 1]
 */
export const indexCopy: (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor = /*@__PURE__*/ composite("IndexCopyBackward0", (x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor => {
  const d = wrapDim(dim, x.ndim), base = atLeast1(x), parts = atLeast1(source);
  if (source.dtype !== x.dtype) throw new DTypeError(`index_copy_(): self and source expected to have the same dtype, but got (self) ${scalarTypeName[x.dtype]} and (source) ${scalarTypeName[source.dtype]}`);
  const shape = base.shape.map((n, k) => (k === d ? index.window.size : n));
  if (parts.ndim === base.ndim && parts.shape.some((n, k) => k !== d && n !== base.shape[k])) throw new ShapeError(`index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ${showShape(base.shape.filter((_, k) => k !== d))} at dimension ${d} and source slice shape: ${showShape(parts.shape.filter((_, k) => k !== d))} at dimension 0.`);
  if (source.ndim > 0 && index.window.size !== source.shape[d]) throw new IndexError(`index_copy_(): Number of indices (${index.window.size}) should be equal to source.size(dim) (${source.shape[d]})`);
  return reshape(copyAt(base, d, tableOf("index_copy_", base, d, index, shape), expand(parts, shape)), x.shape);
});
/**
 * A copy of x with one value at positions along a dim.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the positions, an int32 vector
 * @param value a number, or a 0-d tensor
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
 * @throws ShapeError for a value with dims
 * @example indexFill(zeros([3]), 0, tensor(Int32Array.of(2, 0)), 7) // [7, 0, 7]
 */
export const indexFill: (x: Tensor, dim: number, index: Tensor, value: Tensor | number | boolean) => Tensor = /*@__PURE__*/ composite("IndexFillBackward0", (x: Tensor, dim: number, index: Tensor, value: Tensor | number | boolean): Tensor => {
  const d = wrapDim(dim, x.ndim), base = atLeast1(x), shape = base.shape.map((n, k) => (k === d ? index.window.size : n));
  if (typeof value === "object" && value.ndim !== 0) throw new ShapeError(`index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`);
  const table = tableOf("index_fill_", base, d, index, shape), one = typeof value === "object" ? to(value, x.dtype) : fullLike(narrow(flatten(base), 0, 0, 0), value);
  const filled = typeof value === "object" ? expand(one, shape) : fullLike(table, value, { dtype: x.dtype });
  return reshape(scatterTensor(base, d, table, filled), x.shape);
});

/** Positions counted from the end, as positions from the start. */
const fromStart = (index: Tensor, size: number): Tensor => where(lt(index, 0), add(index, size), index);
const outOfAll: Complaint = { error: "index", text: "out of range: tried to access index {position} on a tensor of {size} elements." };
const takeFrom = /*@__PURE__*/ gatherSaying(outOfAll);
const putInto = /*@__PURE__*/ scatterSaying(outOfAll, "set", "put_"), addInto = /*@__PURE__*/ scatterSaying(outOfAll, "add", "put_");
/**
 * The elements of x, as if it were flattened, at positions.
 * @param x of any shape and dtype
 * @param index the positions, int32 of any shape, which may be negative
 * @returns the index's shape, x's dtype
 * @throws IndexError for an index out of range
 * @throws DTypeError for an index that is not int32
 * @example take(tensor([[1, 2], [3, 4]]), tensor(Int32Array.of(3, 0))) // [4, 1]
 */
export const take: (x: Tensor, index: Tensor) => Tensor = /*@__PURE__*/ composite("TakeBackward0", (x: Tensor, index: Tensor): Tensor => {
  if (index.dtype !== "int32") throw new DTypeError(`take(): Expected a long tensor for index, but got ${scalarTypeName[index.dtype]}`);
  if (x.window.size === 0 && index.window.size !== 0) throw new IndexError("take(): tried to take from an empty tensor");
  return reshape(takeFrom(flatten(x), 0, fromStart(flatten(index), x.window.size)), index.shape);
});
export type PutOptions = {
  /** Add to what is there instead of replacing it. */
  readonly accumulate?: boolean;
};
/**
 * A copy of x with the elements of `source` set, or added by `accumulate`, at positions in the flattened x.
 * @param x of any shape and dtype
 * @param index the positions, int32 of any shape
 * @param source of x's dtype, with as many elements as the index
 * @returns x's shape and dtype
 * @throws IndexError for an index out of range
 * @throws ShapeError where the numbers of elements differ
 * @throws DTypeError for an index that is not int32, or where dtypes differ
 * @example put(zeros([2, 2]), tensor(Int32Array.of(1, 2)), tensor([5, 6])) // [[0, 5], [6, 0]]
 */
export const put: (x: Tensor, index: Tensor, source: Tensor, options?: PutOptions) => Tensor = /*@__PURE__*/ composite("PutBackward0", (x: Tensor, index: Tensor, source: Tensor, { accumulate = false }: PutOptions = {}): Tensor => {
  if (index.dtype !== "int32") throw new DTypeError(`put_(): Expected a long tensor for index, but got ${scalarTypeName[index.dtype]}`);
  if (source.dtype !== x.dtype) throw new DTypeError(`put_(): self and source expected to have the same dtype, but got self.dtype = ${scalarTypeName[x.dtype]} and source.dtype = ${scalarTypeName[source.dtype]}`);
  if (index.window.size !== source.window.size) throw new ShapeError(`put_(): Expected source and index to have the same number of elements, but got source.numel() = ${source.window.size}, index.numel() = ${index.window.size}`);
  const flat = flatten(x), places = fromStart(flatten(index), x.window.size), values = flatten(source);
  if (x.dtype === "bool" && accumulate) return reshape(to(addInto(to(flat, "int32"), 0, places, to(values, "int32")), "bool"), x.shape);
  return reshape((accumulate ? addInto : putInto)(flat, 0, places, values), x.shape);
});
/**
 * As `gather`, of an index that broadcasts with x in all other dims; without a dim, of the flattened tensors.
 * @param dim along which
 * @returns the broadcast shape, with the index's size along the dim, of x's dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError where ranks differ, or shapes do not broadcast
 * @throws DTypeError for an index that is not int32
 * @example takeAlongDim(tensor([[3, 1], [2, 4]]), tensor([[1], [0]], { dtype: "int32" }), 1) // [[1], [2]]
 */
export const takeAlongDim: (x: Tensor, index: Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("GatherBackward0", (x: Tensor, index: Tensor, dim?: number): Tensor => {
  if (index.dtype !== "int32") throw new DTypeError("torch.take_along_dim(): dtype of indices should be Long but got " + scalarTypeName[index.dtype]);
  if (dim === undefined) return gather(flatten(x), 0, flatten(index));
  if (x.ndim !== index.ndim) throw new ShapeError(`torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${x.ndim} dimensions for input, and ${index.ndim} dimensions for indices`);
  const d = wrapDim(dim, x.ndim), common = broadcastShapes(x.shape.map((n, k) => (k === d ? 1 : n)), index.shape.map((n, k) => (k === d ? 1 : n)));
  return gather(expand(x, common.map((n, k) => (k === d ? x.shape[d]! : n))), d, expand(index, common.map((n, k) => (k === d ? index.shape[d]! : n))));
});

export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";
export type ScatterReduceOptions = {
  /** Whether what is there takes part: true by default. */
  readonly includeSelf?: boolean;
};

/**
 * Combines the elements at equal places: each place looks at all sources of its row, so that ties and zeros have PyTorch's derivative.
 * The memory is the size of the source times that of the dim.
 */
function gathered(x: Tensor, d: number, index: Tensor, source: Tensor, reduce: "prod" | "amax" | "amin", includeSelf: boolean): Tensor {
  const size = x.shape[d]!, last = index.ndim, places = reshape(arange(size, undefined, 1, { device: x.device }), index.shape.map((_, k) => (k === d ? size : 1)).concat(1));
  const hits = eq(unsqueeze(movedim(index, d, -1), d), places), values = unsqueeze(movedim(source, d, -1), d);
  const neutral = reduce === "prod" ? 1 : extreme(x, reduce === "amax");
  const found = where(hits, values, neutral), hit = includeSelf ? undefined : sum(to(hits, "int32"), last);
  const own = unsqueeze(x, last), all = cat([hit === undefined ? own : to(where(eq(unsqueeze(hit, last), 0), own, neutral), x.dtype), to(found, x.dtype)], last);
  return reduce === "prod" ? prod(all, last, { dtype: x.dtype }) : (reduce === "amax" ? amax : amin)(all, last);
}
function extreme(x: Tensor, forMaximum: boolean): number {
  if (isFloat(x.dtype)) return forMaximum ? -Infinity : Infinity;
  const { bytes } = dtypes[x.dtype];
  if (x.dtype === "bool" || x.dtype === "uint8") return forMaximum ? 0 : x.dtype === "bool" ? 1 : 255;
  return forMaximum ? -(2 ** (8 * bytes - 1)) : 2 ** (8 * bytes - 1) - 1;
}

const NODE = "ScatterReduceBackward0";
/**
 * A copy of x in which the elements of `source` are combined with what is there, at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] with source[i][j].
 * @param x of any shape and dtype
 * @param dim along which
 * @param index int32, of x's rank
 * @param source of x's dtype, as large as the index at least
 * @param reduce "sum", "prod", "mean", "amax" or "amin"
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError where ranks differ, or the index is larger than x or `source`
 * @throws DTypeError for an index that is not int32, or where dtypes differ
 * @throws ArgumentError for another reduction
 * @example scatterReduce(ones([2]), 0, tensor(Int32Array.of(0, 0)), tensor([3, 5]), "sum") // [9, 1]
 */
export const scatterReduce: (x: Tensor, dim: number, index: Tensor, source: Tensor, reduce: ScatterReduction, options?: ScatterReduceOptions) => Tensor = /*@__PURE__*/ composite(NODE, (x: Tensor, dim: number, index: Tensor, source: Tensor, reduce: ScatterReduction, { includeSelf = true }: ScatterReduceOptions = {}): Tensor => {
  const d = wrapDim(dim, x.ndim);
  if (!["sum", "prod", "mean", "amax", "amin"].includes(reduce)) throw new ArgumentError(`reduce argument must be either sum, prod, mean, amax or amin, got ${String(reduce)}`);
  if (source.dtype !== x.dtype) throw new DTypeError("scatter(): Expected self.dtype to be equal to src.dtype");
  if (index.window.size === 0) return clone(x);
  const base = atLeast1(x), places = atLeast1(index), values = atLeast1(source);
  if (places.ndim !== base.ndim) throw new ShapeError("Index tensor must have the same number of dimensions as self tensor");
  if (places.ndim !== values.ndim) throw new ShapeError("Index tensor must have the same number of dimensions as src tensor");
  const part = places.shape.reduce((s, n, k) => (s.shape[k] === n ? s : narrow(s, k, 0, n)), values);
  if (reduce === "sum" || reduce === "mean") return reshape(totals(base, d, places, part, reduce, includeSelf), x.shape);
  const reached = places.shape.reduce((s, n, k) => (k === d || s.shape[k] === n ? s : narrow(s, k, 0, n)), base);
  return reshape(laidOver(base, gathered(reached, d, places, part, reduce, includeSelf)), x.shape);
});
/** Sums at places, and what they are divided by. */
function totals(x: Tensor, d: number, index: Tensor, source: Tensor, reduce: "sum" | "mean", includeSelf: boolean): Tensor {
  const wide = x.dtype === "bool" ? "int32" : x.dtype;
  const start = includeSelf ? x : scatterTensor(x, d, index, zerosLike(source)), total = scatterAdd(to(start, wide), d, index, to(source, wide));
  if (reduce === "sum") return to(total, x.dtype);
  const ones = onesLike(source, { dtype: wide }), counted = scatterAdd(includeSelf ? onesLike(x, { dtype: wide }) : zerosLike(x, { dtype: wide }), d, index, ones), count = maximum(counted, onesLike(counted));
  return to(isFloat(wide) ? div(total, count) : floorDivide(total, count), x.dtype);
}
/** A copy of x with `part` over its first elements along every dim. */
function laidOver(x: Tensor, part: Tensor): Tensor {
  const d = x.shape.findIndex((n, k) => n !== part.shape[k]);
  if (d < 0) return part;
  const reached = narrow(x, d, 0, part.shape[d]!);
  return sliceScatter(x, laidOver(reached, part), d, { start: 0, end: part.shape[d]! });
}

export type IndexReduceOptions = ScatterReduceOptions;
/**
 * A copy of x in which whole slices of `source` are combined with what is there, at positions along a dim.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the positions, an int32 vector as long as `source` along the dim
 * @param source of x's dtype, and its shape but for the dim
 * @param reduce "prod", "mean", "amax" or "amin"
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
 * @throws DTypeError where dtypes differ
 * @throws ArgumentError for another reduction
 * @example indexReduce(ones([3]), 0, tensor(Int32Array.of(2, 2)), tensor([2, 5]), "prod") // [1, 1, 10]
 */
export const indexReduce: (x: Tensor, dim: number, index: Tensor, source: Tensor, reduce: Exclude<ScatterReduction, "sum">, options?: IndexReduceOptions) => Tensor = /*@__PURE__*/ composite("IndexReduceBackward0", (x: Tensor, dim: number, index: Tensor, source: Tensor, reduce: Exclude<ScatterReduction, "sum">, options: IndexReduceOptions = {}): Tensor => {
  const d = wrapDim(dim, x.ndim), parts = atLeast1(source);
  if (!["prod", "mean", "amax", "amin"].includes(reduce)) throw new ArgumentError(`index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ${String(reduce)}.`);
  return reshape(scatterReduce(atLeast1(x), d, tableOf("index_reduce_", atLeast1(x), d, index, parts.shape), parts, reduce, options), x.shape);
});

export type ScatterOptions = {
  /** What becomes of the elements that meet: the source replaces what is there, unless it is added or multiplied. */
  readonly reduce?: "add" | "multiply";
};
/**
 * A copy of x with the elements of `source` set at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] = source[i][j]. Of equal places any one wins, unless
 * `reduce` combines them.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index int32, of x's rank
 * @param source one number, or a tensor of x's dtype that is as large as the index at least
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError where ranks differ, or the index is larger than x or `source`
 * @throws DTypeError for an index that is not int32, or where dtypes differ
 * @throws ArgumentError for another reduction
 * @example scatter(zeros([3]), 0, tensor(Int32Array.of(2, 0)), tensor([1, 5])) // [5, 0, 1]
 */
export function scatter(x: Tensor, dim: number, index: Tensor, source: Tensor | number | boolean, options: ScatterOptions = {}): Tensor {
  const { reduce } = options;
  if (reduce !== undefined && reduce !== "add" && reduce !== "multiply") throw new ArgumentError("reduce argument must be either add or multiply.");
  if (typeof source === "object" && reduce === undefined) return scatterTensor(x, dim, index, source);
  return combined(x, dim, index, source, reduce);
}
const combined: (x: Tensor, dim: number, index: Tensor, source: Tensor | number | boolean, reduce: "add" | "multiply" | undefined) => Tensor = /*@__PURE__*/ composite("ScatterBackward1", (x: Tensor, dim: number, index: Tensor, source: Tensor | number | boolean, reduce: "add" | "multiply" | undefined): Tensor => {
  const values = typeof source === "object" ? source : fullLike(index, source, { dtype: x.dtype });
  return reduce === undefined ? scatterTensor(x, dim, index, values) : scatterReduce(x, dim, index, values, reduce === "add" ? "sum" : "prod");
});

const refuseMore = /*@__PURE__*/ refusing((excess) => s.le(0, excess), { error: "shape", text: "masked_scatter: expected self and source to have same dtypes and number of elements in source >= number of ones in mask" });
/**
 * A copy of x in which the elements where a mask is true are those of `source`, in row-major order.
 * @param x of any shape and dtype
 * @param mask bool, which broadcasts with x
 * @param source of x's dtype, with an element for each true at least
 * @returns the broadcast shape of x and mask, x's dtype
 * @throws ShapeError where `source` has too few elements (on an asynchronous device the next read rejects with it), or shapes do not broadcast
 * @throws DTypeError for a mask that is not bool, or where dtypes differ
 * @example maskedScatter(zeros([3]), tensor([true, false, true]), tensor([1, 2])) // [1, 0, 2]
 */
export const maskedScatter: (x: Tensor, mask: Tensor, source: Tensor) => Tensor = /*@__PURE__*/ composite("MaskedScatterBackward0", (x: Tensor, mask: Tensor, source: Tensor): Tensor => {
  if (mask.dtype !== "bool") throw new DTypeError(`masked_scatter: expected BoolTensor or ByteTensor for mask`);
  if (source.dtype !== x.dtype) throw new DTypeError(`masked_scatter: expected self and source to have same dtypes but got ${scalarTypeName[x.dtype]} and ${scalarTypeName[source.dtype]}`);
  const shape = broadcastShapes(x.shape, mask.shape), where_ = expand(mask, shape), base = expand(x, shape);
  if (sizeOf(shape) === 0) return clone(base);
  const order = sub(cumsum(to(flatten(where_), "int32"), 0), 1);
  refuseMore(sub(narrow(order, 0, order.window.size - 1, 1), source.window.size));
  if (source.window.size === 0) return clone(base);
  const taken = reshape(gather(flatten(source), 0, maximum(order, zerosLike(order))), shape);
  return where(where_, taken, base);
});

export type OneHotOptions = {
  /** How many classes: one more than the largest, unless it is said. */
  readonly numClasses?: number;
};
/**
 * Class numbers as rows that are 1 at the class and 0 elsewhere.
 * @param x class numbers, int32 of any shape [...]
 * @returns [..., numClasses], int32
 * @throws ArgumentError for a negative class, or one beyond `numClasses` (on an asynchronous device the next read rejects with it), and for no elements without it
 * @throws DTypeError for anything but int32
 * @throws DeviceError on a device that cannot read at once, without `numClasses`
 * @example oneHot(tensor(Int32Array.of(2, 0)), { numClasses: 3 }) // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(x: Tensor, options: OneHotOptions = {}): Tensor {
  if (x.dtype !== "int32") throw new DTypeError("one_hot is only applicable to index tensor.");
  const { numClasses = -1 } = options;
  if (x.window.size === 0 && numClasses <= 0) throw new ArgumentError("Can not infer total number of classes from empty tensor.");
  const classes = numClasses === -1 ? hostNumbers("oneHot", x).reduce((a, b) => Math.max(a, b), -1) + 1 : numClasses;
  refuseNegative(x);
  if (classes < (numClasses === -1 ? 0 : 1)) throw new ArgumentError("num_classes should be positive");
  return oneHotOf(x, classes);
}
const refuseNegative = /*@__PURE__*/ refusing((x) => s.lt(x, 0), { error: "argument", text: "Class values must be non-negative." });
const refuseBeyond = /*@__PURE__*/ refusing((excess) => s.le(0, excess), { error: "argument", text: "Class values must be smaller than num_classes." });
const oneHotOf: (x: Tensor, classes: number) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, classes: number): Tensor => {
  refuseBeyond(sub(x, classes));
  return to(eq(unsqueeze(x, -1), arange(classes, undefined, 1, { device: x.device })), "int32");
});
