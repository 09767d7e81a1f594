/** @file What batch and instance normalisation share: scale and shift, and statistics that follow the data. */
import { add_, fill_, noGrad, ones, python, type Tensor, zeros } from "@adjoint/core/functional";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

export type NormOptions = PlaceOptions & {
  /** Added to the variance: 1e-5 by default. */
  readonly eps?: number;
  /** How much of the running statistics each batch replaces; null takes the mean over all batches. */
  readonly momentum?: number | null;
  /** With scale and shift. */
  readonly affine?: boolean;
  /** Keeps running statistics, which replace those of the batch in `eval`. */
  readonly trackRunningStats?: boolean;
};

export abstract class Running extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  // PyTorch's names, which are in every checkpoint.
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly running_mean: Tensor | null;
  readonly running_var: Tensor | null;
  /** int32, how many batches there were. */
  readonly num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, options: NormOptions, { affine: affineDefault, track }: { readonly affine: boolean; readonly track: boolean }) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = affineDefault, trackRunningStats = track, ...place } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? parameter(ones([numFeatures], place)) : null;
    this.bias = affine ? parameter(zeros([numFeatures], place)) : null;
    const { dtype: _, ...device } = place;
    this.running_mean = this.registerBuffer("running_mean", trackRunningStats ? zeros([numFeatures], place) : null);
    this.running_var = this.registerBuffer("running_var", trackRunningStats ? ones([numFeatures], place) : null);
    this.num_batches_tracked = this.registerBuffer("num_batches_tracked", trackRunningStats ? zeros([], { dtype: "int32", ...device }) : null);
  }
  resetRunningStats(): void {
    const { running_mean: mean, running_var: variance, num_batches_tracked: count } = this;
    noGrad(() => {
      if (mean !== null) fill_(mean, 0);
      if (variance !== null) fill_(variance, 1);
      if (count !== null) fill_(count, 0);
    });
  }
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  /** One batch more. */
  protected count(): void {
    const { num_batches_tracked: count } = this;
    if (count !== null) noGrad(() => add_(count, 1));
  }
  protected override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return `${numFeatures}, eps=${python.float(eps)}, momentum=${momentum === null ? "None" : python.float(momentum)}, affine=${python.bool(affine)}, track_running_stats=${python.bool(trackRunningStats)}`;
  }
}
