/** @file State dicts of optimizers and schedulers go from PyTorch's names to ours and back: every name of every one of them. */
import { cpu } from "@adjoint/backend-cpu-js";
import { ArgumentError, isTensor, ones, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { load, save, stateFromTorch, stateToTorch } from "@adjoint/io";
import * as optim from "@adjoint/optim";
import { beforeEach, describe, expect, it } from "vitest";
import { allExpectedOf, fixture } from "./files.ts";

beforeEach(() => setDefaultDevice(cpu()));
const { lrScheduler: rates } = optim;
const sorted = (names: Iterable<string>): string[] => [...names].sort();

type Scheduler = { stateDict(): optim.lrScheduler.SchedulerStateDict };
const schedulers: Readonly<Record<string, (o: optim.SGD) => Scheduler>> = {
  LambdaLR: (o) => new rates.LambdaLR(o, () => 1), MultiplicativeLR: (o) => new rates.MultiplicativeLR(o, () => 1), StepLR: (o) => new rates.StepLR(o, 3), MultiStepLR: (o) => new rates.MultiStepLR(o, [3]), ConstantLR: (o) => new rates.ConstantLR(o),
  LinearLR: (o) => new rates.LinearLR(o), ExponentialLR: (o) => new rates.ExponentialLR(o, 0.9), PolynomialLR: (o) => new rates.PolynomialLR(o), CosineAnnealingLR: (o) => new rates.CosineAnnealingLR(o, 5),
  CosineAnnealingWarmRestarts: (o) => new rates.CosineAnnealingWarmRestarts(o, 5), CyclicLR: (o) => new rates.CyclicLR(o, 0.1, 0.2), OneCycleLR: (o) => new rates.OneCycleLR(o, 0.1, { totalSteps: 10 }), ReduceLROnPlateau: (o) => new rates.ReduceLROnPlateau(o),
  SequentialLR: (o) => new rates.SequentialLR(o, [new rates.StepLR(o, 3), new rates.StepLR(o, 3)], [2]), ChainedScheduler: (o) => new rates.ChainedScheduler([new rates.StepLR(o, 3)]),
};
/** Functions, and what is worked out from the rest, are not in both. */
const alone: Readonly<Record<string, { readonly theirs: readonly string[]; readonly ours?: readonly string[] }>> = {
  LambdaLR: { theirs: ["lr_lambdas"] }, MultiplicativeLR: { theirs: ["lr_lambdas"] }, CyclicLR: { theirs: ["_scale_fn_custom", "_scale_fn_ref"] },
  OneCycleLR: { theirs: ["anneal_func", "_schedule_phases"], ours: ["annealStrategy"] }, ReduceLROnPlateau: { theirs: ["mode_worse"], ours: ["_lastLr"] },
};

it.each(Object.entries(allExpectedOf<string[]>("schedulers")))("%s", async (name, names) => {
  const state = schedulers[name](new optim.SGD([zeros([1])], { lr: 0.1, momentum: 0.9 })).stateDict(), { theirs, ours = [] } = alone[name] ?? { theirs: [] };
  const shared = Object.fromEntries(Object.entries(state).filter(([key]) => !ours.includes(key))), torch = names.filter((key) => !theirs.includes(key));
  expect(sorted(Object.keys(await stateFromTorch(Object.fromEntries(torch.map((key) => [key, 0])))))).toEqual(sorted(Object.keys(shared)));
  expect(sorted(Object.keys(stateToTorch(shared) as object))).toEqual(torch);
});

type Names = { readonly options: object; readonly state: string[]; readonly group: string[] };
type Record_ = Record<string, unknown>;
type TorchState = { readonly state: ReadonlyMap<number, Record_>; readonly param_groups: readonly Record_[] };
describe.each(Object.entries(allExpectedOf<Names>("optimizers")))("%s", (name, { options, state, group }) => {
  const make = (): { weight: Tensor; optimizer: optim.Adam } => {
    const weight = ones([2], { requiresGrad: true }), Class = Reflect.get(optim, name) as typeof optim.Adam;
    return { weight, optimizer: new Class([weight], { lr: 0.1, ...options }) };
  };
  const step = ({ weight, optimizer }: ReturnType<typeof make>): void => {
    optimizer.step(() => { optimizer.zeroGrad(); const loss = weight.square().sum(); loss.backward(); return loss; });
  };
  it("has the names of PyTorch's", async () => {
    const one = make();
    step(one);
    step(one);
    const back = await load<TorchState>(await save(stateToTorch(one.optimizer.stateDict()))), [parameters] = back.param_groups;
    expect(sorted(Object.keys(back.state.get(0)!))).toEqual(state.filter((key) => key !== "al")); // LBFGS's room for work
    expect([sorted(Object.keys(parameters)), parameters["params"]]).toEqual([group, [0]]);
  });
  it("takes what PyTorch saved, of the same kinds, and goes on", async () => {
    const one = make(), two = make();
    step(one);
    step(one);
    two.optimizer.loadStateDict(await stateFromTorch(await load(fixture(`optimizer-${name}.pt`))));
    for (const [key, ours] of Object.entries(one.optimizer.stateDict().state[0])) {
      const theirs: unknown = two.optimizer.stateDict().state[0][key];
      expect(typeof theirs, key).toBe(typeof ours);
      if (isTensor(ours) && isTensor(theirs)) expect(await theirs.allclose(ours, { atol: 1e-5 }), key).toBe(true);
      else if (typeof ours === "number") expect(theirs, key).toBeCloseTo(ours, 4);
    }
    two.weight.detach().copy_(one.weight.detach());
    step(one);
    step(two);
    expect(await two.weight.allclose(one.weight, { atol: 1e-5 })).toBe(true);
  });
});

it.each(["float32", "bfloat16", "float16", "int32"] as const)("a step of %s is its number", async (dtype) => {
  expect(await stateFromTorch({ step: tensor(5, { dtype }) })).toEqual({ step: 5 });
});
it("milestones come as often as they are counted, and no oftener than can be meant", async () => {
  expect(await stateFromTorch({ milestones: new Map([[3, 1], [5, 2]]) })).toEqual({ milestones: [3, 5, 5] });
  for (const count of [100_001, -1, 0.5, "1"]) await expect(stateFromTorch({ milestones: new Map([[3, count]]) })).rejects.toBeInstanceOf(ArgumentError);
});
