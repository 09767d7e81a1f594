/** @file Bits and divisors of integers, element by element. They have no derivative. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";

type TwoTensors = Elementwise<readonly [x: Tensor, y: Tensor]>;
type Binary = Elementwise<readonly [x: Operand, y: Operand]>;
const bits = { rule: "bits" } as const;

/** x & y, of integers or bools. */
export const bitwiseAnd: Binary = /*@__PURE__*/ elementwise("bitwise_and_cpu", s.and, bits);
/** x | y, of integers or bools. */
export const bitwiseOr: Binary = /*@__PURE__*/ elementwise("bitwise_or_cpu", s.or, bits);
/** x ^ y, of integers or bools. */
export const bitwiseXor: Binary = /*@__PURE__*/ elementwise("bitwise_xor_cpu", s.xor, bits);
/** ~x: each bit of an integer turned, or a bool. */
export const bitwiseNot: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("bitwise_not_cpu", s.not, bits);
/** x * 2 ** y as the bits say, of integers; a count is taken modulo 32. */
export const bitwiseLeftShift: Binary = /*@__PURE__*/ elementwise("lshift_cpu", s.shl, { rule: "bits" });
/** x / 2 ** y, rounded down, of integers; a count is taken modulo 32. */
export const bitwiseRightShift: Binary = /*@__PURE__*/ elementwise("rshift_cpu", s.shr, { rule: "bits" });

/** Euclid's algorithm: 46 steps are enough for 31 bits, as Fibonacci's numbers need the most. A remainder by 0 is 0. */
function divisor(x: Expr, y: Expr): Expr {
  let a = s.abs(x), b = s.abs(y);
  for (let step = 0; step < 46; step++) [a, b] = [s.select(s.eq(b, 0), a, b), s.rem(a, b)];
  return a;
}
/** The greatest common divisor of integers, not negative. */
export const gcd: TwoTensors = /*@__PURE__*/ elementwise("gcd_cpu", (x, y) => divisor(x!, y!), { rule: "bits", takes: "tensors" });
/** The least common multiple of integers, not negative; 0 where either is. */
export const lcm: TwoTensors = /*@__PURE__*/ elementwise("lcm_cpu", (x, y) => s.abs(s.mul(s.idiv(x!, divisor(x!, y!)), y!)), { rule: "bits", takes: "tensors" });
