/** @file Losses as modules. */
import { crossEntropy, mseLoss, type Reduction, type Tensor } from "@adjoint/core/functional";
import { Module } from "./module.ts";

export type CrossEntropyOptions = { readonly ignoreIndex?: number; readonly reduction?: Reduction; readonly labelSmoothing?: number };

/** log-softmax and negative log likelihood. scores [n, classes], target [n] of int32 class numbers. */
export class CrossEntropyLoss extends Module {
  readonly #options: CrossEntropyOptions;
  constructor(options: CrossEntropyOptions = {}) {
    super();
    this.#options = options;
  }
  override forward(scores: Tensor, target: Tensor): Tensor {
    return crossEntropy(scores, target, this.#options);
  }
}

/** The squared difference, reduced. */
export class MSELoss extends Module {
  readonly reduction: Reduction;
  constructor(options: { readonly reduction?: Reduction } = {}) {
    super();
    this.reduction = options.reduction ?? "mean";
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, { reduction: this.reduction });
  }
}
