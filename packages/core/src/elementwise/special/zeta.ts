/** @file Hurwitz's zeta function and the derivatives of digamma that are made of it. Integers and bools give float32. */
import { ArgumentError } from "../../errors.ts";
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { notDerived } from "../../scalar/program.ts";
import { type Elementwise, elementwise, type Operand } from "../elementwise.ts";
import { both, either, polynomialOf } from "../stable.ts";
import { cotPi, digammaOf, fraction, isInteger, trigammaOf } from "./gamma.ts";

type Unary = Elementwise<readonly [x: Tensor]>;

/** (2k)! / B(2k): what divides the terms of Euler and Maclaurin's sum. */
const DIVISORS = [12, -720, 30240, -1209600, 47900160, -1892437580.3183792, 74724249600, -2950130727918.164, 116467828143500.67, -4597978722407473, 181521054019435460, -7166165256175667000];

/** The sum of 1 / (k + q)^x over k = 0, 1 ... for x > 1 and q > 0; the first terms one by one, the rest by Euler and Maclaurin. */
function positiveZeta(x: Expr, q: Expr): Expr {
  const count = x.dtype === "float64" ? 9 : 6, power = (a: Expr): Expr => s.pow(a, s.neg(x));
  let sum = power(q), a = q, last = sum;
  for (let k = 1; k <= count; k++) {
    a = s.add(q, k);
    last = power(a);
    sum = s.add(sum, last);
  }
  const enough = s.le(last, s.mul(sum, 1e-17)), partial = sum; // of a large power the first terms are all, and factors would overflow
  const inverse = s.div(1, a);
  sum = s.sub(s.add(sum, s.div(s.mul(last, a), s.sub(x, 1))), s.mul(0.5, last));
  let factor: Expr = s.mul(x, inverse);
  for (const [i, divisor] of DIVISORS.entries()) {
    if (i > count + 2) break;
    sum = s.add(sum, s.mul(s.mul(factor, last), 1 / divisor));
    factor = s.mul(s.mul(factor, s.mul(s.add(x, 2 * i + 1), inverse)), s.mul(s.add(x, 2 * i + 2), inverse));
  }
  return s.select(enough, partial, sum);
}
/** For q < 0 and a whole x the terms on the left of 0 are a finite sum: with r = q - floor(q), zeta(x, r) + (-1)^x (zeta(x, 1 - r) - zeta(x, 1 - q)). */
function zetaOf(x: Expr, q: Expr): Expr {
  const safeX = s.select(s.lt(1, x), x, 2), right = s.lt(0, q), whole = isInteger(q), rest = s.select(whole, 0.5, s.sub(q, s.floor(q)));
  const start = positiveZeta(safeX, s.select(right, q, rest));
  const finite = s.sub(positiveZeta(safeX, s.sub(1, rest)), positiveZeta(safeX, s.select(right, 2, s.sub(1, q)))), isEven = isInteger(s.mul(safeX, 0.5));
  const onLeft = s.select(whole, Infinity, s.select(isInteger(x), s.add(start, s.select(isEven, finite, s.neg(finite))), NaN));
  const value = s.select(right, start, onLeft);
  // PyTorch has NaN where every term is 0 and a factor of the correction infinite, and at an infinite q.
  const lost = either(s.isNan(x), s.isNan(q), both(s.lt(2.5e13, x), s.lt(1, q)), s.eq(q, Infinity));
  return s.select(either(lost, s.lt(x, 1)), NaN, s.select(s.eq(x, 1), Infinity, value));
}

const orders: (Unary | undefined)[] = [];
/** The coefficients of the n-th derivative of cot(x) as a polynomial in cot(x): P' = -(1 + c^2) dP/dc. */
function cotangentDerivative(n: number): number[] {
  let p = [0, 1];
  for (let step = 0; step < n; step++) {
    const slope = p.slice(1).map((c, k) => c * (k + 1)), next = new Array<number>(slope.length + 2).fill(0);
    slope.forEach((c, k) => { next[k]! -= c; next[k + 2]! -= c; });
    p = next;
  }
  return p;
}
/**
 * The n-th derivative of digamma, as an expression: for n > 1 by Hurwitz's zeta, (-1)^(n+1) n! zeta(n + 1, x), and on the left by reflection,
 * psi_n(x) = (-1)^n psi_n(1 - x) - pi d^n cot(pi x).
 */
function polygammaOf(n: number, x: Expr): Expr {
  if (n === 0) return digammaOf(x);
  if (n === 1) return trigammaOf(x);
  let factorial = n % 2 === 0 ? -1 : 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  const left = s.lt(x, 0), zero = s.eq(x, 0), sum = positiveZeta(s.lit(n + 1, x.dtype), s.select(left, s.sub(1, x), s.select(zero, 1, x)));
  const whole = s.select(zero, factorial * Infinity, s.mul(factorial, sum));
  const inside = s.select(s.or(isInteger(x), s.le(0, x)), s.lit(0.25, x.dtype), fraction(x)), cotangent = cotPi(inside);
  const reflected = s.sub(n % 2 === 0 ? whole : s.neg(whole), s.mul(Math.PI ** (n + 1), polynomialOf(cotangent, cotangentDerivative(n))));
  return s.select(s.eq(x, Infinity), NaN, s.select(left, s.select(isInteger(x), factorial * Infinity, reflected), whole));
}
/**
 * The n-th derivative of digamma: `polygamma(0, x)` is digamma. Its derivative is `polygamma(n + 1, x)`.
 * @param n the order, a whole number that is not negative
 * @param x of any shape and dtype
 * @returns x's shape; a float keeps its dtype, integers and bools give float32
 * @throws ArgumentError for an n that is negative or not whole
 * @example polygamma(1, tensor([1, 2])) // [1.6449, 0.6449]
 */
export function polygamma(n: number, x: Tensor): Tensor {
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError("polygamma(n, x) does not support negative n.");
  return (orders[n] ??= elementwise("polygamma", (y) => polygammaOf(n, y!), { rule: "float", gradient: (g, _, [y]) => [s.mul(g, polygammaOf(n + 1, y!))] }))(x);
}
/**
 * Hurwitz's zeta function: the sum of 1 / (k + q)^x over k = 0, 1 ... The operands broadcast. NaN for x < 1, infinite at 1; for q <= 0 infinite where q is whole, else NaN unless x is.
 * Integers and bools give float32. The derivative of q is -x zeta(x + 1, q); of x there is none, as in PyTorch.
 * Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @throws NotSupportedError in backward, where x needs a gradient
 * @example special.zeta(tensor([2]), tensor([1])) // [1.6449]
 */
export const zeta: Elementwise<readonly [x: Operand, q: Operand]> = /*@__PURE__*/ elementwise("specialZeta", (x, q) => zetaOf(x!, q!), {
  rule: "float", gradient: (g, _, [x, q]) => [() => { throw notDerived("zeta"); }, s.neg(s.mul(g, s.mul(x!, zetaOf(s.add(x!, 1), q!))))],
});
