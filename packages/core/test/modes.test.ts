/** @file Modes of recording, inference tensors, and what a tensor knows of its history. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AdjointError, autograd, clone, enableGrad, inferenceMode, inMode, isGradEnabled, isInferenceModeEnabled, memory, noGrad, ones, onWarning, setDefaultDevice, setGradEnabled, tensor, type Tensor, zeros } from "@adjoint/core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
afterEach(() => setGradEnabled(true));
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("recording", () => {
  test("is switched by value, for a function and for good", () => {
    const x = leaf(1);
    const made = [false, true].map((mode) => setGradEnabled(mode, () => x.mul(2).requiresGrad));
    expect([made, isGradEnabled()]).toEqual([[false, true], true]);
    setGradEnabled(false);
    expect([isGradEnabled(), x.mul(2).requiresGrad, enableGrad(() => x.mul(2).requiresGrad)]).toEqual([false, false, true]);
  });
  test("a function may always be called in a mode", () => {
    const evaluate = inMode(noGrad, (x: Tensor, y: number) => x.mul(y));
    expect([evaluate(leaf(1), 2).requiresGrad, isGradEnabled()]).toEqual([false, true]);
    expect(() => inMode(noGrad, () => { throw new Error("mine"); })()).toThrow("mine");
    expect(isGradEnabled()).toBe(true);
  });
  test("a leaf made in noGrad is a leaf", () => {
    const w = noGrad(() => ones([2], { requiresGrad: true }));
    w.mul(2).sum().backward();
    expect([w.isLeaf, w.grad!.toArraySync()]).toEqual([true, [2, 2]]);
  });
});

describe("detach_", () => {
  test("cuts a result from its history", () => {
    const y = leaf(1).mul(2);
    expect(y.detach_()).toBe(y);
    expect([y.requiresGrad, y.isLeaf, y.gradFn]).toEqual([false, true, null]);
  });
  test("refuses views", () => expect(() => ones([2]).select(0, 0).detach_()).toThrow("Can't detach views in-place. Use detach() instead."));
});

test("untracked memory may be changed behind backward's back", () => {
  const x = leaf(1, 1), y = x.mul(x).sum(), live = memory().tensors;
  const same = x.untracked();
  expect([memory().tensors - live, same.requiresGrad]).toEqual([0, false]);
  same.mul_(3);
  expect([x.toArraySync(), x.version, same.version]).toEqual([[3, 3], 0, 1]);
  y.backward();
  expect(x.grad!.toArraySync()).toEqual([6, 6]);
  x.dispose();
  expect(same.toArraySync()).toEqual([3, 3]);
  same.dispose();
  expect(memory().tensors - live).toBe(-1); // x is gone, y is still there, and so was its .grad
});

test("a tensor knows its version and which output it is", () => {
  class Two extends autograd.Function {
    static forward(_: autograd.FunctionContext, x: Tensor): [Tensor, Tensor] { return [x.mul(2), x.mul(3)]; }
  }
  const x = ones([4]);
  x.add_(1);
  x.narrow(0, 0, 2).mul_(2);
  expect([x.version, x.detach().version, x.outputNr, Two.apply(leaf(1))[1].outputNr]).toEqual([2, 2, 0, 1]);
});

describe("inference mode", () => {
  test("makes tensors that stay outside of graphs, and says so", () => {
    const a = inferenceMode(() => ones([2])), w = leaf(1, 1);
    const b = inferenceMode(() => { expect([isInferenceModeEnabled(), isGradEnabled()]).toEqual([true, false]); return w.mul(2); });
    expect([a.isInference(), b.isInference(), b.requiresGrad, w.isInference(), isInferenceModeEnabled()]).toEqual([true, true, false, false, false]);
    expect([a.add(1).isInference(), clone(a).isInference(), a.narrow(0, 0, 1).isInference()]).toEqual([false, false, true]);
    w.add(a).sum().backward(); // nothing of a is saved
    clone(a).mul(w).sum().backward();
    expect(w.grad!.toArraySync()).toEqual([2, 2]);
  });
  test("may change what it made, and normal tensors", () => {
    const x = zeros([2]);
    const a = inferenceMode(() => { x.add_(1); return ones([2]).add_(1).requiresGrad_(); });
    expect([a.toArraySync(), x.toArraySync(), x.version, a.requiresGrad]).toEqual([[2, 2], [1, 1], 1, true]);
  });
  const made = (): Tensor => inferenceMode(() => ones([2]));
  test.each<readonly [string, () => unknown, string]>([
    ["saving", () => leaf(1, 1).mul(made()), "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd."],
    ["requiring a gradient", () => made().requiresGrad_(), "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."],
    ["a change in place", () => made().add_(1), "Inplace update to inference tensor outside InferenceMode is not allowed."],
    ["a change in place, unrecorded", () => noGrad(() => made().zero_()), "Inplace update to inference tensor outside InferenceMode is not allowed."],
    ["the version", () => made().version, "Inference tensors do not track version counter."],
    ["a promise", () => inferenceMode(async () => 1), "inferenceMode takes a synchronous function"],
    ["a view made there, changed outside", () => { const x = leaf(1, 2).mul(1); inferenceMode(() => x.select(0, 0)).add_(x.select(0, 1)); }, "A view was created in inference mode and is being modified inplace in normal mode."],
  ])("refuses %s", (_, run, text) => {
    expect(run).toThrow(AdjointError);
    expect(run).toThrow(text);
  });
});

test("what PyTorch warns of is a warning", () => {
  const said: string[] = [], before = onWarning((text) => said.push(text.slice(0, 60)));
  try {
    const x = leaf(2), y = x.square();
    y.backward(undefined, { createGraph: true });
    x.grad = null;
    expect([y.grad, y.retainsGrad, x.retainsGrad]).toEqual([null, false, false]);
    y.retainGrad();
    expect([y.grad, y.retainsGrad, x.grad]).toEqual([null, true, null]);
  } finally {
    onWarning(before);
  }
  expect(said).toEqual(["Using backward() with create_graph=True will create a referen", "The .grad attribute of a Tensor that is not a leaf Tensor is"].map((text) => text.slice(0, 60)));
});

describe("what .grad takes", () => {
  test.each<readonly [string, unknown, string]>([
    ["another size", () => ones([2]), "assigned grad has data of a different size"],
    ["another type", () => ones([3], { dtype: "float64" }), "assigned grad has data of a different type"],
    ["another device", () => ones([3], { device: cpu() }), "assigned grad has data located on a different device"],
    ["a number", () => 1.5, "assigned grad expected to be a Tensor or None but got grad of typefloat"],
    ["itself", (x: Tensor) => x, "can't assign Variable as its own grad"],
  ])("not %s", (_, make, text) => {
    const x = leaf(1, 2, 3);
    expect(() => { x.grad = (make as (x: Tensor) => Tensor)(x); }).toThrow(text);
    expect(x.grad).toBe(null);
  });
  test("requiresGrad of integers", () => {
    expect(() => ones([2], { dtype: "int32", requiresGrad: true })).toThrow("Only Tensors of floating point and complex dtype can require gradients");
    expect(() => { ones([2], { dtype: "int32" }).requiresGrad = true; }).toThrow("only Tensors of floating point and complex dtype can require gradients");
  });
});

describe("backward and grad", () => {
  test("of several tensors", () => {
    const x = leaf(1, 1);
    autograd.backward([x.mul(2).sum(), x.mul(3)], [null, tensor([1, 2])]);
    expect(x.grad!.toArraySync()).toEqual([5, 8]);
  });
  test("of a leaf and of what follows from it", () => {
    const x = leaf(1);
    autograd.backward([x, x.mul(2)]);
    expect(x.grad!.itemSync()).toBe(3);
  });
  test("into a result and a leaf alone", () => {
    const x = leaf(2), y = leaf(3), h = x.mul(y);
    h.square().backward(undefined, { inputs: [h, y] });
    expect([h.grad!.itemSync(), y.grad!.itemSync(), x.grad]).toEqual([12, 24, null]);
  });
  test("materialize zeros for what was not used", () => {
    const x = leaf(1), z = leaf(1, 2);
    const [gx, gz] = autograd.grad(x.mul(2), [x, z], { materializeGrads: true }) as [Tensor, Tensor];
    expect([gx.itemSync(), gz.toArraySync(), gz.requiresGrad]).toEqual([2, [0, 0], true]);
  });
  test("cast a gradient of another dtype", () => {
    const x = leaf(1, 2);
    x.mul(2).backward(tensor([1, 10], { dtype: "float64" }));
    expect([x.grad!.dtype, x.grad!.toArraySync()]).toEqual(["float32", [2, 20]]);
  });
  const x = (): Tensor => leaf(1, 1);
  test.each<readonly [string, () => unknown, string]>([
    ["another number of gradients", () => autograd.backward([x().sum(), x().sum()], [null]), "got 2 tensors and 1 gradients"],
    ["another shape", () => x().mul(2).backward(ones([3])), "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2])."],
    ["no tensor", () => x().mul(2).backward(3 as unknown as Tensor), "gradients can be either Tensors or None, but got int"],
    ["a root without gradient", () => autograd.backward([x().sum(), ones([1])]), "element 1 of tensors does not require grad and does not have a grad_fn"],
    ["no inputs", () => x().sum().backward(undefined, { inputs: [] }), "'inputs' argument to backward() cannot be empty."],
    ["an input without gradient", () => autograd.grad(x().sum(), ones([1])), "One of the differentiated Tensors does not require grad"],
    ["an input without gradient, for .grad", () => x().sum().backward(undefined, { inputs: ones([1]) }), "can't retain_grad on Tensor that has requires_grad=False"],
    ["an unused input", () => autograd.grad(x().sum(), x()), "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."],
    ["options that contradict", () => autograd.grad(x().sum(), x(), { materializeGrads: true, allowUnused: false }), "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."],
  ])("refuse %s", (_, run, text) => {
    expect(run).toThrow(AdjointError);
    expect(run).toThrow(text);
  });
});
