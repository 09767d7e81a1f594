/** @file Arithmetic, comparison and logic, element by element. Each is one expression; its derivative follows. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { isFloat } from "../dtype.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
type Binary = Elementwise<readonly [x: Operand, y: Operand]>;

const noBoolSub = {
  refusesBool: "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
  refusesOneBool: "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
};
const noBool = (kernel: string) => ({ refusesBool: `"${kernel}" not implemented for 'Bool'` });

/** x + y. */
export const add: Binary = /*@__PURE__*/ elementwise("add", s.add, { rule: "arithmetic" });
/** x - y. */
export const sub: Binary = /*@__PURE__*/ elementwise("sub", s.sub, { rule: "number", ...noBoolSub });
/** x * y. */
export const mul: Binary = /*@__PURE__*/ elementwise("mul", s.mul, { rule: "arithmetic" });
/** x / y; of integers a float. */
export const div: Binary = /*@__PURE__*/ elementwise("div", s.div, { rule: "float" });
/** x + alpha * y. */
export const addScaled: Elementwise<readonly [x: Operand, y: Operand, alpha: number]> =
  /*@__PURE__*/ elementwise("add", (x, y, alpha) => s.add(x!, s.mul(y!, alpha!)), { rule: "arithmetic" });
/** x - alpha * y. */
export const subScaled: Elementwise<readonly [x: Operand, y: Operand, alpha: number]> =
  /*@__PURE__*/ elementwise("sub", (x, y, alpha) => s.sub(x!, s.mul(y!, alpha!)), { rule: "number", ...noBoolSub });
/** x ** y, with C's corners: x ** 0 and 1 ** y are 1. */
export const pow: Binary = /*@__PURE__*/ elementwise("pow", s.pow, { rule: "number", ...noBool("pow") });
/** The remainder with the sign of y, as Python's %. */
export const remainder: Binary = /*@__PURE__*/ elementwise("remainder", (x, y) => {
  const r = s.rem(x!, y!);
  return s.select(s.and(s.ne(r, 0), s.xor(s.lt(r, 0), s.lt(y!, 0))), s.add(r, y!), r);
}, { rule: "number", ...noBool("remainder_cpu") });
/** The remainder with the sign of x, as C's fmod. */
export const fmod: Binary = /*@__PURE__*/ elementwise("fmod", s.rem, { rule: "number", ...noBool("fmod_cpu") });
/** The larger; NaN if either is; a tie shares its gradient. */
export const maximum: Binary = /*@__PURE__*/ elementwise("maximum", s.max, { rule: "arithmetic" });
/** The smaller; NaN if either is; a tie shares its gradient. */
export const minimum: Binary = /*@__PURE__*/ elementwise("minimum", s.min, { rule: "arithmetic" });
export const neg: Unary = /*@__PURE__*/ elementwise("neg", s.neg, {
  rule: "number", refusesBool: "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
});
export const abs: Unary = /*@__PURE__*/ elementwise("abs", s.abs, { rule: "number" });
export const sign: Unary = /*@__PURE__*/ elementwise("sign", s.sign, { rule: "arithmetic" });
/** x * x. */
export const square: Unary = /*@__PURE__*/ elementwise("pow", (x) => s.mul(x!, x!), { rule: "number" });

const wholeOrSame = (f: (x: Expr) => Expr) => (x?: Expr): Expr => (isFloat(x!.dtype) ? f(x!) : x!);
export const floor: Unary = /*@__PURE__*/ elementwise("floor", wholeOrSame(s.floor), { rule: "number", ...noBool("floor_vml_cpu") });
export const ceil: Unary = /*@__PURE__*/ elementwise("ceil", wholeOrSame(s.ceil), { rule: "number", ...noBool("ceil_vml_cpu") });
export const trunc: Unary = /*@__PURE__*/ elementwise("trunc", wholeOrSame(s.trunc), { rule: "number", ...noBool("trunc_vml_cpu") });
/** To the nearest integer, half to even. */
export const round: Unary = /*@__PURE__*/ elementwise("round", wholeOrSame(s.round), { rule: "number", ...noBool("round_vml_cpu") });

export const eq: Binary = /*@__PURE__*/ elementwise("eq", s.eq, { predicate: true });
export const ne: Binary = /*@__PURE__*/ elementwise("ne", s.ne, { predicate: true });
export const lt: Binary = /*@__PURE__*/ elementwise("lt", s.lt, { predicate: true });
export const le: Binary = /*@__PURE__*/ elementwise("le", s.le, { predicate: true });
export const gt: Binary = /*@__PURE__*/ elementwise("gt", s.gt, { predicate: true });
export const ge: Binary = /*@__PURE__*/ elementwise("ge", s.ge, { predicate: true });
export const isnan: Unary = /*@__PURE__*/ elementwise("isnan", (x) => (isFloat(x!.dtype) ? s.isNan(x!) : s.ne(x!, x!)), { predicate: true });

const truth = (x: Expr): Expr => s.cast(x, "bool");
export const logicalNot: Unary = /*@__PURE__*/ elementwise("logicalNot", (x) => s.not(truth(x!)), { predicate: true });
export const logicalAnd: Binary = /*@__PURE__*/ elementwise("logicalAnd", (x, y) => s.and(truth(x!), truth(y!)), { predicate: true });
export const logicalOr: Binary = /*@__PURE__*/ elementwise("logicalOr", (x, y) => s.or(truth(x!), truth(y!)), { predicate: true });
export const logicalXor: Binary = /*@__PURE__*/ elementwise("logicalXor", (x, y) => s.xor(truth(x!), truth(y!)), { predicate: true });
