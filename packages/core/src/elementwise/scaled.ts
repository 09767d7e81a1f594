/** @file Sums and differences with a factor: `x + alpha * y`. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { add as plainAdd, addScaled, sub as plainSub, subScaled } from "./arithmetic.ts";
import { checkFactor, noBoolSub, noOneBoolSub } from "./checks.ts";
import { type Elementwise, elementwise, type Operand, type WithOut, withOut } from "./elementwise.ts";

export type ScaleOptions = {
  /** The factor of the second operand (of `rsub`, of the first): 1 by default. */
  readonly alpha?: number;
};
type Scaled = WithOut<[x: Operand, y: Operand, options?: ScaleOptions]>;
type Plain = Elementwise<readonly [x: Operand, y: Operand]>;
type WithFactor = Elementwise<readonly [x: Operand, y: Operand, alpha: number]>;

const scaled = (plain: Plain, withFactor: WithFactor): Scaled => withOut(
  (x, y, options) => {
    if (options?.alpha === undefined) return plain(x, y);
    checkFactor("alpha", options.alpha, [x, y]);
    return withFactor(x, y, options.alpha);
  },
  (target, x, y, options) => {
    if (options?.alpha === undefined) return plain.out(target, x, y);
    checkFactor("alpha", options.alpha, [x, y]);
    return withFactor.out(target, x, y, options.alpha);
  });

/**
 * x + alpha * y. Of integers, alpha is an integer. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example add(tensor([1, 2]), tensor([3, 4]), { alpha: 10 }) // [31, 42]
 */
export const add: Scaled = /*@__PURE__*/ scaled(plainAdd, addScaled);
/**
 * x - alpha * y. Of integers, alpha is an integer. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @example sub(tensor([5, 6]), 1) // [4, 5]
 */
export const sub: Scaled = /*@__PURE__*/ scaled(plainSub, subScaled);
/** x += alpha * y. */
export const add_ = (x: Tensor, y: Operand, { alpha }: ScaleOptions = {}): Tensor => (alpha === undefined ? plainAdd.into(x, y) : addScaled.into(x, y, alpha));
/** x -= alpha * y. */
export const sub_ = (x: Tensor, y: Operand, { alpha }: ScaleOptions = {}): Tensor => (alpha === undefined ? plainSub.into(x, y) : subScaled.into(x, y, alpha));

const rsubScaled: WithFactor = /*@__PURE__*/ elementwise("rsub", (x, y, alpha) => s.sub(y!, s.mul(x!, alpha!)), {
  rule: "number", refusesBool: noBoolSub, refusesOneBool: noOneBoolSub, overload: ([, y]) => (typeof y === "object" ? 0 : 1), takes: "tensorFirst",
});
const rsubPlain: Plain = /*@__PURE__*/ elementwise("rsub", (x, y) => s.sub(y!, x!), { rule: "number", refusesBool: noBoolSub, refusesOneBool: noOneBoolSub, overload: ([, y]) => (typeof y === "object" ? 0 : 1), takes: "tensorFirst" });
/**
 * y - alpha * x: the difference the other way round. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for bools
 * @example rsub(tensor([1, 2]), 10) // [9, 8]
 */
export function rsub(x: Tensor, y: Operand, options: ScaleOptions = {}): Tensor {
  const { alpha = 1 } = options;
  checkFactor("alpha", alpha, [x, y]);
  return alpha === 1 ? rsubPlain(x, y) : rsubScaled(x, y, alpha);
}
