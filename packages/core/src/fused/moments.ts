/** @file Variance or deviation together with the mean. */
import { isFloat } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { mean } from "../composites/reductions.ts";
import { type Elementwise, elementwise } from "../elementwise/elementwise.ts";
import * as s from "../scalar/expr.ts";
import { std, var_, type VarOptions } from "./spread.ts";

type Dims = number | readonly number[];
function floatOf(op: string, x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw new DTypeError(`${op} only support floating point and complex dtypes`);
  return x;
}

/**
 * The variance and the mean, as `var_` and `mean` have them.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns `[variance, mean]`, of x's shape without the dims and of its dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example varMean(tensor([1, 2, 3])) // [1, 2]
 */
export const varMean: (x: Tensor, dim?: Dims, options?: VarOptions) => [Tensor, Tensor] = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: VarOptions = {}): [Tensor, Tensor] =>
  together("VarMeanBackward0", floatOf("var_mean", x), var_(x, dim, options), dim, options));
/**
 * The standard deviation and the mean, as `std` and `mean` have them.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns `[std, mean]`, of x's shape without the dims and of its dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example stdMean(tensor([1, 2, 3])) // [1, 2]
 */
export const stdMean: (x: Tensor, dim?: Dims, options?: VarOptions) => [Tensor, Tensor] = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: VarOptions = {}): [Tensor, Tensor] =>
  together("StdMeanBackward0", floatOf("std_mean", x), std(x, dim, options), dim, options));

/** PyTorch's running mean meets an infinity and then subtracts it from another number: beside a deviation the mean of infinities is NaN. (The mean of x alone is not, nor is that of one element.) */
const running: Elementwise<readonly [mean: Tensor, spread: Tensor]> = /*@__PURE__*/ elementwise("mean", (m, v) =>
  s.select(s.and(s.isNan(v!), s.eq(s.abs(m!), Infinity)), NaN, m!), { gradient: (g) => [g, undefined] });

function together(name: string, x: Tensor, spread: Tensor, dim: Dims | undefined, { keepdim = false }: VarOptions): [Tensor, Tensor] {
  const average = mean(x, dim, { keepdim }), results: [Tensor, Tensor] = [spread, x.window.size === average.window.size ? average : running(average, spread)];
  for (const out of results) if (out.gradFn !== null) out.gradFn.label = name;
  return results;
}
