/** @file The reverse rule of each scalar instruction, and reverse mode over expressions. */
import { dtypes, isFloat } from "../dtype.ts";
import {
  add, and, cast, cos, div, eq, type Expr, exp, ge, lit, log, lt, mul, neg, pow, select, sign, sin, sqrt, sub, topologicalOrder, trunc,
} from "./expr.ts";
import type { InstructionName } from "./instructions.ts";

/** The gradient of each operand from that of the result; undefined means "does not depend". */
export type ScalarVjp = (grad: Expr, out: Expr, x: Expr, y: Expr, z: Expr) => readonly (Expr | undefined)[];

const none: ScalarVjp = () => [];
const zeroLike = (x: Expr) => lit(0, x.dtype);
const computed = (x: Expr): Expr => cast(x, dtypes[x.dtype].compute);

/** Ties are split evenly between max's (or min's) operands, as PyTorch does. */
const extremum = (loses: (x: Expr, y: Expr) => Expr): ScalarVjp => (g, _, x, y) => {
  const tie = eq(x, y), half = div(g, 2), zero = zeroLike(g);
  return [select(tie, half, select(loses(x, y), zero, g)), select(tie, half, select(loses(y, x), zero, g))];
};

export const vjps: { readonly [I in InstructionName]: ScalarVjp } = {
  neg: (g) => [neg(g)],
  abs: (g, _, x) => [mul(g, sign(x))],
  sign: none,
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, _, x, y) => [mul(g, y), mul(g, x)],
  div: (g, out, _x, y) => { const over = div(g, y); return [over, neg(mul(over, out))]; },
  idiv: none,
  rem: (g, _, x, y) => [g, neg(mul(g, quotient(x, y)))],
  // d x^y = y x^(y-1) dx + x^y log(x) dy, with 0 where y = 0, and where x = 0 and y >= 0
  pow: (g, out, x, y) => [
    select(eq(y, 0), zeroLike(g), mul(g, mul(y, pow(x, sub(y, 1))))),
    select(and(eq(x, 0), ge(y, 0)), zeroLike(g), mul(g, mul(out, log(x)))),
  ],
  max: extremum(lt),
  min: extremum((x, y) => lt(y, x)),
  exp: (g, out) => [mul(g, out)],
  exp2: (g, out) => [mul(g, mul(out, Math.LN2))],
  expm1: (g, out) => [mul(g, add(out, 1))],
  log: (g, _, x) => [div(g, x)],
  log1p: (g, _, x) => [div(g, add(x, 1))],
  sqrt: (g, out) => [div(g, mul(out, 2))],
  sin: (g, _, x) => [mul(g, cos(x))],
  cos: (g, _, x) => [neg(mul(g, sin(x)))],
  tan: (g, out) => [mul(g, add(mul(out, out), 1))],
  asin: (g, _, x) => [div(g, sqrt(sub(1, mul(x, x))))],
  acos: (g, _, x) => [neg(div(g, sqrt(sub(1, mul(x, x)))))],
  atan: (g, _, x) => [div(g, add(mul(x, x), 1))],
  atan2: (g, _, y, x) => { const over = div(g, add(mul(x, x), mul(y, y))); return [mul(over, x), neg(mul(over, y))]; },
  tanh: (g, out) => [mul(g, sub(1, mul(out, out)))],
  erf: (g, _, x) => [mul(mul(g, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))],
  floor: none, ceil: none, trunc: none, round: none, isNan: none,
  eq: none, lt: none, le: none, not: none, and: none, or: none, xor: none, shl: none, shr: none, ushr: none,
  select: (g, _, c) => [undefined, select(c, g, zeroLike(g)), select(c, zeroLike(g), g)],
  cast: (g, _, x) => [isFloat(x.dtype) ? cast(g, x.dtype) : undefined],
  bitcast: none, index: none, random: none,
};

/** The integer quotient that `rem` took away: rem(x, y) = x - q y. */
const quotient = (x: Expr, y: Expr): Expr => trunc(div(x, y));

/**
 * Reverse mode over expressions: the gradient of each of `args` when `grads[k]` is the gradient of `roots[k]`
 * (undefined: that result is not used). An operand reached twice has its gradients added.
 */
export function differentiate(roots: readonly Expr[], grads: readonly (Expr | undefined)[], args: readonly Expr[]): (Expr | undefined)[] {
  const gradients = new Map<Expr, Expr>();
  const accumulate = (at: Expr, grad: Expr | undefined): void => {
    if (grad === undefined) return;
    const before = gradients.get(at);
    gradients.set(at, before === undefined ? grad : cast(add(computed(before), computed(grad)), at.dtype));
  };
  roots.forEach((root, k) => accumulate(root, grads[k]));
  const relevant = dependents(roots, args);
  for (const expr of topologicalOrder(roots).reverse()) {
    const grad = gradients.get(expr);
    if (grad === undefined || expr.kind !== "apply" || !relevant.has(expr)) continue;
    const [x, y, z] = expr.operands as [Expr, Expr, Expr];
    vjps[expr.name](grad, expr, x, y, z).forEach((g, i) => relevant.has(expr.operands[i]!) && accumulate(expr.operands[i]!, g));
  }
  return args.map((a) => gradients.get(a));
}

/** The subexpressions through which a root depends on one of `args`. */
function dependents(roots: readonly Expr[], args: readonly Expr[]): Set<Expr> {
  const found = new Set<Expr>(args);
  for (const expr of topologicalOrder(roots)) if (expr.kind === "apply" && expr.operands.some((x) => found.has(x))) found.add(expr);
  return found;
}
