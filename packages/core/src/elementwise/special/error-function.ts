/** @file What is made of the error function: its complement, its inverse, the normal distribution. Integers and bools give float32. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { squareOf } from "../stable.ts";
import { chebyshevOf } from "./chebyshev.ts";
import { INVERSE_MIDDLE, INVERSE_TAIL, SCALED } from "./error-function.table.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
/** 2 / sqrt(pi), 1 / sqrt(2 pi): as numbers, since a call would stay in every bundle. */
const FACTOR = 1.1283791670955126, DENSITY = 0.3989422804014327;

/** exp(a^2) erfc(a) for a >= 0, to full relative precision. */
function scaledTail(a: Expr): Expr {
  // (a - 3.75) / (a + 3.75), written so that an infinite a gives 1
  const reciprocal = s.div(1, s.add(a, 3.75));
  return s.div(s.mul(0.5, chebyshevOf(s.sub(1, s.mul(7.5, reciprocal)), SCALED)), s.add(0.5, a));
}
/** exp(-a^2), or exp(a^2): of a square taken apart at h, a / 16 rounded, so that no rounding of the square is magnified. */
function expSquare(a: Expr, sign: 1 | -1): Expr {
  const h = s.mul(s.round(s.mul(a, 16)), 1 / 16), rest = s.mul(s.sub(a, h), s.add(a, h)), turned = (x: Expr): Expr => (sign === 1 ? x : s.neg(x));
  return s.mul(s.exp(turned(squareOf(h))), s.exp(turned(rest)));
}
/** The largest argument whose square counts: beyond it exp(-x^2) is 0. */
const limited = (a: Expr): Expr => s.min(a, 30);

/** 1 - erf(x), to full relative precision. */
export function erfcOf(x: Expr): Expr {
  const a = s.abs(x), tail = s.mul(expSquare(limited(a), -1), scaledTail(a));
  return s.select(s.lt(x, 0), s.sub(2, tail), tail);
}
/** exp(x^2) erfc(x). */
function erfcxOf(x: Expr): Expr {
  const a = s.abs(x), tail = scaledTail(a);
  return s.select(s.lt(x, 0), s.sub(s.mul(2, expSquare(limited(a), 1)), tail), tail);
}
/** x with erfc(x) = q, for 0 < q <= 1/2, and `logarithm` that of q. In float64 with a step of Halley's: the residual in units of erfc's derivative, so that nothing overflows. */
function inverseTail(q: Expr, logarithm: Expr = s.log(q)): Expr {
  const root = s.sqrt(s.neg(logarithm)), [least, most] = [Math.LN2, 745].map((x) => (Math.sqrt(x) - 3) / (Math.sqrt(x) + 3)) as [number, number];
  const t = s.div(s.sub(s.div(s.sub(root, 3), s.add(root, 3)), (most + least) / 2), s.lit((most - least) / 2, q.dtype));
  const x = s.mul(root, chebyshevOf(t, INVERSE_TAIL));
  if (q.dtype !== "float64") return x;
  const step = s.mul(s.sub(scaledTail(x), s.mul(q, s.exp(squareOf(x)))), 1 / FACTOR);
  return s.add(x, s.div(step, s.add(1, s.mul(x, step))));
}
/** x with erf(x) = y, for |y| <= 1/2. */
const inverseMiddle = (y: Expr): Expr => s.mul(y, chebyshevOf(s.sub(s.mul(8, squareOf(y)), 1), INVERSE_MIDDLE));
/** The smallest numbers that tails are asked for: what the log of 0 would spoil. */
const least = (q: Expr): Expr => s.max(q, q.dtype === "float64" ? 5e-324 : 1e-45);

function erfinvOf(y: Expr): Expr {
  const a = s.abs(y), tail = inverseTail(s.min(least(s.sub(1, a)), 0.5));
  const inside = s.select(s.le(a, 0.5), inverseMiddle(s.max(s.min(y, 0.5), -0.5)), s.select(s.lt(y, 0), s.neg(tail), tail));
  return s.select(s.lt(a, 1), inside, s.select(s.eq(a, 1), s.select(s.lt(y, 0), -Infinity, s.lit(Infinity, y.dtype)), NaN));
}
export function ndtriOf(p: Expr): Expr {
  const upper = s.le(0.5, p), q = s.mul(2, s.select(upper, s.sub(1, p), p)); // erfc(|x| / sqrt(2)) = q
  // Of the smallest p a device may take 2 p for 0.
  const tail = s.min(least(q), 0.5), small = s.lt(p, 2 ** -100), logarithm = s.add(s.log(s.select(small, least(p), tail)), s.select(small, Math.LN2, s.lit(0, p.dtype)));
  const magnitude = s.select(s.le(q, 0.5), inverseTail(tail, logarithm), inverseMiddle(s.sub(1, s.max(q, 0.5))));
  const x = s.mul(s.select(upper, magnitude, s.neg(magnitude)), Math.SQRT2);
  return s.select(s.eq(p, 0), -Infinity, s.select(s.eq(p, 1), Infinity, s.select(s.and(s.lt(0, p), s.lt(p, 1)), x, NaN)));
}

/**
 * 1 - erf(x), element by element, to full relative precision however small it is. Its derivative is -2 / sqrt(pi) exp(-x^2).
 * Of any shape; integers and bools give float32.
 * @example erfc(tensor([0, 1])) // [1, 0.1573]
 */
export const erfc: Unary = /*@__PURE__*/ elementwise("erfc", (x) => erfcOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, s.mul(FACTOR, s.exp(s.neg(squareOf(x!))))))] });
/**
 * exp(x^2) erfc(x): the complement without its decay. Its derivative is 2 x erfcx(x) - 2 / sqrt(pi). Of any shape; integers and bools give float32.
 * @example special.erfcx(tensor([0, 1])) // [1, 0.4276]
 */
export const erfcx: Unary = /*@__PURE__*/ elementwise("specialErfcx", (x) => erfcxOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(s.mul(2, s.mul(x!, out)), FACTOR))] });
/**
 * The inverse of erf: infinite at -1 and 1, NaN beyond. Its derivative is sqrt(pi) / 2 exp(erfinv(x)^2). Of any shape; integers and bools give float32.
 * @example erfinv(tensor([0, 0.5])) // [0, 0.4769]
 */
export const erfinv: Unary = /*@__PURE__*/ elementwise("erfinv", (x) => erfinvOf(x!), { rule: "float", gradient: (g, out) => [s.mul(g, s.mul(1 / FACTOR, s.exp(squareOf(out))))] });
/**
 * The normal distribution function, the probability of a value below x: erfc(-x / sqrt(2)) / 2. Its derivative is the density.
 * Of any shape; integers and bools give float32.
 * @example special.ndtr(tensor([0, 1])) // [0.5, 0.8413]
 */
export const ndtr: Unary = /*@__PURE__*/ elementwise("mul:1", (x) => s.mul(0.5, erfcOf(s.mul(x!, -Math.SQRT1_2))), {
  rule: "float", gradient: (g, _, [x]) => [s.mul(g, s.mul(DENSITY, s.exp(s.mul(squareOf(x!), -0.5))))],
});
/**
 * The inverse of the normal distribution function: infinite at 0 and 1, NaN beyond. Of any shape; integers and bools give float32.
 * @example special.ndtri(tensor([0.5, 0.9])) // [0, 1.2816]
 */
export const ndtri: Unary = /*@__PURE__*/ elementwise("specialNdtri", (x) => ndtriOf(x!), { rule: "float", gradient: (g, out) => [s.mul(g, s.mul(1 / DENSITY, s.exp(s.mul(squareOf(out), 0.5))))] });
/**
 * log(ndtr(x)), accurate where ndtr is 0 already. Its derivative is the density over ndtr. Of any shape; integers and bools give float32.
 * @example special.logNdtr(tensor([0, -10])) // [-0.6931, -53.2313]
 */
export const logNdtr: Unary = /*@__PURE__*/ elementwise("specialLogNdtr", (x) => {
  const t = s.mul(x!, Math.SQRT1_2), low = s.min(t, 0);
  return s.select(s.lt(x!, -1), s.sub(s.log(s.mul(scaledTail(s.neg(low)), 0.5)), squareOf(low)), s.log1p(s.mul(erfcOf(t), -0.5)));
}, { rule: "float", gradient: (g, _, [x]) => [s.mul(s.div(g, erfcxOf(s.mul(x!, -Math.SQRT1_2))), Math.SQRT2 / Math.sqrt(Math.PI))] });
