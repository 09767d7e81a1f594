/** @file Complex tensors: what they hold, how they are printed, what they refuse, and their gradients by PyTorch's convention. */
import { cpu } from "@adjoint/backend-cpu-js";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as A from "../src/index.ts";

A.setDefaultDevice(cpu());
const { complex, ComplexTensor, polar, tensor, viewAsComplex, viewAsReal } = A;
const z = (...pairs: readonly (readonly [number, number])[]): A.ComplexTensor => viewAsComplex(tensor(pairs));
const wide = (...pairs: readonly (readonly [number, number])[]): A.ComplexTensor => viewAsComplex(tensor(pairs, { dtype: "float64" }));

describe("making and reading", () => {
  it("is made of parts, of lengths and angles, and of pairs", () => {
    expect(complex(tensor([1, 2]), tensor([3, 4])).toArraySync()).toEqual([[1, 3], [2, 4]]);
    expect(polar(tensor([2]), tensor([0])).toArraySync()).toEqual([[2, 0]]);
    const pairs = tensor([[1, 2], [3, 4]]), seen = viewAsComplex(pairs);
    expect([seen.dtype, seen.shape, seen.ndim, seen.numel(), seen.size(0)]).toEqual(["complex64", [2], 1, 2, 2]);
    pairs.mul_(2);
    expect([seen.imag().toArraySync(), viewAsReal(seen).toArraySync()]).toEqual([[4, 8], [[2, 4], [6, 8]]]);
  });
  it("reads numbers", async () => {
    expect(z([1, -2]).itemSync()).toEqual({ re: 1, im: -2 });
    expect(await z([1, -2]).sum().item()).toEqual({ re: 1, im: -2 });
    expect([...(await z([1, -2], [3, 4]).data())]).toEqual([1, -2, 3, 4]);
    expect(() => z([1, 2], [3, 4]).itemSync()).toThrow(A.ArgumentError);
  });
  it("is no number for JavaScript's operators", () => {
    expect(() => Number(z([1, 2]))).toThrow(A.ArgumentError);
    expect(`${z([1, 2])}`).toBe("tensor([1.+2.j])");
  });
  it("moves and widens", async () => {
    expect([z([1, 2]).to("complex128").dtype, (await z([1, 2]).to(cpu())).toArraySync()]).toEqual(["complex128", [[1, 2]]]);
  });
  it("is told from a real tensor", () => {
    expect([A.isComplex(z([1, 2])), A.isComplex(tensor([1])), A.isTensor(z([1, 2])), A.isComplex({})]).toEqual([true, false, false, false]);
    expectTypeOf(A.conj(z([1, 2]))).toEqualTypeOf<A.ComplexTensor>();
    expectTypeOf(A.conj(tensor([1]))).toEqualTypeOf<A.Tensor>();
  });
});

describe("printing", () => {
  it.each([
    ["tensor([1.+3.j, 2.-4.j])", z([1, 3], [2, -4])],
    ["tensor([[ 1.7804+1.9464j,  0.3770+0.6425j],\n        [-0.5488-0.4194j, -0.1773-0.0980j]])", z([1.7804, 1.9464], [0.377, 0.6425], [-0.5488, -0.4194], [-0.1773, -0.098]).reshape([2, 2])],
    ["tensor(1.+2.j, dtype=torch.complex128)", wide([1, 2]).sum()],
    ["tensor([], size=(0, 2), dtype=torch.complex128)", viewAsComplex(A.zeros([0, 2, 2], { dtype: "float64" }))],
    ["tensor([], size=(3, 0), dtype=torch.complex64)", viewAsComplex(A.zeros([3, 0, 2]))],
    ["tensor([1.+2.j], requires_grad=True)", z([1, 2]).detach().requiresGrad_()],
    ["tensor([2.+4.j], grad_fn=<MulBackward0>)", z([1, 2]).requiresGrad_().mul(2)],
    ["tensor([nan+1.j, inf-1.j])", z([NaN, 1], [Infinity, -1])],
  ])("%s", (text, value) => expect(String(value)).toBe(text));
});

describe("arithmetic", () => {
  const near = (got: A.ComplexTensor, want: readonly (readonly [number, number])[]): void => expect(got.allcloseSync(viewAsComplex(tensor(want, { dtype: got.dtype === "complex128" ? "float64" : "float32" })), { rtol: 1e-6, equalNan: true })).toBe(true);
  it("is that of complex numbers", () => {
    const a = wide([1, 2], [-3, 0.5]), b = wide([0, 1], [2, -2]);
    near(a.mul(b), [[-2, 1], [-5, 7]]);
    near(a.div(b), [[2, -1], [-0.875, -0.625]]);
    near(a.add({ re: 0, im: 1 }).sub(1), [[0, 3], [-4, 1.5]]);
    near(a.mul(tensor([2, 3], { dtype: "float64" })), [[2, 4], [-9, 1.5]]);
    near(a.exp().log(), [[1, 2], [-3, 0.5]]);
    near(a.sqrt().square(), [[1, 2], [-3, 0.5]]);
    near(a.pow(-2).mul(a).mul(a), [[1, 0], [1, 0]]);
    near(a.pow(b).log(), [...b.mul(a.log()).exp().log().toArraySync() as [number, number][]]);
    near(a.tan().mul(a.cos()).div(a.sin()), [[1, 0], [1, 0]]);
    near(a.sinh().add(a.cosh()).log(), [[1, 2], [-3, 0.5]]);
    near(a.tanh().mul(a.cosh()).sub(a.sinh()).add(1), [[1, 0], [1, 0]]);
    near(a.cumsum(0), [[1, 2], [-2, 2.5]]);
    near(a.sgn().mul(a.abs()), [[1, 2], [-3, 0.5]]);
    near(a.reshape([2, 1]).matmul(b.reshape([1, 2])).flatten(), [[-2, 1], [6, 2], [-0.5, -3], [-5, 7]]);
  });
  it("keeps its corners", () => {
    near(z([0, 0], [-4, 0], [-4, -0]).sqrt(), [[0, 0], [0, 2], [0, -2]]);
    near(z([1, Infinity], [-Infinity, -Infinity], [-Infinity, 1]).sqrt(), [[Infinity, Infinity], [Infinity, -Infinity], [0, Infinity]]);
    near(z([0, 0], [0, 0]).pow(z([0, 0], [2, 1])), [[1, 0], [0, 0]]);
    near(z([1e30, 1e30]).reciprocal().mul(1e30), [[0.5, -0.5]]);
    expect([z([3e38, 3e38]).div(z([3e38, 3e38])).itemSync(), z([3e20, 4e20]).abs().itemSync() / 1e20]).toEqual([{ re: 1, im: 0 }, expect.closeTo(5, 5)]);
    expect(z([0, 0], [0, 2]).sgn().toArraySync()).toEqual([[0, 0], [0, 1]]);
    expect([z([1, 2], [1, 3]).eq(z([1, 2])).toArraySync(), z([1, 2], [1, 3]).ne({ re: 1, im: 2 }).toArraySync()]).toEqual([[true, false], [false, true]]);
  });
  it("tells what is no number", () => {
    const odd = z([NaN, 0], [0, Infinity], [1, 1]);
    expect([odd.isnan().toArraySync(), odd.isinf().toArraySync(), odd.isfinite().toArraySync(), odd.isreal().toArraySync()]).toEqual([[true, false, false], [false, true, false], [false, false, true], [true, false, false]]);
    expect([wide([400, 1]).tanh().itemSync(), wide([1, -400]).tan().itemSync()]).toEqual([{ re: 1, im: 0 }, { re: 0, im: -1 }]);
  });
  it("promotes as PyTorch does", () => {
    const zero = viewAsComplex(tensor([1, 2], { dtype: "float64" }));
    expect([z([1, 2]).mul(zero).dtype, z([1, 2]).mul(wide([1, 2])).dtype, z([1, 2]).add(tensor([1], { dtype: "float64" })).dtype, zero.mul(z([1, 2])).dtype]).toEqual(["complex64", "complex128", "complex128", "complex64"]);
    expect([A.promoteTypes("float64", "complex64"), A.resultType([tensor([1], { dtype: "uint8" }), { re: 0, im: 1 }]), A.canCast("complex64", "float64"), A.canCast("int32", "complex64")]).toEqual(["complex128", "complex64", false, true]);
  });
});

describe("gradients", () => {
  it("are conj(f') times the gradient, as pairs", () => {
    const w = z([1, 2]).detach().requiresGrad_();
    w.mul(w).backward(z([1, 0])); // 2 conj(w)
    expect(w.grad!.toArraySync()).toEqual([[2, -4]]);
    const x = tensor([3], { requiresGrad: true });
    complex(x, tensor([4])).abs().backward();
    expect(x.grad!.itemSync()).toBeCloseTo(0.6);
    expect(() => w.mul(2).backward()).toThrow("grad can be implicitly created only for real scalar outputs but got ComplexFloat");
  });
  it("of the length and the angle at 0 are 0", () => {
    const w = z([0, 0]).detach().requiresGrad_();
    w.abs().add(w.angle()).backward();
    expect(w.grad!.toArraySync()).toEqual([[0, 0]]);
  });
});

describe("what is not defined", () => {
  it.each([["add", () => A.add(z([1, 2]) as never, 1)], ["softmax", () => A.softmax(z([1, 2]) as never, 0)], ["matmul", () => A.matmul(z([1, 2]) as never, z([1, 2]) as never)], ["sort", () => A.sort(z([1, 2]) as never)]] as const)(
    "%s refuses complex tensors by a typed error that says what to do", (_, call) => {
      expect(call).toThrow(A.NotSupportedError);
      expect(call).toThrow(/not implemented for 'ComplexFloat'.*real\(\), imag\(\)/);
    });
  it("is said in PyTorch's words", () => {
    expect(() => viewAsComplex(tensor([1, 2, 3]))).toThrow("Tensor must have a last dimension of size 2");
    expect(() => viewAsComplex(tensor(1))).toThrow("Input tensor must have one or more dimensions");
    expect(() => viewAsReal(tensor([1]) as never)).toThrow("view_as_real is only supported for complex tensors");
    expect(() => A.imag(tensor([1]) as never)).toThrow("imag is not implemented for tensors with non-complex dtypes.");
    expect(() => complex(tensor([1]), tensor([1], { dtype: "float64" }))).toThrow("Expected object of scalar type Float but got scalar type Double for second argument");
    expect(() => complex(tensor([1]), 2 as never)).toThrow("complex(): argument 'imag' (position 2) must be Tensor, not int");
    expect(() => complex(tensor([1], { dtype: "int32" }), tensor([1]))).toThrow("Expected both inputs to be Half, Float or Double tensors but got Int and Float");
  });
});

it("joins and rearranges as real tensors do", () => {
  const w = z([1, 2], [3, 4], [5, 6], [7, 8]).reshape([2, 2]);
  expect(w.mH.toArraySync()).toEqual([[[1, -2], [5, -6]], [[3, -4], [7, -8]]]);
  expect(ComplexTensor.stack([w.select(0, 0), w.select(1, 0)], -1).toArraySync()).toEqual([[[1, 2], [1, 2]], [[3, 4], [5, 6]]]);
  expect(w.where(tensor([true, false]), 0).toArraySync()).toEqual([[[1, 2], [0, 0]], [[5, 6], [0, 0]]]);
  expect([w.unbind().map((row) => row.toArraySync()), w.split(1, 1)[1]!.toArraySync()]).toEqual([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[3, 4]], [[7, 8]]]]);
  expect(w.index("...", -1).toArraySync()).toEqual([[3, 4], [7, 8]]);
  expect(w.mean(0, { keepdim: true }).toArraySync()).toEqual([[[3, 4], [5, 6]]]);
});
