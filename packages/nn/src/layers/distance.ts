/** @file Distances and similarities of vectors, as layers. */
import { cosineSimilarity, pairwiseDistance, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/** The norm of x - y + eps along the last dim. x and y [n, d] -> [n]. */
export class PairwiseDistance extends Module {
  readonly p: number;
  readonly eps: number;
  readonly keepdim: boolean;
  constructor(options: { readonly p?: number; readonly eps?: number; readonly keepdim?: boolean } = {}) {
    super();
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.keepdim = options.keepdim ?? false;
  }
  override forward(x: Tensor, y: Tensor): Tensor {
    return pairwiseDistance(x, y, this);
  }
}
/** The cosine of the angle between x and y along a dim, 1 by default. */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;
  constructor(options: { readonly dim?: number; readonly eps?: number } = {}) {
    super();
    this.dim = options.dim ?? 1;
    this.eps = options.eps ?? 1e-8;
  }
  override forward(x: Tensor, y: Tensor): Tensor {
    return cosineSimilarity(x, y, this.dim, { eps: this.eps });
  }
}
