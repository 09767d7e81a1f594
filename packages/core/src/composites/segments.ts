/** @file `segmentReduce`: runs of elements along a dim, each reduced to one. */
import { refusing } from "../calculus/refusing.ts";
import { arange, fullLike, full } from "../creation/fill.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { div, eq, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { scatterAdd } from "../primitives/gather.ts";
import * as s from "../scalar/expr.ts";
import { showShape, wrapDim } from "../shape.ts";
import { expand, narrow, reshape } from "../views/views.ts";
import { cumsum } from "./cumulative.ts";
import { diff } from "./difference.ts";
import { sum } from "./reductions.ts";
import { scatterReduce } from "./scattering.ts";
import { bisect } from "./search.ts";

export type SegmentReduction = "sum" | "mean" | "max" | "min" | "prod";
export type SegmentReduceOptions = {
  /** int32, how long the segments are: the sizes of the dims before `axis`, then a dim of segments. */
  readonly lengths?: Tensor;
  /** int32, where they begin, and where the last one ends, instead. */
  readonly offsets?: Tensor;
  /** The dim of the segments: 0 by default. */
  readonly axis?: number;
  /** What each segment starts from. */
  readonly initial?: number;
  /** Whether lengths go unchecked; elements behind the last segment do not count then. */
  readonly unsafe?: boolean;
};
const refuseNegative = /*@__PURE__*/ refusing((length) => s.lt(length, 0), { error: "argument", text: "lengths contains negative value!" });
const refuseOther = /*@__PURE__*/ refusing((rest) => s.ne(rest, 0), { error: "shape", text: "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe." });
const starts: { readonly [R in SegmentReduction]: number } = { sum: 0, mean: 0, prod: 1, max: -Infinity, min: Infinity };

/**
 * Each segment along a dim reduced to one element. A segment without elements is `initial`, or 0 of a sum, NaN of a mean, -Infinity of a maximum, Infinity of a minimum and 1 of a
 * product. PyTorch's `segment_reduce`.
 * @param x of at least one dim; floats
 * @param reduce "sum", "mean", "max", "min" or "prod"
 * @returns x's shape with the number of segments along the dim, of its dtype
 * @throws ArgumentError for neither lengths nor offsets, negative lengths, or another reduction
 * @throws ShapeError where lengths or offsets have not the sizes before the dim, or lengths do not sum up to it (on an asynchronous device the next read rejects with it)
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example segmentReduce(tensor([1, 2, 3]), "sum", { lengths: tensor(Int32Array.of(1, 2)) }) // [1, 5]
 */
export const segmentReduce: (x: Tensor, reduce: SegmentReduction, options?: SegmentReduceOptions) => Tensor = /*@__PURE__*/ composite("SegmentReduceBackward0", (x: Tensor, reduce: SegmentReduction, { lengths, offsets, axis = 0, initial, unsafe = false }: SegmentReduceOptions = {}): Tensor => {
  if (!Object.hasOwn(starts, reduce)) throw new ArgumentError(`unsupported reduction given! ${String(reduce)}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"_segment_reduce_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  const given = lengths ?? offsets;
  if (given === undefined) throw new ArgumentError("segment_reduce(): Either lengths or offsets must be defined.");
  const d = wrapDim(axis, x.ndim), n = x.shape[d]!;
  if (given.ndim !== d + 1 || given.shape.slice(0, d).join() !== x.shape.slice(0, d).join())
    throw new ShapeError(`segment_reduce(): expected lengths or offsets of the sizes before axis ${d} of ${showShape(x.shape)} and a dim of segments, got ${showShape(given.shape)}`);
  if (lengths !== undefined && !unsafe) {
    refuseNegative(lengths);
    refuseOther(sub(sum(lengths, d), n));
  }
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
