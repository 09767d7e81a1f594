/** @file Every scalar instruction on every dtype, over edge values and sweeps, against its row in core. */
import { type DType, dtypes, evaluate, type Expr, type InstructionName, type InstructionRow, instructions, program, scalar } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { denseAt } from "../samples/layouts.ts";
import { edges, sweep } from "../samples/numbers.ts";
import { checkMap } from "./map-check.ts";

const computed: readonly DType[] = ["float32", "float64", "int32", "bool"];
const storedOnly: readonly DType[] = ["float16", "bfloat16", "int16", "int8", "uint8"];

const takes = ({ domain }: InstructionRow, dtype: DType): boolean => {
  const { kind } = dtypes[dtype];
  return domain === "any" || domain === kind || (domain === "number" && kind !== "bool") || (domain === "bits" && kind !== "float");
};

/** Built in other ways: they need more than operands. */
type Plain = Exclude<InstructionName, "select" | "cast" | "bitcast" | "index" | "random">;
const special: ReadonlySet<string> = new Set(["select", "cast", "bitcast", "index", "random"]);
const names = (Object.keys(instructions) as InstructionName[]).filter((name): name is Plain => !special.has(name));

export const instructionCases: readonly Case[] = [
  ...names.flatMap((name) => computed.filter((dtype) => takes(instructions[name], dtype)).map((dtype) => instructionCase(name, dtype))),
  ...computed.map(selectCase),
  ...[...computed, ...storedOnly].flatMap((from) => computed.map((to) => castCase(from, to))),
  ...[...computed, ...storedOnly].flatMap((from) => storedOnly.map((to) => castCase(from, to))),
  bitcastCase("float32"), bitcastCase("int32"),
  ...signedZeros(),
];

function instructionCase(name: Plain, dtype: DType): Case {
  const { arity } = instructions[name];
  return {
    name: `map ${name} ${dtype}: edge values`,
    needs: instructions[name].result === "bool" ? [dtype, "bool"] : [dtype],
    run: (device) => {
      const build: (...operands: Expr[]) => Expr = scalar[name];
      const rows = arity === 1 ? sweep(dtype).map((x) => [x]) : pairs(edges(dtype), edges(dtype));
      runRows(device, name, [dtype, dtype].slice(0, arity), build(...[0, 1].slice(0, arity).map((i) => scalar.arg(i, dtype))), rows);
    },
  };
}

function selectCase(dtype: DType): Case {
  return {
    name: `map select ${dtype}: edge values`, needs: [dtype, "bool"],
    run: (device) => {
      const values = edges(dtype);
      const rows = [0, 1].flatMap((c) => values.map((x, i) => [c, x, values[values.length - 1 - i]!]));
      runRows(device, "select", ["bool", dtype, dtype], scalar.select(scalar.arg(0, "bool"), scalar.arg(1, dtype), scalar.arg(2, dtype)), rows);
    },
  };
}

function castCase(from: DType, to: DType): Case {
  return {
    name: `map cast ${from} to ${to}`, needs: [from, to],
    run: (device) => runRows(device, "cast", [from], scalar.cast(scalar.arg(0, from), to), sweep(from).map((x) => [x])),
  };
}

function bitcastCase(from: "float32" | "int32"): Case {
  // Integers whose bits are finite floats, and floats that are not NaN: which NaN it is, nobody promises.
  const values = from === "float32" ? edges(from).filter((x) => x === x)
    : [0, 1, 0x3f800000, 0x7f7fffff, 0x00800000, 0x7f800000, -0x00800000, -0x40800000, 0x4048f5c3];
  return {
    name: `map bitcast ${from}`, needs: ["float32", "int32"],
    run: (device) => runRows(device, "bitcast", [from], scalar.bitcast(scalar.arg(0, from)), values.map((x) => [x])),
  };
}

/** The sign of zero, apart from the rest: read from the bits, so that a backend may except it by name. */
function signedZeros(): Case[] {
  const zeroKeeping = ["neg", "abs", "sqrt", "trunc", "ceil", "floor", "round", "sin", "tanh", "expm1", "log1p", "mul", "add", "sub", "div"] as const;
  const candidates = pairs([0, -0, 0.25, -0.25, 1, -1], [1, -1, 0, -0]);
  return zeroKeeping.map((name) => ({
    name: `map ${name} float32: sign of zero`, needs: ["float32", "int32"],
    run: (device) => {
      const build: (...operands: Expr[]) => Expr = scalar[name], args: readonly DType[] = ["float32", "float32"].slice(0, instructions[name].arity) as DType[];
      const negative = program(`signOf ${name}`, args, [], [scalar.shr(scalar.bitcast(build(...args.map((dtype, i) => scalar.arg(i, dtype)))), scalar.lit(31, "int32"))]);
      const rows = candidates.filter((row) => isZero(name, row)), place = denseAt([rows.length]);
      const inputs = args.map((dtype, i) => device.input(dtype, place, (at) => rows[at]![i]!)), output = device.output("int32", place);
      device.run("map", inputs, [output], { program: negative, params: [] });
      device.expect(name, [{ output, expected: rows.map((row) => evaluate(negative, row, [])[0]!) }]);
    },
  }));
}

/** The rows whose exact result is a zero: signs of anything else are checked with the values. */
function isZero(name: Plain, [x, y]: readonly number[]): boolean {
  const row: InstructionRow = instructions[name];
  return row.evaluate("float32", x!, y!, 0) === 0;
}

function pairs(xs: readonly number[], ys: readonly number[]): number[][] {
  return xs.flatMap((x) => ys.map((y) => [x, y]));
}

function runRows(device: Device, name: string, args: readonly DType[], result: Expr, rows: readonly (readonly number[])[]): void {
  const place = denseAt([rows.length]);
  const inputs = args.map((dtype, i) => device.input(dtype, place, (at) => rows[at]![i]!));
  checkMap(device, name, program(name, args, [], [result]), inputs, [device.output(result.dtype, place)]);
}
