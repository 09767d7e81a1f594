/** @file Averaged stochastic gradient descent. */
import { add_, copy_, mul_, sub, type Tensor, zerosLike } from "@adjoint/core/functional";
import { checkRate, checkWeightDecay } from "./checks.ts";
import { type Common, directed } from "./gradient.ts";
import { OneByOne, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type ASGDOptions = Common & Pick<Switches, "foreach"> & {
  /** Decay of the parameter. */
  lambd: number;
  /** Power of the rate's decay. */
  alpha: number;
  /** The step after which averaging begins. */
  t0: number;
  /** Go uphill. */
  maximize: boolean;
};
type ASGDState = { step: number; eta: number; mu: number; ax: Tensor };

/**
 * p -= lr / (1 + lambd lr t)^alpha * (g + lambd p) (Polyak and Juditsky, 1992): PyTorch's `ASGD`. `stateOf(param).ax` is the average of the parameter from step `t0` on.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.ASGD([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.8, -0.8]
 */
export class ASGD extends OneByOne<ASGDOptions, ASGDState> {
  static override readonly name: string = "ASGD";
  constructor(params: Params<ASGDOptions>, options: Partial<ASGDOptions> = {}) {
    const all: ASGDOptions = { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, foreach: null, maximize: false, ...options };
    checkRate(all.lr);
    checkWeightDecay(all.weightDecay);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<ASGDOptions>, state: ASGDState | undefined): ASGDState {
    const { lr, lambd, alpha, t0 } = group, grad = directed(param, given, group);
    const of = state ?? { step: 0, eta: Math.fround(lr), mu: 1, ax: zerosLike(param) };
    of.step++;
    add_(mul_(param, 1 - lambd * of.eta), grad, { alpha: -of.eta });
    if (of.mu === 1) copy_(of.ax, param);
    else add_(of.ax, sub(param, of.ax), { alpha: of.mu });
    // PyTorch keeps both as float32 tensors, whatever the parameter is.
    of.eta = Math.fround(lr / (1 + lambd * lr * of.step) ** alpha);
    of.mu = Math.fround(1 / Math.max(1, of.step - t0));
    return of;
  }
}
