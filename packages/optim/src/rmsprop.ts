/** @file RMSprop. */
import { add_, clone, div, mul_, sqrt, square, sub_, type Tensor, zerosLike } from "@adjoint/core/functional";
import { checkEpsilon, checkNotNegative, checkRate, checkWeightDecay } from "./checks.ts";
import { type Common, directed } from "./gradient.ts";
import { OneByOne, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type RMSpropOptions = Common & Pick<Switches, "foreach" | "differentiable"> & {
  /** How slowly the mean of the squared gradient follows. */
  alpha: number;
  /** What keeps the division from overflowing: 1e-8 by default. */
  eps: number;
  /** How much of the buffer stays: 0 by default. */
  momentum: number;
  /** Divide by the deviation instead: the mean of the gradient is subtracted. */
  centered: boolean;
  /** Go uphill. */
  maximize: boolean;
};
type RMSpropState = { step: number; squareAvg: Tensor; momentumBuffer?: Tensor; gradAvg?: Tensor };

/**
 * v = alpha v + (1 - alpha) g^2; p -= lr g / (sqrt(v) + eps) (Hinton, 2012); centered, v less the squared mean (Graves, 2013): PyTorch's `RMSprop`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.RMSprop([p], { lr: 0.01 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9, -0.9]
 */
export class RMSprop extends OneByOne<RMSpropOptions, RMSpropState> {
  static override readonly name: string = "RMSprop";
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    const all: RMSpropOptions = { lr: 1e-2, momentum: 0, alpha: 0.99, eps: 1e-8, centered: false, weightDecay: 0, foreach: null, maximize: false, differentiable: false, ...options };
    checkRate(all.lr);
    checkEpsilon(all.eps);
    checkNotNegative("Invalid momentum value", all.momentum);
    checkWeightDecay(all.weightDecay);
    checkNotNegative("Invalid alpha value", all.alpha);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<RMSpropOptions>, state: RMSpropState | undefined): RMSpropState {
    const { lr, alpha, eps, momentum, centered } = group, grad = directed(param, given, group);
    const of: RMSpropState = state ?? {
      step: 0, squareAvg: zerosLike(param), ...(momentum > 0 ? { momentumBuffer: zerosLike(param) } : {}), ...(centered ? { gradAvg: zerosLike(param) } : {}),
    };
    of.step++;
    const { squareAvg, momentumBuffer, gradAvg } = of;
    add_(mul_(squareAvg, alpha), square(grad), { alpha: 1 - alpha });
    const variance = gradAvg === undefined ? squareAvg : sub_(clone(squareAvg), square(add_(mul_(gradAvg, alpha), grad, { alpha: 1 - alpha })));
    const step = div(grad, add_(sqrt(variance), eps));
    add_(param, momentumBuffer === undefined ? step : add_(mul_(momentumBuffer, momentum), step), { alpha: -lr });
    return of;
  }
}
