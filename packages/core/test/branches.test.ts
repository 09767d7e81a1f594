/** @file Branches of expressions: what a backend computes only where a select takes it stands in an order that is right, once. */
import { expect, test } from "vitest";
import { add, type Apply, arg, cos, div, type Expr, exp, lit, lt, mul, select, sin, topologicalOrder } from "../src/scalar/expr.ts";
import { branched, type Step } from "../src/scalar/branches.ts";
import { lower } from "../src/scalar/lowering.ts";

const x = arg(0, "float32");
/** A sum that takes more instructions than a branch costs. */
const long = (start: Expr): Expr => Array.from({ length: 30 }, (_, i) => i + 2).reduce((sum, k) => add(mul(sum, 1 / k), k), start);

/** Follows the steps: what is read is there, and what is inside a branch is read outside only as it says. */
function check(steps: readonly Step[], there: Set<Expr>): number {
  let branches = 0;
  for (const step of steps) {
    if (step.kind === "branch") {
      expect(there.has(step.condition)).toBe(true);
      const inside = new Set(there);
      branches += 1 + check(step.steps, inside);
      for (const y of step.yields) {
        expect(inside.has(y)).toBe(true);
        there.add(y);
      }
    } else {
      if (step.kind === "apply") for (const y of step.operands) expect(there.has(y), `${step.name} reads ${y.kind}`).toBe(true);
      expect(there.has(step)).toBe(false);
      there.add(step);
    }
  }
  return branches;
}
const count = (...roots: readonly Expr[]): number => {
  const order = topologicalOrder(roots), there = new Set<Expr>(order.filter((y) => y.kind !== "apply"));
  const steps = branched(order.filter((y): y is Apply => y.kind === "apply"), new Set(roots)), found = check(steps, there);
  for (const root of roots) expect(there.has(root)).toBe(true);
  return found;
};

const near = lt(x, 1), left = long(x), right = long(exp(x));
test("each side of a select that is long is a branch", () => expect(count(select(near, left, right))).toBe(2));
test("a short side is none", () => expect(count(select(near, left, mul(x, 2)))).toBe(1));
test("nor is what is read elsewhere, or is a result", () => {
  expect(count(add(select(near, left, right), left))).toBe(1);
  expect(count(select(near, left, right), left)).toBe(1);
});
test("selects by one condition share a branch", () => expect(count(add(select(near, left, 0), select(near, mul(left, left), 1)))).toBe(1));
test("a branch may hold another, also one by the same condition", () => {
  expect(count(select(near, long(select(lt(x, 0), left, right)), 0))).toBe(3);
  expect(count(add(select(near, long(select(near, left, right)), 0), select(near, left, 1)))).toBeGreaterThan(0);
});
test("a condition that the other branch makes is no branch before it", () => {
  const inner = select(near, left, 0);
  expect(count(select(lt(inner, 2), long(mul(inner, x)), lit(0, "float32")))).toBeGreaterThan(0);
});
test("a select that another branch holds does not take along what a select outside reads too", () => {
  const shared = long(mul(x, 3)), held = long(add(select(near, shared, 0), 1));
  expect(count(add(select(lt(x, 5), held, 0), select(near, mul(shared, shared), 1)))).toBeGreaterThan(0);
});
test("huge angles are worked out once for sine and cosine", () => {
  const simple = new Set(["add", "sub", "mul", "div", "floor", "round", "abs", "min", "max", "select", "lt", "le", "eq", "and", "or", "xor", "shl", "shr", "ushr", "cast", "bitcast"] as const);
  expect(count(lower(div(sin(x), cos(x)), simple))).toBeGreaterThan(0);
});
