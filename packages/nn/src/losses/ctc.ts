/** @file Connectionist temporal classification, as a module. */
import { ctcLoss, type Tensor } from "@adjoint/core/functional";
import { Loss, type LossOptions } from "./loss.ts";

/** The loss of label sequences without an alignment (Graves et al., 2006). logProbs [t, n, classes], targets [n, s] or one after another, and the lengths of both. */
export class CTCLoss extends Loss {
  readonly blank: number;
  readonly zeroInfinity: boolean;
  constructor(options: LossOptions & { readonly blank?: number; readonly zeroInfinity?: boolean } = {}) {
    super(options);
    this.blank = options.blank ?? 0;
    this.zeroInfinity = options.zeroInfinity ?? false;
  }
  override forward(logProbs: Tensor, targets: Tensor, inputLengths: readonly number[] | Tensor, targetLengths: readonly number[] | Tensor): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this);
  }
}
