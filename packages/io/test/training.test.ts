/** @file A training that stops, is saved, and goes on in other objects is, to the bit, the training that did not stop; and one that PyTorch began goes on as there. */
import { cpu } from "@adjoint/backend-cpu-js";
import { dropout, getRngState, isTensor, manualSeed, randn, type RngState, scope, setDefaultDevice, setRngState, type Tensor } from "@adjoint/core";
import { load, loadNpz, loadSafetensors, save, saveNpz, saveSafetensors, stateFromTorch, stateToTorch } from "@adjoint/io";
import { BatchNorm1d, Linear, MSELoss, Sequential, Tanh } from "@adjoint/nn";
import { Adam, AdamW, ASGD, lrScheduler, NAdam, type Optimizer, SGD } from "@adjoint/optim";
import { beforeEach, describe, expect, it } from "vitest";
import { allExpectedOf, fixture } from "./files.ts";

beforeEach(() => setDefaultDevice(cpu()));

type Any = Optimizer<object, never>;
const optimizers = {
  SGD: (params: Tensor[]) => new SGD(params, { lr: 0.1, momentum: 0.9, weightDecay: 0.01 }), "SGD-plain": (params: Tensor[]) => new SGD(params, { lr: 0.1 }), Adam: (params: Tensor[]) => new Adam(params, { lr: 0.01, amsgrad: true }),
  AdamW: (params: Tensor[]) => new AdamW(params, { lr: 0.01, betas: [0.8, 0.95] }), NAdam: (params: Tensor[]) => new NAdam(params, { lr: 0.01 }), ASGD: (params: Tensor[]) => new ASGD(params, { lr: 0.01 }),
};
const names = Object.keys(optimizers) as (keyof typeof optimizers)[];

function training(name: keyof typeof optimizers) {
  const model = new Sequential(new Linear(3, 4), new Tanh(), new BatchNorm1d(4), new Linear(4, 2)), optimizer = optimizers[name](model.parameters()), lossOf = new MSELoss();
  const scheduler = new lrScheduler.MultiStepLR(optimizer, [3, 7], { gamma: 0.5 });
  return {
    model, optimizer, scheduler,
    run(steps: number, x: Tensor, y: Tensor, p = 0.2): number[] {
      return Array.from({ length: steps }, () => {
        const s = scope();
        const loss = s.run(() => lossOf.forward(model.forward(p === 0 ? x : dropout(x, p)), y));
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        scheduler.step();
        const value = loss.itemSync();
        s.close();
        return value;
      });
    },
  };
}
const bits = (state: Readonly<Record<string, Tensor>>): Record<string, number[]> => Object.fromEntries(Object.entries(state).map(([name, x]) => [name, Array.from(x.dataSync())]));

describe.each(names)("%s stops after 10 of 20 steps", (name) => {
  type State = { model: Record<string, Tensor>; optimizer: object; scheduler: lrScheduler.SchedulerStateDict; rng: RngState };
  const going = () => {
    manualSeed(1);
    const x = randn([8, 3]), y = randn([8, 2]), first = training(name);
    first.run(10, x, y);
    const state = (): State => ({ model: first.model.stateDict(), optimizer: first.optimizer.stateDict(), scheduler: first.scheduler.stateDict(), rng: getRngState() });
    return { x, y, first, state, goOn: (): unknown => ({ losses: first.run(10, x, y), end: bits(first.model.stateDict()), rates: first.scheduler.getLastLr() }) };
  };
  /** In new objects, whose parameters and streams are others. */
  const resumed = (x: Tensor, y: Tensor, state: State): unknown => {
    manualSeed(99);
    const second = training(name);
    second.model.loadStateDict(state.model);
    (second.optimizer as Any).loadStateDict(state.optimizer as never);
    second.scheduler.loadStateDict(state.scheduler);
    setRngState(state.rng);
    return { losses: second.run(10, x, y), end: bits(second.model.stateDict()), rates: second.scheduler.getLastLr() };
  };
  it("in a file of torch.save", async () => {
    const { x, y, state, goOn } = going(), file = await save(state()), end = goOn();
    expect(resumed(x, y, await load<State>(file))).toEqual(end);
  });
  it("in a file of torch.save, with PyTorch's names", async () => {
    const { x, y, state, goOn } = going(), { optimizer, scheduler, ...rest } = state();
    const file = await save({ ...rest, optimizer: stateToTorch(optimizer), scheduler: stateToTorch(scheduler) }), got = await load<State>(file), end = goOn();
    expect(Object.keys(got.optimizer)).toEqual(["state", "param_groups"]);
    expect(resumed(x, y, { ...got, optimizer: await stateFromTorch<object>(got.optimizer), scheduler: await stateFromTorch(got.scheduler) })).toEqual(end);
  });
  /** What holds tensors by name alone: the tensors of the optimizer by a path, the rest as JSON. */
  const flat = {
    safetensors: async (tensors: Record<string, Tensor>, rest: string) => {
      const got = await loadSafetensors(await saveSafetensors(tensors, { metadata: { rest } }));
      return [got.tensors, got.metadata["rest"]] as const;
    },
    npz: async (tensors: Record<string, Tensor>, rest: string) => [await loadNpz(await saveNpz(tensors, { compressed: true })), rest] as const,
  };
  it.each(Object.keys(flat) as (keyof typeof flat)[])("in a file of %s, flat", async (kind) => {
    const { x, y, state, goOn } = going(), tensors: Record<string, Tensor> = {}, start = state();
    const taken = (value: unknown, path: string): unknown => {
      if (isTensor(value)) return tensors[path] = value, { tensor: path };
      if (typeof value !== "object" || value === null) return value;
      return Array.isArray(value) ? value.map((item, i) => taken(item, `${path}/${i}`)) : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, taken(item, `${path}/${key}`)]));
    };
    const text = JSON.stringify(taken(start, "")), [got, rest] = await flat[kind](tensors, text), end = goOn();
    const back = JSON.parse(rest, (_, value: unknown) => (typeof value === "object" && value !== null && "tensor" in value ? got[String(value.tensor)] : value)) as State;
    expect(resumed(x, y, back)).toEqual(end);
  });
});

describe.each(names)("what PyTorch began with %s", (name) => {
  it("goes on as there", async () => {
    const file = await load<Record<string, Record<string, Tensor>> & { x: Tensor; y: Tensor }>(fixture(`training-${name}.pt`)), { model, optimizer, scheduler, run } = training(name);
    model.loadStateDict(file["model"]);
    (optimizer as Any).loadStateDict(await stateFromTorch(file["optimizer"]));
    scheduler.loadStateDict(await stateFromTorch(file["scheduler"]));
    expect([scheduler.milestones, scheduler.lastEpoch, scheduler.getLastLr()]).toEqual([[3, 7], 5, [optimizer.paramGroups[0].lr]]);
    run(5, file.x, file.y, 0);
    for (const [key, { values }] of Object.entries(allExpectedOf(`training-${name}`)))
      Array.from(model.stateDict()[key].dataSync()).forEach((value, i) => expect(Math.abs(value - values[i]), key).toBeLessThan(2e-6 * Math.max(1, Math.abs(values[i]))));
  });
});
