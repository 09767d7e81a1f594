/** @file Pooling to a given size, as modules. */
import {
  adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d, adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, type AdaptiveMaxPoolOptions, type OutputSize, python, type Tensor,
} from "@adjoint/core/functional";
import { Module } from "../module.ts";
import type { Pooled } from "./sizes.ts";

abstract class AdaptivePool extends Module {
  readonly outputSize: OutputSize;
  constructor(outputSize: OutputSize) {
    super();
    this.outputSize = outputSize;
  }
  protected override extraRepr(): string {
    return `output_size=${python.repr(this.outputSize)}`;
  }
}

/**
 * The means over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveAvgPool1d`, by `adaptiveAvgPool1d`. x [n, c, l] or [c, l] -> [n, c, ...outputSize] or
 * [c, ...outputSize].
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @example new nn.AdaptiveAvgPool1d(2).forward(ones([1, 3, 4])).shape // [1, 3, 2]
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool1d";
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}
/**
 * The means over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveAvgPool2d`, by `adaptiveAvgPool2d`. x [n, c, h, w] or [c, h, w] -> [n, c, ...outputSize]
 * or [c, ...outputSize].
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @example new nn.AdaptiveAvgPool2d(2).forward(ones([1, 3, 4, 4])).shape // [1, 3, 2, 2]
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool2d";
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}
/**
 * The means over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveAvgPool3d`, by `adaptiveAvgPool3d`. x [n, c, d, h, w] or [c, d, h, w] -> [n, c,
 * ...outputSize] or [c, ...outputSize].
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @example new nn.AdaptiveAvgPool3d(2).forward(ones([1, 3, 4, 4, 4])).shape // [1, 3, 2, 2, 2]
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  static override readonly name: string = "AdaptiveAvgPool3d";
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}

abstract class AdaptiveMaxPool<I extends boolean = false> extends AdaptivePool {
  readonly returnIndices: boolean;
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions & { readonly returnIndices?: I } = {}) {
    super(outputSize);
    this.returnIndices = options.returnIndices ?? false;
  }
  protected options(): AdaptiveMaxPoolOptions {
    return { returnIndices: this.returnIndices };
  }
}
/**
 * The maxima over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveMaxPool1d`, by `adaptiveMaxPool1d`. x [n, c, l] or [c, l] -> [n, c, ...outputSize] or
 * [c, ...outputSize], with `returnIndices` `{ values, indices }`.
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @param options `returnIndices`: give `{ values, indices }`
 * @example new nn.AdaptiveMaxPool1d(2).forward(ones([1, 3, 4])).shape // [1, 3, 2]
 */
export class AdaptiveMaxPool1d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  static override readonly name: string = "AdaptiveMaxPool1d";
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool1d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
/**
 * The maxima over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveMaxPool2d`, by `adaptiveMaxPool2d`. x [n, c, h, w] or [c, h, w] -> [n, c,
 * ...outputSize] or [c, ...outputSize], with `returnIndices` `{ values, indices }`.
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @param options `returnIndices`: give `{ values, indices }`
 * @example new nn.AdaptiveMaxPool2d(2).forward(ones([1, 3, 4, 4])).shape // [1, 3, 2, 2]
 */
export class AdaptiveMaxPool2d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  static override readonly name: string = "AdaptiveMaxPool2d";
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool2d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
/**
 * The maxima over windows so large that the result has `outputSize`: PyTorch's `nn.AdaptiveMaxPool3d`, by `adaptiveMaxPool3d`. x [n, c, d, h, w] or [c, d, h, w] -> [n, c,
 * ...outputSize] or [c, ...outputSize], with `returnIndices` `{ values, indices }`.
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @param options `returnIndices`: give `{ values, indices }`
 * @example new nn.AdaptiveMaxPool3d(2).forward(ones([1, 3, 4, 4, 4])).shape // [1, 3, 2, 2, 2]
 */
export class AdaptiveMaxPool3d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  static override readonly name: string = "AdaptiveMaxPool3d";
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool3d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
