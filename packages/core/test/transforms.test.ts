/** Function transforms against what they mean: derivatives worked out by hand, vmap against a loop. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  add, autograd, cat, crossEntropy, dropout, func, gather, layerNorm, manualSeed, matmul, median, memory, mul, noGrad, ones, quantile, rand, scope, searchsorted, setDefaultDevice, softmax, stack, tensor, type Tensor, topk, where, zeros,
} from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const d = (values: number[], shape = [values.length]): Tensor => tensor(values, { shape, dtype: "float64" });
const values = (x: unknown): unknown => (x as Tensor).toArraySync();
const x3 = (): Tensor => d([0.3, -1.2, 2]);
const m = (): Tensor => d([0.5, -1, 2, 0.25, 1.5, -0.75], [2, 3]);
const flat = (x: unknown): number[] => [...(x as Tensor).dataSync()];
const close = (a: unknown, b: unknown): void => {
  expect((a as Tensor).shape).toEqual((b as Tensor).shape);
  flat(a).forEach((v, i) => expect(v).toBeCloseTo(flat(b)[i]!, 10));
};

const functions: { readonly [name: string]: (x: Tensor) => Tensor } = {
  sum: (x) => x.square().sum(),
  chain: (x) => x.sin().mul(x).exp(),
  reduce: (x) => x.mul(x).sum(-1, { keepdim: true }).add(x),
  maximum: (x) => x.amax(-1).add(x.min()),
  softmax: (x) => softmax(x.mul(2), -1),
  logSoftmax: (x) => x.logSoftmax(0).select(0, 1),
  product: (x) => matmul(x, x.add(1)).mul(x),
  joined: (x) => cat([x, x.mul(2)]).slice(0, 1, 5, 2).mul(stack([x, x.exp()]).mean()),
  picked: (x) => gather(x, 0, tensor([2, 0], { dtype: "int32" })).mul(where(x.gt(0), x, x.mul(3)).sum()),
  cumulative: (x) => x.cumsum(-1).mul(x.cumprod(0)).add(x.cummax(0).values),
  productAtZero: (x) => cat([x, x.mul(0), x]).cumprod(0).add(cat([x.mul(0), x]).prod()).narrow(0, 0, 5),
  logSums: (x) => x.logcumsumexp(0).mul(x.neg().cummin(0).values),
  sorted: (x) => x.sort(0, { descending: true }).values.mul(tensor([1, 2, 3], { dtype: "float64" })).add(topk(x, 1).values),
  middle: (x) => median(x).mul(x.median(0).values).mul(x.kthvalue(1).values).add(quantile(x.mul(x), 0.3)),
  frequent: (x) => x.mode().values.mul(x).add(searchsorted(x.detach().sort().values, x)),
  products: (x) => x.prod(-1).mul(x.unsqueeze(0).prod(0)),
  views: (x) => x.reshape([3, 1]).expand([3, 2]).t().select(1, 2).mul(x.unsqueeze(0).squeeze(0).narrow(0, 0, 2)),
  normal: (x) => layerNorm(x, [3]).std(),
  scaled: (x) => { const y = x.mul(1); y.select(0, 1).mul_(3); y.add_(x); return y.mul(y); },
};
const names = Object.keys(functions);

/** The Jacobian by gradients of single results. */
function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const y = noGrad(() => f(x));
  const rows = Array.from({ length: y.numel() }, (_, i) => func.grad((v: Tensor) => f(v).reshape([-1]).select(0, i))(x));
  return stack(rows).reshape([...y.shape, ...x.shape]);
}

describe("derivatives of functions", () => {
  test("grad, its value, several arguments, a tree of them", () => {
    const f = (x: Tensor, w: { readonly a: Tensor; readonly b: readonly Tensor[] }): Tensor => x.mul(w.a).add(w.b[0]!).square().sum();
    const x = d([1, 2]), w = { a: d([3, 4]), b: [d([1, 1])] };
    const [gradient, value] = func.gradAndValue(f, { argnums: [0, 1] })(x, w);
    expect(values(value)).toBe(97); // (1*3+1)^2 + (2*4+1)^2
    expect(values(gradient[0])).toEqual([24, 72]);
    expect(values(gradient[1].a)).toEqual([8, 36]);
    expect(values(gradient[1].b[0])).toEqual([8, 18]);
    expect([(value as Tensor).requiresGrad, gradient[0].requiresGrad]).toEqual([false, false]);
  });
  test("grad of grad, and of what is closed over", () => {
    expect(values(func.grad(func.grad((x: Tensor) => x.pow(3)))(d([2], [])))).toBe(12);
    // d/dx [x * d/dy (x + y)] at (1, 1) is 1: the inner derivative does not see the outer direction.
    expect(values(func.grad((x: Tensor) => x.mul(func.grad((y: Tensor) => add(x, y))(d([1], []))))(d([1], [])))).toBe(1);
    const w = tensor([2], { shape: [], dtype: "float64", requiresGrad: true });
    const g = func.grad((x: Tensor) => mul(x, x).mul(w))(d([3], []));
    g.backward(); // g = 2 x w
    expect(values(w.grad)).toBe(6);
  });
  test.each(names)("jvp is the Jacobian times a vector: %s", (name) => {
    const f = functions[name]!, t = d([1, -2, 0.5]);
    const [y, moved] = func.jvp(f, [x3()], [t]) as [Tensor, Tensor];
    close(y, f(x3()));
    close(moved, jacobian(f, x3()).mul(t).sum(-1));
  });
  test.each(names)("jacrev, jacfwd and hessian agree: %s", (name) => {
    const f = functions[name]!;
    const expected = jacobian(f, x3());
    close(func.jacrev(f)(x3()), expected);
    close(func.jacfwd(f)(x3()), expected);
    const second = func.hessian(f)(x3());
    close(func.jacrev(func.jacfwd(f))(x3()), second);
    close(func.jacrev(func.jacrev(f))(x3()), second);
    close(func.jacfwd(func.jacfwd(f))(x3()), second);
  });
  test("third derivatives by forward mode three times", () => {
    const third = func.jacfwd(func.jacfwd(func.jacfwd((x: Tensor) => x.pow(4).sum())))(d([2])) as Tensor;
    expect(values(third)).toEqual([[[48]]]);
  });
  test("several arguments and results", () => {
    const f = (x: Tensor, y: Tensor) => ({ p: x.mul(y), q: [x.sum()] });
    const j = func.jacrev(f, { argnums: [0, 1] })(d([1, 2]), d([3, 4])) as { p: Tensor[]; q: Tensor[][] };
    expect(values(j.p[0])).toEqual([[3, 0], [0, 4]]);
    expect(values(j.p[1])).toEqual([[1, 0], [0, 2]]);
    expect(values(j.q[0]![0])).toEqual([1, 1]);
    const k = func.jacfwd(f, { argnums: [0, 1] })(d([1, 2]), d([3, 4])) as { p: Tensor[]; q: Tensor[][] };
    close(k.p[1], j.p[1]);
    close(k.q[0]![1], j.q[0]![1]);
  });
  test("vjp gives the value and pulls more than once", () => {
    const [y, pull] = func.vjp((x: Tensor) => x.mul(x), d([1, 2]));
    expect(values(y)).toEqual([1, 4]);
    expect(values(pull(d([1, 0])))).toEqual([2, 0]);
    expect(values(pull(d([0, 1])))).toEqual([0, 4]);
  });
});

describe("vmap", () => {
  test("unfolds numbers, which have no dim", () => {
    const f = (x: Tensor): Tensor => x.unfold(0, 1, 2).mode(0).values.square();
    close(func.vmap(f)(x3()), x3().square());
    close(func.vmap(func.grad(f))(x3()), x3().mul(2));
    const x = tensor(1, { requiresGrad: true });
    x.unfold(0, 0, 1).sum().backward();
    expect(values(x.grad!)).toBe(0);
  });
  test.each<[string, (x: Tensor) => Tensor]>([
    ["logsumexp", (x) => x.logsumexp(0)], ["sum", (x) => x.sum()], ["mean", (x) => x.mean(0)], ["amax", (x) => x.amax(0)], ["prod", (x) => x.prod()], ["std", (x) => x.std(0, { correction: 0 })], ["softmax", (x) => x.softmax(0)],
    ["norm", (x) => x.norm()], ["the largest norm", (x) => x.norm(Infinity)],
  ])("%s of numbers leaves the batch alone", (_, f) => {
    const alone = (g: (x: Tensor) => Tensor): Tensor => stack([...values(x3()) as number[]].map((v) => g(d([v], []))));
    const slope = (x: Tensor): Tensor => func.jvp(f, [x], [d([2], [])])[1] as Tensor;
    close(func.vmap(f)(x3()), alone(f));
    close(func.vmap(slope)(x3()), alone(slope));
    close(func.vmap(func.grad(f))(x3()), alone(func.grad(f)));
  });
  const batch = (): Tensor => d([0.3, -1.2, 2, 0.5, 0.7, -0.4, 1.1, 2.2, 0.9, -3, 0.1, 0.2], [4, 3]);
  test.each(names)("is the loop: %s", (name) => {
    const f = functions[name]!;
    close(func.vmap(f)(batch()), stack(batch().split(1).map((row) => f(row.squeeze(0)))));
  });
  test.each(names)("of a gradient, a Jacobian and a Hessian: %s", (name) => {
    const f = functions[name]!;
    const rows = (g: (x: Tensor) => unknown): Tensor => stack(batch().split(1).map((row) => g(row.squeeze(0)) as Tensor));
    const total = (x: Tensor): Tensor => f(x).sum();
    close(func.vmap(func.grad(total))(batch()), rows(func.grad(total)));
    close(func.vmap(func.jacrev(f))(batch()), rows(func.jacrev(f)));
    close(func.vmap(func.jacfwd(f))(batch()), rows(func.jacfwd(f)));
    close(func.vmap(func.hessian(total))(batch()), rows(func.hessian(total)));
    close(func.jacrev(func.vmap(f) as (x: Tensor) => Tensor)(batch()), jacobian(func.vmap(f) as (x: Tensor) => Tensor, batch()));
  });
  test("inDims, outDims, nesting, arguments that are the same for all", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.mul(y);
    close(func.vmap(f, { inDims: [1, null], outDims: 1 })(m(), d([1, 10])), m().mul(d([1, 10], [2, 1])));
    close(func.vmap(func.vmap(f, { inDims: [null, 0] }) as typeof f, { inDims: [0, null] })(d([1, 2]), d([3, 4, 5])), d([3, 4, 5, 6, 8, 10], [2, 3]));
    close(func.vmap((p: { readonly x: Tensor }) => p.x.sum(), { inDims: [{ x: 1 }] })({ x: m() }), m().sum(0));
  });
  test("per-sample gradients of shared weights", () => {
    const w = d([0.5, -0.5, 1, 2, 0.1, 0.3], [3, 2]), targets = tensor([0, 1, 1, 0], { dtype: "int32" });
    const loss = (w: Tensor, x: Tensor, t: Tensor): Tensor => crossEntropy(matmul(x, w), t);
    const each = func.vmap(func.grad(loss), { inDims: [null, 0, 0] })(w, batch(), targets);
    close(each, stack([0, 1, 2, 3].map((i) => func.grad(loss)(w, batch().select(0, i), targets.select(0, i)))));
  });
  test("a backward through it", () => {
    const w = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    (func.vmap((x: Tensor) => x.mul(w).sum())(batch()) as Tensor).sum().backward();
    close(w.grad, batch().sum(0));
  });
  test("randomness: refused, the same, or different", () => {
    const x = ones([4, 3]);
    expect(() => func.vmap((v: Tensor) => dropout(v))(x)).toThrow("called random operation while in randomness error mode");
    manualSeed(1);
    const same = values(func.vmap((v: Tensor) => v.add(rand([3])), { randomness: "same" })(x)) as number[][];
    expect(same[1]).toEqual(same[0]);
    const kept = values(func.vmap((v: Tensor) => dropout(v), { randomness: "same" })(x)) as number[][];
    expect(kept[3]).toEqual(kept[0]);
    const different = values(func.vmap((v: Tensor) => v.add(rand([3])), { randomness: "different" })(x)) as number[][];
    expect(different[1]).not.toEqual(different[0]);
  });
  test.each<readonly [string, () => unknown, string]>([
    ["reading values", () => func.vmap((x: Tensor) => { x.itemSync(); return x; })(ones([2])), "reading the values of a Tensor inside of vmap"],
    ["sizes that differ", () => func.vmap(add)(ones([2]), ones([3])), "Expected all tensors to have the same size in the mapped dimension, got sizes [2, 3]"],
    ["a value that is no tensor", () => func.vmap((_: Tensor) => 1)(ones([2])), "must only return Tensors"],
    ["in place on what is the same for all", () => { const y = zeros([]); func.vmap((x: Tensor) => y.add_(x))(ones([2])); }, "inplace arithmetic(self, *extra_args) is not possible"],
    ["a gradient of a vector", () => func.grad((x: Tensor) => x)(ones([2])), "Expected f(*args) to return a scalar tensor, got tensor with 1 dims"],
    ["a promise", () => func.grad((async (x: Tensor) => x) as never)(ones([]) as never), "takes a synchronous function"],
  ])("refuses %s", (_, run, text) => expect(run).toThrow(text));
});

test("what transforms make inside dies with them", () => {
  const before = memory().tensors;
  const s = scope();
  s.run(() => {
    for (const f of Object.values(functions)) {
      func.hessian((x: Tensor) => f(x).sum())(x3());
      func.vmap(func.jacfwd(f))(d([1, 2, 3, 4, 5, 6], [2, 3]));
    }
  });
  s.close();
  expect(memory().tensors).toBe(before);
});

describe("autograd.functional", () => {
  const { functional } = autograd;
  const f = (x: Tensor): Tensor => x.pow(3);
  test("jacobian, hessian and products", () => {
    const x = d([1, 2]), v = d([1, 10]);
    expect(values(functional.jacobian(f, x))).toEqual([[3, 0], [0, 12]]);
    expect(values(functional.jacobian(f, x, { strategy: "forward-mode" }))).toEqual([[3, 0], [0, 12]]);
    const both = functional.jacobian((a, b) => a.mul(b), [x, v]) as Tensor[];
    expect(both.map(values)).toEqual([[[1, 0], [0, 10]], [[1, 0], [0, 2]]]);
    expect(values(functional.hessian((a) => f(a).sum(), x))).toEqual([[6, 0], [0, 12]]);
    expect(functional.vjp(f, x, v).map(values)).toEqual([[1, 8], [3, 120]]);
    expect(functional.jvp(f, x, v).map(values)).toEqual([[1, 8], [3, 120]]);
    expect(functional.hvp((a) => f(a).sum(), x, v).map(values)).toEqual([9, [6, 120]]);
    expect(functional.vhp((a) => f(a).sum(), x, v).map(values)).toEqual([9, [6, 120]]);
  });
  test("createGraph records the result", () => {
    const x = tensor([2], { dtype: "float64", requiresGrad: true });
    expect((functional.jacobian(f, x) as Tensor).requiresGrad).toBe(false);
    (functional.jacobian(f, x, { createGraph: true }) as Tensor).sum().backward();
    expect(values(x.grad)).toEqual([12]);
  });
  test.each<readonly [string, () => unknown, string]>([
    ["a hessian of a vector", () => functional.hessian(f, d([1, 2])), "The Tensor returned by the function given to hessian should contain a single element"],
    ["no vector where one is needed", () => functional.vjp(f, d([1, 2])), "The vector v can only be None if the user-provided function returns a single Tensor with a single element."],
    ["a vector of another size", () => functional.jvp(f, d([1, 2]), d([1])), "v has invalid size: should be torch.Size([2]) but got torch.Size([1])."],
    ["independence, in strict mode", () => functional.jacobian((a, b) => b.mul(1), [d([1]), d([2])], { strict: true }), "Output 0 of the user-provided function is independent of input 0."],
  ])("refuses %s", (_, run, text) => expect(run).toThrow(text));
});

// The types are the test: `npm run types` refuses a method of something unknown.
test("results have the types of the function's results", () => {
  const x = tensor([1, 2]), cube = (q: Tensor): Tensor => q.pow(3);
  expect(func.vmap(func.grad((q: Tensor) => q.square()))(x).toArraySync()).toEqual([2, 4]);
  expect(func.vmap((q: Tensor): readonly [Tensor, Tensor] => [q, q.mul(2)])(x)[1].toArraySync()).toEqual([2, 4]);
  expect(func.gradAndValue((q: Tensor) => q.square().sum())(x)[1].itemSync()).toBe(5);
  expect(func.vjp(cube, x)[0].toArraySync()).toEqual([1, 8]);
  expect(func.jvp(cube, [x], [x])[1].toArraySync()).toEqual([3, 24]);
  expect([func.jacrev(cube), func.jacfwd(cube)].map((jacobian) => jacobian(x).toArraySync())).toEqual([[[3, 0], [0, 12]], [[3, 0], [0, 12]]]);
  expect(func.hessian((q: Tensor) => q.pow(3).sum())(x).toArraySync()).toEqual([[6, 0], [0, 12]]);
});
