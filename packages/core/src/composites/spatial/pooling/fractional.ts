/** @file Fractional max pooling (Graham, 2014): windows whose steps are drawn at random so that a given size comes out. */
import { reshape } from "../../../calculus/map-reduce.ts";
import { fromHost } from "../../../creation/fill.ts";
import { rand } from "../../../creation/random.ts";
import { isFloat, scalarTypeName } from "../../../dtype.ts";
import { add, floor, mul, sub } from "../../../elementwise/arithmetic.ts";
import { to } from "../../../elementwise/elementwise.ts";
import { where } from "../../../elementwise/where.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composite, noGrad, type Tensor } from "../../../op.ts";
import { argMaxOver } from "../../../primitives/arg-reduce.ts";
import { gather } from "../../../primitives/gather.ts";
import { type Shape, showShape, sizeOf } from "../../../shape.ts";
import { expand, select, unsqueeze } from "../../../views/views.ts";
import type { ValuesAndIndices } from "../../reductions.ts";
import { perWindowDim, type Spatial } from "../arguments.ts";
import { valuesAt } from "./windows.ts";

export type FractionalMaxPoolOptions = {
  /** Either this or `outputRatio`, which is between 0 and 1. */
  readonly outputSize?: Spatial | undefined;
  /** The size of the result as parts of x's sizes, between 0 and 1; given instead of `outputSize`. */
  readonly outputRatio?: Spatial | undefined;
  /** Give `{ values, indices }`. */
  readonly returnIndices?: boolean;
  /** Uniform numbers [n, c, dims] in the place of random ones. */
  readonly _randomSamples?: Tensor | undefined;
};
type Rank = 2 | 3;
const axes = ["time", "height", "width"] as const;

function outputSizes(op: string, sizes: Shape, rank: Rank, { outputSize, outputRatio }: FractionalMaxPoolOptions): Shape {
  if (outputSize === undefined && outputRatio === undefined) throw new ArgumentError(`${op} requires specifying either an output_size or an output_ratio`);
  if (outputSize !== undefined) return perWindowDim(op, "output_size", outputSize, rank, []);
  const ratios = typeof outputRatio === "number" ? Array<number>(rank).fill(outputRatio) : outputRatio!;
  return sizes.map((size, d) => Math.floor(size * ratios[d]!));
}

/** Where the windows along a dim begin and what they see, [...lead, out, window]: steps that follow from one number u, the last window at the end. */
function placesAlong(u: Tensor, size: number, count: number, window: number): Tensor {
  const on = { device: u.device }, alpha = count > 1 ? (size - window) / (count - 1) : 0, numbers = Array.from({ length: count }, (_, i) => i);
  const drawn = sub(floor(mul(add(u, fromHost(Float32Array.from(numbers), [count], "float32", on)), alpha)), floor(mul(u, alpha)));
  const isLast = fromHost(Uint8Array.from(numbers, (i) => (i === count - 1 ? 1 : 0)), [count], "bool", on), starts = to(where(isLast, size - window, drawn), "int32");
  return add(unsqueeze(starts, -1), fromHost(Int32Array.from({ length: window }, (_, k) => k), [window], "int32", on));
}

const pooled = (rank: Rank) => composite(undefined, (x: Tensor, kernelSize: Spatial, options: FractionalMaxPoolOptions = {}): Tensor | ValuesAndIndices => {
  const op = `fractional_max_pool${rank}d`;
  if ((x.ndim !== rank + 1 && x.ndim !== rank + 2) || x.shape.some((size, d) => size === 0 && (d > 0 || x.ndim === rank + 1)))
    throw new ShapeError(`${op}(): Expected ${rank + 1}D or ${rank + 2}D tensor with non-zero size for non-batch dimensions, but got: ${showShape(x.shape)}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"${op}_out_frame" not implemented for '${scalarTypeName[x.dtype]}'`);
  const lead = x.shape.slice(0, -rank), sizes = x.shape.slice(-rank), kernel = perWindowDim(op, "kernel_size", kernelSize, rank, []), out = outputSizes(op, sizes, rank, options);
  kernel.forEach((size, d) => {
    if (out[d]! + size - 1 > sizes[d]!) throw new ShapeError(`${op}(): pool ${axes[d + 3 - rank]} ${size} too large relative to input ${axes[d + 3 - rank]} ${sizes[d]}`);
  });
  const samples = options._randomSamples ?? rand(x.ndim === rank + 2 ? [...lead, rank] : [1, ...lead, rank], { device: x.device }), window = sizeOf(kernel);
  const indices = noGrad(() => {
    const ones = Array<number>(rank).fill(1), drawn = reshape(to(x.ndim === rank + 2 ? samples : select(samples, 0, 0), "float32"), [...lead, rank]);
    // PyTorch's first number is the width's in two dims, the depth's in three.
    const along = sizes.map((size, d) => placesAlong(unsqueeze(select(drawn, -1, rank === 2 ? 1 - d : d), -1), size, out[d]!, kernel[d]!));
    const spread = along.map((at, d) => reshape(at, [...lead, ...ones.map((n, k) => (k === d ? out[d]! : n)), ...ones.map((n, k) => (k === d ? kernel[d]! : n))]));
    const all = expand(spread.reduce((sum, at, d) => add(mul(sum, sizes[d]!), at)), [...lead, ...out, ...kernel]), flat = reshape(all, [...lead, ...out, window]);
    const found = argMaxOver(valuesAt(x, flat, rank), [lead.length + rank]);
    return reshape(gather(flat, -1, unsqueeze(found, -1)), [...lead, ...out]);
  });
  const values = valuesAt(x, indices, rank);
  if (values.gradFn !== null) values.gradFn.label = `FractionalMaxPool${rank}DBackward0`;
  return options.returnIndices === true ? { values, indices } : values;
});
const plane = /*@__PURE__*/ pooled(2), volume = /*@__PURE__*/ pooled(3);

/**
 * The maxima over windows of one size, placed at random so that the result has `outputSize` (Graham, 2014). PyTorch's `F.fractional_max_pool2d`; the numbers are not PyTorch's.
 * @param x [n, c, h, w] or [c, h, w]; floats
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype; by `returnIndices` `{ values, indices }`, indices int32
 * @throws ShapeError for another rank, an empty dim, or a result and windows too large for x
 * @throws ArgumentError for neither of `outputSize` and `outputRatio`
 * @throws DTypeError for integers and bools
 * @example fractionalMaxPool2d(ones([1, 4, 4]), 2, { outputSize: 2 }).shape // [1, 2, 2]
 */
export function fractionalMaxPool2d(x: Tensor, kernelSize: Spatial, options: FractionalMaxPoolOptions & { readonly returnIndices: true }): ValuesAndIndices;
export function fractionalMaxPool2d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions & { readonly returnIndices?: false }): Tensor;
export function fractionalMaxPool2d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions): Tensor | ValuesAndIndices;
export function fractionalMaxPool2d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions): Tensor | ValuesAndIndices {
  return plane(x, kernelSize, options);
}
/**
 * As `fractionalMaxPool2d`, of volumes.
 * @param x [n, c, d, h, w] or [c, d, h, w]; floats
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype; by `returnIndices` `{ values, indices }`, indices int32
 * @example fractionalMaxPool3d(ones([1, 4, 4, 4]), 2, { outputSize: 2 }).shape // [1, 2, 2, 2]
 */
export function fractionalMaxPool3d(x: Tensor, kernelSize: Spatial, options: FractionalMaxPoolOptions & { readonly returnIndices: true }): ValuesAndIndices;
export function fractionalMaxPool3d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions & { readonly returnIndices?: false }): Tensor;
export function fractionalMaxPool3d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions): Tensor | ValuesAndIndices;
export function fractionalMaxPool3d(x: Tensor, kernelSize: Spatial, options?: FractionalMaxPoolOptions): Tensor | ValuesAndIndices {
  return volume(x, kernelSize, options);
}
