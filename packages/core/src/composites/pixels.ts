/** @file Channels that become places, and back; channels in another order. */
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import { permute, reshape } from "../views/views.ts";

function checkRank(op: string, x: Tensor): void {
  if (x.ndim < 3) throw new ShapeError(`${op} expects input to have at least 3 dimensions, but got input with ${x.ndim} dimension(s)`);
}

/**
 * Each block of r^2 channels becomes a block of r by r places (Shi et al., 2016).
 * @param x [..., c r^2, h, w] of any dtype
 * @param upscaleFactor r
 * @returns [..., c, h r, w r], of x's dtype
 * @throws ShapeError for fewer than 3 dims, or channels that r^2 does not divide
 * @throws ArgumentError for an r of 0 or below
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
 * Each block of r by r places becomes a block of r^2 channels: the inverse of `pixelShuffle`.
 * @param x [..., c, h r, w r] of any dtype
 * @param downscaleFactor r
 * @returns [..., c r^2, h, w], of x's dtype
 * @throws ShapeError for fewer than 3 dims, or sizes that r does not divide
 * @throws ArgumentError for an r of 0 or below
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
 * The channels dealt out to groups in turn: [n, groups, c / groups, ...] with the two turned round (Zhang et al., 2018).
 * @param x [n, c, ...] of at least 3 dims and any dtype
 * @param groups how many, of equal size
 * @returns x's shape and dtype
 * @throws ShapeError for fewer than 3 dims, or channels that the groups do not divide
 * @throws ArgumentError for no groups
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
