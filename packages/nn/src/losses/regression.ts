/** @file Losses of numbers, as modules. */
import { gaussianNllLoss, huberLoss, klDiv, l1Loss, mseLoss, poissonNllLoss, type Reduction, smoothL1Loss, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { Loss, type LossOptions, reductionOf } from "./loss.ts";

/**
 * |x - target|: PyTorch's `nn.L1Loss`, by `l1Loss`. x and target [...] -> a 0-d tensor, or by `reduction: "none"` [...].
 * @example new nn.L1Loss().forward(tensor([1, 2]), tensor([3, 2])) // 1
 */
export class L1Loss extends Loss {
  static override readonly name: string = "L1Loss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return l1Loss(x, target, this);
  }
}
/**
 * (x - target)^2: PyTorch's `nn.MSELoss`, by `mseLoss`. x and target [...] -> a 0-d tensor, or by `reduction: "none"` [...].
 * @example new nn.MSELoss().forward(tensor([1, 2]), tensor([3, 2])) // 2
 */
export class MSELoss extends Loss {
  static override readonly name: string = "MSELoss";
  override forward(x: Tensor, target: Tensor): Tensor {
    return mseLoss(x, target, this);
  }
}
/**
 * d^2 / (2 beta) where d = |x - target| is below beta, d - beta / 2 above (Girshick, 2015): PyTorch's `nn.SmoothL1Loss`, by `smoothL1Loss`. x and target [...] -> a 0-d tensor, or
 * by `reduction: "none"` [...].
 * @param options `reduction`; `beta`: 1 by default
 * @example new nn.SmoothL1Loss().forward(tensor([1, 2]), tensor([3, 2])) // 0.75
 */
export class SmoothL1Loss extends Loss {
  static override readonly name: string = "SmoothL1Loss";
  readonly beta: number;
  constructor(options: LossOptions & { readonly beta?: number } = {}) {
    super(options);
    this.beta = options.beta ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(x, target, this);
  }
}
/**
 * d^2 / 2 where d = |x - target| is delta at most, delta (d - delta / 2) beyond (Huber, 1964): PyTorch's `nn.HuberLoss`, by `huberLoss`. x and target [...] -> a 0-d tensor, or by
 * `reduction: "none"` [...].
 * @param options `reduction`; `delta`: 1 by default
 * @example new nn.HuberLoss().forward(tensor([1, 2]), tensor([3, 2])) // 0.75
 */
export class HuberLoss extends Loss {
  static override readonly name: string = "HuberLoss";
  readonly delta: number;
  constructor(options: LossOptions & { readonly delta?: number } = {}) {
    super(options);
    this.delta = options.delta ?? 1;
  }
  override forward(x: Tensor, target: Tensor): Tensor {
    return huberLoss(x, target, this);
  }
}
/**
 * target (log(target) - x), x being logarithms of probabilities: PyTorch's `nn.KLDivLoss`, by `klDiv`. x and target [...] -> a 0-d tensor, or by `reduction: "none"` [...].
 * @param options `reduction`, also "batchmean"; `logTarget`: whether the target is logarithms too
 * @example new nn.KLDivLoss({ reduction: "sum" }).forward(tensor([0, 0]), tensor([1, 1])) // 0
 */
export class KLDivLoss extends Module {
  static override readonly name: string = "KLDivLoss";
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
/**
 * exp(x) - target x: PyTorch's `nn.PoissonNLLLoss`, by `poissonNllLoss`. x and target [...] -> a 0-d tensor, or by `reduction: "none"` [...].
 * @param options `reduction`; `logInput`: whether x is the logarithm of the rate, true by default; `full`: add an approximation of log(target!); `eps`: 1e-8
 * @example new nn.PoissonNLLLoss().forward(tensor([0]), tensor([2])) // 1
 */
export class PoissonNLLLoss extends Loss {
  static override readonly name: string = "PoissonNLLLoss";
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
/**
 * (log(variance) + (x - target)^2 / variance) / 2: PyTorch's `nn.GaussianNLLLoss`, by `gaussianNllLoss`. x, target and variance [...] -> a 0-d tensor, or by `reduction: "none"`
 * [...].
 * @param options `reduction`; `full`: add log(2 pi) / 2; `eps`: the least that a variance counts, 1e-6
 * @throws ShapeError where shapes do not fit
 * @example new nn.GaussianNLLLoss().forward(tensor([1]), tensor([3]), tensor([1])) // 2
 */
export class GaussianNLLLoss extends Loss {
  static override readonly name: string = "GaussianNLLLoss";
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
