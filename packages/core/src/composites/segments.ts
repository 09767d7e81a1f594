/** @file `segmentReduce`: runs of elements along a dim, each reduced to one. */
import { arange, fullLike, full } from "../creation/fill.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { div, eq, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { scatterAdd } from "../primitives/gather.ts";
import { showShape, wrapDim } from "../shape.ts";
import { expand, narrow, reshape } from "../views/views.ts";
import { cumsum } from "./cumulative.ts";
import { diff } from "./difference.ts";
import { scatterReduce } from "./scattering.ts";
import { bisect } from "./search.ts";

export type SegmentReduction = "sum" | "mean" | "max" | "min" | "prod";
export type SegmentReduceOptions = {
  /** int32, how long the segments are: the sizes of the dims before `axis`, then a dim of segments. */
  readonly lengths?: Tensor;
  /** int32, where they begin, and where the last one ends, instead. */
  readonly offsets?: Tensor;
  readonly axis?: number;
  /** What each segment starts from. */
  readonly initial?: number;
  /** The lengths are never checked against the size of the dim here: elements behind the last segment do not count. */
  readonly unsafe?: boolean;
};
const starts: { readonly [R in SegmentReduction]: number } = { sum: 0, mean: 0, prod: 1, max: -Infinity, min: Infinity };

/**
 * Each segment along `axis` (0) reduced to one element: its sum, mean, maximum, minimum or product. A segment without elements is `initial`, or 0, NaN,
 * -Infinity, Infinity or 1. Of floats. PyTorch's `segment_reduce`.
 * @throws ArgumentError without lengths or offsets, or for another reduction; ShapeError where they do not fit
 * @example segmentReduce(tensor([1, 2, 3]), "sum", { lengths: tensor(Int32Array.of(1, 2)) }) // [1, 5]
 */
export const segmentReduce: (x: Tensor, reduce: SegmentReduction, options?: SegmentReduceOptions) => Tensor = /*@__PURE__*/ composite("SegmentReduceBackward0", (x: Tensor, reduce: SegmentReduction, { lengths, offsets, axis = 0, initial }: SegmentReduceOptions = {}): Tensor => {
  if (!Object.hasOwn(starts, reduce)) throw new ArgumentError(`unsupported reduction given! ${String(reduce)}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"_segment_reduce_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  const given = lengths ?? offsets;
  if (given === undefined) throw new ArgumentError("segment_reduce(): Either lengths or offsets must be defined.");
  const d = wrapDim(axis, x.ndim), n = x.shape[d]!;
  if (given.ndim !== d + 1 || given.shape.slice(0, d).join() !== x.shape.slice(0, d).join())
    throw new ShapeError(`segment_reduce(): expected lengths or offsets of the sizes before axis ${d} of ${showShape(x.shape)} and a dim of segments, got ${showShape(given.shape)}`);
  const sizes = to(lengths ?? diff(given), "int32"), count = sizes.shape[d]!;
  // The segment of a position is the number of ends up to it; behind the last one lies a segment more, which goes again.
  const positions = expand(arange(n, undefined, 1, { device: x.device }), [...x.shape.slice(0, d), n]), after = x.shape.slice(d + 1), ones = after.map(() => 1);
  const places = expand(reshape(bisect(cumsum(sizes, d), positions, true), [...x.shape.slice(0, d + 1), ...ones]), x.shape);
  const base = full([...x.shape.slice(0, d), count + 1, ...after], initial ?? starts[reduce], { dtype: x.dtype, device: x.device });
  const whole = reduce === "sum" || reduce === "mean" ? scatterAdd(base, d, places, x) : scatterReduce(base, d, places, x, reduce === "max" ? "amax" : reduce === "min" ? "amin" : "prod");
  const found = narrow(whole, d, 0, count);
  if (reduce !== "mean") return found;
  const length = to(reshape(sizes, [...sizes.shape, ...ones]), x.dtype), isEmpty = eq(length, 0);
  return where(isEmpty, initial ?? NaN, div(found, where(isEmpty, fullLike(length, 1), length)));
});
