/** @file Adam and AdamW. */
import { add_, copy_, div, maximum, mul, mul_, neg, sqrt, square, type Tensor, zerosLike } from "@adjoint/core/functional";
import { type Betas, checkBetas, checkEpsilon, checkRate, checkWeightDecay } from "./checks.ts";
import { Optimizer, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type AdamOptions = Pick<Switches, "foreach" | "capturable"> & Partial<Pick<Switches, "differentiable" | "fused">> & {
  lr: number;
  /** How slowly the means of the gradient and of its square follow. */
  betas: Betas;
  eps: number;
  weightDecay: number;
  /** Divide by the largest second moment so far (Reddi et al., 2018). */
  amsgrad: boolean;
  /** Go up the gradient. */
  maximize: boolean;
};
type AdamState = { step: number; expAvg: Tensor; expAvgSq: Tensor; maxExpAvgSq?: Tensor };

const defaults = { lr: 1e-3, betas: [0.9, 0.999] as Betas, eps: 1e-8, weightDecay: 0, amsgrad: false, maximize: false, foreach: null, capturable: false };

function checked(options: AdamOptions): AdamOptions {
  checkRate(options.lr);
  checkEpsilon(options.eps);
  checkBetas(options.betas);
  checkWeightDecay(options.weightDecay);
  return options;
}

const fresh = (param: Tensor, amsgrad: boolean): AdamState =>
  ({ step: 0, expAvg: zerosLike(param), expAvgSq: zerosLike(param), ...(amsgrad ? { maxExpAvgSq: zerosLike(param) } : {}) });

/** What both have: the two moments. */
abstract class AdamBase extends Optimizer<AdamOptions, AdamState> {
  /** Weight decay as a part of the gradient: L2 regularisation. */
  protected decayed(param: Tensor, grad: Tensor, { weightDecay }: AdamOptions): Tensor {
    return weightDecay === 0 ? grad : add_(mul(param, weightDecay), grad);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<AdamOptions>, state: AdamState | undefined): AdamState {
    const { lr, betas: [beta1, beta2], eps, amsgrad, maximize } = group;
    const grad = this.decayed(param, maximize ? neg(given) : given, group);
    const of = state ?? fresh(param, amsgrad);
    of.step++;
    const { step, expAvg, expAvgSq, maxExpAvgSq } = of;
    add_(mul_(expAvg, beta1), grad, { alpha: 1 - beta1 });
    add_(mul_(expAvgSq, beta2), square(grad), { alpha: 1 - beta2 });
    const second = maxExpAvgSq === undefined ? expAvgSq : copy_(maxExpAvgSq, maximum(maxExpAvgSq, expAvgSq));
    // m / (sqrt(v) / c + eps) as c m / (sqrt(v) + c eps): one pass less.
    const correction = Math.sqrt(1 - beta2 ** step);
    const denominator = add_(sqrt(second), eps * correction);
    add_(param, div(expAvg, denominator), { alpha: (-lr * correction) / (1 - beta1 ** step) });
    return of;
  }
}

/**
 * PyTorch's `Adam` (Kingma and Ba, 2015): m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
 * @example `const optimizer = new Adam(model.parameters(), { lr: 1e-3 })`
 */
export class Adam extends AdamBase {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, checked({ ...defaults, differentiable: false, fused: false, ...options }));
  }
}

/** Adam whose weight decay shrinks the parameter and leaves the moments alone: PyTorch's `AdamW` (Loshchilov and Hutter, 2019). */
export class AdamW extends AdamBase {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, checked({ ...defaults, weightDecay: 1e-2, ...options }));
  }
  protected override decayed(param: Tensor, grad: Tensor, { lr, weightDecay }: AdamOptions): Tensor {
    if (weightDecay !== 0) mul_(param, 1 - lr * weightDecay);
    return grad;
  }
}
