/** @file Random well-typed programs over every instruction but `bitcast`, which shows the bits of a NaN. */
import { type DType, type Expr, type InstructionName, instructions, program, type Program, scalar } from "@adjoint/core/backend";
import { number, pick } from "./lab.ts";

const names = (Object.keys(instructions) as InstructionName[]).filter((name) => name !== "bitcast" && name !== "index" && name !== "random");
const computing: readonly DType[] = ["float32", "float64", "int32", "bool"];

function suits(name: InstructionName, dtype: DType): boolean {
  const { domain } = instructions[name], kind = dtype === "bool" ? "bool" : dtype === "int32" ? "int" : "float";
  return domain === "any" || domain === kind || (domain === "number" && kind !== "bool") || (domain === "bits" && kind !== "float");
}

/** @param steps how many instructions are tried */
export function randomProgram(next: () => number, steps: number, results: number): Program {
  const types = Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(next, computing));
  const params: DType[] = ["float32", "int32"];
  const pool: Expr[] = types.map((dtype, i) => scalar.arg(i, dtype));
  params.forEach((dtype, i) => pool.push(scalar.param(i, dtype)));
  for (const dtype of computing) pool.push(scalar.lit(number(next, dtype), dtype));
  pool.push(scalar.index);
  const seeds = [1, 2, 3, 4].map((x) => scalar.lit(x, "int32")) as [Expr, Expr, Expr, Expr];
  pool.push(scalar.random(scalar.index, ...seeds));
  for (let i = 0; i < steps; i++) {
    const name = pick(next, names), dtype = pick(next, computing);
    const typed = (wanted: DType): Expr => pick(next, pool.filter((x) => x.dtype === wanted));
    if (!suits(name, dtype)) continue;
    const build = scalar[name] as (...operands: Expr[]) => Expr;
    if (name === "cast") pool.push(scalar.cast(typed(dtype), pick(next, computing)));
    else if (name === "select") pool.push(scalar.select(typed("bool"), typed(dtype), typed(dtype)));
    else pool.push(build(...Array.from({ length: instructions[name].arity }, () => typed(dtype))));
  }
  const outputs = Array.from({ length: results }, () => pool[Math.max(0, pool.length - 1 - Math.floor(next() * (steps + 2)))]!);
  return program("random", types, params, outputs);
}
