/** @file A rate that falls when a metric stops improving. */
import { isTensor, itemSync, type Tensor, warn } from "@adjoint/core/functional";
import { SchedulerError } from "../errors.ts";
import { requireReadable } from "../waits.ts";
import { dataOf, epochWarning, type Scheduled, type SchedulerStateDict } from "./scheduler.ts";

export type PlateauOptions = {
  /** Whether the metric should fall or rise. */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied with: 0.1 by default. */
  readonly factor?: number;
  /** Epochs without improvement that are accepted. */
  readonly patience?: number;
  /** How much counts as an improvement, relative to the best or absolute. */
  readonly threshold?: number;
  /** "rel" by default. */
  readonly thresholdMode?: "rel" | "abs";
  /** Epochs after a reduction that do not count. */
  readonly cooldown?: number;
  /** The rate does not fall below it, or each group's does not below its own: 0 by default. */
  readonly minLr?: number | readonly number[];
  /** A smaller change of the rate is not made. */
  readonly eps?: number;
  /** Print each change. */
  readonly verbose?: boolean;
};

/**
 * The rate times `factor` when the metric given to `step` has not improved for more than `patience` epochs: PyTorch's `ReduceLROnPlateau`.
 * @param optimizer whose groups' rates are set
 * @throws SchedulerError for a factor of 1 or above, or another mode
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0 }); scheduler.step(1); scheduler.step(2); optimizer.paramGroups.map((group) => group.lr) // [0.1]
 */
export class ReduceLROnPlateau {
  readonly optimizer: Scheduled;
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: "rel" | "abs";
  readonly cooldown: number;
  readonly minLrs: readonly number[];
  readonly eps: number;
  readonly verbose: boolean;
  best: number;
  numBadEpochs: number = 0;
  cooldownCounter: number = 0;
  lastEpoch: number = 0;
  _lastLr: number[] = [];

  constructor(optimizer: Scheduled, options: PlateauOptions = {}) {
    const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = "rel", cooldown = 0, minLr = 0, eps = 1e-8, verbose = false } = options;
    if (factor >= 1) throw new SchedulerError("Factor should be < 1.0.");
    const count = optimizer.paramGroups.length;
    if (typeof minLr !== "number" && minLr.length !== count) throw new SchedulerError(`expected ${count} min_lrs, got ${minLr.length}`);
    if (mode !== "min" && mode !== "max") throw new SchedulerError(`mode ${String(mode)} is unknown!`);
    if (thresholdMode !== "rel" && thresholdMode !== "abs") throw new SchedulerError(`threshold mode ${String(thresholdMode)} is unknown!`);
    this.optimizer = optimizer;
    this.mode = mode;
    this.factor = factor;
    this.patience = patience;
    this.threshold = threshold;
    this.thresholdMode = thresholdMode;
    this.cooldown = cooldown;
    this.minLrs = typeof minLr === "number" ? new Array<number>(count).fill(minLr) : [...minLr];
    this.eps = eps;
    this.verbose = verbose;
    this.best = mode === "min" ? Infinity : -Infinity;
  }
  isBetter(metric: number): boolean {
    const { best, threshold } = this, isRelative = this.thresholdMode === "rel";
    return this.mode === "min" ? metric < (isRelative ? best * (1 - threshold) : best - threshold) : metric > (isRelative ? best * (threshold + 1) : best + threshold);
  }
  /** Once per epoch, with its metric. A tensor is read at once: on an asynchronous device pass `await x.item()`. */
  step(metrics: number | Tensor, epoch?: number): void {
    if (isTensor(metrics)) requireReadable("ReduceLROnPlateau.step", metrics, "scheduler.step(await metrics.item())");
    const metric = isTensor(metrics) ? itemSync(metrics) : metrics;
    if (epoch !== undefined) warn(epochWarning);
    this.lastEpoch = epoch ?? this.lastEpoch + 1;
    if (this.isBetter(metric)) {
      this.best = metric;
      this.numBadEpochs = 0;
    } else this.numBadEpochs++;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.patience) {
      this.optimizer.paramGroups.forEach((group, i) => {
        const lr = Math.max(group.lr * this.factor, this.minLrs[i]!);
        if (group.lr - lr > this.eps) group.lr = lr;
      });
      this.cooldownCounter = this.cooldown;
      this.numBadEpochs = 0;
    }
    this._lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }
  getLastLr(): number[] {
    return this._lastLr;
  }
  stateDict(): SchedulerStateDict {
    return dataOf(this);
  }
  loadStateDict(state: SchedulerStateDict): void {
    Object.assign(this, state);
  }
}
