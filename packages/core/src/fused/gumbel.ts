/** @file Forms of softmax: of negatives, and with noise. */
import { detach } from "../api/reading.ts";
import { to } from "../elementwise/elementwise.ts";
import { add, div, log, neg, sub } from "../elementwise/index.ts";
import type { DType } from "../dtype.ts";
import { composite, type Tensor } from "../op.ts";
import { onesLike, zerosLike } from "../creation/fill.ts";
import { randLike } from "../creation/random.ts";
import { argmax } from "../primitives/arg-reduce.ts";
import { scatter } from "../primitives/gather.ts";
import { wrapDim } from "../shape.ts";
import { softmax } from "./softmax.ts";

export type DTypeOption = {
  /** What to cast to before. */
  readonly dtype?: DType | undefined;
};
/**
 * softmax(-x): the smallest weighs most. Without a dim, along dim 0 of one or three dims, and along dim 1 of others, as PyTorch chose once.
 * @param x of any shape; floats
 * @param dim along which
 * @returns x's shape, its dtype or `dtype`
 * @throws IndexError for a dim out of range
 * @throws DTypeError for integers and bools, unless `dtype` is a float
 * @example softmin(tensor([0, 1]), 0) // [0.7311, 0.2689]
 */
export const softmin: (x: Tensor, dim?: number, options?: DTypeOption) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: number, { dtype }: DTypeOption = {}): Tensor => {
  const negative = neg(x);
  return softmax(dtype === undefined ? negative : to(negative, dtype), dim ?? ([0, 1, 3].includes(x.ndim) ? 0 : 1));
});

export type GumbelOptions = {
  /** The temperature: 1 by default; the lower, the nearer to a single winner. */
  readonly tau?: number;
  /** Give the winner alone, as 1, with the gradient of the soft result. */
  readonly hard?: boolean;
};
/**
 * softmax((x + g) / tau) along a dim, with g drawn from Gumbel's distribution (Jang et al., 2016).
 * @param x logarithms of weights, of any shape; floats
 * @param dim along which, the last by default
 * @returns x's shape and dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example gumbelSoftmax(zeros([2, 3])).sum(1) // [1, 1]
 */
export const gumbelSoftmax: (x: Tensor, dim?: number, options?: GumbelOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { tau = 1, hard = false }: GumbelOptions = {}): Tensor => {
  const noise = neg(log(neg(log(sub(1, randLike(x))))));
  const soft = softmax(div(add(x, noise), tau), dim);
  if (!hard) return soft;
  const winner = argmax(soft, dim, { keepdim: true }), one = scatter(zerosLike(soft), wrapDim(dim, x.ndim), winner, onesLike(winner, { dtype: x.dtype }));
  return add(sub(one, detach(soft)), soft);
});
