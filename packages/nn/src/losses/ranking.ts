/** @file Losses of distances and of order, as modules. */
import { cosineEmbeddingLoss, hingeEmbeddingLoss, marginRankingLoss, type Tensor, tripletMarginLoss, tripletMarginWithDistanceLoss } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { Loss, type LossOptions } from "./loss.ts";

export type MarginOptions = LossOptions & {
  /** How far apart is far enough: 1 by default, 0 for cosines and rankings. */
  readonly margin?: number;
};

/**
 * x where the target is 1, max(0, margin - x) where it is -1: PyTorch's `nn.HingeEmbeddingLoss`, by `hingeEmbeddingLoss`. x and target [...] -> a 0-d tensor, or by `reduction:
 * "none"` [...].
 * @example new nn.HingeEmbeddingLoss().forward(tensor([2, 0.5]), tensor([1, -1])) // 1.25
 */
export class HingeEmbeddingLoss extends Loss {
  static override readonly name: string = "HingeEmbeddingLoss";
  readonly margin: number;
  constructor(options: MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(x, target, this);
  }
}
/**
 * 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1: PyTorch's `nn.CosineEmbeddingLoss`, by `cosineEmbeddingLoss`. x1 and x2 [n, d] and target
 * [n] -> a 0-d tensor, or by `reduction: "none"` [n].
 * @example new nn.CosineEmbeddingLoss().forward(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])) // 1
 */
export class CosineEmbeddingLoss extends Loss {
  static override readonly name: string = "CosineEmbeddingLoss";
  readonly margin: number;
  constructor(options: MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 0;
  }
  override forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(x1, x2, target, this);
  }
}
/**
 * max(0, margin - target (x1 - x2)): PyTorch's `nn.MarginRankingLoss`, by `marginRankingLoss`. x1, x2 and target [n] -> a 0-d tensor, or by `reduction: "none"` [n].
 * @example new nn.MarginRankingLoss().forward(tensor([1]), tensor([3]), tensor([1])) // 2
 */
export class MarginRankingLoss extends Loss {
  static override readonly name: string = "MarginRankingLoss";
  readonly margin: number;
  constructor(options: MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 0;
  }
  override forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(x1, x2, target, this);
  }
}

type Distance = (x: Tensor, y: Tensor) => Tensor;
export type TripletOptions = MarginOptions & {
  /** Take the distance between positive and negative where it is the smaller one. */
  readonly swap?: boolean;
};
/**
 * max(0, |anchor - positive| - |anchor - negative| + margin) (Balntas et al., 2016): PyTorch's `nn.TripletMarginLoss`, by `tripletMarginLoss`. All three [n, d] -> a 0-d tensor,
 * or by `reduction: "none"` [n].
 * @param options `margin`, `swap`, `reduction`; `p`: the order of the norm, 2 by default; `eps`: 1e-6
 * @example new nn.TripletMarginLoss().forward(zeros([1, 2]), zeros([1, 2]), ones([1, 2]).mul(9)) // 0
 */
export class TripletMarginLoss extends Loss {
  static override readonly name: string = "TripletMarginLoss";
  readonly margin: number;
  readonly p: number;
  readonly eps: number;
  readonly swap: boolean;
  constructor(options: TripletOptions & { readonly p?: number; readonly eps?: number } = {}) {
    super(options);
    this.margin = options.margin ?? 1;
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.swap = options.swap ?? false;
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this);
  }
}
/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin), by any distance: PyTorch's `nn.TripletMarginWithDistanceLoss`, by `tripletMarginWithDistanceLoss`. All three [n, d]
 * -> a 0-d tensor, or by `reduction: "none"` [n].
 * @param options `margin`, `swap`, `reduction`; `distanceFunction`: a function of two batches, or a module, `pairwiseDistance` by default
 * @example new nn.TripletMarginWithDistanceLoss().forward(zeros([1, 2]), zeros([1, 2]), ones([1, 2]).mul(9)) // 0
 */
export class TripletMarginWithDistanceLoss extends Loss {
  static override readonly name: string = "TripletMarginWithDistanceLoss";
  readonly distanceFunction: Distance | (Module & { forward: Distance }) | null;
  readonly margin: number;
  readonly swap: boolean;
  constructor(options: TripletOptions & { readonly distanceFunction?: Distance | (Module & { forward: Distance }) | null } = {}) {
    super(options);
    this.distanceFunction = options.distanceFunction ?? null;
    this.margin = options.margin ?? 1;
    this.swap = options.swap ?? false;
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distanceFunction: distance, margin, swap, reduction } = this;
    return tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: distance instanceof Module ? (x, y) => distance.forward(x, y) : distance, margin, swap, reduction });
  }
}
