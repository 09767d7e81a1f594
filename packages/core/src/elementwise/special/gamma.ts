/** @file The gamma function's logarithm and its derivatives, Hurwitz's zeta. Integers give float32. Asymptotic series, reached by recurrence; reflection on the left. */
import { ArgumentError } from "../../errors.ts";
import { composite, type Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise, type Operand } from "../elementwise.ts";
import { add, sub } from "../arithmetic.ts";
import { either, polynomialOf, squareOf } from "../stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;

/** The distance to the nearest integer: sin and tan of pi x have pi times it as argument, up to the sign. */
const fraction = (x: Expr): Expr => s.sub(x, s.round(x));
/** cot(pi r) for |r| <= 1/2, not 0: from the nearer of 0 and 1/2, so that its zero is exact. */
function cotPi(r: Expr): Expr {
  const a = s.abs(r), near = s.lt(a, 0.25), tangent = s.tan(s.mul(s.select(near, a, s.sub(0.5, a)), Math.PI));
  const value = s.select(near, s.div(1, s.select(near, tangent, s.lit(1, r.dtype))), tangent);
  return s.select(s.lt(r, 0), s.neg(value), value);
}
const isInteger = (x: Expr): Expr => s.eq(s.floor(x), x);

/** log(gamma(x)) for x >= 8, by Stirling. */
function stirling(x: Expr): Expr {
  const r = s.div(1, x), z = squareOf(r);
  const series = s.mul(r, polynomialOf(z, [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]));
  return s.add(s.sub(s.mul(s.sub(x, 0.5), s.log(x)), x), s.add(0.5 * Math.log(2 * Math.PI), series));
}
/** log(gamma(x)) for x > 0. */
function positiveLgamma(x: Expr): Expr {
  const small = s.lt(x, 8), low = s.min(x, 8);
  let product: Expr = low;
  for (let k = 1; k < 8; k++) product = s.mul(product, s.add(low, k));
  const shifted = s.sub(stirling(s.add(low, 8)), s.log(product));
  return s.select(small, shifted, stirling(s.max(x, 8)));
}
function lgammaOf(x: Expr): Expr {
  const left = s.lt(x, 0.5), reflected = s.select(left, s.sub(1, x), x), whole = positiveLgamma(s.max(reflected, 0.25));
  const sine = s.abs(s.sin(s.mul(s.select(left, fraction(x), 0.5), Math.PI)));
  const value = s.select(left, s.sub(s.sub(Math.log(Math.PI), s.log(sine)), whole), whole);
  return s.select(s.isNan(x), x, s.select(either(s.eq(s.abs(x), Infinity), s.and(s.le(x, 0), isInteger(x))), Infinity, value));
}

/** The logarithmic derivative of gamma for x > 0. */
function positiveDigamma(x: Expr): Expr {
  const small = s.lt(x, 10), low = s.min(x, 10);
  let sum: Expr = s.div(1, low);
  for (let k = 1; k < 10; k++) sum = s.add(sum, s.div(1, s.add(low, k)));
  const y = s.select(small, s.add(low, 10), x), z = s.div(1, squareOf(y));
  const tail = s.mul(z, polynomialOf(z, [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12]));
  const asymptotic = s.sub(s.sub(s.log(y), s.div(0.5, y)), tail);
  return s.select(small, s.sub(asymptotic, sum), asymptotic);
}
function digammaOf(x: Expr): Expr {
  const left = s.lt(x, 0), whole = positiveDigamma(s.select(left, s.sub(1, x), s.select(s.eq(x, 0), 1, x)));
  const inside = s.select(s.or(isInteger(x), s.le(0, x)), s.lit(0.25, x.dtype), fraction(x));
  const value = s.select(left, s.sub(whole, s.mul(Math.PI, cotPi(inside))), whole);
  const pole = s.select(s.eq(x, 0), s.div(-1, x), s.select(s.and(left, isInteger(x)), NaN, value));
  return s.select(either(s.isNan(x), s.eq(x, Infinity)), x, pole);
}

/** The second derivative of log(gamma). */
function trigammaOf(x: Expr): Expr {
  const left = s.lt(x, 0.5), start = s.select(left, s.sub(1, x), x);
  let sum: Expr = s.div(1, squareOf(start));
  for (let k = 1; k < 8; k++) sum = s.add(sum, s.div(1, squareOf(s.add(start, k))));
  const y = s.add(start, 8), r = s.div(1, y), z = squareOf(r);
  const asymptotic = s.mul(r, s.add(s.add(1, s.mul(0.5, r)), s.mul(z, polynomialOf(z, [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66]))));
  const whole = s.add(sum, asymptotic), sine = s.sin(s.mul(s.select(left, fraction(x), 0.5), Math.PI));
  return s.select(left, s.sub(s.div(Math.PI * Math.PI, squareOf(sine)), whole), whole);
}

/** (2k)! / B(2k): what divides the terms of Euler and Maclaurin's sum (Cephes, zeta.c). */
const DIVISORS = [12, -720, 30240, -1209600, 47900160, -1.307674368e12 / 691, 7.47242496e10, -1.067062284288e16 / 3617, 5.109094217170944e18 / 43867, -8.028576626982912e20 / 174611, 1.55112100433309e23 / 854513, -1.69382413673174e27 / 236364091];
/** The sum of 1 / (k + q) ** x over k = 0, 1 ... for x > 1; the first terms one by one, the rest by Euler and Maclaurin. */
function zetaOf(x: Expr, q: Expr): Expr {
  const safeX = s.select(s.lt(1, x), x, 2), power = (a: Expr): Expr => s.pow(a, s.neg(safeX));
  let a = s.select(s.and(s.le(q, 0), isInteger(q)), 1, q), sum = power(a), last = sum;
  for (let i = 0; i < 24; i++) {
    const goes = i < 9 ? undefined : s.le(a, 9), next = s.add(a, 1), term = power(next);
    [a, last, sum] = goes === undefined ? [next, term, s.add(sum, term)] : [s.select(goes, next, a), s.select(goes, term, last), s.select(goes, s.add(sum, term), sum)];
  }
  const partial = sum, enough = s.le(last, s.mul(sum, 1e-17)); // of a large power the first terms are all
  sum = s.sub(s.add(sum, s.div(s.mul(last, a), s.sub(safeX, 1))), s.mul(0.5, last));
  let factor: Expr = s.lit(1, x.dtype), b = last;
  for (const [i, divisor] of DIVISORS.entries()) {
    factor = s.mul(factor, s.add(safeX, 2 * i));
    b = s.div(b, a);
    sum = s.add(sum, s.mul(s.mul(factor, b), 1 / divisor));
    factor = s.mul(factor, s.add(safeX, 2 * i + 1));
    b = s.div(b, a);
  }
  sum = s.select(enough, partial, sum);
  const onLeft = s.select(isInteger(q), Infinity, s.select(s.and(isInteger(x), s.lt(-14, q)), sum, NaN));
  const value = s.select(s.le(q, 0), onLeft, sum);
  return s.select(either(s.isNan(x), s.isNan(q)), NaN, s.select(s.eq(x, 1), Infinity, s.select(s.lt(x, 1), NaN, s.select(s.eq(q, Infinity), NaN, value))));
}

/** The logarithm of |gamma(x)|: infinite at 0, -1, -2 ... */
export const lgamma: Unary = /*@__PURE__*/ elementwise("lgamma", (x) => lgammaOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, digammaOf(x!))] });
/** The derivative of lgamma. */
export const digamma: Unary = /*@__PURE__*/ elementwise("digamma", (x) => digammaOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, trigammaOf(x!))] });

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
  const left = s.lt(x, 0), whole = s.mul(factorial, zetaOf(s.lit(n + 1, x.dtype), s.select(left, s.sub(1, x), x)));
  const inside = s.select(s.or(isInteger(x), s.le(0, x)), s.lit(0.25, x.dtype), fraction(x)), cotangent = cotPi(inside);
  const reflected = s.sub(n % 2 === 0 ? whole : s.neg(whole), s.mul(Math.PI ** (n + 1), polynomialOf(cotangent, cotangentDerivative(n))));
  return s.select(left, s.select(isInteger(x), factorial * Infinity, reflected), whole);
}
/** The n-th derivative of digamma: `polygamma(0, x)` is digamma. */
export function polygamma(n: number, x: Tensor): Tensor {
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError("polygamma(n, x) does not support negative n.");
  return (orders[n] ??= elementwise("polygamma", (y) => polygammaOf(n, y!), { rule: "float", gradient: (g, _, [y]) => [s.mul(g, polygammaOf(n + 1, y!))] }))(x);
}
/** Hurwitz's zeta function: the sum of 1 / (k + q) ** x over k = 0, 1 ... for q > -14; NaN left of that. No derivative. */
export const zeta: Elementwise<readonly [x: Operand, q: Operand]> = /*@__PURE__*/ elementwise("specialZeta", (x, q) => zetaOf(x!, q!), { rule: "float", gradient: () => [] });
/** PyTorch's names in torch.special. */
export const gammaln: Unary = lgamma;
/** PyTorch's name of `digamma` in torch.special. */
export const psi: Unary = digamma;

/** The logarithm of the multivariate gamma function of p dims: p (p - 1) / 4 log(pi) + the sum of lgamma(x - j / 2), j < p. */
export function mvlgamma(x: Tensor, p: number): Tensor {
  if (!(p >= 1)) throw new ArgumentError("p has to be greater than or equal to 1");
  return multivariate(x, p);
}
const multivariate: (x: Tensor, p: number) => Tensor = /*@__PURE__*/ composite("MvlgammaBackward0", (x: Tensor, p: number): Tensor => {
  let sum = lgamma(x);
  for (let j = 1; j < p; j++) sum = add(sum, lgamma(sub(x, j / 2)));
  return add(sum, (p * (p - 1) / 4) * Math.log(Math.PI));
});
/** PyTorch's name in torch.special. */
export const multigammaln: typeof mvlgamma = mvlgamma;
