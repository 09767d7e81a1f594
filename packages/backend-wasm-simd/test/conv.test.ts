/** @file Convolutions of every geometry against plain loops, on every kind of tile. The numbers are whole, so results are exact. */
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/asm/features.ts";
import { backendOn } from "../src/backend.ts";
import { Engine } from "../src/engine.ts";
import { anyLayout, type Case, expected, plain, type Six, type Three } from "./conv-cases.ts";
import { generator, hold, result } from "./support.ts";

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
