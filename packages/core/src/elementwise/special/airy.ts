/** @file Airy's function Ai: a series in the middle, an oscillation on the left, a decay on the right. Integers give float32. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { squareOf } from "../stable.ts";
import { LEFT_F, LEFT_G, MIDDLE, RIGHT } from "./airy.table.ts";
import { chebyshevOf } from "./chebyshev.ts";

/** sqrt(pi): as a number, since a call would stay in every bundle. */
const ROOT_PI = 1.7724538509055159;

function airyOf(x: Expr): Expr {
  const middle = chebyshevOf(s.mul(s.add(s.min(s.max(x, -4), 2), 1), 1 / 3), MIDDLE);
  // Both tails are of one distance, so that root and power are worked out once.
  const right = s.lt(2, x), z = s.max(s.abs(x), s.select(right, s.lit(2, x.dtype), 4)), root = s.sqrt(z), power = s.mul(z, root), phase = s.mul(power, 2 / 3), scale = s.sqrt(root);
  const decay = s.mul(s.div(chebyshevOf(s.sub(s.div(4 * Math.SQRT2, s.max(power, 2 * Math.SQRT2)), 1), RIGHT), s.mul(scale, 2 * ROOT_PI)), s.exp(s.neg(phase)));
  // (F sin(s) - u G cos(s)) with s = phase + pi / 4, times sqrt(2)
  const u = s.min(s.div(8, power), 1), t = s.sub(s.mul(2, squareOf(u)), 1), sine = s.sin(phase), cosine = s.cos(phase);
  const wave = s.sub(s.mul(chebyshevOf(t, LEFT_F), s.add(sine, cosine)), s.mul(s.mul(u, chebyshevOf(t, LEFT_G)), s.sub(cosine, sine)));
  const value = s.select(right, decay, s.select(s.lt(x, -4), s.div(wave, s.mul(scale, Math.SQRT2 * ROOT_PI)), middle));
  return s.select(s.lt(s.abs(x), Infinity), value, NaN);
}

/**
 * Airy's function Ai, element by element: the solution of y'' = x y that goes to 0 on the right; NaN at infinity, as in PyTorch. Integers and bools give float32.
 * 
 * To about 1e-7 in float32 and 1e-15 in float64 near 0; on the far left a rounding of x moves the phase (2/3)|x|^(3/2), as everywhere. Its derivative, which PyTorch lacks, follows from the expression.
 * Of any shape; integers and bools give float32.
 * @example special.airyAi(tensor([0, 1])) // [0.355, 0.1353]
 */
export const airyAi: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("specialAiryAi", (x) => airyOf(x!), { rule: "float" });
