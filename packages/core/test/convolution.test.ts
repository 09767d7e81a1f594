/** Convolutions: sums worked out by hand, adjoints, function transforms with batched filters, and what is refused. */
import { cpu } from "@adjoint/backend-cpu-js";
import { arange, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, func, manualSeed, memory, ones, randn, scope, setDefaultDevice, stack, tensor, type Tensor, zeros } from "@adjoint/core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
beforeEach(() => manualSeed(3));
const d = (shape: number[]): Tensor => randn(shape, { dtype: "float64" });
const close = (a: unknown, b: unknown): void => {
  const [x, y] = [a as Tensor, b as Tensor];
  expect(x.shape).toEqual(y.shape);
  const other = y.dataSync();
  x.dataSync().forEach((v, i) => expect(v).toBeCloseTo(other[i]!, 10));
};

test("sums worked out by hand", () => {
  expect(conv1d(ones([1, 1, 4]), ones([1, 1, 2])).toArraySync()).toEqual([[[2, 2, 2]]]);
  const x = arange(1, 10).reshape([1, 1, 3, 3]), w = tensor([[1, 0], [0, -1]]).reshape([1, 1, 2, 2]);
  expect(conv2d(x.float(), w).toArraySync()).toEqual([[[[-4, -4], [-4, -4]]]]); // x[i][j] - x[i + 1][j + 1]
  expect(convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10, 100]]]), { stride: 2 }).toArraySync()).toEqual([[[1, 10, 102, 20, 200]]]);
  expect(conv1d(tensor([[[1, 2, 3]]], { dtype: "int32" }), tensor([[[2, 1]]], { dtype: "int32" }), { padding: "same" }).toArraySync()).toEqual([[[4, 7, 6]]]);
});

test("a 16-bit float is summed in float32 and rounded once", () => {
  const x = tensor(new Array<number>(3000).fill(1), { shape: [1, 1, 3000], dtype: "float16" });
  expect(conv1d(x, x).dtype).toBe("float16");
  expect(conv1d(x, x).itemSync()).toBe(3000); // one by one in float16 it would stop at 2048
});

test("the node is PyTorch's, with and without a bias", () => {
  const x = d([1, 2, 4, 4]).requiresGrad_(), w = d([2, 2, 3, 3]), bias = d([2]);
  expect([conv2d(x, w), conv2d(x, w, { bias }), convTranspose2d(x, w)].map((y) => y.gradFn!.name)).toEqual(Array(3).fill("ConvolutionBackward0"));
});

type Call = (x: Tensor, w: Tensor) => Tensor;
const calls: { readonly [name: string]: readonly [Call, x: number[], w: number[]] } = {
  conv1d: [(x, w) => conv1d(x, w, { stride: 2, padding: 1 }), [2, 3, 6], [4, 3, 3]],
  "conv1d of one example": [(x, w) => conv1d(x, w), [3, 5], [2, 3, 2]],
  "conv2d in groups": [(x, w) => conv2d(x, w, { groups: 2, dilation: [1, 2], padding: 1 }), [2, 4, 4, 4], [4, 2, 2, 2]],
  "conv3d": [(x, w) => conv3d(x, w), [1, 2, 2, 3, 3], [2, 2, 2, 2, 2]],
  "convTranspose2d": [(x, w) => convTranspose2d(x, w, { stride: 2, groups: 2, outputPadding: 1 }), [2, 4, 3, 2], [4, 1, 2, 3]],
};
describe.each(Object.entries(calls))("%s", (_, [f, xs, ws]) => {
  const each = (run: (i: number) => Tensor): Tensor => stack([0, 1, 2].map(run));
  test("vmap over the input, over the filter, over both, is the loop", () => {
    const x = d([3, ...xs]), w = d([3, ...ws]), [x0, w0] = [x.select(0, 0), w.select(0, 0)];
    close(func.vmap(f)(x, w), each((i) => f(x.select(0, i), w.select(0, i))));
    close(func.vmap(f, { inDims: [0, null] })(x, w0), each((i) => f(x.select(0, i), w0)));
    close(func.vmap(f, { inDims: [null, 0] })(x0, w), each((i) => f(x0, w.select(0, i))));
    close(func.vmap(func.vmap(f, { inDims: [null, 0] }) as Call, { inDims: [0, null] })(x, w), each((i) => each((j) => f(x.select(0, i), w.select(0, j)))));
  });
  test("per-sample gradients are those of a loop", () => {
    const x = d([3, ...xs]), w = d(ws), loss = (v: Tensor, u: Tensor): Tensor => f(v, u).pow(3).sum();
    const [gx, gw] = func.vmap(func.grad(loss, { argnums: [0, 1] }), { inDims: [0, null] })(x, w) as unknown as [Tensor, Tensor];
    close(gx, each((i) => func.grad(loss)(x.select(0, i), w)));
    close(gw, each((i) => func.grad(loss, { argnums: 1 })(x.select(0, i), w) as Tensor));
  });
  test("jvp, vjp and second derivatives fit together", () => {
    const x = d(xs), w = d(ws), tx = d(xs), tw = d(ws);
    const [y, dy] = func.jvp(f, [x, w], [tx, tw]) as [Tensor, Tensor], ct = d([...y.shape]);
    close(dy, f(tx, w).add(f(x, tw))); // bilinear
    const [, pull] = func.vjp(f, x, w), [gx, gw] = pull(ct) as unknown as [Tensor, Tensor];
    close(dy.mul(ct).sum(), gx.mul(tx).sum().add(gw.mul(tw).sum()));
    const mixed = func.jvp((v: Tensor) => func.grad((u: Tensor) => f(v, u).mul(ct).sum())(w), [x], [tx]) as [Tensor, Tensor];
    close(mixed[1], (func.vjp((u: Tensor) => f(tx, u), w)[1](ct)) as unknown as Tensor);
  });
});

test("what it makes inside dies with it", () => {
  const before = memory().tensors, s = scope();
  s.run(() => { const x = d([3, 2, 4, 5]), w = d([3, 4, 2, 2, 2]); func.vmap((u: Tensor) => conv2d(x.mul(1), u, { padding: 1 }))(w); });
  s.close();
  expect(memory().tensors).toBe(before);
});

test.each<readonly [string, () => unknown, string]>([
  ["a wrong number of dims", () => conv2d(ones([3, 4]), ones([1, 3, 2, 2])), "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [3, 4]"],
  ["a filter of another rank", () => conv2d(ones([1, 3, 4, 4]), ones([1, 3, 2])), "Expected 3-dimensional input for 3-dimensional weight [1, 3, 2], but got 4-dimensional input of size [1, 3, 4, 4] instead"],
  ["channels that do not fit", () => conv2d(ones([1, 3, 5, 5]), ones([2, 4, 3, 3])), "Given groups=1, weight of size [2, 4, 3, 3], expected input[1, 3, 5, 5] to have 4 channels, but got 3 channels instead"],
  ["channels of a transpose", () => convTranspose1d(ones([1, 3, 5]), ones([2, 1, 3])), "Given transposed=1, weight of size [2, 1, 3], expected input[1, 3, 5] to have 2 channels, but got 3 channels instead"],
  ["groups that do not divide", () => conv1d(ones([1, 3, 5]), ones([3, 1, 2]), { groups: 2 }), "expected weight to be divisible by 2 at dimension 0, but got weight of size [[3, 1, 2]] instead"],
  ["no groups", () => conv1d(ones([1, 3, 5]), ones([3, 1, 2]), { groups: 0 }), "non-positive groups is not supported"],
  ["a bias of another length", () => conv2d(ones([1, 1, 5, 5]), ones([2, 1, 3, 3]), { bias: ones([3]) }), "Given weight of size [2, 1, 3, 3], expected bias to be 1-dimensional with 2 elements, but got bias of size [3] instead"],
  ["a stride of 0", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3]), { stride: 0 }), "non-positive stride is not supported"],
  ["padding below 0", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3]), { padding: -1 }), "negative padding is not supported"],
  ["two strides for one dim", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3]), { stride: [1, 2] }), "expected stride to be a single integer value or a list of 1 values to match the convolution dimensions, but got stride=[1, 2]"],
  ["a window larger than the input", () => conv2d(ones([1, 1, 2, 9]), ones([1, 1, 3, 3])), "Calculated padded input size per channel: (2 x 9). Kernel size: (3 x 3). Kernel size can't be greater than actual input size"],
  ["the same size with stride", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3]), { stride: 2, padding: "same" }), "padding='same' is not supported for strided convolutions"],
  ["an output padding as large as the stride", () => convTranspose1d(ones([1, 1, 5]), ones([1, 1, 3]), { outputPadding: 1 }), "output padding must be smaller than either stride or dilation, but got output_padding_height: 0 output_padding_width: 1 stride_height: 1 stride_width: 1 dilation_height: 1 dilation_width: 1"],
  ["mixed dtypes", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3], { dtype: "float64" })), "expected scalar type Float but found Double"],
  ["a bias of another dtype", () => conv1d(ones([1, 1, 5]), ones([1, 1, 3]), { bias: zeros([1], { dtype: "float64" }) }), "Input type (float) and bias type (double) should be the same"],
])("refuses %s, before it allocates", (_, run, text) => {
  const before = memory().tensors, s = scope();
  expect(() => s.run(run as () => Tensor)).toThrow(text);
  s.close();
  expect(memory().tensors).toBe(before);
});
