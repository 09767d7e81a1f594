/** Tensors apart and together: the graphs and the kernels that their gradients take. Values are the conformance suite's. */
import { cpu } from "@adjoint/backend-cpu-js";
import { cat, chunk, grad, ones, pad, profiled, split, stack, tensorSplit, type Tensor, unbind } from "@adjoint/core";
import { expect, test } from "vitest";

const device = profiled(cpu());
const leaf = (...shape: number[]): Tensor => ones(shape, { device, requiresGrad: true });
const sum = (parts: readonly Tensor[]): Tensor => parts.reduce((all, part) => all.add(part));
/** Calls of each kernel that backward makes; the gradient that it begins with is not among them. */
function kernelsOf(x: Tensor, out: Tensor): Readonly<Record<string, number>> {
  const weights = ones(out.shape, { device });
  device.profile.reset();
  out.backward(weights);
  expect(x.grad!.shape).toEqual(x.shape);
  return Object.fromEntries([...device.profile.rows.values()].map(({ name, calls }) => [name, calls]));
}

test.each<readonly [string, (x: Tensor) => Tensor, Readonly<Record<string, number>>]>([
  ["all chunks", (x) => sum(chunk(x, 3, 1)), { copy: 3 }],
  ["all slices", (x) => sum(unbind(x)), { copy: 4 }],
  ["one piece", (x) => split(x, [1, 3, 2], 1)[1]!, { "map zeros": 1, copy: 1 }],
  ["one slice of many", (x) => unbind(x, 1)[4]!, { "map zeros": 1, copy: 1 }],
  ["two of three chunks", (x) => { const [a, , c] = chunk(x, 3, -1); return a!.add(c!); }, { "map zeros": 1, copy: 2 }],
  ["a single piece that is the whole", (x) => split(x, 9)[0]!, { copy: 1 }], // of the weights, which are the caller's own
  ["what is joined", (x) => cat([x, x.detach()], 1), { copy: 1 }],
])("the gradient of %s writes each element once", (_, run, kernels) => {
  const x = leaf(4, 6);
  expect(kernelsOf(x, run(x))).toEqual(kernels);
});

test("padding with zeros does, too", () => {
  const x = ones([2, 3], { device });
  device.profile.reset();
  expect(pad(x, [1, 2]).toArraySync()).toEqual([[0, 1, 1, 1, 0, 0], [0, 1, 1, 1, 0, 0]]);
  expect([...device.profile.rows.keys()].sort()).toEqual(["copy", "map zeros"]);
});

test.each<readonly [string, (x: Tensor) => readonly Tensor[], string, string]>([
  ["chunk", (x) => chunk(x, 3, -1), "SplitBackward0", "CatBackward0"], ["split", (x) => split(x, 4, 1), "SplitBackward0", "CatBackward0"],
  ["split of sizes", (x) => split(x, [1, 5], -1), "SplitWithSizesBackward0", "CatBackward0"], ["chunk of nothing", (x) => chunk(x.narrow(0, 0, 0), 2), "SplitWithSizesBackward0", "SliceBackward0Backward0"],
  ["unbind", (x) => unbind(x, -1), "UnbindBackward0", "StackBackward0"], ["tensorSplit", (x) => tensorSplit(x, 4, 1), "SliceBackward0", "AddBackward0"],
])("the nodes of %s, and of its gradient, have PyTorch's names", (_, apart, name, gradient) => {
  const x = leaf(4, 6), parts = apart(x);
  expect(parts.map((part) => part.gradFn!.name)).toEqual(parts.map(() => name));
  const [g] = grad(sum(parts.map((part) => part.square().sum())), x, { createGraph: true }) as [Tensor];
  expect(g.gradFn!.name).toBe(gradient);
});

test("select is one node", () => {
  const x = leaf(2, 3), row = x.select(0, 1);
  expect([row.gradFn!.name, row.gradFn!.nextFunctions.map(([node]) => node?.name)]).toEqual(["SelectBackward0", ["AccumulateGrad"]]);
});

test("a joined tensor's gradient comes apart as views of it", () => {
  const x = leaf(2, 3), y = leaf(2, 3);
  expect(kernelsOf(x, stack([x, y]))).toEqual({ copy: 2 }); // of views into `.grad`, which is dense and unshared
  expect(y.grad!.toArraySync()).toEqual([[1, 1, 1], [1, 1, 1]]);
});
