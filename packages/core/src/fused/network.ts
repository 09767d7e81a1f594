/** @file What networks are made of: linear, layerNorm. Attention is in attention.ts. */
import { floatsOnly } from "../elementwise/checks.ts";
import { to } from "../elementwise/elementwise.ts";
import { add } from "../elementwise/index.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { sameShape, type Shape, showShape } from "../shape.ts";
import { t } from "../views/views.ts";
import { biased, isAtOnce } from "./biased.ts";
import { finfo } from "../numeric-limits.ts";
import { normalized, normalizedOpenly } from "./normalize.ts";

/**
 * x W^T + b.
 * @param x [..., in]
 * @param weight [out, in], of x's dtype
 * @param bias [out], of x's dtype
 * @returns [..., out], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ
 * @example linear(tensor([[1, 2]]), tensor([[3, 4]]), tensor([1])) // [[12]]
 */
export const linear: (x: Tensor, weight: Tensor, bias?: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, weight: Tensor, bias?: Tensor): Tensor => {
  if (bias !== undefined && x.dtype !== weight.dtype && x.ndim > 1) throw new DTypeError("mat1 and mat2 must have the same dtype");
  if (bias !== undefined && isAtOnce(x, weight, bias)) return biased(x, weight, bias);
  const out = matmul(x, t(weight));
  if (bias === undefined) return out;
  const sum = add(out, bias);
  if (x.ndim === 2 && sum.gradFn !== null) sum.gradFn.label = "AddmmBackward0";
  return sum;
});

export type LayerNormOptions = {
  /** Of the shape `normalizedShape`, multiplied with each element. */
  readonly weight?: Tensor | undefined;
  /** Of the shape `normalizedShape`, added to each element. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance: 1e-5 by default. */
  readonly eps?: number;
};

function checkNormalized(x: Tensor, normalizedShape: Shape, named: { readonly [name: string]: Tensor | null | undefined }): number {
  const first = x.ndim - normalizedShape.length;
  if (normalizedShape.length === 0) throw new ShapeError("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []");
  for (const [name, values] of Object.entries(named))
    if (values && !sameShape(values.shape, normalizedShape)) throw new ShapeError(`Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${showShape(values.shape)} and normalized_shape = ${showShape(normalizedShape)}`);
  if (first < 0 || !sameShape(x.shape.slice(first), normalizedShape))
    throw new ShapeError(`Given normalized_shape=${showShape(normalizedShape)}, expected input with shape [*, ${normalizedShape.join(", ")}], but got input of size${showShape(x.shape)}`);
  return first;
}
/** The last dims of x, which are normalised together. */
const lastDims = (x: Tensor, normalizedShape: Shape, named: { readonly [name: string]: Tensor | null | undefined }): number[] => {
  const first = checkNormalized(x, normalizedShape, named);
  floatsOnly("LayerNormKernelImpl", x);
  return normalizedShape.map((_, i) => first + i);
};

/**
 * (x - mean) / sqrt(variance + eps) over the last dims; then multiplied by `weight`, and `bias` added (Ba et al., 2016).
 * @param x [..., ...normalizedShape]; floats
 * @param normalizedShape the sizes of the last dims
 * @returns x's shape and dtype
 * @throws ShapeError where the last dims differ, `weight` or `bias` have another shape, or for no dims
 * @throws DTypeError for integers and bools
 * @example layerNorm(tensor([[1, 3]]), [2]) // [[-1, 1]]
 */
export const layerNorm: (x: Tensor, normalizedShape: Shape, options?: LayerNormOptions) => Tensor = /*@__PURE__*/ composite("NativeLayerNormBackward0", (x: Tensor, normalizedShape: Shape, { weight, bias, eps = 1e-5 }: LayerNormOptions = {}): Tensor =>
  to(normalized(x, { dims: lastDims(x, normalizedShape, { weight, bias }), eps, place: "column", weight, bias }).out, x.dtype));
/**
 * As `layerNorm`, with the means and the inverse deviations beside the result. PyTorch's `native_layer_norm`.
 * @param weight of the shape `normalizedShape`, or null
 * @param bias of the shape `normalizedShape`, or null
 * @param eps added to the variance
 * @returns `[out, mean, rstd]`: x's shape, and twice that with size 1 for the last dims; x's dtype
 * @example nativeLayerNorm(tensor([[1, 3]]), [2], null, null, 1e-5) // [[[-1, 1]], [[2]], [[1]]]
 */
export const nativeLayerNorm: (x: Tensor, normalizedShape: Shape, weight: Tensor | null | undefined, bias: Tensor | null | undefined, eps: number) => [Tensor, Tensor, Tensor] = /*@__PURE__*/ composite(undefined,
  (x: Tensor, normalizedShape: Shape, weight: Tensor | null | undefined, bias: Tensor | null | undefined, eps: number): [Tensor, Tensor, Tensor] => {
    const { out, mean, inverse } = normalizedOpenly(x, { dims: lastDims(x, normalizedShape, { weight, bias }), eps, weight, bias });
    return [to(out, x.dtype), mean!, inverse];
  });

export type RmsNormOptions = {
  /** Of the shape `normalizedShape`, multiplied with each element. */
  readonly weight?: Tensor | undefined;
  /** By default the distance from 1 to the next number of x's dtype. */
  readonly eps?: number | undefined;
};
/**
 * x / sqrt(mean of x^2 + eps) over the last dims; then multiplied by `weight` (Zhang and Sennrich, 2019). PyTorch 2.4's `rms_norm`.
 * @param x [..., ...normalizedShape]; floats
 * @param normalizedShape the sizes of the last dims
 * @returns x's shape and dtype
 * @throws ShapeError where the last dims differ, `weight` has another shape, or for no dims
 * @throws DTypeError for integers and bools
 * @example rmsNorm(tensor([[3, 4]]), [2]) // [[0.8485, 1.1314]]
 */
export const rmsNorm: (x: Tensor, normalizedShape: Shape, options?: RmsNormOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, normalizedShape: Shape, { weight, eps }: RmsNormOptions = {}): Tensor =>
  to(normalized(x, { dims: lastDims(x, normalizedShape, { weight }), eps: eps ?? finfo(x.dtype).eps, place: "column", centred: false, weight }).out, x.dtype));
