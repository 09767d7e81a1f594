/** Changes in place through views and bases: values alias, histories follow. Expected numbers are worked out in the comments. */
import { cpu } from "@adjoint/backend-cpu-js";
import { add, AutogradError, func, grad, memory, mul, noGrad, NotSupportedError, ones, scope, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import * as functions from "@adjoint/core/functional";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const leaf = (values: number[], shape = [values.length]): Tensor => tensor(values, { shape, dtype: "float64", requiresGrad: true });

describe("a change in place", () => {
  test("of a view shows in the base, and its gradient passes through the base", () => {
    const x = leaf([1, 2, 3, 4]);
    const y = x.mul(2);
    const v = y.narrow(0, 1, 2);
    v.mul_(10); // y = [2, 40, 60, 8]
    expect(y.toArraySync()).toEqual([2, 40, 60, 8]);
    expect(y.gradFn!.name).toBe("CopySlices");
    expect(v.gradFn!.name).toBe("AsStridedBackward0");
    y.square().sum().backward(); // 2 y dy/dx, dy/dx = [2, 20, 20, 2]
    expect(x.grad!.toArraySync()).toEqual([8, 1600, 2400, 32]);
  });

  test("of a base shows in a view made before, whose gradient follows", () => {
    const x = leaf([1, 2, 3, 4], [2, 2]);
    const y = x.mul(1);
    const row = y.select(0, 1), column = y.t().select(0, 0);
    y.mul_(3);
    row.add(column).sum().backward(); // row = 3 [x2, x3], column = 3 [x0, x2]
    expect(x.grad!.toArraySync()).toEqual([[3, 0], [6, 3]]);
  });

  test("of one view shows in another view of the same base", () => {
    const x = leaf([1, 2, 3]), w = leaf([5]);
    const y = x.mul(1);
    const first = y.slice(0, 0, 2), last = y.slice(0, 1, 3);
    first.mul_(w); // y = [5, 10, 3]
    last.pow_(2); // y = [5, 100, 9]
    expect(y.toArraySync()).toEqual([5, 100, 9]);
    y.sum().backward(); // d = w x0 + (w x1)^2 + x2^2: [w, 2 w^2 x1, 2 x2]; dw = x0 + 2 w x1^2
    expect(x.grad!.toArraySync()).toEqual([5, 100, 6]);
    expect(w.grad!.toArraySync()).toEqual([41]);
  });

  test("of a view of a view, of a base that needed no gradient before", () => {
    const base = zeros([2, 3], { dtype: "float64" }), w = leaf([1, 2]);
    base.select(0, 1).slice(0, 1, 3).copy_(w.mul(3));
    expect(base.toArraySync()).toEqual([[0, 0, 0], [0, 3, 6]]);
    expect(base.requiresGrad).toBe(true);
    base.mul(base).sum().backward(); // 2 * 3 w * 3
    expect(w.grad!.toArraySync()).toEqual([18, 36]);
  });

  test("through a permuted and reshaped view", () => {
    const x = leaf([1, 2, 3, 4, 5, 6], [2, 3]);
    const y = x.mul(1);
    y.t().unsqueeze(0).select(1, 2).mul_(tensor([[7, 8]], { dtype: "float64" })); // column 2 of y: [21, 48]
    expect(y.toArraySync()).toEqual([[1, 2, 21], [4, 5, 48]]);
    y.sum().backward();
    expect(x.grad!.toArraySync()).toEqual([[1, 1, 7], [1, 1, 8]]);
  });

  test("has second derivatives", () => {
    const x = leaf([2, 3]);
    const y = x.mul(1);
    y.select(0, 0).pow_(3);
    const [g] = grad(y.sum(), x, { createGraph: true }) as [Tensor]; // [3 x0^2, 1]
    expect(g.toArraySync()).toEqual([12, 1]);
    const [h] = grad(g.sum(), x) as [Tensor];
    expect(h.toArraySync()).toEqual([12, 0]);
  });

  test("keeps a retained gradient at the newest value", () => {
    const x = leaf([1, 1]);
    const y = x.mul(2);
    y.retainGrad();
    y.mul_(3);
    y.sum().backward();
    expect(y.grad!.toArraySync()).toEqual([1, 1]);
    expect(x.grad!.toArraySync()).toEqual([6, 6]);
  });

  test("leaves nothing behind", () => {
    const before = memory().tensors;
    const s = scope();
    s.run(() => {
      const x = leaf([1, 2, 3]);
      const y = x.mul(2);
      y.select(0, 1).mul_(3);
      y.slice(0, 0, 2).add_(1);
      y.sum().backward();
    });
    s.close();
    expect(memory().tensors).toBe(before);
  });
});

/** Views that come several at a time, two of four elements, and PyTorch's name of their node. */
const several: readonly (readonly [name: string, apart: (x: Tensor) => Tensor[], node: string])[] = [
  ["split", (x) => x.split(2), "SplitBackward0"], ["split into sizes", (x) => x.split([1, 3]), "SplitWithSizesBackward0"], ["chunks", (x) => x.chunk(2, -1), "SplitBackward0"],
  ["rows", (x) => x.reshape([2, 2]).unbind(), "UnbindBackward0"], ["columns", (x) => x.reshape([2, 2]).unbind(-1), "UnbindBackward0"], ["what is iterated over", (x) => [...x.reshape([2, 2])], "UnbindBackward0"],
];

describe("views that come several at a time", () => {
  const x = (): Tensor => leaf([1, 2, 3, 4]);
  test.each(several)("%s are one node, share memory and versions", (_, apart, node) => {
    const y = x().mul(1), parts = apart(y);
    expect(new Set(parts.map((part) => part.gradFn)).size).toBe(1);
    expect(parts.map((part) => [part.gradFn!.name, part.outputNr])).toEqual([[node, 0], [node, 1]]);
    noGrad(() => y.zero_());
    expect(parts.map((part) => [part.version, part.requiresGrad, part.detach().toArraySync()])).toEqual(parts.map((part) => [1, true, Array(part.shape[0]!).fill(0)]));
  });
  test.each(several)("%s may be changed where nothing needs a gradient, and without recording", (_, apart) => {
    const plain = ones([4]);
    apart(plain)[0]!.add_(1);
    expect(plain.version).toBe(1);
    const y = x().mul(1), parts = apart(y);
    noGrad(() => parts.forEach((part) => part.zero_()));
    expect([y.toArraySync(), y.version, parts[0]!.version, parts[0]!.requiresGrad]).toEqual([[0, 0, 0, 0], 2, 2, true]);
  });
  test("pieces that are slices may be changed", () => {
    const w = x(), y = w.mul(1), [first, last] = y.tensorSplit(2) as [Tensor, Tensor];
    expect(first.gradFn!.name).toBe("SliceBackward0");
    last.mul_(3);
    expect([first, last].map((part) => part.gradFn!.name)).toEqual(["AsStridedBackward0", "AsStridedBackward0"]);
    y.sum().backward();
    expect(w.grad!.toArraySync()).toEqual([1, 1, 3, 3]);
  });
  test.each(several)("%s can be printed after their base has been changed", (_, apart) => {
    const w = x(), [part] = apart(w);
    noGrad(() => w.zero_());
    expect(String(part)).toContain("grad_fn=<Invalid>");
  });
  test("a view that is a leaf of its own stays one when it is changed", () => {
    const v = zeros([4]).narrow(0, 0, 2).requiresGrad_();
    noGrad(() => v.add_(1));
    expect([v.isLeaf, v.requiresGrad, v.toArraySync()]).toEqual([true, true, [1, 1]]);
    v.square().sum().backward();
    expect(v.grad!.toArraySync()).toEqual([2, 2]);
  });
});

describe("what is refused", () => {
  const x = (): Tensor => leaf([1, 2, 3, 4]);
  test.each<readonly [string, () => unknown, string]>([
    ["a leaf", () => x().add_(1), "a leaf Variable that requires grad is being used in an in-place operation."],
    ["a view of a leaf", () => x().slice(0, 0, 2).add_(1), "a view of a leaf Variable that requires grad is being used in an in-place operation."],
    ...several.flatMap(([name, apart, node]): [string, () => unknown, string][] => {
      const multiple = "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.";
      const base = "is a view and its base or another view of its base has been modified inplace. " + multiple, y = (): Tensor => mul(x(), 1);
      return [
        [`the last of ${name}`, () => apart(y()).at(-1)!.add_(1), `Output 1 of ${node} is a view and is being modified inplace. ${multiple}`],
        [`one of ${name} of a leaf`, () => apart(x())[0]!.add_(1), `Output 0 of ${node} is a view and is being modified inplace. ${multiple}`],
        [`a view of one of ${name}`, () => apart(y())[0]!.unsqueeze(0).slice(0, 0).add_(1), `Output 0 of SliceBackward0 is a view and is being modified inplace. ${multiple}`],
        [`one of ${name} that needed no gradient, by what needs one`, () => apart(ones([4]))[0]!.mul_(leaf([2]).sum()), `A view was created in no_grad mode and is being modified inplace with grad mode enabled. ${multiple}`],
        [`one of ${name} that were made without recording`, () => { const base = y(); noGrad(() => apart(base))[0]!.add_(1); }, "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case"],
        [`what one of ${name} was, after their base was changed`, () => { const base = y(), [part] = apart(base); base.mul_(2); return part!.mul(2); }, `Output 0 of ${node} ${base}`],
        [`what one of ${name} was, after it was changed without recording`, () => { const [part] = apart(y()); noGrad(() => part!.add_(1)); return part!.mul(2); }, `Output 0 of ${node} ${base}`],
        [`what one of ${name} of a leaf was, after a step`, () => { const w = x(), parts = apart(w); noGrad(() => w.add_(1)); return parts[1]!.gradFn; }, `Output 1 of ${node} ${base}`],
        [`what one of ${name} that needed no gradient was, after their base needs one`, () => { const w = ones([4]), [part] = apart(w); w.mul_(x()); return part!.mul(2); }, "A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. This view is the output"],
      ];
    }),
    ["a view made before its base became a leaf", () => { const y = ones([2]), part = y.slice(0, 0, 1); y.requiresGrad_(); part.add_(1); }, "a view of a leaf Variable that requires grad is being used in an in-place operation."],
    ["a view of a view made without recording", () => { const y = mul(x(), 1); noGrad(() => y.slice(0, 0, 2)).slice(0, 0, 1).add_(y.select(0, 0)); }, "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given"],
    ["what a view made without recording was, after a step", () => { const w = x(), part = noGrad(() => w.slice(0, 0, 2)); noGrad(() => w.add_(1)); return part.mul(2); }, "A view was created in no_grad mode and its base or another view of its base has been modified inplace with grad mode enabled. Given"],
    ["a view made without recording", () => { const y = mul(x(), 1); noGrad(() => y.slice(0, 0, 2)).add_(y.select(0, 0)); }, "A view was created in no_grad mode and is being modified inplace with grad mode enabled."],
    ["elements that overlap", () => ones([1]).expand([3]).add_(1), "unsupported operation: more than one element of the written-to tensor refers to a single memory location."],
  ])("%s", (_, run, text) => {
    expect(run).toThrow(AutogradError);
    expect(run).toThrow(text);
  });

  test("backward where a saved value was changed through a view", () => {
    const a = x(), b = a.exp();
    b.slice(0, 0, 1).add_(1);
    expect(() => b.sum().backward()).toThrow("is at version 1; expected version 0 instead");
  });

  test("backward where an operand was the target itself", () => {
    const a = mul(x(), 1);
    a.mul_(a);
    expect(() => a.sum().backward()).toThrow("is at version 1; expected version 0 instead");
  });

  test("nothing, without recording", () => {
    const a = x();
    noGrad(() => { a.add_(1); a.select(0, 0).fill_(7); });
    expect(a.toArraySync()).toEqual([7, 3, 4, 5]);
    expect(add(a, 0).requiresGrad && a.isLeaf).toBe(true);
  });
});

describe("the node of a change in place has PyTorch's name", () => {
  const rows: readonly (readonly [name: string, change: (x: Tensor) => Tensor])[] = [
    ["CopyBackwards", (x) => x.copy_(ones([2, 2]))], ["FillBackward2", (x) => x.fill_(1)], ["ZeroBackward0", (x) => x.zero_()], ["MulBackward0", (x) => x.mul_(2)],
    ["NormalBackward0", (x) => x.normal_()], ["UniformBackward0", (x) => x.uniform_()], ["ExponentialBackward0", (x) => x.exponential_()], ["CauchyBackward0", (x) => x.cauchy_()], ["LogNormalBackward0", (x) => x.logNormal_()],
    ["GeometricBackward0", (x) => x.geometric_(0.5)], ["BernoulliBackward2", (x) => x.bernoulli_()], ["RandomBackward2", (x) => x.random_()], ["RandomBackward1", (x) => x.random_(3)], ["RandomBackward0", (x) => x.random_(1, 3)],
    ["CumsumBackward0", (x) => x.cumsum_(0)], ["TrilBackward0", (x) => x.tril_()], ["AddmmBackward0", (x) => x.addmm_(ones([2, 2]), ones([2, 2]))],
  ];
  test.each(rows)("%s", (name, change) => {
    const x = ones([2, 2], { requiresGrad: true }).clone();
    expect(change(x).gradFn!.name).toBe(name);
    const base = ones([2, 2, 2], { requiresGrad: true }).clone();
    change(base.select(0, 0));
    expect(base.gradFn!.name).toBe("CopySlices");
    const made = ones([2, 2], { requiresGrad: true }).mul(1);
    noGrad(() => change(made));
    expect(made.gradFn!.name).toBe("MulBackward0");
  });
});

test("a view says how it lies in memory", () => {
  const x = ones([2, 3]).t().slice(0, 1, 3);
  expect([x.stride(), x.stride(-1), x.storageOffset(), x.isContiguous()]).toEqual([[1, 3], 3, 1, false]);
});

describe("asStrided", () => {
  test("shows memory in any layout, and its gradient adds up where elements overlap", () => {
    const x = leaf([1, 2, 3, 4]);
    const y = x.mul(1).asStrided([3, 2], [1, 1]);
    expect(y.toArraySync()).toEqual([[1, 2], [2, 3], [3, 4]]);
    y.mul(tensor([[1, 10], [100, 1000], [10000, 100000]], { dtype: "float64" })).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([1, 110, 11000, 100000]);
  });
  test("of a window that overlaps itself counts each place once", () => {
    const x = leaf([1, 2, 3, 4]);
    x.mul(1).asStrided([2, 2], [1, 1]).asStrided([3], [1]).mul(tensor([1, 10, 100], { dtype: "float64" })).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([1, 10, 100, 0]);
  });
  test("can be written through", () => {
    const x = leaf([1, 2, 3, 4]), y = x.mul(1);
    y.asStrided([2], [2], { storageOffset: 1 }).mul_(5); // y = [1, 10, 3, 20]
    y.sum().backward();
    expect(x.grad!.toArraySync()).toEqual([1, 5, 1, 5]);
  });
  test("of each example in vmap, read and written, with its gradient", () => {
    const x = leaf([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), windows = (row: Tensor): Tensor => row.asStrided([2, 2], [1, 2]);
    const y = func.vmap(windows)(x.mul(1));
    expect(y.toArraySync()).toEqual([[[1, 3], [2, 4]], [[5, 7], [6, 8]]]);
    y.mul(y).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([[2, 4, 6, 8], [10, 12, 14, 16]]);
    expect(func.vmap(func.vmap(windows))(x.detach().reshape([1, 2, 4])).toArraySync()).toEqual([y.toArraySync()]);
    expect(func.vmap((row: Tensor) => { const z = row.mul(1); z.asStrided([2], [2], { storageOffset: 1 }).mul_(10); return z; })(x.detach()).toArraySync()).toEqual([[1, 20, 3, 40], [5, 60, 7, 80]]);
    expect(func.vmap(func.grad((row: Tensor) => windows(row).pow(2).sum()))(x.detach()).toArraySync()).toEqual([[2, 4, 6, 8], [10, 12, 14, 16]]);
    expect(() => func.vmap((row: Tensor) => row.asStrided([6], [1]))(x.detach())).toThrow("requiring a storage size of 10 elements are out of bounds for storage of size 8");
  });
  test("written through in forward mode, gives its base the tangent, or is refused where tangents lie apart", () => {
    const tripled = (prepare: (x: Tensor) => Tensor) => (x: Tensor): Tensor => { const y = prepare(x.mul(1)); y.asStrided([2], [2], { storageOffset: 1 }).mul_(3); return y; };
    const x = tensor([[1, 2], [3, 4]]), tangent = tensor([[1, 10], [100, 1000]]);
    expect(func.jvp(tripled((y) => y), [x], [tangent])[1]!.toArraySync()).toEqual([[1, 30], [100, 3000]]);
    expect(() => func.jvp(tripled((y) => y.t()), [x], [tangent])).toThrow(NotSupportedError);
    expect(() => func.jvp((y: Tensor) => { const turned = y.mul(1).t(), part = turned.asStrided([2], [2]); turned.mul_(3); return part; }, [x], [tangent])).toThrow(NotSupportedError);
  });
  test("refuses what lies outside", () => {
    expect(() => ones([4]).asStrided([2, 2], [10, 10])).toThrow("out of bounds for storage of size 4");
    expect(() => ones([4]).asStrided([2], [-1])).toThrow("Negative strides are not supported at the moment");
  });
});

describe("views in place", () => {
  test("turn the handle, and its history with it", () => {
    const x = leaf([1, 2, 3, 4, 5, 6], [2, 3]), y = x.mul(1), row = y.select(0, 0);
    expect(y.t_()).toBe(y);
    expect([y.shape, y.gradFn!.name]).toEqual([[3, 2], "TBackward1"]);
    y.select(0, 0).mul_(10); // y = [[10, 40], [2, 5], [3, 6]], and row = [10, 2, 3]
    expect(row.toArraySync()).toEqual([10, 2, 3]);
    y.unsqueeze_(0).squeeze_().transpose_(0, 1).square().sum().backward();
    expect(x.grad!.toArraySync()).toEqual([[200, 4, 6], [800, 10, 12]]);
  });
  test("refuse a leaf that requires a gradient", () => {
    expect(() => leaf([1, 2], [1, 2]).t_()).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
  });
});

describe("out", () => {
  test("takes the result, also where it lies over an operand", () => {
    const x = tensor([1, 2, 3, 4]), before = memory().tensors;
    expect(add.out(x.slice(0, 1, 4), x.slice(0, 0, 3), 10).toArraySync()).toEqual([11, 12, 13]);
    expect([x.toArraySync(), x.version]).toEqual([[1, 11, 12, 13], 1]);
    expect(memory().tensors).toBe(before);
  });
  test.each<readonly [string, () => unknown, string]>([
    ["another kind of dtype", () => add.out(ones([2], { dtype: "int32" }), ones([2]), 1), "result type Float can't be cast to the desired output type Int"],
    ["another shape", () => mul.out(ones([3]), ones([1]), 2), "output with shape [3] doesn't match the broadcast shape [1]"],
    ["what would be recorded", () => mul.out(zeros([2]), ones([2], { requiresGrad: true }), 2), "functions with out=... arguments don't support automatic differentiation"],
  ])("refuses %s", (_, run, text) => expect(run).toThrow(text));
});

describe("a form in place", () => {
  test.each([
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "celu", "cos", "cosh", "deg2rad", "digamma", "elu", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "frac",
    "hardtanh", "i0", "leakyRelu", "lgamma", "log", "log10", "log1p", "log2", "nanToNum", "neg", "rad2deg", "reciprocal", "relu", "rsqrt", "selu", "sigmoid", "silu",
    "sin", "sinc", "sinh", "sqrt", "square", "tan", "tanh",
  ] as const)("%s_ writes what the op gives, and has its derivative", (name) => {
    const x = leaf([0.25, 0.6, 0.75]), y = leaf([0.25, 0.6, 0.75]), out = functions[name](x), changed = y.clone();
    expect(functions[`${name}_`](changed)).toBe(changed);
    expect(changed.toArraySync()).toEqual(out.toArraySync());
    out.sum().backward();
    changed.sum().backward();
    expect(y.grad!.toArraySync()).toEqual(x.grad!.toArraySync());
  });
  test.each<readonly [string, (x: Tensor) => Tensor, (x: Tensor) => Tensor]>([
    ["floatPower_", (x) => x.floatPower_(2), (x) => x.floatPower(2)], ["ldexp_", (x) => x.ldexp_(tensor([1, 2, 3], { dtype: "int32" })), (x) => x.ldexp(tensor([1, 2, 3], { dtype: "int32" }))], ["logit_", (x) => x.logit_(), (x) => x.logit()],
    ["mvlgamma_", (x) => x.add_(1).mvlgamma_(2), (x) => x.add(1).mvlgamma(2)], ["polygamma_", (x) => x.polygamma_(1), (x) => x.polygamma(1)], ["cumprod_", (x) => x.cumprod_(0), (x) => x.cumprod(0)], ["cumsum_", (x) => x.cumsum_(0), (x) => x.cumsum(0)],
    ["scatterReduce_", (x) => x.scatterReduce_(0, tensor([0, 0, 2], { dtype: "int32" }), ones([3], { dtype: "float64" }).mul(2), "prod"), (x) => x.scatterReduce(0, tensor([0, 0, 2], { dtype: "int32" }), ones([3], { dtype: "float64" }).mul(2), "prod")],
  ])("%s does too, with its arguments", (_, change, op) => {
    const x = leaf([0.25, 0.6, 0.75]), y = leaf([0.25, 0.6, 0.75]), out = op(x), changed = y.clone();
    expect(change(changed)).toBe(changed);
    expect(changed.toArraySync()).toEqual(out.toArraySync());
    out.sum().backward();
    changed.sum().backward();
    expect(y.grad!.toArraySync()).toEqual(x.grad!.toArraySync());
  });
  test.each<readonly [string, (x: Tensor) => Tensor, string]>([
    ["floatPower_ of float32", (x) => x.floatPower_(2), "the base given to float_power_ has dtype Float but the operation's result requires dtype Double"],
    ["logit_ of integers", (x) => x.int().logit_(), "result type Float can't be cast to the desired output type Int"],
  ])("%s is refused", (_, change, message) => expect(() => change(ones([2]))).toThrow(message));
  test("of a step between numbers, and of a step function", () => {
    expect(tensor([1, -1]).nextafter_(tensor([2, 0])).toArraySync()).toEqual([1 + 2 ** -23, -1 + 2 ** -24]);
    expect(tensor([-2, 0, 3]).heaviside_(tensor([0.5])).toArraySync()).toEqual([0, 0.5, 1]);
  });
  test.each([["divide_", "div_"], ["clip_", "clamp_"], ["arctan2_", "atan2_"], ["greaterEqual_", "ge_"]] as const)("%s is %s", (alias, name) => {
    const x = tensor([-1, 0.5, 2]), y = tensor([-1, 0.5, 2]), by = tensor([1, 2, 0.5]);
    expect(x[alias](by).toArraySync()).toEqual(y[name](by).toArraySync());
  });
});

test("the method where takes the tensor where the condition holds", () => {
  const x = leaf([1, 2, 3]);
  const out = x.where(x.gt(1.5), 0);
  out.sum().backward();
  expect([out.toArraySync(), x.grad!.toArraySync()]).toEqual([[0, 2, 3], [0, 1, 1]]);
});
