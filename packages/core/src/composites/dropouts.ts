/** @file Dropout of whole channels, and dropout that keeps mean and variance (alpha dropout). */
import { rand } from "../creation/random.ts";
import { add, ge, mul, sub } from "../elementwise/index.ts";
import { to } from "../elementwise/elementwise.ts";
import { floatsInto } from "../elementwise/checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import { warn } from "../warning.ts";
import { squeeze, unsqueeze } from "../views/views.ts";

type Training = {
  /** Whether anything is zeroed at all: by default of whole channels, and not where mean and variance stay. */
  readonly training?: boolean;
};
function checkP(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${python.number(p)}`);
}
/** 1 with probability 1 - p, else 0: for each element, or for each channel of each element of the batch. */
function mask(x: Tensor, p: number, byChannel: boolean): Tensor {
  floatsInto(x);
  const shape = byChannel ? x.shape.map((size, d) => (d < 2 ? size : 1)) : x.shape;
  return to(ge(rand(shape, { dtype: x.dtype, device: x.device }), p), x.dtype);
}

const channels = /*@__PURE__*/ composite(undefined, (x: Tensor, p: number): Tensor => mul(x, p === 1 ? mul(mask(x, p, true), 0) : mul(mask(x, p, true), 1 / (1 - p))));
/** Zeroes channels, dim 1, each with probability p, and scales the others. x [n, channels, ...]. */
function dropChannels(x: Tensor, p: number): Tensor {
  if (x.ndim < 2) throw new ShapeError("Feature dropout requires at least 2 dimensions in the input");
  return channels(x, p);
}

/**
 * Zeroes each channel with probability p and multiplies the others by 1 / (1 - p); the identity when not training.
 * @param x [n, channels, length] or [channels, length]; floats
 * @param p the probability, 0.5 by default
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws ShapeError for another rank
 * @throws DTypeError for integers and bools
 * @example dropout1d(ones([1, 2, 2]), 0) // [[[1, 1], [1, 1]]]
 */
export function dropout1d(x: Tensor, p: number = 0.5, { training = true }: Training = {}): Tensor {
  checkP(p);
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new ShapeError(`dropout1d: Expected 2D or 3D input, but received a ${x.ndim}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`);
  if (!training || p === 0) return x;
  return x.ndim === 3 ? dropChannels(x, p) : squeeze(dropChannels(unsqueeze(x, 0), p), 0);
}
/**
 * Zeroes each channel with probability p and multiplies the others by 1 / (1 - p); the identity when not training. Of three dims they are taken for [n, channels, length], with a
 * warning, as in PyTorch.
 * @param x [n, channels, height, width]; floats
 * @param p the probability, 0.5 by default
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for integers and bools
 * @example dropout2d(ones([1, 2, 1, 1]), 0).shape // [1, 2, 1, 1]
 */
export function dropout2d(x: Tensor, p: number = 0.5, { training = true }: Training = {}): Tensor {
  checkP(p);
  if (x.ndim !== 3 && x.ndim !== 4)
    warn(`dropout2d: Received a ${x.ndim}-D input to dropout2d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).`);
  if (x.ndim === 3)
    warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.");
  return !training || p === 0 ? x : dropChannels(x, p);
}
/**
 * Zeroes each channel with probability p and multiplies the others by 1 / (1 - p); the identity when not training.
 * @param x [n, channels, depth, height, width], or without n; floats
 * @param p the probability, 0.5 by default
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws DTypeError for integers and bools
 * @example dropout3d(ones([1, 2, 1, 1, 1]), 0).shape // [1, 2, 1, 1, 1]
 */
export function dropout3d(x: Tensor, p: number = 0.5, { training = true }: Training = {}): Tensor {
  checkP(p);
  if (x.ndim !== 4 && x.ndim !== 5)
    warn(`dropout3d: Received a ${x.ndim}-D input to dropout3d, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).`);
  if (!training || p === 0) return x;
  return x.ndim === 5 ? dropChannels(x, p) : squeeze(dropChannels(unsqueeze(x, 0), p), 0);
}

/** -scale * alpha of SELU: what dropped elements become. */
const ALPHA = 1.7580993408473766;
/** noise * x * a + (noise - 1) * ALPHA * a + shift: mean 0 and variance 1 stay (Klambauer et al., 2017). */
const keeping = /*@__PURE__*/ composite(undefined, (x: Tensor, p: number, byChannel: boolean): Tensor => {
  if (p === 1) return mul(x, 0);
  const a = 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p)), noise = mask(x, p, byChannel);
  return add(mul(x, mul(noise, a)), add(mul(sub(noise, 1), ALPHA * a), ALPHA * a * p));
});
/**
 * Sets elements to SELU's lower limit with probability p, then scales and shifts all so that mean 0 and variance 1 stay (Klambauer et al., 2017); the identity when not training.
 * @param x of any shape; floats
 * @param p the probability, 0.5 by default
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws DTypeError for integers and bools
 * @example alphaDropout(ones([2]), 0.5) // [1, 1]
 */
export function alphaDropout(x: Tensor, p: number = 0.5, { training = false }: Training = {}): Tensor {
  checkP(p);
  return !training || p === 0 ? x : keeping(x, p, false);
}
/**
 * As `alphaDropout`, of whole channels.
 * @param x [n, channels, ...]; floats
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for integers and bools
 * @example featureAlphaDropout(ones([1, 2, 1]), 0.5).shape // [1, 2, 1]
 */
export function featureAlphaDropout(x: Tensor, p: number = 0.5, { training = false }: Training = {}): Tensor {
  checkP(p);
  if (!training || p === 0) return x;
  if (x.ndim < 2) throw new ShapeError("Feature dropout requires at least 2 dimensions in the input");
  return keeping(x, p, true);
}
