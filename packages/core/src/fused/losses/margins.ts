/** @file Margins between classes: each other class should score less than the right one. */
import { any, sum } from "../../composites/reductions.ts";
import { arange } from "../../creation/fill.ts";
import { floatsOnly } from "../../elementwise/checks.ts";
import { add, clampMin, div, eq, logicalAnd, lt, mul, ne, square, sub, where } from "../../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { composite, type Tensor } from "../../op.ts";
import { gather, gatherSaying, indexSelect } from "../../primitives/gather.ts";
import * as python from "../../python.ts";
import { reshape, unsqueeze } from "../../views/views.ts";
import { checkReduction, reduced, type ReductionOptions } from "./reduction.ts";

export type MultiMarginOptions = ReductionOptions & {
  /** The power of each term: 1 by default. */
  readonly p?: 1 | 2;
  /** 1 by default. */
  readonly margin?: number;
  /** A factor for each class. */
  readonly weight?: Tensor | null | undefined;
};
const classNumbers = (target: Tensor): void => {
  if (target.dtype !== "int32") throw new DTypeError(`expected scalar type Int but found ${python.scalarType(target.dtype)} (class numbers are int32)`);
};

const scoreOf = /*@__PURE__*/ gatherSaying({ error: "argument", text: "target out of range" });
/**
 * The sum over the other classes of max(0, margin - x[target] + x)^p, divided by the number of classes, reduced.
 * @param x scores, [n, classes] or [classes]; floats
 * @param target class numbers, int32 [n] or []
 * @returns a 0-d tensor; by `reduction: "none"` [n]; x's dtype
 * @throws ShapeError where shapes do not fit
 * @throws DTypeError for integers and bools, and targets that are not int32
 * @throws ArgumentError for another p than 1 and 2, or another reduction
 * @example multiMarginLoss(tensor([[0.5, 0]]), tensor(Int32Array.of(0))) // 0.25
 */
export const multiMarginLoss: (x: Tensor, target: Tensor, options?: MultiMarginOptions) => Tensor = /*@__PURE__*/ composite("MultiMarginLossBackward0", (x: Tensor, target: Tensor, options: MultiMarginOptions = {}): Tensor => {
  const { reduction = "mean", p = 1, margin = 1, weight } = options;
  checkReduction(reduction);
  if (p !== 1 && p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
  if (weight && weight.ndim !== 1) throw new ShapeError("weight must be one-dimensional");
  classNumbers(target);
  floatsOnly("multi_margin_loss_cpu_kernel", x);
  const scores = x.ndim < 2 ? reshape(x, [1, -1]) : x, [n, classes] = scores.shape as [number, number], numbers = reshape(target, [-1]);
  if (numbers.shape[0] !== n) throw new ShapeError(`inconsistent target size, expected ${n} but got ${python.list(target.shape)}`);
  const column = unsqueeze(numbers, 1), least = clampMin(add(sub(margin, scoreOf(scores, 1, column)), scores), 0);
  const powered = p === 1 ? least : square(least), factors = weight ? mul(powered, unsqueeze(indexSelect(weight, 0, numbers), 1)) : powered;
  const others = ne(arange(0, classes, 1, { device: x.device }), column);
  const loss = div(sum(where(others, factors, 0), 1), classes);
  return reduced(x.ndim < 2 && reduction === "none" ? reshape(loss, []) : loss, reduction);
});

/**
 * The sum over right and other classes of max(0, 1 - (x[right] - x[other])), divided by the number of classes, reduced.
 * @param x scores, [n, classes] or [classes]; floats
 * @param target the right classes, int32 of x's shape; they end at the first -1
 * @returns a 0-d tensor; by `reduction: "none"` [n]; x's dtype
 * @throws ShapeError where shapes differ
 * @throws DTypeError for integers and bools, and targets that are not int32
 * @throws ArgumentError for another reduction
 * @example multilabelMarginLoss(tensor([[0.5, 0]]), tensor([[0, -1]], { dtype: "int32" })) // 0.25
 */
export const multilabelMarginLoss: (x: Tensor, target: Tensor, options?: ReductionOptions) => Tensor = /*@__PURE__*/ composite("MultilabelMarginLossBackward0", (x: Tensor, target: Tensor, { reduction = "mean" }: ReductionOptions = {}): Tensor => {
  checkReduction(reduction);
  classNumbers(target);
  const scores = x.ndim < 2 ? reshape(x, [1, -1]) : x, numbers = target.ndim < 2 ? reshape(target, [1, -1]) : target, [n, classes] = scores.shape as [number, number];
  if (numbers.shape.join() !== scores.shape.join()) throw new ShapeError(`inconsistent target size: ${python.list(target.shape)} for input of size: ${python.list(x.shape)}`);
  floatsOnly("multilabel_margin_loss_forward_out_frame", x);
  const places = arange(0, classes, 1, { device: x.device });
  // [n, j, k]: is there an end at k, not after j?
  const ended = any(logicalAnd(unsqueeze(lt(numbers, 0), 1), lt(unsqueeze(places, 0), add(unsqueeze(places, 1), 1))), 2);
  const counts = eq(ended, false), safe = where(counts, numbers, 0);
  // [n, j, class]: is it the j-th right class?
  const right = any(logicalAnd(unsqueeze(counts, 2), eq(unsqueeze(safe, 2), places)), 1);
  const least = clampMin(add(sub(1, unsqueeze(gather(scores, 1, safe), 2)), unsqueeze(scores, 1)), 0);
  const pairs = logicalAnd(unsqueeze(counts, 2), unsqueeze(eq(right, false), 1));
  const loss = div(sum(where(pairs, least, 0), [1, 2]), classes);
  return reduced(x.ndim < 2 && reduction === "none" ? reshape(loss, []) : reshape(loss, [n]), reduction);
});
