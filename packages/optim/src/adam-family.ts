/** @file Adam's relatives: Adamax, NAdam, RAdam. */
import { abs, add_, copy_, div, maximum, mul, mul_, sqrt, square, type Tensor, zerosLike } from "@adjoint/core/functional";
import { type Betas, checkBetas, checkEpsilon, checkNotNegative, checkRate, checkWeightDecay } from "./checks.ts";
import { type Common, directed } from "./gradient.ts";
import { OneByOne, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

type Moments = Common & Pick<Switches, "foreach"> & {
  /** How slowly the means of the gradient and of its square follow. */
  betas: Betas;
  /** What keeps the division from overflowing: 1e-8 by default. */
  eps: number;
};
function check({ lr, eps, betas, weightDecay }: Moments): void {
  checkRate(lr);
  checkEpsilon(eps);
  checkBetas(betas);
  checkWeightDecay(weightDecay);
}

export type AdamaxOptions = Moments & {
  /** Go uphill. */
  maximize: boolean;
};
type AdamaxState = { step: number; expAvg: Tensor; expInf: Tensor };

/**
 * m = b1 m + (1 - b1) g; u = max(b2 u, |g| + eps); p -= lr / (1 - b1^t) * m / u (Kingma and Ba, 2015): PyTorch's `Adamax`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.Adamax([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9, -0.9]
 */
export class Adamax extends OneByOne<AdamaxOptions, AdamaxState> {
  static override readonly name: string = "Adamax";
  constructor(params: Params<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    const all: AdamaxOptions = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, foreach: null, maximize: false, ...options };
    check(all);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<AdamaxOptions>, state: AdamaxState | undefined): AdamaxState {
    const { lr, betas: [beta1, beta2], eps } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, expAvg: zerosLike(param), expInf: zerosLike(param) };
    of.step++;
    add_(mul_(of.expAvg, beta1), grad, { alpha: 1 - beta1 });
    copy_(of.expInf, maximum(mul(of.expInf, beta2), add_(abs(grad), eps)));
    add_(param, div(of.expAvg, of.expInf), { alpha: -lr / (1 - beta1 ** of.step) });
    return of;
  }
}

export type NAdamOptions = Moments & {
  /** How fast the momentum grows: 4e-3 by default. */
  momentumDecay: number;
};
type NAdamState = { step: number; muProduct: number; expAvg: Tensor; expAvgSq: Tensor };

/**
 * Adam with Nesterov's look ahead, by a momentum mu_t = b1 (1 - 0.96^(t momentumDecay) / 2) (Dozat, 2016): PyTorch's `NAdam`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.NAdam([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.895, -0.895]
 */
export class NAdam extends OneByOne<NAdamOptions, NAdamState> {
  static override readonly name: string = "NAdam";
  constructor(params: Params<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    const all: NAdamOptions = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3, foreach: null, ...options };
    check(all);
    checkNotNegative("Invalid momentum_decay value", all.momentumDecay);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<NAdamOptions>, state: NAdamState | undefined): NAdamState {
    const { lr, betas: [beta1, beta2], eps, momentumDecay } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, muProduct: 1, expAvg: zerosLike(param), expAvgSq: zerosLike(param) };
    const step = ++of.step, momentum = (at: number): number => beta1 * (1 - 0.5 * 0.96 ** (at * momentumDecay));
    const mu = momentum(step), next = momentum(step + 1);
    // PyTorch 1.13 to the letter: the product is a float32 tensor whatever the parameter is, and the product to come has this mu twice.
    of.muProduct = Math.fround(of.muProduct * Math.fround(mu));
    const coming = Math.fround(Math.fround(of.muProduct * Math.fround(mu)) * Math.fround(next));
    add_(mul_(of.expAvg, beta1), grad, { alpha: 1 - beta1 });
    add_(mul_(of.expAvgSq, beta2), square(grad), { alpha: 1 - beta2 });
    const denominator = add_(sqrt(div(of.expAvgSq, 1 - beta2 ** step)), eps);
    add_(param, div(grad, denominator), { alpha: (-lr * (1 - mu)) / (1 - of.muProduct) });
    add_(param, div(of.expAvg, denominator), { alpha: (-lr * next) / (1 - coming) });
    return of;
  }
}

export type RAdamOptions = Moments;
type RAdamState = { step: number; expAvg: Tensor; expAvgSq: Tensor };

/**
 * Adam that divides by the second moment only once its variance is tractable, and rectified (Liu et al., 2020): PyTorch's `RAdam`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.RAdam([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.8, -0.8]
 */
export class RAdam extends OneByOne<RAdamOptions, RAdamState> {
  static override readonly name: string = "RAdam";
  constructor(params: Params<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    const all: RAdamOptions = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, foreach: null, ...options };
    check(all);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<RAdamOptions>, state: RAdamState | undefined): RAdamState {
    const { lr, betas: [beta1, beta2], eps } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, expAvg: zerosLike(param), expAvgSq: zerosLike(param) };
    const step = ++of.step;
    add_(mul_(of.expAvg, beta1), grad, { alpha: 1 - beta1 });
    add_(mul_(of.expAvgSq, beta2), square(grad), { alpha: 1 - beta2 });
    const correction = 1 - beta2 ** step, rate = -lr / (1 - beta1 ** step);
    const limit = 2 / (1 - beta2) - 1, rho = limit - (2 * step * beta2 ** step) / correction;
    if (rho > 5) {
      const rectified = Math.sqrt(((rho - 4) * (rho - 2) * limit) / ((limit - 4) * (limit - 2) * rho));
      add_(param, div(of.expAvg, add_(sqrt(of.expAvgSq), eps)), { alpha: rate * rectified * Math.sqrt(correction) });
    } else add_(param, of.expAvg, { alpha: rate });
    return of;
  }
}
