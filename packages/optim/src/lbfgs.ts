/** @file L-BFGS. */
import { abs, add_, cat, clone, copy_, enableGrad, isTensor, itemSync, keep, max, mul, mul_, neg, noGrad, reshape, type Scope, scope, slice, sub, sum, type Tensor, zeros } from "@adjoint/core/functional";
import { checkRate } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { Optimizer, type ParamGroup, type Params } from "./optimizer.ts";
import { strongWolfe } from "./strong-wolfe.ts";

export type LBFGSOptions = {
  /** How far to go along a direction: 1 by default. */
  lr: number;
  /** Iterations of one step. */
  maxIter: number;
  /** Evaluations of one step; null for 1.25 maxIter. */
  maxEval: number | null;
  /** Stop where no element of the gradient is larger. */
  toleranceGrad: number;
  /** Stop where loss or parameters change less. */
  toleranceChange: number;
  /** How many steps are remembered: 100 by default. */
  historySize: number;
  /** How far to go along a direction; by default by `lr` alone. */
  lineSearchFn: "strong_wolfe" | null;
};
type LBFGSState = { funcEvals: number; nIter: number; d: Tensor | null; t: number; oldDirs: Tensor[]; oldStps: Tensor[]; ro: number[]; hDiag: number; prevFlatGrad: Tensor | null; prevLoss: number };
type Loss = Tensor | number;

const dot = (x: Tensor, y: Tensor): number => itemSync(sum(mul(x, y)));
const largest = (x: Tensor): number => itemSync(max(abs(x)));
const numberOf = (loss: Loss): number => (isTensor(loss) ? itemSync(loss) : loss);

/**
 * Steps along -H g, H from the last changes of parameters and gradients (Liu and Nocedal, 1989), heavily inspired by minFunc: PyTorch's `LBFGS`. `step` takes a closure that
 * clears the gradients, computes the loss, calls backward and gives the loss; it is called several times.
 * @param params the parameters, in one group
 * @param options what is not said has its default
 * @throws OptimizerError for several groups, no parameters, or one that is no leaf
 * @throws DeviceError in `step`, on a device that cannot read at once
 * @example const p = tensor([3], { requiresGrad: true }), optimizer = new optim.LBFGS([p]); optimizer.step(() => { optimizer.zeroGrad(); const loss = p.sub(1).square().sum(); loss.backward(); return loss; }); p.detach() // [1]
 */
export class LBFGS extends Optimizer<LBFGSOptions, LBFGSState> {
  static override readonly name: string = "LBFGS";
  protected override readonly floats: ReadonlySet<string> = new Set();

  constructor(params: Params<LBFGSOptions>, options: Partial<LBFGSOptions> = {}) {
    const all: LBFGSOptions = { lr: 1, maxIter: 20, maxEval: null, toleranceGrad: 1e-7, toleranceChange: 1e-9, historySize: 100, lineSearchFn: null, ...options };
    all.maxEval ??= Math.floor((all.maxIter * 5) / 4);
    checkRate(all.lr);
    super(params, all);
    if (this.paramGroups.length !== 1) throw new OptimizerError("LBFGS doesn't support per-parameter options (parameter groups)");
  }
  /** Never called: its steps need the closure. */
  protected override updateAll(): void {}
  override step(): never;
  override step<R>(closure: () => R): R;
  override step<R>(closure?: () => R): R {
    if (closure === undefined) throw new OptimizerError("LBFGS.step() missing 1 required positional argument: 'closure'");
    this.stepCount++;
    const temporaries = scope("optimizer.step");
    try {
      return this.#minimize(closure as () => R & Loss, temporaries);
    } finally {
      temporaries.close();
    }
  }

  #minimize<R extends Loss>(closure: () => R, temporaries: Scope): R {
    const [group] = this.paramGroups as [ParamGroup<LBFGSOptions>], { params, lr, maxIter, toleranceGrad, toleranceChange, historySize, lineSearchFn } = group;
    const work = <T>(compute: () => T): T => temporaries.run(() => noGrad(compute));
    const gradient = (): Tensor => work(() => cat(params.map((x) => reshape(x.grad ?? zeros(x.shape, { dtype: x.dtype, device: x.device }), [-1]))));
    const move = (alpha: number, direction: Tensor): void => work(() => {
      let from = 0;
      for (const x of params) {
        const size = x.shape.reduce((product, n) => product * n, 1);
        add_(x, reshape(slice(direction, 0, from, from + size), x.shape), { alpha });
        from += size;
      }
    });
    const evaluated = (): number => numberOf(enableGrad(closure));

    const first = enableGrad(closure);
    let loss = numberOf(first), evaluations = 1, grad = gradient();
    const [owner] = params as [Tensor, ...Tensor[]];
    const state: LBFGSState = this.stateOf(owner) ?? { funcEvals: 0, nIter: 0, d: null, t: 0, oldDirs: [], oldStps: [], ro: [], hDiag: 1, prevFlatGrad: null, prevLoss: 0 };
    this.remember(owner, state);
    state.funcEvals++;
    let isOptimal = work(() => largest(grad)) <= toleranceGrad;
    if (isOptimal) return first;

    for (let iteration = 1; iteration <= maxIter; iteration++) {
      state.nIter++;
      const d = keep(work(() => (state.nIter === 1 ? neg(grad) : direction(state, grad, historySize))));
      state.d?.dispose();
      state.d = d;
      if (state.prevFlatGrad === null) state.prevFlatGrad = keep(work(() => clone(grad)));
      else copy_(state.prevFlatGrad, grad);
      state.prevLoss = loss;
      state.t = state.nIter === 1 ? Math.min(1, 1 / work(() => itemSync(sum(abs(grad))))) * lr : lr;
      const slope = work(() => dot(grad, d));
      if (slope > -toleranceChange) break;
      if (lineSearchFn === null) {
        move(state.t, d);
        if (iteration !== maxIter) {
          loss = evaluated();
          grad = gradient();
          isOptimal = work(() => largest(grad)) <= toleranceGrad;
          evaluations++;
          state.funcEvals++;
        }
      } else {
        if (lineSearchFn !== "strong_wolfe") throw new OptimizerError("only 'strong_wolfe' is supported");
        const saved = work(() => params.map((x) => clone(x)));
        const restore = (): void => work(() => saved.forEach((x, i) => copy_(params[i]!, x)));
        const evaluate = (at: number): { at: number; loss: number; slope: number; grad: Tensor } => {
          move(at, d);
          const there = evaluated(), gradThere = gradient();
          restore();
          return { at, loss: there, slope: work(() => dot(gradThere, d)), grad: gradThere };
        };
        const { point, evaluations: more } = strongWolfe(evaluate, { at: 0, loss, slope, grad }, state.t, work(() => largest(d)));
        ({ loss, grad, at: state.t } = point);
        move(state.t, d);
        isOptimal = work(() => largest(grad)) <= toleranceGrad;
        evaluations += more;
        state.funcEvals += more;
      }
      if (evaluations >= group.maxEval! || isOptimal) break;
      if (work(() => largest(d)) * state.t <= toleranceChange || Math.abs(loss - state.prevLoss) < toleranceChange) break;
    }
    return first;
  }
}

/** The gradient times the approximate inverse Hessian, which takes in the last step: the two-loop recursion. */
function direction(state: LBFGSState, grad: Tensor, historySize: number): Tensor {
  const { oldDirs, oldStps, ro } = state;
  const change = sub(grad, state.prevFlatGrad!), step = mul(state.d!, state.t), curvature = dot(change, step);
  if (curvature > 1e-10) {
    if (oldDirs.length === historySize) {
      oldDirs.shift()!.dispose();
      oldStps.shift()!.dispose();
      ro.shift();
    }
    oldDirs.push(keep(change));
    oldStps.push(keep(step));
    ro.push(1 / curvature);
    state.hDiag = curvature / dot(change, change);
  }
  const q = neg(grad), weights: number[] = [];
  for (let i = oldDirs.length - 1; i >= 0; i--) {
    weights[i] = dot(oldStps[i]!, q) * ro[i]!;
    add_(q, oldDirs[i]!, { alpha: -weights[i]! });
  }
  mul_(q, state.hDiag);
  for (let i = 0; i < oldDirs.length; i++) add_(q, oldStps[i]!, { alpha: weights[i]! - dot(oldDirs[i]!, q) * ro[i]! });
  return q;
}
