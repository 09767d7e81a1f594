/** @file Every dtype through the public API: into a tensor, promotion, arithmetic, in place, reductions, gradients, out again, as PyTorch has it. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  amax, arange, argmax, batchNorm, canCast, cat, crossEntropy, type DType, DTypeError, eye, finfo, full, fullLike, gather, grad, groupNorm, iinfo, layerNorm, linspace, matmul, mean, type Operand, promoteTypes,
  rand, randint, resultType, scatterAdd, setDefaultDevice, softmax, std, sum, tensor, type Tensor, where, zeros,
} from "@adjoint/core";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "@adjoint/core/backend";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const of = (dtype: DType, ...values: number[]): Tensor => tensor(values, { dtype });
const shown = (x: Tensor): unknown => [x.dtype, x.toArraySync()];
const floats16 = ["float16", "bfloat16"] as const, smallInts = ["uint8", "int8", "int16"] as const;

describe("words of 16-bit floats", () => {
  const words = Array.from({ length: 65536 }, (_, word) => word);
  test.each([["float16", float16Bits, float16Value, 0x7c00, 0x7e00], ["bfloat16", bfloat16Bits, bfloat16Value, 0x7f80, 0x7fc0]] as const)("%s: each is its number, and ties go to the even one", (_, bits, value, infinity, nan) => {
    const isFinite = (word: number): boolean => (word & 0x7fff) < infinity;
    for (const word of words) {
      const x = value(word);
      expect(bits(x)).toBe((word & 0x7fff) > infinity ? nan : word);
      if (!isFinite(word) || !isFinite(word + 1)) continue;
      // Exact in float64: the middle, and as close to it as float64 comes, where a first rounding to float32 would be one too many.
      const next = value(word + 1), middle = (x + next) / 2, away = Math.sign(middle) * 2 ** -52 * Math.abs(middle);
      expect([bits(middle), bits(middle - away), bits(middle + away)]).toEqual([word + (word & 1), word, word + 1]);
    }
  });
  test("values known from the standards", () => {
    expect([1, -2, 65504, 65519, 65520, 2 ** -24, 2 ** -25, 1.0001 * 2 ** -25, -0, Infinity, -Infinity, 0.1].map(float16Bits))
      .toEqual([0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 1, 0, 1, 0x8000, 0x7c00, 0xfc00, 0x2e66]);
    expect([1, 3.4028234663852886e38, 1e39, 2 ** -133, -0, 3.140625].map(bfloat16Bits)).toEqual([0x3f80, 0x7f80, 0x7f80, 1, 0x8000, 0x4049]);
  });
});

describe("in and out", () => {
  test.each([
    ["float16", [1 / 3, 70000, -(2 ** -26)], [0.333251953125, Infinity, -0]], ["bfloat16", [1 / 3, 70000, -1], [0.333984375, 70144, -1]],
    ["uint8", [300, -1, 1.7, NaN], [44, 255, 1, 0]], ["int8", [300, 128, -1.7], [44, -128, -1]], ["int16", [40000, -1.5], [-25536, -1]],
  ] as const)("numbers become %s", (dtype, given, want) => {
    expect(of(dtype, ...given).toArraySync()).toEqual(want);
    expect(tensor(Float64Array.from(given)).to(dtype).toArraySync()).toEqual(want);
  });
  test.each([
    ["float16", [65504, -Infinity, 0.1], [65520, -70000], "at::Half"], ["bfloat16", [3e38], [3.4e38], "at::BFloat16"], ["float32", [1e38, Infinity], [1e39], "float"],
    ["uint8", [255, -255, 1.9], [256, -256, Infinity], "uint8_t"], ["int8", [127, -128], [128, -129], "int8_t"], ["int16", [32767], [-32769], "int16_t"], ["int32", [-2147483648], [2147483648], "int"],
  ] as const)("what is filled in must fit %s", (dtype, fitting, not, name) => {
    for (const x of fitting) {
      const want = of(dtype, x).itemSync(), there = tensor([true]);
      expect([full([1], x, { dtype }), zeros([1], { dtype }).fill_(x), fullLike(of(dtype, 1), x), zeros([1], { dtype }).maskedFill(there, Number.isInteger(x) || dtype.includes("float") ? x : Math.trunc(x))].map((y) => y.itemSync())).toEqual([want, want, want, want]);
    }
    for (const x of not) {
      expect(() => full([1], x, { dtype })).toThrow(`value cannot be converted to type ${name} without overflow`);
      expect(() => zeros([1], { dtype }).fill_(x)).toThrow(DTypeError);
    }
  });
  test("a number is rounded once", () => {
    const x = 1 + 2 ** -11 + 2 ** -40; // to float32 first, it would be a tie
    for (const y of [of("float16", x), full([], x, { dtype: "float16" }), zeros([], { dtype: "float16" }).add(x), where(of("bool", 0), zeros([1], { dtype: "float16" }), x)])
      expect(y.sum().itemSync()).toBe(1 + 2 ** -10);
  });
  test("data() gives the host layout, and tensor() takes it", async () => {
    const x = of("float16", 1, -2), words = await x.data();
    expect(words).toEqual(Uint16Array.of(0x3c00, 0xc000));
    expect(shown(tensor(words, { dtype: "float16" }))).toEqual(["float16", [1, -2]]);
    expect(shown(tensor(words, { dtype: "bfloat16" }))).toEqual(["bfloat16", [0.0078125, -2]]);
    expect(() => tensor(words)).toThrow("a Uint16Array holds the words of a 16-bit float: say which by dtype, float16 or bfloat16");
    expect(of("int8", -1).dataSync()).toEqual(Int8Array.of(-1));
    expect(shown(tensor(Uint8Array.of(255)))).toEqual(["uint8", [255]]);
    expect(shown(await x.to(cpu()))).toEqual(["float16", [1, -2]]);
  });
  test("pixels are uint8, and memory that is shared is copied", async () => {
    expect(shown(tensor(Uint8ClampedArray.of(300, 2, 3, 4), { shape: [2, 2] }))).toEqual(["uint8", [[255, 2], [3, 4]]]);
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(1), x = tensor(shared);
    shared.fill(2);
    expect(shown(x)).toEqual(["float32", [1, 1]]);
  });
  test("PyTorch's names", () => {
    const x = tensor([300.7, -1.5, 0]);
    expect([x.half(), x.bfloat16(), x.float(), x.double(), x.char(), x.byte(), x.short(), x.int(), x.bool()].map(shown)).toEqual([
      ["float16", [300.75, -1.5, 0]], ["bfloat16", [300, -1.5, 0]], ["float32", [Math.fround(300.7), -1.5, 0]], ["float64", [Math.fround(300.7), -1.5, 0]],
      ["int8", [44, -1, 0]], ["uint8", [44, 255, 0]], ["int16", [300, -1, 0]], ["int32", [300, -1, 0]], ["bool", [true, true, false]],
    ]);
    expect(x.float()).toBe(x);
  });
  test("what may be asked of a dtype", () => {
    expect(finfo("float16")).toEqual({ dtype: "float16", bits: 16, eps: 2 ** -10, max: 65504, min: -65504, smallestNormal: 2 ** -14, tiny: 2 ** -14, resolution: 0.001 });
    expect([finfo().max, finfo("bfloat16").max, finfo("float64").max, finfo("float64").tiny]).toEqual([3.4028234663852886e38, 3.3895313892515355e38, Number.MAX_VALUE, 2 ** -1022]);
    expect([iinfo("uint8"), iinfo("int8"), iinfo("int16"), iinfo("int32")].map(({ bits, min, max }) => [bits, min, max])).toEqual([[8, 0, 255], [8, -128, 127], [16, -32768, 32767], [32, -2147483648, 2147483647]]);
    expect(() => finfo("int8")).toThrow("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
    expect(() => iinfo("float16")).toThrow(DTypeError);
    const x = of("uint8", 1);
    expect([x.isFloatingPoint(), x.isSigned(), x.half().isFloatingPoint(), x.short().isSigned(), x.typeAs(of("bfloat16", 1)).dtype]).toEqual([false, false, true, true, "bfloat16"]);
  });
  test("printing", () => {
    expect(String(of("float16", 1 / 3, 2))).toBe("tensor([0.3333, 2.0000], dtype=torch.float16)");
    expect(String(of("bfloat16", 1, 2))).toBe("tensor([1., 2.], dtype=torch.bfloat16)");
    expect(String(of("uint8", 19, 227))).toBe("tensor([ 19, 227], dtype=torch.uint8)");
    expect(String(tensor(1, { dtype: "int8" }))).toBe("tensor(1, dtype=torch.int8)");
  });
  test("creation functions", () => {
    for (const dtype of [...floats16, ...smallInts]) {
      expect(shown(arange(3, undefined, 1, { dtype }))).toEqual([dtype, [0, 1, 2]]);
      expect(shown(eye(2, 2, { dtype }))).toEqual([dtype, [[1, 0], [0, 1]]]);
      expect(shown(fullLike(of(dtype, 1), 7))).toEqual([dtype, [7]]);
      expect(shown(randint(5, 6, [2], { dtype }))).toEqual([dtype, [5, 5]]);
    }
    expect(() => randint(0, 257, [2], { dtype: "uint8" })).toThrow("to - 1 is out of bounds for unsigned char");
    expect(() => randint(-129, 0, [2], { dtype: "int8" })).toThrow("from is out of bounds for signed char");
    for (const dtype of floats16) {
      expect(shown(linspace(0, 1, 3, { dtype }))).toEqual([dtype, [0, 0.5, 1]]);
      const [low, high] = [rand([5000], { dtype }).amin().itemSync(), rand([5000], { dtype }).amax().itemSync()];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThan(1); // not rounded up to it
      expect(high).toBeGreaterThan(0.98);
    }
  });
});

describe("promotion", () => {
  test.each([
    ["uint8", "int8", "int16"], ["uint8", "int16", "int16"], ["float16", "bfloat16", "float32"], ["float16", "int32", "float16"], ["bool", "uint8", "uint8"], ["float16", "float64", "float64"],
  ] as const)("%s and %s give %s", (a, b, want) => {
    expect([promoteTypes(a, b), promoteTypes(b, a), of(a, 1).add(of(b, 1)).dtype, cat([of(b, 1), of(a, 1)]).dtype]).toEqual([want, want, want, want]);
  });
  const zero = (dtype: DType): Tensor => tensor(1, { dtype });
  test.each<[string, () => Operand[], DType]>([
    ["dims before 0-d", () => [of("uint8", 1), zero("int32")], "uint8"], ["a 0-d float", () => [of("uint8", 1), zero("float16")], "float16"], ["float16 before 0-d float64", () => [of("float16", 1), zero("float64")], "float16"],
    ["a whole number", () => [of("int8", 1), 300], "int8"], ["a number with a fraction", () => [of("int8", 1), 0.5], "float32"], ["float16 and a number", () => [of("float16", 1), 0.1], "float16"], ["bool and a number", () => [of("bool", 1), 2], "int32"],
  ])("%s", (_, operands, want) => expect(resultType(operands())).toBe(want));
  test("canCast", () => expect([canCast("float16", "uint8"), canCast("int32", "uint8"), canCast("uint8", "bool"), canCast("bool", "float16")]).toEqual([false, true, false, true]));
  test("operands are cast to the common type first", () => {
    expect(of("uint8", 44, 45).eq(300).toArraySync()).toEqual([true, false]); // 300 in uint8 is 44
    expect(of("uint8", 10).maximum(zero("int32").mul(257)).toArraySync()).toEqual([10]); // 257 in uint8 is 1
    expect(of("float16", 0.1).eq(0.1).toArraySync()).toEqual([true]);
  });
});

describe("arithmetic", () => {
  test("wraps in integers, rounds once in floats", () => {
    expect(shown(of("uint8", 255).add(1))).toEqual(["uint8", [0]]);
    expect(shown(of("int8", 127).add(1))).toEqual(["int8", [-128]]);
    expect(shown(of("uint8", 16).mul(of("uint8", 17)))).toEqual(["uint8", [16]]);
    expect(shown(of("uint8", 1).neg())).toEqual(["uint8", [255]]);
    expect(shown(of("uint8", 7).div(2))).toEqual(["float32", [3.5]]);
    expect(shown(of("int16", 3).exp())).toEqual(["float32", [Math.fround(Math.exp(3))]]);
    expect(shown(of("float16", 2048).add(1).add(1))).toEqual(["float16", [2048]]);
    expect(shown(of("float16", 60000).mul(2))).toEqual(["float16", [Infinity]]);
    expect(shown(of("bfloat16", 1).add(2 ** -9))).toEqual(["bfloat16", [1]]);
    expect(shown(of("float16", 1, NaN).lt(of("float16", 2, 2)))).toEqual(["bool", [true, false]]);
    expect(shown(where(of("bool", 1, 0), of("int8", 1, 2), of("uint8", 200, 201)))).toEqual(["int16", [1, 201]]);
  });
  test("in place", () => {
    expect(shown(of("float16", 1).add_(tensor([0.1])))).toEqual(["float16", [1.099609375]]);
    expect(shown(of("uint8", 250).add_(of("int32", 10)))).toEqual(["uint8", [4]]);
    expect(shown(of("int8", 1).copy_(tensor([-1.5])))).toEqual(["int8", [-1]]);
    expect(() => of("uint8", 1).div_(2)).toThrow("result type Float can't be cast to the desired output type Byte");
    expect(() => of("int16", 1).mul_(of("float64", 2))).toThrow("result type Double can't be cast to the desired output type Short");
    expect(() => of("float16", 1).add_(1, { alpha: 2 })).not.toThrow();
  });
  test("reductions", () => {
    expect(shown(sum(of("uint8", 0, 3, 0), undefined, { dtype: "bool" }))).toEqual(["bool", true]); // whether there is anything
    expect(shown(sum(of("uint8", 200, 200)))).toEqual(["int32", 400]);
    expect(shown(of("float16", ...new Array<number>(4096).fill(1)).sum())).toEqual(["float16", 4096]); // one by one it would stay at 2048
    expect(shown(mean(of("float16", 60000, 60000, 60000)))).toEqual(["float16", 60000]); // the sum is beyond float16
    expect(shown(std(of("float16", 300, -300), undefined, { correction: 0 }))).toEqual(["float16", 300]);
    expect(shown(sum(tensor([1 + 2 ** -12, 1 + 2 ** -12]), undefined, { dtype: "float16" }))).toEqual(["float16", 2]);
    for (const dtype of [...floats16, ...smallInts]) {
      const x = tensor([[1, 5, 2], [4, 0, 4]], { dtype });
      expect(shown(amax(x, 1))).toEqual([dtype, [5, 4]]);
      expect(shown(x.amin())).toEqual([dtype, 0]);
      expect(shown(x.max(0).values)).toEqual([dtype, [4, 5, 4]]);
      expect(shown(argmax(x, 1))).toEqual(["int32", [1, 0]]);
      expect(shown(x.all(0))).toEqual(dtype === "uint8" ? ["uint8", [1, 0, 1]] : ["bool", [true, false, true]]);
      expect(shown(matmul(x, x.t()))).toEqual([dtype, [[30, 12], [12, 32]]]);
      expect(shown(gather(x, 1, tensor(Int32Array.of(2, 1), { shape: [2, 1] })))).toEqual([dtype, [[2], [0]]]);
      expect(shown(scatterAdd(of(dtype, 1, 2), 0, tensor(Int32Array.of(1, 1)), of(dtype, 3, 4)))).toEqual([dtype, [1, 9]]);
      expect(shown(cat([x, x.narrow(1, 0, 1)], 1))).toEqual([dtype, [[1, 5, 2, 1], [4, 0, 4, 4]]]);
    }
    expect(() => mean(of("uint8", 1))).toThrow("mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Byte");
    expect(() => softmax(of("int8", 1), 0)).toThrow(`"softmax_lastdim_kernel_impl" not implemented for 'Char'`);
    const row = tensor([[1, 2]], { dtype: "float16" }).expand([3, 1, 2]), column = tensor([[[1], [2]], [[3], [4]], [[5], [6]]], { dtype: "float16" });
    expect(shown(matmul(row, column))).toEqual(["float16", [[[5]], [[11]], [[17]]]]);
    expect(() => matmul(of("int8", 1), of("uint8", 1))).toThrow("dot : expected both vectors to have same dtype, but found Char and Byte");
  });
  test("the fused ops round at the end alone", () => {
    const x = of("float16", 300, -300, 200, 1);
    expect(layerNorm(x, [4]).toArraySync()).toEqual(layerNorm(x.float(), [4]).half().toArraySync()); // 300^2 is beyond float16
    expect(softmax(x.div(100), 0).toArraySync()).toEqual(softmax(x.div(100).float(), 0).half().toArraySync());
    expect(crossEntropy(x.reshape([1, 4]), tensor(Int32Array.of(2))).itemSync()).toBe(100);
    const many = tensor([[9, -9]], { dtype: "float16" }).expand([8192, 2]); // losses of 18, whose sum is beyond float16
    expect(shown(crossEntropy(many, tensor(new Int32Array(8192).fill(1))))).toEqual(["float16", 18]);
    const image = of("float16", 300, -300, 200, 1).reshape([2, 1, 2]);
    expect(shown(batchNorm(image, null, null, { training: true }))).toEqual(shown(batchNorm(image.float(), null, null, { training: true }).half()));
    expect(shown(groupNorm(image, 1))).toEqual(shown(groupNorm(image.float(), 1).half()));
  });
});

describe("gradients", () => {
  test.each(floats16)("of %s are of that dtype", (dtype) => {
    const x = tensor([0.25, 0.5, 1], { dtype, requiresGrad: true }), y = tensor([[0.5], [2]], { dtype, requiresGrad: true });
    const out = x.mul(y).sigmoid().sum();
    expect(out.gradFn?.name).toBe("SumBackward0");
    out.backward();
    expect([x.grad!.dtype, x.grad!.shape, y.grad!.dtype, y.grad!.shape]).toEqual([dtype, [3], dtype, [2, 1]]);
    const exact = [0.25, 0.5, 1].map((a) => [0.5, 2].reduce((s, b) => { const v = 1 / (1 + Math.exp(-a * b)); return s + b * v * (1 - v); }, 0));
    const errors = (x.grad!.toArraySync() as number[]).map((g, i) => Math.abs(g - exact[i]!) / exact[i]!);
    expect(Math.max(...errors)).toBeLessThan(dtype === "float16" ? 2 ** -9 : 2 ** -6);
    out.dispose();
    x.mul(2).sum().backward(); // accumulates
    expect(x.grad!.dtype).toBe(dtype);
  });
  test("a gradient crosses a cast, and a broadcast sums in float32", () => {
    const x = tensor([1, 2], { requiresGrad: true }), half = x.half();
    expect(half.gradFn?.name).toBe("ToCopyBackward0");
    half.mul(3).sum().backward();
    expect(shown(x.grad!)).toEqual(["float32", [3, 3]]);
    const w = tensor(1, { dtype: "float16", requiresGrad: true });
    w.expand([4096]).mul(1).sum().backward();
    expect(shown(w.grad!)).toEqual(["float16", 4096]);
  });
  test("second order, ties, matmul and indices", () => {
    const x = of("float16", 2, 2, 1).requiresGrad_();
    expect(shown(grad(x.amax(), x)[0]!)).toEqual(["float16", [0.5, 0.5, 0]]);
    const [first] = grad(x.pow(3).sum(), x, { createGraph: true });
    expect(shown(grad(first!.sum(), x)[0]!)).toEqual(["float16", [12, 12, 6]]);
    expect(shown(grad(matmul(x, x), x)[0]!)).toEqual(["float16", [4, 4, 2]]);
    expect(shown(grad(x.indexSelect(0, tensor(Int32Array.of(0, 0, 2))).sum(), x)[0]!)).toEqual(["float16", [2, 0, 1]]);
  });
  test("integers have none", () => expect(() => of("int8", 1).requiresGrad_()).toThrow("only Tensors of floating point and complex dtype can require gradients"));
});

test("a device that does not take a dtype says so", () => {
  const narrow = Object.assign(Object.create(cpu()) as ReturnType<typeof cpu>, { dtypes: new Set<DType>(["float32", "int32", "bool"]) });
  expect(() => tensor([1], { dtype: "float16", device: narrow })).toThrow(DTypeError);
  expect(() => tensor([1], { device: narrow }).half()).toThrow("toCopy: device 'cpu' does not take float16, only float32, int32, bool; cast, or use the cpu device");
});
