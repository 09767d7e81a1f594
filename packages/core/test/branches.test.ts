/** @file Branches of expressions: what a backend computes only where a select takes it stands in an order that is right, once. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as A from "@adjoint/core";
import { expect, test } from "vitest";
import { add, type Apply, arg, cos, div, type Expr, exp, lit, lt, mul, select, sin, topologicalOrder } from "../src/scalar/expr.ts";
import { branched, type Step } from "../src/scalar/branches.ts";
import { lower } from "../src/scalar/lowering.ts";
import type { Program } from "../src/scalar/program.ts";

const x = arg(0, "float32");
/** A sum that takes more instructions than a branch costs. */
const long = (start: Expr): Expr => Array.from({ length: 30 }, (_, i) => i + 2).reduce((sum, k) => add(mul(sum, 1 / k), k), start);

/** Follows the steps: what is read is there, and what is inside a branch is read outside only as it says. */
function check(steps: readonly Step[], there: Set<Expr>, guarded: Map<Expr, { readonly condition: Expr; readonly side: number }> = new Map()): number {
  let branches = 0;
  for (const step of steps) {
    if (step.kind === "branch") {
      expect(there.has(step.condition)).toBe(true);
      const inside = new Set(there);
      branches += 1 + check(step.steps, inside);
      for (const y of step.yields) {
        expect(inside.has(y)).toBe(true);
        there.add(y);
        guarded.set(y, { condition: step.condition, side: step.holds ? 1 : 2 });
      }
    } else {
      if (step.kind === "apply") step.operands.forEach((y, k) => {
        expect(there.has(y), `${step.name} reads ${y.kind}`).toBe(true);
        const guard = guarded.get(y);
        if (guard !== undefined) expect(step.name === "select" && step.operands[0] === guard.condition && k === guard.side, `${step.name} reads what may not be there`).toBe(true);
      });
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
test("nor does one by the same condition release what the condition reads", () => {
  const seen = long(x), by = lt(seen, 1), within = select(by, mul(seen, seen), 0);
  expect(count(select(by, long(add(within, seen)), 0))).toBe(1);
});
/** Every special function, as a backend without functions of its own has it. */
const simple = new Set(["neg", "add", "sub", "mul", "div", "floor", "round", "ceil", "trunc", "abs", "min", "max", "sqrt", "sign", "isNan", "select", "lt", "le", "eq", "not", "and", "or", "xor", "shl", "shr", "ushr", "cast", "bitcast", "rem"] as const);
test("huge angles are worked out once for sine and cosine", () => {
  expect(count(lower(div(sin(x), cos(x)), simple))).toBeGreaterThan(0);
});

/** Long chains that grow from each other, chosen between by a few conditions, which read such chains themselves. */
test("random expressions", () => {
  let state = 7, branches = 0;
  const below = (n: number): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), Math.floor((state / 2 ** 32) * n));
  for (let round = 0; round < 400; round++) {
    const pool: Expr[] = [x, exp(x)], pick = (): Expr => pool[Math.max(0, pool.length - 1 - below(6))]!, conditions: Expr[] = [lt(x, round)];
    for (let i = 0; i < 14; i++) {
      if (below(3) === 0) conditions.push(lt(pick(), pick()));
      const by = conditions[below(conditions.length)]!, kind = below(4);
      pool.push(kind === 0 ? long(add(pick(), i)) : kind === 1 ? add(mul(pick(), pick()), i) : select(by, below(2) ? long(pick()) : pick(), below(2) ? long(mul(pick(), i + 2)) : pick()));
    }
    branches += count(pool.at(-1)!, ...(below(3) === 0 ? [pool.at(-3)!] : []));
  }
  expect(branches).toBeGreaterThan(400);
});

/** Programs are caught where they are run. */
test("special functions and draws, with their derivatives", () => {
  const device: A.Backend = cpu(), programs = new Set<Program>();
  A.setDefaultDevice({ ...device, kernels: { ...device.kernels, map: (inputs, outputs, attrs) => { programs.add(attrs.program); device.kernels.map(inputs, outputs, attrs); } } });
  const functions: readonly ((y: A.Tensor) => A.Tensor)[] = [
    ...Object.entries(A.special).flatMap(([name, f]) => (/^(i0|i1|bessel|modified|scaled|spherical|airy|erf|ndtr|logNdtr|gammaln|psi)/.test(name) ? [f as (y: A.Tensor) => A.Tensor] : [])),
    (y) => A.polygamma(1, y), (y) => A.polygamma(3, y), (y) => A.special.zeta(3, y), (y) => A.igamma(A.fullLike(y, 2), y), A.standardGamma, A.poisson, (y) => A.binomial(y.detach(), y.detach()).add(y), A.tan,
  ];
  for (const f of functions) {
    const y = A.tensor([0.5], { requiresGrad: true }), [slope] = A.grad(f(y).sum(), [y], { createGraph: true });
    if (slope!.requiresGrad) A.grad(slope!.sum(), [y], { allowUnused: true });
  }
  expect(programs.size).toBeGreaterThan(2 * functions.length);
  for (const { results } of programs) if (results.every(({ dtype }) => dtype === "float32")) count(...results.map((root) => lower(root, simple)));
});
