/** Pooling: results worked out by hand, corners of windows, function transforms, and what is refused. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  adaptiveAvgPool2d, adaptiveMaxPool2d, arange, avgPool1d, avgPool2d, avgPool3d, func, lpPool1d, manualSeed, maxPool1d, maxPool2d, maxPool3d, maxUnpool1d, memory, ones, randn, scope, setDefaultDevice, stack, tensor, type Tensor, zeros,
} from "@adjoint/core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
beforeEach(() => manualSeed(3));

test("results worked out by hand", () => {
  const x = tensor([[1, 3, 2, 4, 0]]);
  expect(maxPool1d(x, 2).toArraySync()).toEqual([[3, 4]]);
  expect(maxPool1d(x, 2, { ceilMode: true }).toArraySync()).toEqual([[3, 4, 0]]);
  const { values, indices } = maxPool1d(x, 3, { stride: 2, padding: 1, returnIndices: true });
  expect([values.toArraySync(), indices.toArraySync(), indices.dtype]).toEqual([[[3, 4, 4]], [[1, 3, 3]], "int32"]);
  expect(maxUnpool1d(values.narrow(1, 0, 2), indices.narrow(1, 0, 2), 2, { outputSize: [5] }).toArraySync()).toEqual([[0, 3, 0, 4, 0]]);
  expect(avgPool1d(x, 2, { padding: 1 }).toArraySync()).toEqual([[0.5, 2.5, 2]]);
  expect(avgPool1d(x, 2, { padding: 1, countIncludePad: false }).toArraySync()).toEqual([[1, 2.5, 2]]);
  expect(avgPool2d(tensor([[[1, 2], [4, -9]]], { dtype: "int32" }), 2).toArraySync()).toEqual([[[0]]]); // -2 / 4, towards zero
  expect(adaptiveAvgPool2d(arange(0, 6).float().reshape([1, 2, 3]), [1, 2]).toArraySync()).toEqual([[[2, 3]]]);
  expect(adaptiveMaxPool2d(arange(0, 6).float().reshape([1, 2, 3]), [null, 1], { returnIndices: true }).indices.toArraySync()).toEqual([[[2], [5]]]);
  expect(lpPool1d(tensor([[3, 4]]), 2, 2).toArraySync()).toEqual([[5]]);
});

test("the padding is never the maximum, nor where it lies; NaN is", () => {
  const low = zeros([1, 2, 2]).sub(Infinity), found = maxPool2d(low, 2, { stride: 1, padding: 1, returnIndices: true });
  expect(found.indices.toArraySync()).toEqual([[[0, 0, 1], [0, 0, 1], [2, 2, 3]]]);
  expect(maxPool1d(tensor([[NaN, 1, 2]]), 2, { stride: 1 }).toArraySync()).toEqual([[NaN, 2]]);
  expect(adaptiveAvgPool2d(tensor([[[Infinity, 1, 2]]]), [1, 2]).toArraySync()).toEqual([[[Infinity, 1.5]]]);
});

test("the gradient goes to the first of equals", () => {
  const x = ones([1, 4], { requiresGrad: true });
  maxPool1d(x, 2).sum().backward();
  expect(x.grad!.toArraySync()).toEqual([[1, 0, 1, 0]]);
});

test("a mean of a 16-bit float is rounded once", () => {
  const x = tensor(new Array<number>(4096).fill(60000), { shape: [1, 4096], dtype: "float16" });
  expect(avgPool1d(x, 4096).itemSync()).toBe(tensor([60000], { dtype: "float16" }).itemSync());
});

test("nodes have PyTorch's names", () => {
  const x = randn([1, 2, 4, 4], { requiresGrad: true });
  expect([maxPool2d(x, 2), maxPool1d(x.select(0, 0), 2), avgPool2d(x, 2), avgPool1d(x.select(0, 0), 2), adaptiveAvgPool2d(x, 3), adaptiveAvgPool2d(x, 1), adaptiveMaxPool2d(x, 3)].map((y) => y.gradFn!.name)).toEqual(
    ["MaxPool2DWithIndicesBackward0", "SqueezeBackward1", "AvgPool2DBackward0", "SqueezeBackward1", "AdaptiveAvgPool2DBackward0", "MeanBackward1", "AdaptiveMaxPool2DBackward0"]);
});

describe.each<[string, (x: Tensor) => Tensor]>([
  ["maxPool2d", (x) => maxPool2d(x, 2, { stride: 1, padding: 1 })], ["avgPool2d", (x) => avgPool2d(x, [2, 3], { ceilMode: true, padding: 1, countIncludePad: false })],
  ["adaptiveAvgPool2d", (x) => adaptiveAvgPool2d(x, [2, 3])], ["adaptiveMaxPool2d", (x) => adaptiveMaxPool2d(x, 3)],
])("%s", (_, f) => {
  const close = (a: unknown, b: unknown): void => {
    expect((a as Tensor).shape).toEqual((b as Tensor).shape);
    expect((a as Tensor).sub(b as Tensor).abs().max().itemSync()).toBeLessThan(1e-10);
  };
  test("vmap, also of a gradient, is the loop; jvp is the adjoint of vjp", () => {
    const x = randn([3, 2, 4, 5], { dtype: "float64" }), loss = (v: Tensor): Tensor => f(v).square().sum();
    close(func.vmap(f)(x), stack([0, 1, 2].map((i) => f(x.select(0, i)))));
    close(func.vmap(func.grad(loss))(x), stack([0, 1, 2].map((i) => func.grad(loss)(x.select(0, i)))));
    const t = randn([3, 2, 4, 5], { dtype: "float64" }), [y, dy] = func.jvp(f, [x], [t]) as [Tensor, Tensor], ct = randn([...y.shape], { dtype: "float64" });
    close(dy.mul(ct).sum(), (func.vjp(f, x)[1](ct) as unknown as Tensor).mul(t).sum());
  });
});

test("what it makes inside dies with it", () => {
  const before = memory().tensors, s = scope();
  s.run(() => { const x = randn([2, 5, 5]); maxPool2d(x, 3, { padding: 1, returnIndices: true }); avgPool2d(x, 2, { ceilMode: true }); return adaptiveMaxPool2d(x, 3); });
  expect(memory().tensors - before).toBe(5);
  s.close();
  expect(memory().tensors).toBe(before);
});

test.each<readonly [string, () => unknown, string]>([
  ["a stride of 0", () => maxPool2d(ones([1, 4, 4]), 2, { stride: 0 }), "stride should not be zero"],
  ["padding below 0", () => avgPool2d(ones([1, 4, 4]), 2, { padding: -1 }), "pad must be non-negative, but got pad: -1"],
  ["padding beyond half of the window", () => maxPool2d(ones([1, 1, 4, 4]), 2, { padding: 2 }), "pad should be at most half of kernel size, but got pad=2 and kernel_size=2"],
  ["a vector", () => maxPool2d(ones([4]), 2), "non-empty 3D or 4D (batch mode) tensor expected for input"],
  ["an empty dim", () => maxPool2d(ones([1, 0, 10]), 1), "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:[1, 0, 10]"],
  ["a window larger than the input", () => avgPool2d(ones([2, 3, 3]), 4), "Given input size: (2x3x3). Calculated output size: (2x0x0). Output size is too small"],
  ["a divisor of 0", () => avgPool3d(ones([1, 3, 3, 3]), 2, { divisorOverride: 0 }), "divisor must be not zero"],
  ["three numbers for two dims", () => maxPool2d(ones([1, 4, 4]), [1, 2, 3]), "max_pool2d: kernel_size must either be a single int, or a tuple of two ints"],
  ["a line's window of 0", () => maxPool1d(ones([1, 4]), 0), "max_pool1d() kernel_size must be greater than zero, but got 0"],
  ["an empty volume", () => maxPool3d(ones([0, 1, 2, 10]), 1), "Expected input's non-batch dimensions to have positive length, but input has a shape of [0, 1, 2, 10] and non-batch dimension 0 has length zero!"],
  ["an output size too far away", () => maxUnpool1d(ones([1, 2]), zeros([1, 2], { dtype: "int32" }), 2, { outputSize: [7] }), 'invalid output_size "[7]" (dim 0 must be between 2 and 6)'],
  ["adaptive pooling of a matrix", () => adaptiveAvgPool2d(ones([4, 4]), 2), "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got [4, 4]"],
])("refuses %s", (_, run, text) => expect(run).toThrow(text));
