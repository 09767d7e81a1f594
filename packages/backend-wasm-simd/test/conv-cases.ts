/** @file Geometries of convolutions, their views in any layout, and plain loops for what they give. */
import type { Layout } from "./support.ts";

export type Six = [number, number, number, number, number, number];
export type Three = [number, number, number];
export type Case = { readonly x: Six; readonly filter: Six; readonly out: Six; readonly stride: Three; readonly padding: Three; readonly dilation: Three; readonly spread: Three };

/** Dims in a random order in memory, some read from their ends; of an input some repeated. */
export function anyLayout(shape: Six, random: (below: number) => number, isInput: boolean): Layout {
  const order = [0, 1, 2, 3, 4, 5], strides = shape.map(() => 0);
  if (random(2)) order.sort(() => random(3) - 1);
  let step = random(5) === 0 ? 2 : 1, offset = random(4);
  for (const d of order.reverse()) {
    strides[d] = step;
    step *= shape[d] + (random(4) === 0 ? 1 : 0);
    const choice = isInput ? random(12) : -1;
    if (choice === 0) strides[d] = 0;
    if (choice === 1) {
      offset += (shape[d] - 1) * strides[d];
      strides[d] *= -1;
    }
  }
  return { shape, strides, offset };
}

export function expected({ x, filter, out, stride, padding, dilation, spread }: Case, xs: readonly number[], fs: readonly number[]): Float64Array {
  const [groups, examples, channels, ...size] = x, [, made, , ...window] = filter, [, , , ...places] = out, sums = new Float64Array(out.reduce((a, b) => a * b, 1));
  const count = (dims: readonly number[]) => dims[0] * dims[1] * dims[2];
  const split = (i: number, dims: readonly number[]) => [Math.floor(i / (dims[1] * dims[2])), Math.floor(i / dims[2]) % dims[1], i % dims[2]];
  for (let q = 0; q < count(places); q++) for (let k = 0; k < count(window); k++) {
    const at = split(q, places), by = split(k, window), from = at.map((p, d) => (p * stride[d] - padding[d] + by[d] * dilation[d]) / spread[d]);
    if (from.some((p, d) => !Number.isInteger(p) || p < 0 || p >= size[d])) continue;
    const place = (from[0] * size[1] + from[1]) * size[2] + from[2];
    for (let g = 0; g < groups; g++) for (let n = 0; n < examples; n++) for (let o = 0; o < made; o++) for (let c = 0; c < channels; c++)
      sums[((g * examples + n) * made + o) * count(places) + q] += xs[((g * examples + n) * channels + c) * count(size) + place] * fs[((g * made + o) * channels + c) * count(window) + k];
  }
  return sums;
}

const ones: Three = [1, 1, 1], none: Three = [0, 0, 0];
export const plain = { stride: ones, padding: none, dilation: ones, spread: ones };
