/** @file gradcheck and gradgradcheck: what passes, what is found, and in PyTorch's words. */
import { cpu } from "@adjoint/backend-cpu-js";
import { autograd, dropout, getRngState, grad, manualSeed, memory, onWarning, ones, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";
import { ruins } from "./ruins.ts";

const { gradcheck, gradgradcheck, GradcheckError } = autograd;
beforeAll(() => setDefaultDevice(cpu()));
const leaf = (values: number[], shape = [values.length]): Tensor => tensor(values, { shape, dtype: "float64", requiresGrad: true });

class Bad extends autograd.Function {
  static forward(_: autograd.FunctionContext, x: Tensor): Tensor { return x.mul(2); }
  static backward(_: autograd.FunctionContext, g: Tensor): Tensor { return g.mul(3); }
}
class BadTwice extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor { ctx.saveForBackward(x); return x.square(); }
  static backward(ctx: autograd.FunctionContext, g: Tensor): Tensor { return g.mul(ctx.savedTensors[0]!.detach()).mul(2); }
}

describe.each([false, true])("what is right passes, fastMode %s", (fastMode) => {
  const x = (): Tensor => leaf([0.3, -0.7, 1.1, 0.2], [2, 2]);
  test.each<readonly [string, autograd.GradcheckOptions, (...xs: Tensor[]) => unknown, () => Tensor[]]>([
    ["one input", {}, (a) => a!.sin(), () => [x()]],
    ["several inputs and outputs", {}, (a, b) => [a!.matmul(b!), a!.exp(), b!.gt(0)], () => [x(), x()]],
    ["an input that is not varied", {}, (a, b) => a!.mul(b!), () => [x(), x().detach()]],
    ["a view", {}, (a) => a!.square(), () => [leaf([1, 2, 3, 4, 5, 6], [2, 3]).t().detach().requiresGrad_()]],
    ["an input of no elements", {}, (a, b) => a!.sum().add(b!), () => [leaf([], [0]), x()]],
    ["forward mode and batches", { checkForwardAd: true, checkBatchedGrad: true }, (a) => a!.tanh().sum(0), () => [x()]],
  ])("%s", (_, options, fn, inputs) => {
    const at = inputs(), values = at.map((t) => t.toArraySync()), live = memory().tensors;
    expect(gradcheck(fn, at, { ...options, fastMode })).toBe(true);
    expect(gradgradcheck(fn, at, { ...options, fastMode })).toBe(true);
    expect([at.map((t) => t.toArraySync()), at.map((t) => t.version), memory().tensors - live]).toEqual([values, at.map(() => 0), 0]);
  });
});

describe("what is wrong is shown", () => {
  test("element by element", () => {
    const error = ruins(() => gradcheck((x) => Bad.apply(x!), leaf([1, 2])));
    expect(error).toBeInstanceOf(GradcheckError);
    expect(error.message).toBe([
      "Jacobian mismatch for output 0 with respect to input 0,", "numerical:tensor([[2., 0.],", "        [0., 2.]], dtype=torch.float64)",
      "analytical:tensor([[3., 0.],", "        [0., 3.]], dtype=torch.float64)", ""].join("\n").replace(/\[\[2., 0.\],\n +\[0., 2.\]\]/, "[[2.0000, 0.0000],\n        [0.0000, 2.0000]]"));
  });
  test("along directions", () => expect(() => gradcheck((x) => Bad.apply(x!), leaf([1, 2]), { fastMode: true })).toThrow("Jacobian mismatch for output 0 with respect to input 0,"));
  test("as false, on request", () => expect(gradcheck((x) => Bad.apply(x!), leaf([1]), { raiseException: false })).toBe(false));
  test("in the second derivative alone", () => {
    expect(gradcheck((x) => BadTwice.apply(x!), leaf([1, 2]))).toBe(true);
    expect(gradgradcheck((x) => BadTwice.apply(x!), leaf([1, 2]), { raiseException: false })).toBe(false);
  });
  test("where backward differs from run to run", () => {
    let calls = 0;
    class Drifts extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor): Tensor { return x.mul(2); }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor { return g.mul(2 + 1e-7 * calls++); }
    }
    expect(() => gradcheck((x) => Drifts.apply(x!), leaf([1]))).toThrow("Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values");
    expect(gradcheck((x) => Drifts.apply(x!), leaf([1]), { nondetTol: 1e-5 })).toBe(true);
  });
  test("where results without gradient are not expected", () => {
    class Demands extends autograd.Function {
      static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor { ctx.setMaterializeGrads(false); return x.mul(2); }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor { return g.mul(2); }
    }
    expect(() => gradcheck((x) => Demands.apply(x!), leaf([1]))).toThrow("Expected backward function to handle undefined output grads.");
    expect(gradcheck((x) => Demands.apply(x!), leaf([1]), { checkUndefinedGrad: false })).toBe(true);
  });
  test("inputs that cannot be checked", () => {
    expect(() => gradcheck((x) => x!, ones([1]))).toThrow("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.");
    expect(() => gradcheck((x) => x!, ones([1], { dtype: "float64" }).expand([3]).requiresGrad_())).toThrow("The 0th input has a dimension with stride 0.");
    const said: string[] = [], before = onWarning((text) => said.push(text));
    gradcheck((x) => x!.mul(2), ones([1], { requiresGrad: true }), { eps: 1e-2 });
    onWarning(before);
    expect(said[0]).toContain("Input #0 requires gradient and is not a double precision floating point or complex.");
    expect(() => gradcheck((x) => x!.detach(), leaf([1]))).toThrow("Numerical gradient for function expected to be zero");
  });
});

test("the user's random numbers stay as they were", () => {
  manualSeed(5);
  const before = getRngState();
  gradgradcheck((x) => x!.square(), leaf([1, 2]), { fastMode: true });
  expect(getRngState()).toEqual(before);
  expect(gradcheck((x) => { manualSeed(1); return dropout(x!, 0.5); }, leaf([1, 2, 3]))).toBe(true);
});

describe("gradients in batches", () => {
  test("are one walk", () => {
    const x = leaf([1, 2]), z = leaf([5]);
    let calls = 0;
    const y = x.square();
    y.registerHook(() => { calls++; });
    const [gx, gz] = autograd.grad(y, [x, z], { gradOutputs: tensor([[1, 0], [0, 1], [1, 1]], { dtype: "float64" }), isGradsBatched: true, allowUnused: true });
    expect([gx!.toArraySync(), gz, calls]).toEqual([[[2, 0], [0, 4], [2, 4]], null, 1]);
  });
  test("must have the outputs' shapes", () =>
    expect(() => autograd.grad(leaf([1, 2]).mul(2), leaf([1]), { gradOutputs: ones([2, 3]), isGradsBatched: true })).toThrow(
      "a mismatch was detected: grad_output[0] has a shape of torch.Size([2, 3]) and output[0] has a shape of torch.Size([2])."));
  test("agree with one at a time", () => {
    const x = leaf([0.1, 0.2, 0.3]), y = x.exp().sum().mul(x);
    const rows = [0, 1, 2].map((i) => tensor([0, 1, 2].map((k) => Number(k === i)), { dtype: "float64" }));
    const single = rows.map((row) => grad(y, x, { gradOutputs: row, retainGraph: true })[0]!.toArraySync());
    const [all] = autograd.grad(y, x, { gradOutputs: tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1]], { dtype: "float64" }), isGradsBatched: true });
    expect(all!.toArraySync()).toEqual(single);
  });
});
