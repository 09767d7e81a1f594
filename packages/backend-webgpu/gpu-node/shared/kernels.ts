/** @file The kernels against references on the host: one list of checks, run in Node and in browsers. */
import {
  type Backend, denseView, type DType, evaluate, type Expr, instructions, type InstructionName, type InstructionRow, philox, program, type Program,
  type ReduceOp, scalar, View,
} from "@adjoint/core/backend";
import { inputLayouts, type Layout, mismatch, operand, outputLayouts, Random, valueOf, valuesOf, vector, viewOf, encode } from "./harness.ts";

const { arg, param, lit } = scalar;
type Check = { readonly name: string; readonly run: (device: Backend) => Promise<void> };

const types = ["float32", "int32", "bool"] as const satisfies readonly DType[];
const shapes: readonly (readonly number[])[] = [[], [1], [7], [3, 5], [20, 17], [2, 3, 4], [2, 1, 3, 2], [2, 3, 2, 2, 3], [300]];

/** Instructions whose results must be right to the last bit; functions are within a few ulp and checked on their own. */
const exact: readonly InstructionName[] = [
  "neg", "abs", "sign", "add", "sub", "mul", "idiv", "rem", "max", "min", "floor", "ceil", "trunc", "round", "isNan",
  "eq", "lt", "le", "not", "and", "or", "xor", "shl", "shr", "ushr",
];
const takes = (domain: InstructionRow["domain"], dtype: DType): boolean =>
  domain === "any" || (domain === "float" && dtype === "float32") || (domain === "int" && dtype === "int32") || (domain === "bool" && dtype === "bool")
  || (domain === "number" && dtype !== "bool") || (domain === "bits" && dtype !== "float32");

const build = (name: InstructionName, operands: readonly Expr[]): Expr => {
  const builders: Partial<Record<string, unknown>> = scalar;
  const make = builders[name];
  if (typeof make !== "function") throw new Error(name);
  return make(...operands) as Expr;
};

/** A random expression of a dtype over two inputs and one param of each dtype. */
function randomExpr(random: Random, dtype: DType, depth: number): Expr {
  const at = types.indexOf(dtype as (typeof types)[number]);
  if (depth === 0) return random.pick([arg(at, dtype), arg(3 + at, dtype), param(at, dtype), lit(valueOf(random, dtype), dtype)]);
  const sub = (of: DType): Expr => randomExpr(random, of, depth - 1);
  const choice = random.next();
  if (choice < 0.1) return scalar.select(sub("bool"), sub(dtype), sub(dtype));
  if (choice < 0.2) return scalar.cast(sub(random.pick(types)), dtype);
  const candidates = exact.filter((name) => {
    const row: InstructionRow = instructions[name];
    return row.result === dtype || (row.result === "same" && takes(row.domain, dtype));
  });
  const name = random.pick(candidates), row: InstructionRow = instructions[name];
  const of = row.result === "same" ? dtype : random.pick(types.filter((t) => takes(row.domain, t)));
  return build(name, Array.from({ length: row.arity }, () => sub(of)));
}

/** Products are not summed directly, so that contraction cannot change a bit: sums and products of one depth only. */
const programsOf = (random: Random, count: number): Program[] => Array.from({ length: count }, (_, i) =>
  program(`random${i}`, [...types, ...types], [...types], types.map((dtype) => randomExpr(random, dtype, 1 + (i % 2)))));

const runMap = (device: Backend, p: Program, inputs: readonly View[], params: readonly number[] = []): View[] => {
  const outputs = p.results.map((x) => denseView(device.allocate(x.dtype, inputs[0]!.size), x.dtype, inputs[0]!.shape));
  device.kernels.map(inputs, outputs, { program: p, params });
  return outputs;
};
const readAll = async (device: Backend, { buffer, offset, size }: View): Promise<number[]> => Array.from(await device.read(buffer, offset, size));

const mapChecks: Check[] = [
  {
    name: "map: random programs over every layout and dtype",
    run: async (device) => {
      const random = new Random(1);
      for (const p of programsOf(random, 24)) {
        const shape = random.pick(shapes);
        const inputs = p.args.map((dtype) => operand(device, random, dtype, shape, random.pick(inputLayouts)));
        const outputs = p.results.map((x) => operand(device, random, x.dtype, shape, random.pick(outputLayouts)));
        const params = types.map((dtype) => valueOf(random, dtype));
        device.kernels.map(inputs.map((x) => x.view), outputs.map((x) => x.view), { program: p, params });
        const count = inputs[0]!.values.length;
        const expected = Array.from({ length: count }, (_, i) => evaluate(p, inputs.map((x) => x.values[i]!), params, i));
        for (const [k, output] of outputs.entries())
          mismatch(`${p.name}[${k}] ${show(p.results[k]!)} at [${shape}]`, await valuesOf(device, output), expected.map((x) => x[k]!), 2);
        for (const { view } of [...inputs, ...outputs]) device.free(view.buffer);
      }
    },
  },
  {
    name: "map: operands by four, of which some have one value for a row, and what does not fill the last four",
    run: async (device) => {
      const random = new Random(3), p = program("four", ["float32", "int32", "bool"], ["int32"], [
        scalar.add(arg(0, "float32"), scalar.cast(scalar.add(arg(1, "int32"), scalar.index), "float32")), scalar.select(arg(2, "bool"), param(0, "int32"), arg(1, "int32")),
      ]);
      const layouts = ["dense", "aligned", "column", "row", "offset"] as const;
      for (const shape of [[7], [1030], [5, 8], [3, 5], [2, 3, 12]])
        for (const layout of layouts) for (const other of layouts) for (const to of ["dense", "aligned", "offset"] as const) {
          const inputs = p.args.map((dtype, k) => operand(device, random, dtype, shape, k === 1 ? other : layout));
          const outputs = p.results.map((x) => operand(device, random, x.dtype, shape, to));
          device.kernels.map(inputs.map((x) => x.view), outputs.map((x) => x.view), { program: p, params: [9] });
          const expected = inputs[0]!.values.map((_, i) => evaluate(p, inputs.map((x) => x.values[i]!), [9], i));
          for (const [k, output] of outputs.entries())
            mismatch(`[${shape}] ${layout} ${other} to ${to}, ${k}`, await valuesOf(device, output), expected.map((x) => x[k]!), 0);
          for (const { view } of [...inputs, ...outputs]) device.free(view.buffer);
        }
    },
  },
  {
    name: "map: every float function, over its range and its corners",
    run: async (device) => {
      const names = ["exp", "exp2", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "tanh", "erf"] as const satisfies readonly InstructionName[];
      const random = new Random(2);
      const values = [0, -0, NaN, Infinity, -Infinity, 1, -1, 100, -100, ...Array.from({ length: 120 }, () => Math.fround((random.next() * 2 - 1) * random.pick([1, 1, 4, 40])))];
      const x = vector(device, "float32", values);
      for (const name of names) {
        const p = program(name, ["float32"], [], [build(name, [arg(0, "float32")])]);
        const [out] = runMap(device, p, [x]);
        mismatch(name, await readAll(device, out!), values.map((v) => evaluate(p, [v], [])[0]!), 6);
      }
    },
  },
  {
    name: "map: NaN, infinities and -0 through comparison, extremum, select and cast",
    run: async (device) => {
      const values = [NaN, Infinity, -Infinity, -0, 0, 1];
      const pairs = values.flatMap((x) => values.map((y) => [x, y] as const));
      const x = vector(device, "float32", pairs.map((p) => p[0])), y = vector(device, "float32", pairs.map((p) => p[1]));
      const a = arg(0, "float32"), b = arg(1, "float32");
      const p = program("corners", ["float32", "float32"], [], [
        scalar.max(a, b), scalar.min(a, b), scalar.lt(a, b), scalar.eq(a, b), scalar.cast(a, "int32"), scalar.cast(a, "bool"), scalar.select(scalar.le(a, b), lit(Infinity, "float32"), lit(NaN, "float32"))]);
      const outputs = runMap(device, p, [x, y]);
      for (const [k, out] of outputs.entries()) {
        const actual = await readAll(device, out);
        pairs.forEach(([u, v], i) => {
          const wanted = evaluate(p, [u, v], [])[k]!;
          if (!Object.is(actual[i], wanted)) throw new Error(`${show(p.results[k]!)} of ${String(u)}, ${String(v)} is ${actual[i]}, expected ${wanted}`);
        });
      }
    },
  },
  {
    name: "map: x / x is 1, and a sum of equal integers divides exactly",
    run: async (device) => {
      const values = Array.from({ length: 999 }, (_, i) => i + 1);
      const x = vector(device, "float32", values);
      const a = arg(0, "float32");
      const [quotient, mean] = runMap(device, program("exact", ["float32"], [], [scalar.div(a, a), scalar.div(scalar.mul(a, 7), 7)]), [x]);
      mismatch("x / x", await readAll(device, quotient!), values.map(() => 1), 0);
      mismatch("7x / 7", await readAll(device, mean!), values, 0);
    },
  },
  {
    name: "map: index, random and bitcast give the same bits as core",
    run: async (device) => {
      const size = 37;
      const x = vector(device, "int32", Array.from({ length: size }, (_, i) => i * 1000003));
      const words = [0x12345678, -5, 7, 0];
      const p = program("bits", ["int32"], ["int32", "int32", "int32", "int32"], [scalar.index, scalar.random(scalar.index, param(0, "int32"), param(1, "int32"), param(2, "int32"), param(3, "int32")), scalar.bitcast(scalar.bitcast(arg(0, "int32")))]);
      const [index, random, bits] = runMap(device, p, [x], words);
      mismatch("index", await readAll(device, index!), Array.from({ length: size }, (_, i) => i), 0);
      mismatch("random", await readAll(device, random!), Array.from({ length: size }, (_, i) => philox(i, words[0]!, words[1]!, words[2]!, words[3]!)), 0);
      mismatch("bitcast", await readAll(device, bits!), Array.from({ length: size }, (_, i) => i * 1000003), 0);
    },
  },
  {
    name: "map: in place, and disjoint views of one buffer",
    run: async (device) => {
      const buffer = device.allocate("float32", 20);
      device.write(buffer, 0, encode("float32", Array.from({ length: 20 }, (_, i) => i)));
      const low = viewOf(buffer, "float32", [10], [1], 0), high = viewOf(buffer, "float32", [10], [1], 10);
      const sum = program("sum", ["float32", "float32"], [], [scalar.add(arg(0, "float32"), arg(1, "float32"))]);
      device.kernels.map([low, high], [low], { program: sum, params: [] });
      device.kernels.map([low, low], [high], { program: sum, params: [] });
      const expected = Array.from({ length: 10 }, (_, i) => 2 * i + 10);
      mismatch("in place", Array.from(await device.read(buffer, 0, 20)), [...expected, ...expected.map((x) => 2 * x)], 0);
    },
  },
  {
    name: "reduce: more workgroups than one dimension holds",
    run: async (device) => {
      const size = 65535 * 64 + 100, one = vector(device, "int32", [1]);
      const out = denseView(device.allocate("int32", size), "int32", [size]);
      const p = program("index", ["int32"], [], [scalar.add(arg(0, "int32"), scalar.index)]);
      device.kernels.reduce([new View(one.buffer, "int32", [size, 2], [0, 0], 0, 2 * size, false)], [out], { program: p, params: [], op: "sum", reduced: 1 });
      const sums = (begin: number, count: number): number[] => Array.from({ length: count }, (_, i) => 4 * (begin + i) + 3);
      mismatch("end", Array.from(await device.read(out.buffer, size - 3, 3)), sums(size - 3, 3), 0);
      mismatch("begin", Array.from(await device.read(out.buffer, 0, 2)), sums(0, 2), 0);
      device.free(out.buffer);
    },
  },
  {
    name: "copy: every layout and dtype, bit for bit",
    run: async (device) => {
      const random = new Random(3);
      for (const dtype of types)
        for (const layout of inputLayouts) {
          const shape = random.pick(shapes);
          const input = operand(device, random, dtype, shape, layout), output = operand(device, random, dtype, shape, random.pick(outputLayouts));
          device.kernels.copy([input.view], [output.view], {});
          mismatch(`copy ${dtype} ${layout} [${shape}]`, await valuesOf(device, output), input.values, 0);
        }
    },
  },
];

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

const reduceChecks: Check[] = [
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

const otherChecks: Check[] = [
  {
    name: "matmul: sizes 1 to 20, batches, any strides, float32 and int32",
    run: async (device) => {
      const random = new Random(6);
      for (let turn = 0; turn < 24; turn++) {
        const dtype = random.pick(["float32", "float32", "int32"] as const);
        const [b, m, n, k] = [random.int(1, 3), random.int(1, 20), random.int(1, 20), random.int(1, 20)];
        const value = (): number => (dtype === "float32" ? Math.fround(random.next() * 2 - 1) : random.int(-1e6, 1e6));
        const layouts = ["dense", "offset", "transposed", "stepped", "negative"] as const;
        const x = operand(device, random, dtype, [b, m, k], random.pick(layouts), value), y = operand(device, random, dtype, [b, k, n], random.pick(inputLayouts), value);
        const out = operand(device, random, dtype, [b, m, n], random.pick(outputLayouts));
        device.kernels.matmul([x.view, y.view], [out.view], {});
        const expected: number[] = [], scales: number[] = [];
        for (let i = 0; i < b * m * n; i++) {
          const batch = Math.floor(i / (m * n)), row = Math.floor(i / n) % m, column = i % n;
          let sum = 0, scale = 0;
          for (let t = 0; t < k; t++) {
            const u = x.values[(batch * m + row) * k + t]!, v = y.values[(batch * k + t) * n + column]!;
            sum = dtype === "int32" ? (sum + Math.imul(u, v)) | 0 : sum + u * v;
            scale += Math.abs(u * v);
          }
          expected.push(sum);
          scales.push(scale);
        }
        mismatch(`matmul ${dtype} ${b}x${m}x${k}x${n}`, await valuesOf(device, out), expected, dtype === "int32" ? 0 : k, scales);
      }
    },
  },
  ...([
    { name: "gather and scatter: every dim, layout and dtype, equal indices added", shapes: [[6], [4, 5], [3, 4, 2], [2, 3, 2, 2, 2]], dims: 0, indices: ["dense", "transposed", "negative", "offset"], layouts: outputLayouts },
    // An index for a row of fours: its elements go together.
    { name: "gather and scatter of whole rows", shapes: [[6, 8], [3, 5, 4], [2, 3, 2, 2, 4]], dims: 1, indices: ["column"], layouts: ["dense", "aligned"] },
  ] satisfies readonly { name: string; shapes: readonly (readonly number[])[]; dims: number; indices: readonly Layout[]; layouts: readonly Layout[] }[]).map((of): Check => ({
    name: of.name,
    run: async (device) => {
      const random = new Random(7);
      for (const shape of of.shapes)
        for (const dtype of types)
          for (const mode of ["gather", "set", "add"] as const) {
            const dim = random.int(0, shape.length - 1 - of.dims), size = random.int(1, 7);
            const indexed = shape.map((s, d) => (d === dim ? size : s));
            // Distinct indices for "set", so that the result is one.
            const index = operand(device, random, "int32", mode === "set" ? indexed : shape, random.pick(of.indices), () => random.int(0, size - 1));
            const value = (): number => (dtype === "float32" ? random.int(-9, 9) : valueOf(random, dtype));
            const big = operand(device, random, dtype, indexed, random.pick(of.layouts), value);
            const small = operand(device, random, dtype, index.view.shape, random.pick(of.layouts), value);
            const target = (i: number): number => {
              let stride = 1;
              for (let d = dim + 1; d < shape.length; d++) stride *= shape[d]!;
              const outer = Math.floor(i / (stride * index.view.shape[dim]!));
              return (outer * size + index.values[i]!) * stride + (i % stride);
            };
            if (mode === "gather") {
              device.kernels.gather([big.view, index.view], [small.view], { dim });
              mismatch(`gather ${dtype}`, await valuesOf(device, small), index.values.map((_, i) => big.values[target(i)]!), 0);
              continue;
            }
            device.kernels.scatter([index.view, small.view], [big.view], { dim, mode });
            const wanted = big.values.slice(), options = new Map<number, number[]>();
            index.values.forEach((_, i) => {
              const at = target(i), v = small.values[i]!;
              options.set(at, [...(options.get(at) ?? []), v]);
              wanted[at] = mode === "set" ? v : dtype === "bool" ? wanted[at]! | v : dtype === "int32" ? (wanted[at]! + v) | 0 : wanted[at]! + v;
            });
            const actual = await valuesOf(device, big);
            if (mode === "set") actual.forEach((v, at) => { if ((options.get(at) ?? []).some((o) => Object.is(o, v))) wanted[at] = v; });
            mismatch(`scatter ${mode} ${dtype}`, actual, wanted, 0);
          }
    },
  })),
];

function show(expr: Expr): string {
  switch (expr.kind) {
    case "apply": return `${expr.name}(${expr.operands.map(show).join(", ")})`;
    case "lit": return String(expr.value);
    default: return `${expr.kind}${expr.index}`;
  }
}

export const kernelChecks: readonly Check[] = [...mapChecks, ...reduceChecks, ...otherChecks];
