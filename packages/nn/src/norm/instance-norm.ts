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

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature of each element of the batch over its places: PyTorch's `nn.InstanceNorm1d`, by `instanceNorm`. x [n,
 * features, length] or [features, length] -> the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.InstanceNorm1d(2).forward(ones([3, 2, 4])).shape // [3, 2, 4]
 */
export class InstanceNorm1d extends InstanceNorm {
  static override readonly name: string = "InstanceNorm1d";
  protected override get places(): number {
    return 1;
  }
}
/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature of each element of the batch over its places: PyTorch's `nn.InstanceNorm2d`, by `instanceNorm`. x [n,
 * features, height, width] or [features, height, width] -> the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.InstanceNorm2d(2).forward(ones([3, 2, 2, 2])).shape // [3, 2, 2, 2]
 */
export class InstanceNorm2d extends InstanceNorm {
  static override readonly name: string = "InstanceNorm2d";
  protected override get places(): number {
    return 2;
  }
}
/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature of each element of the batch over its places: PyTorch's `nn.InstanceNorm3d`, by `instanceNorm`. x [n,
 * features, depth, height, width] or [features, depth, height, width] -> the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.InstanceNorm3d(2).forward(ones([3, 2, 1, 2, 2])).shape // [3, 2, 1, 2, 2]
 */
export class InstanceNorm3d extends InstanceNorm {
  static override readonly name: string = "InstanceNorm3d";
  protected override get places(): number {
    return 3;
  }
}
