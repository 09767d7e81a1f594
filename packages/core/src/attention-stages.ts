/** @file What the fused kernels of attention do along rows of scores, as stages of scalar programs: the same on every device that has them. */
import type { RowForm, RowStage } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Expr } from "./scalar/expr.ts";
import * as s from "./scalar/expr.ts";
import { type Program, program } from "./scalar/program.ts";

const f = "float32" as const;

/** How a score becomes what softmax sees: the last inputs of the stages are what masks. */
export type AttentionMasking = "none" | "bool" | "float" | "causal";
export const attentionMasking = (mask: DType | undefined, causal: boolean): AttentionMasking => (causal ? "causal" : mask === undefined ? "none" : mask === "bool" ? "bool" : "float");
const maskTypes = { none: [], bool: ["bool"], float: [f], causal: ["int32", "int32"] } as const;
const masked = (masking: AttentionMasking, at: number, x: Expr): Expr => {
  switch (masking) {
    case "none": return x;
    case "bool": return s.select(s.arg(at, "bool"), x, -Infinity);
    case "float": return s.add(x, s.arg(at, f));
    case "causal": return s.select(s.le(s.arg(at, "int32"), s.arg(at + 1, "int32")), x, -Infinity);
  }
};

type Value = readonly [output: number, as: RowForm, value: Expr];
function stagesOf(name: string, args: Program["args"], stages: readonly (readonly Value[])[]): readonly RowStage[] {
  return stages.map((values) => ({ program: program(name, args, [f], values.map(([, , value]) => value)), into: values.map(([output, as]) => ({ output, as })) }));
}
/** Input: scores; outputs: weights, logarithm, sum. Param: scale. */
function forwardStages(masking: AttentionMasking): readonly RowStage[] {
  const types = maskTypes[masking], at = 1 + types.length, [out, most, total] = [0, 1, 2].map((k) => s.arg(at + k, f)) as [Expr, Expr, Expr];
  const score = masked(masking, 1, s.mul(s.arg(0, f), s.param(0, f)));
  return stagesOf("attention", [f, ...types, f, f, f], [
    [[0, "element", score], [1, "max", score]], [[0, "element", s.exp2(s.neg(s.abs(s.mul(s.sub(out, most), Math.LOG2E))))]], [[2, "sum", out]],
    [[1, "scalar", s.add(most, s.log(total))], [2, "scalar", s.div(1, total)]], [[0, "element", s.mul(out, total)]],
  ]);
}
/** Inputs: scores, gradients of the weights, logarithms, deltas; outputs: weights, gradients of the scores. Param: scale. */
function backwardStages(masking: AttentionMasking): readonly RowStage[] {
  const types = maskTypes[masking], scale = s.param(0, f), weight = s.exp2(s.min(s.mul(s.sub(masked(masking, 4, s.mul(s.arg(0, f), scale)), s.arg(2, f)), Math.LOG2E), 1)); // none is above 1
  return stagesOf("attentionBackward", [f, f, f, f, ...types, f, f], [[[0, "element", weight], [1, "element", s.mul(s.mul(weight, s.sub(s.arg(1, f), s.arg(3, f))), scale)]]]);
}
const made = { forward: /*@__PURE__*/ new Map<AttentionMasking, readonly RowStage[]>(), backward: /*@__PURE__*/ new Map<AttentionMasking, readonly RowStage[]>() };
/**
 * What a kernel of attention does along rows of scores, for the kernel `rows`. Forward has scores and what masks them, and makes weights, logarithms of the sums and their
 * inverses. Backward has scores, gradients of the weights, logarithms, deltas and what masks, and makes weights and gradients of the scores. What masks is nothing, the mask, or if it is
 * causal the int32 positions of columns and of rows. The param is the scale.
 */
export function attentionStages(of: "forward" | "backward", masking: AttentionMasking): readonly RowStage[] {
  let stages = made[of].get(masking);
  if (stages === undefined) made[of].set(masking, (stages = (of === "forward" ? forwardStages : backwardStages)(masking)));
  return stages;
}
