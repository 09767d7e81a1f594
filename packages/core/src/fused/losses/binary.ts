/** @file Losses of two classes: binary cross entropy, of probabilities and of logits, and soft margins. */
import { refusing } from "../../calculus/refusing.ts";
import { sum } from "../../composites/reductions.ts";
import { add, div, elementwise, type Elementwise, logsigmoid, mul, neg, type Operand, sub } from "../../elementwise/index.ts";
import { floatsInto, floatsOnly } from "../../elementwise/checks.ts";
import { softplusOf } from "../../elementwise/stable.ts";
import { isFloat } from "../../dtype.ts";
import { AutogradError, ShapeError } from "../../errors.ts";
import { composite, isGradEnabled, type Tensor } from "../../op.ts";
import * as python from "../../python.ts";
import * as s from "../../scalar/expr.ts";
import { sameShape } from "../../shape.ts";
import { checkReduction, reduced, type ReductionOptions } from "./reduction.ts";

export type WeightedOptions = ReductionOptions & {
  /** A factor of each loss; it broadcasts. */
  readonly weight?: Tensor | null | undefined;
};
const weighted = (loss: Tensor, weight: Tensor | null | undefined): Tensor => (weight ? mul(loss, weight) : loss);

const crossEntropy: Elementwise<readonly [x: Tensor, target: Tensor]> = /*@__PURE__*/ elementwise("binaryCrossEntropy", (x, y) =>
  s.sub(s.mul(s.sub(y!, 1), s.max(s.log1p(s.neg(x!)), -100)), s.mul(y!, s.max(s.log(x!), -100))), {
  gradient: (g, _, [x, y]) => [
    s.div(s.mul(g, s.sub(x!, y!)), s.max(s.mul(s.sub(1, x!), x!), 1e-12)),
    s.mul(g, s.sub(s.log1p(s.neg(x!)), s.log(x!))),
  ],
});

const checkProbabilities = /*@__PURE__*/ refusing((x) => s.not(s.and(s.le(0, x), s.le(x, 1))), { error: "argument", text: "all elements of input should be between 0 and 1" });

/**
 * -(target log(x) + (1 - target) log(1 - x)), the logarithms not below -100, reduced.
 * @param x probabilities, of any shape; floats
 * @param target probabilities, of x's shape and dtype
 * @returns a 0-d tensor; by `reduction: "none"` x's shape; x's dtype
 * @throws ArgumentError if x is no probability (on an asynchronous device the next read rejects with it), or for another reduction
 * @throws ShapeError where shapes differ
 * @throws DTypeError for integers and bools
 * @example binaryCrossEntropy(tensor([0.5, 0.5]), tensor([0, 1])) // 0.6931
 */
export const binaryCrossEntropy: (x: Tensor, target: Tensor, options?: WeightedOptions) => Tensor = /*@__PURE__*/ composite("BinaryCrossEntropyBackward0", (x: Tensor, target: Tensor, { reduction = "mean", weight }: WeightedOptions = {}): Tensor => {
  checkReduction(reduction);
  if (!sameShape(x.shape, target.shape))
    throw new ShapeError(`Using a target size (${python.size(target.shape)}) that is different to the input size (${python.size(x.shape)}) is deprecated. Please ensure they have the same size.`);
  floatsOnly("binary_cross_entropy", x);
  checkProbabilities(x);
  return reduced(weighted(crossEntropy(x, target), weight), reduction);
});

/** (1 - y) x + (1 + (p - 1) y) log(1 + exp(-x)): without overflow. */
const withLogits: Elementwise<readonly [x: Tensor, target: Tensor, posWeight: Operand]> = /*@__PURE__*/ elementwise("binaryCrossEntropyWithLogits", (x, y, p) =>
  s.add(s.mul(s.sub(1, y!), x!), s.mul(s.add(s.mul(s.sub(p!, 1), y!), 1), softplusOf(s.neg(x!)))), {});
export type LogitsOptions = WeightedOptions & {
  /** A factor of the positive part, for each class. */
  readonly posWeight?: Tensor | null | undefined;
};
/**
 * The binary cross entropy of sigmoid(x): (1 - target) x + log(1 + exp(-x)), reduced.
 * @param x logits, of any shape; floats
 * @param target probabilities, of x's shape
 * @returns a 0-d tensor; by `reduction: "none"` x's shape; x's dtype
 * @throws ShapeError where shapes differ
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another reduction
 * @example binaryCrossEntropyWithLogits(tensor([0, 0]), tensor([0, 1])) // 0.6931
 */
export const binaryCrossEntropyWithLogits: (x: Tensor, target: Tensor, options?: LogitsOptions) => Tensor = /*@__PURE__*/ composite("BinaryCrossEntropyWithLogitsBackward0", (x: Tensor, target: Tensor, options: LogitsOptions = {}): Tensor => {
  const { reduction = "mean", weight, posWeight } = options;
  checkReduction(reduction);
  if (!sameShape(x.shape, target.shape)) throw new ShapeError(`Target size (${python.size(target.shape)}) must be the same as input size (${python.size(x.shape)})`);
  floatsInto(x);
  return reduced(weighted(withLogits(x, target, posWeight ?? 1), weight), reduction);
});

const soft: Elementwise<readonly [x: Tensor, target: Tensor]> = /*@__PURE__*/ elementwise("softMarginLoss", (x, y) => softplusOf(s.neg(s.mul(y!, x!))), {});
/**
 * log(1 + exp(-target x)), reduced.
 * @param x of any shape; floats
 * @param target 1 or -1, which broadcasts with x
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another reduction
 * @example softMarginLoss(tensor([0, 0]), tensor([1, -1])) // 0.6931
 */
export const softMarginLoss: (x: Tensor, target: Tensor, options?: ReductionOptions) => Tensor = /*@__PURE__*/ composite("SoftMarginLossBackward0", (x: Tensor, target: Tensor, { reduction = "mean" }: ReductionOptions = {}): Tensor => {
  checkReduction(reduction);
  floatsInto(isFloat(target.dtype) ? target : x);
  if (target.requiresGrad && isGradEnabled()) throw new AutogradError("The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input cannot have requires_grad True.");
  return reduced(soft(x, target), reduction);
});

/**
 * The mean over the classes of the binary cross entropy of sigmoid(x), reduced over the rest.
 * @param x logits, [n, classes] or [classes]; floats
 * @param target 0 or 1, of x's shape
 * @returns a 0-d tensor; by `reduction: "none"` [n]; x's dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another reduction
 * @example multilabelSoftMarginLoss(tensor([[0, 0]]), tensor([[1, 0]])) // 0.6931
 */
export const multilabelSoftMarginLoss: (x: Tensor, target: Tensor, options?: WeightedOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, { reduction = "mean", weight }: WeightedOptions = {}): Tensor => {
  checkReduction(reduction);
  const loss = neg(add(mul(target, logsigmoid(x)), mul(sub(1, target), logsigmoid(neg(x)))));
  return reduced(div(sum(weighted(loss, weight), -1), x.shape.at(-1) ?? 1), reduction);
});
