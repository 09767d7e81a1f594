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

export type DTypeOption = { readonly dtype?: DType | undefined };
/**
 * softmax(-x): the smallest weighs most. Without a dim, along dim 0 of one or three dims, and along dim 1 of others, as PyTorch chose once. The shape is x's; of floats.
 * @throws IndexError for a dim out of range
 * @example softmin(tensor([0, 1]), 0) // [0.7311, 0.2689]
 */
export const softmin: (x: Tensor, dim?: number, options?: DTypeOption) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: number, { dtype }: DTypeOption = {}): Tensor => {
  const negative = neg(x);
  return softmax(dtype === undefined ? negative : to(negative, dtype), dim ?? ([0, 1, 3].includes(x.ndim) ? 0 : 1));
});

export type GumbelOptions = { readonly tau?: number; readonly hard?: boolean };
/**
 * softmax of x with Gumbel noise, at temperature tau; `hard` gives the winner alone, with the gradient of the soft one (Jang et al., 2016). x's shape; of floats.
 * @example gumbelSoftmax(zeros([2, 3])).sum(1) // [1, 1]
 */
export const gumbelSoftmax: (x: Tensor, dim?: number, options?: GumbelOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { tau = 1, hard = false }: GumbelOptions = {}): Tensor => {
  const noise = neg(log(neg(log(sub(1, randLike(x))))));
  const soft = softmax(div(add(x, noise), tau), dim);
  if (!hard) return soft;
  const winner = argmax(soft, dim, { keepdim: true }), one = scatter(zerosLike(soft), wrapDim(dim, x.ndim), winner, onesLike(winner, { dtype: x.dtype }));
  return add(sub(one, detach(soft)), soft);
});
