/** @file Normalisation that learns the number of features from the first input that it sees, and is a plain one from then on. */
import type { Tensor } from "@adjoint/core/functional";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "../norm/batch-norm.ts";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "../norm/instance-norm.ts";
import type { NormOptions } from "../norm/running.ts";
import { materialize } from "./materialize.ts";

/** PyTorch's `nn.LazyBatchNorm1d`: becomes a `BatchNorm1d` at its first call. */
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm1d.prototype.forward.call(materialize(this, LazyBatchNorm1d, BatchNorm1d, "numFeatures", x.shape[1]!), x);
  }
}

/** PyTorch's `nn.LazyBatchNorm2d`: becomes a `BatchNorm2d` at its first call. */
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm2d.prototype.forward.call(materialize(this, LazyBatchNorm2d, BatchNorm2d, "numFeatures", x.shape[1]!), x);
  }
}

/** PyTorch's `nn.LazyBatchNorm3d`: becomes a `BatchNorm3d` at its first call. */
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return BatchNorm3d.prototype.forward.call(materialize(this, LazyBatchNorm3d, BatchNorm3d, "numFeatures", x.shape[1]!), x);
  }
}

/** PyTorch's `nn.LazyInstanceNorm1d`: becomes an `InstanceNorm1d` at its first call. */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm1d.prototype.forward.call(materialize(this, LazyInstanceNorm1d, InstanceNorm1d, "numFeatures", x.shape[x.ndim === 3 ? 1 : 0]!), x);
  }
}

/** PyTorch's `nn.LazyInstanceNorm2d`: becomes an `InstanceNorm2d` at its first call. */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm2d.prototype.forward.call(materialize(this, LazyInstanceNorm2d, InstanceNorm2d, "numFeatures", x.shape[x.ndim === 4 ? 1 : 0]!), x);
  }
}

/** PyTorch's `nn.LazyInstanceNorm3d`: becomes an `InstanceNorm3d` at its first call. */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(options: NormOptions = {}) {
    super(0, options);
  }
  override forward(x: Tensor): Tensor {
    return InstanceNorm3d.prototype.forward.call(materialize(this, LazyInstanceNorm3d, InstanceNorm3d, "numFeatures", x.shape[x.ndim === 5 ? 1 : 0]!), x);
  }
}
