import { cpu } from "@adjoint/backend-cpu-js";
import { manualSeed, ones, randn, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import {
  AlphaDropout, BatchNorm1d, BatchNorm2d, BatchNorm3d, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout, GroupNorm, InstanceNorm1d, InstanceNorm2d, LayerNorm, LocalResponseNorm, type Module,
} from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(5));

describe("printed as PyTorch prints them", () => {
  it.each<[string, () => Module]>([
    ["BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)", () => new BatchNorm1d(3)],
    ["BatchNorm2d(3, eps=0.01, momentum=None, affine=False, track_running_stats=False)", () => new BatchNorm2d(3, { eps: 0.01, momentum: null, affine: false, trackRunningStats: false })],
    ["InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)", () => new InstanceNorm2d(3)],
    ["GroupNorm(3, 6, eps=0.001, affine=True)", () => new GroupNorm(3, 6, { eps: 1e-3 })],
    ["LocalResponseNorm(3, alpha=0.5, beta=0.6, k=2.0)", () => new LocalResponseNorm(3, { alpha: 0.5, beta: 0.6, k: 2 })],
    ["Dropout2d(p=0.3, inplace=False)", () => new Dropout2d(0.3)],
    ["FeatureAlphaDropout(p=0.5, inplace=False)", () => new FeatureAlphaDropout()],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
});

describe("BatchNorm", () => {
  it("normalises while training, and its statistics follow", () => {
    const layer = new BatchNorm1d(2), x = tensor([[1, 10], [3, 30]]);
    expect(difference(layer.forward(x), tensor([[-1, -1], [1, 1]]))).toBeLessThan(1e-4);
    expect(layer.running_mean!.toArraySync()).toEqual([expect.closeTo(0.2, 6), expect.closeTo(2, 6)]);
    expect(layer.running_var!.toArraySync()).toEqual([expect.closeTo(0.9 + 0.1 * 2, 6), expect.closeTo(0.9 + 0.1 * 200, 4)]); // the unbiased one
    expect([layer.num_batches_tracked!.itemSync(), Object.keys(layer.stateDict())]).toEqual([1, ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]]);
    layer.eval();
    expect(difference(layer.forward(x).narrow(1, 0, 1), x.narrow(1, 0, 1).sub(0.2).div(Math.sqrt(1.1 + 1e-5)))).toBeLessThan(1e-6);
    expect(layer.num_batches_tracked!.itemSync()).toBe(1);
  });
  it("without momentum averages over all batches; without tracking always uses the batch", () => {
    const layer = new BatchNorm1d(1, { momentum: null });
    for (const values of [[1, 3], [5, 7], [0, 2]]) layer.forward(tensor(values, { shape: [2, 1] }));
    expect([layer.running_mean!.itemSync(), layer.running_var!.itemSync()]).toEqual([expect.closeTo((2 + 6 + 1) / 3, 5), expect.closeTo(2, 5)]);
    const untracked = new BatchNorm1d(1, { trackRunningStats: false }).eval();
    expect(difference(untracked.forward(tensor([[1], [3]])), tensor([[-1], [1]]))).toBeLessThan(1e-4);
  });
  it("trains through its statistics", () => {
    const layer = new BatchNorm2d(2), x = randn([2, 2, 3, 3], { requiresGrad: true });
    layer.forward(x).square().sum().backward();
    expect(x.grad!.abs().max().itemSync()).toBeLessThan(1e-3); // the output has variance 1, whatever x is
    expect(layer.weight!.grad!.toArraySync()).toEqual([expect.closeTo(36, 2), expect.closeTo(36, 2)]);
    expect([layer.running_mean!.requiresGrad, new BatchNorm3d(1).forward(randn([1, 1, 2, 2, 2])).shape]).toEqual([false, [1, 1, 2, 2, 2]]);
  });
});

describe("the others", () => {
  it("one group is a layer norm, as many groups as channels an instance norm", () => {
    const x = randn([2, 4, 3]);
    expect(difference(new GroupNorm(1, 4).forward(x), new LayerNorm([4, 3], { elementwiseAffine: false }).forward(x))).toBeLessThan(1e-5);
    expect(difference(new GroupNorm(4, 4).forward(x), new InstanceNorm1d(4).forward(x))).toBeLessThan(1e-5);
    expect(difference(new InstanceNorm1d(4).forward(x.select(0, 1)), new InstanceNorm1d(4).forward(x).select(0, 1))).toBeLessThan(1e-6);
  });
  it("InstanceNorm tracks the mean over the batch", () => {
    const layer = new InstanceNorm1d(1, { trackRunningStats: true, momentum: 0.5 });
    layer.forward(tensor([[[1, 3]], [[5, 7]]]));
    expect([layer.running_mean!.itemSync(), layer.running_var!.itemSync()]).toEqual([2, 1.5]);
    expect(layer.eval().forward(tensor([[[2, 2]]])).toArraySync()).toEqual([[[0, 0]]]);
  });
  it("LocalResponseNorm divides by what is around", () => {
    const out = new LocalResponseNorm(3, { alpha: 3, beta: 1, k: 1 }).forward(tensor([[[1], [2], [3]]]));
    expect(out.toArraySync()).toEqual([[[expect.closeTo(1 / 6, 6)], [expect.closeTo(2 / 15, 6)], [expect.closeTo(3 / 14, 6)]]]);
  });
});

describe("dropout of channels", () => {
  it.each<[string, Module & { forward(x: Tensor): Tensor }, number[]]>([["1d", new Dropout1d(), [40, 5, 3]], ["2d", new Dropout2d(), [40, 5, 3, 1]], ["3d", new Dropout3d(), [40, 5, 1, 3, 1]]])("%s drops them whole", (_, layer, shape) => {
    const out = layer.forward(ones(shape)).reshape([200, 3]);
    expect(new Set((out.toArraySync() as number[][]).map(String))).toEqual(new Set(["0,0,0", "2,2,2"]));
    expect(layer.eval().forward(ones(shape)).mean().itemSync()).toBe(1);
  });
  it("alpha dropout keeps mean and variance", () => {
    for (const layer of [new AlphaDropout(0.3), new FeatureAlphaDropout(0.3)]) {
      const out = layer.forward(randn([500, 40]));
      expect([out.mean().itemSync(), out.std().itemSync()]).toEqual([expect.closeTo(0, 1), expect.closeTo(1, 1)]);
    }
    expect(new AlphaDropout(1).forward(ones([2])).toArraySync()).toEqual([0, 0]);
  });
});

describe("refused in PyTorch's words", () => {
  it.each<[string, () => unknown]>([
    ["expected 4D input (got 3D input)", () => new BatchNorm2d(3).forward(ones([2, 3, 4]))],
    ["expected 2D or 3D input (got 4D input)", () => new BatchNorm1d(3).forward(ones([2, 3, 4, 1]))],
    ["running_mean should contain 4 elements not 3", () => new BatchNorm1d(3).forward(ones([2, 4]))],
    ["Expected more than 1 value per channel when training, got input size torch.Size([1, 3])", () => new BatchNorm1d(3).forward(ones([1, 3]))],
    ["Expected more than 1 spatial element when training, got input size torch.Size([2, 3, 1])", () => new InstanceNorm1d(3).forward(ones([2, 3, 1]))],
    ["num_channels must be divisible by num_groups", () => new GroupNorm(2, 3)],
    ["Expected number of channels in input to be divisible by num_groups, but got input of shape [2, 3, 4] and num_groups=2", () => new GroupNorm(2, 4).forward(ones([2, 3, 4]))],
    ["Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape [4] and input of shape [2, 6, 4]", () => new GroupNorm(2, 4).forward(ones([2, 6, 4]))],
    ["dropout1d: Expected 2D or 3D input, but received a 1D input.", () => new Dropout1d().forward(zeros([3]))],
    ["dropout probability has to be between 0 and 1, but got -0.5", () => new Dropout3d(-0.5)],
  ])("%s", (message, run) => expect(run).toThrow(message));
});
