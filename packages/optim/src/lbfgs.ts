/** @file L-BFGS. */
import { abs, add_, addcmul_, cat, clone, copy_, enableGrad, keep, max, mul, mul_, neg, noGrad, reshape, type Scope, scope, slice, sub, sum, type Tensor, zeros } from "@adjoint/core/functional";
import { checkRate } from "./checks.ts";
import { OptimizerError } from "./errors.ts";
import { Optimizer, type ParamGroup, type Params } from "./optimizer.ts";
import { strongWolfe } from "./strong-wolfe.ts";
import { given, numberOf, requireReadable, runLater, runNow, type Waiting } from "./waits.ts";

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

const dot = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y));
const largest = (x: Tensor): Tensor => max(abs(x));

/**
 * Steps along -H g, H from the last changes of parameters and gradients (Liu and Nocedal, 1989), heavily inspired by minFunc: PyTorch's `LBFGS`. `step` takes a closure that
 * clears the gradients, computes the loss, calls backward and gives the loss; it is called several times. On an asynchronous device, as webgpu, `await optimizer.stepAsync(closure)` does the same.
 * @param params the parameters, in one group
 * @param options what is not said has its default
 * @throws OptimizerError for several groups, no parameters, or one that is no leaf
 * @throws DeviceError in `step`, on a device that cannot read at once: there it is `stepAsync`
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
    requireReadable("LBFGS.step", this.paramGroups[0]!.params[0]!, "await optimizer.stepAsync(closure)");
    this.stepCount++;
    const temporaries = scope("optimizer.step"), evaluate = closure as () => R & Loss;
    try {
      return runNow(this.#minimize(() => given(() => enableGrad(evaluate), () => evaluate()), temporaries));
    } finally {
      temporaries.close();
    }
  }
  /**
   * The same on any device: waits where `step` reads. Steps of one optimizer come one after the other: await each.
   * @param closure as that of `step`, or one that gives a promise of the loss. It is called outside of `noGrad`
   * @returns a promise of what the closure gave at first
   * @example await optimizer.stepAsync(() => { optimizer.zeroGrad(); const loss = lossOf(model); loss.backward(); return loss; });
   */
  async stepAsync<R extends Loss>(closure: () => R | Promise<R>): Promise<R> {
    this.stepCount++;
    const temporaries = scope("optimizer.step");
    try {
      return await runLater(this.#minimize(() => given(() => closure() as R, closure), temporaries));
    } finally {
      temporaries.close();
    }
  }

  *#minimize<R extends Loss>(closure: () => Waiting<R>, temporaries: Scope): Waiting<R> {
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
    const evaluated = function* (): Waiting<number> {
      return yield* numberOf(yield* closure());
    };

    const first = yield* closure();
    let loss = yield* numberOf(first), evaluations = 1, grad = gradient();
    const [owner] = params as [Tensor, ...Tensor[]];
    const state: LBFGSState = this.stateOf(owner) ?? { funcEvals: 0, nIter: 0, d: null, t: 0, oldDirs: [], oldStps: [], ro: [], hDiag: 1, prevFlatGrad: null, prevLoss: 0 };
    this.remember(owner, state);
    state.funcEvals++;
    let isOptimal = (yield* numberOf(work(() => largest(grad)))) <= toleranceGrad;
    if (isOptimal) return first;

    for (let iteration = 1; iteration <= maxIter; iteration++) {
      state.nIter++;
      const d = keep(state.nIter === 1 ? work(() => neg(grad)) : yield* direction(state, grad, historySize, work));
      state.d?.dispose();
      state.d = d;
      if (state.prevFlatGrad === null) state.prevFlatGrad = keep(work(() => clone(grad)));
      else copy_(state.prevFlatGrad, grad);
      state.prevLoss = loss;
      state.t = state.nIter === 1 ? Math.min(1, 1 / (yield* numberOf(work(() => sum(abs(grad)))))) * lr : lr;
      const slope = yield* numberOf(work(() => dot(grad, d)));
      if (slope > -toleranceChange) break;
      if (lineSearchFn === null) {
        move(state.t, d);
        if (iteration !== maxIter) {
          loss = yield* evaluated();
          grad = gradient();
          isOptimal = (yield* numberOf(work(() => largest(grad)))) <= toleranceGrad;
          evaluations++;
          state.funcEvals++;
        }
      } else {
        if (lineSearchFn !== "strong_wolfe") throw new OptimizerError("only 'strong_wolfe' is supported");
        const saved = work(() => params.map((x) => clone(x)));
        const restore = (): void => work(() => saved.forEach((x, i) => copy_(params[i]!, x)));
        const evaluate = function* (at: number): Waiting<{ at: number; loss: number; slope: number; grad: Tensor }> {
          move(at, d);
          const there = yield* evaluated(), gradThere = gradient();
          restore();
          return { at, loss: there, slope: yield* numberOf(work(() => dot(gradThere, d))), grad: gradThere };
        };
        const { point, evaluations: more } = yield* strongWolfe(evaluate, { at: 0, loss, slope, grad }, state.t, yield* numberOf(work(() => largest(d))));
        ({ loss, grad, at: state.t } = point);
        move(state.t, d);
        isOptimal = (yield* numberOf(work(() => largest(grad)))) <= toleranceGrad;
        evaluations += more;
        state.funcEvals += more;
      }
      if (evaluations >= group.maxEval! || isOptimal) break;
      if ((yield* numberOf(work(() => largest(d)))) * state.t <= toleranceChange || Math.abs(loss - state.prevLoss) < toleranceChange) break;
    }
    return first;
  }
}

/** The gradient times the approximate inverse Hessian, which takes in the last step: the two-loop recursion, whose factors stay on the device. */
function* direction(state: LBFGSState, grad: Tensor, historySize: number, work: <T>(compute: () => T) => T): Waiting<Tensor> {
  const { oldDirs, oldStps, ro } = state;
  const change = work(() => sub(grad, state.prevFlatGrad!)), step = work(() => mul(state.d!, state.t)), curvature = yield* numberOf(work(() => dot(change, step)));
  if (curvature > 1e-10) {
    if (oldDirs.length === historySize) {
      oldDirs.shift()!.dispose();
      oldStps.shift()!.dispose();
      ro.shift();
    }
    oldDirs.push(keep(change));
    oldStps.push(keep(step));
    ro.push(1 / curvature);
    state.hDiag = curvature / (yield* numberOf(work(() => dot(change, change))));
  }
  return work(() => {
    const q = neg(grad), weights: Tensor[] = [];
    for (let i = oldDirs.length - 1; i >= 0; i--) addcmul_(q, oldDirs[i]!, (weights[i] = mul(dot(oldStps[i]!, q), ro[i]!)), { value: -1 });
    mul_(q, state.hDiag);
    for (let i = 0; i < oldDirs.length; i++) addcmul_(q, oldStps[i]!, sub(weights[i]!, mul(dot(oldDirs[i]!, q), ro[i]!)));
    return q;
  });
}
