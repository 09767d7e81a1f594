/** @file Every kernel but map, at random layouts, against a few lines of plain JavaScript. */
import { IndexError, program, type Program, type ReduceOp, roundTo, scalar } from "@adjoint/core/backend";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { tfjs } from "../src/index.ts";
import { content, input, operand, type Operand, output, release, shown, strides, written } from "./layouts.ts";
import { dtypesHere, pick, seeded, value } from "./programs.ts";

const device = await tfjs({ backend: "cpu" });
const seeds = Array.from({ length: 12 }, (_, i) => i);
const plain = (dtype: (typeof dtypesHere)[number]): Program => program("plain", [dtype], [], [scalar.arg(0, dtype)]);
const rowsOf = (x: readonly number[], count: number): number[][] =>
  Array.from({ length: count }, (_, k) => x.slice((k * x.length) / count, ((k + 1) * x.length) / count));

const folds: { readonly [O in ReduceOp]: { readonly of: (x: readonly number[]) => number; readonly int: (x: readonly number[]) => number } } = {
  sum: { of: (x) => x.reduce((a, b) => a + b, 0), int: (x) => x.reduce((a, b) => (a + b) | 0, 0) },
  prod: { of: (x) => x.reduce((a, b) => a * b, 1), int: (x) => x.reduce((a, b) => Math.imul(a, b), 1) },
  max: { of: (x) => Math.max(...x), int: (x) => Math.max(...x) },
  min: { of: (x) => Math.min(...x), int: (x) => Math.min(...x) },
};

describe("reduce", () => {
  describe.each(["sum", "prod", "max", "min"] as const)("%s", (op) => {
    it.each(seeds)("case %i", (seed) => {
      const random = seeded(seed), dtype = pick(random, dtypesHere), kept = pick(random, [[], [3], [2, 3]]), reduced = pick(random, [[1], [5], [70], [4, 3]]);
      // Finite and of few bits, so that a sum in any order is exact.
      const number = dtype === "float32" ? () => Math.round((random() - 0.5) * 8) / 4 : () => value(random, dtype);
      const shape = [...kept, ...reduced], x = operand(device, dtype, shape, strides(random, shape, "input"), number);
      const out = output(device, random, dtype, kept);
      device.kernels.reduce([x.view], [out.view], { program: plain(dtype), params: [], op, reduced: reduced.length });
      const rows = rowsOf(shown(x), out.at.length);
      const fold = dtype === "bool" ? folds[op === "sum" ? "max" : op === "prod" ? "min" : op].of : folds[op][dtype === "int32" ? "int" : "of"];
      const actual = content(device, out), expected = written(out, rows.map((row) => roundTo(dtype, fold(row)) + 0));
      if (op === "prod" && dtype === "float32") actual.forEach((a, i) => expect(a).toBeCloseTo(expected[i]!, 4));
      else expect(actual.map((a) => a + 0)).toEqual(expected.map((a) => a + 0));
      release(device, [x, out]);
    });
  });

  it.each(["max", "min", "sum", "prod"] as const)("%s of a row with a NaN is NaN, and of no other", (op) => {
    const x = operand(device, "float32", [2, 100], [100, 1], (i) => (i === 40 ? NaN : i % 3)), out = operand(device, "float32", [2], [1], () => 0);
    device.kernels.reduce([x.view], [out.view], { program: plain("float32"), params: [], op, reduced: 1 });
    expect(content(device, out).slice(2, 4).map(Number.isNaN)).toEqual([true, false]);
    release(device, [x, out]);
  });

  it("adds a million numbers as well as pairwise summation does", () => {
    const random = seeded(9), x = operand(device, "float32", [1, 1e6], [1e6, 1], () => Math.fround(random())), out = operand(device, "float32", [1], [1], () => 0);
    device.kernels.reduce([x.view], [out.view], { program: plain("float32"), params: [], op: "sum", reduced: 1 });
    const exact = folds.sum.of(shown(x));
    expect(Math.abs(content(device, out)[2]! - exact)).toBeLessThan(exact * 20 * 2 ** -24);
    release(device, [x, out]);
  });

  it("runs a prologue of two inputs and a param", () => {
    const random = seeded(4), [a, b] = [input(device, random, "int32", [3, 4]), input(device, random, "int32", [3, 4])], out = output(device, random, "int32", [3]);
    const p = program("dot", ["int32", "int32"], ["int32"], [scalar.add(scalar.mul(scalar.arg(0, "int32"), scalar.arg(1, "int32")), scalar.param(0, "int32"))]);
    device.kernels.reduce([a.view, b.view], [out.view], { program: p, params: [7], op: "sum", reduced: 1 });
    const x = shown(a), y = shown(b);
    expect(content(device, out)).toEqual(written(out, rowsOf(x.map((v, i) => (Math.imul(v, y[i]!) + 7) | 0), 3).map(folds.sum.int)));
    release(device, [a, b, out]);
  });
});

describe("argReduce", () => {
  it.each(seeds)("case %i", (seed) => {
    const random = seeded(seed), dtype = pick(random, dtypesHere), op = pick(random, ["max", "min"] as const), shape = pick(random, [[3, 9], [2, 2, 30]]);
    const x = input(device, random, dtype, shape), out = output(device, random, "int32", shape.slice(0, -1));
    device.kernels.argReduce([x.view], [out.view], { op, reduced: 1 });
    const find = (row: number[]): number => {
      const nan = row.findIndex(Number.isNaN);
      return nan >= 0 ? nan : row.findIndex((a) => a === folds[op].of(row));
    };
    expect(content(device, out)).toEqual(written(out, rowsOf(shown(x), out.at.length).map(find)));
    release(device, [x, out]);
  });
});

describe("matmul", () => {
  it.each(seeds)("case %i", (seed) => {
    const random = seeded(seed), dtype = pick(random, ["float32", "int32"] as const), [b, m, k, n] = pick(random, [[1, 1, 1, 1], [2, 3, 4, 5], [1, 7, 60, 2], [3, 1, 5, 1]]) as [number, number, number, number];
    const number = (): number => (dtype === "int32" ? value(random, dtype) : Math.round(random() * 16) / 8);
    const of = (shape: number[]): Operand => operand(device, dtype, shape, strides(random, shape, "input"), number);
    const x = of([1, b, m, k]), y = of([1, b, k, n]), out = output(device, random, dtype, [1, b, m, n]);
    device.kernels.matmul([x.view, y.view], [out.view], {});
    const p = shown(x), q = shown(y);
    const expected = out.at.map((_, i) => {
      const column = i % n, row = Math.floor(i / n), matrix = Math.floor(row / m), terms = Array.from({ length: k }, (__, l) => [p[row * k + l]!, q[(matrix * k + l) * n + column]!] as const);
      return dtype === "int32" ? folds.sum.int(terms.map(([u, v]) => Math.imul(u, v))) : folds.sum.of(terms.map(([u, v]) => u * v));
    });
    expect(content(device, out)).toEqual(written(out, expected));
    release(device, [x, y, out]);
  });

  it("refuses bool", () => {
    const x = operand(device, "bool", [1, 1, 1, 1], [1, 1, 1, 1], () => 1), out = operand(device, "bool", [1, 1, 1, 1], [1, 1, 1, 1], () => 0);
    expect(() => device.kernels.matmul([x.view, x.view], [out.view], {})).toThrow("matmul of bool");
    release(device, [x, out]);
  });
});

/** Where each element of an index of this shape points, among the elements of a view of `target` sizes, both row-major. */
function pointed(shape: readonly number[], target: readonly number[], dim: number, index: readonly number[]): number[] {
  return index.map((at, i) => {
    const coordinates = shape.map((size, d) => Math.floor(i / shape.slice(d + 1).reduce((a, b) => a * b, 1)) % size);
    coordinates[dim] = at;
    return coordinates.reduce((sum, c, d) => sum * target[d]! + c, 0);
  });
}

describe("gather and scatter", () => {
  const shapes = [[[4], 0, 6], [[3, 4, 2], 1, 5], [[2, 3], 0, 3], [[2, 3], 1, 1]] as const;
  it.each(seeds)("gather %i", (seed) => {
    const random = seeded(seed), dtype = pick(random, dtypesHere), [target, dim, length] = pick(random, shapes);
    const shape = target.map((size, d) => (d === dim ? length : size));
    const x = input(device, random, dtype, target), out = output(device, random, dtype, shape);
    const index = operand(device, "int32", shape, strides(random, shape, "input"), () => Math.floor(random() * target[dim]!));
    device.kernels.gather([x.view, index.view], [out.view], { dim });
    const values = shown(x);
    expect(content(device, out)).toEqual(written(out, pointed(shape, target, dim, shown(index)).map((i) => values[i]!)));
    release(device, [x, index, out]);
  });

  it.each(seeds)("scatter %i", (seed) => {
    const random = seeded(seed), dtype = pick(random, dtypesHere), mode = pick(random, ["set", "add", "add"] as const), [target, dim, length] = pick(random, shapes);
    const shape = target.map((size, d) => (d === dim ? length : size));
    const number = (): number => (dtype === "float32" ? Math.round(random() * 64) / 8 : value(random, dtype));
    const source = operand(device, dtype, shape, strides(random, shape, "input"), number), out = operand(device, dtype, target, strides(random, target, "output"), number);
    const index = operand(device, "int32", shape, strides(random, shape, "input"), () => Math.floor(random() * target[dim]!));
    device.kernels.scatter([index.view, source.view], [out.view], { dim, mode });
    const values = shown(source), after = shown(out), allowed = after.map((x) => new Set([x]));
    pointed(shape, target, dim, shown(index)).forEach((at, i) => {
      after[at] = dtype === "bool" ? after[at]! | values[i]! : roundTo(dtype, after[at]! + values[i]!);
      allowed[at]!.add(values[i]!);
    });
    const actual = content(device, out);
    if (mode === "add") expect(actual).toEqual(written(out, after));
    else out.at.forEach((at, i) => expect(allowed[i]).toContain(actual[at]));
    release(device, [source, index, out]);
  });

  it("an index out of range is an IndexError, and nothing is written", () => {
    const x = operand(device, "float32", [3], [1], (i) => i), out = operand(device, "float32", [3], [1], () => 9);
    const index = operand(device, "int32", [3], [1], (i) => [0, 0, 1, 5, 2, 0, 0, 0][i]!), negative = operand(device, "int32", [3], [1], () => -1);
    const message = "index 5 is out of bounds for dimension 0 with size 3";
    expect(() => device.kernels.gather([x.view, index.view], [out.view], { dim: 0 })).toThrow(new IndexError(message));
    expect(() => device.kernels.scatter([index.view, x.view], [out.view], { dim: 0, mode: "set" })).toThrow(new IndexError(message));
    expect(() => device.kernels.gather([x.view, negative.view], [out.view], { dim: 0 })).toThrow("index -1 is out of bounds");
    expect(content(device, out)).toEqual(out.before);
    release(device, [x, out, index, negative]);
  });

  it("adding leaves a negative zero beside it alone", () => {
    const out = operand(device, "float32", [2], [2], () => -0), one = operand(device, "float32", [1], [1], () => 1), index = operand(device, "int32", [1], [1], () => 1);
    device.kernels.scatter([index.view, one.view], [out.view], { dim: 0, mode: "add" });
    expect(content(device, out)).toEqual(written(out, [-0, 1]));
    release(device, [out, one, index]);
  });
});

describe("copy", () => {
  it.each(seeds)("case %i", (seed) => {
    const random = seeded(seed), dtype = pick(random, dtypesHere), shape = pick(random, [[], [5], [3, 4], [2, 3, 4]]);
    const x = input(device, random, dtype, shape), out = output(device, random, dtype, shape);
    device.kernels.copy([x.view], [out.view], {});
    expect(content(device, out)).toEqual(written(out, shown(x)));
    release(device, [x, out]);
  });
});
