/** @file The results a backend may give: an interval around the exact one, carried through a program instruction by instruction. */
import {
  type Apply, type DType, dtypes, evaluateInstruction, type Expr, type InstructionName, type InstructionRow, instructions, type Program, roundTo, topologicalOrder,
} from "@adjoint/core/backend";
import { beyond, leastNormal, ulp, ulpsOf } from "./accuracy.ts";

/** Numbers from `low` to `high`, and NaN if `nan`. Only NaN: `low` and `high` are NaN. */
export type Interval = { readonly low: number; readonly high: number; readonly nan: boolean };
/** A bare number means exactly it, where the sign of zero does not count and NaN means any NaN. */
export type Expected = number | Interval | { readonly oneOf: readonly number[] };

export const point = (x: number): Interval => ({ low: x, high: x, nan: x !== x });
const anything: Interval = { low: -Infinity, high: Infinity, nan: true };

export function accepts(expected: Expected, actual: number): boolean {
  if (typeof expected === "number") return expected === actual || (expected !== expected && actual !== actual);
  if ("oneOf" in expected) return expected.oneOf.includes(actual);
  return actual !== actual ? expected.nan : expected.low <= actual && actual <= expected.high;
}

export function showExpected(expected: Expected): string {
  if (typeof expected === "number") return `${expected}`;
  if ("oneOf" in expected) return `one of ${expected.oneOf.join(", ")}`;
  const { low, high, nan } = expected;
  return low !== low ? "NaN" : `${low === high ? low : `${low} to ${high}`}${nan ? " or NaN" : ""}`;
}

/**
 * What a backend may answer for one element of a program: each instruction rounds once, within its accuracy; float32
 * may be flushed to zero when subnormal; a product may stay unrounded where another instruction follows it.
 */
export function boundsOf(program: Program): (args: readonly number[], params: readonly number[], at: number) => Interval[] {
  const order = topologicalOrder(program.results);
  const contracts = order.filter((x) => x.kind === "apply").length > 1;
  return (args, params, at) => {
    const values = new Map<Expr, Interval>();
    for (const x of order) {
      if (x.kind === "lit") values.set(x, point(x.value));
      else if (x.kind === "arg") values.set(x, point(args[x.index]!));
      else if (x.kind === "param") values.set(x, point(roundTo(x.dtype, params[x.index]!)));
      else if (x.name === "index") values.set(x, point(at));
      else values.set(x, step(x, x.operands.map((o) => values.get(o)!), contracts));
    }
    return program.results.map((x) => values.get(x)!);
  };
}

/** Instructions that move a value without computing: they may not flush it. */
const moves: ReadonlySet<InstructionName> = new Set<InstructionName>(["select", "bitcast"]);

function step(x: Apply, given: readonly Interval[], contracts: boolean): Interval {
  if (x.name === "select") return chosen(given);
  const operandDType = x.operands[0]?.dtype ?? x.dtype, ulps = ulpsOf(x.name, x.dtype), slack = contracts && x.name === "mul";
  const flushes = (operandDType === "float32" || x.dtype === "float32") && !moves.has(x.name);
  if (ulps === 0 && !slack && given.every((o) => isPoint(o) && !(flushes && isTiny(o.low)))) {
    const value = evaluateInstruction(x.name, operandDType, x.dtype, given.map((o) => o.low));
    if (!(x.dtype === "float32" && flushes && Math.abs(value) <= leastNormal && value !== 0)) return point(value);
  }
  const operands = flushes ? given.map(flushed) : given;
  const row: InstructionRow = instructions[x.name], computes = isFloatType(x.dtype) && x.name !== "cast";
  const values: number[] = [];
  const unpromised = beyond(x.name, x.dtype, given.map(farthest));
  if (unpromised !== undefined) return unpromised;
  for (const corner of corners(operands))
    values.push(computes ? row.evaluate(operandDType, corner[0]!, corner[1] ?? 0, corner[2] ?? 0) : evaluateInstruction(x.name, operandDType, x.dtype, corner));
  if (contracts && (x.name === "add" || x.name === "sub")) values.push(...values.flatMap(aroundFloat64)); // the sum of an fma is not rounded to float64
  const exact = x.name === "div" && crosses(operands[1]!) ? anything : hull(inside(x.name, operands, given, values));
  if (!isFloatType(x.dtype)) return exact;
  if (!flushes) return widen(exact, x.dtype, ulps, slack);
  return flushed(widen(flushed(exact), x.dtype, ulps, slack)); // flushed before rounding or after it
}

const aroundFloat64 = (x: number): number[] => (Number.isFinite(x) ? [reach(x, -1, "float64"), reach(x, 1, "float64")] : []);
const farthest = (x: Interval): number => (Math.abs(x.low) > Math.abs(x.high) ? x.low : x.high);
const isTiny = (x: number): boolean => x !== 0 && Math.abs(x) < leastNormal;
const isFloatType = (dtype: DType): dtype is "float32" | "float64" => dtypes[dtype].kind === "float";
const crosses = (x: Interval): boolean => x.low < 0 && x.high > 0;
const isInfinite = (x: Interval): boolean => x.low === -Infinity || x.high === Infinity;
const isPoint = (x: Interval): boolean => x.low === x.high || x.low !== x.low;

function chosen([condition, x, y]: readonly Interval[]): Interval {
  if (condition!.low === condition!.high) return condition!.low !== 0 ? x! : y!;
  return hull([x!.low, x!.high, y!.low, y!.high, ...(x!.nan || y!.nan ? [NaN] : [])]);
}

function flushed(x: Interval): Interval {
  if (x.low === x.high && (x.low === 0 || Math.abs(x.low) >= leastNormal)) return x;
  const touches = (x.low > 0 && x.low < leastNormal) || (x.high < 0 && x.high > -leastNormal);
  return touches ? { low: Math.min(x.low, 0), high: Math.max(x.high, 0), nan: x.nan } : x;
}

/** Every choice of an end for each operand. A NaN that is only possible is a choice too. */
function corners(operands: readonly Interval[]): number[][] {
  let all: number[][] = [[]];
  for (const { low, high, nan } of operands) {
    const ends = Object.is(low, high) ? [low] : [low, high];
    if (ends.length > 1 && nan) ends.push(NaN);
    if (ends.length > 1 && (low === 0 || high === 0)) ends.push(0, -0); // flushed to a zero of either sign
    all = all.flatMap((head) => ends.map((end) => [...head, end]));
  }
  return all;
}

/** Adds what an instruction that is not monotone can reach between the ends of its operands. */
function inside(name: InstructionName, operands: readonly Interval[], given: readonly Interval[], values: number[]): number[] {
  const [x, y] = operands as [Interval, Interval];
  if (operands.every(isPoint)) return values;
  switch (name) {
    case "eq": return x.low <= y.high && y.low <= x.high ? [0, 1, ...values] : values;
    case "max": case "min": // where subnormals compare as zeros, the choice is among zeros, and may be any of them
      return given.every((o) => Math.abs(farthest(o)) < leastNormal) ? [-leastNormal, leastNormal, ...values] : values;
    case "abs": return crosses(x) ? [0, ...values] : values;
    case "log": return crosses(x) ? [-Infinity, ...values] : values;
    case "mul": return (crosses(x) && isInfinite(y)) || (crosses(y) && isInfinite(x)) ? [NaN, ...values] : values;
    case "pow": return crosses(x) ? [0, ...values] : values;
    case "rem": return [-Math.abs(y.high), Math.abs(y.high), ...values];
    case "atan2": return crosses(x) && y.low < 0 ? [-Math.PI, Math.PI, ...values] : values;
    case "sin": case "cos": { // thin intervals: the extremum between the ends is a square away
      const width = x.high - x.low, low = Math.min(...values), high = Math.max(...values);
      return width < 0.5 ? [low - width * width, high + width * width, ...values] : [-1, 1, ...values];
    }
    default: return values;
  }
}

function hull(values: readonly number[]): Interval {
  let low = Infinity, high = -Infinity, nan = false;
  for (const x of values) {
    if (x !== x) nan = true;
    else {
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
  }
  return low > high ? { low: NaN, high: NaN, nan: true } : { low, high, nan };
}

/** `slack` admits the value before rounding as well. */
function widen({ low, high, nan }: Interval, dtype: "float32" | "float64", ulps: number, slack = false): Interval {
  if (low !== low) return point(NaN);
  const down = roundTo(dtype, reach(low, -ulps, dtype)), up = roundTo(dtype, reach(high, ulps, dtype));
  if (!slack) return { low: down, high: up, nan };
  const spare = dtype === "float64" ? 1 : 0; // the product of two float64 is not known before rounding
  return { low: Math.min(reach(low, -spare, dtype), down), high: Math.max(reach(high, spare, dtype), up), nan };
}

/** Beside zero a formula may lose what its intermediate results flush. */
function reach(x: number, ulps: number, dtype: "float32" | "float64"): number {
  if (ulps === 0 || !Number.isFinite(x)) return x;
  const flushed = dtype === "float32" && x !== 0 && Math.abs(x) < 4 * leastNormal ? Math.sign(ulps) * leastNormal : 0;
  return x + ulps * ulp(x, dtype) + flushed;
}
