/** @file Schedules by factors: StepLR, MultiStepLR, ExponentialLR, ConstantLR, LinearLR, PolynomialLR. */
import { SchedulerError } from "../errors.ts";
import { LRScheduler, type Scheduled, type SchedulerOptions } from "./scheduler.ts";

type Decay = SchedulerOptions & {
  /** What the rate is multiplied with: 0.1 by default. */
  readonly gamma?: number;
};

/**
 * The rate times `gamma` every `stepSize` epochs: PyTorch's `StepLR`.
 * @param optimizer whose groups' rates are set
 * @param stepSize how many epochs
 * @throws SchedulerError for a `lastEpoch` of an optimizer that does not know its first rate
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.StepLR(optimizer, 1); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.1]
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;
  constructor(optimizer: Scheduled, stepSize: number, options: Decay = {}) {
    super(optimizer, options);
    this.stepSize = stepSize;
    this.gamma = options.gamma ?? 0.1;
    this.initialStep();
  }
  protected override chainable(): number[] {
    const isStep = this.lastEpoch !== 0 && this.lastEpoch % this.stepSize === 0;
    return this.rates((lr) => (isStep ? lr * this.gamma : lr));
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * this.gamma ** Math.floor(this.lastEpoch / this.stepSize));
  }
}

/**
 * The rate times `gamma` at each milestone; twice where one is given twice: PyTorch's `MultiStepLR`.
 * @param optimizer whose groups' rates are set
 * @param milestones the epochs
 * @throws SchedulerError for a `lastEpoch` of an optimizer that does not know its first rate
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.MultiStepLR(optimizer, [1]); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.1]
 */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;
  constructor(optimizer: Scheduled, milestones: readonly number[], options: Decay = {}) {
    super(optimizer, options);
    this.milestones = [...milestones];
    this.gamma = options.gamma ?? 0.1;
    this.initialStep();
  }
  protected override chainable(): number[] {
    const count = this.milestones.filter((epoch) => epoch === this.lastEpoch).length;
    return this.rates((lr) => (count === 0 ? lr : lr * this.gamma ** count));
  }
  protected override closedForm(): number[] {
    const count = this.milestones.filter((epoch) => epoch <= this.lastEpoch).length;
    return this.baseLrs.map((lr) => lr * this.gamma ** count);
  }
}

/**
 * The rate times `gamma` every epoch: PyTorch's `ExponentialLR`.
 * @param optimizer whose groups' rates are set
 * @param gamma the factor
 * @throws SchedulerError for a `lastEpoch` of an optimizer that does not know its first rate
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.ExponentialLR(optimizer, 0.5); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;
  constructor(optimizer: Scheduled, gamma: number, options: SchedulerOptions = {}) {
    super(optimizer, options);
    this.gamma = gamma;
    this.initialStep();
  }
  protected override chainable(): number[] {
    return this.rates((lr) => (this.lastEpoch === 0 ? lr : lr * this.gamma));
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * this.gamma ** this.lastEpoch);
  }
}

/**
 * `factor` of the rate for the first `totalIters` epochs: PyTorch's `ConstantLR`.
 * @param optimizer whose groups' rates are set
 * @param options `factor`: 1/3 by default; `totalIters`: 5; `lastEpoch`, `verbose`
 * @throws SchedulerError for a factor beyond [0, 1]
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.ConstantLR(optimizer); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.3333]
 */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;
  constructor(optimizer: Scheduled, options: SchedulerOptions & { readonly factor?: number; readonly totalIters?: number } = {}) {
    const { factor = 1 / 3, totalIters = 5 } = options;
    if (factor > 1 || factor < 0) throw new SchedulerError("Constant multiplicative factor expected to be between 0 and 1.");
    super(optimizer, options);
    this.factor = factor;
    this.totalIters = totalIters;
    this.initialStep();
  }
  protected override chainable(): number[] {
    return this.rates((lr) => (this.lastEpoch === 0 ? lr * this.factor : this.lastEpoch === this.totalIters ? lr * (1 / this.factor) : lr));
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * (this.factor + (this.lastEpoch >= this.totalIters ? 1 : 0) * (1 - this.factor)));
  }
}

/**
 * From `startFactor` to `endFactor` of the rate in `totalIters` epochs, evenly: PyTorch's `LinearLR`.
 * @param optimizer whose groups' rates are set
 * @param options `startFactor`: 1/3 by default; `endFactor`: 1; `totalIters`: 5; `lastEpoch`, `verbose`
 * @throws SchedulerError for a factor beyond [0, 1]
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.LinearLR(optimizer, { totalIters: 2 }); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.6667]
 */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;
  constructor(optimizer: Scheduled, options: SchedulerOptions & { readonly startFactor?: number; readonly endFactor?: number; readonly totalIters?: number } = {}) {
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    if (startFactor > 1 || startFactor < 0) throw new SchedulerError("Starting multiplicative factor expected to be between 0 and 1.");
    if (endFactor > 1 || endFactor < 0) throw new SchedulerError("Ending multiplicative factor expected to be between 0 and 1.");
    super(optimizer, options);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.initialStep();
  }
  protected override chainable(): number[] {
    const { startFactor: start, endFactor: end, totalIters, lastEpoch } = this;
    if (lastEpoch === 0) return this.rates((lr) => lr * start);
    if (lastEpoch > totalIters) return this.rates();
    return this.rates((lr) => lr * (1 + (end - start) / (totalIters * start + (lastEpoch - 1) * (end - start))));
  }
  protected override closedForm(): number[] {
    const { startFactor: start, endFactor: end, totalIters, lastEpoch } = this;
    return this.baseLrs.map((lr) => lr * (start + ((end - start) * Math.min(totalIters, lastEpoch)) / totalIters));
  }
}

/**
 * Down to 0 in `totalIters` epochs, along (1 - epoch / totalIters) ** power: PyTorch's `PolynomialLR`.
 * @param optimizer whose groups' rates are set
 * @param options `totalIters`: 5 by default; `power`: 1; `lastEpoch`, `verbose`
 * @throws SchedulerError for a `lastEpoch` of an optimizer that does not know its first rate
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.PolynomialLR(optimizer, { totalIters: 4 }); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.75]
 */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;
  constructor(optimizer: Scheduled, options: SchedulerOptions & { readonly totalIters?: number; readonly power?: number } = {}) {
    super(optimizer, options);
    this.totalIters = options.totalIters ?? 5;
    this.power = options.power ?? 1;
    this.initialStep();
  }
  protected override chainable(): number[] {
    const { totalIters, power, lastEpoch } = this;
    if (lastEpoch === 0 || lastEpoch > totalIters) return this.rates();
    return this.rates((lr) => lr * ((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters)) ** power);
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => lr * (1 - Math.min(this.totalIters, this.lastEpoch) / this.totalIters) ** this.power);
  }
}
