/** @file matmul, gather, scatter and copy against naive loops over logical elements. */
import { type DType, IndexError, roundTo, type Shape, sizeOf } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { chance, device, elements, inputLayouts, lay, outputLayouts, pick, surroundings } from "./lab.ts";

const dtypes: DType[] = ["float32", "float64", "int32", "bool"];
const coordinates = (shape: Shape, at: number): number[] => shape.map((size, d) => Math.floor(at / sizeOf(shape.slice(d + 1))) % size);
const numberOf = (shape: Shape, at: readonly number[]): number => at.reduce((sum, x, d) => sum * shape[d]! + x, 0);

describe.each(["float32", "float64", "int32"] as const)("matmul of %s", (dtype) => {
  const sizes = [[1, 1, 1], [1, 9, 70], [7, 1, 40], [5, 6, 7], [4, 4, 4], [17, 19, 23], [65, 259, 9], [3, 40, 40], [70, 33, 20]] as const;
  test.each(sizes)("[c, b, %i, %i] x [c, b, k, n], inner size %i", (m, n, k) => {
    for (const layout of inputLayouts) {
      const next = chance(m + n + k), outer = pick(next, [1, 2]), batches = pick(next, [1, 3]);
      const value = (r: () => number): number => (dtype === "int32" ? Math.floor(r() * 2e6) : roundTo(dtype, r() - 0.5));
      const x = lay(next, dtype, [outer, batches, m, k], layout, value), y = lay(next, dtype, [outer, batches, k, n], pick(next, inputLayouts), value);
      const out = lay(next, dtype, [outer, batches, m, n], pick(next, outputLayouts)).view, around = surroundings(out);
      device.kernels.matmul([x.view, y.view], [out], {});
      const got = elements(out), tolerance = dtype === "float32" ? 6e-8 : dtype === "float64" ? 1e-14 : 0, wrong: string[] = [];
      for (let e = 0; e < got.length; e++) {
        const [c, inner, i, j] = coordinates(out.shape, e) as [number, number, number, number], b = c * batches + inner;
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const left = x.values[(b * m + i) * k + p]!, right = y.values[(b * k + p) * n + j]!;
          sum = dtype === "int32" ? (sum + Math.imul(left, right)) | 0 : sum + left * right;
        }
        if (!(Math.abs(got[e]! - sum) <= tolerance * (1 + Math.abs(sum)))) wrong.push(`${got[e]} at ${e}, not ${sum}`);
      }
      expect(wrong).toEqual([]);
      expect(surroundings(out)).toEqual(around);
    }
  });

  test("NaN stays in its row", () => {
    if (dtype === "int32") return;
    const next = chance(1), x = lay(next, dtype, [1, 1, 20, 20], "dense", () => 1).view, y = lay(next, dtype, [1, 1, 20, 21], "dense", () => 2).view;
    device.write(x.buffer, 3 * 20, dtype === "float32" ? Float32Array.of(NaN) : Float64Array.of(NaN));
    const out = lay(next, dtype, [1, 1, 20, 21]).view;
    device.kernels.matmul([x, y], [out], {});
    expect(elements(out)).toEqual(Array.from({ length: 420 }, (_, e) => (Math.floor(e / 21) === 3 ? NaN : 40)));
  });
});

const places: [Shape, number][] = [[[7], 0], [[5, 4], 0], [[5, 4], 1], [[3, 5, 4], 0], [[3, 5, 4], 1], [[3, 5, 4], 2], [[6, 40], 0]];

describe.each(dtypes)("gather and scatter of %s", (dtype) => {
  test.each(places)("%j along dim %i", (shape, dim) => {
    for (const layout of inputLayouts) for (const rows of [false, true]) {
      const next = chance(dim + shape.length), picked = shape.map((size, d) => (d === dim ? 6 : size));
      const index = indices(next, picked, shape[dim]!, dim, rows, layout);
      const input = lay(next, dtype, shape, layout), out = lay(next, dtype, picked, pick(next, outputLayouts)).view;
      device.kernels.gather([input.view, index.view], [out], { dim });
      expect(elements(out)).toEqual(index.values.map((at, e) => input.values[numberOf(shape, coordinates(picked, e).with(dim, at))]!));

      for (const mode of ["add", "set"] as const) {
        // Small integers: sums are exact in any order. For "set", equal indices get equal values.
        const source = lay(next, dtype, picked, layout, (n) => (mode === "set" ? 1 : dtype === "bool" ? Math.round(n()) : Math.floor(n() * 9)));
        const target = lay(next, dtype, shape, pick(next, outputLayouts), (n) => Math.floor(n() * 2)), around = surroundings(target.view);
        const want = target.values.slice();
        index.values.forEach((at, e) => {
          const to = numberOf(shape, coordinates(picked, e).with(dim, at)), sum = want[to]! + source.values[e]!;
          want[to] = mode === "set" ? source.values[e]! : dtype === "bool" ? Math.min(sum, 1) : sum;
        });
        device.kernels.scatter([index.view, source.view], [target.view], { dim, mode });
        expect(elements(target.view)).toEqual(want);
        expect(surroundings(target.view)).toEqual(around);
      }
    }
  });
});

/** @param rows one index for a whole row: stride 0 in the dims after `dim` */
function indices(next: () => number, shape: Shape, size: number, dim: number, rows: boolean, layout: (typeof inputLayouts)[number]): ReturnType<typeof lay> {
  const value = (n: () => number): number => Math.floor(n() * size);
  const laid = lay(next, "int32", shape, layout, value);
  if (!rows) return laid;
  const strides = laid.view.strides.map((stride, d) => (d > dim ? 0 : stride));
  const view = { ...laid.view, strides, dense: laid.view.dense && dim === shape.length - 1 };
  return { view, values: elements(view) };
}

test.each([-1, 3, 5])("index %i out of bounds: an IndexError, and nothing is written", (bad) => {
  const next = chance(1), message = `index ${bad} is out of bounds for dimension 0 with size 3`;
  const input = lay(next, "float32", [3, 2]).view, index = lay(next, "int32", [4, 2], "dense", () => 1).view, out = lay(next, "float32", [4, 2]);
  device.write(index.buffer, 7, Int32Array.of(bad));
  const run = (): void => device.kernels.gather([input, index], [out.view], { dim: 0 });
  expect(run).toThrow(IndexError);
  expect(run).toThrow(message);
  expect(elements(out.view)).toEqual(out.values);
  const target = lay(next, "float32", [3, 2]);
  expect(() => device.kernels.scatter([index, out.view], [target.view], { dim: 0, mode: "add" })).toThrow(message);
  expect(elements(target.view)).toEqual(target.values);
});

test.each(dtypes)("copy of %s", (dtype) => {
  const shapes: Shape[] = [[], [1], [300], [3, 5], [40, 50], [70, 3], [2, 33, 40], [33, 40, 2], [9, 2, 3, 10]];
  for (const shape of shapes) for (const from of inputLayouts) for (const to of outputLayouts) {
    const next = chance(shape.length), x = lay(next, dtype, shape, from), out = lay(next, dtype, shape, to).view, around = surroundings(out);
    device.kernels.copy([x.view], [out], {});
    expect(elements(out)).toEqual(x.values);
    expect(surroundings(out)).toEqual(around);
  }
});
