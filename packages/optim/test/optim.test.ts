import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, crossEntropy, linear, manualSeed, memory, OutOfMemoryError, profile, profiled, randn, scope, setDefaultDevice, tensor, type Tensor, tanh, zeros } from "@adjoint/core";
import { Adadelta, Adagrad, Adam, Adamax, AdamW, ASGD, LBFGS, NAdam, OptimizerError, RAdam, RMSprop, Rprop, SGD } from "@adjoint/optim";
import { beforeAll, describe, expect, it } from "vitest";
import trajectories from "./trajectories.json" with { type: "json" };

beforeAll(() => setDefaultDevice(cpu()));
const optimizers = { Adadelta, Adam, Adamax, AdamW, ASGD, LBFGS, NAdam, RMSprop, Rprop, SGD };
const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });
const withGrad = (values: number[], grad: number[]): Tensor => {
  const x = leaf(values);
  x.grad = tensor(grad);
  return x;
};

it("Rprop sees that two tiny gradients agree, or turn, where their product is below every float32", () => {
  const x = withGrad([0, 0], [1e-30, 1e-30]), optimizer = new Rprop([x], { lr: 1 });
  optimizer.step();
  x.grad = tensor([1e-30, -1e-30]);
  optimizer.step();
  expect(x.toString()).toContain("[-2.2000, -1.0000]"); // by 1 and 1.2; by 1, and then not at all
});

it("SGD begins its momentum where a state that was loaded has none", () => {
  const x = withGrad([1], [1]), optimizer = new SGD([x], { lr: 1, momentum: 0.5, dampening: 0.5 });
  optimizer.loadStateDict({ ...optimizer.stateDict(), state: { 0: {} } });
  optimizer.step(); // by 1, undamped
  optimizer.step(); // by 0.5 + 0.5
  expect(x.toArraySync()).toEqual([-1]);
});

describe("trajectories of PyTorch 1.13", () => {
  // A two-layer network on 24 points; the losses are those of a float64 run in PyTorch.
  for (const dtype of ["float64", "float32"] as const)
    it.each(trajectories)(`$id in ${dtype}`, ({ optimizer: name, options, x: xs, y: ys, init, losses }) => {
      const of = ({ shape, values }: { shape: number[]; values: number[] }, requiresGrad = true): Tensor => tensor(Float64Array.from(values, Math.fround), { shape, dtype, requiresGrad });
      const x = of(xs, false), y = tensor(Int32Array.from(ys.values));
      const params = [of(init["0.weight"]), of(init["0.bias"]), of(init["2.weight"]), of(init["2.bias"])] as const;
      const optimizer = new optimizers[name as keyof typeof optimizers](params, options as object);
      const got = losses.map(() => {
        return optimizer.step(() => {
          optimizer.zeroGrad();
          const loss = crossEntropy(linear(tanh(linear(x, params[0], params[1])), params[2], params[3]), y);
          loss.backward();
          return loss.itemSync();
        });
      });
      // PyTorch began with float32 values; the float32 arithmetic of its own runs drifts by up to 4e-6.
      const tolerance = dtype === "float64" ? 1e-10 : 1e-5;
      got.forEach((loss, i) => expect(Math.abs(loss - losses[i]), `step ${i}: ${loss}, expected ${losses[i]}`).toBeLessThanOrEqual(tolerance));
    });
});

it("a step of many parameters is one op", async () => {
  const params = Array.from({ length: 100 }, (_, i) => withGrad([i, 1], [1, -1])), optimizer = new AdamW(params, { lr: 0.1 });
  optimizer.step();
  const { rows } = await profile(() => optimizer.step());
  expect(rows.map(({ name, calls }) => [name, calls])).toEqual([["adamStep", 1]]);
});

describe("first steps by hand", () => {
  it("SGD moves against the gradient, with maximize along it", () => {
    const a = withGrad([1, 2], [0.5, -1]), b = withGrad([1, 2], [0.5, -1]);
    new SGD([a], { lr: 0.1 }).step();
    new SGD([b], { lr: 0.1, maximize: true }).step();
    expect(a.toArraySync()).toEqual([Math.fround(0.95), Math.fround(2.1)]);
    expect(b.toArraySync()).toEqual([Math.fround(1.05), Math.fround(1.9)]);
  });
  it("SGD with momentum starts its buffer with the gradient, undamped", () => {
    const a = withGrad([0], [1]), optimizer = new SGD([a], { lr: 1, momentum: 0.5, dampening: 0.5 });
    optimizer.step(); // b = 1
    optimizer.step(); // b = 0.5 * 1 + 0.5 * 1 = 1
    expect(a.toArraySync()).toEqual([-2]);
    expect(optimizer.stateOf(a)?.momentumBuffer.toArraySync()).toEqual([1]);
  });
  it("Adam's first step is lr, whatever the size of the gradient", () => {
    const a = withGrad([0, 0], [1e-3, -1e3]);
    new Adam([a], { lr: 0.1 }).step();
    const [x, y] = a.toArraySync() as number[];
    expect(x).toBeCloseTo(-0.1, 5);
    expect(y).toBeCloseTo(0.1, 5);
  });
  it("AdamW shrinks the parameter apart from the moments", () => {
    const a = withGrad([1], [0]);
    new AdamW([a], { lr: 0.5, weightDecay: 0.5 }).step();
    expect(a.toArraySync()).toEqual([0.75]);
  });
});

describe("groups and gradients", () => {
  it("gives each group its own options", () => {
    const a = withGrad([1], [1]), b = withGrad([1], [1]);
    const optimizer = new SGD([{ params: [a] }, { params: b, lr: 1 }], { lr: 0.5 });
    optimizer.step();
    expect([a.itemSync(), b.itemSync()]).toEqual([0.5, 0]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.5, 1]);
    optimizer.paramGroups[0].lr = 0.25;
    optimizer.step();
    expect(a.itemSync()).toBe(0.25);
  });
  it("passes over parameters without a gradient and clears the others", () => {
    const a = withGrad([1], [1]), b = leaf([1]), optimizer = new SGD([a, b], { lr: 1 });
    optimizer.step();
    expect([a.itemSync(), b.itemSync()]).toEqual([0, 1]);
    optimizer.zeroGrad({ setToNone: false });
    expect(a.grad?.toArraySync()).toEqual([0]);
    optimizer.zeroGrad();
    expect(a.grad).toBeNull();
  });
  it("records nothing: the parameters stay leaves", () => {
    const a = withGrad([1, 2], [1, 1]);
    new Adam([a]).step();
    expect([a.isLeaf, a.requiresGrad]).toEqual([true, true]);
  });
});

describe("errors, in PyTorch's words", () => {
  const a = (): Tensor => leaf([1]);
  it.each([
    ["optimizer got an empty parameter list", () => new SGD([], { lr: 0.1 })],
    ["parameter group didn't specify a value of required optimization parameter lr", () => new SGD([a()])],
    ["Invalid learning rate: -1", () => new SGD([a()], { lr: -1 })],
    ["Invalid learning rate: -1", () => new Adam([a()], { lr: -1 })],
    ["Invalid momentum value: -0.5", () => new SGD([a()], { lr: 0.1, momentum: -0.5 })],
    ["Nesterov momentum requires a momentum and zero dampening", () => new SGD([a()], { lr: 0.1, nesterov: true })],
    ["Invalid epsilon value: -1", () => new Adam([a()], { eps: -1 })],
    ["Invalid weight_decay value: -1", () => new AdamW([a()], { weightDecay: -1 })],
    ["Invalid beta parameter at index 1: 1", () => new Adam([a()], { betas: [0.9, 1] })],
    ["params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor", () => new SGD(a() as never, { lr: 0.1 })],
    ["can't optimize a non-leaf Tensor", () => new SGD([a().mul(2)], { lr: 0.1 })],
    ["Invalid rho value: 2", () => new Adadelta([a()], { rho: 2 })],
    ["Invalid lr_decay value: -0.1", () => new Adagrad([a()], { lrDecay: -0.1 })],
    ["Invalid initial_accumulator_value value: -1", () => new Adagrad([a()], { initialAccumulatorValue: -1 })],
    ["Invalid beta parameter at index 0: -1", () => new Adamax([a()], { betas: [-1, 0.9] })],
    ["Invalid momentum_decay value: -1", () => new NAdam([a()], { momentumDecay: -1 })],
    ["Invalid learning rate: -0.1", () => new RAdam([a()], { lr: -0.1 })],
    ["Invalid alpha value: -1", () => new RMSprop([a()], { alpha: -1 })],
    ["Invalid eta values: 0.5, 0.9", () => new Rprop([a()], { etas: [0.5, 0.9] })],
    ["LBFGS doesn't support per-parameter options (parameter groups)", () => new LBFGS([{ params: a() }, { params: a() }])],
    ["only 'strong_wolfe' is supported", () => { const x = a(); return new LBFGS([x], { lineSearchFn: "best" as never }).step(() => { const l = x.square().sum(); l.backward(); return l; }); }],
    ["optimizer can only optimize Tensors, but one of the params is int", () => new SGD([1 as never], { lr: 0.1 })],
    ["some parameters appear in more than one parameter group", () => { const x = a(); return new SGD([{ params: x }, { params: x }], { lr: 0.1 }); }],
    ["optimizer contains a parameter group with duplicate parameters", () => { const x = a(); return new Adam([x, a(), x]); }],
    ["loaded state dict has a different number of parameter groups", () => new SGD([{ params: a() }, { params: a() }], { lr: 1 }).loadStateDict(new SGD([a()], { lr: 1 }).stateDict())],
    ["loaded state dict contains a parameter group that doesn't match the size of optimizer's group", () => new SGD([a(), a()], { lr: 1 }).loadStateDict(new SGD([a()], { lr: 1 }).stateDict())],
  ])("%s", (message, make) => expect(make).toThrow(new OptimizerError(message)));
});

describe("state", () => {
  const run = (x: Tensor, optimizer: Adam | SGD, steps: number): void => {
    for (let i = 0; i < steps; i++) {
      optimizer.zeroGrad();
      x.pow(4).sum().backward();
      optimizer.step();
    }
  };
  it("has no amsgrad that is turned on after the first step, as in PyTorch", () => {
    const x = leaf([1]), optimizer = new Adam([x], { lr: 0.1 });
    run(x, optimizer, 1);
    optimizer.paramGroups[0]!.amsgrad = true;
    expect(() => run(x, optimizer, 1)).toThrow("max_exp_avg_sq");
    optimizer.paramGroups[0]!.amsgrad = false;
    run(x, optimizer, 1);
  });
  it("continues a trajectory from a state dict", () => {
    const make = (x: Tensor): Adam => new Adam([x], { lr: 0.1, amsgrad: true });
    const p = leaf([1]), first = make(p);
    run(p, first, 5);
    const q = leaf([p.itemSync()]), second = make(q);
    second.loadStateDict(first.stateDict());
    run(q, second, 3);
    const r = leaf([1]);
    run(r, make(r), 8);
    expect(q.itemSync()).toBe(r.itemSync());
  });
  it("is PyTorch's, by number of parameter", () => {
    const x = withGrad([1], [1]), optimizer = new Adam([leaf([1]), x]);
    optimizer.step();
    const { state, paramGroups } = optimizer.stateDict();
    expect(Object.keys(state)).toEqual(["1"]);
    expect(Object.keys(state[1])).toEqual(["step", "expAvg", "expAvgSq"]);
    expect(paramGroups).toEqual([{
      lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false, maximize: false, foreach: null, capturable: false, differentiable: false, fused: false, params: [0, 1],
    }]);
  });
});

describe("LBFGS", () => {
  const rosenbrock = (x: Tensor): Tensor => {
    const [a, b] = [x.select(0, 0), x.select(0, 1)];
    return b.sub(a.square()).square().mul(100).add(a.sub(1).square());
  };
  it("finds the valley of Rosenbrock's function with a line search", () => {
    const x = tensor([-1.5, 2], { dtype: "float64", requiresGrad: true }), optimizer = new LBFGS([x], { lineSearchFn: "strong_wolfe", maxIter: 50 });
    const loss = optimizer.step(() => { optimizer.zeroGrad(); const value = rosenbrock(x); value.backward(); return value; });
    expect(loss.itemSync()).toBeCloseTo(12.5, 10); // before the step: 100 (2 - 2.25)^2 + 2.5^2
    expect(rosenbrock(x.detach()).itemSync()).toBeLessThan(1e-9);
    expect(optimizer.stateOf(x)!.funcEvals).toBeGreaterThan(20);
  });
  it("goes on from a state dict", () => {
    const start = (values: number[]) => tensor(values, { dtype: "float64", requiresGrad: true });
    const go = (x: Tensor, optimizer: LBFGS): void => void optimizer.step(() => { optimizer.zeroGrad(); const value = rosenbrock(x); value.backward(); return value; });
    const options = { lr: 0.1, maxIter: 4, historySize: 3 }, x = start([-1.5, 2]), first = new LBFGS([x], options);
    go(x, first);
    const y = start(x.toArraySync() as number[]), second = new LBFGS([y], options);
    second.loadStateDict(first.stateDict());
    go(x, first);
    go(y, second);
    expect(y.toArraySync()).toEqual(x.toArraySync());
  });
  it.each([
    ["a line search", { lineSearchFn: "strong_wolfe", maxIter: 12 }],
    ["steps of one length", { lr: 0.01, maxIter: 6, historySize: 2 }],
  ] as const)("stepAsync goes the same way on a device that reads later, with %s", async (_, options) => {
    const { readSync: _now, ...late } = cpu(), device: Backend = late, start = (on?: Backend): Tensor => tensor([-1.5, 2], { dtype: "float64", requiresGrad: true, device: on ?? cpu() });
    const x = start(), y = start(device), first = new LBFGS([x], options), second = new LBFGS([y], options), losses: number[] = [];
    const closure = (of: Tensor, optimizer: LBFGS) => (): Tensor => { optimizer.zeroGrad(); const value = rosenbrock(of); value.backward(); return value; };
    for (let step = 0; step < 4; step++) {
      const wanted = first.step(closure(x, first)), s = scope();
      const evaluate = (): Tensor => s.run(closure(y, second));
      const loss = await second.stepAsync(step % 2 === 0 ? evaluate : async () => { // A closure may wait too.
        const value = evaluate();
        losses.push(await value.item());
        return value;
      });
      expect(await loss.item()).toBe(wanted.itemSync());
      expect(await y.toArray()).toEqual(x.toArraySync());
      s.close();
    }
    expect(losses.length).toBeGreaterThan(1);
    second.dispose();
    y.grad = null;
    expect(memory(device).tensors).toBe(1);
  });
  it("step on such a device says what to do", () => {
    const { readSync: _, ...late } = cpu(), x = tensor([1], { requiresGrad: true, device: { ...late, name: "late" } }), optimizer = new LBFGS([x]);
    let calls = 0;
    expect(() => optimizer.step(() => { calls++; return x; })).toThrow("LBFGS.step reads numbers, and device 'late' cannot be read at once: await optimizer.stepAsync(closure)");
    expect([calls, optimizer.stepCount]).toEqual([0, 0]);
  });
  it("an error of the closure is stepAsync's, which leaves nothing", async () => {
    const device = cpu(), x = tensor([1], { requiresGrad: true, device }), optimizer = new LBFGS([x]), before = memory(device).tensors;
    let calls = 0;
    await expect(optimizer.stepAsync(async () => {
      if (calls++ === 1) throw new RangeError("mine");
      x.grad = null;
      const s = scope(), value = s.run(() => { const y = x.square().sum(); y.backward(); return y.detach(); });
      const number = await value.item();
      s.close();
      return number;
    })).rejects.toThrow("mine");
    optimizer.dispose();
    x.grad = null;
    expect(memory(device).tensors).toBe(before);
  });
});

describe("printed as PyTorch prints them", () => {
  const a = (): Tensor => leaf([1]);
  const text = (name: string, ...groups: string[][]): string => `${name} (\n${groups.map((lines, i) => `Parameter Group ${i}\n${lines.map((line) => `    ${line}\n`).join("")}`).join("\n")})`;
  it.each<[string, () => object]>([
    [text("AdamW", ["amsgrad: False", "betas: (0.9, 0.999)", "capturable: False", "eps: 1e-08", "foreach: None", "lr: 0.0001", "maximize: False", "weight_decay: 0.01"]), () => new AdamW([a()], { lr: 1e-4 })],
    [
      text("SGD", ["dampening: 0", "differentiable: False", "foreach: None", "lr: 0.1", "maximize: False", "momentum: 0.9", "nesterov: False", "weight_decay: 0"],
        ["dampening: 0", "differentiable: False", "foreach: None", "lr: 1.0", "maximize: False", "momentum: 0.9", "nesterov: False", "weight_decay: 0"]),
      () => new SGD([{ params: a() }, { params: a(), lr: 1 }], { lr: 0.1, momentum: 0.9 }),
    ],
    [text("Rprop", ["etas: (0.5, 1.2)", "foreach: None", "lr: 0.01", "maximize: False", "step_sizes: (1e-06, 50)"]), () => new Rprop([a()])],
    [text("ASGD", ["alpha: 0.75", "foreach: None", "lambd: 0.0001", "lr: 0.01", "maximize: False", "t0: 1000000.0", "weight_decay: 0"]), () => new ASGD([a()])],
    [text("LBFGS", ["history_size: 100", "line_search_fn: None", "lr: 1", "max_eval: 25", "max_iter: 20", "tolerance_change: 1e-09", "tolerance_grad: 1e-07"]), () => new LBFGS([a()])],
  ])("%s", (expected, make) => expect(String(make())).toBe(expected));
});

describe("one pass", () => {
  it.each([
    ["SGD", (p: readonly Tensor[]) => new SGD(p, { lr: 0.1 })],
    ["SGD with all it has", (p: readonly Tensor[]) => new SGD(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov: true })],
    ["Adam", (p: readonly Tensor[]) => new Adam(p, { weightDecay: 0.1, amsgrad: true })],
    ["AdamW", (p: readonly Tensor[]) => new AdamW(p)],
  ])("%s changes a parameter and its state by one kernel", (_, make) => {
    const device = profiled(cpu()), params = [3, 5].map((n) => randn([n], { device, requiresGrad: true }));
    const optimizer = make(params), step = (): void => {
      for (const p of params) p.grad = randn(p.shape, { device });
      optimizer.step();
    };
    step();
    device.profile.reset();
    step();
    const steps = [...device.profile.rows.values()].filter(({ name }) => name.includes("Step"));
    expect(steps.map(({ calls }) => calls)).toEqual([2]);
    expect([...device.profile.rows.keys()].filter((name) => !name.includes("Step") && !name.includes("randn"))).toEqual([]);
    expect(params.map(({ version }) => version)).toEqual([2, 2]);
  });
});

describe("memory", () => {
  it("a step makes as many temporaries as it needs in time that is in proportion", () => {
    const device = cpu(), xs = Array.from({ length: 20_000 }, () => tensor([[1, 2], [3, 4]], { device, requiresGrad: true })), optimizer = new SGD(xs, { lr: 1 });
    for (const x of xs) x.grad = x.detach().t(); // Of what is over its own memory a copy is made.
    const from = performance.now();
    optimizer.step();
    expect(performance.now() - from).toBeLessThan(5000); // 0.4 s; by the square of the number it took 12
    expect(xs.at(-1)!.toArraySync()).toEqual([[0, -1], [1, 0]]);
  });
  it.each([
    ["SGD", (x: Tensor) => new SGD([x], { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1, maximize: true }), 1],
    ["Adam", (x: Tensor) => new Adam([x], { weightDecay: 0.1, amsgrad: true, maximize: true }), 3],
    ["AdamW", (x: Tensor) => new AdamW([x]), 2],
    ["Adagrad", (x: Tensor) => new Adagrad([x], { lrDecay: 0.1, weightDecay: 0.1 }), 1],
    ["Adadelta", (x: Tensor) => new Adadelta([x]), 2],
    ["Adamax", (x: Tensor) => new Adamax([x]), 2],
    ["NAdam", (x: Tensor) => new NAdam([x]), 2],
    ["RAdam", (x: Tensor) => new RAdam([x]), 2],
    ["RMSprop", (x: Tensor) => new RMSprop([x], { centered: true, momentum: 0.5 }), 3],
    ["Rprop", (x: Tensor) => new Rprop([x]), 2],
    ["ASGD", (x: Tensor) => new ASGD([x], { t0: 1 }), 1],
  ])("%s is flat over the steps, and its state outlives the scope of the step", (_, make, states) => {
    manualSeed(0);
    const device = cpu(), x = randn([8], { device, requiresGrad: true }), optimizer = make(x);
    const before = memory(device).tensors;
    for (let i = 0; i < 4; i++) {
      const s = scope();
      s.run(() => {
        x.square().sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
      s.close();
      expect(memory(device).tensors - before).toBe(states);
    }
    optimizer.dispose();
    expect(memory(device).tensors).toBe(before);
  });
  it.each([
    ["SGD", 3, (xs: Tensor[]) => new SGD(xs, { lr: 0.1, momentum: 0.9 })],
    ["Adam", 3, (xs: Tensor[]) => new Adam(xs, { amsgrad: true })],
    ["Rprop", 1, (xs: Tensor[]) => new Rprop(xs)],
  ])("a first step of %s for which there is no room leaves nothing", (_, count, make) => {
    for (let room = 0, done = false; !done; room += 32) {
      const device = cpu({ maxBytes: 64 * count + room }), xs = Array.from({ length: count }, () => zeros([8], { device, requiresGrad: true })), optimizer = make(xs);
      for (const x of xs) x.grad = zeros([8], { device });
      const before = memory(device);
      try {
        optimizer.step();
        done = true;
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfMemoryError);
        expect(memory(device)).toEqual(before);
        expect(xs.map((x) => optimizer.stateOf(x))).toEqual(xs.map(() => undefined));
      }
    }
  });
});
