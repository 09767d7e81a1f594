import { cpu } from "@adjoint/backend-cpu-js";
import { onWarning, setDefaultDevice, tensor } from "@adjoint/core";
import { Adam, lrScheduler as S, SchedulerError, SGD } from "@adjoint/optim";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import schedules from "./schedules.json" with { type: "json" };

setDefaultDevice(cpu());
let warnings: string[] = [], before: ReturnType<typeof onWarning>;
beforeEach(() => {
  warnings = [];
  before = onWarning((message) => warnings.push(message));
});
afterEach(() => void onWarning(before));

const leaf = () => tensor([1], { requiresGrad: true });
const twoGroups = (): SGD => new SGD([{ params: leaf() }, { params: leaf(), lr: 0.05 }], { lr: 0.1, momentum: 0.9 });
const rates = (optimizer: SGD): number[] => optimizer.paramGroups.map(({ lr }) => lr);

type Options = Record<string, never>;
/** How each class takes the options of a golden case: those that it needs come first. */
const make: Record<string, (optimizer: SGD, options: Options) => { step(metrics?: number): void }> = {
  StepLR: (o, { stepSize, ...rest }) => new S.StepLR(o, stepSize, rest),
  MultiStepLR: (o, { milestones, ...rest }) => new S.MultiStepLR(o, milestones, rest),
  ExponentialLR: (o, { gamma, ...rest }) => new S.ExponentialLR(o, gamma, rest),
  ConstantLR: (o, rest) => new S.ConstantLR(o, rest),
  LinearLR: (o, rest) => new S.LinearLR(o, rest),
  PolynomialLR: (o, rest) => new S.PolynomialLR(o, rest),
  CosineAnnealingLR: (o, { TMax, ...rest }) => new S.CosineAnnealingLR(o, TMax, rest),
  CyclicLR: (o, { baseLr, maxLr, ...rest }) => new S.CyclicLR(o, baseLr, maxLr, rest),
  OneCycleLR: (o, { maxLr, ...rest }) => new S.OneCycleLR(o, maxLr, rest),
  ReduceLROnPlateau: (o, rest) => { const s = new S.ReduceLROnPlateau(o, rest); return { step: (metrics) => s.step(metrics!) }; },
};

describe("rates of PyTorch 1.13", () => {
  it.each(schedules)("$id", ({ class: name, options, lr, momentum, metrics }) => {
    const optimizer = twoGroups(), scheduler = make[name](optimizer, options as unknown as Options);
    lr.forEach((expected, k) => {
      if (k > 0) {
        optimizer.step();
        scheduler.step(metrics?.[k - 1]);
      }
      rates(optimizer).forEach((got, i) => expect(got, `step ${k}`).toBeCloseTo(expected[i], 14));
      momentum?.[k].forEach((value, i) => expect(optimizer.paramGroups[i].momentum, `momentum at ${k}`).toBeCloseTo(value, 14));
    });
  });
});

describe("schedules by formula", () => {
  const run = (optimizer: SGD, scheduler: { step(): void }, steps: number): number[] => {
    const seen = [rates(optimizer)[0]];
    for (let i = 0; i < steps; i++) {
      optimizer.step();
      scheduler.step();
      seen.push(rates(optimizer)[0]);
    }
    return seen;
  };
  const close = (got: number[], expected: number[]): void => got.forEach((x, i) => expect(x, `step ${i}`).toBeCloseTo(expected[i], 12));
  it("LambdaLR multiplies the first rate, MultiplicativeLR the last", () => {
    const a = twoGroups(), b = twoGroups();
    close(run(a, new S.LambdaLR(a, (e) => 1 / (1 + e)), 3), [0.1, 0.05, 0.1 / 3, 0.025]);
    close(run(b, new S.MultiplicativeLR(b, [(e) => 0.5 * e, () => 1]), 3), [0.1, 0.05, 0.05, 0.075]);
  });
  it("warm restarts begin again, after twice as long each time", () => {
    const o = twoGroups(), half = (part: number): number => (0.1 * (1 + Math.cos(Math.PI * part))) / 2;
    close(run(o, new S.CosineAnnealingWarmRestarts(o, 2, { TMult: 2 }), 7), [half(0), half(1 / 2), half(0), half(1 / 4), half(2 / 4), half(3 / 4), half(0), half(1 / 8)]);
    const jumped = twoGroups(), s = new S.CosineAnnealingWarmRestarts(jumped, 2, { TMult: 2 });
    s.step(3.5);
    close(rates(jumped).slice(0, 1), [half(1.5 / 4)]);
    expect(s.lastEpoch).toBe(3);
  });
  it("SequentialLR hands over at its milestones", () => {
    const o = twoGroups(), s = new S.SequentialLR(o, [new S.ConstantLR(o, { factor: 0.5, totalIters: 9 }), new S.ExponentialLR(o, 0.5)], [2]);
    close(run(o, s, 4), [0.05, 0.05, 0.1, 0.05, 0.025]);
    expect(s.getLastLr()[0]).toBeCloseTo(0.025, 12);
  });
  it("ChainedScheduler lets all change the rate", () => {
    const o = twoGroups(), s = new S.ChainedScheduler([new S.StepLR(o, 2, { gamma: 0.1 }), new S.ExponentialLR(o, 0.5)]);
    close(run(o, s, 2), [0.1, 0.05, 0.0025]);
  });
  it("OneCycleLR moves Adam's first beta", () => {
    const o = new Adam([leaf()]);
    new S.OneCycleLR(o, 0.1, { totalSteps: 10 });
    expect(o.paramGroups[0].betas).toEqual([0.95, 0.999]);
  });
});

describe("state", () => {
  it("has PyTorch's keys and goes on where it was", () => {
    const a = twoGroups(), first = new S.StepLR(a, 2, { gamma: 0.5 });
    for (let i = 0; i < 3; i++) { a.step(); first.step(); }
    expect(Object.keys(first.stateDict()).sort()).toEqual(["_getLrCalledWithinStep", "_lastLr", "_stepCount", "baseLrs", "gamma", "lastEpoch", "stepSize", "verbose"]);
    const b = twoGroups(), second = new S.StepLR(b, 2, { gamma: 0.5 });
    b.loadStateDict(a.stateDict());
    second.loadStateDict(first.stateDict());
    b.step();
    second.step();
    expect(second.getLastLr()).toEqual([0.025, 0.0125]);
  });
});

describe("warnings and errors, in PyTorch's words", () => {
  it("warns when it steps before the optimizer does, and only then", () => {
    const a = twoGroups(), early = new S.StepLR(a, 1);
    early.step();
    expect(warnings).toEqual([expect.stringMatching(/^Detected call of `lr_scheduler\.step\(\)` before `optimizer\.step\(\)`\. In PyTorch 1\.1\.0/)]);
    warnings.length = 0;
    const b = twoGroups(), right = new S.StepLR(b, 1);
    b.step();
    right.step();
    expect(warnings).toEqual([]);
  });
  it("warns of epochs and of getLr", () => {
    const scheduler = new S.ExponentialLR(twoGroups(), 0.5);
    scheduler.step(2);
    expect(scheduler.getLastLr()).toEqual([0.025, 0.0125]);
    scheduler.getLr();
    expect(warnings.slice(-2)).toEqual([expect.stringMatching(/^The epoch parameter in `scheduler\.step\(\)` was not necessary/), "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."]);
  });
  it.each<[string, () => unknown]>([
    ["param 'initial_lr' is not specified in param_groups[0] when resuming an optimizer", () => new S.StepLR(twoGroups(), 1, { lastEpoch: 3 })],
    ["Constant multiplicative factor expected to be between 0 and 1.", () => new S.ConstantLR(twoGroups(), { factor: 2 })],
    ["Starting multiplicative factor expected to be between 0 and 1.", () => new S.LinearLR(twoGroups(), { startFactor: 2 })],
    ["Expected 2 lr_lambdas, but got 1", () => new S.LambdaLR(twoGroups(), [() => 1])],
    ["Expected positive integer T_0, but got 0", () => new S.CosineAnnealingWarmRestarts(twoGroups(), 0)],
    ["expected 2 values for max_lr, got 1", () => new S.CyclicLR(twoGroups(), 0.1, [1])],
    ["optimizer must support momentum with `cycle_momentum` option enabled", () => new S.CyclicLR(new Adam([leaf()]), 0.1, 1)],
    ["mode is invalid and scale_fn is None", () => new S.CyclicLR(twoGroups(), 0.1, 1, { mode: "square" as never })],
    ["You must define either total_steps OR (epochs AND steps_per_epoch)", () => new S.OneCycleLR(twoGroups(), 1)],
    ["Expected positive integer total_steps, but got -1", () => new S.OneCycleLR(twoGroups(), 1, { totalSteps: -1 })],
    ["anneal_strategy must by one of 'cos' or 'linear', instead got sin", () => new S.OneCycleLR(twoGroups(), 1, { totalSteps: 5, annealStrategy: "sin" as never })],
    ["Factor should be < 1.0.", () => new S.ReduceLROnPlateau(twoGroups(), { factor: 1 })],
    ["mode best is unknown!", () => new S.ReduceLROnPlateau(twoGroups(), { mode: "best" as never })],
    ["expected 2 min_lrs, got 3", () => new S.ReduceLROnPlateau(twoGroups(), { minLr: [0, 0, 0] })],
    ["Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers 1 and the number of milestones to be equal to 1", () => { const o = twoGroups(); return new S.SequentialLR(o, [new S.StepLR(o, 1)], [1]); }],
    ["ChainedScheduler expects all schedulers to belong to the same optimizer, but got schedulers at index 0 and 1 to be different", () => new S.ChainedScheduler([new S.StepLR(twoGroups(), 1), new S.StepLR(twoGroups(), 1)])],
  ])("%s", (message, run) => expect(run).toThrow(new SchedulerError(message)));
  it("a metric on a device that cannot be read at once is refused with what to do", () => {
    const { readSync: _, ...late } = cpu(), scheduler = new S.ReduceLROnPlateau(twoGroups());
    expect(() => scheduler.step(tensor(1, { device: { ...late, name: "late" } }))).toThrow("ReduceLROnPlateau.step reads numbers, and device 'late' cannot be read at once: scheduler.step(await metrics.item())");
    expect(scheduler.lastEpoch).toBe(0);
  });
});
