/** `x[...]` as PyTorch has it, read and written, with gradients. */
import { cpu } from "@adjoint/backend-cpu-js";
import { arange, func, IndexError, type IndexTerm, memory, scope, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";

setDefaultDevice(cpu()); // The tables below hold tensors.
const at = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const grid = (): Tensor => arange(24).to("float64").reshape([2, 3, 4]);

describe("reading", () => {
  test.each<readonly [string, IndexTerm[], readonly number[], number[]]>([
    ["a number", [1], [3, 4], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]],
    ["numbers from the end", [-1, -2, -3], [], [17]],
    ["slices as text", ["1:", "::2", "-2:"], [1, 2, 2], [14, 15, 22, 23]],
    ["slices as objects", [0, { start: 1, stop: -1 }, { step: 3 }], [1, 2], [4, 7]],
    ["ellipsis and null", ["...", null, 0], [2, 3, 1], [0, 4, 8, 12, 16, 20]],
    ["a tensor", [at(1, 0, -1), 0, 0], [3], [12, 0, 12]],
    ["a tensor in the middle", [0, at(2, 0), "1:3"], [2, 2], [9, 10, 1, 2]],
    ["tensors that broadcast", [at(0, 1).unsqueeze(1), at(0, 2)], [2, 2, 4], [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23]],
    ["tensors apart: their dims come first", [at(0, 1, 1), ":", at(3, 0, 1)], [3, 3], [3, 7, 11, 12, 16, 20, 13, 17, 21]],
    ["a matrix of positions", [1, 1, tensor([[0, 3], [3, 0]], { dtype: "int32" })], [2, 2], [16, 19, 19, 16]],
    ["no positions", [at()], [0, 3, 4], []],
  ])("%s", (_, terms, shape, values) => {
    const y = grid().index(...terms);
    expect(y.shape).toEqual(shape);
    expect([...y.dataSync()]).toEqual(values);
  });

  test("masks, which are promises", async () => {
    const x = grid();
    expect([...(await x.indexAsync(x.gt(20))).dataSync()]).toEqual([21, 22, 23]);
    expect((await x.indexAsync(1, tensor([true, false, true]))).toArraySync()).toEqual([[12, 13, 14, 15], [20, 21, 22, 23]]);
    expect((await x.indexAsync(true)).shape).toEqual([1, 2, 3, 4]);
    expect((await x.index(0).maskedSelect(tensor([true, false, false, true]))).toArraySync()).toEqual([0, 3, 4, 7, 8, 11]);
    expect((await tensor([[0, 2], [3, 0]]).nonzero()).toArraySync()).toEqual([[0, 1], [1, 0]]);
    expect((await tensor(3).nonzero()).shape).toEqual([1, 0]);
  });

  test.each<readonly [string, IndexTerm[], string]>([
    ["too many terms", [0, 0, 0, 0], "too many indices for tensor of dimension 3"],
    ["a number out of range", [2], "index 2 is out of bounds for dimension 0 with size 2"],
    ["a number out of range further in", [0, -4], "index -4 is out of bounds for dimension 1 with size 3"],
    ["a position out of range", [0, at(1, 5)], "index 5 is out of bounds for dimension 0 with size 3"],
    ["one of two positions out of range", [at(0, 1), at(1, -4)], "index -4 is out of bounds for dimension 1 with size 3"],
    ["positions that do not broadcast", [at(0, 1), at(0, 1, 2)], "shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]"],
  ])("refuses %s", (_, terms, text) => {
    expect(() => grid().index(...terms)).toThrow(IndexError);
    expect(() => grid().index(...terms)).toThrow(text);
  });
});

describe("writing", () => {
  test.each<readonly [string, IndexTerm[], number | Tensor, (number | number[])[]]>([
    ["a number", [1], 7, [[0, 1], [7, 7], [4, 5]]],
    ["a slice of a column", ["1:", 0], tensor([8, 9]), [[0, 1], [8, 3], [9, 5]]],
    ["all of it", ["..."], tensor([[[1, 2]]]), [[1, 2], [1, 2], [1, 2]]],
    ["positions", [at(2, 0)], tensor([[1, 1], [3, 3]]), [[3, 3], [2, 3], [1, 1]]],
    ["pairs of positions", [at(0, 2), at(1, -2)], tensor([-1, -2]), [[0, -1], [2, 3], [-2, 5]]],
    ["a mask with one value", [tensor([true, false, true])], 0, [[0, 0], [2, 3], [0, 0]]],
  ])("%s", (_, terms, value, expected) => {
    const x = arange(6).to("float32").reshape([3, 2]);
    expect(x.indexPut_(terms, value)).toBe(x);
    expect(x.toArraySync()).toEqual(expected);
  });
  test("adds, equal positions together", () => {
    expect(zeros([3]).indexPut([at(1, 1, 2)], tensor([1, 10, 100]), { accumulate: true }).toArraySync()).toEqual([0, 11, 100]);
  });
  test("masks with a value of their own", async () => {
    const x = zeros([4]);
    await x.indexPutAsync_([tensor([true, false, true, true])], tensor([1, 2, 3]));
    expect(x.toArraySync()).toEqual([1, 0, 2, 3]);
  });
  test.each<readonly [string, () => unknown, string]>([
    ["a value that does not fit a slice", () => zeros([3]).indexPut_([":2"], zeros([3])), "The expanded size of the tensor (2) must match the existing size (3) at non-singleton dimension 0.  Target sizes: [2].  Tensor sizes: [3]"],
    ["a value that does not fit positions", () => zeros([3]).indexPut_([at(0, 1)], zeros([3])), "shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [2]"],
    ["a leaf", () => tensor([1, 2], { requiresGrad: true }).indexPut_([0], 1), "a view of a leaf Variable that requires grad is being used in an in-place operation."],
  ])("refuses %s", (_, run, text) => expect(run).toThrow(text));
});

describe("derivatives", () => {
  test("of reading: equal positions add up", () => {
    const x = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    x.index(at(0, 2, 0)).mul(tensor([1, 10, 100], { dtype: "float64" })).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([101, 0, 10]);
  });
  test("of writing: what was overwritten gets none, the value its part", () => {
    const x = tensor([1, 2, 3, 4], { dtype: "float64", requiresGrad: true }), v = tensor([5, 6], { dtype: "float64", requiresGrad: true });
    const y = x.mul(2);
    y.indexPut_([at(3, 0)], v.mul(3));
    y.indexPut_([1], 9);
    y.square().sum().backward(); // y = [18, 9, 6, 15]
    expect(x.grad!.toArraySync()).toEqual([0, 0, 24, 0]);
    expect(v.grad!.toArraySync()).toEqual([90, 108]);
  });
  test("under vmap and in forward mode", () => {
    const f = (x: Tensor): Tensor => x.index(at(2, 0)).mul(x.index("1:"));
    const [, t] = func.jvp(f, [tensor([1, 2, 3])], [tensor([1, 0, 0])]) as [Tensor, Tensor];
    expect(t.toArraySync()).toEqual([0, 3]);
    expect((func.vmap(f)(tensor([[1, 2, 3], [4, 5, 6]])) as Tensor).toArraySync()).toEqual([[6, 3], [30, 24]]);
  });
});

test("nothing is left behind", () => {
  const before = memory().tensors;
  const s = scope();
  s.run(() => {
    const x = grid();
    x.index(at(0), "1:", at(1));
    x.indexPut_([at(0), ":", at(1)], 3);
    try { x.index(0, at(7)); } catch { /* what it throws is checked above */ }
  });
  s.close();
  expect(memory().tensors).toBe(before);
});
