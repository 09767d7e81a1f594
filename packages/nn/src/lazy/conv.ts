/** @file Convolutions that learn how many channels their input has from the first one that they see, and are plain ones from then on. */
import type { Shape, Spatial, Tensor } from "@adjoint/core/functional";
import { Conv1d, Conv2d, Conv3d, type ConvLayerOptions, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from "../spatial/conv.ts";
import { materialize } from "./materialize.ts";

/** With a batch or without. */
const channelsOf = (x: Tensor, rank: number): number => x.shape[x.ndim === rank + 2 ? 1 : 0]!;

/**
 * As `Conv1d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConv1d`. x [n, in, l] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConv1d(3, 2).forward(ones([1, 2, 4])).shape // [1, 3, 3]
 */
export class LazyConv1d extends Conv1d {
  static override readonly name: string = "LazyConv1d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv1d.prototype.forward.call(materialize(this, LazyConv1d, Conv1d, "inChannels", channelsOf(x, 1), 1 / this.groups), x);
  }
}

/**
 * As `Conv2d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConv2d`. x [n, in, h, w] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConv2d(3, 2).forward(ones([1, 2, 4, 4])).shape // [1, 3, 3, 3]
 */
export class LazyConv2d extends Conv2d {
  static override readonly name: string = "LazyConv2d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv2d.prototype.forward.call(materialize(this, LazyConv2d, Conv2d, "inChannels", channelsOf(x, 2), 1 / this.groups), x);
  }
}

/**
 * As `Conv3d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConv3d`. x [n, in, d, h, w] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConv3d(3, 2).forward(ones([1, 2, 4, 4, 4])).shape // [1, 3, 3, 3, 3]
 */
export class LazyConv3d extends Conv3d {
  static override readonly name: string = "LazyConv3d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv3d.prototype.forward.call(materialize(this, LazyConv3d, Conv3d, "inChannels", channelsOf(x, 3), 1 / this.groups), x);
  }
}

/**
 * As `ConvTranspose1d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConvTranspose1d`. x [n, in, l] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConvTranspose1d(3, 2).forward(ones([1, 2, 4])).shape // [1, 3, 5]
 */
export class LazyConvTranspose1d extends ConvTranspose1d {
  static override readonly name: string = "LazyConvTranspose1d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose1d.prototype.forward.call(materialize(this, LazyConvTranspose1d, ConvTranspose1d, "inChannels", channelsOf(x, 1)), x, options);
  }
}

/**
 * As `ConvTranspose2d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConvTranspose2d`. x [n, in, h, w] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConvTranspose2d(3, 2).forward(ones([1, 2, 4, 4])).shape // [1, 3, 5, 5]
 */
export class LazyConvTranspose2d extends ConvTranspose2d {
  static override readonly name: string = "LazyConvTranspose2d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose2d.prototype.forward.call(materialize(this, LazyConvTranspose2d, ConvTranspose2d, "inChannels", channelsOf(x, 2)), x, options);
  }
}

/**
 * As `ConvTranspose3d`, whose `inChannels` are those of the first x, after which it is one: PyTorch's `nn.LazyConvTranspose3d`. x [n, in, d, h, w] -> [n, outChannels, ...].
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.LazyConvTranspose3d(3, 2).forward(ones([1, 2, 4, 4, 4])).shape // [1, 3, 5, 5, 5]
 */
export class LazyConvTranspose3d extends ConvTranspose3d {
  static override readonly name: string = "LazyConvTranspose3d";
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose3d.prototype.forward.call(materialize(this, LazyConvTranspose3d, ConvTranspose3d, "inChannels", channelsOf(x, 3)), x, options);
  }
}
