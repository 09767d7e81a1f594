/** @file Autograd as PyTorch prints and says it, on the cpu backend. */
import { cpu } from "@adjoint/backend-cpu-js";
import { beforeAll, describe, expect, test } from "vitest";
import { arange, AutogradError, FreedError, grad, noGrad, ones, randn, relu, scope, setDefaultDevice, ShapeError, tensor, type Tensor } from "../src/index.ts";
import { ruins } from "./ruins.ts";

beforeAll(() => setDefaultDevice(cpu()));

test.each(["floor", "ceil", "round", "trunc", "sign"] as const)("the derivative of %s is 0", (name) => {
  const x = ones([3], { requiresGrad: true });
  x[name]().sum().backward();
  expect(x.grad!.toArraySync()).toEqual([0, 0, 0]);
});

describe("printing", () => {
  test("tensors name their gradFn", () => {
    const x = ones([2, 2], { requiresGrad: true }), y = x.add(2), z = y.mul(y).mul(3), out = z.mean();
    expect(String(x)).toBe("tensor([[1., 1.],\n        [1., 1.]], requires_grad=True)");
    expect(String(y)).toBe("tensor([[3., 3.],\n        [3., 3.]], grad_fn=<AddBackward0>)");
    expect(String(z)).toContain("grad_fn=<MulBackward0>");
    expect(String(out)).toBe("tensor(27., grad_fn=<MeanBackward0>)");
    out.backward();
    expect(String(x.grad)).toBe("tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])");
  });
  test("a vector-Jacobian product", () => {
    const x = ones([3], { requiresGrad: true });
    x.add(2).square().mul(3).backward(tensor([0.1, 1, 0.001]));
    expect(String(x.grad)).toBe("tensor([1.8000e+00, 1.8000e+01, 1.8000e-02])");
  });
});

describe("errors are PyTorch's", () => {
  test.each([
    ["without requiresGrad", () => ones([2]).sum().backward(), "element 0 of tensors does not require grad and does not have a grad_fn"],
    ["not a scalar", () => ones([2], { requiresGrad: true }).mul(2).backward(), "grad can be implicitly created only for scalar outputs"],
    ["a leaf in place", () => ones([2], { requiresGrad: true }).add_(1), "a leaf Variable that requires grad is being used in an in-place operation."],
    ["requiresGrad of an integer", () => arange(3).requiresGrad_(), "only Tensors of floating point and complex dtype can require gradients"],
    ["requiresGrad off for a result", () => ones([2], { requiresGrad: true }).mul(2).requiresGrad_(false), "you can only change requires_grad flags of leaf variables."],
    ["an input that was not used", () => grad(ones([1], { requiresGrad: true }).mul(2), ones([1], { requiresGrad: true })), "appears to not have been used in the graph"],
  ] as const)("%s", (_, run, text) => {
    const error = ruins(run);
    expect(error).toBeInstanceOf(AutogradError);
    expect(error.message).toContain(text);
  });
  test("the graph a second time", () => {
    const x = ones([2], { requiresGrad: true }), y = x.exp().sum();
    y.backward();
    expect(ruins(() => y.backward()).message).toContain("Trying to backward through the graph a second time");
    const z = x.exp().sum();
    z.backward(undefined, { retainGraph: true });
    z.backward();
    expect(x.grad!.toArraySync()).toEqual([3, 3].map((n) => Math.fround(n * Math.fround(Math.E))));
  });
  test("a saved value changed in place", () => {
    const x = ones([2], { requiresGrad: true }), y = x.exp();
    const out = y.sum();
    noGrad(() => y.add_(1));
    expect(ruins(() => out.backward()).message).toMatch(/modified by an inplace operation: \[torch\.FloatTensor \[2\]\], which is output 0 of ExpBackward0, is at version 1; expected version 0 instead/);
  });
  test("writing to overlapping elements", () => {
    expect(ruins(() => ones([1]).expand([3]).add_(1)).message).toContain("more than one element of the written-to tensor");
  });
  test("in place to a larger shape", () => {
    const error = ruins(() => ones([2]).add_(ones([3, 2])));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toBe("output with shape [2] doesn't match the broadcast shape [3, 2]");
  });
});

describe("graphs", () => {
  test("gradients accumulate, and zero_ empties them", () => {
    const weights = ones([4], { requiresGrad: true });
    const seen = [0, 1].map(() => { weights.mul(3).sum().backward(); return weights.grad!.toArraySync(); });
    expect(seen).toEqual([[3, 3, 3, 3], [6, 6, 6, 6]]);
    weights.grad!.zero_();
    weights.mul(3).sum().backward();
    expect(weights.grad!.toArraySync()).toEqual([3, 3, 3, 3]);
  });
  test("a diamond a thousand times is linear", () => {
    const x = tensor(2, { requiresGrad: true });
    let y: Tensor = x;
    for (let i = 0; i < 1000; i++) y = y.add(y).mul(0.5);
    y.backward();
    expect(x.grad!.itemSync()).toBe(1);
  });
  test("a chain of 100,000 nodes needs no deep stack, forward, backward or when it is freed", () => {
    const s = scope();
    const x = s.tensor([1], { requiresGrad: true });
    let y: Tensor = x;
    for (let i = 0; i < 100_000; i++) y = y.add(1);
    y.backward();
    expect(x.grad!.itemSync()).toBe(1);
    s.close();
  }, 60_000);
  test("higher derivatives with createGraph", () => {
    const x = tensor([1.5], { requiresGrad: true, dtype: "float64" });
    const [first] = grad(x.pow(4), x, { createGraph: true });
    const [second] = grad(first!, x, { createGraph: true });
    const [third] = grad(second!, x);
    expect([first, second, third].map((t) => t!.itemSync())).toEqual([13.5, 27, 36]);
  });
  test("retainGrad keeps the gradient of a result", () => {
    const x = ones([2], { requiresGrad: true }), y = x.mul(3).retainGrad();
    y.square().sum().backward();
    expect(y.grad!.toArraySync()).toEqual([6, 6]);
  });
  test("detach and noGrad cut", () => {
    const x = ones([2], { requiresGrad: true });
    expect(x.mul(2).detach().requiresGrad).toBe(false);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(ruins(() => noGrad(async () => x)).message).toContain("synchronous");
  });
  test("backward into chosen inputs alone", () => {
    const a = ones([1], { requiresGrad: true }), b = ones([1], { requiresGrad: true });
    a.mul(b).mul(2).backward(undefined, { inputs: [a] });
    expect([a.grad?.itemSync(), b.grad]).toEqual([2, null]);
  });
  test("relu with an infinite gradient has no NaN", () => {
    const x = tensor([-1, 1], { requiresGrad: true });
    relu(x).backward(tensor([Infinity, Infinity]));
    expect(x.grad!.toArraySync()).toEqual([0, Infinity]);
  });
  test("an in-place change that keeps its old value for backward", () => {
    const x = tensor([2, 3], { requiresGrad: true }), w = tensor([5, 7], { requiresGrad: true });
    const y = x.mul(1).mul_(w);
    y.sum().backward();
    expect([x.grad!.toArraySync(), w.grad!.toArraySync()]).toEqual([[5, 7], [2, 3]]);
  });
});

test("bools stay bools, out of place and in place", () => {
  const x = tensor([true, false]), y = tensor([true, true]);
  expect(x.add(y).toArraySync()).toEqual([true, true]);
  expect(x.mul_(y).toArraySync()).toEqual([true, false]);
  expect(ruins(() => x.sub(y)).message).toContain("two bool tensors is not supported");
});

test("freed handles name who freed them", () => {
  const x = randn([2]);
  x.dispose();
  expect(ruins(() => x.add(1))).toBeInstanceOf(FreedError);
  expect(ruins(() => x.add(1)).message).toContain("dispose()");
});

test("gradients come in the tuple of their inputs, as the compiler sees too", () => {
  const x = tensor([1, 2], { requiresGrad: true }), w = tensor([3, 4], { requiresGrad: true });
  const [dx, dw] = grad(x.mul(w).sum(), [x, w], { createGraph: true });
  const [ddw] = grad(dx.sum(), w); // none is null: what is unused is an error
  expect([dx.toArraySync(), dw.toArraySync(), ddw.toArraySync()]).toEqual([[3, 4], [1, 2], [1, 1]]);
  const unused: [Tensor | null] = grad(x.sum(), [w], { allowUnused: true }), zero: [Tensor] = grad(x.sum(), [w], { materializeGrads: true });
  expect([unused[0], zero[0].toArraySync()]).toEqual([null, [0, 0]]);
});
