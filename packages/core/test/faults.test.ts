/** @file A device that fails in the middle: whichever call of it throws, an op leaves nothing behind, with or without a scope. */
import { cpu } from "@adjoint/backend-cpu-js";
import { mapKernels } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { add, type Backend, binaryCrossEntropy, cat, conv1d, fft, func, linalg, memory, ones, out, OutOfMemoryError, scaledDotProductAttention, scope, softmax, tensor, type Tensor } from "../src/index.ts";

/** Kernels, allocations, reads and writes throw, but for the next `left`. */
function failing(): { readonly device: Backend; left: number } {
  const inner = cpu(), state = { device: inner as Backend, left: Infinity };
  const counted = <A extends readonly unknown[], R>(call: (...args: A) => R) => (...args: A): R => {
    if (state.left-- <= 0) throw new Error("the device fails");
    return call(...args);
  };
  state.device = { ...inner, kernels: mapKernels(inner, (_, run) => counted(run)), allocate: counted(inner.allocate), write: counted(inner.write), readSync: counted(inner.readSync!) } as Backend;
  return state;
}

/** Of x [2, 3, 4], all from 1 to 2, and of a leaf like it. */
const calls: { readonly [what: string]: (x: Tensor, leaf: Tensor) => unknown } = {
  "a map": (x) => x.add(x.transpose(0, 2).transpose(0, 2)),
  "a map that is recorded": (_, leaf) => leaf.exp(),
  "several results": (x) => x.max(1),
  "a reduction": (x) => x.sum([0, 2]),
  "a reduction that is rounded": (x) => x.half().sum(1),
  "a scan of 16-bit floats": (x) => x.half().cumsum(1),
  "a sort": (x) => x.sort(1),
  "a gather of packed operands": (x) => x.permute([2, 0, 1]).gather(1, x.permute([2, 0, 1]).mul(0).to("int32")),
  "a scatter": (x) => x.scatterAdd(2, x.mul(0).to("int32"), x),
  "a product of packed operands": (x) => x.unsqueeze(1).expand([2, 2, 2, 3, 4]).matmul(x.permute([0, 2, 1]).expand([2, 2, 2, 4, 3]).transpose(0, 2)),
  "a convolution": (x) => conv1d(x, x),
  "a convolution of 16-bit floats": (x) => conv1d(x.half(), x.half()),
  "a concatenation": (x) => cat([x, x], 1),
  "a copy in another order": (x) => x.contiguous({ memoryFormat: "contiguous_format" }).permute([2, 0, 1]).contiguous(),
  "a softmax": (x, leaf) => softmax(leaf.mul(x), 1),
  "an attention": (x) => scaledDotProductAttention(x, x, x),
  "a change in place": (x) => x.mul_(x),
  "a change in place that is recorded": (_, leaf) => leaf.mul(1).mul_(leaf),
  "a change of what it reads": (x) => x.select(0, 0).add_(x.sum(0).transpose(0, 1).transpose(0, 1)),
  "a change in place over itself": (x) => x.transpose(1, 2).select(0, 0).add_(x.select(0, 0).transpose(0, 1)),
  "a result into a tensor": (x, leaf) => out(add, x.mul(2), x, leaf.detach()),
  "a factor of a matrix": (x) => linalg.qr(x),
  "a refusal of values": (x) => binaryCrossEntropy(x.mul(0), x.mul(0)),
  "a transform": (x) => fft.fft(x).angle(),
  "a check of values": (x) => x.frac().logit(),
  "more memory": (x) => x.clone().resize_([5, 6]),
  "values": (x) => x.permute([2, 0, 1]).dataSync(),
  "a new tensor": (x) => tensor([1, 2], { device: x.device }),
  "forward mode": (x) => func.jvp((y: Tensor) => y.sin().mul(y), [x], [x]),
  "forward mode through a change in place": (x) => func.jvp((y: Tensor) => y.clone().mul_(y), [x], [x]),
  "a first tangent by a change in place": (x) => func.jvp((y: Tensor) => x.clone().mul_(y), [x], [x]),
  "batches": (x) => func.vmap((y: Tensor) => y.matmul(y.transpose(0, 1)))(x),
  "a backward": (_, leaf) => leaf.exp().mul(leaf).sum().backward(),
};

test.each(Object.entries(calls))("%s", (_, call) => {
  const state = failing(), { device } = state;
  for (let left = 0, failed = true; failed; left++) {
    const s = scope(), x = s.run(() => ones([2, 3, 4], { device }).mul(1.5)), leaf = s.run(() => ones([1], { device, requiresGrad: true })), before = memory(device);
    const inner = scope();
    state.left = left;
    try {
      inner.run(() => call(x, leaf));
      failed = false;
    } catch (error) {
      expect(String(error)).toContain("the device fails");
    }
    state.left = Infinity;
    inner.close();
    if (failed) expect(memory(device), `after ${left} calls`).toEqual(before);
    s.close();
    expect(memory(device)).toEqual({ tensors: 0, bytes: 0 });
  }
});

test("without a scope, what an op allocated is freed at once", () => {
  const state = failing(), x = ones([4], { device: state.device }), before = memory(state.device);
  state.left = 1;
  expect(() => x.add(x)).toThrow("the device fails");
  expect(memory(state.device)).toEqual(before);
});

test.each<readonly [string, (x: Tensor, leaf: Tensor) => unknown]>([
  ["an op", (x) => x.mul(2)],
  ["a change in place", (x) => x.mul_(2)],
  ["a change in place that is recorded", (_, leaf) => leaf.mul(1).mul_(leaf)],
  ["a result into a tensor", (x) => out(add, x.clone(), x, x)],
  ["reading", (x) => x.t().dataSync()],
])("a kernel that finds no room for itself names who holds the memory: %s", (_, call) => {
  const inner = cpu(), hoard = scope("hoard");
  let isFull = false;
  const device: Backend = { ...inner, kernels: mapKernels(inner, (_, run) => (...args) => {
    if (isFull) throw new OutOfMemoryError("no room within a kernel");
    run(...args);
  }) } as Backend;
  const x = hoard.tensor(Array.from({ length: 64 }, () => new Array<number>(64).fill(1)), { device }), leaf = hoard.run(() => ones([64, 64], { device, requiresGrad: true }));
  isFull = true;
  expect(() => hoard.run(() => call(x, leaf))).toThrow(/^no room within a kernel; ((?!largest owners).)*largest owners in bytes: tensors of 16384: \d+, hoard: ((?!largest owners).)*$/);
  hoard.close();
});

test("who holds the memory is named once where an engine has no more, whatever the device says of that", () => {
  const refusal = new OutOfMemoryError("no room", { cause: new RangeError("Array buffer allocation failed") });
  const device: Backend = { ...cpu(), allocate() { throw refusal; } };
  expect(() => ones([2], { device })).toThrow(/^no room; ((?!largest owners).)*largest owners((?!largest owners).)*$/);
});
