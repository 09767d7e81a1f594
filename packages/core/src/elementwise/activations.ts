/** @file Activations with constants of the call, element by element: their numbers are params, so another slope compiles nothing. */
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { noOneBoolSub, numberIn } from "./checks.ts";
import { type Elementwise, elementwise } from "./elementwise.ts";
import { both, either, sigmoidOf, softplusOf } from "./stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
type With1 = Elementwise<readonly [x: Tensor, a: number]>;
type With2 = Elementwise<readonly [x: Tensor, a: number, b: number]>;
type With3 = Elementwise<readonly [x: Tensor, a: number, b: number, c: number]>;

const clipped: With2 = /*@__PURE__*/ elementwise("hardtanh", (x, low, high) => s.min(s.max(x!, low!), high!), {
  rule: "number", refusesOneBool: "Bool inputs not supported for hardtanh", gradient: (g, _, [x, low, high]) => [s.select(either(s.le(x!, low!), s.ge(x!, high!)), 0, g)],
});
export type HardtanhOptions = {
  /** -1 by default. */
  readonly minVal?: number;
  /** 1 by default. */
  readonly maxVal?: number;
};
/**
 * Into [minVal, maxVal], [-1, 1] by default; the gradient at the bounds is 0. Of any shape; keeps the dtype.
 * @throws DTypeError for bools, and for uint8 with a negative bound
 * @example hardtanh(tensor([-3, 0.5, 3])) // [-1, 0.5, 1]
 */
export const hardtanh = (x: Tensor, options: HardtanhOptions = {}): Tensor => clipped(x, ...boundsOf(x, options));
/** As `hardtanh`, in place. */
export const hardtanh_ = (x: Tensor, options: HardtanhOptions = {}): Tensor => clipped.into(x, ...boundsOf(x, options));
function boundsOf(x: Tensor, { minVal = -1, maxVal = 1 }: HardtanhOptions): [low: number, high: number] {
  if (x.dtype === "uint8" && Math.min(minVal, maxVal) < 0) throw new DTypeError("cannot do hardtanh on an unsigned type with negative limits");
  return [numberIn([x], minVal), numberIn([x], maxVal)];
}
/**
 * min(max(x, 0), 6). Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example relu6(tensor([-1, 3, 9])) // [0, 3, 6]
 */
export const relu6 = (x: Tensor): Tensor => clipped(x, 0, 6);

const leaky: With1 = /*@__PURE__*/ elementwise("leakyRelu", (x, slope) => s.select(s.gt(x!, 0), x!, s.mul(x!, slope!)), {
  rule: "floats", kernel: "leaky_relu_cpu", gradient: (g, _, [x, slope]) => [s.select(s.gt(x!, 0), g, s.mul(g, slope!))],
});
export type LeakyReluOptions = {
  /** The slope below 0: 0.01 by default. */
  readonly negativeSlope?: number;
};
/**
 * x above 0, negativeSlope * x (0.01 by default) below. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example leakyRelu(tensor([-1, 2])) // [-0.01, 2]
 */
export const leakyRelu = (x: Tensor, { negativeSlope = 0.01 }: LeakyReluOptions = {}): Tensor => leaky(x, negativeSlope);
/** As `leakyRelu`, in place. */
export const leakyRelu_ = (x: Tensor, { negativeSlope = 0.01 }: LeakyReluOptions = {}): Tensor => leaky.into(x, negativeSlope);

/** x <= 0: low * (exp(x * inner) - 1), else high * x. */
const exponentialUnit = (name: string): With3 => elementwise(name, (x, low, high, inner) =>
  s.select(s.le(x!, 0), s.mul(s.expm1(s.mul(x!, inner!)), low!), s.mul(x!, high!)), {
  rule: "floats", kernel: "elu_cpu", gradient: (g, _, [x, low, high, inner]) => [s.select(s.le(x!, 0), s.mul(g, s.mul(s.mul(inner!, low!), s.exp(s.mul(s.select(s.le(x!, 0), x!, 0), inner!)))), s.mul(g, high!))],
});
const eluUnit = /*@__PURE__*/ exponentialUnit("elu"), celuUnit = /*@__PURE__*/ exponentialUnit("celu");
export type AlphaOptions = {
  /** The scale of the exponential: 1 by default. */
  readonly alpha?: number;
};
/**
 * x above 0, alpha * (exp(x) - 1) below (Clevert et al., 2015). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example elu(tensor([-1, 2])) // [-0.6321, 2]
 */
export const elu = (x: Tensor, { alpha = 1 }: AlphaOptions = {}): Tensor => eluUnit(x, alpha, 1, 1);
/** As `elu`, in place. */
export const elu_ = (x: Tensor, { alpha = 1 }: AlphaOptions = {}): Tensor => eluUnit.into(x, alpha, 1, 1);
/**
 * x above 0, alpha * (exp(x / alpha) - 1) below (Barron, 2017). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example celu(tensor([-1, 2])) // [-0.6321, 2]
 */
export const celu = (x: Tensor, { alpha = 1 }: AlphaOptions = {}): Tensor => celuUnit(x, checkAlpha(alpha), 1, 1 / alpha);
/** As `celu`, in place. */
export const celu_ = (x: Tensor, { alpha = 1 }: AlphaOptions = {}): Tensor => celuUnit.into(x, checkAlpha(alpha), 1, 1 / alpha);
function checkAlpha(alpha: number): number {
  if (alpha === 0) throw new ArgumentError("ZeroDivisionError: alpha cannot be 0 for CELU");
  return alpha;
}
const SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;
/**
 * elu with the constants that keep mean 0 and variance 1 (Klambauer et al., 2017). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example selu(tensor([-1, 2])) // [-1.1113, 2.1014]
 */
export const selu = (x: Tensor): Tensor => eluUnit(x, SELU_ALPHA * SELU_SCALE, SELU_SCALE, 1);
/** As `selu`, in place. */
export const selu_ = (x: Tensor): Tensor => eluUnit.into(x, SELU_ALPHA * SELU_SCALE, SELU_SCALE, 1);

const soft: With2 = /*@__PURE__*/ elementwise("softplus", (x, beta, threshold) => {
  const z = s.mul(x!, beta!);
  return s.select(s.gt(z, threshold!), x!, s.div(softplusOf(z), beta!));
}, {
  rule: "floats", kernel: "softplus_cpu",
  gradient: (g, _, [x, beta, threshold]) => { const z = s.mul(x!, beta!); return [s.select(s.gt(z, threshold!), g, s.mul(g, sigmoidOf(z)))]; },
});
export type SoftplusOptions = {
  /** How sharp the bend is: 1 by default. */
  readonly beta?: number;
  /** Above which beta * x the function is x itself: 20 by default. */
  readonly threshold?: number;
};
/**
 * log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold (20). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example softplus(tensor([0, 1])) // [0.6931, 1.3133]
 */
export const softplus = (x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor => soft(x, beta, threshold);

const withinWidth = (x: Expr, width: Expr): Expr => both(s.ge(x, s.neg(width)), s.le(x, width));
const shrink = (name: string, outside: (x: Expr, width: Expr) => Expr): With1 => elementwise(name, (x, width) => outside(x!, width!), {
  rule: "floats", kernel: `${name}_cpu`, gradient: (g, _, [x, width]) => [s.select(withinWidth(x!, width!), 0, g)],
});
const softShrink = /*@__PURE__*/ shrink("softshrink", (x, width) => s.select(s.gt(x, width), s.sub(x, width), s.select(s.lt(x, s.neg(width)), s.add(x, width), 0)));
const hardShrink = /*@__PURE__*/ shrink("hardshrink", (x, width) => s.select(withinWidth(x, width), 0, x));
export type ShrinkOptions = {
  /** How near to 0: 0.5 by default. */
  readonly lambd?: number;
};
/**
 * x moved towards 0 by lambd (0.5), and 0 where it is nearer than that. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a negative lambd
 * @example softshrink(tensor([-1, 0.2, 1])) // [-0.5, 0, 0.5]
 */
export function softshrink(x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor {
  if (lambd < 0) throw new ArgumentError(`lambda must be greater or equal to 0, but found to be ${lambd}.`);
  return softShrink(x, lambd);
}
/**
 * x, and 0 where it is within lambd (0.5) of 0. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example hardshrink(tensor([-1, 0.2, 1])) // [-1, 0, 1]
 */
export const hardshrink = (x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor => hardShrink(x, lambd);
/**
 * x - tanh(x). Of any shape; integers give float32.
 * @throws DTypeError for bools
 * @example tanhshrink(tensor([0, 1])) // [0, 0.2384]
 */
export const tanhshrink: Unary = /*@__PURE__*/ elementwise("sub", (x) => s.sub(x!, s.tanh(x!)), {
  rule: "float", refusesBool: noOneBoolSub, gradient: (g, _, [x]) => { const y = s.tanh(x!); return [s.mul(g, s.mul(y, y))]; },
});

/**
 * min(max(x + 3, 0), 6) / 6. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example hardsigmoid(tensor([-4, 0, 4])) // [0, 0.5, 1]
 */
export const hardsigmoid: Unary = /*@__PURE__*/ elementwise("hardsigmoid", (x) => s.div(s.min(s.max(s.add(x!, 3), 0), 6), 6), {
  rule: "floats", kernel: "hardsigmoid_cpu",
  gradient: (g, _, [x]) => [s.select(both(s.gt(x!, -3), s.lt(x!, 3)), s.mul(g, 1 / 6), 0)],
});
/**
 * x * hardsigmoid(x). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example hardswish(tensor([-4, 1, 4])) // [0, 0.6667, 4]
 */
export const hardswish: Unary = /*@__PURE__*/ elementwise("hardswish", (x) => s.div(s.mul(x!, s.min(s.max(s.add(x!, 3), 0), 6)), 6), {
  rule: "floats", kernel: "hardswish_cpu",
  gradient: (g, _, [x]) => [s.select(s.lt(x!, -3), 0, s.select(s.lt(x!, 3), s.mul(g, s.add(s.div(x!, 3), 0.5)), g))],
});
/**
 * x * tanh(softplus(x)) (Misra, 2019). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example mish(tensor([0, 1])) // [0, 0.8651]
 */
export const mish: Unary = /*@__PURE__*/ elementwise("mish", (x) => s.mul(x!, s.tanh(softplusOf(x!))), {
  rule: "floats", kernel: "mish_cpu",
  gradient: (g, _, [x]) => {
    const y = s.tanh(softplusOf(x!));
    return [s.mul(g, s.add(y, s.mul(s.mul(x!, sigmoidOf(x!)), s.sub(1, s.mul(y, y)))))];
  },
});
/**
 * log(sigmoid(x)), exact where sigmoid would be 0. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example logsigmoid(tensor([0, 1])) // [-0.6931, -0.3133]
 */
export const logsigmoid: Unary = /*@__PURE__*/ elementwise("logSigmoid", (x) => s.neg(softplusOf(s.neg(x!))), {
  rule: "floats", kernel: "log_sigmoid_cpu",
  gradient: (g, _, [x]) => [s.mul(g, sigmoidOf(s.neg(x!)))],
});

const above: With2 = /*@__PURE__*/ elementwise("threshold", (x, at, value) => s.select(s.le(x!, at!), value!, x!), {
  rule: "number", gradient: (g, _, [x, at]) => [s.select(s.le(x!, at!), 0, g)],
});
/**
 * x above the threshold, one value elsewhere.
 * @param x of any shape and dtype
 * @param at the threshold
 * @param value what stands elsewhere
 * @returns x's shape and dtype
 * @throws DTypeError for bools
 * @example threshold(tensor([1, 3]), 2, 9) // [9, 3]
 */
export function threshold(x: Tensor, at: number, value: number): Tensor {
  if (x.dtype === "bool") throw new DTypeError("\"threshold_cpu\" not implemented for 'Bool'");
  return above(x, numberIn([x], at), numberIn([x], value));
}
/** As `threshold`, in place. */
export const threshold_ = (x: Tensor, at: number, value: number): Tensor => above.into(x, numberIn([x], at), numberIn([x], value));
