/** @file Bessel functions of the first and second kind: series about the middle of [0, 8], modulus and phase beyond. Integers give float32. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { squareOf } from "../stable.ts";
import { J0_NEAR, J1_NEAR, P0_FAR, P1_FAR, Q0_FAR, Q1_FAR, Y0_NEAR, Y1_NEAR } from "./bessel.table.ts";
import { chebyshevOf } from "./chebyshev.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
const TWO_OVER_PI = 0.6366197723675814;

/** x brought into [0, 8], and the variable of the series there. */
function nearBy(a: Expr): { readonly near: Expr; readonly t: Expr } {
  const near = s.min(a, 8);
  return { near, t: s.sub(s.mul(squareOf(near), 1 / 32), 1) };
}
/**
 * sqrt(pi x) times J_n and Y_n for x >= 8. The phase x - pi / 4 is taken apart, so that sine and cosine are of x itself, which no rounding moves:
 * sqrt(2) cos(x - pi / 4) = cos(x) + sin(x).
 */
function farOff(a: Expr, p: readonly number[], q: readonly number[]): { readonly cosine: Expr; readonly sine: Expr; readonly scale: Expr } {
  const far = s.max(a, 8), u = s.div(8, far), t = s.sub(s.mul(2, squareOf(u)), 1);
  const modulus = chebyshevOf(t, p), turned = s.mul(u, chebyshevOf(t, q));
  const sum = s.add(s.cos(far), s.sin(far)), difference = s.sub(s.sin(far), s.cos(far));
  return {
    cosine: s.sub(s.mul(modulus, sum), s.mul(turned, difference)),
    sine: s.add(s.mul(modulus, difference), s.mul(turned, sum)),
    scale: s.div(Math.sqrt(1 / Math.PI), s.sqrt(far)),
  };
}

const nearJ0 = (t: Expr): Expr => chebyshevOf(t, J0_NEAR);
const nearJ1 = (near: Expr, t: Expr): Expr => s.mul(near, chebyshevOf(t, J1_NEAR));
function j0Of(x: Expr): Expr {
  const a = s.abs(x), { cosine, scale } = farOff(a, P0_FAR, Q0_FAR);
  return s.select(s.le(a, 8), nearJ0(nearBy(a).t), s.mul(scale, cosine));
}
function j1Of(x: Expr): Expr {
  const a = s.abs(x), { near, t } = nearBy(a), { sine, scale } = farOff(a, P1_FAR, Q1_FAR);
  const magnitude = s.select(s.le(a, 8), nearJ1(near, t), s.mul(scale, sine));
  return s.select(s.lt(x, 0), s.neg(magnitude), magnitude);
}
/** What Y is for x > 0: -Infinity at 0, NaN on the left. */
const ofPositive = (x: Expr, value: Expr): Expr => s.select(s.lt(0, x), value, s.select(s.eq(x, 0), s.lit(-Infinity, x.dtype), NaN));
const positive = (x: Expr): Expr => s.select(s.lt(0, x), x, 1);
function y0Of(x: Expr): Expr {
  const a = positive(x), { near, t } = nearBy(a), { sine, scale } = farOff(a, P0_FAR, Q0_FAR);
  const small = s.add(s.mul(s.mul(TWO_OVER_PI, s.log(near)), nearJ0(t)), chebyshevOf(t, Y0_NEAR));
  return ofPositive(x, s.select(s.le(a, 8), small, s.mul(scale, sine)));
}
function y1Of(x: Expr): Expr {
  const a = positive(x), { near, t } = nearBy(a), { cosine, scale } = farOff(a, P1_FAR, Q1_FAR);
  const small = s.add(s.mul(TWO_OVER_PI, s.sub(s.mul(s.log(near), nearJ1(near, t)), s.div(1, near))), s.mul(near, chebyshevOf(t, Y1_NEAR)));
  return ofPositive(x, s.select(s.le(a, 8), small, s.neg(s.mul(scale, cosine))));
}
/** 0, and what a device may take for 0 in a quotient. */
const isNothing = (x: Expr): Expr => s.lt(s.abs(x), 2 ** -54);
/** f0 - f1 / x, the derivative of both J1 and Y1; of J1 at 0 it is 1/2. */
const derivativeOfFirst = (x: Expr, f0: Expr, f1: Expr): Expr => s.sub(f0, s.div(f1, x));
function besselJ1Gradient(x: Expr, out: Expr): Expr {
  const zero = isNothing(x);
  return s.select(zero, 0.5, derivativeOfFirst(s.select(zero, 1, x), j0Of(x), out));
}

/** sin(x) / x. */
const sphericalOf = (x: Expr): Expr => {
  const zero = isNothing(x);
  return s.select(zero, 1, s.select(s.eq(s.abs(x), Infinity), 0, s.div(s.sin(x), s.select(zero, 1, x))));
};
/** -x/3 (1 - x^2 / 10 (1 - x^2 / 28 ...)) near 0, where (cos(x) - out) / x has no digits left. */
function sphericalGradient(x: Expr, out: Expr): Expr {
  const small = s.lt(s.abs(x), 1), inside = s.select(small, x, 0), outside = s.select(small, 1, x), z = squareOf(inside);
  let series: Expr = s.lit(1, x.dtype);
  for (let k = 9; k >= 1; k--) series = s.sub(1, s.mul(s.mul(z, 1 / (2 * k * (2 * k + 3))), series));
  return s.select(small, s.mul(s.mul(inside, -1 / 3), series), s.div(s.sub(s.cos(outside), out), outside));
}

/**
 * The Bessel function of the first kind of order 0, element by element; NaN at infinity. Integers and bools give float32.
 * 
 * To about 1e-7 in float32 and 1e-15 in float64, absolutely. Its derivative, which PyTorch lacks, is -J1(x). Of any shape; integers and bools give float32.
 * @example special.besselJ0(tensor([0, 1])) // [1, 0.7652]
 */
export const besselJ0: Unary = /*@__PURE__*/ elementwise("specialBesselJ0", (x) => j0Of(x!), { rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, j1Of(x!)))] });
/**
 * The Bessel function of the first kind of order 1. As `besselJ0`; its derivative is J0(x) - J1(x) / x. Of any shape; integers and bools give float32.
 * @example special.besselJ1(tensor([0, 1])) // [0, 0.4401]
 */
export const besselJ1: Unary = /*@__PURE__*/ elementwise("specialBesselJ1", (x) => j1Of(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, besselJ1Gradient(x!, out))] });
/**
 * The Bessel function of the second kind of order 0: -Infinity at 0, NaN below. As `besselJ0`; its derivative is -Y1(x). Of any shape; integers and bools give float32.
 * @example special.besselY0(tensor([1, 2])) // [0.0883, 0.5104]
 */
export const besselY0: Unary = /*@__PURE__*/ elementwise("specialBesselY0", (x) => y0Of(x!), { rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, y1Of(x!)))] });
/**
 * The Bessel function of the second kind of order 1: -Infinity at 0, NaN below. As `besselJ0`; its derivative is Y0(x) - Y1(x) / x.
 * Of any shape; integers and bools give float32.
 * @example special.besselY1(tensor([1, 2])) // [-0.7812, -0.107]
 */
export const besselY1: Unary = /*@__PURE__*/ elementwise("specialBesselY1", (x) => y1Of(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, derivativeOfFirst(x!, y0Of(x!), out))] });
/**
 * The spherical Bessel function of the first kind of order 0, sin(x) / x: 1 at 0, 0 at infinity. Integers and bools give float32.
 * Of any shape; integers and bools give float32.
 * @example special.sphericalBesselJ0(tensor([0, 1])) // [1, 0.8415]
 */
export const sphericalBesselJ0: Unary = /*@__PURE__*/ elementwise("specialSphericalBesselJ0", (x) => sphericalOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, sphericalGradient(x!, out))] });
