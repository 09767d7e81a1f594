/** @file Schedules along a cosine: CosineAnnealingLR, and with warm restarts (Loshchilov and Hutter, 2017). */
import { python } from "@adjoint/core/functional";
import { SchedulerError } from "../errors.ts";
import { LRScheduler, type Scheduled, type SchedulerOptions } from "./scheduler.ts";

type Floor = SchedulerOptions & {
  /** The lowest rate. */
  readonly etaMin?: number;
};

/**
 * From the rate down to `etaMin` in `TMax` epochs along half a cosine, and up again: PyTorch's `CosineAnnealingLR`.
 * @param optimizer whose groups' rates are set
 * @param TMax how many epochs down
 * @throws SchedulerError for a `lastEpoch` of an optimizer that does not know its first rate
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 2); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly TMax: number;
  readonly etaMin: number;
  constructor(optimizer: Scheduled, TMax: number, options: Floor = {}) {
    super(optimizer, options);
    this.TMax = TMax;
    this.etaMin = options.etaMin ?? 0;
    this.initialStep();
  }
  protected override chainable(): number[] {
    const { lastEpoch, TMax, etaMin } = this, angle = Math.PI / TMax;
    if (lastEpoch === 0) return this.rates();
    if (this._stepCount === 1 && lastEpoch > 0) return this.baseLrs.map((lr) => etaMin + ((lr - etaMin) * (1 + Math.cos((lastEpoch * Math.PI) / TMax))) / 2);
    // From the floor up again: the quotient of two cosines would be 0 / 0.
    if (modulo(lastEpoch - 1 - TMax, 2 * TMax) === 0) return this.rates((lr, i) => lr + ((this.baseLrs[i]! - etaMin) * (1 - Math.cos(angle))) / 2);
    const quotient = (1 + Math.cos((Math.PI * lastEpoch) / TMax)) / (1 + Math.cos((Math.PI * (lastEpoch - 1)) / TMax));
    return this.rates((lr) => quotient * (lr - etaMin) + etaMin);
  }
  protected override closedForm(): number[] {
    return this.baseLrs.map((lr) => this.etaMin + ((lr - this.etaMin) * (1 + Math.cos((Math.PI * this.lastEpoch) / this.TMax))) / 2);
  }
}
/** With the sign of the divisor, as Python's %. */
const modulo = (x: number, y: number): number => ((x % y) + y) % y;

/**
 * Cosine annealing that starts anew after `T0` epochs, then after `TMult` times as many, and so on: PyTorch's `CosineAnnealingWarmRestarts`. `step(epoch)` takes fractions of an
 * epoch.
 * @param optimizer whose groups' rates are set
 * @param T0 how many epochs
 * @param options `etaMin`: 0 by default; `TMult`: 1; `lastEpoch`, `verbose`
 * @throws SchedulerError for a `T0` or `TMult` that is not a whole number from 1 on
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.CosineAnnealingWarmRestarts(optimizer, 2); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.5]
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly T0: number;
  readonly TMult: number;
  readonly etaMin: number;
  /** Length of the present cycle. */
  Ti: number;
  /** Epochs since its start. */
  TCur: number;
  constructor(optimizer: Scheduled, T0: number, options: Floor & { readonly TMult?: number } = {}) {
    const { TMult = 1, etaMin = 0, lastEpoch = -1 } = options;
    if (!(T0 > 0) || !Number.isInteger(T0)) throw new SchedulerError(`Expected positive integer T_0, but got ${python.repr(T0)}`);
    if (!(TMult >= 1) || !Number.isInteger(TMult)) throw new SchedulerError(`Expected integer T_mult >= 1, but got ${python.repr(TMult)}`);
    super(optimizer, options);
    this.T0 = T0;
    this.Ti = T0;
    this.TMult = TMult;
    this.etaMin = etaMin;
    this.TCur = lastEpoch;
    this.initialStep();
  }
  protected override chainable(): number[] {
    return this.baseLrs.map((lr) => this.etaMin + ((lr - this.etaMin) * (1 + Math.cos((Math.PI * this.TCur) / this.Ti))) / 2);
  }
  override step(given?: number): void {
    const epoch = given ?? (this.lastEpoch < 0 ? 0 : undefined);
    if (epoch === undefined) {
      this.TCur++;
      if (this.TCur >= this.Ti) {
        this.TCur -= this.Ti;
        this.Ti *= this.TMult;
      }
    } else this.#jump(epoch);
    this.lastEpoch = Math.floor(epoch ?? this.lastEpoch + 1);
    this.set(this.chainable());
  }
  #jump(epoch: number): void {
    if (epoch < 0) throw new SchedulerError(`Expected non-negative epoch, but got ${python.repr(epoch)}`);
    const { T0, TMult } = this;
    if (epoch < T0) [this.TCur, this.Ti] = [epoch, T0];
    else if (TMult === 1) this.TCur = epoch % T0;
    else {
      const cycles = Math.trunc(Math.log((epoch / T0) * (TMult - 1) + 1) / Math.log(TMult));
      this.TCur = epoch - (T0 * (TMult ** cycles - 1)) / (TMult - 1);
      this.Ti = T0 * TMult ** cycles;
    }
  }
}
