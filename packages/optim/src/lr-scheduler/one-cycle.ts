/** @file The one cycle policy (Smith and Topin, 2018). */
import { python } from "@adjoint/core/functional";
import { SchedulerError } from "../errors.ts";
import { LRScheduler, perGroup, type Scheduled, type ScheduledGroup, type SchedulerOptions } from "./scheduler.ts";

export type OneCycleOptions = SchedulerOptions & {
  /** The number of batches; or `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number | null;
  /** How many. */
  readonly epochs?: number | null;
  /** How many batches an epoch has. */
  readonly stepsPerEpoch?: number | null;
  /** The part of the cycle in which the rate goes up. */
  readonly pctStart?: number;
  /** Along which curve: "cos" by default. */
  readonly annealStrategy?: "cos" | "linear";
  /** Momentum goes down when the rate goes up: the first of `betas` where there is no momentum. */
  readonly cycleMomentum?: boolean;
  /** Where the rate is highest: 0.85 by default. */
  readonly baseMomentum?: number | readonly number[];
  /** Where the rate is lowest: 0.95 by default. */
  readonly maxMomentum?: number | readonly number[];
  /** The first rate is maxLr / divFactor, the last the first / finalDivFactor. */
  readonly divFactor?: number;
  /** 1e4 by default. */
  readonly finalDivFactor?: number;
  /** Down to the first rate symmetrically, then to the last; else down in one go. */
  readonly threePhase?: boolean;
};
type Rate = "initialLr" | "maxLr" | "minLr";
type Momentum = "maxMomentum" | "baseMomentum";
type Phase = { readonly end: number; readonly from: Rate; readonly to: Rate; readonly fromMomentum: Momentum; readonly toMomentum: Momentum };

const anneals = {
  cos: (start: number, end: number, part: number): number => end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1),
  linear: (start: number, end: number, part: number): number => (end - start) * part + start,
};

function stepsOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleOptions): number {
  const checked = (name: string, value: number): number => {
    if (!(value > 0) || !Number.isInteger(value)) throw new SchedulerError(`Expected positive integer ${name}, but got ${python.repr(value)}`);
    return value;
  };
  if ((totalSteps ?? null) !== null) return checked("total_steps", totalSteps!);
  if ((epochs ?? null) === null || (stepsPerEpoch ?? null) === null) throw new SchedulerError("You must define either total_steps OR (epochs AND steps_per_epoch)");
  return checked("epochs", epochs!) * checked("steps_per_epoch", stepsPerEpoch!);
}

/**
 * Up to `maxLr`, then far down, over the whole training, batch by batch: PyTorch's `OneCycleLR`.
 * @param optimizer whose groups' rates are set
 * @param maxLr the highest rate, of all groups or of each
 * @throws SchedulerError where the number of batches is not said, or options are out of their domain
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.OneCycleLR(optimizer, 1, { totalSteps: 5, cycleMomentum: false }); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.9505]
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly cycleMomentum: boolean;
  readonly useBeta1: boolean;
  readonly annealStrategy: "cos" | "linear";
  readonly #phases: readonly Phase[];

  constructor(optimizer: Scheduled, maxLr: number | readonly number[], options: OneCycleOptions = {}) {
    const { pctStart = 0.3, annealStrategy = "cos", cycleMomentum = true, divFactor = 25, finalDivFactor = 1e4, threePhase = false, lastEpoch = -1 } = options;
    const totalSteps = stepsOf(options);
    if (!(pctStart >= 0 && pctStart <= 1)) throw new SchedulerError(`Expected float between 0 and 1 pct_start, but got ${python.repr(pctStart)}`);
    if (!Object.hasOwn(anneals, annealStrategy)) throw new SchedulerError(`anneal_strategy must by one of 'cos' or 'linear', instead got ${annealStrategy}`);
    const maxLrs = perGroup("max_lr", optimizer, maxLr), useBeta1 = "betas" in optimizer.defaults;
    if (cycleMomentum && !useBeta1 && !("momentum" in optimizer.defaults)) throw new SchedulerError("optimizer must support momentum with `cycle_momentum` option enabled");
    if (lastEpoch === -1) {
      optimizer.paramGroups.forEach((group, i) => {
        group.initialLr = maxLrs[i]! / divFactor;
        group.maxLr = maxLrs[i]!;
        group.minLr = group.initialLr / finalDivFactor;
      });
      if (cycleMomentum) {
        const maxMomentums = perGroup("max_momentum", optimizer, options.maxMomentum ?? 0.95), baseMomentums = perGroup("base_momentum", optimizer, options.baseMomentum ?? 0.85);
        optimizer.paramGroups.forEach((group, i) => {
          setMomentum(group, maxMomentums[i]!, useBeta1);
          group.maxMomentum = maxMomentums[i]!;
          group.baseMomentum = baseMomentums[i]!;
        });
      }
    }
    super(optimizer, options);
    this.totalSteps = totalSteps;
    this.cycleMomentum = cycleMomentum;
    this.useBeta1 = useBeta1;
    this.annealStrategy = annealStrategy;
    const up: Phase = { end: pctStart * totalSteps - 1, from: "initialLr", to: "maxLr", fromMomentum: "maxMomentum", toMomentum: "baseMomentum" };
    this.#phases = threePhase
      ? [
        up, { end: 2 * pctStart * totalSteps - 2, from: "maxLr", to: "initialLr", fromMomentum: "baseMomentum", toMomentum: "maxMomentum" },
        { end: totalSteps - 1, from: "initialLr", to: "minLr", fromMomentum: "maxMomentum", toMomentum: "maxMomentum" },
      ]
      : [up, { end: totalSteps - 1, from: "maxLr", to: "minLr", fromMomentum: "baseMomentum", toMomentum: "maxMomentum" }];
    this.initialStep();
  }
  protected override chainable(): number[] {
    const step = this.lastEpoch, anneal = anneals[this.annealStrategy];
    if (step > this.totalSteps) throw new SchedulerError(`Tried to step ${step} times. The total number of steps is ${this.totalSteps}`);
    const found = this.#phases.findIndex(({ end }) => step <= end), at = found < 0 ? this.#phases.length - 1 : found;
    const { end, from, to, fromMomentum, toMomentum } = this.#phases[at]!, start = at === 0 ? 0 : this.#phases[at - 1]!.end;
    const part = (step - start) / (end - start);
    return this.optimizer.paramGroups.map((group) => {
      if (this.cycleMomentum) setMomentum(group, anneal(group[fromMomentum]!, group[toMomentum]!, part), this.useBeta1);
      return anneal(group[from]!, group[to]!, part);
    });
  }
}

function setMomentum(group: ScheduledGroup, momentum: number, useBeta1: boolean): void {
  if (useBeta1) group.betas = [momentum, group.betas![1]];
  else group.momentum = momentum;
}
