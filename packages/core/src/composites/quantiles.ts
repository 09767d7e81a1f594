/** @file Quantiles: between which of the sorted elements one lies, and how far. */
import { full } from "../creation/fill.ts";
import { isFloat } from "../dtype.ts";
import { ceil, clampMin, floor, isnan, lerp, logicalNot, mul, round, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isTensor, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { sortOrder } from "../primitives/sort.ts";
import { wrapDim } from "../shape.ts";
import { movedim } from "../views/rearrange.ts";
import { expand, reshape } from "../views/views.ts";
import { any, sum } from "./reductions.ts";

export type QuantileOptions = {
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
}

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
 * The q-th quantiles, q from 0 to 1, of all elements or along a dim: a number or 0-d tensor gives one, a vector of them a first dim.
 * NaN where there is a NaN. PyTorch's `quantile`. Of floats; with a vector of q, its length stands first in the shape.
 * @throws DTypeError for integers; ArgumentError for q out of range; ShapeError for nothing
 * @example quantile(tensor([0, 1, 2, 3]), 0.5) // 1.5
 */
export const quantile: (x: Tensor, q: Tensor | number, dim?: number, options?: QuantileOptions) => Tensor = /*@__PURE__*/ quantiles(false);
/**
 * As `quantile`, of what is not NaN. PyTorch's `nanquantile`.
 * @example nanquantile(tensor([1, NaN, 3]), 0.5) // 2
 */
export const nanquantile: (x: Tensor, q: Tensor | number, dim?: number, options?: QuantileOptions) => Tensor = /*@__PURE__*/ quantiles(true);
