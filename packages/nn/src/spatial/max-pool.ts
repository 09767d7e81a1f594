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

/** `maxPool1d`, as PyTorch's `nn.MaxPool1d`. x [n, c, l] or [c, l]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool1d<I extends boolean = false> extends MaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return maxPool1d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/** `maxPool2d`, as PyTorch's `nn.MaxPool2d`. x [n, c, h, w] or [c, h, w]. */
export class MaxPool2d<I extends boolean = false> extends MaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return maxPool2d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/** `maxPool3d`, as PyTorch's `nn.MaxPool3d`. x [n, c, d, h, w] or [c, d, h, w]. */
export class MaxPool3d<I extends boolean = false> extends MaxPool<I> {
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

/** `maxUnpool1d`, as PyTorch's `nn.MaxUnpool1d`: the maxima back in their places, zeros elsewhere. */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: Spatial, options: UnpoolOptions = {}) {
    super(1, kernelSize, options);
  }
  override forward(x: Tensor, indices: Tensor, options: Pick<MaxUnpoolOptions, "outputSize"> = {}): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, this.options(options));
  }
}
/** `maxUnpool2d`, as PyTorch's `nn.MaxUnpool2d`. */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: Spatial, options: UnpoolOptions = {}) {
    super(2, kernelSize, options);
  }
  override forward(x: Tensor, indices: Tensor, options: Pick<MaxUnpoolOptions, "outputSize"> = {}): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, this.options(options));
  }
}
/** `maxUnpool3d`, as PyTorch's `nn.MaxUnpool3d`. */
export class MaxUnpool3d extends MaxUnpool {
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
/** `fractionalMaxPool2d`, as PyTorch's `nn.FractionalMaxPool2d`. */
export class FractionalMaxPool2d<I extends boolean = false> extends FractionalMaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return fractionalMaxPool2d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
/** `fractionalMaxPool3d`, as PyTorch's `nn.FractionalMaxPool3d`. */
export class FractionalMaxPool3d<I extends boolean = false> extends FractionalMaxPool<I> {
  override forward(x: Tensor): Pooled<I> {
    return fractionalMaxPool3d(x, this.kernelSize, this.options()) as Pooled<I>;
  }
}
