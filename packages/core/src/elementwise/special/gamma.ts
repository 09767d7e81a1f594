/** @file The gamma function's logarithm and its first derivatives. Integers and bools give float32. One series near 2, one in 1 / x^2 from 3 on; reflection on the left. */
import { ArgumentError, DTypeError } from "../../errors.ts";
import { composite, type Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { add, sub } from "../arithmetic.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { either, squareOf } from "../stable.ts";
import { chebyshevOf } from "./chebyshev.ts";
import { DIGAMMA_FAR, DIGAMMA_NEAR, LGAMMA_FAR, LGAMMA_NEAR, TRIGAMMA_FAR, TRIGAMMA_NEAR } from "./gamma.table.ts";

type Unary = Elementwise<readonly [x: Tensor]>;

/** The distance to the nearest integer: sin and tan of pi x have pi times it as argument, up to the sign. */
export const fraction = (x: Expr): Expr => s.select(s.lt(s.abs(x), 0.5), x, s.sub(x, s.round(x)));
/** cot(pi r) for |r| <= 1/2, not 0: from the nearer of 0 and 1/2, so that its zero is exact. */
export function cotPi(r: Expr): Expr {
  const a = s.abs(r), near = s.lt(a, 0.25), tangent = s.tan(s.mul(s.select(near, a, s.sub(0.5, a)), Math.PI));
  const value = s.select(near, s.div(1, s.select(near, tangent, s.lit(1, r.dtype))), tangent);
  return s.select(s.lt(r, 0), s.neg(value), value);
}
export const isInteger = (x: Expr): Expr => s.eq(s.floor(x), x);

/**
 * Where a function of x > 0 is looked up: [1, 3] as it is, (0, 1) one step to the right, and the tail from 3 on. `over` is the distance from 1, exact; t the variable of
 * the near table, v of the far one.
 */
function places(x: Expr): { readonly below: Expr; readonly over: Expr; readonly t: Expr; readonly far: Expr; readonly v: Expr; readonly isFar: Expr } {
  const isFar = s.le(3, x), near = s.min(x, 3), below = s.lt(near, 1), over = s.select(below, near, s.sub(near, 1)), far = s.max(x, 3);
  return { below, over, t: s.sub(over, 1), far, v: s.sub(s.mul(2, squareOf(s.div(3, far))), 1), isFar };
}
/** log(gamma(x)) less Stirling's (x - 1/2) log(x) - x + log(2 pi) / 2, for x >= 3. */
export const stirlingRest = (x: Expr): Expr => s.div(chebyshevOf(s.sub(s.mul(2, squareOf(s.div(3, x))), 1), LGAMMA_FAR), x);
/** log(gamma(x)) for x > 0, also relatively beside its zeros 1 and 2. */
export function positiveLgamma(x: Expr): Expr {
  const { below, over, t, far, v, isFar } = places(x);
  const middle = s.mul(s.mul(over, t), chebyshevOf(t, LGAMMA_NEAR)), near = s.sub(middle, s.select(below, s.log(s.select(below, over, 1)), 0));
  const stirling = s.add(s.sub(s.mul(s.sub(far, 0.5), s.log(far)), far), s.add(0.5 * Math.log(2 * Math.PI), s.div(chebyshevOf(v, LGAMMA_FAR), far)));
  return s.select(isFar, stirling, near);
}
/** log(gamma(1 + a)) / a for 0 <= a <= 1. */
export const lgammaSlope = (a: Expr): Expr => { const t = s.sub(a, 1); return s.mul(t, chebyshevOf(t, LGAMMA_NEAR)); };
export function lgammaOf(x: Expr): Expr {
  const left = s.lt(x, 0), whole = positiveLgamma(s.select(left, s.sub(1, x), s.select(s.eq(x, 0), 1, x)));
  // |sin(pi r)|, and where it is pi |r| without pi, since a device may take the smallest numbers for 0 in a product.
  const r = s.abs(s.select(left, fraction(x), 0.5)), close = s.lt(r, 2 ** -54), sine = s.select(close, r, s.abs(s.sin(s.mul(r, Math.PI))));
  const value = s.select(left, s.sub(s.sub(s.select(close, 0, s.lit(Math.log(Math.PI), x.dtype)), s.log(sine)), whole), whole);
  return s.select(s.isNan(x), x, s.select(either(s.eq(s.abs(x), Infinity), s.and(s.le(x, 0), isInteger(x))), Infinity, value));
}

/** The zero of digamma: what float32 holds of it, and the rest. */
const ZERO_HIGH = 1.4616321325302124, ZERO_LOW = 1.243814993891891e-8;
/** The logarithmic derivative of gamma for x > 0, also relatively beside its zero. */
function positiveDigamma(x: Expr): Expr {
  const { below, over, t, far, v, isFar } = places(x);
  const beside = s.sub(s.sub(over, ZERO_HIGH - 1), ZERO_LOW), middle = s.mul(beside, chebyshevOf(t, DIGAMMA_NEAR));
  const near = s.sub(middle, s.select(below, s.div(1, s.select(below, over, 1)), 0)), r = s.div(1, far);
  return s.select(isFar, s.sub(s.sub(s.log(far), s.mul(0.5, r)), s.mul(squareOf(r), chebyshevOf(v, DIGAMMA_FAR))), near);
}
export function digammaOf(x: Expr): Expr {
  const left = s.lt(x, 0), whole = positiveDigamma(s.select(left, s.sub(1, x), s.select(s.eq(x, 0), 1, x)));
  const inside = s.select(s.or(isInteger(x), s.le(0, x)), s.lit(0.25, x.dtype), fraction(x));
  const value = s.select(left, s.sub(whole, s.mul(Math.PI, cotPi(inside))), whole);
  const pole = s.select(s.eq(x, 0), s.div(-1, x), s.select(s.and(left, isInteger(x)), NaN, value));
  return s.select(either(s.isNan(x), s.eq(x, Infinity)), x, pole);
}

/** The second derivative of log(gamma). At its poles but 0 it is not infinite but, as in PyTorch, what the rounding of pi x leaves. */
export function trigammaOf(x: Expr): Expr {
  const left = s.lt(x, 0), { below, over, t, far, v, isFar } = places(s.select(left, s.sub(1, x), x));
  const near = s.add(chebyshevOf(t, TRIGAMMA_NEAR), s.select(below, s.div(1, squareOf(s.select(below, over, 1))), 0)), r = s.div(1, far);
  const tail = s.mul(r, s.add(1, s.mul(r, s.add(0.5, s.mul(r, chebyshevOf(v, TRIGAMMA_FAR))))));
  const whole = s.select(isFar, tail, near), sine = s.sin(s.mul(s.select(left, s.select(isInteger(x), x, fraction(x)), 0.5), Math.PI));
  return s.select(left, s.sub(s.div(Math.PI * Math.PI, squareOf(sine)), whole), whole);
}

/**
 * The logarithm of |gamma(x)|: infinite at 0, -1, -2 ... Of any shape; integers and bools give float32.
 * @example lgamma(tensor([1, 0.5])) // [0, 0.5724]
 */
export const lgamma: Unary = /*@__PURE__*/ elementwise("lgamma", (x) => lgammaOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, digammaOf(x!))] });
/**
 * The derivative of lgamma. Of any shape; integers and bools give float32.
 * @example digamma(tensor([1, 0.5])) // [-0.5772, -1.9635]
 */
export const digamma: Unary = /*@__PURE__*/ elementwise("digamma", (x) => digammaOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, trigammaOf(x!))] });

/** `lgamma` under its name in torch.special. */
export const gammaln: Unary = lgamma;
/** `digamma` under its name in torch.special. */
export const psi: Unary = digamma;

/**
 * The logarithm of the multivariate gamma function: p (p - 1) / 4 log(pi) + the sum of lgamma(x - j / 2), j < p.
 * @param x above (p - 1) / 2, of any shape
 * @param p the number of dims, 1 or more
 * @returns x's shape; a float keeps its dtype, integers and bools give float32
 * @throws ArgumentError for a p below 1
 * @example mvlgamma(tensor([2, 3]), 2) // [0.4516, 1.5502]
 */
export function mvlgamma(x: Tensor, p: number): Tensor {
  if (x.dtype === "bool") throw new DTypeError("The input tensor may not be a boolean tensor.");
  if (!(p >= 1)) throw new ArgumentError("p has to be greater than or equal to 1");
  return multivariate(x, p);
}
/** As lgamma, but of -0 the derivative is that of 0. */
const withoutSign = (x: Expr): Expr => s.select(s.eq(x, 0), 0, x);
const lgammaOfUnsignedZero: Unary = /*@__PURE__*/ elementwise("lgamma", (x) => lgammaOf(withoutSign(x!)), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, digammaOf(withoutSign(x!)))] });
const multivariate: (x: Tensor, p: number) => Tensor = /*@__PURE__*/ composite("MvlgammaBackward0", (x: Tensor, p: number): Tensor => {
  let sum = lgammaOfUnsignedZero(x);
  for (let j = 1; j < p; j++) sum = add(sum, lgamma(sub(x, j / 2)));
  return add(sum, (p * (p - 1) / 4) * Math.log(Math.PI));
});
/** `mvlgamma` under its name in torch.special. */
export const multigammaln: typeof mvlgamma = mvlgamma;
