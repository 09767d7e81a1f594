/** @file Layers that turn channels into places, and back, or deal them out anew. */
import { channelShuffle, pixelShuffle, pixelUnshuffle, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/** [..., c r^2, h, w] as [..., c, h r, w r] (Shi et al., 2016). */
export class PixelShuffle extends Module {
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
/** [..., c, h r, w r] as [..., c r^2, h, w]. */
export class PixelUnshuffle extends Module {
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
/** The channels dealt out to `groups` in turn (Zhang et al., 2018). */
export class ChannelShuffle extends Module {
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
