/** @file Losses of numbers that should be near others: one expression for each element, then reduced. */
import { sum } from "../../composites/reductions.ts";
import { abs, add, div, elementwise, type Elementwise, exp, le, log, mul, sub, where, xlogy } from "../../elementwise/index.ts";
import { isFloat } from "../../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { composite, type Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import { sameShape } from "../../shape.ts";
import { unsqueeze } from "../../views/views.ts";
import { warn } from "../../warning.ts";
import { checkReduction, reduced, type Reduction, type ReductionOptions, warnOfBroadcast } from "./reduction.ts";

type Loss<O> = (x: Tensor, target: Tensor, options?: O) => Tensor;
type Pair = Elementwise<readonly [x: Tensor, target: Tensor, number: number]>;

/**
 * |x - target|, reduced.
 * @param x of any shape; floats
 * @param target broadcasts with x; where it has another shape there is a warning, as in PyTorch
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for the mean of integers
 * @throws ArgumentError for another reduction
 * @example l1Loss(tensor([1, 2]), tensor([3, 2])) // 1
 */
export const l1Loss: Loss<ReductionOptions> = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, { reduction = "mean" }: ReductionOptions = {}): Tensor => {
  warnOfBroadcast(x, target);
  checkReduction(reduction);
  return reduced(abs(sub(x, target)), reduction);
});

const squared: Elementwise<readonly [x: Tensor, target: Tensor]> = /*@__PURE__*/ elementwise("mseLoss", (x, y) => { const d = s.sub(x!, y!); return s.mul(d, d); }, { rule: "floats", kernel: "mse_cpu" });
/**
 * (x - target)^2, reduced.
 * @param x of any shape; floats
 * @param target broadcasts with x; where it has another shape there is a warning, as in PyTorch
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another reduction
 * @example mseLoss(tensor([1, 2]), tensor([3, 2])) // 2
 */
export const mseLoss: Loss<ReductionOptions> = /*@__PURE__*/ composite("MseLossBackward0", (x: Tensor, target: Tensor, { reduction = "mean" }: ReductionOptions = {}): Tensor => {
  warnOfBroadcast(x, target);
  checkReduction(reduction);
  return reduced(squared(x, target), reduction);
});

const smooth: Pair = /*@__PURE__*/ elementwise("smoothL1Loss", (x, y, beta) => {
  const z = s.abs(s.sub(x!, y!));
  return s.select(s.lt(z, beta!), s.div(s.mul(0.5, s.mul(z, z)), beta!), s.sub(z, s.mul(0.5, beta!)));
}, { rule: "floats", kernel: "smooth_l1_cpu" });
export type SmoothL1Options = ReductionOptions & {
  /** Where the square becomes a line; 0 is the L1 loss. */
  readonly beta?: number;
};
/**
 * d^2 / (2 beta) where d = |x - target| is below beta, d - beta / 2 above, reduced (Girshick, 2015).
 * @param x of any shape; floats
 * @param target broadcasts with x; where it has another shape there is a warning, as in PyTorch
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a negative beta, or another reduction
 * @example smoothL1Loss(tensor([1, 2]), tensor([3, 2])) // 0.75
 */
export const smoothL1Loss: Loss<SmoothL1Options> = /*@__PURE__*/ composite("SmoothL1LossBackward0", (x: Tensor, target: Tensor, { reduction = "mean", beta = 1 }: SmoothL1Options = {}): Tensor => {
  warnOfBroadcast(x, target);
  checkReduction(reduction);
  if (beta < 0) throw new ArgumentError("smooth_l1_loss does not support negative values for beta.");
  return reduced(beta === 0 ? abs(sub(x, target)) : smooth(x, target, beta), reduction);
});

const huber: Pair = /*@__PURE__*/ elementwise("huberLoss", (x, y, delta) => {
  const z = s.abs(s.sub(x!, y!));
  return s.select(s.le(z, delta!), s.mul(0.5, s.mul(z, z)), s.mul(delta!, s.sub(z, s.mul(0.5, delta!))));
}, { rule: "floats", kernel: "huber_cpu" });
export type HuberOptions = ReductionOptions & {
  /** Where the square becomes a line: 1 by default. */
  readonly delta?: number;
};
/**
 * d^2 / 2 where d = |x - target| is delta at most, delta (d - delta / 2) beyond, reduced (Huber, 1964).
 * @param x of any shape; floats
 * @param target broadcasts with x; where it has another shape there is a warning, as in PyTorch
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a delta that is not positive, or another reduction
 * @example huberLoss(tensor([1, 2]), tensor([3, 2])) // 0.75
 */
export const huberLoss: Loss<HuberOptions> = /*@__PURE__*/ composite("HuberLossBackward0", (x: Tensor, target: Tensor, { reduction = "mean", delta = 1 }: HuberOptions = {}): Tensor => {
  warnOfBroadcast(x, target);
  checkReduction(reduction);
  if (!(delta > 0)) throw new ArgumentError("huber_loss does not support non-positive values for delta.");
  return reduced(huber(x, target, delta), reduction);
});

export type KlDivOptions = {
  /** "batchmean", the sum divided by the size of the batch, is what the definition says. */
  readonly reduction?: Reduction | "batchmean";
  /** The target is a logarithm too. */
  readonly logTarget?: boolean;
};
/**
 * The Kullback-Leibler divergence target (log(target) - x), reduced; "batchmean" divides the sum by the first size.
 * @param x logarithms of probabilities, of any shape; floats
 * @param target probabilities, or by `logTarget` their logarithms, which broadcast with x
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another reduction
 * @example klDiv(tensor([0.5]).log(), tensor([1]), { reduction: "sum" }) // 0.6931
 */
export const klDiv: Loss<KlDivOptions> = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, { reduction = "mean", logTarget = false }: KlDivOptions = {}): Tensor => {
  if (reduction === "mean")
    warn("reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.");
  else if (reduction !== "batchmean") checkReduction(reduction);
  if (!isFloat(x.dtype) || !isFloat(target.dtype)) throw new DTypeError("kl_div: Integral inputs not supported.");
  const loss = logTarget ? mul(exp(target), sub(target, x)) : sub(xlogy(target, target), mul(target, x));
  if (reduction !== "batchmean") return reduced(loss, reduction);
  return x.ndim === 0 ? sum(loss) : div(sum(loss), x.shape[0]!);
});

export type PoissonNllOptions = ReductionOptions & {
  /** x is the logarithm of the rate. Default true. */
  readonly logInput?: boolean;
  /** With Stirling's approximation of log(target!), for targets above 1. */
  readonly full?: boolean;
  /** Added to x before its logarithm: 1e-8 by default. */
  readonly eps?: number;
};
/**
 * The negative log likelihood of counts: exp(x) - target x, or by `logInput: false` x - target log(x + eps), reduced.
 * @param x logarithms of rates, or rates
 * @param target counts, which broadcast with x
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; a float keeps its dtype, integers give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for another reduction
 * @example poissonNllLoss(tensor([0]), tensor([2])) // 1
 */
export const poissonNllLoss: Loss<PoissonNllOptions> = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, options: PoissonNllOptions = {}): Tensor => {
  const { reduction = "mean", logInput = true, full = false, eps = 1e-8 } = options;
  checkReduction(reduction, `${reduction} is not valid`);
  const loss = logInput ? sub(exp(x), mul(target, x)) : sub(x, mul(target, log(add(x, eps))));
  if (!full) return reduced(loss, reduction);
  const stirling = add(sub(mul(target, log(target)), target), mul(log(mul(target, 2 * Math.PI)), 0.5));
  return reduced(add(loss, where(le(target, 1), 0, stirling)), reduction);
});

/** The variance is kept at eps at least; its gradient goes through as if it were not. */
const gaussian: Elementwise<readonly [x: Tensor, target: Tensor, variance: Tensor, eps: number]> = /*@__PURE__*/ elementwise("gaussianNllLoss", (x, y, v, eps) => {
  const kept = s.max(v!, eps!), d = s.sub(x!, y!);
  return s.mul(0.5, s.add(s.log(kept), s.div(s.mul(d, d), kept)));
}, {
  gradient: (g, _, [x, y, v, eps]) => {
    const kept = s.max(v!, eps!), ratio = s.div(s.sub(x!, y!), kept), toX = s.mul(g, ratio);
    return [toX, s.neg(toX), s.mul(s.mul(g, 0.5), s.sub(s.div(1, kept), s.mul(ratio, ratio)))];
  },
});
export type GaussianNllOptions = ReductionOptions & {
  /** Add the terms that do not depend on x. */
  readonly full?: boolean;
  /** The least that a variance counts: 1e-6 by default. */
  readonly eps?: number;
};
/**
 * The negative log likelihood of a normal distribution: (log(variance) + (x - target)^2 / variance) / 2, reduced; `full` adds log(2 pi) / 2.
 * @param x the means, of any shape
 * @param target the values, which broadcast with x
 * @param variance of x's shape, or without its last dim, or with 1 there; one below `eps`, a negative one too, counts as eps
 * @returns a 0-d tensor; by `reduction: "none"` x's shape; the promoted dtype
 * @throws ShapeError where shapes do not fit
 * @throws ArgumentError for another reduction
 * @example gaussianNllLoss(tensor([1]), tensor([3]), tensor([1])) // 2
 */
export function gaussianNllLoss(x: Tensor, target: Tensor, variance: Tensor, options: GaussianNllOptions = {}): Tensor {
  const { reduction = "mean", full = false, eps = 1e-6 } = options, front = x.shape.slice(0, -1);
  checkReduction(reduction, `${reduction} is not valid`);
  const isWhole = sameShape(variance.shape, x.shape), isFront = sameShape(variance.shape, front);
  if (!isWhole && !isFront && !(sameShape(variance.shape.slice(0, -1), front) && variance.shape.at(-1) === 1)) throw new ShapeError("var is of incorrect size");
  return gaussianReduced(x, target, isWhole || !isFront ? variance : unsqueeze(variance, -1), reduction, full, eps);
}
const gaussianReduced = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, variance: Tensor, reduction: Reduction, full: boolean, eps: number): Tensor => {
  const loss = gaussian(x, target, variance, eps);
  if (loss.gradFn !== null) loss.gradFn.label = "MulBackward0";
  return reduced(full ? add(loss, 0.5 * Math.log(2 * Math.PI)) : loss, reduction);
});
