/** @file Connectionist temporal classification, as a module. */
import { ctcLoss, type Tensor } from "@adjoint/core/functional";
import { Loss, type LossOptions } from "./loss.ts";

/**
 * The negative log likelihood of label sequences, however they are stretched and interrupted by blanks (Graves et al., 2006): PyTorch's `nn.CTCLoss`, by `ctcLoss`. logProbs [t,
 * n, classes], targets [n, s], and the lengths of both -> a 0-d tensor, or by `reduction: "none"` [n].
 * @param options `reduction`; `blank`: which class, 0 by default; `zeroInfinity`: make 0 of infinite losses
 * @example new nn.CTCLoss().forward(logSoftmax(zeros([2, 1, 2]), 2), tensor([[1]], { dtype: "int32" }), [2], [1]) // 0.2877
 */
export class CTCLoss extends Loss {
  static override readonly name: string = "CTCLoss";
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
