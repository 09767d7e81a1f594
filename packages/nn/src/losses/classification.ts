/** @file Losses of classes, as modules. Weights are buffers: they move with the module and are in its state dict. */
import {
  ArgumentError, binaryCrossEntropy, binaryCrossEntropyWithLogits, crossEntropy, multilabelMarginLoss, multilabelSoftMarginLoss, multiMarginLoss, nllLoss, softMarginLoss, type Tensor,
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

export type NLLOptions = WeightedLossOptions & {
  /** The class that does not count: -100 by default. */
  readonly ignoreIndex?: number;
};
/**
 * -x at the target's class: PyTorch's `nn.NLLLoss`, by `nllLoss`. x [n, classes, ...] of log probabilities and target [n, ...] of int32 class numbers -> a 0-d tensor, or by
 * `reduction: "none"` [n, ...].
 * @example new nn.NLLLoss().forward(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })) // 2
 */
export class NLLLoss extends WeightedLoss {
  static override readonly name: string = "NLLLoss";
  readonly ignoreIndex: number;
  constructor(options: NLLOptions = {}) {
    super(options);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return nllLoss(x, target, this);
  }
}

export type CrossEntropyOptions = NLLOptions & {
  /** How much of each target goes evenly to all classes: 0 by default. */
  readonly labelSmoothing?: number;
};
/**
 * -log(softmax(x)) at the target's class: PyTorch's `nn.CrossEntropyLoss`, by `crossEntropy`. x [n, classes, ...] and target [n, ...] of int32 class numbers, or probabilities of
 * x's shape -> a 0-d tensor, or by `reduction: "none"` [n, ...].
 * @example new nn.CrossEntropyLoss().forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })) // 0.6931
 */
export class CrossEntropyLoss extends WeightedLoss {
  static override readonly name: string = "CrossEntropyLoss";
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

/**
 * -(target log(x) + (1 - target) log(1 - x)) of probabilities: PyTorch's `nn.BCELoss`, by `binaryCrossEntropy`. x and target [...] -> a 0-d tensor, or by `reduction: "none"`
 * [...].
 * @example new nn.BCELoss().forward(tensor([0.5]), tensor([1])) // 0.6931
 */
export class BCELoss extends WeightedLoss {
  static override readonly name: string = "BCELoss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(x, target, this);
  }
}
/**
 * The binary cross entropy of sigmoid(x): PyTorch's `nn.BCEWithLogitsLoss`, by `binaryCrossEntropyWithLogits`. x and target [...] -> a 0-d tensor, or by `reduction: "none"`
 * [...].
 * @param options `weight`, `reduction`; `posWeight`: a factor of the positive part, for each class
 * @example new nn.BCEWithLogitsLoss().forward(tensor([0]), tensor([1])) // 0.6931
 */
export class BCEWithLogitsLoss extends WeightedLoss {
  static override readonly name: string = "BCEWithLogitsLoss";
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
/**
 * log(1 + exp(-target x)), targets being 1 and -1: PyTorch's `nn.SoftMarginLoss`, by `softMarginLoss`. x and target [...] -> a 0-d tensor, or by `reduction: "none"` [...].
 * @example new nn.SoftMarginLoss().forward(tensor([0]), tensor([1])) // 0.6931
 */
export class SoftMarginLoss extends Loss {
  static override readonly name: string = "SoftMarginLoss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return softMarginLoss(x, target, this);
  }
}
/**
 * The mean over the classes of the binary cross entropy of sigmoid(x): PyTorch's `nn.MultiLabelSoftMarginLoss`, by `multilabelSoftMarginLoss`. x and target [n, classes] -> a 0-d
 * tensor, or by `reduction: "none"` [n].
 * @example new nn.MultiLabelSoftMarginLoss().forward(tensor([[0, 0]]), tensor([[1, 0]])) // 0.6931
 */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  static override readonly name: string = "MultiLabelSoftMarginLoss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(x, target, this);
  }
}
/**
 * The sum of max(0, 1 - (x[right] - x[other])) over the number of classes: PyTorch's `nn.MultiLabelMarginLoss`, by `multilabelMarginLoss`. x [n, classes] and target [n, classes]
 * of right classes, which end at the first -1 -> a 0-d tensor, or by `reduction: "none"` [n].
 * @example new nn.MultiLabelMarginLoss().forward(tensor([[1, 0]]), tensor([[0, -1]], { dtype: "int32" })) // 0
 */
export class MultiLabelMarginLoss extends Loss {
  static override readonly name: string = "MultiLabelMarginLoss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(x, target, this);
  }
}
/**
 * The sum of max(0, margin - x[target] + x)^p over the number of classes: PyTorch's `nn.MultiMarginLoss`, by `multiMarginLoss`. x [n, classes] and target [n] of int32 class
 * numbers -> a 0-d tensor, or by `reduction: "none"` [n].
 * @param options `weight`, `reduction`; `p`: 1 by default; `margin`: 1 by default
 * @throws ArgumentError for another p than 1 and 2
 * @example new nn.MultiMarginLoss().forward(tensor([[1, 0]]), tensor([0], { dtype: "int32" })) // 0
 */
export class MultiMarginLoss extends WeightedLoss {
  static override readonly name: string = "MultiMarginLoss";
  readonly p: 1 | 2;
  readonly margin: number;
  constructor(options: WeightedLossOptions & { readonly p?: 1 | 2; readonly margin?: number } = {}) {
    super(options);
    this.p = options.p ?? 1;
    if (this.p !== 1 && this.p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
    this.margin = options.margin ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(x, target, this);
  }
}
