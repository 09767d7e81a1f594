import { cpu } from "@adjoint/backend-cpu-js";
import { eye, manualSeed, memory, onWarning, ones, rand, randn, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import {
  CELU, clipGradNorm_, CrossEntropyLoss, Dropout, ELU, Embedding, Flatten, GELU, Hardshrink, Hardswish, Hardtanh, init, LayerNorm, LeakyReLU, Linear, LogSigmoid, LogSoftmax, Mish, type Module, MSELoss, MultiheadAttention, ReLU, ReLU6, SELU, Sequential, Sigmoid, SiLU, Softmax, Softmax2d, Softmin, Softplus, Softshrink, Softsign, Tanh, Tanhshrink, Threshold, Unflatten, utils,
} from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu()); // at once: the tables below hold tensors
beforeEach(() => manualSeed(7));

describe("printed as PyTorch prints them", () => {
  it.each<[string, () => Module]>([
    ["Linear(in_features=3, out_features=4, bias=True)", () => new Linear(3, 4)],
    ["Linear(in_features=3, out_features=4, bias=False)", () => new Linear(3, 4, { bias: false })],
    ["Embedding(7, 3)", () => new Embedding(7, 3)],
    ["Embedding(7, 3, padding_idx=6)", () => new Embedding(7, 3, { paddingIdx: -1 })],
    ["LayerNorm((5,), eps=1e-05, elementwise_affine=True)", () => new LayerNorm(5)],
    ["LayerNorm((2, 5), eps=0.001, elementwise_affine=False)", () => new LayerNorm([2, 5], { eps: 1e-3, elementwiseAffine: false })],
    ["Dropout(p=0.1, inplace=False)", () => new Dropout(0.1)],
    ["Dropout(p=0.0, inplace=True)", () => new Dropout({ p: 0, inplace: true })],
    ["GELU(approximate='none')", () => new GELU()],
    ["GELU(approximate='tanh')", () => new GELU("tanh")],
    ["ReLU(inplace=True)", () => new ReLU({ inplace: true })],
    ["ReLU6()", () => new ReLU6()],
    ["LeakyReLU(negative_slope=0.1, inplace=True)", () => new LeakyReLU(0.1, { inplace: true })],
    ["ELU(alpha=2.0)", () => new ELU({ alpha: 2 })],
    ["CELU(alpha=1.0)", () => new CELU()],
    ["Threshold(threshold=2.0, value=10.0)", () => new Threshold(2, 10)],
    ["Hardtanh(min_val=-1.0, max_val=2.0)", () => new Hardtanh({ maxVal: 2 })],
    ["Softplus(beta=2, threshold=1)", () => new Softplus(2, 1)],
    ["Hardshrink(0.5)", () => new Hardshrink()],
    ["Softmax(dim=1)", () => new Softmax(1)],
    ["LogSoftmax(dim=None)", () => new LogSoftmax()],
    ["Hardswish()", () => new Hardswish({ inplace: true })],
    ["Flatten(start_dim=1, end_dim=-1)", () => new Flatten()],
    ["Unflatten(dim=1, unflattened_size=(2, 3))", () => new Unflatten(1, [2, 3])],
    ["CrossEntropyLoss()", () => new CrossEntropyLoss({ labelSmoothing: 0.1 })],
    ["MSELoss()", () => new MSELoss()],
    ["Sequential()", () => new Sequential()],
    ["Sequential(\n  (0): Linear(in_features=3, out_features=4, bias=True)\n  (1): ReLU()\n)", () => new Sequential(new Linear(3, 4), new ReLU())],
    [
      "Sequential(\n  (act): SiLU()\n  (sub): Sequential(\n    (0): Tanh()\n    (1): Sigmoid()\n  )\n)",
      () => new Sequential({ act: new SiLU(), sub: new Sequential(new Tanh(), new Sigmoid()) }),
    ],
    ["MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n)", () => new MultiheadAttention(4, 2)],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
});

describe("initial values", () => {
  const bounds = (x: Tensor): [number, number] => [x.min().itemSync(), x.max().itemSync()];
  it("Linear: uniform within 1 / sqrt(inFeatures)", () => {
    for (const x of new Linear(16, 400).parameters()) {
      const [low, high] = bounds(x);
      expect(low).toBeGreaterThanOrEqual(-0.25);
      expect(high).toBeLessThanOrEqual(0.25);
      expect(high - low).toBeGreaterThan(0.48);
    }
  });
  it("Embedding: standard normal, with a row of 0 for padding", () => {
    const { weight } = new Embedding(200, 50, { paddingIdx: 3 });
    expect(weight.mean().itemSync()).toBeCloseTo(0, 1);
    expect(weight.std().itemSync()).toBeCloseTo(1, 1);
    expect(weight.select(0, 3).toArraySync()).toEqual(Array<number>(50).fill(0));
  });
  it.each([
    ["kaimingUniform_", (x: Tensor) => init.kaimingUniform_(x, { nonlinearity: "relu" }), Math.sqrt(2 / 100)],
    ["kaimingNormal_", (x: Tensor) => init.kaimingNormal_(x, { mode: "fanOut" }), Math.sqrt(2 / 50)],
    ["xavierUniform_", (x: Tensor) => init.xavierUniform_(x), Math.sqrt(2 / 150)],
    ["xavierNormal_", (x: Tensor) => init.xavierNormal_(x, { gain: 2 }), 2 * Math.sqrt(2 / 150)],
    ["normal_", (x: Tensor) => init.normal_(x, 0, 3), 3],
    ["uniform_", (x: Tensor) => init.uniform_(x, -1, 1), Math.sqrt(1 / 3)],
  ])("%s has the stated spread", (_, fill, std) => {
    const x = zeros([50, 100], { requiresGrad: true });
    expect(fill(x)).toBe(x);
    expect(x.isLeaf).toBe(true);
    expect(x.std().itemSync() / std).toBeCloseTo(1, 1);
  });
  it.each([[4, 4], [6, 3], [3, 6], [4, 2, 3, 1]])("orthogonal_ of a weight of %i by %i", (...shape) => {
    const before = memory().tensors, x = init.orthogonal_(zeros(shape), { gain: 2 });
    expect(memory().tensors).toBe(before + 1);
    const rows = x.reshape([shape[0]!, -1]), [m, n] = rows.shape as [number, number], product = m <= n ? rows.matmul(rows.t()) : rows.t().matmul(rows);
    expect(difference(product, eye(Math.min(m, n)).mul(4))).toBeLessThan(1e-5);
    expect(() => init.orthogonal_(zeros([3]))).toThrow("Only tensors with 2 or more dimensions are supported");
  });
  it("orthogonal_ favours no sign", () => {
    const signs = Array.from({ length: 200 }, () => init.orthogonal_(zeros([2, 2])).select(0, 0).select(0, 0).itemSync() > 0).filter((isPositive) => isPositive).length;
    expect(Math.abs(signs - 100)).toBeLessThan(30);
  });
  it("truncNormal_ stays within its bounds", () => {
    const x = init.truncNormal_(zeros([100, 100]), 1, 2, -1, 2);
    expect([x.min().itemSync() >= -1, x.max().itemSync() <= 2, x.max().itemSync() > 1.9]).toEqual([true, true, true]);
    expect(x.mean().itemSync()).toBeCloseTo(0.5867, 1); // 1 + 2 (phi(-1) - phi(0.5)) / (Phi(0.5) - Phi(-1))
  });
  it("eye_ and dirac_ let through what they can", () => {
    expect(init.eye_(zeros([2, 3])).toArraySync()).toEqual([[1, 0, 0], [0, 1, 0]]);
    expect(init.dirac_(zeros([2, 2, 3])).toArraySync()).toEqual([[[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 0]]]);
    expect(init.dirac_(zeros([2, 1, 1]), 2).toArraySync()).toEqual([[[1]], [[1]]]);
    expect(() => init.dirac_(zeros([2, 2]))).toThrow("Only tensors with 3, 4, or 5 dimensions are supported");
  });
  it("refuses fans of a vector", () => {
    expect(() => init.xavierUniform_(zeros([3]))).toThrow("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  });
});

describe("activations", () => {
  it.each<[string, Module & { forward(x: Tensor): Tensor }, number[]]>([
    ["ReLU", new ReLU(), [0, 0, 2]], ["ReLU6", new ReLU6(), [0, 0, 2]], ["LeakyReLU", new LeakyReLU(0.5), [-0.5, 0, 2]], ["ELU", new ELU(2), [2 * Math.expm1(-1), 0, 2]],
    ["CELU", new CELU(2), [2 * Math.expm1(-0.5), 0, 2]], ["SELU", new SELU(), [1.0507009873554805 * 1.6732632423543772 * Math.expm1(-1), 0, 2.101401974710961]],
    ["Threshold", new Threshold(1, 7), [7, 7, 2]], ["Hardtanh", new Hardtanh(-0.5, 1), [-0.5, 0, 1]], ["Softplus", new Softplus(), [0.31326168751, 0.69314718056, 2.12692801104]],
    ["Softsign", new Softsign(), [-0.5, 0, 2 / 3]], ["Tanhshrink", new Tanhshrink(), [-1 + Math.tanh(1), 0, 2 - Math.tanh(2)]], ["LogSigmoid", new LogSigmoid(), [-1.31326168751, -0.69314718056, -0.12692801104]],
    ["Hardshrink", new Hardshrink(1.5), [0, 0, 2]], ["Softshrink", new Softshrink({ lambd: 1.5 }), [0, 0, 0.5]], ["Hardswish", new Hardswish(), [-1 / 3, 0, 5 / 3]], ["Mish", new Mish(), [-0.30340146137, 0, 1.94395899475]],
    ["Softmax", new Softmax(0), [0.04201006613, 0.11419519938, 0.84379473448]], ["Softmin", new Softmin(0), [0.70538451269, 0.25949646034, 0.03511902695]],
  ])("%s", (_, layer, expected) => {
    const x = tensor([-1, 0, 2]);
    expect(difference(layer.forward(x), tensor(expected))).toBeLessThan(1e-6);
    expect(x.toArraySync()).toEqual([-1, 0, 2]);
  });
  it("change their input when asked to", () => {
    for (const layer of [new ReLU({ inplace: true }), new LeakyReLU(0, { inplace: true }), new Hardtanh(0, 9, { inplace: true }), new Threshold(0, 0, { inplace: true }), new ReLU6({ inplace: true })]) {
      const x = tensor([-1, 2]);
      expect(layer.forward(x)).toBe(x);
      expect(x.toArraySync()).toEqual([layer instanceof LeakyReLU ? -0 : 0, 2]);
    }
  });
  it("Softmax2d normalises the channels; a Softmax without dim warns and chooses", () => {
    expect(difference(new Softmax2d().forward(randn([2, 3, 4, 5])).sum(1), ones([2, 4, 5]))).toBeLessThan(1e-6);
    const log: string[] = [], before = onWarning((message) => log.push(message));
    expect(difference(new Softmax().forward(randn([2, 3])).sum(1), ones([2]))).toBeLessThan(1e-6);
    onWarning(before);
    expect(log).toEqual(["Implicit dimension choice for softmax has been deprecated. Change the call to include dim=X as an argument."]);
  });
});

describe("layers", () => {
  it("Flatten and Unflatten undo each other", () => {
    const x = randn([2, 6, 4]), split = new Unflatten(-2, [3, -1]).forward(x);
    expect([split.shape, new Flatten(1, 2).forward(split).shape]).toEqual([[2, 3, 2, 4], [2, 6, 4]]);
    expect(() => new Unflatten(1, [4, 2]).forward(x)).toThrow("unflatten: Provided sizes [4, 2] don't multiply up to the size of dim 1 (6) in the input tensor");
  });
  it("Embedding gives no gradient to the padding row", () => {
    const layer = new Embedding(3, 2, { paddingIdx: 1 });
    layer.forward(tensor([[0, 1], [1, 2]], { dtype: "int32" })).sum().backward();
    expect(layer.weight.grad?.toArraySync()).toEqual([[1, 1], [0, 0], [1, 1]]);
  });
  it("Dropout drops in training only", () => {
    const layer = new Dropout(0.5), x = ones([1000]);
    expect(layer.forward(x).mean().itemSync()).toBeCloseTo(1, 0);
    expect(layer.forward(x).eq(0).toArraySync()).toContain(true);
    expect(layer.eval().forward(x)).toBe(x);
    expect(() => new Dropout(1.5)).toThrow("dropout probability has to be between 0 and 1, but got 1.5");
  });
});

describe("MultiheadAttention", () => {
  const sizes = { l: 3, s: 4, n: 2, e: 6 };
  const inputs = (): [Tensor, Tensor, Tensor] => [randn([sizes.n, sizes.l, sizes.e]), randn([sizes.n, sizes.s, sizes.e]), randn([sizes.n, sizes.s, sizes.e])];
  const layer = (): MultiheadAttention => new MultiheadAttention(sizes.e, 2, { batchFirst: true });

  it("has PyTorch's parameters", () => {
    expect(Object.keys(layer().stateDict())).toEqual(["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]);
  });
  it("gives weights that sum to 1, by head if asked", () => {
    const [out, weights] = layer().forward(...inputs());
    expect([out.shape, weights?.shape]).toEqual([[2, 3, 6], [2, 3, 4]]);
    expect(difference(weights!.sum(-1), ones([2, 3]))).toBeLessThan(1e-6);
    expect(layer().forward(...inputs(), { averageAttnWeights: false })[1]?.shape).toEqual([2, 2, 3, 4]);
  });
  it.each([
    ["no mask", {}],
    ["a bool mask, true where not to attend", { attnMask: tensor([[false, true, true, true], [false, false, true, true], [false, false, false, true]]) }],
    ["a float mask", { attnMask: tensor([[0, -1, 2, 0], [1, 0, 0, 0], [0, 0, -Infinity, 1]]) }],
    ["a mask for each head", { attnMask: tensor([0, 1, 0, 2], { shape: [4, 1, 1] }).expand([4, 3, 4]) }],
    ["padded keys", { keyPaddingMask: tensor([[false, false, false, true], [false, true, false, false]]) }],
    ["both", { isCausal: true, keyPaddingMask: tensor([[false, false, false, true], [false, true, false, false]]) }],
    ["isCausal", { isCausal: true }],
  ])("needs no weights for the same output: %s", (_, options) => {
    const attention = layer(), given = inputs();
    const [slow] = attention.forward(...given, options), [fast, none] = attention.forward(...given, { ...options, needWeights: false });
    expect(none).toBeNull();
    expect(difference(slow, fast)).toBeLessThan(1e-6);
  });
  it("takes [l, n, e] and unbatched inputs", () => {
    const first = layer(), second = new MultiheadAttention(sizes.e, 2), x = inputs()[0];
    second.loadStateDict(first.stateDict());
    const [out] = first.forward(x, x, x), turned = x.transpose(0, 1);
    expect(difference(out, second.forward(turned, turned, turned)[0].transpose(0, 1))).toBeLessThan(1e-6);
    const one = x.select(0, 1), [single, weights] = second.forward(one, one, one);
    expect(difference(single, out.select(0, 1))).toBeLessThan(1e-6);
    expect(weights?.shape).toEqual([3, 3]);
  });
  it("projects separately or at once with the same result", () => {
    const attention = layer(), x = inputs()[0];
    expect(difference(attention.forward(x, x, x)[0], attention.forward(x, x.clone(), x)[0])).toBeLessThan(1e-6);
  });
  it("says what does not fit", () => {
    expect(() => new MultiheadAttention(5, 2)).toThrow("embed_dim must be divisible by num_heads");
    const x = ones([2, 1, 3]);
    expect(() => new MultiheadAttention(4, 2).forward(x, x, x)).toThrow("was expecting embedding dimension of 4, but got 3");
  });
});

describe("clipGradNorm_", () => {
  const withGrad = (grad: number[]): Tensor => {
    const x = zeros([grad.length], { requiresGrad: true });
    x.grad = tensor(grad);
    return x;
  };
  it("scales all gradients together, and gives the norm before", () => {
    const a = withGrad([3]), b = withGrad([0, 4]);
    expect(clipGradNorm_([a, b], 1).itemSync()).toBe(5);
    expect(a.grad!.itemSync()).toBeCloseTo(0.6, 5);
    expect(b.grad!.toArraySync()).toEqual([0, expect.closeTo(0.8, 5)]);
  });
  it("leaves a small norm as it is", () => {
    const a = withGrad([3, 4]);
    expect(clipGradNorm_(a, 10, { normType: 1 }).itemSync()).toBe(7);
    expect(clipGradNorm_(a, 10, { normType: Infinity }).itemSync()).toBe(4);
    expect(clipGradNorm_(a, 10, { normType: 3 }).itemSync()).toBeCloseTo(91 ** (1 / 3), 5);
    expect(a.grad!.toArraySync()).toEqual([3, 4]);
  });
  it("is 0 without gradients", () => expect(clipGradNorm_([rand([2])], 1).itemSync()).toBe(0));
  it("refuses a norm that is not finite when asked to", () => {
    const a = withGrad([3, Infinity]);
    expect(() => clipGradNorm_(a, 1, { errorIfNonfinite: true })).toThrow(
      "The total norm of order 2.0 for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`");
    expect(a.grad!.toArraySync()).toEqual([3, Infinity]);
  });
  it("looks at the norm only where it can be read at once", () => {
    const { readSync: _, ...late } = cpu(), device = { ...late, name: "late" }, x = zeros([2], { requiresGrad: true, device });
    x.grad = tensor([3, 4], { device });
    expect(() => clipGradNorm_(x, 1, { errorIfNonfinite: true })).toThrow("clipGradNorm_: device 'late' cannot read synchronously, and errorIfNonfinite asks for the norm: leave it out, and step only if Number.isFinite(await norm.item())");
    expect(clipGradNorm_(x, 10).shape).toEqual([]);
  });
  it("clipGradValue_ bounds each element", () => {
    const a = withGrad([3, -0.25, -9]);
    utils.clipGradValue_([a, rand([2])], 0.5);
    expect(a.grad!.toArraySync()).toEqual([0.5, -0.25, -0.5]);
  });
});

describe("parameters as a vector", () => {
  it("go there and back", () => {
    const net = new Sequential(new Linear(2, 3), new Linear(3, 1)), vector = utils.parametersToVector(net.parameters());
    expect(vector.shape).toEqual([13]);
    utils.vectorToParameters(vector.detach().mul(2), net.parameters());
    expect(difference(utils.parametersToVector(net.parameters()), vector.mul(2))).toBe(0);
    expect(() => utils.vectorToParameters([1] as never, net.parameters())).toThrow("expected torch.Tensor, but got: list");
    expect(() => utils.vectorToParameters(ones([3]), net.parameters())).toThrow("vector_to_parameters: the vector has 3 elements, the parameters have 13");
  });
});
