/** @file Stochastic gradient descent with momentum. */
import { keepCopy, sgdStep, type Tensor } from "@adjoint/core/functional";
import { checkNotNegative, checkRate, checkWeightDecay } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { begin, type Member, Optimizer, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type SGDOptions = Pick<Switches, "foreach" | "differentiable"> & {
  /** Required, here or in every group. */
  lr: number;
  /** How much of the buffer stays: 0 by default. */
  momentum: number;
  /** How much of the gradient does not enter the buffer: 0 by default. */
  dampening: number;
  /** The factor of the parameter that joins its gradient: 0 by default. */
  weightDecay: number;
  /** Look ahead along the buffer. */
  nesterov: boolean;
  /** Go up the gradient. */
  maximize: boolean;
};
type SGDState = { momentumBuffer: Tensor };

/**
 * g += weightDecay * p; b = momentum * b + (1 - dampening) * g; p -= lr * b (Sutskever et al., 2013): PyTorch's `SGD`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.SGD([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.8, -0.8]
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  static override readonly name: string = "SGD";
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    const all = { lr: undefined, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, foreach: null, differentiable: false, ...options };
    if (all.lr !== undefined) checkRate(all.lr);
    checkNotNegative("Invalid momentum value", all.momentum);
    checkWeightDecay(all.weightDecay);
    if (all.nesterov && (all.momentum <= 0 || all.dampening !== 0)) throw new OptimizerError("Nesterov momentum requires a momentum and zero dampening");
    super(params, all);
  }
  protected override updateAll(members: readonly Member<SGDState>[], group: ParamGroup<SGDOptions>): void {
    for (const isFirst of [true, false]) {
      // One that was loaded may lack its buffer: PyTorch saves a state without where there was no momentum.
      const some = members.filter(({ state }) => isFirst === (group.momentum !== 0 && !state?.momentumBuffer));
      begin((made) => {
        const buffers = group.momentum === 0 ? undefined : some.map(({ param, state }) => state?.momentumBuffer ?? made(keepCopy(param)));
        sgdStep(some.map(({ param }) => param), some.map(({ grad }) => grad), buffers, { ...group, isFirst });
        if (isFirst) some.forEach(({ param }, k) => this.remember(param, { momentumBuffer: buffers![k]! }));
      });
    }
  }
}
