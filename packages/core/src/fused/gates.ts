/** @file Activations that take more than their input: halves, weights, noise. */
import { detach } from "../api/reading.ts";
import { leakyRelu } from "../elementwise/activations.ts";
import { type Elementwise, elementwise, to } from "../elementwise/elementwise.ts";
import { add, div, log, mul, neg, sigmoid, sub, where } from "../elementwise/index.ts";
import { le } from "../elementwise/arithmetic.ts";
import type { DType } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { onesLike, zerosLike } from "../creation/fill.ts";
import { randLike } from "../creation/random.ts";
import { argmax } from "../primitives/arg-reduce.ts";
import { scatter } from "../primitives/gather.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { narrow, reshape } from "../views/views.ts";
import { softmax } from "../fused/softmax.ts";

/** The first half along a dim times the sigmoid of the second (Dauphin et al., 2016). */
export const glu: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("GluBackward0", (x: Tensor, dim: number = -1): Tensor => {
  if (x.ndim === 0) throw new ShapeError("glu does not support 0-dimensional tensors");
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (size % 2 !== 0) throw new ShapeError(`Halving dimension must be even, but dimension ${d} is size ${size}`);
  return mul(narrow(x, d, 0, size / 2), sigmoid(narrow(x, d, size / 2, size / 2)));
});

const parametric: Elementwise<readonly [x: Tensor, weight: Tensor]> = /*@__PURE__*/ elementwise("prelu", (x, weight) => s.select(s.gt(x!, 0), x!, s.mul(weight!, x!)), {
  gradient: (g, _, [x, weight]) => [s.select(s.gt(x!, 0), g, s.mul(g, weight!)), s.select(s.gt(x!, 0), 0, s.mul(g, x!))],
});
/** x above 0, weight * x below: one weight, or one for each channel, which is dim 1 (He et al., 2015). */
export const prelu: (x: Tensor, weight: Tensor) => Tensor = /*@__PURE__*/ composite("PreluBackward0", (x: Tensor, weight: Tensor): Tensor => {
  if (weight.window.size === 1) return parametric(x, reshape(weight, x.shape.map(() => 1)));
  if (x.ndim === 0) throw new ShapeError("Not allow zero-dim input tensor.");
  const channels = x.ndim > 1 ? x.shape[1]! : 1;
  if (channels !== weight.window.size) throw new ShapeError(`Mismatch of parameter numbers and input channel size. Found parameter numbers = ${weight.window.size} and channel size = ${channels}.`);
  return parametric(x, reshape(weight, x.shape.map((_, d) => (d === 1 ? channels : 1))));
});

export type RreluOptions = { readonly lower?: number; readonly upper?: number; readonly training?: boolean };
const noisy: (x: Tensor, lower: number, upper: number) => Tensor = /*@__PURE__*/ composite("RreluWithNoiseBackward0", (x: Tensor, lower: number, upper: number): Tensor => {
  const slopes = add(mul(randLike(x), upper - lower), lower);
  return where(le(x, 0), mul(x, slopes), x);
});
/** x above 0; below, x times a slope drawn from [lower, upper] while training, and their middle otherwise. */
export function rrelu(x: Tensor, options: RreluOptions = {}): Tensor {
  const { lower = 1 / 8, upper = 1 / 3, training = false } = options;
  if (!(lower <= upper)) throw new ArgumentError(`Lower bound should be less than or equal to the upper bound, got ${lower} and ${upper}`);
  return training ? noisy(x, lower, upper) : leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
}

export type DTypeOption = { readonly dtype?: DType | undefined };
/** softmax(-x): the smallest weighs most. Without a dim, along dim 0 of one or three dims, and along dim 1 of others, as PyTorch chose once. */
export const softmin: (x: Tensor, dim?: number, options?: DTypeOption) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: number, { dtype }: DTypeOption = {}): Tensor => {
  const negative = neg(x);
  return softmax(dtype === undefined ? negative : to(negative, dtype), dim ?? ([0, 1, 3].includes(x.ndim) ? 0 : 1));
});

export type GumbelOptions = { readonly tau?: number; readonly hard?: boolean };
/** softmax of x with Gumbel noise, at temperature tau; `hard` gives the winner alone, with the gradient of the soft one (Jang et al., 2016). */
export const gumbelSoftmax: (x: Tensor, dim?: number, options?: GumbelOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { tau = 1, hard = false }: GumbelOptions = {}): Tensor => {
  const noise = neg(log(neg(log(sub(1, randLike(x))))));
  const soft = softmax(div(add(x, noise), tau), dim);
  if (!hard) return soft;
  const winner = argmax(soft, dim, { keepdim: true }), one = scatter(zerosLike(soft), wrapDim(dim, x.ndim), winner, onesLike(winner, { dtype: x.dtype }));
  return add(sub(one, detach(soft)), soft);
});
