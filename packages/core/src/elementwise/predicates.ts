/** @file What kind of number each element is, and whether two are close. They have no derivative. */
import { isFloat, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { type Elementwise, elementwise } from "./elementwise.ts";
import { both, either, isFiniteOf, signBitOf } from "./stable.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
const predicate = { predicate: true } as const;
/** Integers and bools are never it (or always). */
const amongFloats = (f: (x: Expr) => Expr, others: (x: Expr, y: Expr) => Expr) => (x?: Expr): Expr => (isFloat(x!.dtype) ? f(x!) : others(x!, x!));

/**
 * Neither infinite nor NaN. Of any shape and dtype; gives bools.
 * @example isfinite(tensor([1, Infinity, NaN])) // [true, false, false]
 */
export const isfinite: Unary = /*@__PURE__*/ elementwise("isfinite", /*@__PURE__*/ amongFloats(isFiniteOf, s.eq), predicate);
/**
 * Infinity or -Infinity. Of any shape and dtype; gives bools.
 * @example isinf(tensor([1, -Infinity])) // [false, true]
 */
export const isinf: Unary = /*@__PURE__*/ elementwise("isinf", /*@__PURE__*/ amongFloats((x) => s.eq(s.abs(x), Infinity), s.ne), predicate);
/**
 * Infinity. Of any shape and dtype; gives bools.
 * @example isposinf(tensor([Infinity, -Infinity])) // [true, false]
 */
export const isposinf: Unary = /*@__PURE__*/ elementwise("isposinf", /*@__PURE__*/ amongFloats((x) => s.eq(x, Infinity), s.ne), predicate);
/**
 * -Infinity. Of any shape and dtype; gives bools.
 * @example isneginf(tensor([Infinity, -Infinity])) // [false, true]
 */
export const isneginf: Unary = /*@__PURE__*/ elementwise("isneginf", /*@__PURE__*/ amongFloats((x) => s.eq(x, -Infinity), s.ne), predicate);
/**
 * Always true of a real tensor; of a complex one it is a method. Of any shape and dtype; gives bools.
 * @example isreal(tensor([1, 2])) // [true, true]
 */
export const isreal: Unary = /*@__PURE__*/ elementwise("isreal", (x) => s.or(s.eq(x!, x!), s.ne(x!, x!)), predicate);
/**
 * Whether the sign bit is set: of negative numbers and of -0. Of any shape and dtype; gives bools.
 * @example signbit(tensor([-1, 1])) // [true, false]
 */
export const signbit: Unary = /*@__PURE__*/ elementwise("signbit", (x) => signBitOf(x!), predicate);

const near = (nans: boolean) => (x?: Expr, y?: Expr, rtol?: Expr, atol?: Expr): Expr => {
  const gap = s.abs(s.sub(x!, y!)), allowed = s.add(atol!, s.abs(s.mul(rtol!, y!)));
  const close = either(s.eq(x!, y!), both(isFiniteOf(gap), s.le(gap, allowed)));
  return nans ? s.or(close, both(s.isNan(x!), s.isNan(y!))) : close;
};
type Near = Elementwise<readonly [x: Tensor, y: Tensor, rtol: number, atol: number]>;
const closeNumbers: Near = /*@__PURE__*/ elementwise("isclose", /*@__PURE__*/ near(false), { rule: "float", predicate: true });
const closeOrNan: Near = /*@__PURE__*/ elementwise("isclose", /*@__PURE__*/ near(true), { rule: "float", predicate: true });

export type CloseOptions = {
  /** 1e-5 by default. */
  readonly rtol?: number;
  /** 1e-8 by default. */
  readonly atol?: number;
  /** Whether NaN is close to NaN. */
  readonly equalNan?: boolean;
};
/**
 * |x - y| <= atol + rtol |y|, element by element, or equal. Both have one dtype. Shapes broadcast; of any dtypes, gives bools.
 * @throws DTypeError where dtypes differ
 * @throws ArgumentError for negative tolerances
 * @throws ShapeError where shapes do not broadcast
 * @example isclose(tensor([1, 2]), tensor([1.000001, 2.1])) // [true, false]
 */
export function isclose(x: Tensor, y: Tensor, options: CloseOptions = {}): Tensor {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  if (x.dtype !== y.dtype) throw new DTypeError(`${scalarTypeName[x.dtype]} did not match ${scalarTypeName[y.dtype]}`);
  if (!(rtol >= 0)) throw new ArgumentError(`rtol must be greater than or equal to zero, but got ${rtol}`);
  if (!(atol >= 0)) throw new ArgumentError(`atol must be greater than or equal to zero, but got ${atol}`);
  return (equalNan ? closeOrNan : closeNumbers)(x, y, rtol, atol);
}
