/** @file Bits and divisors of integers, element by element. They have no derivative. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { notForBool } from "./checks.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";

type TwoTensors = Elementwise<readonly [x: Tensor, y: Tensor]>;
type Binary = Elementwise<readonly [x: Operand, y: Operand]>;

/**
 * x & y, of integers or bools. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats
 * @example bitwiseAnd(tensor(Int32Array.of(6)), tensor(Int32Array.of(3))) // [2]
 */
export const bitwiseAnd: Binary = /*@__PURE__*/ elementwise("bitwiseAnd", s.and, { rule: "bits", kernel: "bitwise_and_cpu" });
/**
 * x | y, of integers or bools. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats
 * @example bitwiseOr(tensor(Int32Array.of(6)), tensor(Int32Array.of(3))) // [7]
 */
export const bitwiseOr: Binary = /*@__PURE__*/ elementwise("bitwiseOr", s.or, { rule: "bits", kernel: "bitwise_or_cpu" });
/**
 * x ^ y, of integers or bools. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats
 * @example bitwiseXor(tensor(Int32Array.of(6)), tensor(Int32Array.of(3))) // [5]
 */
export const bitwiseXor: Binary = /*@__PURE__*/ elementwise("bitwiseXor", s.xor, { rule: "bits", kernel: "bitwise_xor_cpu" });
/**
 * ~x: each bit of an integer turned, or a bool. Of any shape; keeps the dtype.
 * @throws DTypeError for floats
 * @example bitwiseNot(tensor(Int32Array.of(6))) // [-7]
 */
export const bitwiseNot: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("bitwiseNot", s.not, { rule: "bits", kernel: "bitwise_not_cpu" });
/**
 * x * 2 ** y as the bits say, of integers; a count is taken modulo 32. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats and bools
 * @example bitwiseLeftShift(tensor(Int32Array.of(1)), 3) // [8]
 */
export const bitwiseLeftShift: Binary = /*@__PURE__*/ elementwise("bitwiseLeftShift", s.shl, { rule: "bits", kernel: "lshift_cpu", refusesBool: /*@__PURE__*/ notForBool("lshift_cpu") });
/**
 * x / 2 ** y, rounded down, of integers; a count is taken modulo 32. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats and bools
 * @example bitwiseRightShift(tensor(Int32Array.of(8)), 2) // [2]
 */
export const bitwiseRightShift: Binary = /*@__PURE__*/ elementwise("bitwiseRightShift", s.shr, { rule: "bits", kernel: "rshift_cpu", refusesBool: /*@__PURE__*/ notForBool("rshift_cpu") });

/** Euclid's algorithm: 46 steps are enough for 31 bits, as Fibonacci's numbers need the most. A remainder by 0 is 0. */
function divisor(x: Expr, y: Expr): Expr {
  let a = s.abs(x), b = s.abs(y);
  for (let step = 0; step < 46; step++) [a, b] = [s.select(s.eq(b, 0), a, b), s.rem(a, b)];
  return a;
}
/**
 * The greatest common divisor of integers, not negative. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats and bools
 * @example gcd(tensor(Int32Array.of(12)), tensor(Int32Array.of(18))) // [6]
 */
export const gcd: TwoTensors = /*@__PURE__*/ elementwise("gcd", (x, y) => divisor(x!, y!), { rule: "bits", kernel: "gcd_cpu", refusesBool: /*@__PURE__*/ notForBool("gcd_cpu"), takes: "tensors" });
/**
 * The least common multiple of integers, not negative; 0 where either is. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for floats and bools
 * @example lcm(tensor(Int32Array.of(4)), tensor(Int32Array.of(6))) // [12]
 */
export const lcm: TwoTensors = /*@__PURE__*/ elementwise("lcm", (x, y) => s.abs(s.mul(s.idiv(x!, divisor(x!, y!)), y!)), { rule: "bits", kernel: "lcm_cpu", refusesBool: /*@__PURE__*/ notForBool("lcm_cpu"), takes: "tensors" });
