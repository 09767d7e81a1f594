/** @file Which expressions one side of a choice alone needs, so that a backend may leave them out where nobody takes that side. Knows no backend. */
import type { Apply, Expr } from "./expr.ts";

/** What to compute, in this order: an expression, or several, where the condition `holds` (or does not) for at least one element. */
export type Step = Expr | Branch;
export type Branch = {
  readonly kind: "branch";
  readonly condition: Expr;
  readonly holds: boolean;
  readonly steps: readonly Step[];
  /** Those of its expressions that are read outside of it, by selects that read nothing else of them where the condition is the other way. */
  readonly yields: readonly Expr[];
};

/** A branch costs a test and a jump: as many instructions pay for it. */
const LEAST = 40;

/** A choice by one condition, which several selects may make. */
type Choice = { readonly condition: Expr; readonly holds: boolean; readonly selects: Apply[] };

/**
 * The expressions of `order`, operands before users, with those in branches that only one side of a choice needs.
 * @param order what is to be computed; operands that are not in it are there already
 * @param kept what is read beside the users in `order`: results
 */
export function branched(order: readonly Expr[], kept: ReadonlySet<Expr>): readonly Step[] {
  const choices = order.length < LEAST ? [] : choicesOf(order);
  if (choices.length === 0) return order;
  const users = new Map<Expr, Apply[]>(), position = new Map(order.map((x, i) => [x, i]));
  for (const x of order) {
    if (x.kind === "apply") x.operands.forEach((y, k) => { if (y.kind === "apply" && position.has(y) && x.operands.indexOf(y) === k) users.get(y)?.push(x) ?? users.set(y, [x]); });
  }
  const found = choices.flatMap((choice) => {
    const inside = insideOf(choice, users, kept), selects = choice.selects.filter((x) => !inside.has(x));
    return inside.size >= LEAST && isReady(choice.condition, selects[0]!, inside, position) ? [{ choice: { ...choice, selects }, inside }] : [];
  });
  // The largest first: what lies within another is found in it.
  found.sort((a, b) => b.inside.size - a.inside.size);
  const taken = new Set<Expr>(), choosing = new Set<Expr>(), at = new Map<Expr, Branch[]>();
  for (const { choice: { condition, holds, selects }, inside } of found) {
    if (selects.some((x) => taken.has(x)) || [...inside].some((x) => taken.has(x) || choosing.has(x))) continue;
    for (const x of inside) taken.add(x);
    for (const x of selects) choosing.add(x);
    const yields = [...new Set(selects.map((x) => x.operands[holds ? 1 : 2]!))].filter((x) => inside.has(x));
    const branch: Branch = { kind: "branch", condition, holds, yields, steps: branched(order.filter((x) => inside.has(x)), new Set(yields)) };
    at.set(selects[0]!, [...(at.get(selects[0]!) ?? []), branch]);
  }
  return order.flatMap((x) => (taken.has(x) ? [] : [...(at.get(x) ?? []), x]));
}

function choicesOf(order: readonly Expr[]): Choice[] {
  const sides = [new Map<Expr, Apply[]>(), new Map<Expr, Apply[]>()];
  for (const x of order) if (x.kind === "apply" && x.name === "select") for (const side of sides) side.get(x.operands[0]!)?.push(x) ?? side.set(x.operands[0]!, [x]);
  return sides.flatMap((side, k) => [...side].map(([condition, selects]) => ({ condition, selects, holds: k === 0 })));
}

/** What is read by nothing but that side of these selects, directly or not: what has no reader left once they are gone. */
function insideOf({ holds, selects }: Choice, users: ReadonlyMap<Expr, readonly Apply[]>, kept: ReadonlySet<Expr>): ReadonlySet<Expr> {
  const inside = new Set<Expr>(), left = new Map<Expr, number>(), free: Apply[] = [], side = holds ? 1 : 2;
  const release = (x: Expr): void => {
    const readers = users.get(x);
    if (x.kind !== "apply" || readers === undefined || kept.has(x)) return;
    const count = (left.get(x) ?? readers.length) - 1;
    left.set(x, count);
    if (count === 0) free.push(x);
  };
  const released = new Map<Expr, Expr>();
  for (const select of selects) {
    const x = select.operands[side]!;
    if (select.operands.some((y, k) => y === x && k !== side)) continue;
    released.set(select, x);
    release(x);
  }
  for (let x = free.pop(); x !== undefined; x = free.pop()) {
    inside.add(x);
    const already = released.get(x); // of a select that is itself inside
    x.operands.forEach((y, k) => { if (y !== already && x.operands.indexOf(y) === k) release(y); });
  }
  return inside;
}
/** Whether all that the branch reads is there before the first select. */
const isReady = (condition: Expr, select: Apply, inside: ReadonlySet<Expr>, position: ReadonlyMap<Expr, number>): boolean => {
  const first = position.get(select)!, isThere = (x: Expr): boolean => (x.kind !== "apply" && x.kind !== "arg") || (position.get(x) ?? -1) < first;
  return isThere(condition) && [...inside].every((x) => (x as Apply).operands.every((y) => inside.has(y) || isThere(y)));
};
