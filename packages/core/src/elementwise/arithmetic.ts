/** @file Arithmetic, comparison and logic, element by element. Each is one expression; its derivative follows. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { isFloat } from "../dtype.ts";
import { dividing, noBoolSub, noOneBoolSub, notForBool, raising } from "./checks.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";
import { ofFloats } from "./stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
type Binary = Elementwise<readonly [x: Operand, y: Operand]>;
type Compared = Elementwise<readonly [x: Tensor, y: Operand]>;
type TwoTensors = Elementwise<readonly [x: Tensor, y: Tensor]>;

/** x + y. */
export const add: Binary = /*@__PURE__*/ elementwise("add", s.add, { rule: "arithmetic", wrapsNumbers: true });
/** x - y. */
export const sub: Binary = /*@__PURE__*/ elementwise("sub", s.sub, { rule: "number", wrapsNumbers: true, refusesBool: noBoolSub, refusesOneBool: noOneBoolSub });
/**
 * x * y. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example mul(tensor([1, 2]), tensor([3, 4])) // [3, 8]
 */
export const mul: Binary = /*@__PURE__*/ elementwise("mul", s.mul, { rule: "arithmetic", wrapsNumbers: true });
/** x / y; of integers a float. */
export const div: Binary = /*@__PURE__*/ elementwise("div", s.div, { rule: "float", wrapsNumbers: true });
/** x + alpha * y. */
export const addScaled: Elementwise<readonly [x: Operand, y: Operand, alpha: number]> =
  /*@__PURE__*/ elementwise("add", (x, y, alpha) => s.add(x!, s.mul(y!, alpha!)), { rule: "arithmetic" });
/** x - alpha * y. */
export const subScaled: Elementwise<readonly [x: Operand, y: Operand, alpha: number]> =
  /*@__PURE__*/ elementwise("sub", (x, y, alpha) => s.sub(x!, s.mul(y!, alpha!)), { rule: "number", refusesBool: noBoolSub, refusesOneBool: noOneBoolSub });
/** The node of the overload with a number is 0, of that with two tensors 1. */
const byTensor = ([x, y]: readonly Operand[]): number => (typeof x === "object" && typeof y !== "object" ? 0 : 1);
/**
 * x ** y, with C's corners: x ** 0 and 1 ** y are 1. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @throws ArgumentError for integers to the power of a negative whole number
 * @example pow(tensor([2, 3]), 2) // [4, 9]
 */
export const pow: Binary = /*@__PURE__*/ raising(/*@__PURE__*/ elementwise("pow", s.pow, { rule: "number", refusesBool: /*@__PURE__*/ notForBool("pow"), overload: byTensor }));
/**
 * The remainder with the sign of y, as Python's %. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
 * @example remainder(tensor([-3, 5]), 2) // [1, 1]
 */
export const remainder: Binary = /*@__PURE__*/ dividing(/*@__PURE__*/ elementwise("remainder", (x, y) => {
  const r = s.rem(x!, y!);
  return s.select(s.and(s.ne(r, 0), s.xor(s.lt(r, 0), s.lt(y!, 0))), s.add(r, y!), r);
}, { rule: "number", refusesBool: /*@__PURE__*/ notForBool("remainder_cpu"), overload: byTensor }));
/**
 * The remainder with the sign of x, as C's fmod. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
 * @example fmod(tensor([-3, 5]), 2) // [-1, 1]
 */
export const fmod: Compared = /*@__PURE__*/ dividing(/*@__PURE__*/ elementwise("fmod", s.rem, { rule: "number", refusesBool: /*@__PURE__*/ notForBool("fmod_cpu"), overload: byTensor, takes: "tensorFirst" }));
/**
 * The larger; NaN if either is; a tie shares its gradient. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example maximum(tensor([1, 4]), tensor([3, 2])) // [3, 4]
 */
export const maximum: TwoTensors = /*@__PURE__*/ elementwise("maximum", s.max, { rule: "arithmetic", takes: "tensors" });
/**
 * The smaller; NaN if either is; a tie shares its gradient. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example minimum(tensor([1, 4]), tensor([3, 2])) // [1, 2]
 */
export const minimum: TwoTensors = /*@__PURE__*/ elementwise("minimum", s.min, { rule: "arithmetic", takes: "tensors" });
/**
 * -x. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example neg(tensor([1, -2])) // [-1, 2]
 */
export const neg: Unary = /*@__PURE__*/ elementwise("neg", s.neg, {
  rule: "number", refusesBool: "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
});
/**
 * |x|. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example abs(tensor([-1, 2])) // [1, 2]
 */
export const abs: Unary = /*@__PURE__*/ elementwise("abs", s.abs, { rule: "number", refusesBool: /*@__PURE__*/ notForBool("abs_cpu") });
/**
 * -1, 0 or 1. Of any shape; keeps the dtype.
 * @example sign(tensor([-2, 0, 3])) // [-1, 0, 1]
 */
export const sign: Unary = /*@__PURE__*/ elementwise("sign", s.sign, { rule: "arithmetic" });
/**
 * x * x. Of any shape; bools give int32.
 * @example square(tensor([2, -3])) // [4, 9]
 */
export const square: Unary = /*@__PURE__*/ elementwise("pow", (x) => s.mul(x!, x!), { rule: "number" });

/**
 * The largest integer that is not above x. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example floor(tensor([0.5, -0.5])) // [0, -1]
 */
export const floor: Unary = /*@__PURE__*/ elementwise("floor", /*@__PURE__*/ ofFloats(s.floor), { rule: "number", refusesBool: /*@__PURE__*/ notForBool("floor_vml_cpu") });
/**
 * The smallest integer that is not below x. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example ceil(tensor([0.5, -0.5])) // [1, 0]
 */
export const ceil: Unary = /*@__PURE__*/ elementwise("ceil", /*@__PURE__*/ ofFloats(s.ceil), { rule: "number", refusesBool: /*@__PURE__*/ notForBool("ceil_vml_cpu") });
/**
 * x without its fraction. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example trunc(tensor([1.5, -1.5])) // [1, -1]
 */
export const trunc: Unary = /*@__PURE__*/ elementwise("trunc", /*@__PURE__*/ ofFloats(s.trunc), { rule: "number", refusesBool: /*@__PURE__*/ notForBool("trunc_vml_cpu") });
/** To the nearest integer, half to even. */
export const round: Unary = /*@__PURE__*/ elementwise("round", /*@__PURE__*/ ofFloats(s.round), { rule: "number", refusesBool: /*@__PURE__*/ notForBool("round_vml_cpu") });

/**
 * bool: x = y. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example eq(tensor([1, 2]), 2) // [false, true]
 */
export const eq: Compared = /*@__PURE__*/ elementwise("eq", s.eq, { predicate: true, takes: "tensorFirst" });
/**
 * bool: x is not y; true of NaN. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example ne(tensor([1, 2]), 2) // [true, false]
 */
export const ne: Compared = /*@__PURE__*/ elementwise("ne", s.ne, { predicate: true, takes: "tensorFirst" });
/**
 * bool: x < y. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example lt(tensor([1, 2]), 2) // [true, false]
 */
export const lt: Compared = /*@__PURE__*/ elementwise("lt", s.lt, { predicate: true, takes: "tensorFirst" });
/**
 * bool: x <= y. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example le(tensor([1, 2]), 1) // [true, false]
 */
export const le: Compared = /*@__PURE__*/ elementwise("le", s.le, { predicate: true, takes: "tensorFirst" });
/**
 * bool: x > y. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example gt(tensor([1, 2]), 1) // [false, true]
 */
export const gt: Compared = /*@__PURE__*/ elementwise("gt", s.gt, { predicate: true, takes: "tensorFirst" });
/**
 * bool: x >= y. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example ge(tensor([1, 2]), 2) // [false, true]
 */
export const ge: Compared = /*@__PURE__*/ elementwise("ge", s.ge, { predicate: true, takes: "tensorFirst" });
/**
 * bool: whether x is NaN. Of any shape and dtype; gives bools.
 * @example isnan(tensor([1, NaN])) // [false, true]
 */
export const isnan: Unary = /*@__PURE__*/ elementwise("isnan", (x) => (isFloat(x!.dtype) ? s.isNan(x!) : s.ne(x!, x!)), { predicate: true });

const truth = (x: Expr): Expr => s.cast(x, "bool");
/**
 * bool: whether x is 0. Of any shape and dtype; gives bools.
 * @example logicalNot(tensor([true, false])) // [false, true]
 */
export const logicalNot: Unary = /*@__PURE__*/ elementwise("logicalNot", (x) => s.not(truth(x!)), { predicate: true });
/**
 * bool: whether neither is 0. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example logicalAnd(tensor([true, true]), tensor([true, false])) // [true, false]
 */
export const logicalAnd: TwoTensors = /*@__PURE__*/ elementwise("logicalAnd", (x, y) => s.and(truth(x!), truth(y!)), { predicate: true, takes: "tensors" });
/**
 * bool: whether one of them, or both, is not 0. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example logicalOr(tensor([true, false]), tensor([false, false])) // [true, false]
 */
export const logicalOr: TwoTensors = /*@__PURE__*/ elementwise("logicalOr", (x, y) => s.or(truth(x!), truth(y!)), { predicate: true, takes: "tensors" });
/**
 * bool: whether exactly one of them is not 0. Shapes broadcast; of any dtypes, gives bools.
 * @throws ShapeError where shapes do not broadcast
 * @example logicalXor(tensor([true, true]), tensor([true, false])) // [false, true]
 */
export const logicalXor: TwoTensors = /*@__PURE__*/ elementwise("logicalXor", (x, y) => s.xor(truth(x!), truth(y!)), { predicate: true, takes: "tensors" });
