/** @file Modified Bessel functions of the first kind: power series near 0, whose terms are all positive, and asymptotic series far out. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
const NEAR = 20, TERMS = 50;

/** exp(-|x|) I_n(|x|) for n = 0 or 1. */
function scaledOf(a: Expr, n: 0 | 1): Expr {
  const near = s.min(a, NEAR), z = s.mul(s.mul(near, near), 0.25);
  // 1 + z / (1 (1 + n)) (1 + z / (2 (2 + n)) (1 + ...))
  let series: Expr = s.lit(1, a.dtype);
  for (let k = TERMS; k >= 1; k--) series = s.add(1, s.mul(s.mul(z, 1 / (k * (k + n))), series));
  const small = s.mul(s.exp(s.neg(near)), n === 0 ? series : s.mul(s.mul(near, 0.5), series));
  // 1 / sqrt(2 pi x) (1 - (mu - 1) / (8 x) (1 - (mu - 9) / (2 8 x) (1 - ...))), mu = 4 n^2
  const far = s.max(a, NEAR), r = s.div(0.125, far);
  let tail: Expr = s.lit(1, a.dtype);
  for (let k = 14; k >= 1; k--) tail = s.sub(1, s.mul(s.mul(r, (4 * n * n - (2 * k - 1) ** 2) / k), tail));
  return s.select(s.lt(a, NEAR), small, s.div(tail, s.mul(s.sqrt(far), Math.sqrt(2 * Math.PI))));
}
const signed = (x: Expr, magnitude: Expr): Expr => s.select(s.lt(x, 0), s.neg(magnitude), magnitude);
/** exp(|x|) y, where y is the scaled function: the power in two halves, so that it overflows only where the result does. */
function unscaled(a: Expr, y: Expr): Expr {
  const half = s.exp(s.mul(a, 0.5));
  return s.mul(s.mul(half, y), half); // NaN at infinity, as in PyTorch
}
export const i0Of = (x: Expr): Expr => unscaled(s.abs(x), scaledOf(s.abs(x), 0));
const i1Of = (x: Expr): Expr => signed(x, unscaled(s.abs(x), scaledOf(s.abs(x), 1)));
const i0eOf = (x: Expr): Expr => scaledOf(s.abs(x), 0);
const i1eOf = (x: Expr): Expr => signed(x, scaledOf(s.abs(x), 1));
/** A derivative that divides by x: 1/2 near 0 (and of NaN, as in PyTorch). */
function dividing(x: Expr, derivative: (x: Expr) => Expr): Expr {
  const plain = s.lt(x.dtype === "float64" ? 2 ** -52 : 2 ** -23, s.abs(x));
  return s.select(plain, derivative(s.select(plain, x, s.lit(1, x.dtype))), 0.5);
}

/** The modified Bessel function of the first kind, of order 0. */
export const i0: Unary = /*@__PURE__*/ elementwise("i0", (x) => i0Of(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, i1Of(x!))] });
/** exp(-|x|) i0(x). */
export const i0e: Unary = /*@__PURE__*/ elementwise("specialI0E", (x) => i0eOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(i1eOf(x!), s.mul(s.sign(x!), out)))] });
/** The modified Bessel function of the first kind, of order 1. */
export const i1: Unary = /*@__PURE__*/ elementwise("specialI1", (x) => i1Of(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, dividing(x!, (y) => s.sub(i0Of(y), s.div(out, y))))] });
/** exp(-|x|) i1(x). */
export const i1e: Unary = /*@__PURE__*/ elementwise("specialI1E", (x) => i1eOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, dividing(x!, (y) => s.sub(i0eOf(y), s.mul(out, s.add(s.sign(y), s.div(1, y))))))] });
/** PyTorch's other names, of functions without a derivative there. */
export const modifiedBesselI0: Unary = /*@__PURE__*/ elementwise("modifiedBesselI0", (x) => i0Of(x!), { rule: "float", gradient: () => [] });
/** As `i1`, without a derivative. */
export const modifiedBesselI1: Unary = /*@__PURE__*/ elementwise("modifiedBesselI1", (x) => i1Of(x!), { rule: "float", gradient: () => [] });
