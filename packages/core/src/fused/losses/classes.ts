/** @file Losses of several classes: negative log likelihood and cross entropy, of class numbers and of probabilities. */
import { sum } from "../../composites/reductions.ts";
import { isFloat, promoteTypes } from "../../dtype.ts";
import { floatsOnly } from "../../elementwise/checks.ts";
import { add, div, mul, ne, neg, where } from "../../elementwise/index.ts";
import { to, wide } from "../../elementwise/elementwise.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { activeInterpreter, composite, type Tensor } from "../../op.ts";
import { gatherSaying, indexSelect } from "../../primitives/gather.ts";
import * as python from "../../python.ts";
import { sameShape } from "../../shape.ts";
import { reshape, squeeze, unsqueeze } from "../../views/views.ts";
import { logSoftmax } from "../softmax.ts";
import { checkReduction, reduced, type Reduction } from "./reduction.ts";
import { scoreLosses } from "./scores.ts";

export type NllOptions = {
  /** "mean" by default. */
  readonly reduction?: Reduction;
  /** Targets of this class do not count. */
  readonly ignoreIndex?: number;
  /** A factor for each class; the mean is then the weighted one. */
  readonly weight?: Tensor | null | undefined;
};
export type CrossEntropyOptions = NllOptions & {
  /** How much of the target is spread evenly over all classes. */
  readonly labelSmoothing?: number;
};

function check(x: Tensor, target: Tensor, weight: Tensor | null | undefined): void {
  if (x.ndim < 1) throw new ShapeError(`Expected 1 or more dimensions (got ${x.ndim})`);
  if (target.dtype !== "int32") throw new DTypeError(`expected scalar type Int but found ${python.scalarType(target.dtype)} (class numbers are int32)`);
  if (x.ndim > 1 && x.shape[0] !== target.shape[0])
    throw new ShapeError(`Expected input batch_size (${x.shape[0]}) to match target batch_size (${target.shape[0] ?? 1}).`);
  const expected = x.ndim === 1 ? [] : [x.shape[0]!, ...x.shape.slice(2)];
  if (x.ndim === 2 && target.ndim !== 1) throw new ShapeError("0D or 1D target tensor expected, multi-target not supported");
  if (!sameShape(target.shape, expected) && !(x.ndim === 1 && target.window.size === 1)) throw new ShapeError(`Expected target size ${python.list(expected)}, got ${python.list(target.shape)}`);
  checkWeight(x, weight);
}
function checkWeight(x: Tensor, weight: Tensor | null | undefined): void {
  const classes = x.shape[x.ndim === 1 ? 0 : 1]!;
  if (weight && (weight.ndim !== 1 || weight.shape[0] !== classes))
    throw new ShapeError(`weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${python.list(weight.shape)}`);
}

const pick = /*@__PURE__*/ gatherSaying({ error: "index", text: "Target {index} is out of bounds." });
/** The loss of each target's class, with a dim of size 1 left of the classes: of 16-bit floats in float32. */
type Losses = (x: Tensor, dim: number, target: Tensor) => Tensor;
const ofLogarithms: Losses = (x, dim, target) => neg(wide(pick(x, dim, target)));

function picked(x: Tensor, target: Tensor, losses: Losses): Tensor {
  const dim = x.ndim === 1 ? 0 : 1;
  return squeeze(losses(x, dim, unsqueeze(target, dim)), dim);
}

/** What the loss of each target counts: 0 where it is ignored, else the weight of its class. */
function factors(x: Tensor, counts: Tensor, safe: Tensor, weight: Tensor | null | undefined): Tensor {
  if (!weight) return to(counts, x.dtype);
  return where(counts, reshape(indexSelect(weight, 0, reshape(safe, [-1])), safe.shape), 0);
}

/** The sum, or the sum divided by what counts. */
function nll(x: Tensor, given: Tensor, { reduction = "mean", ignoreIndex = -100, weight }: NllOptions, lossesOf: Losses = ofLogarithms): Tensor {
  const target = classesOf(x, given);
  const counts = ne(target, ignoreIndex), safe = where(counts, target, 0);
  const losses = where(counts, picked(x, safe, lossesOf), 0);
  if (!weight && reduction !== "mean") return to(reduced(losses, reduction), x.dtype);
  const of = factors(losses, counts, safe, weight && wide(weight)), loss = weight ? mul(losses, of) : losses;
  return to(reduction === "mean" ? div(sum(loss), sum(of)) : reduced(loss, reduction), x.dtype);
}
/** A target of one example may have a dim. */
const classesOf = (x: Tensor, target: Tensor): Tensor => (x.ndim === 1 && target.ndim === 1 ? squeeze(target) : target);

/** The same of scores, without logarithms; without weights in one op. */
function nllOfScores(x: Tensor, target: Tensor, options: NllOptions): Tensor {
  const { reduction = "mean", ignoreIndex: ignored = -100, weight } = options;
  if (weight) return nll(x, target, options, (scores, dim, safe) => scoreLosses(wide(scores), safe, { dim, pick, ignored, reduction: "none" }));
  const dim = x.ndim === 1 ? 0 : 1, loss = scoreLosses(wide(x), unsqueeze(classesOf(x, target), dim), { dim, pick, ignored, reduction });
  return to(reduction === "none" ? squeeze(loss, dim) : reshape(loss, []), x.dtype);
}
const isInt32 = (x: number): boolean => (x | 0) === x;
const labelled = (loss: Tensor, x: Tensor): Tensor => {
  if (loss.gradFn !== null) loss.gradFn.label = x.ndim > 2 ? "NllLoss2DBackward0" : "NllLossBackward0";
  return loss;
};

/**
 * -x at the target's class, times the class's `weight`: the negative log likelihood, reduced; the mean is over the weights.
 * @param x log probabilities, [n, classes, ...], or [classes]; floats
 * @param target class numbers, int32 [n, ...], or []
 * @returns a 0-d tensor; by `reduction: "none"` the target's shape; x's dtype
 * @throws ShapeError where shapes do not fit
 * @throws DTypeError for integers and bools, and targets that are not int32
 * @throws IndexError for a class out of range
 * @throws ArgumentError for another reduction
 * @example nllLoss(tensor([[-1, -2]]), tensor(Int32Array.of(1))) // 2
 */
export const nllLoss: (x: Tensor, target: Tensor, options?: NllOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, options: NllOptions = {}): Tensor => {
  checkReduction(options.reduction ?? "mean");
  check(x, target, options.weight);
  floatsOnly("nll_loss_out_frame", x);
  return labelled(nll(x, target, options), x);
});

/** Targets that are probabilities of all classes. */
function ofProbabilities(x: Tensor, target: Tensor, { reduction = "mean", ignoreIndex = -100, weight, labelSmoothing = 0 }: CrossEntropyOptions): Tensor {
  if (!isFloat(target.dtype)) throw new DTypeError(`Expected floating point type for target with class probabilities, got ${python.scalarType(target.dtype)}`);
  if (ignoreIndex >= 0) throw new ArgumentError("ignore_index is not supported for floating point target");
  checkWeight(x, weight);
  const dim = x.ndim === 1 ? 0 : 1, classes = x.shape[dim]!;
  const smoothed = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes);
  const logs = mul(wide(logSoftmax(x, dim)), smoothed), dtype = promoteTypes(x.dtype, target.dtype);
  const weighted = weight ? mul(logs, reshape(weight, x.shape.map((size, d) => (d === dim ? size : 1)))) : logs;
  if (reduction === "none") return to(neg(sum(weighted, dim)), dtype);
  const total = neg(sum(weighted));
  return to(reduction === "sum" ? total : div(total, x.window.size / classes), dtype);
}

/** The even part of label smoothing: the loss against all classes alike. */
function even(logs: Tensor, target: Tensor, { reduction = "mean", ignoreIndex = -100, weight }: CrossEntropyOptions): Tensor {
  const dim = logs.ndim === 1 ? 0 : 1;
  const all = weight ? mul(logs, reshape(weight, logs.shape.map((size, d) => (d === dim ? size : 1)))) : logs;
  const counts = ne(target, ignoreIndex), losses = where(counts, neg(sum(all, dim)), 0);
  if (reduction !== "mean") return reduced(losses, reduction);
  return div(sum(losses), sum(factors(logs, counts, where(counts, target, 0), weight && wide(weight))));
}

/**
 * -log(softmax(x)) at the target's class, or its mean by the target's probabilities, reduced: `nllLoss` of `logSoftmax`.
 * @param x scores, [n, classes, ...], or [classes]; floats
 * @param target class numbers, int32 [n, ...] or []; or probabilities of x's shape, floats
 * @returns a 0-d tensor; by `reduction: "none"` the target's shape without the classes; x's dtype
 * @throws ShapeError where shapes do not fit
 * @throws DTypeError for integers and bools, and targets that are neither int32 nor probabilities
 * @throws IndexError for a class out of range
 * @throws ArgumentError for another reduction, a `labelSmoothing` beyond [0, 1], or an `ignoreIndex` beside probabilities
 * @example crossEntropy(tensor([[0, 0]]), tensor(Int32Array.of(1))) // 0.6931
 */
export const crossEntropy: (x: Tensor, target: Tensor, options?: CrossEntropyOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor => {
  const { labelSmoothing = 0, ignoreIndex = -100 } = options;
  checkReduction(options.reduction ?? "mean");
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new ArgumentError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`);
  if (x.ndim > 0 && sameShape(x.shape, target.shape) && isFloat(target.dtype)) return ofProbabilities(x, target, options);
  check(x, target, options.weight);
  if (labelSmoothing === 0 && x.window.size > 0 && isFloat(x.dtype) && isInt32(ignoreIndex) && activeInterpreter() === null) return labelled(nllOfScores(x, target, options), x);
  const logs = logSoftmax(x, x.ndim === 1 ? 0 : 1), loss = labelled(nll(logs, target, options), x);
  return labelSmoothing === 0 ? loss : to(add(mul(loss, 1 - labelSmoothing), mul(even(wide(logs), target, options), labelSmoothing / x.shape[x.ndim === 1 ? 0 : 1]!)), x.dtype);
});
