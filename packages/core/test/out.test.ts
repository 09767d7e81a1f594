/** @file `out`: results written into tensors that are there, of any op. */
import { cpu } from "@adjoint/backend-cpu-js";
import { amax, aminmax, arange, empty, gather, matmul, onWarning, ones, out, setDefaultDevice, sort, tensor, type Tensor, zeros } from "@adjoint/core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const at = (): Tensor => tensor([2, 0], { dtype: "int32" });

describe("out", () => {
  it("writes into the target and gives it back", () => {
    const z = zeros([2]), x = tensor([5, 6, 7]);
    expect(out(gather, z, x, 0, at())).toBe(z);
    expect([z.toArraySync(), z.version]).toEqual([[7, 5], 1]);
    const whole = zeros([3, 3]);
    out(matmul, whole.narrow(1, 0, 2), ones([3, 2]), ones([2, 2]));
    expect(whole.toArraySync()).toEqual([[2, 2, 0], [2, 2, 0], [2, 2, 0]]);
  });
  it("takes as many targets as there are results", () => {
    const [values, indices] = [zeros([3]), zeros([3], { dtype: "int32" })];
    out(sort, [values, indices], tensor([3, 1, 2]), 0);
    expect([values.toArraySync(), indices.toArraySync()]).toEqual([[1, 2, 3], [1, 2, 0]]);
    expect(() => out(sort, [values], tensor([3, 1, 2]), 0)).toThrow("2 results, and 1 tensors to write them into");
  });
  it("gives an empty target its shape, and another with a warning", () => {
    expect(out(matmul, empty([0]), ones([2, 3]), ones([3, 1])).shape).toEqual([2, 1]);
    const said: string[] = [], before = onWarning((message) => said.push(message));
    try {
      expect(out(matmul, ones([7]), ones([2, 3]), ones([3, 1])).toArraySync()).toEqual([[3], [3]]);
    } finally {
      onWarning(before);
    }
    expect(said[0]).toContain("An output with one or more elements was resized since it had shape [7]");
  });
  it.each<[string, () => unknown, string]>([
    ["a target that is an input", () => { const x = arange(3).float(); return out(gather, x, x, 0, at()); }, "some elements of the input tensor and the written-to tensor refer to a single memory location"],
    ["one that shows an element twice", () => out(gather, ones([1]).expand([2]), ones([3]), 0, at()), "more than one element of the written-to tensor"],
    ["another dtype", () => out(aminmax, [zeros([2]), zeros([2], { dtype: "int32" })], ones([2, 2]), { dim: 0 }), "Expected out tensor to have dtype float, but got int instead"],
    ["another dtype of an extremum", () => amax.out(zeros([], { dtype: "int32" }), ones([2])), "Expected the dtype for input and out to match, but got Float for input's dtype and Int for out's dtype."],
    ["what would be recorded", () => out(matmul, zeros([1, 1]), ones([1, 1], { requiresGrad: true }), ones([1, 1])), "functions with out=... arguments don't support automatic differentiation"],
  ])("refuses %s", (_, run, message) => expect(run).toThrow(message));
});
