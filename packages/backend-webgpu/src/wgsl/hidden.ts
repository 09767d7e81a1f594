/**
 * @file What compilers would cancel: WGSL lets them suppose that no number is NaN, infinite or -0 and that sums are exact, so they take x - x and x * 0 for 0, x + 0 for x, and (x + y) - x for y.
 * Operands with which that could happen are hidden from them (`ad_hidden`). Knows expressions alone.
 */
import type { Expr } from "@adjoint/core/backend";

/** What a sum is made of. Inputs of one buffer may be the same number, so they count as one, and so do constants. */
type Term = Expr | number | "constant";
const PLUS = 1, MINUS = 2;
/** A longer sum is taken for one term: nothing has been seen to look through as many. */
const MANY = 12;
const opposite = (signs: number): number => ((signs & PLUS) << 1) | ((signs & MINUS) >> 1);

export type Hidden = (x: Expr, operand: number) => boolean;

/** Tells which operands of an expression are to be hidden. @param slots the buffer of each input */
export function hiddenOperands(slots: readonly number[]): Hidden {
  const known = new Map<Expr, ReadonlyMap<Term, number>>();
  const ownTerm = (x: Expr): Term => (x.kind === "lit" ? "constant" : x.kind === "arg" ? slots[x.index] ?? x : x);
  const termsOf = (x: Expr): ReadonlyMap<Term, number> => {
    let terms = known.get(x);
    if (terms !== undefined) return terms;
    const sum = new Map<Term, number>();
    if (x.kind === "apply" && (x.name === "add" || x.name === "sub" || x.name === "neg"))
      x.operands.forEach((operand, k) => {
        const isNegative = x.name === "neg" || (x.name === "sub" && k === 1);
        for (const [term, signs] of termsOf(operand)) sum.set(term, (sum.get(term) ?? 0) | (isNegative ? opposite(signs) : signs));
      });
    terms = sum.size === 0 || sum.size > MANY ? new Map([[ownTerm(x), PLUS]]) : sum;
    known.set(x, terms);
    return terms;
  };
  const cancels = (x: Expr, y: Expr, isDifference: boolean): boolean => {
    const terms = termsOf(x);
    for (const [term, signs] of termsOf(y)) {
      const others = terms.get(term) ?? 0;
      if (term === "constant" ? others !== 0 : (others & (isDifference ? signs : opposite(signs))) !== 0) return true;
    }
    return false;
  };
  const isZero = (x: Expr): boolean => x.kind === "lit" && x.value === 0;
  return (x, operand) => {
    if (x.kind !== "apply" || x.dtype !== "float32") return false;
    const [left, right] = x.operands as readonly [Expr, Expr], own = x.operands[operand]!;
    switch (x.name) {
      case "add": case "sub": return isZero(own) || (operand === 1 && cancels(left, right, x.name === "sub"));
      case "mul": return isZero(own);
      case "div": return (operand === 0 && isZero(own)) || (operand === 1 && left.kind === "apply" && left.name === "mul" && left.operands.includes(right));
      default: return false;
    }
  };
}
