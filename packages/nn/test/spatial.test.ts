/** Convolutions, pooling, resizing as modules: printed, initialised, called, copied. */
import { cpu } from "@adjoint/backend-cpu-js";
import { conv2d, manualSeed, maxUnpool2d, ones, pad, randn, setDefaultDevice, tensor } from "@adjoint/core";
import {
  AdaptiveAvgPool2d, AdaptiveMaxPool1d, AvgPool1d, AvgPool2d, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, Fold, FractionalMaxPool2d, LPPool1d, MaxPool2d, MaxUnpool2d, type Module, ReLU, Sequential, Unfold, Upsample, UpsamplingBilinear2d,
} from "@adjoint/nn";
import { beforeEach, describe, expect, test } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(11));

describe("printed as PyTorch prints them", () => {
  test.each<[string, () => Module]>([
    ["Conv1d(4, 5, kernel_size=(3,), stride=(1,), padding=same)", () => new Conv1d(4, 5, 3, { padding: "same" })],
    ["Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), dilation=(2, 1), groups=2, bias=False, padding_mode=circular)", () => new Conv2d(4, 6, 3, { padding: 1, dilation: [2, 1], groups: 2, bias: false, paddingMode: "circular" })],
    ["Conv3d(2, 3, kernel_size=(2, 3, 2), stride=(1, 1, 1))", () => new Conv3d(2, 3, [2, 3, 2])],
    ["ConvTranspose2d(3, 4, kernel_size=(3, 3), stride=(2, 3), padding=(1, 1), dilation=(2, 2), output_padding=(1, 1), bias=False)", () => new ConvTranspose2d(3, 4, 3, { stride: [2, 3], padding: 1, dilation: 2, outputPadding: 1, bias: false })],
    ["MaxPool2d(kernel_size=(3, 3), stride=2, padding=0, dilation=1, ceil_mode=False)", () => new MaxPool2d([3, 3], { stride: 2 })],
    ["AvgPool1d(kernel_size=(2,), stride=(2,), padding=(1,))", () => new AvgPool1d(2, { padding: 1 })],
    ["AvgPool2d(kernel_size=2, stride=2, padding=0)", () => new AvgPool2d(2)],
    ["LPPool1d(norm_type=2, kernel_size=2, stride=None, ceil_mode=False)", () => new LPPool1d(2, 2)],
    ["AdaptiveAvgPool2d(output_size=(3, None))", () => new AdaptiveAvgPool2d([3, null])],
    ["MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))", () => new MaxUnpool2d(2)],
    ["FractionalMaxPool2d()", () => new FractionalMaxPool2d(2, { outputRatio: 0.5 })],
    ["Fold(output_size=3, kernel_size=2, dilation=1, padding=0, stride=1)", () => new Fold(3, 2)],
    ["Unfold(kernel_size=(2, 3), dilation=1, padding=1, stride=1)", () => new Unfold([2, 3], { padding: 1 })],
    ["Upsample(scale_factor=2.0, mode=bilinear)", () => new Upsample({ scaleFactor: 2, mode: "bilinear" })],
    ["UpsamplingBilinear2d(size=(4, 4), mode=bilinear)", () => new UpsamplingBilinear2d({ size: [4, 4] })],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
});

test("parameters: their order, shapes and spread", () => {
  const conv = new Conv2d(4, 64, 3, { groups: 2 }), up = new ConvTranspose1d(8, 4, 5, { groups: 4 });
  expect(conv.namedParameters().map(([name, x]) => [name, x.shape])).toEqual([["weight", [64, 2, 3, 3]], ["bias", [64]]]);
  expect(up.weight.shape).toEqual([8, 1, 5]);
  for (const x of conv.parameters()) {
    expect(x.abs().max().itemSync()).toBeLessThanOrEqual(1 / Math.sqrt(18));
    expect(x.max().itemSync()).toBeGreaterThan(0.8 / Math.sqrt(18));
  }
});

test.each(["reflect", "replicate", "circular"] as const)("padding with %s", (paddingMode) => {
  const conv = new Conv2d(2, 3, [3, 2], { padding: [1, 2], paddingMode }), same = new Conv2d(2, 3, [3, 2], { padding: "same", paddingMode }), x = randn([1, 2, 5, 4]);
  expect(difference(conv.forward(x), conv2d(pad(x, [2, 2, 1, 1], { mode: paddingMode }), conv.weight, { bias: conv.bias! }))).toBe(0);
  expect(difference(same.forward(x), conv2d(pad(x, [0, 1, 1, 1], { mode: paddingMode }), same.weight, { bias: same.bias! }))).toBe(0);
});

test("a transposed convolution of a given output size", () => {
  const up = new ConvTranspose2d(1, 1, 3, { stride: 2 }), x = randn([1, 1, 3, 3]);
  expect(up.forward(x).shape).toEqual([1, 1, 7, 7]);
  expect(up.forward(x, { outputSize: [8, 7] }).shape).toEqual([1, 1, 8, 7]);
  expect(() => up.forward(x, { outputSize: [9, 7] })).toThrow("requested an output size of [9, 7], but valid sizes range from [7, 7] to [8, 8] (for an input of torch.Size([3, 3]))");
});

test("in a network, copied, with indices and back", () => {
  const net = new Sequential(new Conv2d(1, 2, 3), new ReLU(), new MaxPool2d(2), new Upsample({ scaleFactor: 2 })), x = randn([2, 1, 6, 6], { requiresGrad: true });
  const y = net.forward(x);
  expect(y.shape).toEqual([2, 2, 4, 4]);
  y.sum().backward();
  expect([x.grad!.shape, ...net.parameters().map((p) => p.grad!.shape)]).toEqual([[2, 1, 6, 6], [2, 1, 3, 3], [2]]);
  expect(difference(net.copy().forward(x), y)).toBe(0);
  const { values, indices } = new MaxPool2d(2, { returnIndices: true }).forward(x);
  expect(difference(new MaxUnpool2d(2).forward(values, indices), maxUnpool2d(values, indices, 2))).toBe(0);
  expect(new AdaptiveMaxPool1d(2, { returnIndices: true }).forward(tensor([[1, 3, 2]])).indices.toArraySync()).toEqual([[1, 1]]);
  expect(new Fold([3, 3], 2).forward(new Unfold(2).forward(ones([1, 1, 3, 3]))).toArraySync()).toEqual([[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]);
});

test.each<readonly [string, () => unknown, string]>([
  ["groups that do not divide the input", () => new Conv1d(3, 4, 2, { groups: 2 }), "in_channels must be divisible by groups"],
  ["groups that do not divide the output", () => new Conv1d(4, 3, 2, { groups: 2 }), "out_channels must be divisible by groups"],
  ["the same size with stride", () => new Conv2d(1, 1, 2, { stride: [1, 2], padding: "same" }), "padding='same' is not supported for strided convolutions"],
  ["an unknown padding mode", () => new Conv1d(1, 1, 1, { paddingMode: "mirror" as never }), "padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='mirror'"],
  ["a transposed convolution that pads otherwise", () => new ConvTranspose1d(1, 1, 1, { paddingMode: "reflect" as never }), 'Only "zeros" padding mode is supported for ConvTranspose1d'],
  ["fractional pooling of no size", () => new FractionalMaxPool2d(2, {}), "FractionalMaxPool2d requires specifying either an output size, or a pooling ratio"],
])("refuses %s", (_, run, text) => expect(run).toThrow(text));
