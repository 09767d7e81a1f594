/** @file A program's values at every element of a call, instruction by instruction. Knows no views: its inputs are packed. */
import { type Expr, type Program, topologicalOrder } from "@adjoint/core/backend";
import { type Rank, reshape, type Tensor, type Tensor1D, tile } from "@tensorflow/tfjs-core";
import { constant } from "./host.ts";
import { rules } from "./instructions.ts";

/** One tensor of `size` elements for each result. Two results may be one tensor, and a result may be an input. */
export function evaluateProgram(program: Program, params: readonly number[], inputs: readonly Tensor1D[], size: number): Tensor1D[] {
  const values = new Map<Expr, Tensor>();
  for (const expr of topologicalOrder(program.results)) values.set(expr, valueOf(expr, params, inputs, size, values));
  return program.results.map((expr) => spread(values.get(expr)!, size));
}

function valueOf(expr: Expr, params: readonly number[], inputs: readonly Tensor1D[], size: number, values: ReadonlyMap<Expr, Tensor>): Tensor {
  switch (expr.kind) {
    case "arg": return inputs[expr.index]!;
    case "lit": return constant(expr.dtype, expr.value);
    case "param": return constant(expr.dtype, params[expr.index]!);
    case "apply": {
      const { name, dtype, operands } = expr;
      const site = { name, operand: operands[0]?.dtype ?? dtype, result: dtype, size };
      return rules[name](site, ...operands.map((operand) => values.get(operand)!));
    }
  }
}

/** What depends on no input is computed once: here it is repeated. */
const spread = (x: Tensor, size: number): Tensor1D => (x.rank === 0 ? tile(reshape<Rank.R1>(x, [1]), [size]) : reshape<Rank.R1>(x, [size]));
