/** @file What networks are made of: linear, layerNorm. Attention is in attention.ts. */
import { to } from "../elementwise/elementwise.ts";
import { add } from "../elementwise/index.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { sameShape, type Shape, showShape } from "../shape.ts";
import { t } from "../views/views.ts";
import { finfo } from "../numeric-limits.ts";
import { normalized, normalizedOpenly } from "./normalize.ts";

/**
 * x W^T + b. x [..., in], weight [out, in], bias [out]. Of one dtype.
 * @throws ShapeError where `in` differs
 * @throws DTypeError where dtypes differ
 * @example linear(tensor([[1, 2]]), tensor([[3, 4]]), tensor([1])) // [[12]]
 */
export const linear: (x: Tensor, weight: Tensor, bias?: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, weight: Tensor, bias?: Tensor): Tensor => {
  if (bias !== undefined && x.dtype !== weight.dtype && x.ndim > 1) throw new DTypeError("mat1 and mat2 must have the same dtype");
  const out = matmul(x, t(weight));
  if (bias === undefined) return out;
  const sum = add(out, bias);
  if (x.ndim === 2 && sum.gradFn !== null) sum.gradFn.label = "AddmmBackward0";
  return sum;
});

export type LayerNormOptions = { readonly weight?: Tensor | undefined; readonly bias?: Tensor | undefined; readonly eps?: number };

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
  return normalizedShape.map((_, i) => first + i);
};

/**
 * (x - mean) / sqrt(variance + eps) over the last dims, `normalizedShape`; then scaled and shifted (Ba et al., 2016).
 * x [..., ...normalizedShape]; weight and bias have normalizedShape.
 * @throws ShapeError where the last dims differ
 * @example layerNorm(tensor([[1, 3]]), [2]) // [[-1, 1]]
 */
export const layerNorm: (x: Tensor, normalizedShape: Shape, options?: LayerNormOptions) => Tensor = /*@__PURE__*/ composite("NativeLayerNormBackward0", (x: Tensor, normalizedShape: Shape, { weight, bias, eps = 1e-5 }: LayerNormOptions = {}): Tensor =>
  to(normalized(x, { dims: lastDims(x, normalizedShape, { weight, bias }), eps, place: "column", weight, bias }).out, x.dtype));
/**
 * As `layerNorm`, with the means and the inverse deviations beside the result: `[out, mean, rstd]`. PyTorch's `native_layer_norm`.
 * @example nativeLayerNorm(tensor([[1, 3]]), [2], null, null, 1e-5) // [[[-1, 1]], [[2]], [[1]]]
 */
export const nativeLayerNorm: (x: Tensor, normalizedShape: Shape, weight: Tensor | null | undefined, bias: Tensor | null | undefined, eps: number) => [Tensor, Tensor, Tensor] = /*@__PURE__*/ composite(undefined,
  (x: Tensor, normalizedShape: Shape, weight: Tensor | null | undefined, bias: Tensor | null | undefined, eps: number): [Tensor, Tensor, Tensor] => {
    const { out, mean, inverse } = normalizedOpenly(x, { dims: lastDims(x, normalizedShape, { weight, bias }), eps, weight, bias });
    return [to(out, x.dtype), mean!, inverse];
  });

export type RmsNormOptions = { readonly weight?: Tensor | undefined; /** By default the distance from 1 to the next number of x's dtype. */ readonly eps?: number | undefined };
/**
 * x / sqrt(mean of x^2 + eps) over the last dims, `normalizedShape`; then scaled (Zhang and Sennrich, 2019). PyTorch 2.4's `rms_norm`.
 * @example rmsNorm(tensor([[3, 4]]), [2]) // [[0.8485, 1.1314]]
 */
export const rmsNorm: (x: Tensor, normalizedShape: Shape, options?: RmsNormOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, normalizedShape: Shape, { weight, eps = finfo(x.dtype).eps }: RmsNormOptions = {}): Tensor =>
  to(normalized(x, { dims: lastDims(x, normalizedShape, { weight }), eps, place: "column", centred: false, weight }).out, x.dtype));
