/** @file Float functions and activations, element by element. A new one is one row: its derivative follows from the expression. */
import { isFloat } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { abs, add, div } from "./arithmetic.ts";
import { type Elementwise, elementwise } from "./elementwise.ts";
import { onePlusExp, sigmoidOf } from "./stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
const float = { rule: "float" } as const;

/**
 * e to the power of x. Of any shape; integers and bools give float32.
 * @example exp(tensor([0, 1])) // [1, 2.7183]
 */
export const exp: Unary = /*@__PURE__*/ elementwise("exp", s.exp, float);
/**
 * exp(x) - 1, accurate near 0. Of any shape; integers and bools give float32.
 * @example expm1(tensor([0, 1])) // [0, 1.7183]
 */
export const expm1: Unary = /*@__PURE__*/ elementwise("expm1", s.expm1, float);
/**
 * The natural logarithm; NaN below 0. Of any shape; integers and bools give float32.
 * @example log(tensor([1, 2])) // [0, 0.6931]
 */
export const log: Unary = /*@__PURE__*/ elementwise("log", s.log, float);
/**
 * log(1 + x), accurate near 0. Of any shape; integers and bools give float32.
 * @example log1p(tensor([0, 1])) // [0, 0.6931]
 */
export const log1p: Unary = /*@__PURE__*/ elementwise("log1P", s.log1p, float);
/**
 * The square root; NaN below 0. Of any shape; integers and bools give float32.
 * @example sqrt(tensor([4, 2])) // [2, 1.4142]
 */
export const sqrt: Unary = /*@__PURE__*/ elementwise("sqrt", s.sqrt, float);
/**
 * 1 / sqrt(x). Of any shape; integers and bools give float32.
 * @example rsqrt(tensor([4, 1])) // [0.5, 1]
 */
export const rsqrt: Unary = /*@__PURE__*/ elementwise("rsqrt", (x) => s.div(1, s.sqrt(x!)), {
  rule: "float", gradient: (g, out) => [s.mul(g, s.mul(-0.5, s.mul(out, s.mul(out, out))))],
});
/**
 * 1 / x. Of any shape; integers and bools give float32.
 * @example reciprocal(tensor([2, 4])) // [0.5, 0.25]
 */
export const reciprocal: Unary = /*@__PURE__*/ elementwise("reciprocal", (x) => s.div(1, x!), {
  rule: "float", gradient: (g, out) => [s.neg(s.mul(g, s.mul(out, out)))],
});
/**
 * The sine of an angle in radians. Of any shape; integers and bools give float32.
 * @example sin(tensor([0, 1])) // [0, 0.8415]
 */
export const sin: Unary = /*@__PURE__*/ elementwise("sin", s.sin, float);
/**
 * The cosine of an angle in radians. Of any shape; integers and bools give float32.
 * @example cos(tensor([0, 1])) // [1, 0.5403]
 */
export const cos: Unary = /*@__PURE__*/ elementwise("cos", s.cos, float);
/**
 * The tangent of an angle in radians. Of any shape; integers and bools give float32.
 * @example tan(tensor([0, 1])) // [0, 1.5574]
 */
export const tan: Unary = /*@__PURE__*/ elementwise("tan", s.tan, float);
/**
 * (exp(x) - exp(-x)) / (exp(x) + exp(-x)). Of any shape; integers and bools give float32.
 * @example tanh(tensor([0, 1])) // [0, 0.7616]
 */
export const tanh: Unary = /*@__PURE__*/ elementwise("tanh", s.tanh, float);
/**
 * The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Of any shape; integers and bools give float32.
 * @example erf(tensor([0, 1])) // [0, 0.8427]
 */
export const erf: Unary = /*@__PURE__*/ elementwise("erf", s.erf, float);
/**
 * 1 / (1 + exp(-x)). Its derivative out * (1 - out) is stated: the derived one is NaN at -800. Of any shape; integers and bools give float32.
 * @example sigmoid(tensor([0, 1])) // [0.5, 0.7311]
 */
export const sigmoid: Unary = /*@__PURE__*/ elementwise("sigmoid", (x) => s.div(1, onePlusExp(s.neg(x!))), {
  rule: "float", gradient: (g, out) => [s.mul(g, s.mul(out, s.sub(1, out)))],
});
/**
 * max(x, 0), and its derivative 0 at 0. NaN stays NaN. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example relu(tensor([-1, 2])) // [0, 2]
 */
export const relu: Unary = /*@__PURE__*/ elementwise("relu", (x) => s.select(s.le(x!, 0), 0, x!), {
  rule: "number", refusesBool: "Boolean inputs not supported for relu", gradient: (g, out) => [s.select(s.le(out, 0), 0, g)],
});
/**
 * x * sigmoid(x). Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example silu(tensor([0, 1])) // [0, 0.7311]
 */
export const silu: Unary = /*@__PURE__*/ elementwise("silu", (x) => s.div(x!, onePlusExp(s.neg(x!))), {
  rule: "floats", kernel: "silu_cpu",
  gradient: (g, _, [x]) => { const y = s.div(1, onePlusExp(s.neg(x!))); return [s.mul(g, s.mul(y, s.add(1, s.mul(x!, s.sub(1, y)))))]; },
});
const softsignOf: Unary = /*@__PURE__*/ elementwise("div", (x) => s.div(x!, s.add(1, s.abs(x!))), float);
/**
 * x / (1 + |x|). Of integers the sum below is one of integers, and wraps. Of any shape; integers give float32.
 * @throws DTypeError for bools
 * @example softsign(tensor([1, -3])) // [0.5, -0.75]
 */
export const softsign = (x: Tensor): Tensor => (isFloat(x.dtype) ? softsignOf(x) : div(x, add(abs(x), 1)));

const geluExact: Unary = /*@__PURE__*/ elementwise("gelu", (x) => s.mul(s.mul(x!, 0.5), s.add(1, s.erf(s.mul(x!, Math.SQRT1_2)))), { rule: "floats", kernel: "GeluKernelImpl" });
/** 0.5 x (1 + tanh(u)) = x / (1 + exp(-2u)), u = sqrt(2 / pi) (x + 0.044715 x^3): the same without a difference of nearly equal numbers. */
const geluTanh: Unary = /*@__PURE__*/ elementwise("gelu", (x) => s.div(x!, s.add(1, s.exp2(s.max(inner(x!, -2 * Math.LOG2E), -120)))), {
  rule: "floats", kernel: "GeluKernelImpl",
  gradient: (g, _, [x]) => {
    const p = sigmoidOf(inner(x!, 2)), slope = s.add(2 * ROOT_2_PI, s.mul(6 * ROOT_2_PI * 0.044715, s.mul(x!, x!)));
    return [s.mul(g, s.add(p, s.mul(s.mul(x!, s.mul(p, s.sub(1, p))), slope)))];
  },
});
const ROOT_2_PI = 0.7978845608028654;
/** `times` u */
const inner = (x: Expr, times: number): Expr => s.mul(x, s.add(times * ROOT_2_PI, s.mul(times * ROOT_2_PI * 0.044715, s.mul(x, x))));
/**
 * x * Phi(x), Phi the normal distribution function; `approximate: "tanh"` as in GPT-2 (Hendrycks and Gimpel, 2016). Of any shape; keeps the dtype.
 * @param options `approximate`: "none" (by default) or "tanh"
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another `approximate`
 * @example gelu(tensor([0, 1])) // [0, 0.8413]
 */
export const gelu = (x: Tensor, options: { readonly approximate?: "none" | "tanh" } = {}): Tensor => {
  const { approximate = "none" } = options;
  if (approximate !== "none" && approximate !== "tanh") throw new ArgumentError("approximate argument must be either none or tanh.");
  return approximate === "tanh" ? geluTanh(x) : geluExact(x);
};
