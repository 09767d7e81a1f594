/** @file Losses of distances and of order, as modules. */
import { cosineEmbeddingLoss, hingeEmbeddingLoss, marginRankingLoss, type Tensor } from "@adjoint/core/functional";
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
