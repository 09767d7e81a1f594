/** @file Chebyshev series as expressions: all of a table in float64, as many of its terms as float32 can tell, as a polynomial, in float32. */
import * as s from "../../scalar/expr.ts";
import type { Expr, Operand } from "../../scalar/expr.ts";
import { polynomialOf } from "../stable.ts";

const magnitude = (numbers: readonly number[]): number => numbers.reduce((sum, c) => sum + Math.abs(c), 0);

/** c0 + c1 T1(t) + c2 T2(t) ... for t in [-1, 1]. */
export function chebyshevOf(t: Expr, table: readonly number[]): Expr {
  if (t.dtype === "float64") return clenshaw(t, table);
  const bound = magnitude(table) * 2 ** -27, cut = table.filter((_, k) => magnitude(table.slice(k)) >= bound), powers = monomials(cut);
  // A polynomial in t takes two instructions a term, the series three; but its terms may be large and cancel.
  return magnitude(powers) < 3 * magnitude(cut) ? polynomialOf(t, powers) : clenshaw(t, cut);
}

/** b_k = c_k + 2 t b_(k+1) - b_(k+2); the sum is c_0 + t b_1 - b_2. */
function clenshaw(t: Expr, [first, ...rest]: readonly number[]): Expr {
  const twice = s.mul(2, t);
  let b: Operand = s.lit(0, t.dtype), before: Operand = b;
  for (const [k, c] of rest.reverse().entries()) [b, before] = k === 0 ? [s.lit(c, t.dtype), b] : [s.add(s.sub(s.mul(twice, b), before), c), b];
  return s.add(s.sub(s.mul(t, b), before), first!);
}

/** The coefficients of 1, t, t^2 ...: T_(k+1) = 2 t T_k - T_(k-1). */
function monomials(series: readonly number[]): number[] {
  const sum = new Array<number>(series.length).fill(0);
  let before: readonly number[] = [], power: readonly number[] = [1];
  for (const [k, c] of series.entries()) {
    power.forEach((p, i) => { sum[i]! += c * p; });
    const next = new Array<number>(power.length + 1).fill(0);
    power.forEach((p, i) => { next[i + 1] = (k === 0 ? 1 : 2) * p; });
    before.forEach((p, i) => { next[i]! -= p; });
    [before, power] = [power, next];
  }
  return sum;
}
