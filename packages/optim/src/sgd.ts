/** @file Stochastic gradient descent with momentum. */
import { keepCopy, sgdStep, type Tensor } from "@adjoint/core/functional";
import { checkNotNegative, checkRate, checkWeightDecay } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { type Member, Optimizer, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type SGDOptions = Pick<Switches, "foreach" | "differentiable"> & {
  /** Required, here or in every group. */
  lr: number;
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
  /** Go up the gradient. */
  maximize: boolean;
};
type SGDState = { momentumBuffer: Tensor };

/**
 * PyTorch's `SGD`: g += weightDecay * p; b = momentum * b + (1 - dampening) * g; p -= lr * b (Sutskever et al., 2013).
 * @example `const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })`
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    const all = { lr: undefined, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, foreach: null, differentiable: false, ...options };
    if (all.lr !== undefined) checkRate(all.lr);
    checkNotNegative("Invalid momentum value", all.momentum);
    checkWeightDecay(all.weightDecay);
    if (all.nesterov && (all.momentum <= 0 || all.dampening !== 0)) throw new OptimizerError("Nesterov momentum requires a momentum and zero dampening");
    super(params, all);
  }
  protected override updateAll(members: readonly Member<SGDState>[], group: ParamGroup<SGDOptions>): void {
    const step = (some: readonly Member<SGDState>[], buffers: readonly Tensor[] | undefined, isFirst: boolean): void =>
      sgdStep(some.map(({ param }) => param), some.map(({ grad }) => grad), buffers, { ...group, isFirst });
    if (group.momentum === 0) return step(members, undefined, false);
    const begun = members.filter(({ state }) => state !== undefined), fresh = members.filter(({ state }) => state === undefined);
    step(begun, begun.map(({ state }) => state!.momentumBuffer), false);
    const buffers = fresh.map(({ param }) => keepCopy(param));
    step(fresh, buffers, true);
    fresh.forEach(({ param }, i) => this.remember(param, { momentumBuffer: buffers[i]! }));
  }
}
