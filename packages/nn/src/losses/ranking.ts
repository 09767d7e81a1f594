/** @file Losses of distances and of order, as modules. */
import { cosineEmbeddingLoss, hingeEmbeddingLoss, marginRankingLoss, type Tensor, tripletMarginLoss, tripletMarginWithDistanceLoss } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { Loss, type LossOptions } from "./loss.ts";

export type MarginOptions = LossOptions & { readonly margin?: number };

/** x where the target is 1, max(0, margin - x) where it is -1. */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number;
  constructor(options: MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(x, target, this);
  }
}
/** 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1. */
export class CosineEmbeddingLoss extends Loss {
  readonly margin: number;
  constructor(options: MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 0;
  }
  override forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(x1, x2, target, this);
  }
}
/** max(0, margin - target (x1 - x2)). */
export class MarginRankingLoss extends Loss {
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
/** How far the positive is from being nearer to the anchor, by a margin, than the negative (Balntas et al., 2016). */
export class TripletMarginLoss extends Loss {
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
/** As TripletMarginLoss, with any distance: a function, or a module. */
export class TripletMarginWithDistanceLoss extends Loss {
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
