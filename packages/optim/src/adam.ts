/** @file Adam and AdamW. */
import { adamStep, ArgumentError, type Tensor, zerosLike } from "@adjoint/core/functional";
import { type Betas, checkBetas, checkEpsilon, checkRate, checkWeightDecay } from "./checks.ts";
import { begin, type Member, Optimizer, type ParamGroup, type Params, type Switches } from "./optimizer.ts";

export type AdamOptions = Pick<Switches, "foreach" | "capturable"> & Partial<Pick<Switches, "differentiable" | "fused">> & {
  /** The learning rate: 1e-3 by default. */
  lr: number;
  /** How slowly the means of the gradient and of its square follow. */
  betas: Betas;
  /** What keeps the division from overflowing: 1e-8 by default. */
  eps: number;
  /** The factor of the parameter that joins its gradient, or of AdamW shrinks it: 0 by default, of AdamW 1e-2. */
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

function fresh(param: Tensor, amsgrad: boolean, made: (x: Tensor) => Tensor): AdamState {
  const moment = (): Tensor => made(zerosLike(param));
  return { step: 0, expAvg: moment(), expAvgSq: moment(), ...(amsgrad ? { maxExpAvgSq: moment() } : {}) };
}

/** What both have: the two moments. */
abstract class AdamBase extends Optimizer<AdamOptions, AdamState> {
  /** Whether weight decay shrinks the parameter itself, and is no part of the gradient. */
  protected abstract readonly decoupled: boolean;
  protected override updateAll(members: readonly Member<AdamState>[], group: ParamGroup<AdamOptions>): void {
    const { betas: [beta1, beta2], amsgrad } = group, alike = new Map<number, Member<AdamState>[]>();
    if (amsgrad && members.some(({ state }) => state !== undefined && state.maxExpAvgSq === undefined))
      throw new ArgumentError("amsgrad was turned on after the first step: the state has no 'max_exp_avg_sq'; make a new optimizer, or load a state that has it");
    for (const member of members) {
      const step = 1 + (member.state?.step ?? 0);
      alike.get(step)?.push(member) ?? alike.set(step, [member]);
    }
    for (const [step, some] of alike)
      begin((made) => {
        const states = some.map(({ param, state }) => state ?? fresh(param, amsgrad, made)), options = { ...group, beta1, beta2, decoupled: this.decoupled, step };
        adamStep(some.map(({ param }) => param), some.map(({ grad }) => grad), states.map((of) => of.expAvg), states.map((of) => of.expAvgSq), amsgrad ? states.map((of) => of.maxExpAvgSq!) : undefined, options);
        some.forEach(({ param, state }, k) => {
          states[k]!.step = step;
          if (state === undefined) this.remember(param, states[k]!);
        });
      });
  }
}

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps) (Kingma and Ba, 2015): PyTorch's `Adam`. `amsgrad` divides by the
 * largest v so far.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.Adam([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.9, -0.9]
 */
export class Adam extends AdamBase {
  static override readonly name: string = "Adam";
  protected readonly decoupled: boolean = false;
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, checked({ ...defaults, differentiable: false, fused: false, ...options }));
  }
}

/**
 * Adam whose weight decay shrinks the parameter, p -= lr * weightDecay * p, and leaves the moments alone (Loshchilov and Hutter, 2019): PyTorch's `AdamW`.
 * @param params the parameters, or groups of them with options of their own: `{ params, lr, ... }`
 * @param options what holds for groups that do not say otherwise
 * @throws OptimizerError for no parameters, one that is no leaf or stands there twice, and for options out of their domain
 * @example const p = tensor([1, -1], { requiresGrad: true }), optimizer = new optim.AdamW([p], { lr: 0.1 }); p.square().sum().backward(); optimizer.step(); p.detach() // [0.899, -0.899]
 */
export class AdamW extends AdamBase {
  static override readonly name: string = "AdamW";
  protected readonly decoupled: boolean = true;
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, checked({ ...defaults, weightDecay: 1e-2, ...options }));
  }
}
