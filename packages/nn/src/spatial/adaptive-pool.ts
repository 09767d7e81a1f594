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

/** `adaptiveAvgPool1d`, as PyTorch's `nn.AdaptiveAvgPool1d`. x [n, c, l] or [c, l]. */
export class AdaptiveAvgPool1d extends AdaptivePool {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}
/** `adaptiveAvgPool2d`, as PyTorch's `nn.AdaptiveAvgPool2d`. x [n, c, h, w] or [c, h, w]. */
export class AdaptiveAvgPool2d extends AdaptivePool {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}
/** `adaptiveAvgPool3d`, as PyTorch's `nn.AdaptiveAvgPool3d`. x [n, c, d, h, w] or [c, d, h, w]. */
export class AdaptiveAvgPool3d extends AdaptivePool {
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
/** `adaptiveMaxPool1d`, as PyTorch's `nn.AdaptiveMaxPool1d`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool1d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool1d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
/** `adaptiveMaxPool2d`, as PyTorch's `nn.AdaptiveMaxPool2d`. */
export class AdaptiveMaxPool2d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool2d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
/** `adaptiveMaxPool3d`, as PyTorch's `nn.AdaptiveMaxPool3d`. */
export class AdaptiveMaxPool3d<I extends boolean = false> extends AdaptiveMaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return adaptiveMaxPool3d(x, this.outputSize, this.options()) as Pooled<I>;
  }
}
