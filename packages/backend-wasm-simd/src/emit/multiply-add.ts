/** @file A product added to a sum, the instruction that all matrix kernels are made of. */
import type { Code, Local } from "../asm/code.ts";

export type V128 = Local<"v128">;

/** `sum += x * y`, with one rounding where the engine has relaxed SIMD. @param x undefined where it is on the stack */
export function multiplyAdd(f: Code, relaxed: boolean, x: V128 | undefined, y: V128, sum: V128): void {
  if (x !== undefined) f.get(x);
  if (relaxed) f.get(y).get(sum).op("f32x4.relaxed_madd").set(sum);
  else f.get(y).op("f32x4.mul").get(sum).op("f32x4.add").set(sum);
}
