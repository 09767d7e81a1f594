/** @file Powers, logarithms and what is made of them, element by element. Integers give float32. */
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { ArgumentError } from "../errors.ts";
import { type Elementwise, elementwise, type Operand } from "./elementwise.ts";
import { both, either } from "./stable.ts";
import { timesLog } from "./times-log.ts";

type Unary = Elementwise<readonly [x: Tensor]>;
type Binary = Elementwise<readonly [x: Tensor, y: Tensor]>;

/**
 * 2 ** x. Of any shape; integers and bools give float32.
 * @example exp2(tensor([0, 3])) // [1, 8]
 */
export const exp2: Unary = /*@__PURE__*/ elementwise("exp2", s.exp2, { rule: "float" });

/** The logarithm to another base; whole numbers where it is one. */
const logTo = (base: number) => (x?: Expr): Expr => {
  const y = s.mul(s.log(x!), 1 / Math.log(base)), whole = s.round(y);
  return s.select(s.eq(s.pow(base, whole), x!), whole, y);
};
/**
 * The logarithm to base 2, exact for powers of 2. Of any shape; integers and bools give float32.
 * @example log2(tensor([1, 8])) // [0, 3]
 */
export const log2: Unary = /*@__PURE__*/ elementwise("log2", /*@__PURE__*/ logTo(2), { rule: "float", gradient: (g, _, [x]) => [s.mul(s.div(g, x!), 1 / Math.LN2)] });
/**
 * The logarithm to base 10. Of any shape; integers and bools give float32.
 * @example log10(tensor([1, 100])) // [0, 2]
 */
export const log10: Unary = /*@__PURE__*/ elementwise("log10", /*@__PURE__*/ logTo(10), { rule: "float", gradient: (g, _, [x]) => [s.mul(s.div(g, x!), 1 / Math.LN10)] });

/** max + log(1 + base ** -|x - y|), and the infinity itself where both are the same one. */
const addLogs = (power: (z: Expr) => Expr, log1p: (z: Expr) => Expr) => (x?: Expr, y?: Expr): Expr => {
  const sum = s.add(s.max(x!, y!), log1p(power(s.neg(s.abs(s.sub(x!, y!))))));
  return s.select(both(s.eq(x!, y!), s.eq(s.abs(x!), Infinity)), x!, sum);
};
const shares = (power: (z: Expr) => Expr) => (g: Expr, _: Expr, [x, y]: readonly Expr[]): Expr[] =>
  [s.div(g, s.add(1, power(s.sub(y!, x!)))), s.div(g, s.add(1, power(s.sub(x!, y!))))];
/**
 * log(exp(x) + exp(y)), without overflow. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example logaddexp(tensor([0]), tensor([0])) // [0.6931]
 */
export const logaddexp: Binary = /*@__PURE__*/ elementwise("logaddexp", /*@__PURE__*/ addLogs(s.exp, s.log1p), { rule: "floats", kernel: "logaddexp_cpu", takes: "tensors", gradient: /*@__PURE__*/ shares(s.exp) });
/**
 * log2(2 ** x + 2 ** y), without overflow. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example logaddexp2(tensor([0]), tensor([0])) // [1]
 */
export const logaddexp2: Binary = /*@__PURE__*/ elementwise("logaddexp2", /*@__PURE__*/ addLogs(s.exp2, (z) => s.mul(s.log1p(z), Math.LOG2E)), { rule: "floats", kernel: "logaddexp2_cpu", takes: "tensors", gradient: /*@__PURE__*/ shares(s.exp2) });

/**
 * x * log(y), and 0 where x is 0 and y is no NaN. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example xlogy(tensor([0, 2]), tensor([0, 3])) // [0, 2.1972]
 */
export const xlogy: Elementwise<readonly [x: Operand, y: Operand]> = /*@__PURE__*/ timesLog("xlogy", s.log, 0);
/** Below 2^-54 they are x itself, which a device may take for 0 in a quotient. */
const odds = (x: Expr): Expr => s.log(s.select(s.lt(s.abs(x), 2 ** -54), x, s.div(x, s.sub(1, x))));
const logitOpen: Unary = /*@__PURE__*/ elementwise("logit", (x) => odds(x!), {
  rule: "float", gradient: (g, _, [x]) => [s.select(either(s.lt(x!, 0), s.gt(x!, 1)), NaN, s.div(g, s.mul(x!, s.sub(1, x!))))],
});
const logitClamped: Elementwise<readonly [x: Tensor, eps: number]> = /*@__PURE__*/ elementwise("logit", (x, eps) =>
  odds(s.select(s.lt(x!, eps!), eps!, s.select(s.gt(x!, s.sub(1, eps!)), s.sub(1, eps!), x!))), {
  rule: "float", gradient: (g, _, [x, eps]) => [s.select(either(s.lt(x!, eps!), s.gt(x!, s.sub(1, eps!))), 0, s.div(g, s.mul(x!, s.sub(1, x!))))],
});
/**
 * log(x / (1 - x)), the inverse of sigmoid; with `eps`, x is first brought into [eps, 1 - eps]. Of any shape; integers and bools give float32.
 * @param options `eps`: by default x is taken as it is
 * @example logit(tensor([0.5, 0.75])) // [0, 1.0986]
 */
export function logit(x: Tensor, options: { readonly eps?: number } = {}): Tensor {
  const { eps } = options;
  if (eps !== undefined && typeof eps !== "number") throw new ArgumentError(`logit(): eps must be a number, got ${String(eps)}`);
  return eps === undefined ? logitOpen(x) : logitClamped(x, eps);
}
