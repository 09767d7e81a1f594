/** @file `reduce`: every op, dtype and shape, prologues of several inputs, strided and repeated inputs, long sums, NaN. */
import { type DType, type Program, program, type ReduceOp, roundTo, scalar } from "@adjoint/core/backend";
import { roundoff } from "../accuracy.ts";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { boundsOf, type Expected, type Interval } from "../interval.ts";
import { fewForms, type Form, forms } from "../samples/forms.ts";
import { type InputLayout, inputLayoutNames, inputLayouts, outputLayouts, type OutputLayout, reducedForm } from "../samples/layouts.ts";
import { fractions, plain, uniform } from "../samples/numbers.ts";

const ops: readonly ReduceOp[] = ["sum", "prod", "max", "min"];
const { abs, add, arg, cast, exp, eq, load, lt, mul, param, select, sub } = scalar;
const identity = (dtype: DType): Program => program("identity", [dtype], [], [arg(0, dtype)]);

type Inputs = { readonly layouts: readonly InputLayout[]; readonly values: readonly ((at: number) => number)[] };

/** Every value that the elements of one group may combine to, however they are grouped. */
function combined(op: ReduceOp, dtype: DType, terms: readonly Interval[]): Expected {
  if (dtype === "int32" || dtype === "bool") return terms.map((x) => x.low).reduce(exactly[op]);
  const ends = (f: (x: number, y: number) => number): [number, number] => [terms.map((x) => x.low).reduce(f), terms.map((x) => x.high).reduce(f)];
  const nan = terms.some((x) => x.nan), u = roundoff(dtype), n = terms.length;
  if (op === "max" || op === "min") {
    const [low, high] = ends(exactly[op]); // a NaN among them is NaN in Math.max
    return { low, high, nan: nan || low !== low };
  }
  const [low, high] = op === "sum" ? ends((x, y) => x + y) : ends((x, y) => x * y);
  const magnitude = op === "sum" ? terms.reduce((sum, x) => sum + Math.max(Math.abs(x.low), Math.abs(x.high)), 0) : Math.max(Math.abs(low), Math.abs(high));
  if (!Number.isFinite(magnitude)) return { low: Math.min(low, high), high: Math.max(low, high), nan: nan || low !== low || high !== high };
  // Pairwise: one rounding for each level, with blocks of at most 16 added one by one. A product: one for each factor.
  const roundings = n === 1 ? 0 : op === "sum" ? Math.min(n - 1, Math.ceil(Math.log2(n)) + 16) : n - 1;
  const slack = 1.01 * roundings * u * magnitude;
  return { low: roundTo(dtype, Math.min(low, high) - slack), high: roundTo(dtype, Math.max(low, high) + slack), nan };
}

const exactly: { readonly [O in ReduceOp]: (x: number, y: number) => number } = {
  sum: (x, y) => (x + y) | 0, prod: Math.imul, max: (x, y) => Math.max(x, y), min: (x, y) => Math.min(x, y),
};

function checkReduce(
  device: Device, p: Program, op: ReduceOp, [kept, dims]: Form, { layouts, values }: Inputs, to: OutputLayout = "dense", params: readonly number[] = [],
): void {
  const shape = [...kept, ...dims], form = reducedForm(layouts.map((layout) => inputLayouts[layout](shape)), outputLayouts[to](kept));
  if (form.inputs[0]!.shape.length > device.backend.limits.maxRank) return;
  const inputs = form.inputs.map((place, i) => device.input(p.args[i]!, place, values[i]!)), { dtype } = p.results[0]!, output = device.output(dtype, form.output);
  const bounds = boundsOf(p), terms = inputs[0]!.positions.map((_, e) => bounds(inputs.map((x) => x.block.host[x.positions[e]!]!), params, e)[0]!);
  const length = terms.length / output.positions.length;
  device.run("reduce", inputs, [output], { program: p, params, op, reduced: form.reduced });
  const expected = output.positions.map((_, g) => combined(op, dtype, terms.slice(g * length, (g + 1) * length)));
  device.expect(`${op} of [${kept.join()} | ${dims.join()}]`, [{ output, expected }]);
}

const takes = (op: ReduceOp, dtype: DType): boolean => dtype !== "bool" || op === "max" || op === "min";
/** Near 1, so that long products neither overflow nor vanish. */
const valuesFor = (op: ReduceOp, dtype: DType): ((at: number) => number) =>
  op === "prod" && dtype !== "int32" ? (at) => roundTo(dtype, 0.9 + uniform(at) / 5) : dtype === "int32" || dtype === "bool" ? plain(dtype) : fractions(dtype);

const [x, y, z] = [arg(0, "float32"), arg(1, "float32"), arg(2, "float32")], [m, n] = [arg(0, "int32"), arg(1, "int32")];
const [first, second, third] = [fractions("float32"), fractions("float32", 2), fractions("float32", 3)];
const prologues: readonly { readonly program: Program; readonly values: readonly ((at: number) => number)[]; readonly params?: readonly number[] }[] = [
  { program: program("squares", ["float32"], [], [mul(x, x)]), values: [first] },
  { program: program("gradientOfMul", ["float32", "float32", "float32"], [], [mul(x, sub(y, z))]), values: [first, second, third] },
  { program: program("expOfShifted", ["float32", "float32"], ["float32"], [exp(mul(sub(x, y), param(0, "float32")))]), values: [first, second], params: [0.3] },
  { program: program("countOfEqual", ["int32", "int32"], [], [cast(eq(m, n), "int32")]), values: [(at) => at % 3, (at) => at % 2] },
  { program: program("masked", ["bool", "float32"], [], [select(arg(0, "bool"), y, 0)]), values: [plain("bool"), first] },
  { program: program("anyAbove", ["float32"], ["float32"], [lt(param(0, "float32"), abs(x))]), values: [first], params: [3.5] },
  { program: program("linear", ["int32"], [], [add(mul(m, 2), 1)]), values: [plain("int32")] },
  ...(["float16", "bfloat16", "int16", "int8", "uint8"] as const).map((dtype) => ({ program: program(dtype, [dtype], [], [load(0, dtype)]), values: [plain(dtype)] })),
  { program: program("gradientInFloat16", ["float16", "bfloat16", "uint8"], [], [mul(load(0, "float16"), sub(load(1, "bfloat16"), cast(load(2, "uint8"), "float32")))]), values: [fractions("float16"), fractions("bfloat16", 2), plain("uint8", 3)] },
];
/** Plain; the first input whole and the others with rows repeated; columns repeated beside transposed. */
const mixtures: readonly ((input: number) => InputLayout)[] = [
  () => "dense", (i) => (i === 0 ? "dense" : "repeatedRows"), (i) => (i === 0 ? "repeatedColumns" : "transposed"),
];
const opsOf = (p: Program): readonly ReduceOp[] => ops.filter((op) => takes(op, p.results[0]!.dtype) && op !== "prod");

export const reduceCases: readonly Case[] = [
  ...ops.flatMap((op) => (["float32", "float64", "int32", "bool"] as const).filter((dtype) => takes(op, dtype)).flatMap((dtype): Case[] => [
    {
      name: `reduce ${op} ${dtype}`, needs: [dtype],
      run: (device) => forms.forEach((form) => checkReduce(device, identity(dtype), op, form, { layouts: ["dense"], values: [valuesFor(op, dtype)] })),
    },
    ...(dtype === "float32" || dtype === "bool" ? inputLayoutNames : (["transposed", "reversed", "repeatedRows"] as const)).map((layout): Case => ({
      name: `reduce ${op} ${dtype} ${layout}`, needs: [dtype],
      run: (device) => (["dense", "stepped", "transposed"] as const).forEach((to) =>
        fewForms.forEach((form) => checkReduce(device, identity(dtype), op, form, { layouts: [layout], values: [valuesFor(op, dtype)] }, to))),
    })),
  ])),
  ...prologues.flatMap(({ program: p, values, params }) => opsOf(p).map((op): Case => ({
    name: `reduce ${op} of ${p.name}`, needs: [...p.args, p.results[0]!.dtype],
    run: (device) => {
      for (const form of [...fewForms, ...forms.slice(3, 7)])
        for (const mixture of mixtures)
          checkReduce(device, p, op, form, { layouts: p.args.map((_, i) => mixture(i)), values }, "dense", params);
    },
  }))),
  ...specialCases(),
  ...longCases(),
];

function specialCases(): Case[] {
  const rows = [
    [1, NaN, 2], [NaN, 1, 2], [1, 2, NaN], [Infinity, 1, -Infinity], [Infinity, Infinity, 1], [-Infinity, -Infinity, -1], [-1, -2, -3], [0, -5, 0],
    [NaN, Infinity, -Infinity],
  ];
  return ops.map((op) => ({
    name: `reduce ${op} of NaN and infinities`, needs: ["float32"],
    run: (device) => {
      for (const width of [3, 40]) // the special values at the end of a long row, too
        checkReduce(device, identity("float32"), op, [[rows.length], [width]], {
          layouts: ["dense"], values: [(at) => { const i = at % width - (width - 3); return i < 0 ? 0.5 : rows[Math.floor(at / width)]![i]!; }],
        });
    },
  }));
}

function longCases(): Case[] {
  const tenth = Math.fround(0.1), lengths = [1023, 1024, 1025, 4096, 10_007, 100_000];
  return [
    {
      name: "reduce sum of many equal float32 loses no more than pairwise", needs: ["float32"],
      run: (device) => lengths.forEach((n) => checkReduce(device, identity("float32"), "sum", [[], [n]], { layouts: ["dense"], values: [() => tenth] })),
    },
    {
      name: "reduce sum of many rows and of many columns", needs: ["float32"],
      run: (device) => {
        checkReduce(device, identity("float32"), "sum", [[3], [20_000]], { layouts: ["dense"], values: [() => tenth] });
        checkReduce(device, identity("float32"), "sum", [[5], [10_000]], { layouts: ["transposed"], values: [() => tenth] });
        checkReduce(device, identity("float32"), "sum", [[2000], [13]], { layouts: ["dense"], values: [fractions("float32")] });
        checkReduce(device, identity("float32"), "sum", [[1], [50_000]], { layouts: ["repeatedScalar"], values: [() => tenth] });
      },
    },
    ...(["max", "min"] as const).map((op): Case => ({
      name: `reduce ${op} of many, the extremum last or NaN`, needs: ["float32", "int32"],
      run: (device) => {
        for (const last of [9, -9, NaN])
          checkReduce(device, identity("float32"), op, [[], [10_007]], { layouts: ["dense"], values: [(at) => (at === 10_006 ? last : uniform(at))] });
        const extremes = (at: number): number => (at === 5000 ? 2147483647 : at === 77 ? -2147483648 : at);
        checkReduce(device, identity("int32"), op, [[], [10_007]], { layouts: ["dense"], values: [extremes] });
      },
    })),
    {
      name: "reduce sum of many int32 wraps", needs: ["int32"],
      run: (device) => checkReduce(device, identity("int32"), "sum", [[2], [5003]], { layouts: ["dense"], values: [(at) => 2147483647 - at] }),
    },
  ];
}
