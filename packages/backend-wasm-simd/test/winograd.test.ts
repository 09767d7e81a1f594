/** @file Winograd's way of convolving against plain loops, and what it refuses. */
import { denseStrides } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/asm/features.ts";
import { backendOn } from "../src/backend.ts";
import { Engine, type WasmView } from "../src/engine.ts";
import { Blocks } from "../src/kernels/blocks.ts";
import { Copier } from "../src/kernels/copy.ts";
import { Winograd } from "../src/kernels/winograd.ts";
import { anyLayout, type Case, expected, plain, type Six } from "./conv-cases.ts";
import { generator, hold, type Layout, result } from "./support.ts";

/** Odd sizes, few channels, one row of tiles, wide rows, zeros on each side, parts of x left out; more channels than one block of depth or of rows; both roles. */
const cases: readonly Case[] = [
  { ...plain, x: [2, 2, 16, 1, 13, 15], filter: [2, 17, 16, 1, 3, 3], out: [2, 2, 17, 1, 13, 15], padding: [0, 1, 1] },
  { ...plain, x: [1, 3, 19, 1, 9, 9], filter: [1, 16, 19, 1, 3, 3], out: [1, 3, 16, 1, 11, 11], padding: [0, 2, 2] },
  { ...plain, x: [1, 2, 18, 1, 20, 22], filter: [1, 16, 18, 1, 3, 3], out: [1, 2, 16, 1, 15, 14], padding: [0, -1, -2] },
  { ...plain, x: [1, 1, 16, 1, 10, 10], filter: [1, 16, 16, 1, 3, 3], out: [1, 1, 16, 1, 20, 20], padding: [0, 3, 4] },
  { ...plain, x: [1, 1, 16, 1, 3, 302], filter: [1, 16, 16, 1, 3, 3], out: [1, 1, 16, 1, 1, 300] },
  { ...plain, x: [1, 40, 16, 1, 4, 5], filter: [1, 16, 16, 1, 3, 3], out: [1, 40, 16, 1, 2, 4], padding: [0, 0, 1] },
  { ...plain, x: [1, 1, 330, 1, 8, 32], filter: [1, 16, 330, 1, 3, 3], out: [1, 1, 16, 1, 8, 32], padding: [0, 1, 1] },
  { ...plain, x: [1, 1, 16, 1, 8, 32], filter: [1, 100, 16, 1, 3, 3], out: [1, 1, 100, 1, 8, 32], padding: [0, 1, 1] },
  { ...plain, x: [2, 16, 3, 1, 13, 15], filter: [2, 17, 3, 1, 13, 15], out: [2, 16, 17, 1, 3, 3], padding: [0, 1, 1] },
  { ...plain, x: [1, 18, 2, 1, 20, 22], filter: [1, 100, 2, 1, 15, 14], out: [1, 18, 100, 1, 3, 3], padding: [0, -1, -2] },
  { ...plain, x: [1, 100, 40, 1, 4, 5], filter: [1, 16, 40, 1, 2, 5], out: [1, 100, 16, 1, 3, 3], padding: [0, 0, 1] },
  { ...plain, x: [2, 3, 3, 1, 13, 15], filter: [2, 17, 3, 1, 3, 3], out: [2, 3, 17, 1, 13, 15], padding: [0, 1, 1] },
  { ...plain, x: [1, 2, 4, 1, 20, 22], filter: [1, 16, 4, 1, 3, 3], out: [1, 2, 16, 1, 17, 19], padding: [0, -1, 0] },
];

const engines: readonly (readonly [string, boolean, 4 | 6])[] = [...(hasRelaxedSimd() ? [["fused, six rows", true, 6]] as const : []), ["not fused, four rows", false, 4]];

const anywhere = (random: (below: number) => number) => (shape: Six, isInput: boolean): Layout => anyLayout(shape, random, isInput);
const densely = (shape: Six): Layout => ({ shape, strides: denseStrides(shape), offset: 0 });

describe.each(engines)("%s", (_, relaxed, tileRows) => {
  const engine = new Engine(2 ** 28, relaxed, tileRows), backend = backendOn(engine), winograd = new Winograd(engine, new Copier(engine), new Blocks(engine));
  /** What the kernel gives for values of x and of the filter, whether Winograd's way gave it, and what plain loops give. */
  const convolve = (given: Case, lay: (shape: Six, isInput: boolean) => Layout, xs: (i: number) => number, fs: (i: number) => number) => {
    const x = hold(backend, "float32", lay(given.x, true), xs), filter = hold(backend, "float32", lay(given.filter, true), fs), out = hold(backend, "float32", lay(given.out, false), () => NaN);
    const before = engine.memory.liveBytes, ran = winograd.convolve(x.view as WasmView, filter.view as WasmView, out.view as WasmView, given), byIt = ran ? result(backend, out) : undefined;
    backend.kernels.conv([x.view, filter.view], [out.view], given);
    const got = result(backend, out), want = expected(given, x.values, filter.values), sizes = expected(given, x.values.map(Math.abs), filter.values.map(Math.abs));
    expect(engine.memory.liveBytes).toBe(before);
    if (byIt !== undefined) expect(got.findIndex((v, i) => !Object.is(v, byIt[i]))).toBe(-1);
    for (const held of [x, filter, out]) backend.free(held.view.buffer);
    return { ran, got, want, sizes };
  };

  test.each(cases)("whole numbers are exact: x $x, filter $filter, padding $padding", (given) => {
    const random = generator(41);
    for (let round = 0; round < 2; round++) {
      const { ran, got, want } = convolve(given, anywhere(random), () => random(9) - 4, () => random(9) - 4), wrong = got.findIndex((v, i) => v !== want[i]);
      expect(ran).toBe(true);
      if (wrong >= 0) expect.fail(`element ${wrong} is ${got[wrong]}, not ${want[wrong]}`);
    }
  }, 60_000);

  test.each([cases[0], cases[8], cases[11]])("errors are those of sums: x $x, filter $filter", (given) => {
    const random = generator(43), value = () => (random(2 ** 24) / 2 ** 23 - 1) * 10 ** (random(5) - 2), { ran, got, want, sizes } = convolve(given, anywhere(random), value, () => random(2 ** 24) / 2 ** 23 - 1);
    expect(ran).toBe(true);
    // of elements far apart in size, too, since a place is computed from the elements of its own window alone
    got.forEach((v, i) => expect(Math.abs(v - want[i])).toBeLessThanOrEqual(2 ** -20 * sizes[i]));
  });

  test.each([Infinity, -Infinity, NaN, 3e38])("with %d in x or in the filter, results are those of plain loops", (odd) => {
    const random = generator(47);
    // without zeros around x: times an infinite filter they are NaN on every way
    const given: readonly Case[] = [
      { ...plain, x: [1, 2, 16, 1, 13, 15], filter: [1, 17, 16, 1, 3, 3], out: [1, 2, 17, 1, 11, 13] },
      { ...plain, x: [1, 2, 3, 1, 13, 15], filter: [1, 17, 3, 1, 3, 3], out: [1, 2, 17, 1, 11, 13] },
      { ...plain, x: [1, 16, 2, 1, 13, 15], filter: [1, 17, 2, 1, 11, 13], out: [1, 16, 17, 1, 3, 3] },
    ];
    for (const one of given) for (const inFilter of [false, true]) {
      const values = (isIt: boolean) => (i: number) => (isIt && i === 31 ? odd : 1 + random(3)), { ran, got, want } = convolve(one, densely, values(!inFilter), values(inFilter)), at = want.map(Math.fround);
      expect(ran).toBe(false);
      got.forEach((v, i) => { if (!Number.isFinite(at[i]) || Math.abs(at[i]) < 1e30) expect(v).toBe(at[i]); });
      expect(at.some((v) => !Number.isFinite(v)) || odd === 3e38).toBe(true);
    }
  });

  test("few channels, few places and other windows go another way", () => {
    const random = generator(53), given = cases[0];
    for (const other of [
      { ...given, x: [2, 2, 15, 1, 13, 15], filter: [2, 17, 15, 1, 3, 3] }, { ...given, x: [2, 1, 16, 1, 13, 15], out: [2, 1, 17, 1, 13, 15] },
      { ...given, filter: [2, 17, 16, 1, 3, 2] }, { ...given, stride: [1, 1, 2], out: [2, 2, 17, 1, 13, 8] }, { ...given, dilation: [1, 2, 1] }, { ...given, spread: [1, 2, 1] },
    ] as Case[]) expect(convolve(other, anywhere(random), () => random(5), () => random(5)).ran).toBe(false);
  });
});
