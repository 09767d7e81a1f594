/** @file Instance normalisation (Ulyanov et al., 2016). */
import { instanceNorm, squeeze, type Tensor, unsqueeze } from "@adjoint/core/functional";
import { checkDims } from "./batch-norm.ts";
import { type NormOptions, Running } from "./running.ts";

abstract class InstanceNorm extends Running {
  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options, { affine: false, track: false });
  }
  /** How many dims there are after the features. */
  protected abstract get places(): number;
  override forward(x: Tensor): Tensor {
    checkDims(x, this.places + 1, this.places + 2);
    if (x.ndim === this.places + 1) return squeeze(this.normalized(unsqueeze(x, 0)), 0);
    return this.normalized(x);
  }
  private normalized(x: Tensor): Tensor {
    const { running_mean: runningMean, running_var: runningVar, weight, bias, momentum, eps } = this;
    return instanceNorm(x, { runningMean, runningVar, weight, bias, useInputStats: this.training || !this.trackRunningStats, momentum: momentum ?? 0, eps });
  }
}

/** Over the length of each sequence. x [n, features, length] or [features, length]. */
export class InstanceNorm1d extends InstanceNorm {
  protected override get places(): number {
    return 1;
  }
}
/** Over height and width of each image. x [n, features, height, width] or [features, height, width]. */
export class InstanceNorm2d extends InstanceNorm {
  protected override get places(): number {
    return 2;
  }
}
/** Over depth, height and width of each volume. x [n, features, depth, height, width] or [features, depth, height, width]. */
export class InstanceNorm3d extends InstanceNorm {
  protected override get places(): number {
    return 3;
  }
}
