/** @file Schedules that the caller computes: LambdaLR and MultiplicativeLR. */
import { SchedulerError } from "../errors.ts";
import { LRScheduler, type Scheduled, type SchedulerOptions } from "./scheduler.ts";

/** The factor of an epoch. */
export type LrLambda = (epoch: number) => number;

function lambdasFor(optimizer: Scheduled, lrLambda: LrLambda | readonly LrLambda[]): LrLambda[] {
  const count = optimizer.paramGroups.length;
  if (typeof lrLambda === "function") return new Array<LrLambda>(count).fill(lrLambda);
  if (lrLambda.length !== count) throw new SchedulerError(`Expected ${count} lr_lambdas, but got ${lrLambda.length}`);
  return [...lrLambda];
}

/**
 * The first rate times `lrLambda(epoch)`: PyTorch's `LambdaLR`.
 * @param optimizer whose groups' rates are set
 * @param lrLambda a function for all groups, or one for each
 * @throws SchedulerError for another number of functions than groups
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.LambdaLR(optimizer, (epoch) => 0.5 ** epoch); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly LrLambda[];
  constructor(optimizer: Scheduled, lrLambda: LrLambda | readonly LrLambda[], options: SchedulerOptions = {}) {
    super(optimizer, options);
    this.#lambdas = lambdasFor(optimizer, lrLambda);
    this.initialStep();
  }
  protected override chainable(): number[] {
    return this.baseLrs.map((lr, i) => lr * this.#lambdas[i]!(this.lastEpoch));
  }
}

/**
 * The rate before times `lrLambda(epoch)`: PyTorch's `MultiplicativeLR`.
 * @param optimizer whose groups' rates are set
 * @param lrLambda a function for all groups, or one for each
 * @throws SchedulerError for another number of functions than groups
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.MultiplicativeLR(optimizer, () => 0.5); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class MultiplicativeLR extends LRScheduler {
  readonly #lambdas: readonly LrLambda[];
  constructor(optimizer: Scheduled, lrLambda: LrLambda | readonly LrLambda[], options: SchedulerOptions = {}) {
    super(optimizer, options);
    this.#lambdas = lambdasFor(optimizer, lrLambda);
    this.initialStep();
  }
  protected override chainable(): number[] {
    return this.rates((lr, i) => (this.lastEpoch > 0 ? lr * this.#lambdas[i]!(this.lastEpoch) : lr));
  }
}
