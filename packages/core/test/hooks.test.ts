/** @file Hooks on tensors and nodes, on the cpu backend: order, replacement, refusals, and that they leave nothing behind. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AdjointError, autograd, grad, memory, ones, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("hooks of a tensor", () => {
  test("run in order, and each replaces what the next one sees", () => {
    const x = leaf(1), log: string[] = [];
    x.registerHook((g) => { log.push("a"); return g.mul(2); });
    x.registerHook((g) => { log.push("b"); return g.add(1); });
    x.mul(5).backward();
    expect([log, x.grad!.itemSync()]).toEqual([["a", "b"], 11]);
  });
  test("run once for the whole gradient, in grad() and in backward(), on results and leaves", () => {
    const x = leaf(1, 2), h = x.mul(2), seen: unknown[] = [];
    h.registerHook((g) => { seen.push(g.toArraySync()); });
    h.add(h.mul(3)).sum().backward(undefined, { retainGraph: true });
    const [g] = grad(h.mul(3).sum(), h) as [Tensor];
    expect(seen).toEqual([[4, 4], [3, 3]]);
    expect([x.grad!.toArraySync(), g.toArraySync()]).toEqual([[8, 8], [3, 3]]);
  });
  test("across tensors run latest op first, leaves in the order of the operands", () => {
    const a = leaf(1), b = leaf(2), log: string[] = [];
    const left = a.mul(b), right = left.exp(), last = left.mul(a);
    for (const [name, x] of Object.entries({ a, b, left, right, last })) x.registerHook(() => { log.push(name); });
    right.add(last).backward();
    expect(log).toEqual(["last", "right", "left", "a", "b"]);
  });
  test("can be taken away, also by using", () => {
    const x = leaf(1), handle = x.registerHook((g) => g.mul(10));
    handle.remove();
    handle.remove();
    x.registerHook((g) => g.mul(100))[Symbol.dispose]();
    x.mul(3).backward();
    expect(x.grad!.itemSync()).toBe(3);
  });
  test("stay with the value that they were put on", () => {
    const x = leaf(2), y = x.mul(1), seen: number[] = [];
    y.registerHook((g) => { seen.push(g.itemSync()); });
    y.mul_(5);
    y.registerHook((g) => { seen.push(g.itemSync()); });
    y.backward();
    expect(seen).toEqual([1, 5]);
  });
  test("run before a retained gradient is kept, and before grad() takes it", () => {
    const x = leaf(1), y = x.mul(2).retainGrad();
    y.registerHook((g) => g.mul(7));
    const out = y.mul(3);
    expect(grad(out, y, { retainGraph: true })[0]!.itemSync()).toBe(21);
    y.grad = null;
    out.backward();
    expect([y.grad!.itemSync(), x.grad!.itemSync()]).toEqual([21, 42]);
  });
  test("may walk the same graph themselves, and fail in it", () => {
    const x = leaf(3), h = x.square(), z = h.mul(x), seen: number[] = []; // x^3
    h.registerHook((g) => {
      if (seen.push(g.itemSync()) > 1) return;
      seen.push(autograd.grad(z, x, { retainGraph: true })[0]!.itemSync());
      expect(() => z.add(z).backward(ones([2]))).toThrow("Mismatch in shape");
    });
    z.backward(undefined, { retainGraph: true });
    expect([seen, x.grad!.itemSync()]).toEqual([[3, 3, 27], 27]);
  });
  test("may keep the gradient they saw", () => {
    const x = leaf(1, 2), kept: Tensor[] = [];
    x.mul(2).registerHook((g) => { kept.push(g, g.mul(2)); });
    const y = x.mul(2);
    y.registerHook((g) => { kept.push(g, g.mul(2)); });
    y.sum().backward();
    expect(kept.map((g) => g.toArraySync())).toEqual([[1, 1], [2, 2]]);
  });
  test("are recorded under createGraph", () => {
    const x = leaf(3), y = x.square();
    y.registerHook((g) => g.mul(x));
    const [g] = grad(y, x, { createGraph: true }) as [Tensor]; // 2x * x
    expect(grad(g, x)[0]!.itemSync()).toBe(12);
  });
  test("of a leaf after accumulation see the new .grad", () => {
    const x = leaf(1), seen: number[] = [];
    x.registerPostAccumulateGradHook((leaf) => { seen.push(leaf.grad!.itemSync()); leaf.grad = null; });
    x.mul(2).backward();
    x.mul(3).backward();
    expect([seen, x.grad]).toEqual([[2, 3], null]);
  });
  test.each<readonly [string, () => unknown, string]>([
    ["a tensor without gradient", () => ones([1]).registerHook(() => undefined), "cannot register a hook on a tensor that doesn't require gradient"],
    ["post-accumulate on a result", () => leaf(1).mul(2).registerPostAccumulateGradHook(() => undefined), "post accumulate grad hooks cannot be registered on non-leaf tensors"],
    ["another size", () => { const x = leaf(1, 1); x.registerHook(() => ones([3])); x.sum().backward(); }, "hook '<lambda>' has changed the size of value"],
    ["another type", () => { const x = leaf(1); function toDouble(g: Tensor): Tensor { return g.to("float64"); } x.registerHook(toDouble); x.sum().backward(); }, "hook 'toDouble' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)"],
    ["another device", () => { const x = leaf(1), other = cpu(); x.registerHook(() => ones([1], { device: other })); x.sum().backward(); }, "has changed the type of value (was cpu tensor got cpu tensor)"],
    ["no tensor", () => { const x = leaf(1); x.registerHook(() => 2.5 as unknown as Tensor); x.sum().backward(); }, "expected Variable, but hook returned 'float'"],
  ])("refuse %s", (_, run, text) => {
    expect(run).toThrow(AdjointError);
    expect(run).toThrow(text);
  });
});

describe("hooks of a node", () => {
  test("see both sides, and replace", () => {
    const x = leaf(2), y = leaf(3), z = x.mul(y), log: unknown[] = [];
    z.gradFn!.registerPrehook(([g]) => [g!.mul(10)]);
    z.gradFn!.registerHook((inputs, outputs) => {
      log.push(inputs.map((g) => g!.itemSync()), outputs.map((g) => g!.itemSync()));
      return [null, inputs[1]!.add(1)];
    });
    z.backward();
    expect(log).toEqual([[30, 20], [10]]);
    expect([x.grad!.itemSync(), y.grad!.itemSync()]).toEqual([30, 21]);
  });
  test("have a place for a number that PyTorch takes for a tensor", () => {
    const x = leaf(1), y = x.mul(2);
    y.gradFn!.registerHook(([g, none]) => { expect(none).toBe(null); return [g!.mul(5), none!]; });
    y.backward();
    expect(x.grad!.itemSync()).toBe(10);
  });
  test("of an accumulator run around it", () => {
    const x = leaf(2), node = x.mul(1).gradFn!.nextFunctions[0]![0]!, log: unknown[] = [];
    node.registerPrehook(([g]) => [g!.mul(4)]);
    node.registerHook((inputs, [g]) => { log.push(inputs.length, g!.itemSync(), x.grad!.itemSync()); });
    x.mul(1).backward();
    expect(log).toEqual([0, 4, 4]);
  });
  test("refuse another number of values", () => {
    const z = leaf(1).mul(leaf(2));
    z.gradFn!.registerHook(function both() { return [null]; });
    expect(() => z.backward()).toThrow("hook 'both' has returned an incorrect number of values (got 1, but expected 2)");
    const w = leaf(1).mul(2);
    w.gradFn!.registerPrehook(() => 3 as unknown as Tensor);
    expect(() => w.backward()).toThrow("expected tuple, but hook returned 'int'");
  });
});

describe("the graph", () => {
  test("is read through nodes", () => {
    const x = leaf(1, 1), y = x.mul(leaf(2, 2)).sum(), node = y.gradFn!;
    const [mul, accumulate] = [node.nextFunctions[0]![0]!, node.nextFunctions[0]![0]!.nextFunctions[0]![0]!];
    expect([node, mul, accumulate].map((n) => n.qualifiedName)).toEqual(["SumBackward0", "MulBackward0", "torch::autograd::AccumulateGrad"]);
    expect(String(accumulate)).toBe("<AccumulateGrad>");
    expect(accumulate.variable).toBe(x);
    expect([mul.variable, accumulate.nextFunctions]).toEqual([null, []]);
    expect(x.mul(2).gradFn!.nextFunctions.map(([next, output]) => [next?.name, output])).toEqual([["AccumulateGrad", 0], [undefined, 0]]);
    node.metadata["note"] = 7;
    expect(y.gradFn!.metadata).toEqual({ note: 7 });
  });
  test("shows what a node saved, until it is freed", () => {
    const y = leaf(2).exp(), node = y.gradFn!;
    expect(node.savedTensors.map((t) => t.toArraySync())).toEqual([y.toArraySync()]);
    expect(node.savedTensors[0]!.gradFn).toBe(node);
    y.backward();
    expect(() => node.savedTensors).toThrow("Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed)");
  });
});

test("a hook that throws leaves the graph usable and nothing behind", () => {
  const before = memory().tensors, s = scope();
  s.run(() => {
    const x = leaf(1, 2), y = x.mul(2), z = y.mul(y);
    const handle = y.registerHook(() => { throw new Error("mine"); });
    const live = memory().tensors;
    expect(() => z.sum().backward(undefined, { retainGraph: true })).toThrow("mine");
    expect(() => autograd.grad(z.sum(), x, { retainGraph: true })).toThrow("mine");
    expect(memory().tensors - live).toBeLessThanOrEqual(4); // two sums, two gradients that the hook was lent
    expect(x.grad).toBe(null);
    handle.remove();
    z.sum().backward();
    expect(x.grad!.toArraySync()).toEqual([8, 16]);
  });
  s.close();
  expect(memory().tensors).toBe(before);
});
