/** @file Resilient backpropagation: only signs of gradients count. */
import { add_, clamp, copy_, fullLike, gt, lt, mul, mul_, neg, python, sign, type Tensor, where, zerosLike } from "@adjoint/core/functional";
import { checkRate } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { OneByOne, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type RpropOptions = Pick<Switches, "foreach"> & {
  /** The first step of each element: 1e-2 by default. */
  lr: number;
  /** A step shrinks by the first where the gradient changes its sign, and grows by the second where not. */
  etas: readonly [shrink: number, grow: number];
  /** The smallest and the largest step. */
  stepSizes: readonly [least: number, most: number];
  /** Go uphill. */
  maximize: boolean;
};
type RpropState = { step: number; prev: Tensor; stepSize: Tensor };

/**
 * Each element has a step of its own, taken against the sign of its gradient; none where that has just changed (Riedmiller and Braun, 1993): PyTorch's `Rprop`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.Rprop([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9, -0.9]
 */
export class Rprop extends OneByOne<RpropOptions, RpropState> {
  static override readonly name: string = "Rprop";
  constructor(params: Params<RpropOptions>, options: Partial<RpropOptions> = {}) {
    const all: RpropOptions = { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], foreach: null, maximize: false, ...options };
    checkRate(all.lr);
    const [shrink, grow] = all.etas;
    if (!(shrink > 0 && shrink < 1 && grow > 1)) throw new OptimizerError(`Invalid eta values: ${python.number(shrink)}, ${python.number(grow)}`);
    super(params, all);
  }
  protected override update(param: Tensor, given: Tensor, group: ParamGroup<RpropOptions>, state: RpropState | undefined): RpropState {
    const { lr, etas: [shrink, grow], stepSizes: [least, most], maximize } = group, grad = maximize ? neg(given) : given;
    const of = state ?? { step: 0, prev: zerosLike(param), stepSize: fullLike(param, lr) };
    of.step++;
    // By signs: the product of two small gradients may be smaller than any number, and a device may have none below 2^-126.
    const agreement = mul(grad, sign(of.prev)), turned = lt(agreement, 0);
    const factor = where(gt(agreement, 0), grow, where(turned, shrink, fullLike(param, 1)));
    copy_(of.stepSize, clamp(mul_(of.stepSize, factor), least, most));
    copy_(of.prev, where(turned, 0, grad));
    add_(param, mul(sign(of.prev), of.stepSize), { alpha: -1 });
    return of;
  }
}
