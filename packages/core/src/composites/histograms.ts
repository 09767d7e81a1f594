/** @file Counting: equal integers, and what falls into bins. */
import { data } from "../api/reading.ts";
import { filledWith } from "../calculus/map-reduce.ts";
import { full, zeros } from "../creation/fill.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { add, clampMax, div, eq, ge, le, logicalAnd, mul, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, noGrad, type Tensor } from "../op.ts";
import { scatterAdd } from "../primitives/gather.ts";
import { expand, reshape } from "../views/views.ts";
import { amax, amin } from "./reductions.ts";

export type HistcOptions = { readonly bins?: number; readonly min?: number; readonly max?: number };

/**
 * How many elements fall into each of `bins` (100) equal bins from min to max; where these are equal, from the least to the largest element. What lies
 * outside does not count. Of x's dtype. PyTorch's `histc`.
 * @throws DTypeError for what is no float; ArgumentError for a range or number of bins that is none
 * @example `histc(tensor([1, 2, 1]), { bins: 4, min: 0, max: 3 })` is `[0, 2, 1, 0]`
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

export type BincountOptions = { /** What each element counts for, instead of 1. */ readonly weights?: Tensor; readonly minlength?: number };

/**
 * How often each non-negative integer occurs, or the sum of its weights: of `minlength` elements, or of one more than the largest integer, so that it is a
 * promise. Counts are int32, sums of weights float32 where the weights are, else float64. PyTorch's `bincount`.
 * @throws ShapeError for what is no vector; ArgumentError for negative integers; DTypeError for floats
 * @example `await bincount(tensor(Int32Array.of(1, 3, 1)))` is `[0, 2, 0, 1]`
 */
export async function bincount(x: Tensor, { weights, minlength = 0 }: BincountOptions = {}): Promise<Tensor> {
  const refuse = "bincount only supports 1-d non-negative integral inputs.";
  if (isFloat(x.dtype) || x.dtype === "bool") throw new DTypeError(`"bincount_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  if (minlength < 0) throw new ArgumentError("minlength should be >= 0");
  if (x.ndim !== 1 && x.window.size > 0) throw new ShapeError(refuse);
  if (weights !== undefined && (weights.ndim !== 1 || weights.shape[0] !== x.shape[0])) throw new ShapeError("weights should be 1-d and have the same length as input");
  let most = -1;
  for (const value of await data(x)) {
    if (value < 0) throw new ArgumentError(refuse);
    most = Math.max(most, value);
  }
  return counted(x, weights, Math.max(most + 1, minlength));
}
const counted = /*@__PURE__*/ composite(undefined, (x: Tensor, weights: Tensor | undefined, size: number): Tensor => noGrad(() => {
  const dtype: DType = weights === undefined ? "int32" : weights.dtype === "float32" ? "float32" : "float64", flat = reshape(x, [x.window.size]);
  const each = weights === undefined ? expand(to(filledWith(1, flat, [1]), "int32"), flat.shape) : to(weights, dtype);
  return scatterAdd(zeros([size], { dtype, device: x.device }), 0, to(flat, "int32"), each);
}));
