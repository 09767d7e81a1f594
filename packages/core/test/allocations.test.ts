/** @file The cost of an add in allocations: a guard against strings, closures and arrays creeping into the common case. */
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

test.each([["plain", false, 1100], ["recorded", true, 1900]] as const)("an add allocates little: %s", (_, requiresGrad, budget) => {
  const device = cpu(), x = ones([4], { device, requiresGrad }), y = ones([4], { device });
  const adds = 100;
  const perAdd = bytesOf(() => {
    const s = scope("adds");
    s.run(() => { for (let i = 0; i < adds; i++) x.add(y); });
    s.close();
  }) / adds;
  expect(perAdd).toBeLessThan(budget);
});
