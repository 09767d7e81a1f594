/** @file Losses of numbers, as modules. */
import { gaussianNllLoss, huberLoss, klDiv, l1Loss, mseLoss, poissonNllLoss, type Reduction, smoothL1Loss, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { Loss, type LossOptions, reductionOf } from "./loss.ts";

/** |x - target|, reduced. */
export class L1Loss extends Loss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return l1Loss(x, target, this);
  }
}
/** The squared difference, reduced. */
export class MSELoss extends Loss {
  override forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, this);
  }
}
/** The square of small differences, the size of large ones, reduced (Girshick, 2015). */
export class SmoothL1Loss extends Loss {
  readonly beta: number;
  constructor(options: LossOptions & { readonly beta?: number } = {}) {
    super(options);
    this.beta = options.beta ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(x, target, this);
  }
}
/** d^2 / 2 up to delta, delta (|d| - delta / 2) beyond, reduced. */
export class HuberLoss extends Loss {
  readonly delta: number;
  constructor(options: LossOptions & { readonly delta?: number } = {}) {
    super(options);
    this.delta = options.delta ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return huberLoss(x, target, this);
  }
}
/** The Kullback-Leibler divergence from a target of probabilities; x of their logarithms. */
export class KLDivLoss extends Module {
  readonly reduction: Reduction | "batchmean";
  readonly logTarget: boolean;
  constructor(options: Omit<LossOptions, "reduction"> & { readonly reduction?: Reduction | "batchmean"; readonly logTarget?: boolean } = {}) {
    super();
    this.reduction = reductionOf<Reduction | "batchmean">(options);
    this.logTarget = options.logTarget ?? false;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return klDiv(x, target, this);
  }
}
/** The negative log likelihood of counts, of rates or of their logarithms. */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;
  constructor(options: LossOptions & { readonly logInput?: boolean; readonly full?: boolean; readonly eps?: number } = {}) {
    super(options);
    this.logInput = options.logInput ?? true;
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-8;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(x, target, this);
  }
}
/** The negative log likelihood of a normal distribution with the given variances. */
export class GaussianNLLLoss extends Loss {
  readonly full: boolean;
  readonly eps: number;
  constructor(options: LossOptions & { readonly full?: boolean; readonly eps?: number } = {}) {
    super(options);
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-6;
  }
  override forward(x: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(x, target, variance, this);
  }
}
