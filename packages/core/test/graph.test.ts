/** @file The graph as data and text; and graphs that are deep, wide, shared or never walked, by counts. */
import { cpu } from "@adjoint/backend-cpu-js";
import { autograd, memory, ones, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const { graph, toDot, toMermaid } = autograd;
const device = cpu();
beforeAll(() => setDefaultDevice(device));

describe("the graph", () => {
  const make = (): [Tensor, Tensor, Tensor] => {
    const weight = ones([2, 3], { requiresGrad: true }), x = ones([3]), y = weight.mul(x);
    return [y.mul(y).sum(), weight, y];
  };
  test("is nodes and edges, in the order in which they were made", () => {
    const [loss, weight] = make();
    expect(graph(loss, { names: { weight, loss } })).toEqual({
      nodes: [
        { id: 0, name: "AccumulateGrad", label: "weight", kind: "leaf", outputs: [{ shape: [2, 3], dtype: "float32" }] },
        { id: 1, name: "MulBackward0", label: undefined, kind: "op", outputs: [{ shape: [2, 3], dtype: "float32" }] },
        { id: 2, name: "MulBackward0", label: undefined, kind: "op", outputs: [{ shape: [2, 3], dtype: "float32" }] },
        { id: 3, name: "SumBackward0", label: "loss", kind: "op", outputs: [{ shape: [], dtype: "float32" }] },
      ],
      edges: [{ from: 0, output: 0, to: 1, input: 0 }, { from: 1, output: 0, to: 2, input: 0 }, { from: 1, output: 0, to: 2, input: 1 }, { from: 2, output: 0, to: 3, input: 0 }],
      roots: [3],
    });
    expect(graph(ones([1]))).toEqual({ nodes: [], edges: [], roots: [] });
  });
  test("is written for Graphviz and for Mermaid", () => {
    const x = tensor(1, { requiresGrad: true }), g = graph(x.exp(), { names: { 'the "x"': x } });
    expect(toDot(g)).toBe("digraph autograd {\n  n0 [label=\"the \\\"x\\\"\\n[] float32\", shape=box];\n  n1 [label=\"ExpBackward0\\n[] float32\", shape=ellipse, peripheries=2];\n  n0 -> n1;\n}\n");
    expect(toMermaid(g)).toBe("flowchart TD\n  n0[\"the #quot;x#quot;<br>[] float32\"]\n  n1([\"ExpBackward0<br>[] float32\"])\n  n0 --> n1\n");
  });
  test("of several tensors is their union", () => {
    const [loss, , y] = make();
    expect(graph([loss, y]).roots).toEqual([3, 1]);
    expect(graph([loss, y]).nodes).toHaveLength(4);
  });
});

/** How often the backend ran a kernel. */
function counted(): { readonly device: ReturnType<typeof cpu>; calls: number } {
  const inner = cpu(), count = { device: inner, calls: 0 };
  const kernels = Object.fromEntries(Object.entries(inner.kernels).map(([name, kernel]) => [name, (...args: Parameters<typeof kernel>) => { count.calls++; (kernel as (...all: unknown[]) => void)(...args); }]));
  return Object.assign(count, { device: { ...inner, kernels: kernels as typeof inner.kernels } });
}

describe("backward is linear", () => {
  test.each([100, 1000])("in a diamond %s deep: each node runs once", (depth) => {
    const count = counted(), x = tensor(1, { device: count.device, requiresGrad: true });
    let y: Tensor = x, ran = 0;
    for (let i = 0; i < depth; i++) {
      y = y.add(y);
      y.gradFn!.registerHook(() => { ran++; });
      y = y.mul(0.5);
    }
    count.calls = 0;
    y.backward();
    expect([x.grad!.itemSync(), ran]).toEqual([1, depth]);
    // A seed; for each step a multiplication and an addition of two gradients.
    expect(count.calls).toBeLessThanOrEqual(2 * depth + 2);
  });
  test.each([[[3, 4], false], [[4, 3], true]])("the gradient of a matrix %j, turned: %s, lies as it does and is not copied", (shape, turns) => {
    const count = counted(), x = ones([2, 3], { device: count.device }), w = ones(shape, { device: count.device, requiresGrad: true });
    const y = x.matmul(turns ? w.t() : w);
    count.calls = 0;
    y.backward(ones([2, 4], { device: count.device }));
    expect(Array.from(w.grad!.dataSync())).toEqual(Array(12).fill(2));
    expect(count.calls).toBe(2); // a fill, and the product
  });
  test("products of heads, whose batch dims do not merge, copy nothing", () => {
    const count = counted(), heads = (x: Tensor): Tensor => x.reshape([2, 5, 3, 4]).transpose(1, 2), [q, k] = [0, 1].map(() => ones([2 * 5, 12], { device: count.device, requiresGrad: true })) as [Tensor, Tensor];
    count.calls = 0;
    const scores = heads(q).matmul(heads(k).transpose(2, 3));
    expect([scores.shape, count.calls]).toEqual([[2, 3, 5, 5], 1]);
    count.calls = 0;
    scores.matmul(heads(k.detach()));
    expect(count.calls).toBe(1);
  });
  test("in a chain of 100,000 with hooks, a custom function and a checkpoint in it, on a flat stack", () => {
    class Id extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor): Tensor { return x.view([1]); }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor { return g; }
    }
    const s = scope(), x = s.tensor([1], { requiresGrad: true });
    let y: Tensor = x, seen = 0;
    for (let i = 0; i < 100_000; i++) {
      y = i % 1000 === 500 ? Id.apply(y) : i % 1000 === 700 ? autograd.checkpoint((p: Tensor) => p.mul(1), y) : y.add(0);
      if (i % 1000 === 0) y.registerHook(() => { seen++; });
    }
    expect(graph(y).nodes).toHaveLength(100_001);
    y.backward();
    expect([x.grad!.itemSync(), seen]).toEqual([1, 100]);
    s.close();
  }, 60_000);
  test("into a thousand inputs: each is found in one walk", () => {
    const xs = Array.from({ length: 1000 }, (_, i) => tensor(i, { requiresGrad: true }));
    let y: Tensor = xs[0]!;
    for (const x of xs.slice(1)) y = y.add(x);
    const count = autograd.grad(y, xs).filter((g) => g!.itemSync() === 1).length;
    expect(count).toBe(1000);
  });
});

describe("memory", () => {
  const saved = (): number => memory().tensors;
  test("a graph that never runs backward goes with its handles", () => {
    const x = ones([8], { requiresGrad: true }), before = saved();
    for (let i = 0; i < 100; i++) {
      const s = scope();
      s.run(() => x.exp().square().exp().sum());
      s.close();
    }
    expect(saved()).toBe(before);
  });
  test("a kept loss keeps what its graph saved until backward, and one number afterwards", () => {
    const x = ones([8], { requiresGrad: true }), before = saved(), losses: Tensor[] = [];
    const step = (walk: boolean): void => {
      const s = scope();
      const loss = s.run(() => x.exp().square().sum());
      losses.push(loss.keep());
      if (walk) loss.backward();
      s.close();
    };
    for (let i = 0; i < 10; i++) step(false);
    expect(saved() - before).toBe(20); // the loss, and what exp saved, which square saved too
    for (let i = 0; i < 10; i++) step(true);
    expect(saved() - before).toBe(31); // and one .grad
    for (const loss of losses) loss.dispose();
    expect(saved() - before).toBe(1);
  });
});
