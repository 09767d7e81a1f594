/** @file Losses of classes, as modules. Weights are buffers: they move with the module and are in its state dict. */
import {
  binaryCrossEntropy, binaryCrossEntropyWithLogits, crossEntropy, multilabelMarginLoss, multilabelSoftMarginLoss, multiMarginLoss, nllLoss, softMarginLoss, type Tensor,
} from "@adjoint/core/functional";
import { Loss, type LossOptions } from "./loss.ts";

export type WeightedLossOptions = LossOptions & {
  /** A factor for each class, or, of binary losses, for each element. */
  readonly weight?: Tensor | null;
};

abstract class WeightedLoss extends Loss {
  readonly weight: Tensor | null;
  constructor(options: WeightedLossOptions = {}) {
    super(options);
    this.weight = this.registerBuffer("weight", options.weight ?? null);
  }
}

export type NLLOptions = WeightedLossOptions & { readonly ignoreIndex?: number };
/** The negative log likelihood. x [n, classes, ...] of log probabilities, target [n, ...] of int32 class numbers. */
export class NLLLoss extends WeightedLoss {
  readonly ignoreIndex: number;
  constructor(options: NLLOptions = {}) {
    super(options);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return nllLoss(x, target, this);
  }
}

export type CrossEntropyOptions = NLLOptions & { readonly labelSmoothing?: number };
/** log-softmax and negative log likelihood. scores [n, classes, ...], target [n, ...] of int32 class numbers, or probabilities of the scores' shape. */
export class CrossEntropyLoss extends WeightedLoss {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  constructor(options: CrossEntropyOptions = {}) {
    super(options);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }
  override forward(scores: Tensor, target: Tensor): Tensor {
    return crossEntropy(scores, target, this);
  }
}

/** The binary cross entropy of probabilities. */
export class BCELoss extends WeightedLoss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(x, target, this);
  }
}
/** The binary cross entropy of sigmoid(x). */
export class BCEWithLogitsLoss extends WeightedLoss {
  /** A factor of the positive part, for each class. */
  readonly pos_weight: Tensor | null;
  constructor(options: WeightedLossOptions & { readonly posWeight?: Tensor | null } = {}) {
    super(options);
    this.pos_weight = this.registerBuffer("pos_weight", options.posWeight ?? null);
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, weight, pos_weight: posWeight } = this;
    return binaryCrossEntropyWithLogits(x, target, { reduction, weight, posWeight });
  }
}
/** log(1 + exp(-target x)), reduced; targets are 1 and -1. */
export class SoftMarginLoss extends Loss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return softMarginLoss(x, target, this);
  }
}
/** The mean over the classes of the binary cross entropy of sigmoid(x). */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(x, target, this);
  }
}
/** How far the right classes are from being larger by 1 than each of the others. target of right classes, which end at the first -1. */
export class MultiLabelMarginLoss extends Loss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(x, target, this);
  }
}
/** How far the right class is from being larger by a margin than each other. */
export class MultiMarginLoss extends WeightedLoss {
  readonly p: 1 | 2;
  readonly margin: number;
  constructor(options: WeightedLossOptions & { readonly p?: 1 | 2; readonly margin?: number } = {}) {
    super(options);
    this.p = options.p ?? 1;
    this.margin = options.margin ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(x, target, this);
  }
}
