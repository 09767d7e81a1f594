/** @file Division with rounding, and what is defined by it. */
import { ArgumentError } from "../errors.ts";
import { isFloat } from "../dtype.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { div as divide } from "./arithmetic.ts";
import { dividing, notForBool } from "./checks.ts";
import { type Elementwise, elementwise, type Operand, type WithOut, withOut } from "./elementwise.ts";
import { both } from "./stable.ts";

type Binary = Elementwise<readonly [x: Operand, y: Operand]>;

/** Rounded down. Of floats, from the remainder, so that no rounded quotient crosses an integer: Python's `//`. */
function floored(x: Expr, y: Expr): Expr {
  const r = s.rem(x, y), opposite = both(s.ne(r, 0), s.xor(s.lt(r, 0), s.lt(y, 0)));
  if (!isFloat(x.dtype)) return s.select(opposite, s.sub(s.idiv(x, y), 1), s.idiv(x, y));
  const quotient = s.div(s.sub(x, r), y), exact = s.select(opposite, s.sub(quotient, 1), quotient), down = s.floor(exact);
  const whole = s.select(s.lt(0.5, s.sub(exact, down)), s.add(down, 1), down);
  return s.select(s.eq(y, 0), s.div(x, y), s.select(s.eq(exact, 0), s.mul(s.div(x, y), 0), whole));
}
const truncated = (x: Expr, y: Expr): Expr => (isFloat(x.dtype) ? s.trunc(s.div(x, y)) : s.idiv(x, y));

const overload = (): number => 2;
const divFloor: Binary = /*@__PURE__*/ dividing(/*@__PURE__*/ elementwise("div", (x, y) => floored(x!, y!), { rule: "number", overload, wrapsNumbers: true }));
const divTrunc: Binary = /*@__PURE__*/ dividing(/*@__PURE__*/ elementwise("div", (x, y) => truncated(x!, y!), { rule: "number", overload, wrapsNumbers: true }));

/**
 * x / y rounded down; of integers an integer. No derivative. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
 * @example floorDivide(tensor([7, -7]), 2) // [3, -4]
 */
export const floorDivide: Binary = /*@__PURE__*/ dividing(/*@__PURE__*/ elementwise("floor_divide", (x, y) => floored(x!, y!), { rule: "number", refusesBool: /*@__PURE__*/ notForBool("div_floor_cpu"), gradient: () => [] }));

export type DivideOptions = {
  /** "floor" rounds down, "trunc" towards 0, as Python's `//` and C's `/`; integers then give integers. */
  readonly roundingMode?: "floor" | "trunc" | null;
};
/**
 * x / y. Without rounding, integers give a float; the derivative of a rounded quotient is 0. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for another rounding mode, and for integers divided by 0 with one; on an asynchronous device the next read rejects with it
 * @example div(tensor([7, -7]), 2, { roundingMode: "trunc" }) // [3, -3]
 */
export const div: WithOut<[x: Operand, y: Operand, options?: DivideOptions]> =
  /*@__PURE__*/ withOut((x, y, options = {}) => rounding(options)(x, y), (target, x, y, options = {}) => rounding(options).out(target, x, y));
/** x /= y, rounded as `div` does. */
export const div_ = (x: Tensor, y: Operand, options: DivideOptions = {}): Tensor => rounding(options).into(x, y);

function rounding({ roundingMode = null }: DivideOptions): Binary {
  switch (roundingMode) {
    case null: return divide;
    case "floor": return divFloor;
    case "trunc": return divTrunc;
    default: throw new ArgumentError(`div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(roundingMode)}'`);
  }
}
/**
 * As `div` without a rounding mode: x / y. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example trueDivide(tensor([1, 2]), 4) // [0.25, 0.5]
 */
export const trueDivide: Binary = divide;
