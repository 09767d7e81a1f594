/** @file What the emitter of one scalar instruction sees: its operands, its dtypes, and where code goes. */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";

/**
 * A value is a v128 of four lanes: float32, int32, or for bool a mask, 0 or -1 in each lane. What is only stored: see narrow.ts.
 */
export interface Site {
  readonly f: Code;
  /** What the instruction works in: the operands' dtype (of select: that of the two choices). */
  readonly dtype: DType;
  readonly result: DType;
  readonly relaxed: boolean;
  /** The elements' numbers. */
  readonly index: Local<"v128">;
  /** The function `fmod(f32, f32): f32` of this module. */
  readonly fmod: number;
  operand(i: number): Local<"v128">;
  /** The value of an operand that is a constant of the program. */
  literal(i: number): number | undefined;
}

/** The three ways in which lanes are computed. */
export type LaneKind = "float" | "int" | "bool";
export const laneKind = (dtype: DType): LaneKind => (dtype === "float32" ? "float" : dtype === "bool" ? "bool" : "int");
