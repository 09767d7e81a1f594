/** @file Means and power means over windows of fixed size: convolutions with a window of ones. */
import { reshape } from "../../../calculus/map-reduce.ts";
import { fromHost, ones } from "../../../creation/fill.ts";
import { dtypes, isFloat } from "../../../dtype.ts";
import { abs, mul, pow, sign } from "../../../elementwise/arithmetic.ts";
import { notForBool } from "../../../elementwise/checks.ts";
import { div } from "../../../elementwise/division.ts";
import { to } from "../../../elementwise/elementwise.ts";
import { relu } from "../../../elementwise/functions.ts";
import { ArgumentError, DTypeError } from "../../../errors.ts";
import { composite, dispatch, type Tensor } from "../../../op.ts";
import { convolutionOp } from "../../../primitives/conv.ts";
import { sizeOf } from "../../../shape.ts";
import { perWindowDim, type Rank, type Spatial } from "../arguments.ts";
import { checkDims, type Pooling, type PoolOptions, poolingOf } from "./sizes.ts";

export type AvgPool1dOptions = PoolOptions & {
  /** Whether zeros of the padding count as elements. Default true. */
  readonly countIncludePad?: boolean;
};
export type AvgPoolOptions = AvgPool1dOptions & {
  /** Divides by this instead of the number of elements. */
  readonly divisorOverride?: number | undefined;
};

/** The sum over each window. */
function sums(x: Tensor, { rank, kernel, stride, padding, out }: Pooling, name: string): Tensor {
  const lead = x.shape.slice(0, -rank), count = sizeOf(lead);
  const window = ones([1, 1, ...kernel], { dtype: x.dtype, device: x.device });
  const attrs = { stride, padding, dilation: kernel.map(() => 1), groups: 1, size: out, lead: 0, name };
  return reshape(dispatch(convolutionOp, [reshape(x, [count, 1, ...x.shape.slice(-rank)]), window], attrs), [...lead, ...out]);
}

/** For each place along a dim, how many elements its window has: those of the input, or also those of the padding. */
function countsAlong(size: number, { kernel, stride, padding, out }: Pooling, d: number, includesPad: boolean): number[] {
  return Array.from({ length: out[d]! }, (_, o) => {
    const start = o * stride[d]! - padding[d]!, end = Math.min(start + kernel[d]!, size + padding[d]!);
    return includesPad ? end - start : Math.min(end, size) - Math.max(start, 0);
  });
}

/** The number to divide by: one for all windows, or one for each. */
function divisor(x: Tensor, pooling: Pooling, includesPad: boolean, override: number | undefined): number | Tensor {
  if (override !== undefined) return override;
  const { rank, out } = pooling, sizes = x.shape.slice(-rank);
  const products = sizes.reduce<number[]>((all, size, d) => all.flatMap((n) => countsAlong(size, pooling, d, includesPad).map((count) => n * count)), [1]);
  if (products.every((n) => n === products[0])) return products[0] ?? 1;
  return fromHost(x.dtype === "float64" ? Float64Array.from(products) : isFloat(x.dtype) ? Float32Array.from(products) : Int32Array.from(products), out, x.dtype, { device: x.device });
}

const averaged = (rank: Rank) => composite(undefined, (x: Tensor, kernelSize: Spatial, options: AvgPoolOptions = {}): Tensor => {
  const { countIncludePad = true, divisorOverride } = options, name = rank === 1 ? "SqueezeBackward1" : `AvgPool${rank}DBackward0`;
  if (rank === 1) checkDims("avg_pool1d", x, 2, 3);
  const pooling = poolingOf(`avg_pool${rank}d`, x, rank, kernelSize, options);
  if (divisorOverride === 0) throw new ArgumentError("divisor must be not zero");
  if (x.dtype === "bool") throw new DTypeError(notForBool("avg_pool2d"));
  // A 16-bit sum may be larger than the mean can be.
  const wide = to(x, dtypes[x.dtype].compute), by = divisor(wide, pooling, countIncludePad, divisorOverride);
  const out = to(div(sums(wide, pooling, name), by, isFloat(x.dtype) ? {} : { roundingMode: "trunc" }), x.dtype);
  if (out.gradFn !== null) out.gradFn.label = name;
  return out;
});

/**
 * The means over windows. PyTorch's `F.avg_pool1d`.
 * @param x [n, c, l] or [c, l]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, l'] or [c, l'], l' = floor((l + 2 padding - k) / stride) + 1, rounded up by `ceilMode`; x's dtype, integers rounded towards 0
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example avgPool1d(tensor([[1, 3, 2, 4]]), 2) // [[2, 3]]
 */
export const avgPool1d: (x: Tensor, kernelSize: Spatial, options?: AvgPool1dOptions) => Tensor = /*@__PURE__*/ averaged(1);
/**
 * The means over windows. PyTorch's `F.avg_pool2d`.
 * @param x [n, c, h, w] or [c, h, w]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, h', w'], or without n, each size as of `avgPool1d`; x's dtype, integers rounded towards 0
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example avgPool2d(tensor([[[1, 2], [3, 4]]]), 2) // [[[2.5]]]
 */
export const avgPool2d: (x: Tensor, kernelSize: Spatial, options?: AvgPoolOptions) => Tensor = /*@__PURE__*/ averaged(2);
/**
 * The means over windows. PyTorch's `F.avg_pool3d`.
 * @param x [n, c, d, h, w] or [c, d, h, w]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, d', h', w'], or without n, each size as of `avgPool1d`; x's dtype, integers rounded towards 0
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example avgPool3d(ones([1, 2, 2, 2]), 2) // [[[[1]]]]
 */
export const avgPool3d: (x: Tensor, kernelSize: Spatial, options?: AvgPoolOptions) => Tensor = /*@__PURE__*/ averaged(3);

export type LpPoolOptions = {
  /** How far windows are apart: their size by default. */
  readonly stride?: Spatial | undefined;
  /** Also a window that goes beyond the end. */
  readonly ceilMode?: boolean;
};
type LpPool = (x: Tensor, normType: number, kernelSize: Spatial, options?: LpPoolOptions) => Tensor;

const powerMean = (rank: 1 | 2, mean: (x: Tensor, kernelSize: Spatial, options: PoolOptions) => Tensor): LpPool => composite(undefined, (x: Tensor, normType: number, kernelSize: Spatial, options: LpPoolOptions = {}): Tensor => {
  const count = sizeOf(perWindowDim(`lp_pool${rank}d`, "kernel_size", kernelSize, rank, []));
  const out = mean(pow(x, normType), kernelSize, options);
  return pow(mul(mul(sign(out), relu(abs(out))), count), 1 / normType);
});
/**
 * (sum of x^p)^(1 / p) over windows. The gradient is NaN where the sum is 0, as in PyTorch.
 * @param x [n, c, l] or [c, l]
 * @param normType p
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, l'] or [c, l'], sizes as of `avgPool1d`; a float keeps its dtype, integers give float32
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @example lpPool1d(tensor([[3, 4]]), 2, 2) // [[5]]
 */
export const lpPool1d: LpPool = /*@__PURE__*/ powerMean(1, avgPool1d);
/**
 * (sum of x^p)^(1 / p) over windows. The gradient is NaN where the sum is 0, as in PyTorch.
 * @param x [n, c, h, w] or [c, h, w]
 * @param normType p
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, h', w'] or [c, h', w'], sizes as of `avgPool1d`; a float keeps its dtype, integers give float32
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @example lpPool2d(tensor([[[3, 4]]]), 2, [1, 2]) // [[[5]]]
 */
export const lpPool2d: LpPool = /*@__PURE__*/ powerMean(2, avgPool2d);
