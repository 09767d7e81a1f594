/** @file Channels that become places, and back; channels in another order. */
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import { permute, reshape } from "../views/views.ts";

function checkRank(op: string, x: Tensor): void {
  if (x.ndim < 3) throw new ShapeError(`${op} expects input to have at least 3 dimensions, but got input with ${x.ndim} dimension(s)`);
}

/**
 * [..., c r^2, h, w] as [..., c, h r, w r]: each block of r^2 channels becomes a block of places (Shi et al., 2016).
 * @example pixelShuffle(arange(4).reshape([1, 4, 1, 1]), 2) // [[[[0, 1], [2, 3]]]]
 */
export const pixelShuffle: (x: Tensor, upscaleFactor: number) => Tensor = /*@__PURE__*/ composite("PixelShuffleBackward0", (x: Tensor, r: number): Tensor => {
  checkRank("pixel_shuffle", x);
  if (!(r > 0)) throw new ArgumentError(`pixel_shuffle expects a positive upscale_factor, but got ${r}`);
  const front = x.shape.slice(0, -3), [c, h, w] = x.shape.slice(-3) as [number, number, number], n = front.length;
  if (c % (r * r) !== 0) throw new ShapeError(`pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${r * r}`);
  const blocks = reshape(x, [...front, c / (r * r), r, r, h, w]);
  return reshape(permute(blocks, [...front.keys(), n, n + 3, n + 1, n + 4, n + 2]), [...front, c / (r * r), h * r, w * r]);
});

/**
 * [..., c, h r, w r] as [..., c r^2, h, w]: the inverse of `pixelShuffle`.
 * @example pixelUnshuffle(arange(4).reshape([1, 1, 2, 2]), 2).shape // [1, 4, 1, 1]
 */
export const pixelUnshuffle: (x: Tensor, downscaleFactor: number) => Tensor = /*@__PURE__*/ composite("PixelUnshuffleBackward0", (x: Tensor, r: number): Tensor => {
  checkRank("pixel_unshuffle", x);
  if (!(r > 0)) throw new ArgumentError(`pixel_unshuffle expects a positive downscale_factor, but got ${r}`);
  const front = x.shape.slice(0, -3), [c, h, w] = x.shape.slice(-3) as [number, number, number], n = front.length;
  if (h % r !== 0) throw new ShapeError(`pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=${h} is not divisible by ${r}`);
  if (w % r !== 0) throw new ShapeError(`pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)=${w} is not divisible by ${r}`);
  const blocks = reshape(x, [...front, c, h / r, r, w / r, r]);
  return reshape(permute(blocks, [...front.keys(), n, n + 2, n + 4, n + 1, n + 3]), [...front, c * r * r, h / r, w / r]);
});

/**
 * The channels dealt out to `groups` in turn: [n, groups, c / groups, ...] turned round (Zhang et al., 2018).
 * @example channelShuffle(arange(4).reshape([1, 4, 1]), 2).flatten() // [0, 2, 1, 3]
 */
export const channelShuffle: (x: Tensor, groups: number) => Tensor = /*@__PURE__*/ composite("torch::autograd::NotImplemented", (x: Tensor, groups: number): Tensor => {
  if (x.ndim <= 2) throw new ShapeError(`channel_shuffle expects input with > 2 dims, but got input with sizes ${python.list(x.shape)}`);
  if (!(groups > 0)) throw new ArgumentError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
  const [n, c, ...places] = x.shape as [number, number, ...number[]];
  if (c % groups !== 0) throw new ShapeError(`Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`);
  const split = reshape(x, [n, groups, c / groups, ...places]);
  return reshape(permute(split, [0, 2, 1, ...places.map((_, i) => i + 3)]), x.shape);
});
