/** @file Batch normalisation (Ioffe and Szegedy, 2015). */
import { add, batchNorm, copy_, div, mul, noGrad, ones, ShapeError, sub, type Tensor, to, zeros } from "@adjoint/core/functional";
import { type NormOptions, Running } from "./running.ts";

/** Whether x has the dims that the class takes; the message says which. */
export function checkDims(x: Tensor, ...dims: readonly number[]): void {
  if (!dims.includes(x.ndim)) throw new ShapeError(`expected ${dims.map((n) => `${n}D`).join(" or ")} input (got ${x.ndim}D input)`);
}

abstract class BatchNorm extends Running {
  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options, { affine: true, track: true });
  }
  protected abstract check(x: Tensor): void;
  override forward(x: Tensor): Tensor {
    this.check(x);
    const { running_mean: mean, running_var: variance, weight, bias, eps, momentum } = this, isTracking = this.training && this.trackRunningStats;
    if (isTracking) this.count();
    const training = this.training || (mean === null && variance === null);
    if (isTracking && momentum === null) return this.averaged(x);
    const [runningMean, runningVar] = !this.training || this.trackRunningStats ? [mean, variance] : [null, null];
    return batchNorm(x, runningMean, runningVar, { weight, bias, training, momentum: momentum ?? 0, eps });
  }
  /** The running statistics become the mean over all batches. Their number stays on the device: nothing is read. */
  private averaged(x: Tensor): Tensor {
    const { running_mean: mean, running_var: variance, weight, bias, eps, num_batches_tracked: count } = this, place = { dtype: mean!.dtype, device: mean!.device };
    const batch = [zeros(mean!.shape, place), ones(mean!.shape, place)] as const;
    const out = batchNorm(x, ...batch, { weight, bias, training: true, momentum: 1, eps });
    noGrad(() => {
      const share = div(1, to(count!, mean!.dtype));
      [mean!, variance!].forEach((running, i) => copy_(running, add(running, mul(sub(batch[i]!, running), share))));
      for (const used of [...batch, share]) used.dispose();
    });
    return out;
  }
}

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature over the batch and all places: PyTorch's `nn.BatchNorm1d`, by `batchNorm`. x [n, features] or [n, features,
 * length] -> the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.BatchNorm1d(2).forward(ones([3, 2])).shape // [3, 2]
 */
export class BatchNorm1d extends BatchNorm {
  static override readonly name: string = "BatchNorm1d";
  protected override check(x: Tensor): void {
    checkDims(x, 2, 3);
  }
}
/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature over the batch and all places: PyTorch's `nn.BatchNorm2d`, by `batchNorm`. x [n, features, height, width] ->
 * the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.BatchNorm2d(2).forward(ones([3, 2, 1, 1])).shape // [3, 2, 1, 1]
 */
export class BatchNorm2d extends BatchNorm {
  static override readonly name: string = "BatchNorm2d";
  protected override check(x: Tensor): void {
    checkDims(x, 4);
  }
}
/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each feature over the batch and all places: PyTorch's `nn.BatchNorm3d`, by `batchNorm`. x [n, features, depth, height,
 * width] -> the same shape.
 * @param numFeatures how many features
 * @throws ShapeError in `forward`, for another rank
 * @example new nn.BatchNorm3d(2).forward(ones([3, 2, 1, 1, 1])).shape // [3, 2, 1, 1, 1]
 */
export class BatchNorm3d extends BatchNorm {
  static override readonly name: string = "BatchNorm3d";
  protected override check(x: Tensor): void {
    checkDims(x, 5);
  }
}
