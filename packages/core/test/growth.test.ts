/** @file A loop that keeps what it makes is told of once, with its line; one that frees it is not. */
import { cpu } from "@adjoint/backend-cpu-js";
import { onWarning, scope, tensor, type Tensor, watchGrowth } from "@adjoint/core";
import { afterEach, beforeEach, expect, test } from "vitest";

let warnings: string[] = [], before: ReturnType<typeof onWarning>;
beforeEach(() => {
  warnings = [];
  before = onWarning((text) => warnings.push(text));
});
afterEach(() => void onWarning(before));

test("a loop that grows names the line that made most, once", () => {
  const device = watchGrowth(cpu(), { every: 10, looks: 3 }), x = tensor([1, 2], { device }), kept: Tensor[] = [];
  for (let step = 0; step < 100; step++) {
    kept.push(x.mul(step));
    x.add(1).dispose();
  }
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/the memory of device 'cpu' grows: 2[01] tensors \(0\.0 MB\) are alive, more at each of 3 looks 10 tensors apart\. Most were made here:\n {2}(19|20) at .*growth\.test\.ts:16:\d+/);
  expect(warnings[0]).toContain("A loop frees what it makes with a scope");
});

test("a loop with a scope is not told of", () => {
  const device = watchGrowth(cpu(), { every: 10, looks: 3 });
  for (let step = 0; step < 100; step++) {
    const s = scope();
    s.tensor([1, 2], { device }).mul(step).add(1);
    s.close();
  }
  expect(warnings).toEqual([]);
});
