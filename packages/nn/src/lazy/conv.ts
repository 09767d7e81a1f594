/** @file Convolutions that learn how many channels their input has from the first one that they see, and are plain ones from then on. */
import type { Shape, Spatial, Tensor } from "@adjoint/core/functional";
import { Conv1d, Conv2d, Conv3d, type ConvLayerOptions, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from "../spatial/conv.ts";
import { materialize } from "./materialize.ts";

/** With a batch or without. */
const channelsOf = (x: Tensor, rank: number): number => x.shape[x.ndim === rank + 2 ? 1 : 0]!;

/** PyTorch's `nn.LazyConv1d`: becomes a `Conv1d` at its first call. */
export class LazyConv1d extends Conv1d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv1d.prototype.forward.call(materialize(this, LazyConv1d, Conv1d, "inChannels", channelsOf(x, 1), 1 / this.groups), x);
  }
}

/** PyTorch's `nn.LazyConv2d`: becomes a `Conv2d` at its first call. */
export class LazyConv2d extends Conv2d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv2d.prototype.forward.call(materialize(this, LazyConv2d, Conv2d, "inChannels", channelsOf(x, 2), 1 / this.groups), x);
  }
}

/** PyTorch's `nn.LazyConv3d`: becomes a `Conv3d` at its first call. */
export class LazyConv3d extends Conv3d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor): Tensor {
    return Conv3d.prototype.forward.call(materialize(this, LazyConv3d, Conv3d, "inChannels", channelsOf(x, 3), 1 / this.groups), x);
  }
}

/** PyTorch's `nn.LazyConvTranspose1d`: becomes a `ConvTranspose1d` at its first call. */
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose1d.prototype.forward.call(materialize(this, LazyConvTranspose1d, ConvTranspose1d, "inChannels", channelsOf(x, 1)), x, options);
  }
}

/** PyTorch's `nn.LazyConvTranspose2d`: becomes a `ConvTranspose2d` at its first call. */
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose2d.prototype.forward.call(materialize(this, LazyConvTranspose2d, ConvTranspose2d, "inChannels", channelsOf(x, 2)), x, options);
  }
}

/** PyTorch's `nn.LazyConvTranspose3d`: becomes a `ConvTranspose3d` at its first call. */
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(0, outChannels, kernelSize, options);
  }
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    return ConvTranspose3d.prototype.forward.call(materialize(this, LazyConvTranspose3d, ConvTranspose3d, "inChannels", channelsOf(x, 3)), x, options);
  }
}
