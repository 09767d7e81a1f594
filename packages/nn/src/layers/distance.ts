/** @file Distances and similarities of vectors, as layers. */
import { cosineSimilarity, pairwiseDistance, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/**
 * The p-norm of x - y + eps along the last dim: PyTorch's `nn.PairwiseDistance`, by `pairwiseDistance`. x and y [n, d] -> [n].
 * @param options `p`: 2 by default; `eps`: 1e-6; `keepdim`: keep the dim, with size 1
 * @example new nn.PairwiseDistance({ eps: 0 }).forward(tensor([[0, 0]]), tensor([[3, 4]])) // [5]
 */
export class PairwiseDistance extends Module {
  static override readonly name: string = "PairwiseDistance";
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
/**
 * The cosine of the angle between x and y along a dim, x y / (|x| |y|): PyTorch's `nn.CosineSimilarity`, by `cosineSimilarity`. x and y [n, d] -> [n].
 * @param options `dim`: 1 by default; `eps`: the least that a norm counts, 1e-8
 * @example new nn.CosineSimilarity().forward(tensor([[1, 0]]), tensor([[1, 1]])) // [0.7071]
 */
export class CosineSimilarity extends Module {
  static override readonly name: string = "CosineSimilarity";
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
