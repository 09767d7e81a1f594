/** @file What is saved for backward: packed by the user, kept on the host, computed again. Counts say that it is so. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AdjointError, autograd, type Backend, DeviceError, checkpoint, checkpointed, dropout, fromBuffer, func, grad, manualSeed, memory, noGrad, ones, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true, dtype: "float64" });
const numbers = (x: Tensor | null | undefined): unknown => x?.toArraySync() ?? null;
const { savedTensorsHooks, saveOnCpu, disableSavedTensorsHooks } = autograd;

describe("saved-tensor hooks", () => {
  test("see each value once, at saving and at reading", () => {
    const log: string[] = [], x = leaf(2, 3);
    const y = savedTensorsHooks((t) => { log.push(`pack ${t.toArraySync()} ${t.requiresGrad}`); return [t, "note"] as const; }, ([t, note]) => { log.push(`unpack ${note}`); return t.mul(1); },
      () => x.square().exp().sum());
    expect(log).toHaveLength(2);
    y.backward();
    expect(log.map((line) => line.split(" ")[0])).toEqual(["pack", "pack", "unpack", "unpack"]);
    expect(numbers(x.grad)).toEqual([4 * Math.exp(4), 6 * Math.exp(9)]);
  });
  test("do not get in the way of higher derivatives", () => {
    const x = leaf(2), y = savedTensorsHooks((t) => t.mul(1), (t) => t, () => x.pow(3));
    const [g] = grad(y, x, { createGraph: true }) as [Tensor];
    expect([g.itemSync(), numbers(grad(g, x)[0])]).toEqual([12, [12]]);
  });
  test("the innermost pair alone is applied; none is outside", () => {
    const x = leaf(2), log: string[] = [];
    const named = (name: string, run: () => Tensor): Tensor => savedTensorsHooks((t) => { log.push(name); return t; }, (t) => t, run);
    named("outer", () => { x.square(); named("inner", () => x.square()); return x.square(); });
    x.square();
    expect(log).toEqual(["outer", "inner", "outer"]);
  });
  test("may keep halves, or move to another device", () => {
    const x = tensor([1.5, 2.25], { requiresGrad: true }), other = cpu();
    savedTensorsHooks((t) => t.to("float16"), (t) => t.to("float32"), () => x.square()).sum().backward();
    const away = savedTensorsHooks(
      (t) => tensor(t.dataSync(), { shape: t.shape, device: other }), (t) => tensor(t.dataSync(), { shape: t.shape, device }), () => x.square());
    expect(memory(other).tensors).toBe(1);
    away.sum().backward();
    expect([numbers(x.grad), memory(other).tensors]).toEqual([[6, 9], 1]); // what pack made is the user's: a scope, or the collector, frees it
  });
  test("may keep memory of the caller's own, also of what a change in place saves", () => {
    const x = leaf(2, 3), s = scope(), held: Tensor[] = [];
    const y = savedTensorsHooks(
      (t) => {
        const buffer = device.allocate("float64", 2);
        device.write(buffer, 0, t.dataSync());
        held.push(fromBuffer(buffer, [2], { device, dtype: "float64" }));
        return held.length - 1;
      },
      (at) => held[at]!, () => s.run(() => x.mul(1).square_().square_()));
    y.sum().backward();
    expect([held.length, numbers(x.grad)]).toEqual([2, [32, 108]]);
    for (const t of held) t.dispose();
    s.close();
  });
  test("saveOnCpu keeps nothing on the device", () => {
    const x = leaf(1, 2), before = memory().tensors;
    const s = scope(), out = saveOnCpu(() => s.run(() => x.exp().square().exp().sum().keep()));
    s.close();
    expect(memory().tensors - before).toBe(1);
    out.backward();
    const want = [1, 2].map((v) => Math.exp(Math.exp(2 * v)) * 2 * Math.exp(2 * v));
    (numbers(x.grad) as number[]).forEach((g, i) => expect(g / want[i]!).toBeCloseTo(1, 12));
  });
  test("saveOnCpu tells in backward of a read that failed", async () => {
    const { readSync: _, ...rest } = cpu(), late: Backend = { ...rest, read: () => Promise.reject(new DeviceError("the device is gone")) };
    const y = saveOnCpu(() => tensor([1, 2], { device: late, requiresGrad: true }).exp().sum());
    expect(() => y.backward(undefined, { retainGraph: true })).toThrow("have not arrived");
    await late.sync();
    expect(() => y.backward()).toThrow(new DeviceError("the device is gone"));
  });
  test.each<readonly [string, () => unknown, string]>([
    ["what unpack gives", () => savedTensorsHooks(() => 1, () => 5 as unknown as Tensor, () => leaf(1).exp()).backward(), "Output of saved tensor unpack_hook expected to be a Tensor but got result of type int"],
    ["a pack that changes its input", () => savedTensorsHooks((t) => t.add_(1), (t) => t, () => leaf(1).exp()), "A saved tensor pack hook is modifying its input in place."],
    ["hooks where they are forbidden", () => disableSavedTensorsHooks("not here", () => saveOnCpu(() => leaf(1))), "not here"],
  ])("refuse %s", (_, run, text) => {
    expect(run).toThrow(AdjointError);
    expect(run).toThrow(text);
  });
});

describe("checkpoint", () => {
  const block = (x: Tensor, w: Tensor): Tensor => x.mul(w).exp().square().sin();
  test("gives the same gradients, also of captured tensors", () => {
    const results = [true, false].map((on) => {
      const x = leaf(0.1, 0.2), w = leaf(0.3, 0.4), b = leaf(0.5);
      const fn = (p: Tensor): Tensor => block(p, w).add(b);
      (on ? checkpoint(fn, x) : fn(x)).sum().backward();
      return [x, w, b].map((t) => numbers(t.grad));
    });
    expect(results[0]).toEqual(results[1]);
  });
  test("saves its arguments alone, and computes once more", () => {
    const x = leaf(0.1, 0.2), w = leaf(0.3, 0.4);
    let calls = 0;
    const s = scope(), before = memory().tensors;
    const out = s.run(() => checkpoint((p: Tensor, q: Tensor) => { calls++; return block(p, q); }, x, w).sum().keep());
    s.close();
    expect([calls, memory().tensors - before]).toEqual([1, 1]);
    out.backward();
    expect([calls, memory().tensors - before]).toEqual([2, 3]); // and two .grad
    expect(() => out.backward()).toThrow("Trying to backward through the graph a second time");
  });
  test("stops where nothing more is needed", () => {
    const x = leaf(1), log: number[] = [];
    checkpoint((p: Tensor) => { log.push(0); const y = p.exp(); log.push(1); return y.add(1); }, x).backward();
    expect(log).toEqual([0, 1, 0]);
  });
  test("of dropout draws the same bits, and leaves the stream where it was", () => {
    const results = [true, false].map((on) => {
      manualSeed(3);
      const x = ones([64], { dtype: "float64", requiresGrad: true }), fn = (p: Tensor): Tensor => dropout(p, 0.5).mul(dropout(p.square(), 0.3));
      const y = on ? checkpoint(fn, x) : fn(x), later = dropout(ones([8]), 0.5);
      manualSeed(11);
      y.sum().backward();
      return [numbers(y), numbers(x.grad), numbers(later), numbers(dropout(ones([8]), 0.5))];
    });
    expect(results[0]).toEqual(results[1]);
    const x = ones([64], { requiresGrad: true }), y = checkpointed((p: Tensor) => dropout(p, 0.5).square(), { preserveRngState: false })(x);
    y.sum().backward();
    expect(numbers(x.grad)).not.toEqual(numbers(y.mul(2)));
  });
  test("nests, and differentiates twice", () => {
    const x = leaf(0.3), fn = (p: Tensor): Tensor => checkpoint((q: Tensor) => checkpoint((r: Tensor) => r.sin().exp(), q.square()).mul(q), p.exp()).exp();
    const plain = (p: Tensor): Tensor => { const q = p.exp(); return q.square().sin().exp().mul(q).exp(); };
    const [first, second] = [fn, plain].map((f) => {
      const [g] = grad(f(x), x, { createGraph: true }) as [Tensor];
      return [g.itemSync(), grad(g, x)[0]!.itemSync()];
    });
    expect(first).toEqual(second);
  });
  test("works under vmap, as long as backward does too", () => {
    const x = leaf(0.1, 0.2).detach(), fn = (p: Tensor): Tensor => p.exp().square();
    expect(numbers(func.vmap(func.grad((p: Tensor) => checkpoint(fn, p)))(x) as Tensor)).toEqual(numbers(func.vmap(func.grad(fn))(x) as Tensor));
    expect(() => (func.vmap((p: Tensor) => checkpoint(fn, p))(leaf(0.1, 0.2)) as Tensor).sum().backward()).toThrow("checkpoint: backward of a function that was called inside vmap must run inside of it too");
  });
  test("keeps what its function keeps in place", () => {
    const x = leaf(1), count = tensor(0);
    checkpoint((p: Tensor) => { noGrad(() => count.add_(1)); return p.exp().square(); }, x).backward();
    expect(count.itemSync()).toBe(2);
  });
  test("refuses another computation, and changed arguments", () => {
    let calls = 0;
    const y = checkpoint((p: Tensor) => (calls++ === 0 ? p.exp().exp() : p.exp()), leaf(1));
    expect(() => y.backward()).toThrow("A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: 2\nNumber of tensors saved during recomputation: 1");
    const z = checkpoint((p: Tensor) => (calls++ === 2 ? p.exp() : p.expand([2, 1]).exp()), leaf(1));
    expect(() => z.backward()).toThrow("Recomputed values for the following tensors have different metadata than during the forward pass.");
    const h = leaf(1).mul(2), w = checkpoint((p: Tensor) => p.exp(), h);
    h.add_(1);
    expect(() => w.backward()).toThrow("is at version 1; expected version 0 instead");
  });
});

test("an unwalked or failed graph leaves nothing behind", () => {
  const before = memory().tensors, s = scope();
  s.run(() => {
    const x = leaf(1, 2);
    checkpoint((p: Tensor) => p.exp().square(), x);
    savedTensorsHooks((t) => t.mul(1), (t) => t, () => x.exp().square());
    expect(() => checkpoint((p: Tensor) => { p.exp(); throw new Error("mine"); }, x)).toThrow("mine");
    const broken = checkpointed((() => { let n = 0; return (p: Tensor) => (n++ === 0 ? p.exp().exp() : p); })());
    expect(() => broken(x).sum().backward()).toThrow("different number");
  });
  s.close();
  expect(memory().tensors).toBe(before);
});
