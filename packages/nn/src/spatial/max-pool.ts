/** @file Maxima over windows, and their way back, as modules. */
import {
  ArgumentError, fractionalMaxPool2d, fractionalMaxPool3d, type FractionalMaxPoolOptions, maxPool1d, maxPool2d, maxPool3d, type MaxPoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d, type MaxUnpoolOptions, python, type Shape,
  type Spatial, type Tensor,
} from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { perDim, type Pooled, type Rank } from "./sizes.ts";

abstract class MaxPool<I extends boolean = false> extends Module {
  readonly kernelSize: Spatial;
  readonly stride: Spatial;
  readonly padding: Spatial;
  readonly dilation: Spatial;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(kernelSize: Spatial, options: MaxPoolOptions & { readonly returnIndices?: I } = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.returnIndices = options.returnIndices ?? false;
    this.ceilMode = options.ceilMode ?? false;
  }
  protected options(): MaxPoolOptions {
    return { stride: this.stride, padding: this.padding, dilation: this.dilation, ceilMode: this.ceilMode, returnIndices: this.returnIndices };
  }
  protected override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return `kernel_size=${python.repr(kernelSize)}, stride=${python.repr(stride)}, padding=${python.repr(padding)}, dilation=${python.repr(dilation)}, ceil_mode=${python.bool(ceilMode)}`;
  }
}

/**
 * The maxima over windows: PyTorch's `nn.MaxPool1d`, by `maxPool1d`. x [n, c, l] or [c, l] -> [n, c, ...] or [c, ...], with `returnIndices` `{ values, indices }`.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxPool1d(2).forward(ones([1, 3, 4])).shape // [1, 3, 2]
 */
export class MaxPool1d<I extends boolean = false> extends MaxPool<I> {
  static override readonly name: string = "MaxPool1d";
  override forward(x: Tensor): Pooled<I> {
    return maxPool1d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/**
 * The maxima over windows: PyTorch's `nn.MaxPool2d`, by `maxPool2d`. x [n, c, h, w] or [c, h, w] -> [n, c, ...] or [c, ...], with `returnIndices` `{ values, indices }`.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxPool2d(2).forward(ones([1, 3, 4, 4])).shape // [1, 3, 2, 2]
 */
export class MaxPool2d<I extends boolean = false> extends MaxPool<I> {
  static override readonly name: string = "MaxPool2d";
  override forward(x: Tensor): Pooled<I> {
    return maxPool2d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/**
 * The maxima over windows: PyTorch's `nn.MaxPool3d`, by `maxPool3d`. x [n, c, d, h, w] or [c, d, h, w] -> [n, c, ...] or [c, ...], with `returnIndices` `{ values, indices }`.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxPool3d(2).forward(ones([1, 3, 4, 4, 4])).shape // [1, 3, 2, 2, 2]
 */
export class MaxPool3d<I extends boolean = false> extends MaxPool<I> {
  static override readonly name: string = "MaxPool3d";
  override forward(x: Tensor): Pooled<I> {
    return maxPool3d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}

abstract class MaxUnpool extends Module {
  readonly kernelSize: Shape;
  readonly stride: Shape;
  readonly padding: Shape;

  constructor(rank: Rank, kernelSize: Spatial, options: Omit<MaxUnpoolOptions, "outputSize"> = {}) {
    super();
    this.kernelSize = perDim("kernelSize", kernelSize, rank);
    this.stride = perDim("stride", options.stride ?? kernelSize, rank);
    this.padding = perDim("padding", options.padding ?? 0, rank);
  }
  protected options({ outputSize }: Pick<MaxUnpoolOptions, "outputSize">): MaxUnpoolOptions {
    return { stride: this.stride, padding: this.padding, outputSize };
  }
  protected override extraRepr(): string {
    return `kernel_size=${python.tuple(this.kernelSize)}, stride=${python.tuple(this.stride)}, padding=${python.tuple(this.padding)}`;
  }
}
type UnpoolOptions = Omit<MaxUnpoolOptions, "outputSize">;

/**
 * The maxima of `maxPool1d` back in their places, zeros elsewhere: PyTorch's `nn.MaxUnpool1d`, by `maxUnpool1d`. x and indices [n, c, l] or [c, l] -> the sizes that were pooled.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxUnpool1d(2).forward(ones([1, 1, 2]), zeros([1, 1, 2], { dtype: "int32" })).shape // [1, 1, 4]
 */
export class MaxUnpool1d extends MaxUnpool {
  static override readonly name: string = "MaxUnpool1d";
  constructor(kernelSize: Spatial, options: UnpoolOptions = {}) {
    super(1, kernelSize, options);
  }
  override forward(x: Tensor, indices: Tensor, options: Pick<MaxUnpoolOptions, "outputSize"> = {}): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, this.options(options));
  }
}
/**
 * The maxima of `maxPool2d` back in their places, zeros elsewhere: PyTorch's `nn.MaxUnpool2d`, by `maxUnpool2d`. x and indices [n, c, h, w] or [c, h, w] -> the sizes that were
 * pooled.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxUnpool2d(2).forward(ones([1, 1, 2, 2]), zeros([1, 1, 2, 2], { dtype: "int32" })).shape // [1, 1, 4, 4]
 */
export class MaxUnpool2d extends MaxUnpool {
  static override readonly name: string = "MaxUnpool2d";
  constructor(kernelSize: Spatial, options: UnpoolOptions = {}) {
    super(2, kernelSize, options);
  }
  override forward(x: Tensor, indices: Tensor, options: Pick<MaxUnpoolOptions, "outputSize"> = {}): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, this.options(options));
  }
}
/**
 * The maxima of `maxPool3d` back in their places, zeros elsewhere: PyTorch's `nn.MaxUnpool3d`, by `maxUnpool3d`. x and indices [n, c, d, h, w] or [c, d, h, w] -> the sizes that
 * were pooled.
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.MaxUnpool3d(2).forward(ones([1, 1, 2, 2, 2]), zeros([1, 1, 2, 2, 2], { dtype: "int32" })).shape // [1, 1, 4, 4, 4]
 */
export class MaxUnpool3d extends MaxUnpool {
  static override readonly name: string = "MaxUnpool3d";
  constructor(kernelSize: Spatial, options: UnpoolOptions = {}) {
    super(3, kernelSize, options);
  }
  override forward(x: Tensor, indices: Tensor, options: Pick<MaxUnpoolOptions, "outputSize"> = {}): Tensor {
    return maxUnpool3d(x, indices, this.kernelSize, this.options(options));
  }
}

abstract class FractionalMaxPool<I extends boolean = false> extends Module {
  readonly kernelSize: Spatial;
  readonly outputSize: Spatial | undefined;
  readonly outputRatio: Spatial | undefined;
  readonly returnIndices: boolean;
  /** PyTorch's name of the samples that the caller draws, which are a buffer. */
  readonly _random_samples: Tensor | null;

  constructor(kernelSize: Spatial, options: FractionalMaxPoolOptions & { readonly returnIndices?: I }) {
    super();
    const { outputSize, outputRatio, returnIndices = false, _randomSamples } = options, ratios = outputRatio === undefined ? [] : typeof outputRatio === "number" ? [outputRatio] : outputRatio;
    if (outputSize === undefined && outputRatio === undefined) throw new ArgumentError(`${this.constructor.name} requires specifying either an output size, or a pooling ratio`);
    if (outputSize !== undefined && outputRatio !== undefined) throw new ArgumentError("only one of output_size and output_ratio may be specified");
    if (!ratios.every((ratio) => ratio > 0 && ratio < 1)) throw new ArgumentError(`output_ratio must be between 0 and 1 (got ${python.repr(ratios)})`);
    this.kernelSize = kernelSize;
    this.outputSize = outputSize;
    this.outputRatio = outputRatio;
    this.returnIndices = returnIndices;
    this._random_samples = this.registerBuffer("_random_samples", _randomSamples ?? null);
  }
  protected options(): FractionalMaxPoolOptions {
    return { outputSize: this.outputSize, outputRatio: this.outputRatio, returnIndices: this.returnIndices, _randomSamples: this._random_samples ?? undefined };
  }
}
/**
 * The maxima over windows placed at random so that the result has `outputSize` (Graham, 2014): PyTorch's `nn.FractionalMaxPool2d`, by `fractionalMaxPool2d`. x [n, c, h, w] or [c,
 * h, w] -> [n, c, ...outputSize] or [c, ...outputSize].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for both or neither of `outputSize` and `outputRatio`, or a ratio beyond (0, 1)
 * @example new nn.FractionalMaxPool2d(2, { outputSize: 2 }).forward(ones([1, 1, 6, 6])).shape // [1, 1, 2, 2]
 */
export class FractionalMaxPool2d<I extends boolean = false> extends FractionalMaxPool<I> {
  static override readonly name: string = "FractionalMaxPool2d";
  override forward(x: Tensor): Pooled<I> {
    return fractionalMaxPool2d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/**
 * The maxima over windows placed at random so that the result has `outputSize` (Graham, 2014): PyTorch's `nn.FractionalMaxPool3d`, by `fractionalMaxPool3d`. x [n, c, d, h, w] or
 * [c, d, h, w] -> [n, c, ...outputSize] or [c, ...outputSize].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for both or neither of `outputSize` and `outputRatio`, or a ratio beyond (0, 1)
 * @example new nn.FractionalMaxPool3d(2, { outputSize: 2 }).forward(ones([1, 1, 6, 6, 6])).shape // [1, 1, 2, 2, 2]
 */
export class FractionalMaxPool3d<I extends boolean = false> extends FractionalMaxPool<I> {
  static override readonly name: string = "FractionalMaxPool3d";
  override forward(x: Tensor): Pooled<I> {
    return fractionalMaxPool3d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
