/** @file The kernels `map` and `copy` against references on the host. */
import { type Backend, denseView, type DType, evaluate, type Expr, instructions, type InstructionName, type InstructionRow, philox, program, type Program, scalar, View } from "@adjoint/core/backend";
import { encode, inputLayouts, type KernelCheck, mismatch, operand, outputLayouts, Random, readAll, types, valueOf, valuesOf, vector, viewOf } from "./harness.ts";

const { arg, param, lit } = scalar;

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

export const mapChecks: readonly KernelCheck[] = [
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
    name: "map: what compilers take for known is NaN, infinite or -0 where the operands are",
    run: async (device) => {
      const values = [NaN, Infinity, -Infinity, -0, 0, 1, -3, 2 ** 126], pairs = values.flatMap((x) => values.map((y) => [x, y] as const));
      const [x, y] = [0, 1].map((k) => vector(device, "float32", pairs.map((pair) => pair[k]!))) as [View, View];
      const a = arg(0, "float32"), b = arg(1, "float32"), zero = lit(0, "float32"), minusZero = lit(-0, "float32"), one = lit(1, "float32");
      const p = program("known", ["float32", "float32"], ["float32"], [
        scalar.sub(a, a), scalar.add(a, scalar.neg(a)), scalar.add(scalar.neg(a), a), scalar.sub(scalar.add(a, b), a), scalar.add(scalar.sub(b, a), a), scalar.sub(scalar.sub(a, b), a),
        scalar.mul(a, zero), scalar.mul(zero, a), scalar.mul(a, minusZero), scalar.mul(a, one), scalar.mul(a, lit(-1, "float32")),
        scalar.add(a, zero), scalar.add(a, minusZero), scalar.sub(a, zero), scalar.sub(zero, a), scalar.sub(minusZero, a),
        scalar.neg(scalar.sub(a, b)), scalar.neg(scalar.add(a, b)), scalar.neg(scalar.mul(a, b)),
        scalar.div(a, a), scalar.div(zero, a), scalar.div(scalar.mul(a, b), b), scalar.sub(scalar.mul(a, b), scalar.mul(a, b)), scalar.mul(a, scalar.select(scalar.lt(b, zero), zero, one)),
        scalar.mul(a, scalar.cast(scalar.lt(b, zero), "float32")), scalar.select(scalar.eq(a, a), one, zero), scalar.select(scalar.lt(a, b), a, b), scalar.abs(scalar.neg(a)),
        scalar.sub(scalar.mul(a, param(0, "float32")), scalar.mul(a, param(0, "float32"))),
        scalar.cast(scalar.isNan(scalar.sub(a, a)), "float32"), scalar.mul(scalar.sub(a, a), b), scalar.sqrt(scalar.mul(a, a)), scalar.floor(scalar.sub(a, a)),
      ]);
      const wrong: string[] = [], told = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
      // As many results as there are bindings for.
      for (let from = 0; from < p.results.length; from += 6) {
        const part = program("known", p.args, p.params, p.results.slice(from, from + 6));
        for (const [k, out] of runMap(device, part, [x, y], [2]).entries()) {
          const got = await readAll(device, out);
          pairs.forEach(([u, v], i) => {
            const want = evaluate(part, [u, v], [2])[k]!;
            if (!Object.is(got[i], want)) wrong.push(`${show(part.results[k]!)} of ${told(u)}, ${told(v)} is ${told(got[i]!)}, expected ${told(want)}`);
          });
        }
      }
      // The two inputs are one buffer.
      const difference = program("difference", ["float32", "float32"], [], [scalar.sub(a, b)]), [none] = runMap(device, difference, [x, x]), total = denseView(device.allocate("float32", 1), "float32", []);
      device.kernels.reduce([x, x], [total], { program: difference, params: [], op: "sum", reduced: 1 });
      (await readAll(device, none!)).forEach((got, i) => { if (!Object.is(got, pairs[i]![0] - pairs[i]![0])) wrong.push(`x - x of ${told(pairs[i]![0])} is ${told(got)}`); });
      if (!Number.isNaN((await readAll(device, total))[0])) wrong.push("the sum of x - x is no NaN");
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
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
      const p = program("bits", ["int32"], ["int32", "int32", "int32", "int32"], [
        scalar.index, scalar.random(scalar.index, param(0, "int32"), param(1, "int32"), param(2, "int32"), param(3, "int32")), scalar.bitcast(scalar.bitcast(arg(0, "int32"))),
      ]);
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

function show(expr: Expr): string {
  switch (expr.kind) {
    case "apply": return `${expr.name}(${expr.operands.map(show).join(", ")})`;
    case "lit": return Object.is(expr.value, -0) ? "-0" : String(expr.value);
    default: return `${expr.kind}${expr.index}`;
  }
}
