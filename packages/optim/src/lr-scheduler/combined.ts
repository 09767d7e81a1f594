/** @file Schedulers made of schedulers. */
import { SchedulerError } from "../errors.ts";
import type { LRScheduler, Scheduled, SchedulerStateDict } from "./scheduler.ts";

type StateOfMany = SchedulerStateDict & { readonly _schedulers: readonly SchedulerStateDict[] };

function loadAll(schedulers: readonly LRScheduler[], state: SchedulerStateDict): void {
  (state as StateOfMany)._schedulers.forEach((of, i) => schedulers[i]!.loadStateDict(of));
}

/**
 * One scheduler after another: the next takes over, from its start, at each milestone: PyTorch's `SequentialLR`.
 * @param optimizer whose groups' rates are set
 * @param schedulers of that optimizer, one after the other
 * @param milestones the epochs in which the second and further ones begin
 * @param options `lastEpoch`, `verbose`
 * @throws SchedulerError for another number of milestones, or other optimizers
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.SequentialLR(optimizer, [new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.5 }), new optim.lrScheduler.ExponentialLR(optimizer, 0.9)], [1]); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [1]
 */
export class SequentialLR {
  readonly optimizer: Scheduled;
  lastEpoch: number;
  _lastLr: number[];
  readonly #schedulers: readonly LRScheduler[];
  #milestones: readonly number[];

  constructor(optimizer: Scheduled, schedulers: readonly LRScheduler[], milestones: readonly number[], options: { readonly lastEpoch?: number; readonly verbose?: boolean } = {}) {
    schedulers.forEach((scheduler, i) => {
      if (scheduler.optimizer !== optimizer)
        throw new SchedulerError(`Sequential Schedulers expects all schedulers to belong to the same optimizer, but got schedulers at index ${i} to be different than the optimizer passed in.`);
    });
    if (milestones.length !== schedulers.length - 1)
      throw new SchedulerError(`Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${milestones.length}`);
    this.optimizer = optimizer;
    this.lastEpoch = (options.lastEpoch ?? -1) + 1;
    this.#schedulers = [...schedulers];
    this.#milestones = [...milestones];
    // Each has already taken its first step; it is taken back, and then the first alone takes it.
    for (const group of optimizer.paramGroups) group.lr = group.initialLr!;
    for (const scheduler of schedulers) scheduler.lastEpoch--;
    const first = schedulers[0]!;
    first.initialStep();
    this._lastLr = first.getLastLr();
  }
  step(): void {
    this.lastEpoch++;
    const at = this.#milestones.filter((epoch) => epoch <= this.lastEpoch).length, scheduler = this.#schedulers[at]!;
    if (at > 0 && this.#milestones[at - 1] === this.lastEpoch) scheduler.step(0);
    else scheduler.step();
    this._lastLr = scheduler.getLastLr();
  }
  getLastLr(): number[] {
    return this._lastLr;
  }
  stateDict(): SchedulerStateDict {
    return { lastEpoch: this.lastEpoch, _lastLr: this._lastLr, _milestones: this.#milestones, _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) };
  }
  loadStateDict(state: SchedulerStateDict): void {
    const { lastEpoch, _lastLr, _milestones } = state as { lastEpoch: number; _lastLr: number[]; _milestones: readonly number[] };
    this.lastEpoch = lastEpoch;
    this._lastLr = _lastLr;
    this.#milestones = _milestones;
    loadAll(this.#schedulers, state);
  }
}

/**
 * Several schedulers at once, each of which changes what the one before has set: PyTorch's `ChainedScheduler`.
 * @param schedulers of one optimizer
 * @throws SchedulerError for none, or several optimizers
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.ChainedScheduler([new optim.lrScheduler.ExponentialLR(optimizer, 0.5)]); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class ChainedScheduler {
  readonly optimizer: Scheduled;
  _lastLr: number[];
  readonly #schedulers: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[]) {
    const [first] = schedulers;
    if (first === undefined) throw new SchedulerError("ChainedScheduler expects at least one scheduler");
    schedulers.forEach((scheduler, i) => {
      if (scheduler.optimizer !== first.optimizer)
        throw new SchedulerError(`ChainedScheduler expects all schedulers to belong to the same optimizer, but got schedulers at index 0 and ${i} to be different`);
    });
    this.optimizer = first.optimizer;
    this.#schedulers = [...schedulers];
    this._lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }
  step(): void {
    for (const scheduler of this.#schedulers) scheduler.step();
    this._lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }
  getLastLr(): number[] {
    return this._lastLr;
  }
  stateDict(): SchedulerStateDict {
    return { _lastLr: this._lastLr, _schedulers: this.#schedulers.map((scheduler) => scheduler.stateDict()) };
  }
  loadStateDict(state: SchedulerStateDict): void {
    this._lastLr = (state as { _lastLr: number[] })._lastLr;
    loadAll(this.#schedulers, state);
  }
}
