/** @file What learning rate schedulers share: when they step, what they remember. A schedule is `getLr`. */
import { warn } from "@adjoint/core/functional";
import { SchedulerError } from "../errors.ts";

/** What a scheduler sees of a parameter group. */
export type ScheduledGroup = {
  lr: number;
  initialLr?: number;
  maxLr?: number;
  minLr?: number;
  momentum?: number;
  maxMomentum?: number;
  baseMomentum?: number;
  betas?: readonly [number, number];
};
/** What a scheduler sees of an optimizer. */
export type Scheduled = { readonly paramGroups: ScheduledGroup[]; readonly defaults: object; readonly stepCount: number };

export type SchedulerOptions = {
  /** The number of the last epoch, to go on with training; -1 begins. */
  readonly lastEpoch?: number;
  /** Kept for checkpoints: nothing is printed. Read `getLastLr` instead. */
  readonly verbose?: boolean;
};
/** A checkpoint: plain data under PyTorch's names. Functions are not in it. */
export type SchedulerStateDict = Readonly<Record<string, unknown>>;

export const epochWarning = "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use `scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose.";
const orderWarning = "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value of the learning rate schedule. See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate";

/** The data of a scheduler: not the optimizer, no functions. */
export const dataOf = (scheduler: object): SchedulerStateDict =>
  Object.fromEntries(Object.entries(scheduler).filter(([key, value]) => key !== "optimizer" && typeof value !== "function"));

/** PyTorch's `LRScheduler`: sets the rate of every group after each `step`. A subclass says which, and calls `initialStep` when it is made. */
export abstract class LRScheduler {
  readonly optimizer: Scheduled;
  readonly baseLrs: number[];
  lastEpoch: number;
  verbose: boolean;
  // PyTorch's names in a checkpoint, underscores and all.
  _stepCount: number = 0;
  _getLrCalledWithinStep: boolean = false;
  _lastLr: number[] = [];
  readonly #stepsBefore: number;

  constructor(optimizer: Scheduled, options: SchedulerOptions = {}) {
    const { lastEpoch = -1, verbose = false } = options;
    optimizer.paramGroups.forEach((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      else if (group.initialLr === undefined) throw new SchedulerError(`param 'initial_lr' is not specified in param_groups[${i}] when resuming an optimizer`);
    });
    this.optimizer = optimizer;
    this.baseLrs = optimizer.paramGroups.map((group) => group.initialLr!);
    this.lastEpoch = lastEpoch;
    this.verbose = verbose;
    this.#stepsBefore = optimizer.stepCount;
  }

  /** The rates of `lastEpoch`, from those before it. */
  protected abstract chainable(): number[];
  /** The rates of `lastEpoch` from the first ones, where there is a formula. */
  protected closedForm(): number[] {
    return this.chainable();
  }
  /** The rates as they are now, changed by `change`. */
  protected rates(change: (lr: number, index: number) => number = (lr) => lr): number[] {
    return this.optimizer.paramGroups.map((group, i) => change(group.lr, i));
  }
  /** The rates that the coming step sets. To read those that are set, `getLastLr`. */
  getLr(): number[] {
    if (!this._getLrCalledWithinStep) warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.");
    return this.chainable();
  }
  /** The rates that the last step set, by group. */
  getLastLr(): number[] {
    return this._lastLr;
  }
  /** Once per epoch, or per batch, after the optimizer's step. */
  step(epoch?: number): void {
    if (this._stepCount === 1 && this.optimizer.stepCount === this.#stepsBefore) warn(orderWarning);
    this._stepCount++;
    if (epoch !== undefined) warn(epochWarning);
    this.lastEpoch = epoch ?? this.lastEpoch + 1;
    this._getLrCalledWithinStep = true;
    try {
      this.set(epoch === undefined ? this.chainable() : this.closedForm());
    } finally {
      this._getLrCalledWithinStep = false;
    }
  }
  protected set(rates: readonly number[]): void {
    this.optimizer.paramGroups.forEach((group, i) => { group.lr = rates[i]!; });
    this._lastLr = this.rates();
  }
  /** @internal The step that a scheduler takes when it is made. */
  initialStep(): void {
    this._stepCount = 0;
    this.step();
  }
  stateDict(): SchedulerStateDict {
    return dataOf(this);
  }
  loadStateDict(state: SchedulerStateDict): void {
    Object.assign(this, state);
  }
}

/** One value for each group: given so, or one for all. */
export function perGroup(name: string, optimizer: Scheduled, value: number | readonly number[]): number[] {
  const count = optimizer.paramGroups.length;
  if (typeof value === "number") return new Array<number>(count).fill(value);
  if (value.length !== count) throw new SchedulerError(`expected ${count} values for ${name}, got ${value.length}`);
  return [...value];
}
