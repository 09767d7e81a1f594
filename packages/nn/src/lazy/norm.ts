/** @file Normalisation that learns the number of features from the first input that it sees, and is a plain one from then on. */
import type { Tensor } from "@adjoint/core/functional";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "../norm/batch-norm.ts";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "../norm/instance-norm.ts";
import type { NormOptions } from "../norm/running.ts";
import { materialize } from "./materialize.ts";

/**
 * As `BatchNorm1d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyBatchNorm1d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyBatchNorm1d().forward(ones([3, 2, 4])).shape // [3, 2, 4]
 */
export class LazyBatchNorm1d extends BatchNorm1d {
  static override readonly name: string = "LazyBatchNorm1d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm1d.prototype.forward.call(materialize(this, LazyBatchNorm1d, BatchNorm1d, "numFeatures", x.shape[1]!), x);
  }
}

/**
 * As `BatchNorm2d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyBatchNorm2d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyBatchNorm2d().forward(ones([3, 2, 2, 2])).shape // [3, 2, 2, 2]
 */
export class LazyBatchNorm2d extends BatchNorm2d {
  static override readonly name: string = "LazyBatchNorm2d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm2d.prototype.forward.call(materialize(this, LazyBatchNorm2d, BatchNorm2d, "numFeatures", x.shape[1]!), x);
  }
}

/**
 * As `BatchNorm3d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyBatchNorm3d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyBatchNorm3d().forward(ones([3, 2, 1, 2, 2])).shape // [3, 2, 1, 2, 2]
 */
export class LazyBatchNorm3d extends BatchNorm3d {
  static override readonly name: string = "LazyBatchNorm3d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm3d.prototype.forward.call(materialize(this, LazyBatchNorm3d, BatchNorm3d, "numFeatures", x.shape[1]!), x);
  }
}

/**
 * As `InstanceNorm1d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyInstanceNorm1d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyInstanceNorm1d().forward(ones([3, 2, 4])).shape // [3, 2, 4]
 */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  static override readonly name: string = "LazyInstanceNorm1d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm1d.prototype.forward.call(materialize(this, LazyInstanceNorm1d, InstanceNorm1d, "numFeatures", x.shape[x.ndim === 3 ? 1 : 0]!), x);
  }
}

/**
 * As `InstanceNorm2d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyInstanceNorm2d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyInstanceNorm2d().forward(ones([3, 2, 2, 2])).shape // [3, 2, 2, 2]
 */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  static override readonly name: string = "LazyInstanceNorm2d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm2d.prototype.forward.call(materialize(this, LazyInstanceNorm2d, InstanceNorm2d, "numFeatures", x.shape[x.ndim === 4 ? 1 : 0]!), x);
  }
}

/**
 * As `InstanceNorm3d`, whose `numFeatures` are those of the first x, after which it is one: PyTorch's `nn.LazyInstanceNorm3d`. x [n, features, ...] -> the same shape.
 * @example new nn.LazyInstanceNorm3d().forward(ones([3, 2, 1, 2, 2])).shape // [3, 2, 1, 2, 2]
 */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  static override readonly name: string = "LazyInstanceNorm3d";
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm3d.prototype.forward.call(materialize(this, LazyInstanceNorm3d, InstanceNorm3d, "numFeatures", x.shape[x.ndim === 5 ? 1 : 0]!), x);
  }
}
