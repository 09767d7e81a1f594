/** @file Convolutions of one to three spatial dims, and their transposes, with PyTorch's arguments and complaints. */
import { scalarTypeName } from "../../dtype.ts";
import { add } from "../../elementwise/arithmetic.ts";
import { cppName } from "../../elementwise/checks.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { activeInterpreter, allocate, composite, dispatch, type Op, type Tensor } from "../../op.ts";
import { type ConvAttrs, convInputGradOp, convolutionOp, geometryOf, grouped } from "../../primitives/conv.ts";
import { type Shape, showShape } from "../../shape.ts";
import { restride } from "../../view.ts";
import { reshape, squeeze, unsqueeze } from "../../views/views.ts";
import { sumOver } from "../reductions.ts";
import { perDim, type Rank, type Spatial } from "./arguments.ts";

export type ConvOptions = {
  /** [out] */
  readonly bias?: Tensor | undefined;
  /** How far windows are apart: 1 by default. */
  readonly stride?: Spatial;
  /** Zeros on both sides; "same" keeps the sizes, "valid" adds none. */
  readonly padding?: Spatial | "same" | "valid";
  /** How far the elements of a window are apart: 1 by default. */
  readonly dilation?: Spatial;
  /** Into how many groups the channels fall, each with filters of its own: 1 by default. */
  readonly groups?: number;
};
export type ConvTransposeOptions = Omit<ConvOptions, "padding"> & {
  /** How much is cut from each end of the result: 0 by default. */
  readonly padding?: Spatial;
  /** Elements added to one side of the result. */
  readonly outputPadding?: Spatial;
};

const NODE = "ConvolutionBackward0";
const sizesText = (shape: Shape): string => `(${shape.join(" x ")})`;

function checkDTypes(x: Tensor, weight: Tensor, bias: Tensor | undefined): void {
  if (bias !== undefined && bias.dtype !== x.dtype) throw new DTypeError(`Input type (${cppName[x.dtype]}) and bias type (${cppName[bias.dtype]}) should be the same`);
  if (weight.dtype !== x.dtype) throw new DTypeError(`expected scalar type ${scalarTypeName[x.dtype]} but found ${scalarTypeName[weight.dtype]}`);
  if (x.dtype === "bool") throw new DTypeError(`"slow_conv2d_cpu" not implemented for 'Bool'`);
}

/** What both kinds ask of their arguments. `isTransposed` says which dim of the weight meets the channels of x. */
function checkCall(x: Tensor, weight: Tensor, bias: Tensor | undefined, rank: Rank, groups: number, numbers: { readonly stride: Shape; readonly padding: Shape; readonly dilation: Shape; readonly outputPadding?: Shape }): void {
  const { stride, padding, dilation, outputPadding } = numbers, size = showShape(weight.shape), isTransposed = outputPadding !== undefined;
  if (!(groups > 0)) throw new ArgumentError("non-positive groups is not supported");
  if (padding.some((v) => v < 0)) throw new ArgumentError("negative padding is not supported");
  if (outputPadding?.some((v) => v < 0) === true) throw new ArgumentError("negative output_padding is not supported");
  if (stride.some((v) => v <= 0)) throw new ArgumentError("non-positive stride is not supported");
  if (dilation.some((v) => v <= 0)) throw new ArgumentError("dilation should be greater than zero");
  if (weight.ndim !== rank + 2)
    throw new ShapeError(`Expected ${weight.ndim}-dimensional input for ${weight.ndim}-dimensional weight ${size}, but got ${x.ndim}-dimensional input of size ${showShape(x.shape)} instead`);
  if (weight.shape[0]! < groups) throw new ShapeError(`Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ${size} instead`);
  if (weight.shape[0]! % groups !== 0)
    throw new ShapeError(`Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${size}] instead`);
  const given = isTransposed ? `Given transposed=1, weight of size ${size}` : `Given groups=${groups}, weight of size ${size}`;
  const channels = isTransposed ? weight.shape[0]! : weight.shape[1]! * groups, out = isTransposed ? weight.shape[1]! * groups : weight.shape[0]!;
  if (x.shape[1] !== channels) throw new ShapeError(`${given}, expected input${showShape(x.shape)} to have ${channels} channels, but got ${x.shape[1]} channels instead`);
  if (bias !== undefined && (bias.ndim !== 1 || bias.shape[0] !== out))
    throw new ShapeError(`${isTransposed ? given : `Given weight of size ${size}`}, expected bias to be 1-dimensional with ${out} elements, but got bias of size ${showShape(bias.shape)} instead`);
  checkDTypes(x, weight, bias);
}

function withBias(out: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined) return out;
  const sum = add(out, reshape(bias, [1, bias.shape[0]!, ...Array<number>(out.ndim - 2).fill(1)]));
  if (sum.gradFn !== null) sum.gradFn.label = NODE;
  return sum;
}

/** Whether the device has a kernel that adds the bias. */
const isAtOnce = (x: Tensor, weight: Tensor, { size }: ConvAttrs): boolean =>
  x.dtype === "float32" && x.storage.device.backend.kernels.convBias !== undefined && activeInterpreter() === null && x.window.size > 0 && weight.window.size > 0 && size.every((n) => n > 0);

/** A convolution and its bias, where nothing transforms it. */
const biasedOp: Op<ConvAttrs> = {
  name: "conv",
  gradName: ({ name }) => name,
  run(device, [x, weight, bias], attrs) {
    const { groups, size } = attrs, made = weight!.shape[0]! / groups, [step] = bias!.window.strides as [number], out = allocate(device, "float32", [x!.shape[0]!, weight!.shape[0]!, ...size]);
    const inputs = [grouped(x!.window, 0, 1, groups), grouped(weight!.window, 0, 0, groups), restride(bias!.window, [groups, made], [made * step, step], bias!.window.offset)];
    device.backend.kernels.convBias!(inputs, [grouped(out.window, 0, 1, groups)], geometryOf(attrs));
    return out;
  },
  saves: (attrs, needs) => convolutionOp.saves(attrs, needs),
  vjp: ([grad], node) => [...convolutionOp.vjp([grad], node), node.needs(2) ? sumOver(grad!, [...grad!.shape.keys()].filter((d) => d !== 1)) : undefined],
};

/** Runs on a batch; an example alone is a batch of one. */
function asBatch(op: string, x: Tensor, rank: Rank, run: (x: Tensor) => Tensor): Tensor {
  if (x.ndim === rank + 2) return run(x);
  if (x.ndim !== rank + 1) throw new ShapeError(`Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${op}, but got input of size: ${showShape(x.shape)}`);
  return squeeze(run(unsqueeze(x, 0)), 0);
}

/** Zeros before and after, by dim. */
function paddingOf(padding: Spatial | "same" | "valid", rank: Rank, window: Shape, stride: Shape, dilation: Shape): { readonly before: Shape; readonly after: Shape } {
  if (typeof padding !== "string") {
    const both = perDim("padding", padding, rank);
    return { before: both, after: both };
  }
  if (padding !== "same" && padding !== "valid") throw new ArgumentError(`Invalid padding string: '${String(padding)}'`);
  if (padding === "valid") return { before: window.map(() => 0), after: window.map(() => 0) };
  if (stride.some((v) => v !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions");
  const total = window.map((size, d) => dilation[d]! * (size - 1));
  return { before: total.map((n) => n >> 1), after: total.map((n) => n - (n >> 1)) };
}

const convolution = (rank: Rank) => composite(undefined, (x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor => asBatch(`conv${rank}d`, x, rank, (batch) => {
  const { bias, groups = 1 } = options, stride = perDim("stride", options.stride ?? 1, rank), dilation = perDim("dilation", options.dilation ?? 1, rank);
  const window = weight.shape.slice(2), { before, after } = paddingOf(options.padding ?? 0, rank, window, stride, dilation);
  checkCall(batch, weight, bias, rank, groups, { stride, padding: before, dilation });
  const padded = batch.shape.slice(2).map((size, d) => size + before[d]! + after[d]!), span = window.map((size, d) => dilation[d]! * (size - 1) + 1);
  if (padded.some((size, d) => size < span[d]!))
    throw new ShapeError(`Calculated padded input size per channel: ${sizesText(padded)}. Kernel size: ${sizesText(span)}. Kernel size can't be greater than actual input size`);
  const attrs: ConvAttrs = { stride, padding: before, dilation, groups, size: padded.map((size, d) => Math.floor((size - span[d]!) / stride[d]!) + 1), lead: 0, name: NODE };
  if (bias !== undefined && isAtOnce(batch, weight, attrs)) return dispatch(biasedOp, [batch, weight, bias], attrs);
  return withBias(dispatch(convolutionOp, [batch, weight], attrs), bias);
}));

const axes = ["depth", "height", "width"] as const;
/** PyTorch's words, which always speak of two dims at least. */
function checkOutputPadding(outputPadding: Shape, stride: Shape, dilation: Shape): void {
  if (outputPadding.every((pad, d) => pad < stride[d]! || pad < dilation[d]!)) return;
  const rank = Math.max(2, stride.length), named = axes.slice(3 - rank);
  const list = (name: string, values: Shape, fill: number): string => named.map((axis, d) => `${name}_${axis}: ${values[d - rank + values.length] ?? fill}`).join(" ");
  throw new ArgumentError(`output padding must be smaller than either stride or dilation, but got ${list("output_padding", outputPadding, 0)} ${list("stride", stride, 1)} ${list("dilation", dilation, 1)}`);
}

const transposed = (rank: Rank) => composite(undefined, (x: Tensor, weight: Tensor, options: ConvTransposeOptions = {}): Tensor => asBatch(`conv_transpose${rank}d`, x, rank, (batch) => {
  const { bias, groups = 1 } = options;
  const stride = perDim("stride", options.stride ?? 1, rank), dilation = perDim("dilation", options.dilation ?? 1, rank);
  const padding = perDim("padding", options.padding ?? 0, rank), outputPadding = perDim("output_padding", options.outputPadding ?? 0, rank);
  checkCall(batch, weight, bias, rank, groups, { stride, padding, dilation, outputPadding });
  checkOutputPadding(outputPadding, stride, dilation);
  const input = batch.shape.slice(2), size = input.map((n, d) => (n - 1) * stride[d]! - 2 * padding[d]! + dilation[d]! * (weight.shape[d + 2]! - 1) + outputPadding[d]! + 1);
  if (size.some((n) => n < 1)) throw new ShapeError(`Given input size per channel: ${sizesText(input)}. Calculated output size per channel: ${sizesText(size)}. Output size is too small`);
  return withBias(dispatch(convInputGradOp, [batch, weight], { stride, padding, dilation, groups, size, lead: 0, name: NODE }), bias);
}));

type Convolution = (x: Tensor, weight: Tensor, options?: ConvOptions) => Tensor;
type ConvTranspose = (x: Tensor, weight: Tensor, options?: ConvTransposeOptions) => Tensor;

/**
 * The cross-correlation of a signal with filters: out[o, i] = bias[o] + sum of x[c, i stride + j dilation - padding] weight[o, c, j]. PyTorch's `F.conv1d`.
 * @param x [n, in, l] or [in, l]
 * @param weight [out, in / groups, k], of x's dtype
 * @returns [n, out, l'] or [out, l'], l' = floor((l + 2 padding - dilation (k - 1) - 1) / stride) + 1; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or "same" with a stride
 * @example conv1d(ones([1, 1, 4]), ones([1, 1, 2])) // [[[2, 2, 2]]]
 */
export const conv1d: Convolution = /*@__PURE__*/ convolution(1);
/**
 * The cross-correlation of an image with filters, as `conv1d` in both dims. PyTorch's `F.conv2d`.
 * @param x [n, in, h, w] or [in, h, w]
 * @param weight [out, in / groups, kh, kw], of x's dtype
 * @returns [n, out, h', w'] or [out, h', w'], each size as of `conv1d`; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or "same" with a stride
 * @example conv2d(ones([1, 1, 3, 3]), ones([1, 1, 2, 2])) // [[[[4, 4], [4, 4]]]]
 */
export const conv2d: Convolution = /*@__PURE__*/ convolution(2);
/**
 * The cross-correlation of a volume with filters, as `conv1d` in all three dims. PyTorch's `F.conv3d`.
 * @param x [n, in, d, h, w] or [in, d, h, w]
 * @param weight [out, in / groups, kd, kh, kw], of x's dtype
 * @returns [n, out, d', h', w'] or [out, d', h', w'], each size as of `conv1d`; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or "same" with a stride
 * @example conv3d(ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2])) // [[[[[8]]]]]
 */
export const conv3d: Convolution = /*@__PURE__*/ convolution(3);
/**
 * The transposed convolution of a signal: what `conv1d` does to the gradient of its input. PyTorch's `F.conv_transpose1d`.
 * @param x [n, in, l] or [in, l]
 * @param weight [in, out / groups, k], of x's dtype
 * @returns [n, out, l'] or [out, l'], l' = (l - 1) stride - 2 padding + dilation (k - 1) + outputPadding + 1; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or an `outputPadding` that is not smaller than stride or dilation
 * @example convTranspose1d(ones([1, 1, 2]), ones([1, 1, 2])) // [[[1, 2, 1]]]
 */
export const convTranspose1d: ConvTranspose = /*@__PURE__*/ transposed(1);
/**
 * The transposed convolution of an image, as `convTranspose1d` in both dims. PyTorch's `F.conv_transpose2d`.
 * @param x [n, in, h, w] or [in, h, w]
 * @param weight [in, out / groups, kh, kw], of x's dtype
 * @returns [n, out, h', w'] or [out, h', w'], each size as of `convTranspose1d`; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or an `outputPadding` that is not smaller than stride or dilation
 * @example convTranspose2d(ones([1, 1, 1, 1]), ones([1, 1, 2, 2])) // [[[[1, 1], [1, 1]]]]
 */
export const convTranspose2d: ConvTranspose = /*@__PURE__*/ transposed(2);
/**
 * The transposed convolution of a volume, as `convTranspose1d` in all three dims. PyTorch's `F.conv_transpose3d`.
 * @param x [n, in, d, h, w] or [in, d, h, w]
 * @param weight [in, out / groups, kd, kh, kw], of x's dtype
 * @returns [n, out, d', h', w'] or [out, d', h', w'], each size as of `convTranspose1d`; x's dtype
 * @throws ShapeError where channels, groups or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a stride, dilation or number of groups of 0 or below, negative padding, or an `outputPadding` that is not smaller than stride or dilation
 * @example convTranspose3d(ones([1, 1, 1, 1, 1]), ones([1, 1, 2, 2, 2])).shape // [1, 1, 2, 2, 2]
 */
export const convTranspose3d: ConvTranspose = /*@__PURE__*/ transposed(3);
