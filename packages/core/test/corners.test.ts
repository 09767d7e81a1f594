/** @file Corners in which PyTorch's answer is a choice: infinities beside a deviation, zeros under a root, numbers without a tensor, dims that are not there. */
import { cpu } from "@adjoint/backend-cpu-js";
import { add, div, func, linspace, mul, norm, onWarning, ones, rsub, setDefaultDevice, softsign, special, stdMean, sub, sumToSize, tensor, type Tensor, varMean } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const shown = (x: Tensor): unknown => [x.dtype, x.toArraySync()];

describe("values", () => {
  test.each<readonly [string, () => Tensor, unknown]>([
    ["the mean of infinities beside their variance", () => varMean(tensor([[-Infinity, 1], [3, 5]]), 1)[1], ["float32", [NaN, 4]]],
    ["the mean of infinities beside their deviation", () => stdMean(tensor([Infinity, 1]))[1], ["float32", NaN]],
    ["the mean of one infinity", () => varMean(tensor([[Infinity], [2]]), 1)[1], ["float32", [Infinity, 2]]],
    ["the mean alone", () => tensor([-Infinity, 1]).mean(), ["float32", -Infinity]],
    ["a sum of bools to the shape of a number", () => sumToSize(tensor(true), []), ["int32", 1]],
    ["a sum to the shape that is there", () => sumToSize(tensor([true]), [1]), ["bool", [true]]],
    ["softsign of integers, whose sum wraps", () => softsign(tensor([0, 1, 255], { dtype: "uint8" })), ["float32", [0, 0.5, Infinity]]],
    ["softsign of floats", () => softsign(tensor([0, 1, -3])), ["float32", [0, 0.5, -0.75]]],
    ["the transpose of a number", () => tensor(3).mT, ["float32", 3]],
    ["the conjugate transpose of a number", () => tensor(3).mH, ["float32", 3]],
    ["integers evenly spaced, of which every fourth is cut first", () => linspace(50, 0, 9, { dtype: "int32" }), ["int32", [50, 43, 37, 31, 25, 18, 12, 6, 0]]],
    ["one number evenly spaced", () => linspace(3, 5, 1), ["float32", [3]]],
    ["the sum of two floats", () => add(0.5, 2), ["float64", 2.5]],
    ["the product of two whole numbers", () => mul(3, 2), ["int32", 6]],
    ["a quotient rounded down", () => div(-7.5, 2, { roundingMode: "floor" }), ["float64", -4]],
    ["a polynomial beyond the numbers", () => special.hermitePolynomialHe(tensor([3, 501]), tensor([1, 5e6])), ["float32", [3, NaN]]],
    ["a difference written into a tensor", () => sub.out(tensor(0), 5, 3), ["float32", 2]],
  ])("%s", (_, make, want) => expect(shown(make())).toEqual(want));

  test("the second derivative of a length is NaN at 0, the first 0", () => {
    const x = tensor([0, 0]);
    expect(func.grad((y: Tensor) => norm(y))(x).toArraySync()).toEqual([0, 0]);
    expect(func.grad((y: Tensor) => func.grad((z: Tensor) => norm(z))(y).sum())(x).toArraySync()).toEqual([NaN, NaN]);
  });
});

describe("a tensor", () => {
  test("is iterated along dim 0, and the slices are views", () => {
    const x = tensor([[1, 2], [3, 4]], { requiresGrad: true }), [first, second] = x.mul(2);
    first!.mul(second!).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([[12, 16], [4, 8]]);
    for (const row of x.detach()) row.zero_();
    expect(x.toArraySync()).toEqual([[0, 0], [0, 0]]);
    expect([...ones([0, 2])]).toEqual([]);
  });
  test("answers under PyTorch's other names", () => {
    const x = ones([2, 3]);
    expect([x.elementSize(), x.half().elementSize(), x.bool().elementSize(), x.nelement(), x.ndimension(), x.type(), x.long().dtype, x.type("float64").dtype])
      .toEqual([4, 2, 1, 6, 2, "torch.FloatTensor", "int32", "float64"]);
  });
});

test.each<readonly [string, () => unknown, string]>([
  ["rsub of a number", () => rsub(2 as never, tensor([1])), "rsub() received an invalid combination of arguments - got (int, Tensor)"],
  ["a polynomial of too large a degree", () => special.chebyshevPolynomialT(tensor([0.5]), 20000), "chebyshevPolynomialT: degrees up to 16384"],
  ["iteration over a number", () => [...tensor(1)], "iteration over a 0-d tensor"],
  ["the square of bools in place", () => tensor([true]).square_(), "Found dtype Bool but expected Int"],
  ["a vector transposed", () => ones([2]).mT, "tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor."],
])("refused: %s", (_, call, message) => expect(call).toThrow(message));

test.each<readonly [string, (x: Tensor) => Tensor, number, string]>([
  ["T", (x) => x.T, 0, "Tensor.T is deprecated on 0-D tensors"], ["T of more dims", (x) => x.T, 3, "The use of `x.T` on tensors of dimension other than 2"],
  ["mT", (x) => x.mT, 0, "Tensor.mT is deprecated on 0-D tensors"], ["mH", (x) => x.mH, 0, "Tensor.mH is deprecated on 0-D tensors"], ["H", (x) => x.H, 0, "Tensor.H is deprecated on 0-D tensors"],
])("%s warns", (_, look, ndim, message) => {
  const log: string[] = [], before = onWarning((text) => log.push(text));
  try {
    look(ones(new Array<number>(ndim).fill(1)));
  } finally {
    onWarning(before);
  }
  expect(log).toHaveLength(1);
  expect(log[0]).toContain(message);
});
