/** @file The kernels `reduce` and `argReduce` against references on the host. */
import { denseView, type DType, evaluate, program, type Program, type ReduceOp, scalar, type View } from "@adjoint/core/backend";
import { inputLayouts, type KernelCheck, mismatch, operand, outputLayouts, Random, readAll, types, valueOf, valuesOf, vector, viewOf } from "./harness.ts";

const { arg, param } = scalar;

/** Sums in float64 with the sum of magnitudes; extrema as JavaScript has them. */
function reference(op: ReduceOp, dtype: DType, values: readonly number[]): { value: number; scale: number } {
  const scale = values.reduce((s, v) => s + Math.abs(v), 0);
  const combine = (f: (x: number, y: number) => number): { value: number; scale: number } => ({ value: values.reduce(f), scale });
  switch (op) {
    case "sum": return combine(dtype === "int32" ? (x, y) => (x + y) | 0 : (x, y) => x + y);
    case "prod": return combine(dtype === "int32" ? Math.imul : (x, y) => x * y);
    case "max": return combine((x, y) => Math.max(x, y));
    case "min": return combine((x, y) => Math.min(x, y));
  }
}

export const reduceChecks: readonly KernelCheck[] = [
  {
    name: "reduce: every operation, dtype and layout, with a prologue",
    run: async (device) => {
      const random = new Random(4);
      const cases: readonly (readonly [shape: readonly number[], reduced: number])[] = [[[7], 1], [[5, 9], 1], [[4, 3, 5], 2], [[3, 200], 1], [[2, 700], 1], [[2, 2, 3, 2, 3], 2], [[6], 0], [[3, 4], 2]];
      for (const [shape, reduced] of cases)
        for (const dtype of types)
          for (const op of dtype === "bool" ? (["max", "min"] as const) : (["sum", "prod", "max", "min"] as const)) {
            const value = (): number => (op === "prod" && dtype === "float32" ? random.pick([1, 0.5, -1, 2]) : dtype === "float32" ? Math.fround(random.next() * 2 - 1) : valueOf(random, dtype));
            const layout = random.pick(inputLayouts);
            const input = operand(device, random, dtype, shape, layout, value);
            const kept = shape.slice(0, shape.length - reduced);
            const output = operand(device, random, dtype, kept, random.pick(outputLayouts));
            const prologue = dtype === "float32" && op === "sum" ? scalar.mul(arg(0, dtype), param(0, dtype)) : arg(0, dtype);
            const p = program("prologue", [dtype], ["float32"], [prologue]);
            device.kernels.reduce([input.view], [output.view], { program: p, params: [0.5], op, reduced });
            const length = input.values.length / output.view.size;
            const expected = Array.from({ length: output.view.size }, (_, o) =>
              reference(op, dtype, input.values.slice(o * length, (o + 1) * length).map((x) => evaluate(p, [x], [0.5])[0]!)));
            mismatch(`${op} ${dtype} ${layout} [${shape}]/${reduced}`, await valuesOf(device, output), expected.map((x) => x.value), 12, op === "prod" ? undefined : expected.map((x) => x.scale));
          }
    },
  },
  {
    name: "reduce: by four, along rows and of four outputs, few and many, with one value for a row or a column",
    run: async (device) => {
      const random = new Random(6), layouts = ["dense", "aligned", "column", "row", "offset"] as const;
      const p = program("product", ["float32", "int32"], [], [scalar.mul(arg(0, "float32"), scalar.cast(arg(1, "int32"), "float32"))]);
      const cases: readonly (readonly [shape: readonly number[], reduced: number])[] = [[[5, 8], 1], [[12, 9], 1], [[3, 4, 8], 2], [[8, 2, 5], 2], [[2, 5000], 1], [[8, 2001], 1], [[40, 60], 1]];
      for (const [shape, reduced] of cases)
        for (const layout of layouts) for (const op of ["sum", "max"] as const) {
          const numbers = operand(device, random, "float32", shape, layout, () => Math.fround(random.next() * 2 - 1));
          // As matrices lie in memory whose columns are reduced: the kept dim last.
          const turned = (x: View): View => (shape.length > 2 ? x : viewOf(x.buffer, x.dtype, [shape[1]!, shape[0]!], [x.strides[1]!, x.strides[0]!], x.offset));
          const factors = operand(device, random, "int32", shape, random.pick(layouts), () => random.int(-3, 3));
          const isTurned = random.next() < 0.5 && shape.length === 2, by = isTurned ? turned : (x: View): View => x;
          const inputs = [by(numbers.view), by(factors.view)], kept = inputs[0]!.shape.slice(0, shape.length - reduced);
          const output = operand(device, random, "float32", kept, random.pick(outputLayouts));
          device.kernels.reduce(inputs, [output.view], { program: p, params: [], op, reduced });
          const length = numbers.values.length / output.view.size, [, columns] = shape as [number, number];
          const at = (o: number, i: number): number => (isTurned ? i * columns + o : o * length + i);
          const expected = Array.from({ length: output.view.size }, (_, o) =>
            reference(op, "float32", Array.from({ length }, (__, i) => evaluate(p, [numbers.values[at(o, i)]!, factors.values[at(o, i)]!], [])[0]!)));
          mismatch(`${op} ${layout} [${shape}]/${reduced}${isTurned ? " turned" : ""}`, await valuesOf(device, output), expected.map((x) => x.value), 12, expected.map((x) => x.scale));
          for (const { view } of [numbers, factors, output]) device.free(view.buffer);
        }
    },
  },
  {
    name: "reduce: NaN wins extrema, infinities add, several inputs and the index",
    run: async (device) => {
      const x = vector(device, "float32", [1, NaN, 3, -Infinity, 2, -1]), rows = viewOf(x.buffer, "float32", [2, 3], [3, 1], 0);
      const identity = program("identity", ["float32"], [], [arg(0, "float32")]);
      const run = async (op: ReduceOp, p: Program, inputs: readonly View[]): Promise<number[]> => {
        const out = denseView(device.allocate("float32", 2), "float32", [2]);
        device.kernels.reduce(inputs, [out], { program: p, params: [], op, reduced: 1 });
        return readAll(device, out);
      };
      mismatch("max", await run("max", identity, [rows]), [NaN, 2], 0);
      mismatch("min", await run("min", identity, [rows]), [NaN, -Infinity], 0);
      mismatch("sum", await run("sum", identity, [rows]), [NaN, -Infinity], 0);
      const weighted = program("weighted", ["float32", "float32"], [], [scalar.mul(scalar.add(arg(0, "float32"), arg(1, "float32")), scalar.cast(scalar.index, "float32"))]);
      const ones = viewOf(vector(device, "float32", [1]).buffer, "float32", [2, 3], [0, 0], 0);
      mismatch("index", await run("sum", weighted, [ones, ones]), [6, 24], 0);
    },
  },
  {
    name: "reduce: a long sum loses no more than pairwise summation",
    run: async (device) => {
      const size = 200_000;
      const x = vector(device, "float32", new Array<number>(size).fill(Math.fround(0.1)));
      const identity = program("identity", ["float32"], [], [arg(0, "float32")]);
      const sum = async (view: View, reduced: number, count: number): Promise<number[]> => {
        const out = denseView(device.allocate("float32", count), "float32", reduced === view.shape.length ? [] : view.shape.slice(0, -reduced));
        device.kernels.reduce([view], [out], { program: identity, params: [], op: "sum", reduced });
        return readAll(device, out);
      };
      mismatch("whole", await sum(x, 1, 1), [size * Math.fround(0.1)], 8);
      const columns = viewOf(x.buffer, "float32", [100, 2000], [1, 100], 0);
      mismatch("columns", await sum(columns, 1, 100), new Array<number>(100).fill(2000 * Math.fround(0.1)), 8);
    },
  },
  {
    name: "argReduce: the first extremum, NaN before all",
    run: async (device) => {
      const random = new Random(5);
      const cases: readonly (readonly [shape: readonly number[], reduced: number])[] = [[[9], 1], [[4, 6], 1], [[3, 4, 5], 2], [[2, 3000], 1], [[2, 2, 2, 3], 3]];
      for (const [shape, reduced] of cases)
        for (const dtype of types)
          for (const op of ["max", "min"] as const) {
            const nan = dtype === "float32" && random.next() < 0.5;
            const input = operand(device, random, dtype, shape, random.pick(inputLayouts), () =>
              (dtype === "float32" ? (nan && random.next() < 0.01 ? NaN : random.pick([-Infinity, -2.5, -0, 0, 1, 3, Infinity])) : valueOf(random, dtype)));
            const output = operand(device, random, "int32", shape.slice(0, shape.length - reduced), "dense");
            device.kernels.argReduce([input.view], [output.view], { op, reduced });
            const length = input.values.length / output.view.size;
            const expected = Array.from({ length: output.view.size }, (_, o) => {
              const row = input.values.slice(o * length, (o + 1) * length), firstNan = row.findIndex((x) => Number.isNaN(x));
              return firstNan >= 0 ? firstNan : row.indexOf(row.reduce((x, y) => Math[op](x, y)));
            });
            mismatch(`arg${op} ${dtype} [${shape}]`, await valuesOf(device, output), expected, 0);
          }
    },
  },
];
