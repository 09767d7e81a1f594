/** @file Modified Bessel functions of the first and second kind, and the same without their growth and decay. Integers give float32. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { type Elementwise, elementwise } from "../elementwise.ts";
import { squareOf } from "../stable.ts";
import { I0_FAR, I0_NEAR, I0_SMALL, I1_FAR, I1_NEAR, I1_SMALL, K0_FAR, K0_SMALL, K1_FAR, K1_SMALL } from "./bessel.table.ts";
import { chebyshevOf } from "./chebyshev.ts";

type Unary = Elementwise<readonly [x: Tensor]>;

/** exp(-a) I_n(a) for a >= 0. */
function scaledI(a: Expr, n: 0 | 1): Expr {
  const near = s.min(a, 8), far = s.max(a, 8), series = chebyshevOf(s.sub(s.mul(near, 0.25), 1), n === 0 ? I0_NEAR : I1_NEAR);
  const tail = s.div(chebyshevOf(s.sub(s.div(16, far), 1), n === 0 ? I0_FAR : I1_FAR), s.sqrt(far));
  return s.select(s.lt(a, 8), n === 0 ? series : s.mul(near, series), tail);
}
const signed = (x: Expr, magnitude: Expr): Expr => s.select(s.lt(x, 0), s.neg(magnitude), magnitude);
/** exp(a) y, where y is the scaled function: the power in two halves, so that it overflows only where the result does. */
function unscaled(a: Expr, y: Expr): Expr {
  const half = s.exp(s.mul(a, 0.5));
  return s.mul(s.mul(half, y), half); // NaN at infinity, as in PyTorch
}
export const i0Of = (x: Expr): Expr => unscaled(s.abs(x), scaledI(s.abs(x), 0));
const i1Of = (x: Expr): Expr => signed(x, unscaled(s.abs(x), scaledI(s.abs(x), 1)));
const i1eOf = (x: Expr): Expr => signed(x, scaledI(s.abs(x), 1));
/** A derivative that divides by x: 1/2 near 0 (and of NaN, as in PyTorch). */
function dividing(x: Expr, derivative: (x: Expr) => Expr): Expr {
  const plain = s.lt(x.dtype === "float64" ? 2 ** -52 : 2 ** -23, s.abs(x));
  return s.select(plain, derivative(s.select(plain, x, s.lit(1, x.dtype))), 0.5);
}
const i1Gradient = (g: Expr, out: Expr, [x]: readonly Expr[]): Expr[] => [s.mul(g, dividing(x!, (y) => s.sub(i0Of(y), s.div(out, y))))];
const i0Gradient = (g: Expr, _: Expr, [x]: readonly Expr[]): Expr[] => [s.mul(g, i1Of(x!))];

/** K_n(x) for x > 0, or exp(x) K_n(x): Infinity at 0, NaN below. */
function kOf(x: Expr, n: 0 | 1, isScaled: boolean): Expr {
  const a = s.select(s.lt(0, x), x, 1), near = s.min(a, 2), far = s.max(a, 2), t = s.sub(s.mul(squareOf(near), 0.5), 1), log = s.log(near);
  const small = n === 0 ? s.sub(chebyshevOf(t, K0_SMALL), s.mul(log, chebyshevOf(t, I0_SMALL)))
    : s.add(s.div(1, near), s.mul(near, s.add(chebyshevOf(t, K1_SMALL), s.mul(log, chebyshevOf(t, I1_SMALL)))));
  const tail = s.div(chebyshevOf(s.sub(s.div(4, far), 1), n === 0 ? K0_FAR : K1_FAR), s.sqrt(far));
  const value = s.select(s.le(a, 2), isScaled ? s.mul(s.exp(near), small) : small, isScaled ? tail : s.mul(s.exp(s.neg(far)), tail));
  return s.select(s.lt(0, x), value, s.select(s.eq(x, 0), s.lit(Infinity, x.dtype), NaN));
}

/**
 * The modified Bessel function of the first kind of order 0, element by element. Integers and bools give float32; to a few ulp in float32 and about 1e-15 in float64,
 * relatively. Its derivative is I1(x). Of any shape; integers and bools give float32.
 * @example i0(tensor([0, 1])) // [1, 1.2661]
 */
export const i0: Unary = /*@__PURE__*/ elementwise("i0", (x) => i0Of(x!), { rule: "float", gradient: i0Gradient });
/**
 * exp(-|x|) i0(x), which does not overflow. Of any shape; integers and bools give float32.
 * @example special.i0e(tensor([0, 1])) // [1, 0.4658]
 */
export const i0e: Unary = /*@__PURE__*/ elementwise("specialI0E", (x) => scaledI(s.abs(x!), 0), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(i1eOf(x!), s.mul(s.sign(x!), out)))] });
/**
 * The modified Bessel function of the first kind of order 1. Its derivative is I0(x) - I1(x) / x. Of any shape; integers and bools give float32.
 * @example special.i1(tensor([0, 1])) // [0, 0.5652]
 */
export const i1: Unary = /*@__PURE__*/ elementwise("specialI1", (x) => i1Of(x!), { rule: "float", gradient: i1Gradient });
/**
 * exp(-|x|) i1(x), which does not overflow. Of any shape; integers and bools give float32.
 * @example special.i1e(tensor([0, 1])) // [0, 0.2079]
 */
export const i1e: Unary = /*@__PURE__*/ elementwise("specialI1E", (x) => i1eOf(x!), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, dividing(x!, (y) => s.sub(scaledI(s.abs(y), 0), s.mul(out, s.add(s.sign(y), s.div(1, y))))))] });
/**
 * PyTorch's other name of `i0`, there without a derivative. Of any shape; integers and bools give float32.
 * @example special.modifiedBesselI0(tensor([0, 1])) // [1, 1.2661]
 */
export const modifiedBesselI0: Unary = /*@__PURE__*/ elementwise("specialModifiedBesselI0", (x) => i0Of(x!), { rule: "float", gradient: i0Gradient });
/**
 * PyTorch's other name of `i1`, there without a derivative. Of any shape; integers and bools give float32.
 * @example special.modifiedBesselI1(tensor([0, 1])) // [0, 0.5652]
 */
export const modifiedBesselI1: Unary = /*@__PURE__*/ elementwise("specialModifiedBesselI1", (x) => i1Of(x!), { rule: "float", gradient: i1Gradient });

/**
 * The modified Bessel function of the second kind of order 0, element by element: Infinity at 0, NaN below. Integers and bools give
 * float32. Its derivative, which PyTorch lacks, is -K1(x). Of any shape; integers and bools give float32.
 * @example special.modifiedBesselK0(tensor([1, 2])) // [0.421, 0.1139]
 */
export const modifiedBesselK0: Unary = /*@__PURE__*/ elementwise("specialModifiedBesselK0", (x) => kOf(x!, 0, false), { rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, kOf(x!, 1, false)))] });
/**
 * The modified Bessel function of the second kind of order 1. As `modifiedBesselK0`; its derivative is -K0(x) - K1(x) / x. Of any shape; integers and bools give float32.
 * @example special.modifiedBesselK1(tensor([1, 2])) // [0.6019, 0.1399]
 */
export const modifiedBesselK1: Unary = /*@__PURE__*/ elementwise("specialModifiedBesselK1", (x) => kOf(x!, 1, false), { rule: "float", gradient: (g, out, [x]) => [s.neg(s.mul(g, s.add(kOf(x!, 0, false), s.div(out, x!))))] });
/**
 * exp(x) modifiedBesselK0(x), which does not underflow. Of any shape; integers and bools give float32.
 * @example special.scaledModifiedBesselK0(tensor([1, 2])) // [1.1445, 0.8416]
 */
export const scaledModifiedBesselK0: Unary = /*@__PURE__*/ elementwise("specialScaledModifiedBesselK0", (x) => kOf(x!, 0, true), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(out, kOf(x!, 1, true)))] });
/**
 * exp(x) modifiedBesselK1(x), which does not underflow. Of any shape; integers and bools give float32.
 * @example special.scaledModifiedBesselK1(tensor([1, 2])) // [1.6362, 1.0335]
 */
export const scaledModifiedBesselK1: Unary = /*@__PURE__*/ elementwise("specialScaledModifiedBesselK1", (x) => kOf(x!, 1, true), { rule: "float", gradient: (g, out, [x]) => [s.mul(g, s.sub(s.sub(out, kOf(x!, 0, true)), s.div(out, x!)))] });
