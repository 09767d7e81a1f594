/** @file Counting: equal integers, and what falls into bins. */
import { data } from "../api/reading.ts";
import { clone, filledWith } from "../calculus/map-reduce.ts";
import { arange, full, zeros } from "../creation/fill.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { add, clampMax, div, eq, ge, le, logicalAnd, lt, mul, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isTensor, noGrad, requireDType, type Tensor } from "../op.ts";
import { scatterAdd } from "../primitives/gather.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { contiguous } from "../views/layout.ts";
import { expand, narrow, reshape, select } from "../views/views.ts";
import { bisect } from "./search.ts";
import { amax, amin, sum } from "./reductions.ts";

export type HistcOptions = {
  /** How many: 100 by default. */
  readonly bins?: number;
  /** The left edge of the first bin; where it equals `max`, as by default, the least element. */
  readonly min?: number;
  /** The right edge of the last bin; where it equals `min`, the largest element. */
  readonly max?: number;
};

/**
 * How many elements fall into each of equal bins from min to max, both included; what lies outside does not count. PyTorch's `histc`.
 * @param x of any shape; float32 or float64
 * @returns [bins], of x's dtype
 * @throws DTypeError for integers, bools and 16-bit floats
 * @throws ArgumentError for no bins, bounds that are not finite, or min above max
 * @example histc(tensor([1, 2, 1]), { bins: 2, min: 0, max: 4 }) // [2, 1]
 */
export const histc: (x: Tensor, options?: HistcOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { bins = 100, min = 0, max = 0 }: HistcOptions = {}): Tensor => {
  if (!isFloat(x.dtype) || x.dtype.endsWith("16")) throw new DTypeError(`"${x.dtype === "bool" ? "linspace" : "histogram"}_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  if (!(bins > 0)) throw new ArgumentError("bins must be > 0");
  if (!Number.isFinite(min) || !Number.isFinite(max)) throw new ArgumentError(`torch.histc: range of [${min}, ${max}] is not finite`);
  if (min > max) throw new ArgumentError("torch.histc: max must be larger than min");
  return noGrad(() => {
    const flat = reshape(x, [x.window.size]), n = flat.window.size, of = (value: number): Tensor => full([1], value, { dtype: x.dtype, device: x.device });
    let low = min === max && n > 0 ? amin(flat, 0, { keepdim: true }) : of(min), high = min === max && n > 0 ? amax(flat, 0, { keepdim: true }) : of(max === min && min === 0 ? 1 : max);
    const isPoint = eq(low, high);
    low = where(isPoint, sub(low, 1), low);
    high = where(isPoint, add(high, 1), high);
    const isInside = logicalAnd(ge(flat, low), le(flat, high)), bin = to(div(mul(sub(flat, low), bins), sub(high, low)), "int32");
    return scatterAdd(zeros([bins], { dtype: x.dtype, device: x.device }), 0, where(isInside, clampMax(bin, bins - 1), 0), to(isInside, x.dtype));
  });
});

export type HistogramOptions = {
  /** The least and the greatest edge (in `histogramdd` those of each dim, one after the other) where `bins` are numbers; those of x's elements otherwise. */
  readonly range?: readonly number[];
  /** What each element, or point, counts for, instead of 1. */
  readonly weight?: Tensor;
  /** Divided by the total and by the sizes of the bins. */
  readonly density?: boolean;
};

/** The edges of `bins` equal bins, counted from the nearer end. */
function equalEdges(x: Tensor, bins: number, range: readonly number[] | undefined): Tensor {
  const of = (value: number): Tensor => full([1], value, { dtype: x.dtype, device: x.device });
  if (!(bins > 0)) throw new ArgumentError("torch.histogramdd(): bins must be > 0, but got 0");
  if (range !== undefined && !range.every(Number.isFinite)) throw new ArgumentError(`torch.histogramdd(): range [${range.join(", ")}] is not finite`);
  if (range !== undefined && !(range[0]! <= range[1]!)) throw new ArgumentError("torch.histogramdd(): min should not exceed max");
  const [least, most] = range !== undefined ? [of(range[0]!), of(range[1]!)] : x.window.size === 0 ? [of(0), of(1)] : [amin(x, 0, { keepdim: true }), amax(x, 0, { keepdim: true })];
  const isPoint = eq(least, most), low = where(isPoint, sub(least, 0.5), least), high = where(isPoint, add(most, 0.5), most);
  const step = div(sub(high, low), bins), at = arange(bins + 1, undefined, 1, { dtype: x.dtype, device: x.device });
  return where(lt(mul(at, 2), bins + 1), add(low, mul(step, at)), sub(high, mul(step, sub(bins, at))));
}

/** x as points of so many dims, and for each dim its edges, or how many bins: the counts, then the edges. @param handOn what becomes of given edges */
const counts = /*@__PURE__*/ composite(undefined, (x: Tensor, dims: number, bins: readonly (Tensor | number)[], { range, weight, density = false }: HistogramOptions, handOn: (edges: Tensor) => Tensor): readonly Tensor[] => noGrad(() => {
  const points = reshape(x, [dims === 0 ? 0 : x.window.size / dims, dims]);
  const columns = bins.map((_, d) => contiguous(select(points, 1, d)));
  const edges = bins.map((given, d) => (isTensor(given) ? handOn(given) : equalEdges(columns[d]!, given, range?.slice(2 * d, 2 * d + 2))));
  let place = full([points.shape[0]!], 0, { dtype: "int32", device: points.device }), isInside = full([points.shape[0]!], true, { device: points.device });
  columns.forEach((column, d) => {
    const all = edges[d]!, n = all.shape[0]! - 1, first = narrow(all, 0, 0, 1), last = narrow(all, 0, n, 1);
    // A bin begins at its left edge; the last one ends at its right edge, both included.
    const bin = where(eq(column, last), n - 1, sub(bisect(all, column, true), 1)), within = logicalAnd(ge(column, first), le(column, last));
    place = add(mul(place, n), where(within, bin, 0));
    isInside = logicalAnd(isInside, within);
  });
  const sizes = edges.map((e) => e.shape[0]! - 1), each = weight === undefined ? to(isInside, points.dtype) : where(isInside, to(reshape(weight, [points.shape[0]!]), points.dtype), 0);
  let hist = reshape(scatterAdd(zeros([sizeOf(sizes)], { dtype: points.dtype, device: points.device }), 0, where(isInside, place, 0), each), sizes);
  if (density) hist = edges.reduce((h, e, d) => div(h, reshape(sub(narrow(e, 0, 1, sizes[d]!), narrow(e, 0, 0, sizes[d]!)), sizes.map((size, k) => (k === d ? size : 1)))), div(hist, sum(hist)));
  return [hist, ...edges];
}));

function checkHistogram(shape: Shape, dtype: DType, bins: readonly (Tensor | number)[], weight: Tensor | undefined, points: Shape): void {
  const dims = shape[shape.length - 1]!;
  if (!isFloat(dtype) || dtype.endsWith("16")) throw new DTypeError(`"histogram_cpu" not implemented for '${scalarTypeName[dtype]}'`);
  if (bins.length !== dims) throw new ShapeError(`torch.histogramdd(): expected ${dims} sequences of bin edges for a ${dims}-dimensional histogram but got ${bins.length}`);
  bins.forEach((edges, d) => {
    if (!isTensor(edges)) return;
    if (edges.ndim !== 1 || edges.window.size === 0) throw new ShapeError("torch.histogramdd(): bins tensor should have one dimension, but got " + `${edges.ndim} dimensions in the bins tensor for dimension ${d}`);
    if (edges.dtype !== dtype) throw new DTypeError(`torch.histogramdd(): input tensor and bins tensors should have the same dtype, but got input with dtype ${scalarTypeName[dtype]} and bins for dimension ${d} with dtype ${scalarTypeName[edges.dtype]}`);
  });
  if (weight !== undefined && weight.shape.join() !== points.join())
    throw new ShapeError(`torch.histogramdd(): if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension, but got input with shape ${showShape(shape)} and weight with shape ${showShape(weight.shape)}`);
}

/**
 * How many elements fall into each bin, or what they weigh, and the edges of the bins. A bin begins at its left edge; the last ends with its right edge. Without gradients.
 * PyTorch's `histogram`.
 * @param x of any shape; float32 or float64
 * @param bins how many equal ones, 100 by default; or the edges, an ascending vector of x's dtype
 * @returns `{ hist, binEdges }`: [bins] and [bins + 1], of x's dtype
 * @throws DTypeError for integers, bools, 16-bit floats, and edges of another dtype
 * @throws ShapeError for a weight of another shape than x's, or edges that are no vector
 * @throws ArgumentError for no bins, or a range that is none
 * @example histogram(tensor([1, 2, 1]), 2, { range: [0, 4] }) // { hist: [2, 1], binEdges: [0, 2, 4] }
 */
export function histogram(x: Tensor, bins: Tensor | number = 100, options: HistogramOptions = {}): { readonly hist: Tensor; readonly binEdges: Tensor } {
  checkHistogram([x.window.size, 1], x.dtype, [bins], options.weight, x.shape);
  const [hist, binEdges] = counts(x, 1, [bins], options, clone);
  return { hist: hist!, binEdges: binEdges! };
}
/**
 * As `histogram`, of points in several dims. PyTorch's `histogramdd`.
 * @param x [..., dims]: points along the last dim; float32 or float64
 * @param bins how many along each dim, one number for all, or the edges of each, ascending vectors
 * @returns `{ hist, binEdges }`: [bins of dim 0, bins of dim 1, ...] and [bins + 1] for each dim, of x's dtype
 * @throws ShapeError for fewer than 2 dims, or bins or weights that do not fit
 * @throws DTypeError for integers, bools and 16-bit floats
 * @example histogramdd(tensor([[0, 1], [1, 0]]), [2, 2]).hist // [[0, 1], [1, 0]]
 */
export function histogramdd(x: Tensor, bins: number | readonly number[] | readonly Tensor[], options: HistogramOptions = {}): { readonly hist: Tensor; readonly binEdges: readonly Tensor[] } {
  if (x.ndim < 2) throw new ShapeError("torch.histogramdd(): input tensor should have at least 2 dimensions, but got " + `${x.ndim}`);
  const dims = x.shape[x.ndim - 1]!, all: readonly (Tensor | number)[] = typeof bins === "number" ? new Array<number>(dims).fill(bins) : bins;
  checkHistogram(x.shape, x.dtype, all, options.weight, x.shape.slice(0, -1));
  const [hist, ...binEdges] = counts(x, dims, all, options, (edges) => narrow(edges, 0, 0, edges.shape[0]!));
  return { hist: hist!, binEdges };
}

export type BincountOptions = {
  /** What each element counts for, instead of 1. */
  readonly weights?: Tensor;
  /** The least length of the result: 0 by default. */
  readonly minlength?: number;
};

/**
 * How often each non-negative integer occurs, or the sum of what it weighs. PyTorch's `bincount`.
 * @param x [n] of integers, not negative
 * @returns a promise of [largest + 1], or of `minlength` if that is more: int32, of weights float32 where they are, else float64
 * @throws ShapeError for what is no vector, or weights of another length
 * @throws ArgumentError for negative integers, or a negative minlength
 * @throws DTypeError for floats and bools
 * @example await bincount(tensor(Int32Array.of(1, 3, 1))) // [0, 2, 0, 1]
 */
export async function bincount(x: Tensor, { weights, minlength = 0 }: BincountOptions = {}): Promise<Tensor> {
  const refuse = "bincount only supports 1-d non-negative integral inputs.";
  if (isFloat(x.dtype) || x.dtype === "bool") throw new DTypeError(`"bincount_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  if (minlength < 0) throw new ArgumentError("minlength should be >= 0");
  if (x.ndim !== 1 && x.window.size > 0) throw new ShapeError(refuse);
  if (weights !== undefined && (weights.ndim !== 1 || weights.shape[0] !== x.shape[0])) throw new ShapeError("weights should be 1-d and have the same length as input");
  requireDType("bincount", x.storage.device, sumType(weights));
  let most = -1;
  for (const value of await data(x)) {
    if (value < 0) throw new ArgumentError(refuse);
    most = Math.max(most, value);
  }
  return counted(x, weights, Math.max(most + 1, minlength));
}
const sumType = (weights: Tensor | undefined): DType => (weights === undefined ? "int32" : weights.dtype === "float32" ? "float32" : "float64");
const counted = /*@__PURE__*/ composite(undefined, (x: Tensor, weights: Tensor | undefined, size: number): Tensor => noGrad(() => {
  const dtype = sumType(weights), flat = reshape(x, [x.window.size]);
  const each = weights === undefined ? expand(to(filledWith(1, flat, [1]), "int32"), flat.shape) : to(weights, dtype);
  return scatterAdd(zeros([size], { dtype, device: x.device }), 0, to(flat, "int32"), each);
}));
