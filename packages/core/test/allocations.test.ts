/** @file The cost of an op in allocations: a guard against strings, closures and arrays creeping into the common case. */
import { cpu } from "@adjoint/backend-cpu-js";
import { expect, test } from "vitest";
import { ones, scope } from "../src/index.ts";

/** Bytes that `run` allocates in one call, the least of many: a collection in between only lowers one of them. */
function bytesOf(run: () => void): number {
  for (let i = 0; i < 300; i++) run();
  let least = Infinity;
  for (let i = 0; i < 60; i++) {
    const before = process.memoryUsage().heapUsed;
    run();
    const grown = process.memoryUsage().heapUsed - before;
    if (grown > 0) least = Math.min(least, grown);
  }
  return least;
}

const device = cpu(), y = ones([4], { device });
const graph = (): void => ones([2, 2], { device, requiresGrad: true }).add(2).pow(2).mul(3).mean().backward();

// The least that was reached, and a twentieth.
test.each([
  ["an add", () => y.add(y), 655],
  ["a unary op", () => y.neg(), 600],
  ["an add that is recorded", ((x) => () => x.add(y))(ones([4], { device, requiresGrad: true })), 1100],
  ["a tiny graph, forward and backward", graph, 13_200],
] as const)("%s allocates little", async (_, run, budget) => {
  const times = 100;
  const measured = (): number => bytesOf(() => {
    const s = scope("ops");
    s.run(() => { for (let i = 0; i < times; i++) run(); });
    s.close();
  }) / times;
  let each = measured();
  // V8 optimizes on a thread of its own, which a busy machine may keep waiting.
  for (let i = 0; i < 5 && each >= budget; i++) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    each = Math.min(each, measured());
  }
  expect(each).toBeLessThan(budget);
});
