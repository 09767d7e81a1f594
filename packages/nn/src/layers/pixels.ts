/** @file Layers that turn channels into places, and back, or deal them out anew. */
import { channelShuffle, pixelShuffle, pixelUnshuffle, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/**
 * Each block of r^2 channels becomes a block of places (Shi et al., 2016): PyTorch's `nn.PixelShuffle`, by `pixelShuffle`. x [..., c r^2, h, w] -> [..., c, h r, w r].
 * @param upscaleFactor r
 * @example new nn.PixelShuffle(2).forward(ones([4, 1, 1])).shape // [1, 2, 2]
 */
export class PixelShuffle extends Module {
  static override readonly name: string = "PixelShuffle";
  readonly upscaleFactor: number;
  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }
  override forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }
  protected override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}
/**
 * Each block of places becomes r^2 channels: PyTorch's `nn.PixelUnshuffle`, by `pixelUnshuffle`. x [..., c, h r, w r] -> [..., c r^2, h, w].
 * @param downscaleFactor r
 * @example new nn.PixelUnshuffle(2).forward(ones([1, 2, 2])).shape // [4, 1, 1]
 */
export class PixelUnshuffle extends Module {
  static override readonly name: string = "PixelUnshuffle";
  readonly downscaleFactor: number;
  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = downscaleFactor;
  }
  override forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }
  protected override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}
/**
 * The channels dealt out to groups in turn (Zhang et al., 2018): PyTorch's `nn.ChannelShuffle`, by `channelShuffle`. x [n, c, ...] -> the same shape.
 * @param groups how many
 * @example new nn.ChannelShuffle(2).forward(tensor([[[1], [2], [3], [4]]])) // [[[1], [3], [2], [4]]]
 */
export class ChannelShuffle extends Module {
  static override readonly name: string = "ChannelShuffle";
  readonly groups: number;
  constructor(groups: number) {
    super();
    this.groups = groups;
  }
  override forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }
  protected override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
