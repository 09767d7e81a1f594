/** @file Circular and hyperbolic functions and their inverses, element by element. Integers give float32. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { type Elementwise, elementwise } from "./elementwise.ts";
import { coshOf, hypotOf, sinhOf } from "./stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
type Binary = Elementwise<readonly [x: Tensor, y: Tensor]>;
const float = { rule: "float" } as const;

/**
 * The angle whose sine is x, in [-pi/2, pi/2]; NaN outside of [-1, 1]. Of any shape; integers and bools give float32.
 * @example asin(tensor([0, 1])) // [0, 1.5708]
 */
export const asin: Unary = /*@__PURE__*/ elementwise("asin", s.asin, float);
/**
 * The angle whose cosine is x, in [0, pi]; NaN outside of [-1, 1]. Of any shape; integers and bools give float32.
 * @example acos(tensor([1, 0])) // [0, 1.5708]
 */
export const acos: Unary = /*@__PURE__*/ elementwise("acos", s.acos, float);
/**
 * The angle whose tangent is x, in [-pi/2, pi/2]. Of any shape; integers and bools give float32.
 * @example atan(tensor([0, 1])) // [0, 0.7854]
 */
export const atan: Unary = /*@__PURE__*/ elementwise("atan", s.atan, float);
/**
 * The angle of the point (x = `x`, y = `y`), in [-pi, pi]: `atan2(y, x)`. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example atan2(tensor([1]), tensor([-1])) // [2.3562]
 */
export const atan2: Binary = /*@__PURE__*/ elementwise("atan2", s.atan2, { rule: "float", takes: "tensors" });
/**
 * (exp(x) - exp(-x)) / 2. Of any shape; integers and bools give float32.
 * @example sinh(tensor([0, 1])) // [0, 1.1752]
 */
export const sinh: Unary = /*@__PURE__*/ elementwise("sinh", (x) => sinhOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, coshOf(x!))] });
/**
 * (exp(x) + exp(-x)) / 2. Of any shape; integers and bools give float32.
 * @example cosh(tensor([0, 1])) // [1, 1.5431]
 */
export const cosh: Unary = /*@__PURE__*/ elementwise("cosh", (x) => coshOf(x!), { rule: "float", gradient: (g, _, [x]) => [s.mul(g, sinhOf(x!))] });

/**
 * log(x + sqrt(x^2 + 1)). Of any shape; integers and bools give float32.
 * @example asinh(tensor([0, 1])) // [0, 0.8814]
 */
export const asinh: Unary = /*@__PURE__*/ elementwise("asinh", (x) => {
  const a = s.abs(x!), small = s.min(a, 1e9), z = s.mul(small, small);
  const near = s.log1p(s.add(small, s.div(z, s.add(1, s.sqrt(s.add(z, 1))))));
  const y = s.select(s.lt(a, 1e9), near, s.add(s.log(a), Math.LN2));
  return s.select(s.eq(x!, 0), x!, s.select(s.lt(x!, 0), s.neg(y), y));
}, { rule: "float", gradient: (g, _, [x]) => [s.div(g, s.sqrt(s.add(s.mul(x!, x!), 1)))] });
/**
 * log(x + sqrt(x^2 - 1)); NaN below 1. Of any shape; integers and bools give float32.
 * @example acosh(tensor([1, 2])) // [0, 1.317]
 */
export const acosh: Unary = /*@__PURE__*/ elementwise("acosh", (x) => {
  const over = s.sub(s.min(x!, 1e9), 1);
  const near = s.log1p(s.add(over, s.sqrt(s.mul(over, s.add(over, 2)))));
  return s.select(s.lt(x!, 1), NaN, s.select(s.lt(x!, 1e9), near, s.add(s.log(x!), Math.LN2)));
}, { rule: "float", gradient: (g, _, [x]) => [s.div(g, s.sqrt(s.sub(s.mul(x!, x!), 1)))] });
/**
 * log((1 + x) / (1 - x)) / 2; infinite at -1 and 1, NaN beyond. Of any shape; integers and bools give float32.
 * @example atanh(tensor([0, 0.5])) // [0, 0.5493]
 */
export const atanh: Unary = /*@__PURE__*/ elementwise("atanh", (x) => {
  const a = s.abs(x!), y = s.mul(0.5, s.log1p(s.div(s.mul(2, a), s.sub(1, a))));
  return s.select(s.eq(x!, 0), x!, s.select(s.lt(x!, 0), s.neg(y), y));
}, { rule: "float", gradient: (g, _, [x]) => [s.div(g, s.sub(1, s.mul(x!, x!)))] });

/**
 * sin(pi x) / (pi x), and 1 at 0. Of any shape; integers and bools give float32.
 * @example sinc(tensor([0, 0.5])) // [1, 0.6366]
 */
export const sinc: Unary = /*@__PURE__*/ elementwise("sinc", (x) => {
  const z = s.mul(x!, Math.PI);
  return s.select(s.lt(s.abs(x!), 2 ** -54), 1, s.div(s.sin(z), z));
}, {
  rule: "float", gradient: (g, _, [x]) => {
    const z = s.mul(x!, Math.PI), under = s.mul(z, x!);
    return [s.select(s.eq(under, 0), 0, s.mul(g, s.div(s.sub(s.mul(z, s.cos(z)), s.sin(z)), under)))];
  },
});
/**
 * sqrt(x^2 + y^2), without overflow in between. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example hypot(tensor([3]), tensor([4])) // [5]
 */
export const hypot: Binary = /*@__PURE__*/ elementwise("hypot", (x, y) => hypotOf(x!, y!), { rule: "floats", kernel: "hypot_cpu", takes: "tensors", gradient: (g, out, [x, y]) => [s.mul(g, s.div(x!, out)), s.mul(g, s.div(y!, out))] });
/**
 * Degrees to radians. Of any shape; integers and bools give float32.
 * @example deg2rad(tensor([180])) // [3.1416]
 */
export const deg2rad: Unary = /*@__PURE__*/ elementwise("deg2Rad", (x) => s.mul(x!, Math.PI / 180), float);
/**
 * Radians to degrees. Of any shape; integers and bools give float32.
 * @example rad2deg(tensor([Math.PI])) // [180]
 */
export const rad2deg: Unary = /*@__PURE__*/ elementwise("rad2Deg", (x) => s.mul(x!, 180 / Math.PI), float);
