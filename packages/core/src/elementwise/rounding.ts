/** @file Rounding to a number of decimals. */
import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { round as toInteger } from "./arithmetic.ts";
import { type Elementwise, elementwise } from "./elementwise.ts";
import { ofFloats } from "./stable.ts";

type Scaled = Elementwise<readonly [x: Tensor, scale: number]>;
const fine: Scaled = /*@__PURE__*/ elementwise("round:1", (x, scale) => ofFloats((y) => s.div(s.round(s.mul(y, scale!)), scale!))(x));
const coarse: Scaled = /*@__PURE__*/ elementwise("round:1", (x, scale) => ofFloats((y) => s.mul(s.round(s.div(y, scale!)), scale!))(x));

export type RoundOptions = {
  /** Digits after the point; negative ones before it. */
  readonly decimals?: number;
};
/**
 * To the nearest integer, or multiple of 10 ** -decimals; half to even. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example round(tensor([0.5, 1.5, -1.2])) // [0, 2, -1]
 */
export const round = (x: Tensor, options: RoundOptions = {}): Tensor => (options.decimals === undefined ? toInteger(x) : scaled(options.decimals)(x, 10 ** Math.abs(options.decimals)));
/** As `round`, in place. */
export const round_ = (x: Tensor, options: RoundOptions = {}): Tensor => (options.decimals === undefined ? toInteger.into(x) : scaled(options.decimals).into(x, 10 ** Math.abs(options.decimals)));
function scaled(decimals: number): Scaled {
  if (!Number.isInteger(decimals)) throw new ArgumentError(`round(): decimals must be an integer, got ${decimals}`);
  return decimals >= 0 ? fine : coarse;
}
