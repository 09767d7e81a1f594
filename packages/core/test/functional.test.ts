/** @file The entry "./functional" alone: there no tensor has methods. */
import { cpu } from "@adjoint/backend-cpu-js";
import { backward, linalg, normal, setDefaultDevice, sum, tensor } from "@adjoint/core/functional";
import { expect, it } from "vitest";

setDefaultDevice(cpu());

it("needs no method", () => {
  const A = tensor([[2, 1], [0, 1]], { requiresGrad: true });
  expect(linalg.matrixRank(A).shape).toEqual([]);
  expect(linalg.lstsq(A, tensor([1, 1])).solution.shape).toEqual([2]);
  expect(linalg.pinv(A, { rtol: tensor(0.1) }).shape).toEqual([2, 2]);
  backward(sum(linalg.eig(A).eigenvectors.abs()));
  expect(A.grad?.shape).toEqual([2, 2]);
});
it("draws leaves", () => {
  expect(normal(0, 1, [2], { requiresGrad: true }).isLeaf).toBe(true);
});
