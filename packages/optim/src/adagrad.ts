/** @file Adagrad and Adadelta: steps measured by all gradients so far. */
import { add, add_, div, div_, full, mul_, sqrt, square, type Tensor, zerosLike } from "@adjoint/core/functional";
import { checkEpsilon, checkNotNegative, checkRate, checkWeightDecay } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { type Common, directed } from "./gradient.ts";
import { OneByOne, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type AdagradOptions = Common & Pick<Switches, "foreach"> & {
  /** How fast the rate falls: 0 by default. */
  lrDecay: number;
  /** Where the sums of squares begin: 0 by default. */
  initialAccumulatorValue: number;
  /** What keeps the division from overflowing: 1e-10 by default, of Adadelta 1e-6. */
  eps: number;
  /** Go uphill. */
  maximize: boolean;
};
type AdagradState = { step: number; sum: Tensor };

/**
 * s += g^2; p -= lr / (1 + (t - 1) lrDecay) * g / (sqrt(s) + eps) (Duchi et al., 2011): PyTorch's `Adagrad`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.Adagrad([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9, -0.9]
 */
export class Adagrad extends OneByOne<AdagradOptions, AdagradState> {
  static override readonly name: string = "Adagrad";
  constructor(params: Params<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    const all: AdagradOptions = { lr: 1e-2, lrDecay: 0, eps: 1e-10, weightDecay: 0, initialAccumulatorValue: 0, foreach: null, maximize: false, ...options };
    checkRate(all.lr);
    checkNotNegative("Invalid lr_decay value", all.lrDecay);
    checkWeightDecay(all.weightDecay);
    checkNotNegative("Invalid initial_accumulator_value value", all.initialAccumulatorValue);
    checkEpsilon(all.eps);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<AdagradOptions>, state: AdagradState | undefined): AdagradState {
    const { lr, lrDecay, eps, initialAccumulatorValue } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, sum: full(param.shape, initialAccumulatorValue, { dtype: param.dtype, device: param.device }) };
    of.step++;
    add_(of.sum, square(grad));
    add_(param, div(grad, add_(sqrt(of.sum), eps)), { alpha: -lr / (1 + (of.step - 1) * lrDecay) });
    return of;
  }
}

export type AdadeltaOptions = Common & Pick<Switches, "foreach"> & {
  /** How much of the averages stays: 0.9 by default. */
  rho: number;
  /** What keeps the division from overflowing: 1e-10 by default, of Adadelta 1e-6. */
  eps: number;
  /** Go uphill. */
  maximize: boolean;
};
type AdadeltaState = { step: number; squareAvg: Tensor; accDelta: Tensor };

/**
 * v = rho v + (1 - rho) g^2; d = g sqrt(u + eps) / sqrt(v + eps); u = rho u + (1 - rho) d^2; p -= lr d (Zeiler, 2012): PyTorch's `Adadelta`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.Adadelta([p], { eps: 1e-2, lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9688, -0.9688]
 */
export class Adadelta extends OneByOne<AdadeltaOptions, AdadeltaState> {
  static override readonly name: string = "Adadelta";
  constructor(params: Params<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    const all: AdadeltaOptions = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false, foreach: null, ...options };
    checkRate(all.lr);
    if (!(all.rho >= 0 && all.rho <= 1)) throw new OptimizerError(`Invalid rho value: ${all.rho}`);
    checkEpsilon(all.eps);
    checkWeightDecay(all.weightDecay);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<AdadeltaOptions>, state: AdadeltaState | undefined): AdadeltaState {
    const { lr, rho, eps } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, squareAvg: zerosLike(param), accDelta: zerosLike(param) };
    of.step++;
    add_(mul_(of.squareAvg, rho), square(grad), { alpha: 1 - rho });
    const delta = mul_(div_(sqrt(add(of.accDelta, eps)), sqrt(add(of.squareAvg, eps))), grad);
    add_(mul_(of.accDelta, rho), square(delta), { alpha: 1 - rho });
    add_(param, delta, { alpha: -lr });
    return of;
  }
}
