/** @file Losses of distances and of order: margins between pairs and triplets. */
import { pairwiseDistance } from "../../composites/norms.ts";
import { sum } from "../../composites/reductions.ts";
import { add, clampMin, div, eq, minimum, mul, neg, sqrt, sub, where } from "../../elementwise/index.ts";
import { to } from "../../elementwise/elementwise.ts";
import { ShapeError } from "../../errors.ts";
import { isFloat } from "../../dtype.ts";
import { composite, type Tensor } from "../../op.ts";
import * as python from "../../python.ts";
import { checkReduction, reduced, type ReductionOptions } from "./reduction.ts";

export type MarginOptions = ReductionOptions & {
  /** How far apart is far enough; the function says its default. */
  readonly margin?: number;
};

/**
 * x where the target is 1, max(0, margin - x) where it is -1, reduced. The margin is 1 by default.
 * @param x of any shape; floats
 * @param target 1 or -1, which broadcasts with x
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; x's dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for the mean of integers
 * @throws ArgumentError for another reduction
 * @example hingeEmbeddingLoss(tensor([2, 0.5]), tensor([1, -1])) // 1.25
 */
export const hingeEmbeddingLoss: (x: Tensor, target: Tensor, options?: MarginOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, target: Tensor, { reduction = "mean", margin = 1 }: MarginOptions = {}): Tensor => {
  checkReduction(reduction);
  return reduced(add(where(eq(target, 1), 0, clampMin(sub(margin, x), 0)), where(eq(target, -1), 0, x)), reduction);
});

/**
 * max(0, margin - target (x1 - x2)), reduced: x1 should be the larger where the target is 1, the smaller where it is -1. The margin is 0 by default.
 * @param x1 of any shape
 * @param x2 of x1's rank, which broadcasts
 * @param target 1 or -1, of the same rank
 * @returns a 0-d tensor; by `reduction: "none"` the broadcast shape; a float keeps its dtype, integers give float32
 * @throws ShapeError where ranks differ, or shapes do not broadcast
 * @throws ArgumentError for another reduction
 * @example marginRankingLoss(tensor([1]), tensor([3]), tensor([1])) // 2
 */
export const marginRankingLoss: (x1: Tensor, x2: Tensor, target: Tensor, options?: MarginOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x1: Tensor, x2: Tensor, target: Tensor, { reduction = "mean", margin = 0 }: MarginOptions = {}): Tensor => {
  checkReduction(reduction);
  if (x1.ndim !== x2.ndim || x1.ndim !== target.ndim)
    throw new ShapeError(`margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${python.size(x1.shape)}, input2: ${python.size(x2.shape)}, target: ${python.size(target.shape)} `);
  const difference = mul(neg(target), sub(x1, x2));
  // The margin is a float: of integers the loss is one too.
  return reduced(clampMin(add(isFloat(difference.dtype) ? difference : to(difference, "float32"), margin), 0), reduction);
});

/**
 * 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, reduced. The margin is 0 by default.
 * @param x1 [n, d] or [d]
 * @param x2 of x1's shape
 * @param target 1 or -1, [n] or []
 * @returns a 0-d tensor; by `reduction: "none"` the target's shape; a float keeps its dtype, integers give float32
 * @throws ShapeError where shapes do not fit
 * @throws ArgumentError for another reduction
 * @example cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])) // 1
 */
export const cosineEmbeddingLoss: (x1: Tensor, x2: Tensor, target: Tensor, options?: MarginOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x1: Tensor, x2: Tensor, target: Tensor, { reduction = "mean", margin = 0 }: MarginOptions = {}): Tensor => {
  checkReduction(reduction);
  const n = target.ndim;
  if (n > 1) throw new ShapeError("0D or 1D target tensor expected, multi-target not supported");
  if (x1.ndim !== n + 1 || x2.ndim !== n + 1)
    throw new ShapeError(`${n}D target tensor expects ${n + 1}D input tensors, but found inputs with sizes ${python.list(x1.shape)} and ${python.list(x2.shape)}.`);
  const square = (x: Tensor): Tensor => add(sum(mul(x, x), n), 1e-12);
  const cosine = div(sum(mul(x1, x2), n), sqrt(mul(square(x1), square(x2))));
  return reduced(add(where(eq(target, 1), sub(1, cosine), 0), where(eq(target, -1), clampMin(sub(cosine, margin), 0), 0)), reduction);
});

export type TripletOptions = MarginOptions & {
  /** Take the distance between positive and negative where it is the smaller one. */
  readonly swap?: boolean;
};
type Distance = (x: Tensor, y: Tensor) => Tensor;
const triplet = /*@__PURE__*/ composite(undefined, (anchor: Tensor, positive: Tensor, negative: Tensor, distance: Distance, { reduction = "mean", margin = 1, swap = false }: TripletOptions): Tensor => {
  const near = distance(anchor, positive), far = distance(anchor, negative);
  const apart = swap ? minimum(far, distance(positive, negative)) : far;
  return reduced(clampMin(add(sub(near, apart), margin), 0), reduction);
});
function checkTriplet(anchor: Tensor, positive: Tensor, negative: Tensor, reduction: string | undefined): void {
  checkReduction(reduction ?? "mean");
  if (anchor.ndim !== positive.ndim || anchor.ndim !== negative.ndim)
    throw new ShapeError(`The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${anchor.ndim}D, positive ${positive.ndim}D, and negative ${negative.ndim}D inputs`);
}

/**
 * max(0, |anchor - positive| - |anchor - negative| + margin), of distances of order p along the last dim, reduced (Balntas et al., 2016). The margin is 1 by default.
 * @param anchor [n, d]
 * @param positive what should be near, of the same rank
 * @param negative what should be far, of the same rank
 * @param options `margin`, `swap`, `reduction`; `p`: 2 by default; `eps`, added to each difference: 1e-6 by default
 * @returns a 0-d tensor; by `reduction: "none"` [n]; a float keeps its dtype, integers give float32
 * @throws ShapeError where ranks differ, or shapes do not broadcast
 * @throws ArgumentError for another reduction
 * @example tripletMarginLoss(tensor([[0, 0]]), tensor([[0, 0]]), tensor([[0, 3]])) // 0
 */
export function tripletMarginLoss(anchor: Tensor, positive: Tensor, negative: Tensor, options: TripletOptions & { readonly p?: number; readonly eps?: number } = {}): Tensor {
  const { p = 2, eps = 1e-6 } = options;
  checkTriplet(anchor, positive, negative, options.reduction);
  return triplet(anchor, positive, negative, (x, y) => pairwiseDistance(x, y, { p, eps }), options);
}
/**
 * As `tripletMarginLoss`, with any distance.
 * @param options `margin`, `swap`, `reduction`; `distanceFunction`: of two batches, `pairwiseDistance` by default
 * @returns a 0-d tensor; by `reduction: "none"` [n]; the dtype of the distances
 * @example tripletMarginWithDistanceLoss(tensor([[0, 0]]), tensor([[0, 2]]), tensor([[0, 1]])) // 2
 */
export function tripletMarginWithDistanceLoss(anchor: Tensor, positive: Tensor, negative: Tensor, options: TripletOptions & { readonly distanceFunction?: Distance | null } = {}): Tensor {
  checkTriplet(anchor, positive, negative, options.reduction);
  return triplet(anchor, positive, negative, options.distanceFunction ?? pairwiseDistance, options);
}
