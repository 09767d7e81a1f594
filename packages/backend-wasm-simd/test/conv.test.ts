/** @file Convolutions of every geometry against plain loops, on every kind of tile. The numbers are whole, so results are exact. */
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/asm/features.ts";
import { backendOn } from "../src/backend.ts";
import { Engine } from "../src/engine.ts";
import { generator, hold, type Layout, result } from "./support.ts";

type Six = [number, number, number, number, number, number];
type Three = [number, number, number];
type Case = { readonly x: Six; readonly filter: Six; readonly out: Six; readonly stride: Three; readonly padding: Three; readonly dilation: Three; readonly spread: Three };

const each = (value: (d: number) => number): Three => [value(0), value(1), value(2)];

/** A case whose windows may reach beyond x on both sides. */
function anyCase(random: (below: number) => number): Case {
  const groups = 1 + random(3), examples = 1 + random(3), isDepthwise = random(4) === 0, channels = isDepthwise ? 1 : 1 + random(9), made = isDepthwise ? 1 : 1 + random(14);
  const one = (few: number) => (random(3) === 0 ? 1 : 1 + random(few));
  const window = each(() => one(3)), size = [one(2), 1 + random(4), 1 + random(20)], stride = each(() => one(3)), dilation = each(() => one(3)), spread = each(() => one(2));
  const padding = each((d) => random(3) - (window[d] > 1 ? 0 : 1));
  const reach = size.map((n, d) => Math.max(1, Math.ceil(((n - 1) * stride[d] + (window[d] - 1) * dilation[d] + 1 - padding[d] - random(3)) / spread[d])));
  return { x: [groups, examples, channels, ...reach] as Six, filter: [groups, made, channels, ...window], out: [groups, examples, made, ...size] as Six, stride, padding, dilation, spread };
}

/** Dims in a random order in memory, some read from their ends; of an input some repeated. */
function anyLayout(shape: Six, random: (below: number) => number, isInput: boolean): Layout {
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

function expected({ x, filter, out, stride, padding, dilation, spread }: Case, xs: readonly number[], fs: readonly number[]): Float64Array {
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
const plain = { stride: ones, padding: none, dilation: ones, spread: ones };
/** Beyond one block of depth and of rows; rows of three to nine; the views of both gradients; a single channel a group; windows as wide as x. */
const chosen: readonly Case[] = [
  { ...plain, x: [1, 2, 40, 1, 6, 11], filter: [1, 100, 40, 1, 3, 3], out: [1, 2, 100, 1, 4, 9] },
  { ...plain, x: [1, 1, 80, 1, 4, 11], filter: [1, 7, 80, 1, 3, 3], out: [1, 1, 7, 1, 2, 9] },
  { ...plain, x: [1, 3, 37, 1, 1, 8], filter: [1, 13, 37, 1, 1, 3], out: [1, 3, 13, 1, 1, 6], padding: [0, 0, 0] },
  { ...plain, x: [1, 5, 6, 1, 9, 14], filter: [1, 7, 6, 1, 7, 12], out: [1, 5, 7, 1, 3, 3] },
  { ...plain, x: [3, 1, 4, 1, 10, 12], filter: [3, 1, 4, 1, 10, 12], out: [3, 1, 1, 1, 3, 3], padding: [0, 1, 1] },
  { ...plain, x: [2, 2, 5, 1, 5, 7], filter: [2, 3, 5, 1, 3, 3], out: [2, 2, 3, 1, 10, 14], padding: [0, 2, 2], spread: [1, 2, 2] },
  { ...plain, x: [5, 2, 1, 1, 12, 29], filter: [5, 1, 1, 1, 3, 3], out: [5, 2, 1, 1, 12, 29], padding: [0, 1, 1] },
  { ...plain, x: [5, 1, 3, 1, 12, 29], filter: [5, 1, 3, 1, 12, 29], out: [5, 1, 1, 1, 3, 3], padding: [0, 1, 1] },
  { ...plain, x: [2, 3, 1, 1, 6, 9], filter: [2, 4, 1, 1, 3, 3], out: [2, 3, 4, 1, 6, 9], padding: [0, 1, 1] },
  { ...plain, x: [2, 1, 3, 1, 6, 9], filter: [2, 4, 3, 1, 6, 9], out: [2, 1, 4, 1, 3, 3], padding: [0, 1, 1] },
  { ...plain, x: [1, 9, 8, 1, 4, 4], filter: [1, 10, 8, 1, 4, 4], out: [1, 9, 10, 1, 1, 1] },
  { ...plain, x: [1, 2, 17, 1, 32, 32], filter: [1, 8, 17, 1, 1, 1], out: [1, 2, 8, 1, 32, 32] },
  { ...plain, x: [1, 2, 3, 1, 15, 15], filter: [1, 6, 3, 1, 3, 3], out: [1, 2, 6, 1, 7, 7], stride: [1, 2, 2] },
  { ...plain, x: [1, 2, 3, 1, 5, 25], filter: [1, 6, 3, 1, 2, 2], out: [1, 2, 6, 1, 4, 8], stride: [1, 1, 3] },
];

const engines: readonly (readonly [string, boolean, 4 | 6])[] = [...(hasRelaxedSimd() ? [["fused, six rows", true, 6], ["fused, four rows", true, 4]] as const : []), ["not fused, four rows", false, 4]];

describe.each(engines)("%s", (_, relaxed, tileRows) => {
  const backend = backendOn(new Engine(2 ** 28, relaxed, tileRows));
  const check = (given: Case, random: (below: number) => number) => {
    const value = () => random(9) - 4;
    const x = hold(backend, "float32", anyLayout(given.x, random, true), value), filter = hold(backend, "float32", anyLayout(given.filter, random, true), value), out = hold(backend, "float32", anyLayout(given.out, random, false), () => NaN);
    const { stride, padding, dilation, spread } = given;
    backend.kernels.conv([x.view, filter.view], [out.view], { stride, padding, dilation, spread });
    const got = result(backend, out), want = expected(given, x.values, filter.values), wrong = got.findIndex((v, e) => v !== want[e]);
    if (wrong >= 0) expect.fail(`${JSON.stringify(given)}, x (${x.view.strides}), filter (${filter.view.strides}), out (${out.view.strides}): [${wrong}] is ${got[wrong]}, expected ${want[wrong]}`);
    for (const h of [x, filter, out]) backend.free(h.view.buffer);
  };

  test("any geometry, any strides", () => {
    const random = generator(31);
    for (let round = 0; round < 250; round++) check(anyCase(random), random);
  }, 30_000);

  test.each(chosen)("x $x, filter $filter", (given) => {
    const random = generator(37);
    check(given, () => 1); // everything as it comes
    for (let round = 0; round < 4; round++) check(given, random);
  }, 30_000);
});
