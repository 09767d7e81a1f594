/** Tensors of modules that are made of others. */
import { cpu } from "@adjoint/backend-cpu-js";
import { eye, linalg, manualSeed, memory, noGrad, randn, scope, setDefaultDevice, type Tensor, tensor } from "@adjoint/core";
import { Conv2d, ConvTranspose2d, functionalCall, isParameter, Linear, Module, Sequential, utils } from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(5));
const { parametrize, parametrizations } = utils;

class Symmetric extends Module {
  override forward(x: Tensor): Tensor { return x.triu().add(x.triu({ diagonal: 1 }).t()); }
  rightInverse(x: Tensor): Tensor { return x.triu(); }
}
class Doubled extends Module {
  override forward(x: Tensor): Tensor { return x.mul(2); }
}
const originals = (module: Module): string[] => module.namedParameters().map(([name]) => name);

describe("a parametrized tensor", () => {
  it("is computed at each reading, and what is trained is its original", () => {
    const layer = new Linear(3, 3), before = layer.weight, triangle = before.detach().triu();
    parametrize.registerParametrization(layer, "weight", new Symmetric());
    expect(difference(layer.weight, triangle.add(triangle.triu({ diagonal: 1 }).t()))).toBe(0);
    expect(layer.getParameter("parametrizations.weight.original")).toBe(before);
    expect(originals(layer)).toEqual(["bias", "parametrizations.weight.original"]);
    expect([parametrize.isParametrized(layer), parametrize.isParametrized(layer, "weight"), parametrize.isParametrized(layer, "bias"), isParameter(layer.weight)]).toEqual([true, true, false, false]);
    layer.forward(randn([2, 3])).square().sum().backward();
    expect(before.grad!.tril({ diagonal: -1 }).abs().max().itemSync()).toBe(0);
    expect(layer.toString()).toBe("ParametrizedLinear(\n  in_features=3, out_features=3, bias=True\n  (parametrizations): ModuleDict(\n    (weight): ParametrizationList(\n      (0): Symmetric()\n    )\n  )\n)");
  });
  it("can be assigned to, where every parametrization has an inverse", () => {
    const layer = parametrize.registerParametrization(new Linear(2, 2), "weight", new Symmetric()), wanted = tensor([[1, 2], [2, 3]]);
    Reflect.set(layer, "weight", wanted);
    expect(difference(layer.weight, wanted)).toBe(0);
    parametrize.registerParametrization(layer, "bias", new Doubled());
    expect(() => Reflect.set(layer, "bias", tensor([1, 2]))).toThrow("parametrization Doubled does not implement right_inverse.");
  });
  it("may have several, one after the other", () => {
    const layer = new Linear(2, 2), symmetric = parametrize.registerParametrization(layer, "weight", new Symmetric()).weight.detach();
    parametrize.registerParametrization(layer, "weight", new Doubled());
    expect(difference(layer.weight, symmetric.mul(2))).toBe(0);
  });
  it.each([[true, 2], [false, 1]] as const)("is a parameter again when they are removed (leaveParametrized: %s)", (leaveParametrized, by) => {
    const layer = new Linear(2, 2), before = layer.weight.detach().clone();
    parametrize.registerParametrization(layer, "weight", new Doubled());
    parametrize.removeParametrizations(layer, "weight", { leaveParametrized });
    expect([difference(layer.weight, before.mul(by)), isParameter(layer.weight), layer.toString(), Object.hasOwn(layer, "parametrizations")]).toEqual([0, true, "Linear(in_features=2, out_features=2, bias=True)", false]);
    expect(originals(layer)).toContain("weight");
  });
  it("is copied, loaded, moved and called with other tensors as its originals are", () => {
    const layer = parametrize.registerParametrization(new Linear(3, 3), "weight", new Symmetric()), copy = layer.copy();
    parametrize.removeParametrizations(layer, "weight");
    expect(difference(copy.weight, layer.weight)).toBe(0); // it has its own
    const other = parametrize.registerParametrization(new Linear(3, 3), "weight", new Symmetric());
    other.loadStateDict(copy.stateDict());
    expect(Object.keys(copy.stateDict())).toEqual(["bias", "parametrizations.weight.original"]);
    expect(difference(other.weight, copy.weight)).toBe(0);
    expect(other.double().weight.dtype).toBe("float64");
    const x = randn([1, 3]);
    expect(difference(functionalCall(copy, { "parametrizations.weight.original": eye(3) }, [x]), x.add(copy.bias!))).toBe(0);
  });
  it("is made once while `cached` runs", () => {
    let made = 0;
    class Counting extends Module { override forward(x: Tensor): Tensor { made++; return x.mul(1); } }
    const layer = parametrize.registerParametrization(new Linear(2, 2), "weight", new Counting(), { unsafe: true });
    made = 0;
    parametrize.cached(() => { expect(layer.weight).toBe(layer.weight); });
    expect([made, layer.weight === layer.weight, made]).toEqual([1, false, 3]);
    expect(() => parametrize.cached(async () => layer.weight)).toThrow("cached takes a synchronous function");
  });
  it("says what does not fit, in PyTorch's words, and changes nothing then", () => {
    class Longer extends Module { override forward(x: Tensor): Tensor { return x.repeat([2, 1]); } }
    const layer = new Linear(2, 2);
    expect(() => parametrize.registerParametrization(layer, "weight", new Longer())).toThrow("Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\nunparametrized shape: torch.Size([2, 2])\nparametrized shape: torch.Size([4, 2])");
    expect(() => parametrize.registerParametrization(layer, "other", new Doubled())).toThrow("Module 'Linear(in_features=2, out_features=2, bias=True)' does not have a parameter, a buffer, or a parametrized element with name 'other'");
    expect(() => parametrize.removeParametrizations(layer, "weight")).toThrow("does not have a parametrization on weight");
    expect(originals(layer)).toEqual(["weight", "bias"]);
  });
});

const isOrthogonal = (W: Tensor): boolean => {
  const [n, k] = W.shape.slice(-2) as [number, number];
  return difference(n >= k ? W.mT.matmul(W) : W.matmul(W.mT), eye(Math.min(n, k))) < 1e-5;
};
describe("orthogonal", () => {
  const cases = (["matrixExp", "cayley", "householder"] as const).flatMap((orthogonalMap) => ([[4, 4], [6, 3], [3, 6]] as const).map(([out, into]) => ({ orthogonalMap, out, into })));
  it.each(cases)("by $orthogonalMap, $out by $into: stays so while it is trained", ({ orthogonalMap, out, into }) => {
    const layer = parametrizations.orthogonal(new Linear(into, out, { bias: false }), "weight", { orthogonalMap }), first = layer.weight.detach(), x = randn([8, into]), y = randn([8, out]);
    const losses = Array.from({ length: 5 }, () => {
      const loss = layer.forward(x).sub(y).square().mean();
      layer.zeroGrad();
      loss.backward();
      noGrad(() => { for (const p of layer.parameters()) p.sub_(p.grad!.mul(0.2)); });
      return loss.itemSync();
    });
    expect([isOrthogonal(first), isOrthogonal(layer.weight), losses[4]! < losses[0]!]).toEqual([true, true, true]);
    expect(difference(layer.weight, first)).toBeGreaterThan(1e-3);
    if (out === into) {
      const { Q } = linalg.qr(randn([out, into]));
      Reflect.set(layer, "weight", Q);
      expect(difference(layer.weight, Q)).toBeLessThan(1e-5);
    }
  });
  it.each([[4, 4], [5, 2], [2, 5]])("without a base, %i by %i", (out, into) => {
    const layer = new Linear(into, out), { Q } = linalg.qr(randn(out >= into ? [out, into] : [into, out])), wanted = out >= into ? Q : Q.t();
    parametrizations.orthogonal(layer, "weight", { orthogonalMap: "householder", useTrivialization: false });
    expect(isOrthogonal(layer.weight)).toBe(true);
    Reflect.set(layer, "weight", wanted);
    expect(difference(layer.weight, wanted)).toBeLessThan(1e-5);
    expect(() => parametrizations.orthogonal(new Linear(2, 2), "weight", { orthogonalMap: "cayley", useTrivialization: false })).toThrow("It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.");
    expect(() => parametrizations.orthogonal(new Linear(2, 2), "bias")).toThrow("Expected a matrix or batch of matrices. Got a tensor of 1 dimensions.");
  });
});

describe("spectralNorm", () => {
  it.each([["a linear layer", () => new Linear(5, 4)], ["a convolution", () => new Conv2d(2, 3, 3)], ["a transposed convolution", () => new ConvTranspose2d(2, 3, 3)]] as const)("makes the largest singular value of %s 1", (_, make) => {
    const layer: Module & { readonly weight: Tensor } = parametrizations.spectralNorm(make()), largest = (): number => linalg.matrixNorm(layer.weight.transpose(0, layer instanceof ConvTranspose2d ? 1 : 0).flatten(1), 2).itemSync();
    expect(largest()).toBeCloseTo(1, 1);
    for (let i = 0; i < 60; i++) layer.weight.dispose(); // each reading is a step
    expect(largest()).toBeCloseTo(1, 3);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v"]);
  });
  it("has the gradient of weight / sigma, and stands still in evaluation", () => {
    const layer = parametrizations.spectralNorm(new Linear(3, 2, { bias: false }), "weight", { nPowerIterations: 50 }), W = layer.getParameter("parametrizations.weight.original"), target = randn([2, 3]);
    layer.weight.mul(target).sum().backward();
    const got = W.grad!.clone();
    W.grad = null;
    W.div(linalg.matrixNorm(W, 2)).mul(target).sum().backward();
    expect(difference(got, W.grad!)).toBeLessThan(1e-4);
    layer.eval();
    const u = layer.getBuffer("parametrizations.weight.0._u").clone();
    expect(difference(layer.weight, layer.weight)).toBe(0);
    expect(difference(u, layer.getBuffer("parametrizations.weight.0._u"))).toBe(0);
    expect(() => parametrizations.spectralNorm(new Linear(2, 2), "weight", { dim: 2 })).toThrow("Dimension out of range (expected to be in range of [-2, 1] but got 2)");
    expect(() => parametrizations.spectralNorm(new Linear(2, 2), "weight", { nPowerIterations: 0 })).toThrow("Expected n_power_iterations to be positive, but got n_power_iterations=0");
  });
});

it("weightNorm trains size and direction", () => {
  const plain = new Linear(3, 2), layer = parametrizations.weightNorm(plain.copy()), g = layer.getParameter("parametrizations.weight.original0");
  expect([difference(layer.weight, plain.weight) < 1e-6, g.shape, originals(layer)]).toEqual([true, [2, 1], ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]]);
  expect(parametrizations.weightNorm(plain.copy(), "weight", null).getParameter("parametrizations.weight.original0").shape).toEqual([]);
  expect(difference(parametrize.removeParametrizations(layer, "weight").weight, plain.weight)).toBeLessThan(1e-6);
});

it("leaves nothing behind in a scope", () => {
  const net = new Sequential(parametrizations.orthogonal(new Linear(3, 3)), parametrizations.spectralNorm(new Linear(3, 2)), parametrizations.weightNorm(new Linear(2, 2))), before = memory().tensors;
  for (let i = 0; i < 3; i++) {
    const s = scope("step");
    s.run(() => { net.forward(randn([4, 3])).sum().backward(); });
    s.close();
    net.zeroGrad();
  }
  expect(memory().tensors).toBe(before);
});
