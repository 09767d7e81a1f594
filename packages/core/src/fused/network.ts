/** @file What networks are made of: linear, layerNorm, losses, attention. Functions of other ops; gradients come for free. */
import { dtypes } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { add, div, mul, ne, neg, rsqrt, square, sub, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { dropout } from "../creation/random.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { composite, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { matmul } from "../primitives/matmul.ts";
import { sameShape, type Shape, showShape } from "../shape.ts";
import { reshape, t, transpose } from "../views/views.ts";
import { causalMask } from "./mask.ts";
import { mean, sum } from "../composites/reductions.ts";

/** x W^T + b. x [..., in], weight [out, in], bias [out]. */
export const linear: (x: Tensor, weight: Tensor, bias?: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, weight: Tensor, bias?: Tensor): Tensor => {
  const out = matmul(x, t(weight));
  if (bias === undefined) return out;
  const sum = add(out, bias);
  if (x.ndim === 2 && sum.gradFn !== null) sum.gradFn.label = "AddmmBackward0";
  return sum;
});

export type LayerNormOptions = { readonly weight?: Tensor | undefined; readonly bias?: Tensor | undefined; readonly eps?: number };

/** (x - mean) / sqrt(variance + eps) over the last dims, `normalizedShape`; then scaled and shifted (Ba et al., 2016). */
export const layerNorm: (x: Tensor, normalizedShape: Shape, options?: LayerNormOptions) => Tensor = /*@__PURE__*/ composite("NativeLayerNormBackward0", (x: Tensor, normalizedShape: Shape, options: LayerNormOptions = {}): Tensor => {
  const { weight, bias, eps = 1e-5 } = options;
  const first = x.ndim - normalizedShape.length;
  if (normalizedShape.length === 0 || first < 0 || !sameShape(x.shape.slice(first), normalizedShape))
    throw new ShapeError(`Given normalized_shape=${showShape(normalizedShape)}, expected input with shape [*, ${normalizedShape.join(", ")}], but got input of size${showShape(x.shape)}`);
  const dims = normalizedShape.map((_, i) => first + i), kept = { keepdim: true };
  const wide = to(x, dtypes[x.dtype].compute), centred = sub(wide, mean(wide, dims, kept));
  const normal = mul(centred, rsqrt(add(mean(square(centred), dims, kept), eps)));
  const scaled = weight === undefined ? normal : mul(normal, weight);
  return to(bias === undefined ? scaled : add(scaled, bias), x.dtype);
});

export type Reduction = "mean" | "sum" | "none";
const reduced = (loss: Tensor, reduction: Reduction): Tensor => {
  if (reduction === "none") return loss;
  if (reduction !== "mean" && reduction !== "sum") throw new ArgumentError(`${String(reduction)} is not a valid value for reduction`);
  return reduction === "mean" ? mean(loss) : sum(loss);
};

/** The squared difference, reduced. */
export const mseLoss: (x: Tensor, target: Tensor, options?: { readonly reduction?: Reduction }) => Tensor = /*@__PURE__*/ composite("MseLossBackward0", (x: Tensor, target: Tensor, options: { readonly reduction?: Reduction } = {}): Tensor =>
  reduced(square(sub(x, target)), options.reduction ?? "mean"));

export type LossOptions = {
  readonly reduction?: Reduction;
  /** Targets of this class do not count. */
  readonly ignoreIndex?: number;
};

/** The negative log likelihood of int32 class numbers: x [n, classes] of log probabilities, target [n]; also [classes] with []. */
export const nllLoss: (x: Tensor, target: Tensor, options?: LossOptions) => Tensor = /*@__PURE__*/ composite("NllLossBackward0", (x: Tensor, target: Tensor, options: LossOptions = {}): Tensor => nll(x, target, options));

function nll(x: Tensor, target: Tensor, { reduction = "mean", ignoreIndex = -100 }: LossOptions): Tensor {
  if (target.dtype !== "int32") throw new DTypeError(`expected scalar type Int but found ${target.dtype} (class numbers are int32)`);
  if (x.ndim < 1 || x.ndim > 2) throw new ShapeError("input tensor should be 1D or 2D");
  if (x.ndim === 2 && target.ndim !== 1) throw new ShapeError("0D or 1D target tensor expected, multi-target not supported");
  if (x.ndim === 2 && x.shape[0] !== target.shape[0])
    throw new ShapeError(`Expected input batch_size (${x.shape[0]}) to match target batch_size (${target.shape[0]}).`);
  const counts = ne(target, ignoreIndex);
  const safe = where(counts, target, 0);
  const column = reshape(safe, x.ndim === 2 ? [target.shape[0]!, 1] : [1]);
  const picked = neg(reshape(gather(x, x.ndim - 1, column), target.shape));
  const loss = where(counts, picked, 0);
  return reduction === "mean" ? div(sum(loss), sum(counts)) : reduced(loss, reduction);
}

/** log-softmax and negative log likelihood. x [n, classes] of scores, target [n] of int32 class numbers; also [classes] with []. */
export const crossEntropy: (x: Tensor, target: Tensor, options?: LossOptions & { readonly labelSmoothing?: number }) => Tensor = /*@__PURE__*/ composite("NllLossBackward0", (x: Tensor, target: Tensor, options: LossOptions & { readonly labelSmoothing?: number } = {}): Tensor => {
  const { labelSmoothing = 0, ignoreIndex = -100, reduction = "mean" } = options;
  if (x.ndim < 1 || x.ndim > 2) throw new ShapeError(`cross_entropy: x of ${x.ndim} dims; expected [n, classes] or [classes]. Reshape it, with the classes last`);
  const logp = logSoftmax(x, x.ndim - 1);
  const loss = nll(logp, target, options);
  if (labelSmoothing === 0) return loss;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new ArgumentError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`);
  const counts = ne(target, ignoreIndex);
  const even = where(counts, neg(mean(logp, -1)), 0);
  const smooth = reduction === "mean" ? div(sum(even), sum(counts)) : reduced(even, reduction);
  return add(mul(loss, 1 - labelSmoothing), mul(smooth, labelSmoothing));
});

export type AttentionOptions = {
  /** bool [.., l, s]: where to attend; or a float tensor that is added to the scores. */
  readonly attnMask?: Tensor | undefined;
  readonly dropoutP?: number;
  readonly isCausal?: boolean;
  readonly scale?: number;
};

/** softmax(q k^T * scale + mask) v, with scale 1 / sqrt(d) (Vaswani et al., 2017). q [..., l, d], k [..., s, d], v [..., s, e] -> [..., l, e]. */
export const scaledDotProductAttention: (query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions) => Tensor = /*@__PURE__*/ composite(undefined, (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor => {
  const { attnMask, dropoutP = 0, isCausal = false } = options;
  if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2)
    throw new ShapeError(`scaled_dot_product_attention: query, key and value need at least 2 dims, got ${showShape(query.shape)}, ${showShape(key.shape)} and ${showShape(value.shape)}`);
  if (isCausal && attnMask !== undefined) throw new ArgumentError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
  const scale = options.scale ?? 1 / Math.sqrt(query.shape[query.ndim - 1]!);
  const scores = matmul(mul(query, scale), transpose(key, -2, -1));
  const mask = isCausal ? causalMask(query, query.shape[query.ndim - 2]!, key.shape[key.ndim - 2]!) : attnMask;
  const masked = mask === undefined ? scores : mask.dtype === "bool" ? where(mask, scores, -Infinity) : add(scores, mask);
  return matmul(dropout(softmax(masked, -1), dropoutP), value);
});
