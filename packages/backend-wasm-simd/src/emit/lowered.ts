/** @file A program made ready for emission: lowered, ordered, counted. Emits nothing. */
import { AdjointError, type Apply, type DType, type Expr, lower, type Program, topologicalOrder } from "@adjoint/core/backend";
import { builtin } from "./instructions.ts";

export type Lowered = {
  readonly args: readonly DType[];
  readonly params: readonly DType[];
  readonly results: readonly Expr[];
  readonly order: readonly Expr[];
  /** How often each expression is an operand or a result. */
  readonly uses: ReadonlyMap<Expr, number>;
  readonly usesIndex: boolean;
  readonly usesFmod: boolean;
  /** Copies of the body that pay in an inner loop: many for short bodies, one for long ones. */
  readonly unroll: 1 | 2 | 4;
};

/** Layout classes are masks of inputs; and all operands and params must fit into the argument block. */
export const MAX_INPUTS = 30;
const MAX_OTHERS = 256;

export function lowered(program: Program, relaxed: boolean): Lowered {
  const { args, params } = program;
  if (args.length > MAX_INPUTS || program.results.length + params.length > MAX_OTHERS)
    throw new AdjointError(`wasm: ${program.name} has ${args.length} inputs and ${params.length} params; at most ${MAX_INPUTS} and ${MAX_OTHERS} fit: split it`);
  const results = program.results.map((x) => lower(x, builtin, { strictSums: true, contracted: relaxed })), order = topologicalOrder(results);
  const uses = new Map<Expr, number>();
  const use = (x: Expr) => uses.set(x, (uses.get(x) ?? 0) + 1);
  results.forEach(use);
  const applies = order.filter((x): x is Apply => x.kind === "apply");
  for (const x of applies) x.operands.forEach(use);
  const isLong = applies.length > 16 || applies.some((x) => x.name === "random" || x.name === "pow" || x.name === "rem");
  return {
    args, params, results, order, uses,
    usesIndex: applies.some((x) => x.name === "index"),
    usesFmod: applies.some((x) => x.name === "rem" && x.dtype === "float32"),
    unroll: isLong ? 1 : applies.length > 6 ? 2 : 4,
  };
}
