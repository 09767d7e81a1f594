/** @file Quantiles: between which of the sorted elements one lies, and how far. */
import { refusing } from "../calculus/refusing.ts";
import { full } from "../creation/fill.ts";
import { isFloat } from "../dtype.ts";
import { ceil, clampMin, floor, isnan, lerp, logicalNot, mul, round, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isTensor, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { sortOrder } from "../primitives/sort.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { movedim } from "../views/rearrange.ts";
import { expand, reshape } from "../views/views.ts";
import { any, sum } from "./reductions.ts";

export type QuantileOptions = {
  /** Keep the reduced dim, with size 1. */
  readonly keepdim?: boolean;
  /** What a quantile between two elements is; "linear" by default. */
  readonly interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest";
};
const rounded: { readonly [mode: string]: (rank: Tensor) => Tensor } = { linear: (rank) => rank, midpoint: (rank) => rank, lower: floor, higher: ceil, nearest: round };

function check(x: Tensor, q: Tensor | number, interpolation: string): void {
  if (x.window.size === 0) throw new ShapeError("quantile() input tensor must be non-empty");
  if (isTensor(q) && q.ndim > 1) throw new ShapeError("quantile() q must be a scalar or 1D tensor");
  if (!isFloat(x.dtype) || x.dtype.endsWith("16")) throw new DTypeError("quantile() input tensor must be either float or double dtype");
  if (isTensor(q) && q.dtype !== x.dtype) throw new DTypeError("quantile() q tensor must be same dtype as the input tensor");
  if (!(interpolation in rounded)) throw new ArgumentError(`quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`);
  if (typeof q === "number" && !(q >= 0 && q <= 1)) throw new ArgumentError(`quantile() q must be in the range [0, 1] but got ${q}`);
  if (typeof q !== "number") refuseOutside(q);
}
const refuseOutside = /*@__PURE__*/ refusing((q) => s.not(s.and(s.le(0, q), s.le(q, 1))), { error: "argument", text: "quantile() q values must be in the range [0, 1]" });

const quantiles = (ignoreNan: boolean) => /*@__PURE__*/ composite(undefined, (x: Tensor, q: Tensor | number, dim: number | undefined, { keepdim = false, interpolation = "linear" }: QuantileOptions = {}): Tensor => {
  check(x, q, interpolation);
  const d = wrapDim(dim ?? 0, x.ndim), rows = dim === undefined || x.ndim === 0 ? reshape(x, [x.window.size]) : movedim(x, d, -1), last = rows.ndim - 1, n = rows.shape[last]!;
  const ordered = gather(rows, last, sortOrder(rows, last, false));
  const asked = isTensor(q) ? q : full([], q, { dtype: x.dtype, device: x.device }), several = asked.ndim === 1;
  const line = reshape(asked, [asked.window.size]), wide = [...rows.shape.slice(0, -1), line.window.size];
  // Counted from 0; NaN comes last, and the quantile of a row with one is NaN.
  const rank = rounded[interpolation]!(ignoreNan
    ? clampMin(mul(line, to(sub(sum(logicalNot(isnan(rows)), last, { keepdim: true }), 1), x.dtype)), 0)
    : where(any(isnan(rows), last, { keepdim: true }), n - 1, mul(line, n - 1)));
  const ranks = expand(rank, wide), below = to(floor(ranks), "int32"), low = gather(ordered, last, below);
  const between = interpolation === "linear" ? sub(ranks, to(below, x.dtype)) : interpolation === "midpoint" ? 0.5 : undefined;
  const found = between === undefined ? low : lerp(low, gather(ordered, last, to(ceil(ranks), "int32")), between);
  const kept = dim === undefined ? (keepdim ? x.shape.map(() => 1) : []) : keepdim ? x.shape.map((size, k) => (k === d ? 1 : size)) : x.shape.filter((_, k) => k !== d);
  return several ? reshape(movedim(found, last, 0), [line.window.size, ...kept]) : reshape(found, kept);
});

/**
 * The q-th quantiles of all elements, or along a dim: what lies q of the way through them in ascending order. NaN where there is a NaN. PyTorch's `quantile`.
 * @param x of any shape; float32 or float64
 * @param q from 0 to 1: a number, a 0-d tensor, or a vector of x's dtype
 * @param dim along which; all elements by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`, and before it the length of a vector q; x's dtype
 * @throws DTypeError for integers, bools and 16-bit floats, and for a q of another dtype
 * @throws ArgumentError for a q out of range (of a tensor, on an asynchronous device, the next read rejects with it), or another interpolation
 * @throws ShapeError for no elements, or a q of more than one dim
 * @throws IndexError for a dim out of range
 * @example quantile(tensor([0, 1, 2, 3]), 0.5) // 1.5
 */
export const quantile: (x: Tensor, q: Tensor | number, dim?: number, options?: QuantileOptions) => Tensor = /*@__PURE__*/ quantiles(false);
/**
 * As `quantile`, of what is not NaN. PyTorch's `nanquantile`.
 * @returns x's shape without the dim, or with size 1 by `keepdim`, and before it the length of a vector q; x's dtype
 * @example nanquantile(tensor([1, NaN, 3]), 0.5) // 2
 */
export const nanquantile: (x: Tensor, q: Tensor | number, dim?: number, options?: QuantileOptions) => Tensor = /*@__PURE__*/ quantiles(true);
