/** @file Random typed programs and values, by a small seeded generator. Used by the parity test. */
import { type DType, type Expr, type InstructionName, instructions, type InstructionRow, program, type Program, scalar } from "@adjoint/core/backend";

export type Random = () => number;

/** mulberry32: the same numbers in every run. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

/** Where instructions have their corners. */
const corners = {
  float32: [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, -0.49999997, NaN, Infinity, -Infinity, 1e-45, 3.4e38, -3.4e38, 16777217, 2147483648, -2147483648, 4294967296],
  int32: [0, 1, -1, 2, 31, 32, 33, -2147483648, 2147483647, 16777217, -16777219, 123456789, 65537],
} as const;

export function value(random: Random, dtype: DType): number {
  if (dtype === "bool") return random() < 0.5 ? 0 : 1;
  const isInt = dtype === "int32", x = (random() - 0.5) * pick(random, [2, 20, 200]);
  if (random() < 0.4) return isInt ? pick<number>(random, corners.int32) : Math.fround(pick<number>(random, corners.float32));
  return isInt ? Math.trunc(x) + 0 : Math.fround(x);
}

export const dtypesHere = ["float32", "int32", "bool"] as const;
const bits = () => [0, 1, 2, 3].map((i) => scalar.param(i, "int32"));

/** One instruction applied to expressions, or undefined where it does not take that dtype. */
export function applied(name: InstructionName, dtype: DType, to: DType, operand: (dtype: DType) => Expr): Expr | undefined {
  const row: InstructionRow = instructions[name];
  const kind = dtype === "float32" ? "float" : dtype === "int32" ? "int" : "bool";
  const takes = row.domain === "any" || row.domain === kind || (row.domain === "number" && kind !== "bool") || (row.domain === "bits" && kind !== "float");
  if (!takes) return undefined;
  if (name === "index") return scalar.index;
  if (name === "random") return scalar.random(operand("int32"), ...(bits() as [Expr, Expr, Expr, Expr]));
  if (name === "select") return scalar.select(operand("bool"), operand(dtype), operand(dtype));
  if (name === "cast") return scalar.cast(operand(dtype), to);
  if (name === "isNan" || name === "bitcast" || row.arity === 1) return (scalar[name] as (x: Expr) => Expr)(operand(dtype));
  return (scalar[name] as (x: Expr, y: Expr) => Expr)(operand(dtype), operand(dtype));
}

export const names = Object.keys(instructions) as InstructionName[];

/** Programs of a few instructions over three inputs, one of each dtype; params 0 to 3 are int32, 4 is float32. */
export function randomProgram(random: Random, results: number): Program {
  const pool: Expr[] = [...dtypesHere.map((dtype, i) => scalar.arg(i, dtype)), scalar.param(4, "float32"), scalar.param(0, "int32"), scalar.lit(2, "float32"), scalar.lit(-3, "int32")];
  const operand = (dtype: DType): Expr => pick(random, pool.filter((x) => x.dtype === dtype));
  for (let i = 0; i < 6; i++) {
    const made = applied(pick(random, names), pick(random, dtypesHere), pick(random, dtypesHere), operand);
    if (made !== undefined) pool.push(made);
  }
  return program("random", dtypesHere, ["int32", "int32", "int32", "int32", "float32"], Array.from({ length: results }, (_, k) => pool[pool.length - 1 - k]!));
}
