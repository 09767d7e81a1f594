/** @file Draws from distributions, tensors made after others, windows, and answers read from the device. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as A from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(() => A.setDefaultDevice(cpu()));

describe("draws", () => {
  test("follow their distributions, and the seed", () => {
    A.manualSeed(11);
    const n = 20000, of = (x: A.Tensor): readonly [number, number] => [x.mean().itemSync(), x.std().itemSync()];
    const near = ([mean, std]: readonly [number, number], wantMean: number, wantStd: number): void => {
      expect(Math.abs(mean - wantMean)).toBeLessThan(0.03);
      expect(Math.abs(std - wantStd)).toBeLessThan(0.03);
    };
    near(of(A.zeros([n]).uniform_(-1, 2)), 0.5, 3 / Math.sqrt(12));
    near(of(A.zeros([n]).normal_(1, 2)), 1, 2);
    near(of(A.zeros([n]).exponential_(2)), 0.5, 0.5);
    near(of(A.zeros([n]).bernoulli_(0.3)), 0.3, Math.sqrt(0.21));
    near(of(A.bernoulli(A.full([n], 0.8))), 0.8, Math.sqrt(0.16));
    near(of(A.normal(A.full([n], 3), 0.5)), 3, 0.5);
    const draw = (): unknown => { A.manualSeed(3); return A.normal(0, 1, [4]).toArraySync(); };
    expect(draw()).toEqual(draw());
  });
  test("multinomial without replacement takes each position once, and one of weight 0 last of all", () => {
    const rows = A.tensor([[1, 0, 3, 2], [5, 1, 1, 0]]).multinomial(3).toArraySync() as number[][];
    for (const row of rows) expect(new Set(row).size).toBe(3);
    expect(rows[0]).not.toContain(1);
    expect(rows[1]).not.toContain(3);
    const many = A.tensor([1, 3]).multinomial(20000, { replacement: true });
    expect(many.dtype).toBe("int32");
    expect(many.float().mean().itemSync()).toBeCloseTo(0.75, 1);
    expect(() => A.tensor([1, -1]).multinomial(1)).toThrow("probability tensor contains either `inf`, `nan` or element < 0");
  });
  test("a normal draw has a gradient of 0 in mean and deviation, and refuses a negative one", () => {
    const mean = A.tensor([1, 2], { requiresGrad: true }), std = A.tensor([1, 3], { requiresGrad: true });
    for (const [out, name] of [[A.normal(mean, 2), "NormalBackward1"], [A.normal(2, std), "NormalBackward2"], [A.normal(mean, std), "NormalBackward3"]] as const) {
      expect(out.gradFn?.name).toBe(name);
      out.sum().backward();
    }
    expect([mean.grad!.toArraySync(), std.grad!.toArraySync()]).toEqual([[0, 0], [0, 0]]);
    expect(() => A.normal(0, A.tensor([1, -1]))).toThrow("normal expects all elements of std >= 0.0");
    expect(() => A.normal(0, A.tensor([NaN]))).toThrow("normal expects all elements of std >= 0.0");
  });
  test("draws of floats are refused in other dtypes", () => {
    expect(() => A.rand([2], { dtype: "int32" })).toThrow("\"check_uniform_bounds\" not implemented for 'Int'");
    expect(() => A.randnLike(A.tensor([true]))).toThrow("\"normal_kernel_cpu\" not implemented for 'Bool'");
    expect(() => A.normal(A.tensor([1], { dtype: "int32" }), 1)).toThrow("\"normal_kernel_cpu\" not implemented for 'Int'");
  });
  test("a bernoulli draw has a gradient of 0, even where the probability is not finite elsewhere", () => {
    const p = A.tensor([0.2, 0.8], { requiresGrad: true });
    A.bernoulli(p).sum().backward();
    expect(p.grad!.toArraySync()).toEqual([0, 0]);
  });
});

test("tensors made after another have its dtype", () => {
  const x = A.tensor([1, 2], { dtype: "int32" });
  expect(x.newFull([2], 7).toArraySync()).toEqual([7, 7]);
  expect([x.newZeros([1]).dtype, x.newOnes([1], { dtype: "bool" }).dtype, A.emptyLike(x).dtype, A.randintLike(x, 3).dtype]).toEqual(["int32", "bool", "int32", "int32"]);
  expect(A.trilIndices(2, 3, { offset: -1 }).toArraySync()).toEqual([[1], [0]]);
  expect(A.logspace(0, 3, 4, { base: 2 }).toArraySync()).toEqual([1, 2, 4, 8]);
});

test("equal, allclose and isNonzero read one boolean, and leave nothing behind", async () => {
  // A device of their own: on the others the collector may free what earlier tests left.
  const device = cpu(), x = A.tensor([1, 2], { device }), y = A.tensor([1, 2.000001], { device }), before = A.memory(device).tensors;
  expect([await A.equal(x, x), await x.equal(y), x.equalSync(y), await A.allclose(x, y), x.allcloseSync(y, { rtol: 0, atol: 0 })]).toEqual([true, false, false, true, false]);
  expect(A.memory(device).tensors).toBe(before);
  expect(await A.tensor([3]).isNonzero()).toBe(true);
  await expect(A.tensor([1, 2]).isNonzero()).rejects.toThrow("Boolean value of Tensor with more than one value is ambiguous");
});

test("windows, and a diagonal that wraps", () => {
  expect(A.hannWindow(4).toArraySync()).toEqual([0, 0.5, 1, 0.5]);
  expect(A.bartlettWindow(3, { periodic: false }).toArraySync()).toEqual([0, 1, 0]);
  expect(A.kaiserWindow(1).toArraySync()).toEqual([1]);
  expect(A.zeros([5, 2]).fillDiagonal_(1, { wrap: true }).toArraySync()).toEqual([[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]]);
  expect(A.range(1, 2, { step: 0.5 }).toArraySync()).toEqual([1, 1.5, 2]);
});
