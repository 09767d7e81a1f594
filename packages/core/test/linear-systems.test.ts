/** Solving and factoring matrices: what is promised beyond numbers that the conformance suite and the golden cases compare. */
import { cpu } from "@adjoint/backend-cpu-js";
import { DeviceError, linalg, memory, ones, setDefaultDevice, tensor, type Tensor, triangularSolve, zeros } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const d = (values: readonly number[], shape: readonly number[]): Tensor => tensor([...values], { shape, dtype: "float64" });
const values = (x: Tensor): unknown => x.toArraySync();

describe("examples of the documentation", () => {
  test("triangular systems", () => {
    const L = d([2, 9, 1, 4], [2, 2]), b = d([2, 5], [2, 1]);
    expect(values(linalg.solveTriangular(L, b, { upper: false }))).toEqual([[1], [1]]); // the 9 is not read
    expect(values(linalg.solveTriangular(L, b, { upper: false, unitriangular: true }))).toEqual([[2], [3]]);
    expect(values(linalg.solveTriangular(zeros([1, 1]), ones([1, 1]), { upper: true }))).toEqual([[Infinity]]);
    expect(values(triangularSolve(b, L, { upper: false }).solution)).toEqual([[1], [1]]);
  });
});

describe("PyTorch's messages", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["solveTriangular of ints", () => linalg.solveTriangular(ones([2, 2], { dtype: "int32" }), ones([2, 1]), { upper: true }), "linalg.solve_triangular: Expected a floating point or complex tensor as input. Got Int"],
    ["solveTriangular of halves", () => linalg.solveTriangular(ones([2, 2], { dtype: "float16" }), ones([2, 1]), { upper: true }), "linalg.solve_triangular: Low precision dtypes not supported. Got Half"],
    ["solveTriangular of two dtypes", () => linalg.solveTriangular(ones([2, 2]), d([1, 1], [2, 1]), { upper: true }), "linalg.solve_triangular: Expected A and B to have the same dtype, but found A of type Float and B of type Double instead"],
    ["solveTriangular of a vector", () => linalg.solveTriangular(ones([2, 2]), ones([2]), { upper: true }), "linalg.solve_triangular: The input tensor B must have at least 2 dimensions."],
    ["solveTriangular of an oblong", () => linalg.solveTriangular(ones([2, 3]), ones([2, 1]), { upper: true }), "linalg.solve_triangular: A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["solveTriangular of other sizes", () => linalg.solveTriangular(ones([2, 2]), ones([3, 1]), { upper: true }), "linalg.solve_triangular: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)"],
  ];
  test.each(cases)("%s", (_, run, message) => expect(run).toThrow(message));
});

test("a device that is read later says what to do", () => {
  const { readSync: _, ...later } = cpu(), backend = { ...later, name: "later" }, before = memory(backend).tensors;
  const x = ones([2, 2], { device: backend });
  expect(() => linalg.solveTriangular(x, x, { upper: true })).toThrow(DeviceError);
  expect(() => linalg.solveTriangular(x, x, { upper: true })).toThrow("linalg.solve_triangular: it runs on the host, and device 'later' cannot be read at once; move the tensors with await x.to(cpu())");
  x.dispose();
  expect(memory(backend).tensors).toBe(before);
});
