/** @file Cyclical rates (Smith, 2017). */
import { SchedulerError } from "../errors.ts";
import { LRScheduler, perGroup, type Scheduled, type SchedulerOptions } from "./scheduler.ts";

export type CyclicMode = "triangular" | "triangular2" | "exp_range";
export type CyclicOptions = SchedulerOptions & {
  /** Batches from the lowest rate to the highest. */
  readonly stepSizeUp?: number;
  /** And back; as many by default. */
  readonly stepSizeDown?: number | null;
  /** "triangular" by default; "triangular2" halves the height each cycle. */
  readonly mode?: CyclicMode;
  /** Of the mode exp_range: the height shrinks by it every batch. */
  readonly gamma?: number;
  /** The height of a cycle, in place of a mode: of the number of the cycle, or of the batch. */
  readonly scaleFn?: ((x: number) => number) | null;
  /** Of which number `scaleFn` is a function: "cycle" by default. */
  readonly scaleMode?: "cycle" | "iterations";
  /** Momentum goes down when the rate goes up. */
  readonly cycleMomentum?: boolean;
  /** Where the rate is highest: 0.8 by default. */
  readonly baseMomentum?: number | readonly number[];
  /** Where the rate is lowest: 0.9 by default. */
  readonly maxMomentum?: number | readonly number[];
};

/**
 * The rate goes up and down between two bounds, batch by batch: PyTorch's `CyclicLR`.
 * @param optimizer whose groups' rates are set
 * @param baseLr the lower bound, of all groups or of each
 * @param maxLr the upper bound, of all groups or of each
 * @throws SchedulerError for another mode, or `cycleMomentum` of an optimizer without momentum
 * @example const optimizer = new optim.SGD([zeros([1], { requiresGrad: true })], { lr: 1 }), scheduler = new optim.lrScheduler.CyclicLR(optimizer, 0.1, 1, { stepSizeUp: 2, cycleMomentum: false }); optimizer.step(); scheduler.step(); scheduler.getLastLr() // [0.55]
 */
export class CyclicLR extends LRScheduler {
  readonly maxLrs: readonly number[];
  readonly totalSize: number;
  readonly stepRatio: number;
  readonly mode: CyclicMode;
  readonly gamma: number;
  readonly scaleMode: "cycle" | "iterations";
  readonly cycleMomentum: boolean;
  readonly baseMomentums: readonly number[] = [];
  readonly maxMomentums: readonly number[] = [];
  readonly #scale: (x: number) => number;

  constructor(optimizer: Scheduled, baseLr: number | readonly number[], maxLr: number | readonly number[], options: CyclicOptions = {}) {
    const { stepSizeUp = 2000, stepSizeDown, mode = "triangular", gamma = 1, scaleFn, scaleMode = "cycle", cycleMomentum = true, lastEpoch = -1 } = options;
    const baseLrs = perGroup("base_lr", optimizer, baseLr), maxLrs = perGroup("max_lr", optimizer, maxLr);
    const scales = { triangular: () => 1, triangular2: (x: number) => 1 / 2 ** (x - 1), exp_range: (x: number) => gamma ** x } satisfies Record<CyclicMode, (x: number) => number>;
    if (!Object.hasOwn(scales, mode) && (scaleFn ?? null) === null) throw new SchedulerError("mode is invalid and scale_fn is None");
    if (cycleMomentum && !("momentum" in optimizer.defaults)) throw new SchedulerError("optimizer must support momentum with `cycle_momentum` option enabled");
    if (lastEpoch === -1) optimizer.paramGroups.forEach((group, i) => { group.lr = baseLrs[i]!; });
    const baseMomentums = cycleMomentum ? perGroup("base_momentum", optimizer, options.baseMomentum ?? 0.8) : [];
    const maxMomentums = cycleMomentum ? perGroup("max_momentum", optimizer, options.maxMomentum ?? 0.9) : [];
    if (cycleMomentum && lastEpoch === -1) optimizer.paramGroups.forEach((group, i) => { group.momentum = baseMomentums[i]!; });
    super(optimizer, options);
    baseLrs.forEach((lr, i) => { this.baseLrs[i] = lr; });
    this.maxLrs = maxLrs;
    this.totalSize = stepSizeUp + (stepSizeDown ?? stepSizeUp);
    this.stepRatio = stepSizeUp / this.totalSize;
    this.mode = mode;
    this.gamma = gamma;
    this.#scale = scaleFn ?? scales[mode];
    this.scaleMode = (scaleFn ?? null) !== null ? scaleMode : mode === "exp_range" ? "iterations" : "cycle";
    this.cycleMomentum = cycleMomentum;
    if (cycleMomentum) {
      this.baseMomentums = lastEpoch === -1 ? baseMomentums : optimizer.paramGroups.map((group) => group.momentum ?? 0);
      this.maxMomentums = maxMomentums;
    }
    this.initialStep();
  }
  protected override chainable(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.totalSize), x = 1 + this.lastEpoch / this.totalSize - cycle;
    const height = x <= this.stepRatio ? x / this.stepRatio : (x - 1) / (this.stepRatio - 1);
    const scale = this.#scale(this.scaleMode === "cycle" ? cycle : this.lastEpoch);
    if (this.cycleMomentum)
      this.optimizer.paramGroups.forEach((group, i) => { group.momentum = this.maxMomentums[i]! - (this.maxMomentums[i]! - this.baseMomentums[i]!) * height * scale; });
    return this.baseLrs.map((lr, i) => lr + (this.maxLrs[i]! - lr) * height * scale);
  }
}
