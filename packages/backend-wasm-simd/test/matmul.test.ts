/** @file Matrix products over sizes round every edge of a tile and a block, in every orientation of the operands, on every kind of tile. */
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/asm/features.ts";
import { backendOn } from "../src/backend.ts";
import { Engine } from "../src/engine.ts";
import { generator, hold, type Layout, result } from "./support.ts";

const sizes: readonly (readonly [m: number, k: number, n: number])[] = [
  [1, 1, 1], [2, 3, 4], [3, 2, 1], [4, 5, 6], [5, 4, 3], [6, 7, 8], [7, 9, 5], [8, 6, 9], [9, 8, 7], [1, 9, 7], [7, 9, 1], [1, 1, 9], [9, 1, 1], [5, 1, 6],
  [63, 64, 65], [65, 63, 64], [127, 128, 129], [129, 127, 128],
  [1, 127, 129], [129, 127, 1], [2, 129, 65], [65, 129, 2], [3, 700, 65], [13, 65, 300], [97, 321, 10],
];

/** How one matrix `[rows, columns]` may lie: by rows, by columns, with gaps between elements as well as rows, from its end. */
const orientations: { readonly [O: string]: (batch: number, rows: number, columns: number) => Layout } = {
  "by rows": (batch, rows, columns) => ({ shape: [1, batch, rows, columns], strides: [0, rows * columns, columns, 1], offset: 3 }),
  "by columns": (batch, rows, columns) => ({ shape: [1, batch, rows, columns], strides: [0, rows * columns, 1, rows], offset: 0 }),
  apart: (batch, rows, columns) => ({ shape: [1, batch, rows, columns], strides: [0, rows * (3 * columns + 1), 3 * columns + 1, 3], offset: 1 }),
};
const reversed: (batch: number, rows: number, columns: number) => Layout = (batch, rows, columns) => ({ shape: [1, batch, rows, columns], strides: [0, rows * columns, -columns, -1], offset: rows * columns - 1 });

const engines: readonly (readonly [string, boolean, 4 | 6])[] = [...(hasRelaxedSimd() ? [["fused, six rows", true, 6], ["fused, four rows", true, 4]] as const : []), ["not fused, four rows", false, 4]];

describe.each(engines)("%s", (_, relaxed, tileRows) => {
  const backend = backendOn(new Engine(2 ** 28, relaxed, tileRows)), random = generator(29);
  const outs = Object.entries(orientations), inputs = [...outs, ["reversed", reversed] as const];

  test.each(sizes)("[%i, %i] x [%i]", (m, k, n) => {
    const batch = m * k * n < 1000 ? 2 : 1;
    const a = Array.from({ length: batch * m * k }, () => random(17) - 8), b = Array.from({ length: batch * k * n }, () => random(17) - 8);
    const want = new Float64Array(batch * m * n);
    for (let i = 0; i < batch; i++) for (let r = 0; r < m; r++) for (let p = 0; p < k; p++) {
      const factor = a[(i * m + r) * k + p];
      for (let c = 0; c < n; c++) want[(i * m + r) * n + c] += factor * b[(i * k + p) * n + c];
    }
    /** Not a number wherever no element lies: what is read there must not reach a result. */
    const held = (layout: Layout, values: readonly number[]) => {
      const x = hold(backend, "float32", layout, () => NaN), { shape: [, batches, rows, columns], strides: [, s, t, u], offset } = x.view;
      for (let i = 0; i < batches; i++) for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) x.whole[offset + i * s + r * t + c * u] = values[(i * rows + r) * columns + c];
      backend.write(x.view.buffer, 0, x.whole);
      return x;
    };
    for (const [aName, aLayout] of inputs) for (const [bName, bLayout] of inputs) for (const [outName, outLayout] of outs) {
      const x = held(aLayout(batch, m, k), a), y = held(bLayout(batch, k, n), b), out = hold(backend, "float32", outLayout(batch, m, n), () => 1);
      backend.kernels.matmul([x.view, y.view], [out.view], {});
      const got = result(backend, out), wrong = got.findIndex((v, e) => v !== want[e]);
      if (wrong >= 0) expect.fail(`a ${aName}, b ${bName}, out ${outName}: [${wrong}] is ${got[wrong]}, expected ${want[wrong]}`);
      for (const h of [x, y, out]) backend.free(h.view.buffer);
    }
  }, 30_000);
});
