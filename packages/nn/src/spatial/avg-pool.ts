/** @file Means and power means over windows, as modules. */
import {
  avgPool1d, type AvgPool1dOptions, avgPool2d, avgPool3d, type AvgPoolOptions, lpPool1d, lpPool2d, type LpPoolOptions, python, type Spatial, type Tensor,
} from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { perDim } from "./sizes.ts";

abstract class AvgPool extends Module {
  readonly kernelSize: Spatial;
  readonly stride: Spatial;
  readonly padding: Spatial;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(kernelSize: Spatial, options: AvgPool1dOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
  }
  protected options(): AvgPool1dOptions {
    return { stride: this.stride, padding: this.padding, ceilMode: this.ceilMode, countIncludePad: this.countIncludePad };
  }
  protected override extraRepr(): string {
    return `kernel_size=${python.repr(this.kernelSize)}, stride=${python.repr(this.stride)}, padding=${python.repr(this.padding)}`;
  }
}

/**
 * The means over windows: PyTorch's `nn.AvgPool1d`, by `avgPool1d`. x [n, c, l] or [c, l] -> [n, c, ...] or [c, ...].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.AvgPool1d(2).forward(ones([1, 3, 4])).shape // [1, 3, 2]
 */
export class AvgPool1d extends AvgPool {
  static override readonly name: string = "AvgPool1d";
  constructor(kernelSize: Spatial, options: AvgPool1dOptions = {}) {
    super(perDim("kernelSize", kernelSize, 1), { ...options, stride: perDim("stride", options.stride ?? kernelSize, 1), padding: perDim("padding", options.padding ?? 0, 1) });
  }
  override forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernelSize, this.options());
  }
}
abstract class AvgPoolOver extends AvgPool {
  readonly divisorOverride: number | undefined;
  constructor(kernelSize: Spatial, options: AvgPoolOptions = {}) {
    super(kernelSize, options);
    this.divisorOverride = options.divisorOverride;
  }
  protected override options(): AvgPoolOptions {
    return { ...super.options(), divisorOverride: this.divisorOverride };
  }
}
/**
 * The means over windows: PyTorch's `nn.AvgPool2d`, by `avgPool2d`. x [n, c, h, w] or [c, h, w] -> [n, c, ...] or [c, ...].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.AvgPool2d(2).forward(ones([1, 3, 4, 4])).shape // [1, 3, 2, 2]
 */
export class AvgPool2d extends AvgPoolOver {
  static override readonly name: string = "AvgPool2d";
  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options());
  }
}
/**
 * The means over windows: PyTorch's `nn.AvgPool3d`, by `avgPool3d`. x [n, c, d, h, w] or [c, d, h, w] -> [n, c, ...] or [c, ...].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.AvgPool3d(2).forward(ones([1, 3, 4, 4, 4])).shape // [1, 3, 2, 2, 2]
 */
export class AvgPool3d extends AvgPoolOver {
  static override readonly name: string = "AvgPool3d";
  override forward(x: Tensor): Tensor {
    return avgPool3d(x, this.kernelSize, this.options());
  }
}

abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: Spatial;
  readonly stride: Spatial | undefined;
  readonly ceilMode: boolean;

  constructor(normType: number, kernelSize: Spatial, options: LpPoolOptions = {}) {
    super();
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = options.stride;
    this.ceilMode = options.ceilMode ?? false;
  }
  protected override extraRepr(): string {
    return `norm_type=${python.number(this.normType)}, kernel_size=${python.repr(this.kernelSize)}, stride=${python.repr(this.stride)}, ceil_mode=${python.bool(this.ceilMode)}`;
  }
}
/**
 * (sum of x^p)^(1 / p) over windows: PyTorch's `nn.LPPool1d`, by `lpPool1d`. x [n, c, l] or [c, l] -> [n, c, ...] or [c, ...].
 * @param normType p
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LPPool1d(2, 2).forward(ones([1, 3, 4])).shape // [1, 3, 2]
 */
export class LPPool1d extends LPPool {
  static override readonly name: string = "LPPool1d";
  override forward(x: Tensor): Tensor {
    return lpPool1d(x, this.normType, this.kernelSize, { stride: this.stride, ceilMode: this.ceilMode });
  }
}
/**
 * (sum of x^p)^(1 / p) over windows: PyTorch's `nn.LPPool2d`, by `lpPool2d`. x [n, c, h, w] or [c, h, w] -> [n, c, ...] or [c, ...].
 * @param normType p
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LPPool2d(2, 2).forward(ones([1, 3, 4, 4])).shape // [1, 3, 2, 2]
 */
export class LPPool2d extends LPPool {
  static override readonly name: string = "LPPool2d";
  override forward(x: Tensor): Tensor {
    return lpPool2d(x, this.normType, this.kernelSize, { stride: this.stride, ceilMode: this.ceilMode });
  }
}
