/**
 * @file The regularised incomplete gamma functions, as expressions: a power series on the left of a, a continued fraction on the right, and for large a near x Temme's
 * expansion (N. M. Temme, 1979; DLMF 8.12). The numbers of steps are fixed: as many as the dtype can tell in the region where each is used.
 */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { notDerived } from "../../scalar/program.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { both, either, polynomialOf, squareOf } from "../stable.ts";
import { erfcOf } from "./error-function.ts";
import { lgammaSlope, positiveLgamma, stirlingRest } from "./gamma.ts";

/** From where on a is large, and from where on the fraction is taken; steps of series, fraction, logarithm; rows and columns of Temme's table. */
type Effort = { readonly large: number; readonly right: number; readonly series: number; readonly fraction: number; readonly logarithm: number; readonly rows: number; readonly columns: number };
const SINGLE: Effort = { large: 5, right: 2, series: 25, fraction: 16, logarithm: 9, rows: 5, columns: 12 };
const DOUBLE: Effort = { large: 20, right: 3, series: 54, fraction: 40, logarithm: 19, rows: 10, columns: 26 };

/** Coefficients d[k][n] of a^-k eta^n, each row from those before it: DLMF 8.12.10 to 8.12.12, with Stirling's coefficients g of gamma itself. */
function temmeTable(rows: number, columns: number): readonly (readonly number[])[] {
  const length = columns + 2 * rows, alpha = [0, 1, 1 / 3];
  for (let k = 3; k <= length + 2; k++) {
    let sum = alpha[k - 1]!;
    for (let j = 2; j < k; j++) sum -= j * alpha[j]! * alpha[k - j + 1]!;
    alpha.push(sum / (k + 1));
  }
  const first = Array.from({ length }, (_, n) => (n === 0 ? -1 / 3 : (n + 2) * alpha[n + 2]!)), table = [first];
  const logarithm = [0, 1 / 12, 0, -1 / 360, 0, 1 / 1260, 0, -1 / 1680, 0, 1 / 1188], g = [1];
  for (let k = 1; k < rows; k++) {
    let sum = 0;
    for (let j = 1; j <= k; j++) sum += j * logarithm[j]! * g[k - j]!;
    g.push(sum / k);
    const before = table[k - 1]!;
    table.push(Array.from({ length: length - 2 * k }, (_, n) => (k % 2 === 0 ? 1 : -1) * g[k]! * first[n]! + (n + 2) * before[n + 2]!));
  }
  return table.map((row, k) => row.slice(0, Math.max(2, columns - 2 * k)));
}

/** m - log(1 + m) for m > -1: near 0 by the series of atanh, where the difference would have no digits. */
function logarithmicGap(m: Expr, { logarithm }: Effort): Expr {
  const near = s.min(s.max(m, -0.5), 1), r = s.div(near, s.add(2, near)), z = squareOf(r);
  const odd = polynomialOf(z, Array.from({ length: logarithm }, (_, k) => 2 / (2 * k + 3)));
  return s.select(both(s.le(-0.5, m), s.le(m, 1)), s.mul(r, s.sub(near, s.mul(z, odd))), s.sub(m, s.log1p(m)));
}

type Parts = { readonly effort: Effort; readonly isLarge: Expr; readonly gap: Expr; readonly large: Expr; readonly small: Expr; readonly ratio: Expr };
function partsOf(a: Expr, x: Expr): Parts {
  const effort = a.dtype === "float64" ? DOUBLE : SINGLE, isLarge = s.le(effort.large, a), large = s.max(a, effort.large), small = s.min(a, effort.large);
  const ratio = s.div(s.sub(x, large), large);
  return { effort, isLarge, large, small, ratio, gap: logarithmicGap(ratio, effort) };
}
/** exp(-a (m - log(1 + m))) / sqrt(2 pi a) for a >= `large`. */
const peak = ({ large, gap }: Parts): Expr => s.div(s.exp(s.neg(s.mul(large, gap))), s.sqrt(s.mul(2 * Math.PI, large)));
/** x^a exp(-x) / gamma(a + 1) for a >= `large`. */
const largeWeight = (parts: Parts): Expr => s.mul(peak(parts), s.exp(s.neg(stirlingRest(parts.large))));

/** P and Q for a > 0 and x > 0, both finite; and the weight x^a exp(-x) / gamma(a + 1). */
export function sidesOf(a: Expr, x: Expr): { readonly lower: Expr; readonly upper: Expr; readonly weight: Expr } {
  const parts = partsOf(a, x), { effort, isLarge, large, small, ratio, gap } = parts;
  const weight = s.select(isLarge, largeWeight(parts), s.exp(s.sub(s.sub(s.mul(small, s.log(x)), x), positiveLgamma(s.add(small, 1)))));
  // Temme: Q = erfc(eta sqrt(a / 2)) / 2 + R and P = erfc(-eta sqrt(a / 2)) / 2 - R
  const isNear = both(isLarge, s.lt(-0.5, ratio), s.lt(ratio, 0.8)), half = s.sqrt(s.max(gap, 0)), root = s.select(s.lt(ratio, 0), s.neg(half), half);
  const eta = s.max(s.min(s.mul(root, Math.SQRT2), 0.7), -0.7), edge = s.mul(root, s.sqrt(large));
  const rows = temmeTable(effort.rows, effort.columns).map((row) => polynomialOf(eta, row)), inverse = s.div(1, large);
  const rest = s.mul(peak(parts), rows.reduceRight((sum, row) => s.add(s.mul(sum, inverse), row)));
  const halfErfc = (z: Expr): Expr => s.mul(0.5, erfcOf(z)), nearUpper = s.add(halfErfc(edge), rest), nearLower = s.sub(halfErfc(s.neg(edge)), rest);
  // the series 1 + x / (a + 1) (1 + x / (a + 2) (1 + ...))
  const isLeft = s.lt(x, s.select(isLarge, a, s.max(s.add(a, 1), effort.right))), left = s.min(x, s.max(s.add(a, 1), effort.right));
  let sum: Expr = s.lit(1, a.dtype);
  for (let k = effort.series; k >= 1; k--) sum = s.add(1, s.mul(s.div(left, s.add(a, k)), sum));
  const lower = s.mul(weight, sum);
  // the fraction 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...)))
  const right = s.max(x, s.max(s.add(a, 1), effort.right)), start = s.sub(right, a);
  let fraction = s.add(start, 2 * effort.fraction + 1);
  for (let k = effort.fraction; k >= 1; k--) fraction = s.sub(s.add(start, 2 * k - 1), s.div(s.mul(k, s.sub(k, a)), fraction));
  const upper = s.div(s.mul(weight, a), fraction);
  return {
    weight,
    lower: s.select(isNear, nearLower, s.select(isLeft, lower, s.sub(1, upper))),
    upper: s.select(isNear, nearUpper, s.select(isLeft, s.sub(1, lower), upper)),
  };
}

/** Q for 0 < a < 1/2 and x below where the fraction begins: 1 - P would lose what is left of a small a. With E = log(x^a / gamma(a + 1)), -(exp(E) - 1) - exp(E) a (-x / (a + 1) + x^2 / (2 (a + 2)) - ...). */
function upperOfSmall(a: Expr, x: Expr, { right }: Effort): Expr {
  const exponent = s.mul(a, s.sub(s.log(x), lgammaSlope(a))), steps = a.dtype === "float64" ? 32 : 16;
  let power: Expr = s.lit(1, a.dtype), sum: Expr = s.lit(0, a.dtype);
  const near = s.min(x, right);
  for (let k = 1; k <= steps; k++) {
    power = s.mul(power, s.mul(near, -1 / k));
    sum = s.add(sum, s.div(power, s.add(a, k)));
  }
  return s.neg(s.add(s.expm1(exponent), s.mul(s.mul(s.exp(exponent), a), sum)));
}

/** Corners: NaN left of 0; of a = 0 all lies below any x > 0; of an infinite a nothing, unless x is infinite too. */
function regularised(a: Expr, x: Expr, side: "lower" | "upper"): Expr {
  const none = s.lit(side === "lower" ? 0 : 1, a.dtype), all = s.lit(side === "lower" ? 1 : 0, a.dtype), infiniteA = s.eq(a, Infinity), infiniteX = s.eq(x, Infinity);
  const zeroA = s.eq(a, 0), zeroX = s.eq(x, 0), plain = s.not(either(zeroA, zeroX, infiniteA, infiniteX));
  const b = s.select(plain, a, 1), y = s.select(plain, x, 1), effort = a.dtype === "float64" ? DOUBLE : SINGLE, sides = sidesOf(b, y);
  const value = side === "lower" ? sides.lower : s.select(both(s.lt(b, 0.5), s.lt(y, effort.right)), upperOfSmall(s.min(b, 0.5), y, effort), sides.upper);
  const corner = s.select(either(zeroA, infiniteX), all, none), undefinedThere = either(s.isNan(a), s.isNan(x), s.lt(a, 0), s.lt(x, 0), s.and(zeroA, zeroX), s.and(infiniteA, infiniteX));
  return s.select(undefinedThere, NaN, s.select(plain, value, corner));
}
/** x^(a - 1) exp(-x) / gamma(a). */
export function density(a: Expr, x: Expr): Expr {
  const parts = partsOf(a, x), { isLarge, small, large } = parts;
  const wide = s.mul(largeWeight(parts), s.div(large, s.max(x, 1e-30)));
  return s.select(isLarge, wide, s.exp(s.sub(s.sub(s.mul(s.sub(small, 1), s.log(x)), x), positiveLgamma(s.max(small, 1e-30)))));
}

/**
 * The lower regularised incomplete gamma function P(a, x): the integral of t^(a-1) exp(-t) from 0 to x over gamma(a). To about 1e-6 in float32 and 1e-14 in float64. The
 * derivative of x is x^(a-1) exp(-x) / gamma(a); of a there is none, as in PyTorch.
 * @param a the exponent, of any shape; floats
 * @param x where the integral ends, of any shape that broadcasts; floats
 * @returns the broadcast shape, the promoted dtype; NaN where either is negative
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a number
 * @throws NotSupportedError in backward, where a needs a gradient
 * @example igamma(tensor([2]), tensor([1])) // [0.2642]
 */
export const igamma: Elementwise<readonly [a: Tensor, x: Tensor]> = /*@__PURE__*/ elementwise("igamma", (a, x) => regularised(a!, x!, "lower"), {
  rule: "floats", kernel: "igamma_cpu", takes: "tensors", gradient: (g, _, [a, x]) => [() => { throw notDerived("igamma: input"); }, s.mul(g, density(a!, x!))],
});
/**
 * The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x), of small values right relatively; see `igamma`.
 * @param a the exponent, of any shape; floats
 * @param x where the integral ends, of any shape that broadcasts; floats
 * @returns the broadcast shape, the promoted dtype; NaN where either is negative
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a number
 * @throws NotSupportedError in backward, where a needs a gradient
 * @example igammac(tensor([2]), tensor([1])) // [0.7358]
 */
export const igammac: Elementwise<readonly [a: Tensor, x: Tensor]> = /*@__PURE__*/ elementwise("igammac", (a, x) => regularised(a!, x!, "upper"), {
  rule: "floats", kernel: "igammac_cpu", takes: "tensors", gradient: (g, _, [a, x]) => [() => { throw notDerived("igammac: input"); }, s.neg(s.mul(g, density(a!, x!)))],
});
/** `igamma` under its name in torch.special. */
export const gammainc: typeof igamma = igamma;
/** `igammac` under its name in torch.special. */
export const gammaincc: typeof igammac = igammac;
