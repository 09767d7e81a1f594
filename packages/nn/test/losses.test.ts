import { cpu } from "@adjoint/backend-cpu-js";
import { onWarning, ones, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import {
  BCELoss, BCEWithLogitsLoss, CosineEmbeddingLoss, CrossEntropyLoss, CTCLoss, GaussianNLLLoss, HingeEmbeddingLoss, HuberLoss, KLDivLoss, L1Loss, MarginRankingLoss, type Module, MSELoss, MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss, MultiMarginLoss, NLLLoss, PoissonNLLLoss, SmoothL1Loss, SoftMarginLoss,
} from "@adjoint/nn";
import { describe, expect, it } from "vitest";

setDefaultDevice(cpu());
const int = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
type Loss = Module & { forward(...inputs: Tensor[]): Tensor };
const x = tensor([1, -2]), y = tensor([0.5, 0.5]), logs = tensor([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]).log();

describe("losses by hand", () => {
  it.each<[string, Loss, Tensor[], number]>([
    ["L1Loss", new L1Loss(), [x, y], (0.5 + 2.5) / 2],
    ["MSELoss sum", new MSELoss({ reduction: "sum" }), [x, y], 0.25 + 6.25],
    ["SmoothL1Loss", new SmoothL1Loss({ beta: 2 }), [x, y], (0.25 / 4 + (2.5 - 1)) / 2],
    ["HuberLoss", new HuberLoss({ delta: 2 }), [x, y], (0.125 + 2 * (2.5 - 1)) / 2],
    ["KLDivLoss batchmean", new KLDivLoss({ reduction: "batchmean" }), [logs, logs.exp()], 0],
    ["KLDivLoss of logarithms", new KLDivLoss({ reduction: "sum", logTarget: true }), [zeros([1]), tensor([Math.log(0.5)])], 0.5 * Math.log(0.5)],
    ["PoissonNLLLoss", new PoissonNLLLoss({ full: true }), [tensor([1]), tensor([3])], Math.E - 3 + 3 * Math.log(3) - 3 + 0.5 * Math.log(6 * Math.PI)],
    ["GaussianNLLLoss", new GaussianNLLLoss(), [x, y, tensor([1, 2])], (0.25 / 2 + (Math.log(2) + 6.25 / 2) / 2) / 2],
    ["BCELoss", new BCELoss({ weight: tensor([1, 3]) }), [tensor([0.25, 0]), tensor([1, 1])], (Math.log(4) + 3 * 100) / 2],
    ["BCEWithLogitsLoss", new BCEWithLogitsLoss({ posWeight: tensor([2]) }), [tensor([0.5]), tensor([1])], 2 * Math.log1p(Math.exp(-0.5))],
    ["SoftMarginLoss", new SoftMarginLoss(), [x, tensor([1, -1])], (Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-2))) / 2],
    ["MultiLabelSoftMarginLoss", new MultiLabelSoftMarginLoss(), [x, tensor([1, 0])], (Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-2))) / 2],
    ["MultiLabelMarginLoss", new MultiLabelMarginLoss(), [tensor([0.1, 0.2, 0.4, 0.8]), int([3, 0, -1, 1])], 0.25 * (0.4 + 0.6 + 1.1 + 1.3)], // PyTorch's own example
    ["MultiMarginLoss", new MultiMarginLoss({ margin: 2, p: 2 }), [tensor([[1, 0, 4]]), int([0])], (1 + 25) / 3],
    ["HingeEmbeddingLoss", new HingeEmbeddingLoss(), [tensor([0.3, 0.3]), tensor([1, -1])], (0.3 + 0.7) / 2],
    ["MarginRankingLoss", new MarginRankingLoss({ margin: 0.5 }), [x, y, tensor([1, -1])], 0],
    ["CosineEmbeddingLoss", new CosineEmbeddingLoss({ margin: 0.2 }), [tensor([[1, 0], [1, 0]]), tensor([[0, 2], [3, 0]]), tensor([1, -1])], (1 + 0.8) / 2],
    ["NLLLoss, weighted and ignoring", new NLLLoss({ weight: tensor([1, 2, 4]), ignoreIndex: 0 }), [logs.expand([2, 3]), int([2, 0])], -Math.log(0.5)],
    ["CrossEntropyLoss", new CrossEntropyLoss({ weight: tensor([1, 2, 4]) }), [logs, int([2, 1])], -(4 * Math.log(0.5) + 2 * Math.log(0.8)) / 6],
    ["CrossEntropyLoss, smoothed", new CrossEntropyLoss({ labelSmoothing: 0.3, reduction: "sum" }), [logs.narrow(0, 0, 1), int([2])], -(0.7 * Math.log(0.5) + 0.1 * Math.log(0.2 * 0.3 * 0.5))],
    ["CrossEntropyLoss of probabilities", new CrossEntropyLoss(), [logs.narrow(0, 0, 1), tensor([[0.5, 0.5, 0]])], -0.5 * Math.log(0.06)],
    ["CrossEntropyLoss in places", new CrossEntropyLoss(), [logs.t().reshape([1, 3, 2]), int([2, 1]).reshape([1, 2])], -(Math.log(0.5) + Math.log(0.8)) / 2],
    ["CrossEntropyLoss without batch", new CrossEntropyLoss(), [logs.select(0, 0), int([1]).reshape([])], -Math.log(0.3)],
  ])("%s", (_, loss, inputs, expected) => {
    const before = onWarning(null);
    expect(loss.forward(...inputs).itemSync()).toBeCloseTo(expected, 4);
    onWarning(before);
    expect(String(loss)).toBe(`${loss.constructor.name}()`);
  });
  it("weights are buffers", () => {
    const loss = new BCEWithLogitsLoss({ weight: ones([2]), posWeight: ones([1]) });
    expect(Object.keys(loss.stateDict())).toEqual(["weight", "pos_weight"]);
    expect(Object.keys(new CrossEntropyLoss().stateDict())).toEqual([]);
  });
});

describe("CTCLoss", () => {
  const classes = 3, times = 4, logs = tensor(Float64Array.from({ length: times * classes }, (_, i) => Math.sin(3 * i))).reshape([times, 1, classes]).logSoftmax(2);
  /** The sum over all paths that collapse to the target. */
  const byHand = (target: number[], steps: number): number => {
    const p = logs.exp().reshape([times, classes]).toArraySync() as number[][];
    let total = 0;
    for (let k = 0; k < classes ** steps; k++) {
      const path = Array.from({ length: steps }, (_, t) => Math.floor(k / classes ** t) % classes);
      const collapsed = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
      if (collapsed.join() === target.join()) total += path.reduce((product, c, t) => product * p[t][c], 1);
    }
    return -Math.log(total);
  };
  it.each([[[1, 2], 4], [[1, 1], 4], [[2], 3], [[], 2], [[1, 2, 1], 4]] as [number[], number][])("of %j in %d steps is the sum over all paths", (target, steps) => {
    const padded = int([...target, 0, 0, 0].slice(0, 3)).reshape([1, 3]);
    const loss = new CTCLoss({ reduction: "sum" }).forward(logs, padded, [steps], [target.length]);
    expect(loss.itemSync()).toBeCloseTo(byHand(target, steps), 10);
  });
  it("is infinite where the input is too short, or 0 if asked; takes targets one after another", () => {
    const impossible = (zeroInfinity: boolean): number => new CTCLoss({ zeroInfinity }).forward(logs, int([1, 1, 1]).reshape([1, 3]), [3], [3]).itemSync();
    expect([impossible(false), impossible(true)]).toEqual([Infinity, 0]);
    const two = logs.expand([times, 2, classes]), apart = new CTCLoss().forward(two, int([1, 2, 2]), int([4, 3]), int([2, 1]));
    expect(apart.itemSync()).toBeCloseTo((byHand([1, 2], 4) / 2 + byHand([2], 3)) / 2, 10);
    expect(() => new CTCLoss().forward(logs, int([1]), [5], [1])).toThrow("Expected input_lengths to have value at most 4, but got value 5");
  });
});

describe("refused, or warned of, in PyTorch's words", () => {
  it.each<[string, () => unknown]>([
    ["foo is not a valid value for reduction", () => new NLLLoss({ reduction: "foo" as never }).forward(ones([2, 3]), int([0, 1]))],
    ["foo is not valid", () => new PoissonNLLLoss({ reduction: "foo" as never }).forward(x, y)],
    ["Expected input batch_size (3) to match target batch_size (2).", () => new CrossEntropyLoss().forward(ones([3, 4]), int([0, 1]))],
    ["Target 3 is out of bounds.", () => new CrossEntropyLoss().forward(ones([2, 3]), int([0, 3]))],
    ["expected scalar type Int but found Float", () => new CrossEntropyLoss().forward(ones([2, 3]), ones([2]))],
    ["Expected target size [2, 4], got [2, 5]", () => new NLLLoss().forward(ones([2, 3, 4]), zeros([2, 5], { dtype: "int32" }))],
    ["weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: [2]", () => new NLLLoss({ weight: ones([2]) }).forward(ones([2, 3]), int([0, 1]))],
    ["all elements of input should be between 0 and 1", () => new BCELoss().forward(tensor([1.5]), tensor([1]))],
    ["Using a target size (torch.Size([2])) that is different to the input size (torch.Size([1])) is deprecated. Please ensure they have the same size.", () => new BCELoss().forward(tensor([0.5]), tensor([1, 0]))],
    ["Target size (torch.Size([2])) must be the same as input size (torch.Size([1]))", () => new BCEWithLogitsLoss().forward(tensor([0.5]), tensor([1, 0]))],
    ["huber_loss does not support non-positive values for delta.", () => new HuberLoss({ delta: 0 }).forward(x, y)],
    ["only p == 1 and p == 2 supported", () => new MultiMarginLoss({ p: 3 as never }).forward(ones([1, 2]), int([0]))],
    ["var is of incorrect size", () => new GaussianNLLLoss().forward(x, y, ones([3]))],
    ["1D target tensor expects 2D input tensors, but found inputs with sizes [2] and [2].", () => new CosineEmbeddingLoss().forward(x, y, x)],
  ])("%s", (message, run) => expect(run).toThrow(message));
  it("warns of broadcasts, of KL's mean and of old options", () => {
    const log: string[] = [], before = onWarning((message) => log.push(message));
    new L1Loss({ sizeAverage: false }).forward(ones([2, 1]), ones([2]));
    new KLDivLoss().forward(zeros([2]), ones([2]));
    onWarning(before);
    expect(log).toEqual([
      "size_average and reduce args will be deprecated, please use reduction='sum' instead.",
      "Using a target size (torch.Size([2])) that is different to the input size (torch.Size([2, 1])). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
      expect.stringMatching(/^reduction: 'mean' divides the total loss by both the batch size and the support size\./),
    ]);
  });
});
