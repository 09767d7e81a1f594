/** @file What is made of the error function: its complement, its inverse, the normal distribution. Rational functions from Cephes (Moshier, ndtr.c). */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { polynomialOf, squareOf } from "../stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;

// erfc(x) = exp(-x^2) P(x) / Q(x) for 1 <= x < 8, exp(-x^2) R(x) / S(x) beyond; lowest coefficient first.
const P = [557.5353353693994, 1027.5518868951572, 934.5285271719576, 526.4451949954773, 196.5208329560771, 48.63719709856814, 7.463210564422699, 0.5641895648310689, 2.461969814735305e-10];
const Q = [557.5353408177277, 1656.6630919416134, 2246.3376081871097, 1823.9091668790973, 975.7085017432055, 354.9379377878819, 86.70721408859897, 13.22819511547449, 1];
const R = [2.978866653721002, 7.409742699504489, 6.160210979930536, 5.019050422511805, 1.275366707599781, 0.5641895835477551];
const S = [3.369076451000815, 9.608968090632859, 17.08144507475659, 12.048953980809666, 9.396035249380015, 2.260528632201173, 1];

/** exp(a^2) erfc(a) for a >= 1. */
function scaledTail(a: Expr): Expr {
  const near = s.min(a, 8), far = s.max(a, 8), reciprocal = s.div(1, far);
  // R(x) / S(x) in 1 / x, so that no power of a large x overflows.
  const tail = s.mul(reciprocal, s.div(polynomialOf(reciprocal, [...R].reverse()), polynomialOf(reciprocal, [...S].reverse())));
  return s.select(s.lt(a, 8), s.div(polynomialOf(near, P), polynomialOf(near, Q)), tail);
}
/** 1 - erf(x), to full relative precision. */
function erfcOf(x: Expr): Expr {
  const a = s.abs(x), out = s.max(a, 1), tail = s.mul(s.exp(s.neg(squareOf(out))), scaledTail(out));
  return s.select(s.lt(a, 1), s.sub(1, s.erf(x)), s.select(s.lt(x, 0), s.sub(2, tail), tail));
}
/** exp(x^2) erfc(x). */
function erfcxOf(x: Expr): Expr {
  const a = s.abs(x), out = s.max(a, 1), square = squareOf(x);
  const tail = scaledTail(out);
  return s.select(s.lt(a, 1), s.mul(s.exp(square), s.sub(1, s.erf(x))), s.select(s.lt(x, 0), s.sub(s.mul(2, s.exp(square)), tail), tail));
}
const FACTOR = 2 / Math.sqrt(Math.PI);
/** x with erfc(x) = q, for 0 < q <= 0.3: a rational start, and Newton's steps. */
function inverseTail(q: Expr): Expr {
  const z = s.sqrt(s.neg(s.log(s.mul(q, 0.5))));
  let x = s.div(polynomialOf(z, [-1.970840454, -1.624906493, 3.429567803, 1.641345311]), polynomialOf(z, [1, 3.5438892, 1.6370678]));
  for (let step = 0; step < 3; step++) {
    // In units of erfc itself, so that nothing overflows: the residual over the derivative is (1 - q / erfc(x)) erfcx(x) / FACTOR.
    const tail = erfcxOf(x), ratio = s.mul(q, s.div(s.exp(squareOf(x)), tail));
    x = s.add(x, s.mul(s.sub(1, ratio), s.mul(tail, 1 / FACTOR)));
  }
  return x;
}
/** x with erf(x) = y, for |y| <= 0.7. */
function inverseMiddle(y: Expr): Expr {
  const z = squareOf(y);
  let x = s.mul(y, s.div(polynomialOf(z, [0.886226899, -1.645349621, 0.914624893, -0.140543331]), polynomialOf(z, [1, -2.118377725, 1.442710462, -0.329097515, 0.012229801])));
  for (let step = 0; step < 2; step++) x = s.sub(x, s.div(s.sub(s.erf(x), y), s.mul(FACTOR, s.exp(s.neg(squareOf(x))))));
  return x;
}
function erfinvOf(y: Expr): Expr {
  const a = s.abs(y), tail = inverseTail(s.min(s.max(s.sub(1, a), 1e-30), 0.3)), signed = s.select(s.lt(y, 0), s.neg(tail), tail);
  const inside = s.select(s.le(a, 0.7), inverseMiddle(s.max(s.min(y, 0.7), -0.7)), signed);
  return s.select(s.lt(a, 1), inside, s.select(s.eq(a, 1), s.select(s.lt(y, 0), -Infinity, s.lit(Infinity, y.dtype)), NaN));
}
function ndtriOf(p: Expr): Expr {
  const upper = s.lt(0.5, p), q = s.mul(2, s.select(upper, s.sub(1, p), p)); // erfc(|x| / sqrt(2)) = q
  const magnitude = s.select(s.lt(q, 0.3), inverseTail(s.min(s.max(q, q.dtype === "float64" ? 2e-307 : 2e-38), 0.3)), inverseMiddle(s.sub(1, s.max(q, 0.3))));
  const x = s.mul(s.select(upper, magnitude, s.neg(magnitude)), Math.SQRT2);
  return s.select(s.eq(p, 0), -Infinity, s.select(s.eq(p, 1), Infinity, s.select(s.and(s.lt(0, p), s.lt(p, 1)), x, NaN)));
}

/** 1 - erf(x), accurate however small it is. */
export const erfc: Unary = /*@__PURE__*/ elementwise("erfc", (x) => erfcOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, s.mul(FACTOR, s.exp(s.neg(squareOf(x!))))))] });
/** exp(x^2) erfc(x): the complement without its decay. */
export const erfcx: Unary = /*@__PURE__*/ elementwise("specialErfcx", (x) => erfcxOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(s.mul(s.mul(2, x!), out), FACTOR))] });
/** The inverse of erf: infinite at -1 and 1, NaN beyond. */
export const erfinv: Unary = /*@__PURE__*/ elementwise("erfinv", (x) => erfinvOf(x!), { rule: "float", gradient: (g, out) => [s.mul(g, s.mul(Math.sqrt(Math.PI) / 2, s.exp(squareOf(out))))] });
const DENSITY = 1 / Math.sqrt(2 * Math.PI);
/** The normal distribution function: the probability of a value below x. */
export const ndtr: Unary = /*@__PURE__*/ elementwise("mul:1", (x) => s.mul(0.5, erfcOf(s.mul(x!, -Math.SQRT1_2))), {
  rule: "float", gradient: (g, _, [x]) => [s.mul(g, s.mul(DENSITY, s.exp(s.mul(squareOf(x!), -0.5))))],
});
/** The inverse of the normal distribution function. */
export const ndtri: Unary = /*@__PURE__*/ elementwise("specialNdtri", (x) => ndtriOf(x!), { rule: "float", gradient: (g, out) => [s.mul(g, s.mul(1 / DENSITY, s.exp(s.mul(squareOf(out), 0.5))))] });
/** log(ndtr(x)), accurate where ndtr is 0 already. */
export const logNdtr: Unary = /*@__PURE__*/ elementwise("specialLogNdtr", (x) => {
  const t = s.mul(x!, Math.SQRT1_2), low = s.min(t, 0);
  return s.select(s.lt(x!, -1), s.sub(s.log(s.mul(erfcxOf(s.neg(low)), 0.5)), squareOf(low)), s.log1p(s.mul(erfcOf(t), -0.5)));
}, { rule: "float", gradient: (g, _, [x]) => [s.mul(s.div(g, erfcxOf(s.mul(x!, -Math.SQRT1_2))), Math.SQRT2 / Math.sqrt(Math.PI))] });
