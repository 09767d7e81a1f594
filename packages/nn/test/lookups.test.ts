import { cpu } from "@adjoint/backend-cpu-js";
import { manualSeed, ones, randn, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import {
  Bilinear, ChannelShuffle, ConstantPad1d, ConstantPad3d, CosineSimilarity, Embedding, EmbeddingBag, GLU, LazyBatchNorm1d, LazyConv2d, LazyConvTranspose1d, LazyInstanceNorm2d, LazyLinear, Linear, type Module, PairwiseDistance, PixelShuffle, PixelUnshuffle, PReLU, ReflectionPad1d,
  ReflectionPad2d, ReplicationPad2d, RReLU, TripletMarginLoss, TripletMarginWithDistanceLoss, ZeroPad2d,
} from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(2));
const int = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("printed as PyTorch prints them", () => {
  it.each<[string, () => Module]>([
    ["Embedding(4, 3, padding_idx=1, max_norm=2.0, norm_type=1.0, scale_grad_by_freq=True, sparse=True)", () => new Embedding(4, 3, { paddingIdx: 1, maxNorm: 2, normType: 1, scaleGradByFreq: true, sparse: true })],
    ["EmbeddingBag(4, 3, mode=max, padding_idx=1)", () => new EmbeddingBag(4, 3, { mode: "max", paddingIdx: 1 })],
    ["Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)", () => new Bilinear(2, 3, 4)],
    ["LazyLinear(in_features=0, out_features=4, bias=True)", () => new LazyLinear(4)],
    ["ConstantPad1d(padding=(1, 2), value=2.0)", () => new ConstantPad1d([1, 2], 2)],
    ["ZeroPad2d((1, 1, 1, 1))", () => new ZeroPad2d(1)],
    ["ReflectionPad2d((1, 1, 2, 0))", () => new ReflectionPad2d([1, 1, 2, 0])],
    ["PixelShuffle(upscale_factor=2)", () => new PixelShuffle(2)],
    ["ChannelShuffle(groups=2)", () => new ChannelShuffle(2)],
    ["PReLU(num_parameters=3)", () => new PReLU(3)],
    ["RReLU(lower=0.125, upper=0.3333333333333333)", () => new RReLU()],
    ["GLU(dim=-1)", () => new GLU()],
    ["PairwiseDistance()", () => new PairwiseDistance()],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
});

describe("Embedding", () => {
  it("shortens the rows that it looks up, and no other", () => {
    const layer = new Embedding(3, 2, { maxNorm: 1 });
    layer.loadStateDict({ weight: tensor([[3, 4], [3, 4], [0.1, 0]]) });
    expect(difference(layer.forward(int([1, 2, 1])), tensor([[0.6, 0.8], [0.1, 0], [0.6, 0.8]]))).toBeLessThan(1e-6);
    expect(layer.weight.toArraySync()).toEqual([[3, 4], [expect.closeTo(0.6, 5), expect.closeTo(0.8, 5)], [expect.closeTo(0.1, 6), 0]]);
  });
  it("divides gradients by how often a row is looked up", () => {
    const layer = new Embedding(3, 1, { scaleGradByFreq: true });
    layer.forward(int([2, 0, 2])).sum().backward();
    expect(layer.weight.grad!.toArraySync()).toEqual([[1], [0], [1]]);
  });
  it("is made of rows that are there", () => {
    const layer = Embedding.fromPretrained(tensor([[1, 2], [3, 4]]), { paddingIdx: 0 });
    expect([layer.forward(int([1])).toArraySync(), layer.weight.requiresGrad, layer.paddingIdx]).toEqual([[[3, 4]], false, 0]);
    expect(Embedding.fromPretrained(ones([2, 2]), { freeze: false }).weight.requiresGrad).toBe(true);
  });
});

describe("EmbeddingBag", () => {
  const rows = tensor([[1, -1], [2, 0], [4, 5]]), input = int([0, 2, 1, 2]), offsets = int([0, 2, 2]);
  it.each([
    ["sum", {}, [[5, 4], [0, 0], [6, 5]]],
    ["mean", {}, [[2.5, 2], [0, 0], [3, 2.5]]],
    ["max", {}, [[4, 5], [0, 0], [4, 5]]],
    ["sum", { paddingIdx: 2 }, [[1, -1], [0, 0], [2, 0]]],
    ["mean", { paddingIdx: -1 }, [[1, -1], [0, 0], [2, 0]]],
  ] as const)("%s of bags %j", (mode, options, expected) => {
    const layer = new EmbeddingBag(3, 2, { mode, ...options });
    layer.loadStateDict({ weight: rows });
    expect(layer.forward(input, { offsets }).toArraySync()).toEqual(expected);
    const fixed = new EmbeddingBag(3, 2, { mode, ...options, includeLastOffset: true });
    fixed.loadStateDict({ weight: rows });
    expect(fixed.forward(input, { offsets: int([0, 2, 2, 4]) }).toArraySync()).toEqual(expected);
    expect(layer.forward(input.reshape([2, 2])).toArraySync()).toEqual([expected[0], expected[2]]);
  });
  it("weighs rows, and gives gradients", () => {
    const layer = new EmbeddingBag(3, 2, { mode: "sum" });
    layer.forward(input.reshape([2, 2]), { perSampleWeights: tensor([[1, 2], [3, 4]]) }).sum().backward();
    expect(layer.weight.grad!.toArraySync()).toEqual([[1, 1], [3, 3], [6, 6]]);
    expect(() => new EmbeddingBag(3, 2).forward(input)).toThrow("offsets has to be a 1D Tensor but got None");
  });
});

describe("shapes", () => {
  it("pads", () => {
    const x = tensor([[[1, 2, 3]]]);
    expect(new ReflectionPad1d([2, 1]).forward(x).toArraySync()).toEqual([[[3, 2, 1, 2, 3, 2]]]);
    expect(new ReplicationPad2d([1, 0, 0, 1]).forward(x).toArraySync()).toEqual([[[1, 1, 2, 3], [1, 1, 2, 3]]]);
    expect(new ConstantPad3d([0, 1, 0, 0, 0, 0], 9).forward(x).toArraySync()).toEqual([[[1, 2, 3, 9]]]);
    expect(() => new ReflectionPad1d(3).forward(x)).toThrow("Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (3, 3) at dimension 2 of input [1, 1, 3]");
  });
  it("shuffles pixels there and back, and channels", () => {
    const x = randn([2, 8, 2, 3]);
    expect(new PixelShuffle(2).forward(x).shape).toEqual([2, 2, 4, 6]);
    expect(difference(new PixelUnshuffle(2).forward(new PixelShuffle(2).forward(x)), x)).toBe(0);
    expect(new ChannelShuffle(2).forward(tensor([1, 2, 3, 4]).reshape([1, 4, 1])).reshape([4]).toArraySync()).toEqual([1, 3, 2, 4]);
    expect(() => new PixelShuffle(2).forward(ones([1, 3, 2, 2]))).toThrow("pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=3 is not divisible by 4");
  });
});

describe("gates and forms", () => {
  it("PReLU learns a slope for each channel", () => {
    const layer = new PReLU(2), x = tensor([[-1, 2], [3, -4]]);
    expect(layer.forward(x).toArraySync()).toEqual([[-0.25, 2], [3, -1]]);
    layer.forward(x).sum().backward();
    expect(layer.weight.grad!.toArraySync()).toEqual([-1, -4]);
    expect(() => layer.forward(ones([1, 3, 2]))).toThrow("Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and channel size = 3.");
  });
  it("RReLU draws slopes while training", () => {
    const slopes = new RReLU(0.1, 0.9).forward(ones([500]).neg()).neg();
    expect([slopes.min().itemSync() >= 0.1, slopes.max().itemSync() <= 0.9, slopes.mean().itemSync()]).toEqual([true, true, expect.closeTo(0.5, 1)]);
    expect(new RReLU(0.1, 0.9).eval().forward(tensor([-1, 1])).toArraySync()).toEqual([-0.5, 1]);
  });
  it("GLU halves", () => {
    expect(new GLU().forward(tensor([[2, 0]])).toArraySync()).toEqual([[1]]);
    expect(() => new GLU().forward(ones([3]))).toThrow("Halving dimension must be even, but dimension 0 is size 3");
  });
  it("Bilinear is linear in each", () => {
    const layer = new Bilinear(2, 3, 1, { bias: false });
    layer.loadStateDict({ weight: tensor([[[1, 0, 0], [0, 0, 2]]]) });
    expect(layer.forward(tensor([[3, 5]]), tensor([[7, 11, 13]])).toArraySync()).toEqual([[3 * 7 + 2 * 5 * 13]]);
  });
  it("distances", () => {
    expect(new PairwiseDistance({ p: 1, keepdim: true }).forward(tensor([[1, 2]]), tensor([[3, 5]])).toArraySync()).toEqual([[expect.closeTo(5, 4)]]);
    expect(new CosineSimilarity().forward(tensor([[1, 0]]), tensor([[3, 3]])).itemSync()).toBeCloseTo(Math.SQRT1_2, 6);
    const [a, p, n] = [tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 2]])];
    expect(new TripletMarginLoss({ margin: 0.5 }).forward(a, p, n).itemSync()).toBeCloseTo(5 - 2 + 0.5, 4);
    expect(new TripletMarginLoss({ margin: 0.5, swap: true, p: 1 }).forward(a, p, n).itemSync()).toBeCloseTo(7 - 2 + 0.5, 4);
    const distanceFunction = (x: Tensor, y: Tensor): Tensor => x.sub(y).abs().amax(1);
    expect(new TripletMarginWithDistanceLoss({ distanceFunction }).forward(a, p, n).itemSync()).toBe(4 - 2 + 1);
    expect(new TripletMarginWithDistanceLoss({ distanceFunction: new PairwiseDistance() }).forward(a, p, n).itemSync()).toBeCloseTo(4, 4);
  });
  it.each<[Module & { forward(x: Tensor): Tensor }, number[], string]>([
    [new LazyConv2d(4, 3, { groups: 2 }), [1, 6, 3, 3], "Conv2d(6, 4, kernel_size=(3, 3), stride=(1, 1), groups=2)"],
    [new LazyConvTranspose1d(4, 3), [2, 5, 3], "ConvTranspose1d(5, 4, kernel_size=(3,), stride=(1,))"],
    [new LazyBatchNorm1d(), [4, 3], "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)"],
    [new LazyInstanceNorm2d({ affine: true }), [3, 2, 2], "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=False)"],
  ])("%s becomes what it stands for", (layer, shape, text) => {
    layer.registerForwardPreHook(() => undefined);
    layer.forward(randn(shape));
    expect([String(layer), layer.parameters().every((x) => x.requiresGrad && x.numel() > 0)]).toEqual([text, true]);
    const before = layer.parameters();
    layer.forward(randn(shape));
    expect(layer.parameters().every((x, i) => x === before[i])).toBe(true);
  });
  it("LazyLinear becomes a Linear at its first call", () => {
    const layer = new LazyLinear(2), out = layer.forward(ones([4, 3]));
    expect([out.shape, layer.constructor.name, String(layer), layer.weight.shape]).toEqual([[4, 2], "Linear", "Linear(in_features=3, out_features=2, bias=True)", [2, 3]]);
    expect(layer.weight.abs().max().itemSync()).toBeGreaterThan(0);
    expect(layer instanceof Linear && layer.parameters().length).toBe(2);
  });
});
