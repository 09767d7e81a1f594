/** @file Masks made from the numbers of rows and columns alone. */
import { generate } from "../calculus/map-reduce.ts";
import { noGrad, type Tensor } from "../op.ts";
import { idiv, index, le, param, rem } from "../scalar/expr.ts";
import { program } from "../scalar/program.ts";

/** bool [rows, columns], true on and below the diagonal, on the device of `beside`. */
export function causalMask(beside: Tensor, rows: number, columns: number): Tensor {
  const width = param(0, "int32");
  const p = program("causalMask", [], ["int32"], [le(rem(index, width), idiv(index, width))]);
  return noGrad(() => generate(beside.storage.device, p, [columns], [rows, columns]));
}
