/** Resizing, windows as columns, grids, fractional windows: results worked out by hand, adjoints, and what is refused. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  affineGrid, arange, fold, fractionalMaxPool2d, func, gridSample, interpolate, manualSeed, onWarning, ones, rand, randn, setDefaultDevice, stack, tensor, type Tensor, unfold,
} from "@adjoint/core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
beforeEach(() => manualSeed(5));
const near = (a: unknown, b: unknown): void => {
  expect((a as Tensor).shape).toEqual((b as Tensor).shape);
  expect((a as Tensor).sub(b as Tensor).abs().max().itemSync()).toBeLessThan(1e-10);
};

describe("unfold and fold", () => {
  test("by hand", () => {
    expect(unfold(arange(0, 4).float().reshape([1, 2, 2]), [1, 2]).toArraySync()).toEqual([[0, 2], [1, 3]]);
    expect(unfold(arange(1, 4).float().reshape([1, 1, 3]), [1, 2], { padding: [0, 1], stride: [1, 3] }).toArraySync()).toEqual([[0, 3], [1, 0]]);
    expect(fold(ones([2, 2]), [1, 3], [1, 2]).toArraySync()).toEqual([[[1, 2, 1]]]);
  });
  test("are each other's adjoint", () => {
    const options = { padding: 1, stride: [2, 1], dilation: [1, 2] }, x = randn([2, 3, 5, 6], { dtype: "float64" }), y = unfold(x, [2, 3], options), ct = randn([...y.shape], { dtype: "float64" });
    near(y.mul(ct).sum(), x.mul(fold(ct, [5, 6], [2, 3], options)).sum());
  });
  test.each<readonly [string, () => unknown, string]>([
    ["no window at all", () => unfold(ones([1, 2, 2]), 3), "Given input with spatial size (2, 2), kernel_size=(3, 3), dilation=(1, 1), padding=(0, 0), calculated shape of the array of sliding blocks as (0, 0), but its components must be at least one."],
    ["rows that do not fit", () => fold(ones([3, 2]), [1, 3], [1, 2]), "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=3 and kernel_size=(1, 2)."],
    ["another number of windows", () => fold(ones([2, 3]), [1, 3], [1, 2]), "expected size of input's dimension 2 to match the calculated number of sliding blocks 1 * 2 = 2, but got input.size(2)=3."],
    ["a vector", () => unfold(ones([4]), 2), "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: [4]"],
  ])("refuse %s", (_, run, text) => expect(run).toThrow(text));
});

describe("interpolate", () => {
  const line = (): Tensor => tensor([[[1, 2, 4]]]);
  test.each([
    ["nearest", { size: 6 }, [1, 1, 2, 2, 4, 4]], ["nearest", { scaleFactor: 0.7 }, [1, 2]], ["nearest-exact", { size: 2 }, [1, 4]],
    ["linear", { size: 6 }, [1, 1.25, 1.75, 2.5, 3.5, 4]], ["linear", { size: 5, alignCorners: true }, [1, 1.5, 2, 3, 4]], ["area", { size: 2 }, [1.5, 3]],
  ] as const)("%s %j", (mode, options, expected) => expect(interpolate(line(), { mode, ...options }).toArraySync()).toEqual([[expected]]));
  test("a constant image stays constant, smoothed or not; an image of the same size stays itself", () => {
    const x = ones([1, 1, 7, 9]), y = randn([1, 2, 5, 4]);
    for (const mode of ["bilinear", "bicubic"] as const) for (const antialias of [false, true]) {
      expect(interpolate(x, { size: [3, 4], mode, antialias }).sub(1).abs().max().itemSync()).toBeLessThan(1e-6);
      expect(interpolate(y, { size: [5, 4], mode, antialias }).sub(y).abs().max().itemSync()).toBeLessThan(1e-6);
    }
    expect(interpolate(tensor([[[7, 9]]], { dtype: "uint8" }), { scaleFactor: 2 }).dtype).toBe("uint8");
  });
  test("a mean of a 16-bit float is rounded once", () => expect(interpolate(tensor([[[1, 1.0009765625]]], { dtype: "float16" }), { size: 3, mode: "linear", alignCorners: true }).dtype).toBe("float16"));
  test.each<readonly [string, () => unknown, string]>([
    ["neither a size nor a factor", () => interpolate(line(), {}), "either size or scale_factor should be defined"],
    ["both", () => interpolate(line(), { size: 2, scaleFactor: 2 }), "only one of size or scale_factor should be defined"],
    ["corners of the nearest", () => interpolate(line(), { size: 2, alignCorners: true }), "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"],
    ["another rank", () => interpolate(line(), { size: 2, mode: "bilinear" }), "Got 3D input, but bilinear mode needs 4D input"],
    ["too many sizes", () => interpolate(line(), { size: [2, 2] }), "Input and output must have the same number of spatial dimensions"],
    ["smoothing of the nearest", () => interpolate(line(), { size: 2, antialias: true }), "Anti-alias option is only supported for bilinear and bicubic modes"],
  ])("refuses %s", (_, run, text) => expect(run).toThrow(text));
});

describe("grids", () => {
  test("the identity reads the image itself; a warning where the corners are not spoken of", () => {
    const texts: string[] = [], before = onWarning((text) => texts.push(text));
    const x = randn([2, 3, 4, 5], { dtype: "float64" }), theta = tensor([1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0], { shape: [2, 2, 3], dtype: "float64" });
    for (const alignCorners of [true, false]) near(gridSample(x, affineGrid(theta, x.shape, { alignCorners }), { alignCorners }), x);
    expect(texts).toEqual([]);
    near(gridSample(x, affineGrid(theta, x.shape)), x);
    onWarning(before);
    expect(texts.map((text) => text.slice(0, 60))).toEqual(Array(2).fill("Default grid_sample and affine_grid behavior has changed to "));
  });
  test("beyond the edges: zeros, the border, the image mirrored", () => {
    const x = tensor([[[[1, 2, 3]]]]), at = (v: number): Tensor => tensor([v, 0], { shape: [1, 1, 1, 2] });
    const read = (paddingMode: "zeros" | "border" | "reflection", v: number): number => gridSample(x, at(v), { paddingMode, alignCorners: true }).itemSync();
    expect([read("zeros", 3), read("border", 3), read("reflection", 1.5), read("reflection", 3), read("reflection", -3.5)]).toEqual([0, 3, 2.5, 1, 2.5]);
  });
  test("vmap is the loop", () => {
    const x = randn([3, 1, 2, 4, 5], { dtype: "float64" }), g = rand([3, 1, 2, 3, 2], { dtype: "float64" }), f = (p: Tensor, q: Tensor): Tensor => gridSample(p, q, { alignCorners: false });
    near(func.vmap(f)(x, g), stack([0, 1, 2].map((i) => f(x.select(0, i), g.select(0, i)))));
  });
  test.each<readonly [string, () => unknown, string]>([
    ["another batch", () => gridSample(ones([2, 1, 2, 2]), ones([1, 2, 2, 2]), { alignCorners: false }), "grid_sampler(): expected grid and input to have same batch size, but got input with sizes [2, 1, 2, 2] and grid with sizes [1, 2, 2, 2]"],
    ["points of three numbers", () => gridSample(ones([1, 1, 2, 2]), ones([1, 2, 2, 3]), { alignCorners: false }), "grid_sampler(): expected grid to have size 2 in last dimension, but got grid with sizes [1, 2, 2, 3]"],
    ["maps of another shape", () => affineGrid(ones([1, 3, 3]), [1, 1, 2, 2]), "Expected a batch of 2D affine matrices of shape Nx2x3 for size [1, 1, 2, 2]. Got [1, 3, 3]."],
  ])("refuse %s", (_, run, text) => expect(run).toThrow(text));
});

test("fractional windows reach from edge to edge, as the given numbers say", () => {
  const x = arange(0, 49).float().reshape([1, 7, 7]);
  const { values, indices } = fractionalMaxPool2d(x, 2, { outputSize: 3, _randomSamples: tensor([0, 0.5], { shape: [1, 1, 2] }), returnIndices: true });
  // alpha is 2.5: columns begin at 0, 2, 5; rows at floor((i + 0.5) 2.5) - floor(1.25) = 0, 2, 5.
  expect(values.toArraySync()).toEqual([[[8, 10, 13], [22, 24, 27], [43, 45, 48]]]);
  expect(indices.toArraySync()).toEqual(values.toArraySync());
  expect(fractionalMaxPool2d(x, 2, { outputRatio: 0.5 }).shape).toEqual([1, 3, 3]);
  expect(() => fractionalMaxPool2d(x, 2)).toThrow("fractional_max_pool2d requires specifying either an output_size or an output_ratio");
});
