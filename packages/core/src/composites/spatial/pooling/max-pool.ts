/** @file Maxima over windows of fixed size, and their way back. */
import { reshape, zerosOn } from "../../../calculus/map-reduce.ts";
import { notForBool } from "../../../elementwise/checks.ts";
import { isFloat, scalarTypeName } from "../../../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../../errors.ts";
import { composite, deviceOf, isGradEnabled, type Tensor } from "../../../op.ts";
import { scatter } from "../../../primitives/gather.ts";
import { type Shape, showShape, sizeOf } from "../../../shape.ts";
import type { ValuesAndIndices } from "../../reductions.ts";
import { perWindowDim, type Rank, type Spatial } from "../arguments.ts";
import { type PoolOptions, poolingOf } from "./sizes.ts";
import { fixedWindow, maxAndPlaces, maxOver } from "./windows.ts";

export type MaxPoolOptions = PoolOptions & {
  /** How far the elements of a window are apart: 1 by default. */
  readonly dilation?: Spatial;
  /** Give `{ values, indices }`. */
  readonly returnIndices?: boolean;
};
type WithIndices = MaxPoolOptions & {
  /** Give `{ values, indices }`. */
  readonly returnIndices: true;
};

/** Called by name, so that the one-dimensional form can complain in its own words, which depend on whether a gradient is recorded. */
function checkLine(x: Tensor, kernelSize: Spatial, options: MaxPoolOptions): void {
  if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.some((size, d) => size === 0 && (d > 0 || x.ndim === 2)))
    throw new ShapeError(`max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${showShape(x.shape)}`);
  if (options.returnIndices === true || (isGradEnabled() && x.requiresGrad)) return;
  const one = (name: string, value: Spatial | undefined, otherwise: number): number => perWindowDim("max_pool1d", name, value, 1, [otherwise])[0]!;
  const kernel = one("kernel_size", kernelSize, 0), stride = one("stride", options.stride, kernel), padding = one("padding", options.padding, 0), dilation = one("dilation", options.dilation, 1);
  for (const [name, value] of [["kernel_size", kernel], ["stride", stride], ["dilation", dilation]] as const)
    if (value <= 0) throw new ArgumentError(`max_pool1d() ${name} must be greater than zero, but got ${value}`);
  if (padding < 0) throw new ArgumentError(`max_pool1d() padding must be non-negative, but got ${padding}`);
  if (padding > kernel / 2) throw new ArgumentError(`max_pool1d() padding should be at most half of kernel size, but got padding=${padding} and kernel_size=${kernel}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"max_pool1d_impl" not implemented for '${scalarTypeName[x.dtype]}'`);
}

const pooled = (rank: Rank) => composite(undefined, (x: Tensor, kernelSize: Spatial, options: MaxPoolOptions = {}): Tensor | ValuesAndIndices => {
  if (rank === 1) checkLine(x, kernelSize, options);
  const { kernel, stride, padding, dilation, out } = poolingOf(rank === 3 ? "max_pool3d_with_indices_out_cpu_template" : `max_pool${rank}d`, x, rank, kernelSize, options);
  if (x.dtype === "bool") throw new DTypeError(notForBool("max_pool2d"));
  const sizes = x.shape.slice(-rank);
  const windows = kernel.map((size, d) => fixedWindow(sizes[d]!, out[d]!, size, stride[d]!, padding[d]!, dilation[d]!));
  const found = options.returnIndices === true ? maxAndPlaces(x, windows) : maxOver(x, windows), { gradFn } = "values" in found ? found.values : found;
  if (gradFn !== null) gradFn.label = rank === 1 ? "SqueezeBackward1" : `MaxPool${rank}DWithIndicesBackward0`;
  return found;
});
const line = /*@__PURE__*/ pooled(1), plane = /*@__PURE__*/ pooled(2), volume = /*@__PURE__*/ pooled(3);

/**
 * The maxima over windows; NaN wins. PyTorch's `F.max_pool1d`.
 * @param x [n, c, l] or [c, l]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, l'] or [c, l'], l' = floor((l + 2 padding - dilation (k - 1) - 1) / stride) + 1, rounded up by `ceilMode`; x's dtype. By `returnIndices` `{ values, indices }`,
 * indices int32, row-major numbers within a channel
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example maxPool1d(tensor([[1, 3, 2, 4]]), 2) // [[3, 4]]
 */
export function maxPool1d(x: Tensor, kernelSize: Spatial, options: WithIndices): ValuesAndIndices;
export function maxPool1d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool1d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices;
export function maxPool1d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices {
  return line(x, kernelSize, options);
}
/**
 * The maxima over windows; NaN wins. PyTorch's `F.max_pool2d`.
 * @param x [n, c, h, w] or [c, h, w]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, h', w'], or without n, each size as of `maxPool1d`; x's dtype. By `returnIndices` `{ values, indices }`, indices int32, row-major numbers within a channel
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example maxPool2d(tensor([[[1, 2], [3, 4]]]), 2) // [[[4]]]
 */
export function maxPool2d(x: Tensor, kernelSize: Spatial, options: WithIndices): ValuesAndIndices;
export function maxPool2d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool2d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices;
export function maxPool2d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices {
  return plane(x, kernelSize, options);
}
/**
 * The maxima over windows; NaN wins. PyTorch's `F.max_pool3d`.
 * @param x [n, c, d, h, w] or [c, d, h, w]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, d', h', w'], or without n, each size as of `maxPool1d`; x's dtype. By `returnIndices` `{ values, indices }`, indices int32, row-major numbers within a channel
 * @throws ShapeError for another rank, or where no window fits
 * @throws ArgumentError for sizes or a stride of 0 or below, or a padding that is negative or above half a window
 * @throws DTypeError for bools
 * @example maxPool3d(ones([1, 2, 2, 2]), 2) // [[[[1]]]]
 */
export function maxPool3d(x: Tensor, kernelSize: Spatial, options: WithIndices): ValuesAndIndices;
export function maxPool3d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions & { readonly returnIndices?: false }): Tensor;
export function maxPool3d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices;
export function maxPool3d(x: Tensor, kernelSize: Spatial, options?: MaxPoolOptions): Tensor | ValuesAndIndices {
  return volume(x, kernelSize, options);
}

export type MaxUnpoolOptions = {
  /** As of the pooling: the size of a window by default. */
  readonly stride?: Spatial | undefined;
  /** As of the pooling: 0 by default. */
  readonly padding?: Spatial;
  /** The sizes of what was pooled, where several have this result; batch and channels may be there too. */
  readonly outputSize?: Shape | undefined;
};

/** The sizes that a pooling undone has, or those given if they are at most a stride away. */
function unpooledSizes(sizes: Shape, kernel: Shape, stride: Shape, padding: Shape, given: Shape | undefined): Shape {
  const usual = sizes.map((size, d) => (size - 1) * stride[d]! + kernel[d]! - 2 * padding[d]!);
  if (given === undefined) return usual;
  const wanted = given.length === kernel.length + 2 ? given.slice(2) : given;
  if (wanted.length !== kernel.length) throw new ShapeError(`output_size should be a sequence containing ${kernel.length} or ${kernel.length + 2} elements, but it has a length of '${given.length}'`);
  wanted.forEach((size, d) => {
    const low = usual[d]! - stride[d]!, high = usual[d]! + stride[d]!;
    if (!(low < size && size < high)) throw new ArgumentError(`invalid output_size "${showShape(wanted)}" (dim ${d} must be between ${low} and ${high})`);
  });
  return wanted;
}

const unpooled = (rank: Rank) => composite(undefined, (x: Tensor, indices: Tensor, kernelSize: Spatial, options: MaxUnpoolOptions = {}): Tensor => {
  const op = `max_unpool${rank}d`, kernel = perWindowDim(op, "kernel_size", kernelSize, rank, []);
  const stride = perWindowDim(op, "stride", options.stride, rank, kernel), padding = perWindowDim(op, "padding", options.padding, rank, kernel.map(() => 0));
  if (indices.dtype !== "int32") throw new DTypeError(`elements in indices should be type int32 but got: ${indices.dtype}`);
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2) throw new ShapeError(`Input to ${op} should be a ${rank + 1}d or ${rank + 2}d Tensor, but got a tensor with ${x.ndim} dimensions`);
  if (indices.shape.join() !== x.shape.join())
    throw new ShapeError(`Expected shape of indices to be same as that of the input tensor (${showShape(x.shape)}) but got indices tensor with shape: ${showShape(indices.shape)}`);
  const lead = x.shape.slice(0, -rank), sizes = unpooledSizes(x.shape.slice(-rank), kernel, stride, padding, options.outputSize);
  const flat = [...lead, sizeOf(x.shape.slice(-rank))], zeros = zerosOn(deviceOf(x.device), x.dtype, [...lead, sizeOf(sizes)]);
  const out = reshape(scatter(zeros, -1, reshape(indices, flat), reshape(x, flat)), [...lead, ...sizes]);
  if (out.gradFn !== null) out.gradFn.label = rank === 1 ? "SqueezeBackward1" : `MaxUnpool${rank}DBackward0`;
  return out;
});
type MaxUnpool = (x: Tensor, indices: Tensor, kernelSize: Spatial, options?: MaxUnpoolOptions) => Tensor;

/**
 * The maxima of `maxPool1d` back in their places, zeros elsewhere.
 * @param x [n, c, l] or [c, l]
 * @param indices int32, as `maxPool1d` gives them, of x's shape
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, ...] or [c, ...] with the sizes that were pooled, or `outputSize`; x's dtype
 * @throws ShapeError where ranks or shapes do not fit
 * @throws DTypeError for indices that are not int32
 * @throws IndexError for an index out of range
 * @throws ArgumentError for an `outputSize` that pooling does not bring to x
 * @example maxUnpool1d(tensor([[3, 4]]), tensor([[1, 3]], { dtype: "int32" }), 2) // [[0, 3, 0, 4]]
 */
export const maxUnpool1d: MaxUnpool = /*@__PURE__*/ unpooled(1);
/**
 * The maxima of `maxPool2d` back in their places, zeros elsewhere.
 * @param x [n, c, h, w] or [c, h, w]
 * @param indices int32, as `maxPool2d` gives them, of x's shape
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, ...] or [c, ...] with the sizes that were pooled, or `outputSize`; x's dtype
 * @throws ShapeError where ranks or shapes do not fit
 * @throws DTypeError for indices that are not int32
 * @throws IndexError for an index out of range
 * @throws ArgumentError for an `outputSize` that pooling does not bring to x
 * @example maxUnpool2d(tensor([[[4]]]), tensor([[[3]]], { dtype: "int32" }), 2) // [[[0, 0], [0, 4]]]
 */
export const maxUnpool2d: MaxUnpool = /*@__PURE__*/ unpooled(2);
/**
 * The maxima of `maxPool3d` back in their places, zeros elsewhere.
 * @param x [n, c, d, h, w] or [c, d, h, w]
 * @param indices int32, as `maxPool3d` gives them, of x's shape
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @returns [n, c, ...] or [c, ...] with the sizes that were pooled, or `outputSize`; x's dtype
 * @throws ShapeError where ranks or shapes do not fit
 * @throws DTypeError for indices that are not int32
 * @throws IndexError for an index out of range
 * @throws ArgumentError for an `outputSize` that pooling does not bring to x
 * @example maxUnpool3d(ones([1, 1, 1, 1]), zeros([1, 1, 1, 1], { dtype: "int32" }), 2).sum() // 1
 */
export const maxUnpool3d: MaxUnpool = /*@__PURE__*/ unpooled(3);
