/** @file Expressions that several ops are made of, written so that neither they nor their derivatives overflow into NaN. Knows no op. */
import { isFloat } from "../dtype.ts";
import * as s from "../scalar/expr.ts";
import type { Expr, Operand } from "../scalar/expr.ts";

/** -|x|, whose derivative at 0 is -1: exp of it never overflows. */
const negative = (x: Expr): Expr => s.select(s.lt(x, 0), x, s.neg(x));

/** exp(x) of a difference that is not positive, as a power of 2, which is less work: no less exact than the difference. -|x| is x, and tells backends so. */
export const expBelowZero = (x: Expr): Expr => s.exp2(s.neg(s.abs(s.mul(x, Math.LOG2E))));
/** 1 + exp(x). What is below -80 does not count, and so no backend has to think of exponentials that vanish. */
export const onePlusExp = (x: Expr): Expr => s.add(1, s.exp(s.max(x, -80)));

/** 1 / (1 + exp(-x)), to full relative precision on both sides. */
export function sigmoidOf(x: Expr): Expr {
  const e = s.exp(negative(x)), large = s.div(1, s.add(1, e));
  return s.select(s.lt(x, 0), s.mul(e, large), large);
}
/** log(1 + exp(x)). */
export const softplusOf = (x: Expr): Expr => s.add(s.select(s.lt(x, 0), 0, x), s.log1p(s.exp(negative(x))));

/** (exp(x) + exp(-x)) / 2. The half power is squared, so that it overflows only where the result does. */
export function coshOf(x: Expr): Expr {
  const half = s.exp(s.mul(s.abs(x), 0.5));
  return s.add(s.mul(s.mul(half, 0.5), half), s.div(0.5, s.mul(half, half)));
}
/** (exp(x) - exp(-x)) / 2, accurate near 0. */
export function sinhOf(x: Expr): Expr {
  const a = s.abs(x), half = s.exp(s.mul(a, 0.5)), e = s.expm1(s.min(a, 20));
  const magnitude = s.select(s.lt(a, 20), s.mul(0.5, s.add(e, s.div(e, s.add(e, 1)))), s.mul(s.mul(half, 0.5), half));
  return s.select(s.eq(x, 0), x, s.select(s.lt(x, 0), s.neg(magnitude), magnitude));
}

/** Whether the sign bit is set, that of -0 too. float64 has no bits here: of it, the sign of a NaN is taken as positive. */
export function signBitOf(x: Expr): Expr {
  if (!isFloat(x.dtype)) return s.lt(x, 0);
  return x.dtype === "float32" ? s.lt(s.bitcast(x), 0) : s.or(s.lt(x, 0), s.and(s.eq(x, 0), s.lt(s.div(1, x), 0)));
}
/** Neither NaN nor infinite. */
export const isFiniteOf = (x: Expr): Expr => s.lt(s.abs(x), Infinity);

export const both = (x: Expr, y: Expr, ...more: readonly Expr[]): Expr => [y, ...more].reduce((a, b) => s.and(a, b), x);
export const either = (x: Expr, y: Expr, ...more: readonly Expr[]): Expr => [y, ...more].reduce((a, b) => s.or(a, b), x);
/** f of floats, and the number itself for integers. */
export const ofFloats = (f: (x: Expr) => Expr) => (x?: Expr): Expr => (isFloat(x!.dtype) ? f(x!) : x!);
/** x^2. */
export const squareOf = (x: Expr): Expr => s.mul(x, x);
/** c0 + c1 x + c2 x^2 ...: Horner's rule. */
export const polynomialOf = (x: Expr, coefficients: readonly number[]): Expr =>
  coefficients.slice(0, -1).reduceRight<Operand>((sum, c) => s.add(s.mul(sum, x), c), s.lit(coefficients.at(-1)!, x.dtype)) as Expr;
/** sqrt(x^2 + y^2), without overflow in between. */
export function hypotOf(x: Expr, y: Expr): Expr {
  const a = s.abs(x), b = s.abs(y), big = s.max(a, b), ratio = s.div(s.min(a, b), big);
  const length = s.select(s.eq(big, 0), 0, s.mul(big, s.sqrt(s.add(1, s.mul(ratio, ratio)))));
  return s.select(s.or(s.eq(a, Infinity), s.eq(b, Infinity)), Infinity, length);
}
