/** @file The kernels for hardware, which a software adapter does not choose by itself, on the cases of the suite that meet them. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type WebGpuBackend, webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";
import { crossEntropy, grad, linear, manualSeed, matmul, noGrad, randn, relu, scaledDotProductAttention, scope, sgdStep, type Tensor, tensor } from "@adjoint/core";
import { kernelNames } from "@adjoint/core/backend";
import { afterAll, expect, test } from "vitest";
import { altered } from "./shared/altered.ts";
import { expectations } from "./shared/expectations.ts";
import { Random } from "./shared/harness.ts";
import { kernelChecks } from "./shared/kernels.ts";
import { openDevice } from "./shared/open.ts";

conformance(() => webgpu({ tuning: "workgroup" }), { expectations, only: /^(matmul|conv|reduce|sort)/ });
// A software adapter takes seconds to compile barriers: of each kind of row, and of each kind of value, one.
const rowsOfEachKind = "softmax|softmax of NaN and infinities|layerNorm|rmsNorm of a part of each row", biases = "a convolution of many channels, and its bias|a layer of many outputs, and its bias";
conformance(() => webgpu({ tuning: "workgroup" }), { expectations, only: new RegExp(`^fused: (${rowsOfEachKind}|${biases}|the step of an optimizer.*|side by side: .*)$`) });
// A small device has room for the scores of a few queries at a time.
conformance(() => webgpu({ maxBytes: 3 * 2 ** 22 }), { expectations, only: /^fused: (causal attention|attention with a sum|(causal )?attention of batches of heads|attention of batches of heads, a mask for each row of a batch)(, backward)?$/ });

const device = await webgpu({ tuning: "workgroup" }), reference = cpu(), gpu = await openDevice();
/** Of the shaders that were made for products. */
const labels: string[] = [];
const watched = await webgpu({
  tuning: "workgroup",
  device: altered(gpu, {
    createShaderModule(told) {
      labels.push(told.label ?? "");
      return gpu.createShaderModule(told);
    },
  }),
});
afterAll(() => {
  for (const one of [device, watched]) one.dispose();
  gpu.destroy();
});
test.each(kernelChecks.filter(({ name }) => /^(reduce)/.test(name)))("$name", ({ run }) => run(device), 60_000);

/** The suite compares the fused kernels that a device has, and would miss none. */
test.each([["workgroup", []], ["registers", ["concat"]]] as const)("with kernels for %s all are there but %j", async (tuning, missing) => {
  const one = await webgpu({ tuning });
  expect(kernelNames.filter((name) => one.kernels[name] === undefined)).toEqual(missing);
  one.dispose();
});

test("a training step is few dispatches", async () => {
  const s = scope(), numbers = (...shape: number[]): Tensor => randn(shape, { device, requiresGrad: true });
  manualSeed(2);
  const [x, w1, b1, w2, b2] = [randn([12, 8], { device }), numbers(6, 8), numbers(6), numbers(3, 6), numbers(3)] as const, target = tensor(Int32Array.from({ length: 12 }, (_, i) => i % 3), { device });
  const step = (): void => {
    const loss = crossEntropy(linear(relu(linear(x, w1, b1)), w2, b2), target), [...gradients] = grad(loss, [w1, b1, w2, b2]) as Tensor[];
    noGrad(() => sgdStep([w1, b1, w2, b2], gradients, undefined, { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, isFirst: false }));
  };
  const before = webgpuStats(device).dispatches;
  s.run(step);
  // Forward 3 and the loss 4; its gradient with the one it begins with 3, those of the layers 6, and all parameters together.
  expect(webgpuStats(device).dispatches - before).toBe(17);
  s.close();
  await device.sync();
});

/** Rows of three dims, which invocations share: products of heads, and a mask for each row of an example. */
test("attention of heads that do not merge", async () => {
  manualSeed(1);
  const mask = randn([2, 1, 70, 70], { device: reference }), parts = [0, 1, 2].map(() => randn([2, 70, 3, 16], { device: reference }));
  const results = async (on: typeof reference | typeof device): Promise<number[][]> => {
    const xs = (await Promise.all(parts.map((x) => x.to(on)))).map((x) => x.requiresGrad_()), [q, k, v] = xs.map((x) => x.transpose(1, 2)) as [Tensor, Tensor, Tensor];
    const out = scaledDotProductAttention(q, k, v, { attnMask: await mask.to(on) });
    out.backward(out.detach());
    return Promise.all([out.detach(), ...xs.map((x) => x.grad!)].map(async (x) => [...(await x.data())].map(Number)));
  };
  const [got, want] = [await results(device), await results(reference)];
  got.forEach((values, part) => values.forEach((x, i) => expect(Math.abs(x - want[part]![i]!)).toBeLessThan(1e-5)));
}, 60_000);

type Views = (x: Tensor, y: Tensor) => readonly [Tensor, Tensor];
const whole: Views = (x, y) => [x, y];
/** What a vector has beyond the ends of depths and places is nobody's, and may be anything. */
const amidNaN: Views = (x, y) => {
  for (const beyond of [x.narrow(1, 18, 6), y.narrow(1, 37, 3)]) beyond.fill_(NaN);
  return [x.narrow(1, 0, 18), y.narrow(1, 0, 37)];
};

test.each([
  ["blocks of 128", [128, 65, 9], [128, 9, 70], whole, "128x128 shared"],
  ["a depth in parts", [33, 700], [700, 65], whole, "64x64 shared, rows along"],
  ["vectors of depths", [70, 20], [84, 20], (x, y) => [x, y.t()], "64x64 shared, rows along, columns along"],
  ["vectors of places", [20, 72], [20, 84], (x, y) => [x.narrow(1, 0, 70).t(), y], "64x64 shared, rows across, columns across"],
  ["vectors, and a depth in parts", [20, 600], [600, 44], whole, "64x64 shared, rows along, columns across"],
  ["vectors of larger blocks", [128, 68, 12], [128, 12, 76], whole, "128x128 shared, rows along, columns across"],
  ["vectors that end in NaN", [40, 24], [18, 40], amidNaN, "64x64 shared, rows along, columns across"],
  ["one buffer, of which one operand is no vectors", [22, 20], [1, 1], (x) => [x.narrow(0, 0, 17), x.reshape([-1]).narrow(0, 1, 360).reshape([20, 18])], "64x64 shared"],
] satisfies [string, number[], number[], Views, string][])("%s", async (_, left, right, views, kernel) => {
  manualSeed(1);
  const a = randn(left, { device: reference }), b = randn(right, { device: reference });
  const product = async (x: Tensor, y: Tensor): Promise<Float32Array> => Float32Array.from(await matmul(...views(x, y)).data());
  const got = await product(await a.to(watched), await b.to(watched)), want = await product(a, b);
  expect(got.length).toBe(want.length);
  const off = got.reduce((most, x, i) => Math.max(most, Math.abs(x - want[i]!)), 0);
  expect(off).toBeLessThan(1e-4);
  expect(labels.findLast((label) => label.startsWith("matmul"))).toBe(`matmul ${kernel}`);
}, 60_000);

/** A device whose own reciprocals, of which quotients and roots are made, are so many places off, and how many of its shaders have them. */
async function inexact(places: number): Promise<{ readonly device: WebGpuBackend; readonly shaders: () => number; readonly close: () => void }> {
  const host = await openDevice(), off = `fn off(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) + ${places >>> 0}u); }`;
  let shaders = 0;
  const device = await webgpu({
    tuning: "workgroup",
    device: altered(host, {
      createShaderModule(told) {
        const changed = told.code.replace(/1\.0 \/ bitcast<f32>\([^)]*\)|inverseSqrt\(f\)/g, "off($&)");
        if (changed !== told.code) shaders++;
        return host.createShaderModule({ ...told, code: changed === told.code ? changed : `${changed}\n${off}` });
      },
    }),
  });
  return { device, shaders: () => shaders, close: () => { device.dispose(); host.destroy(); } };
}

const words = new Uint32Array(1), float = new Float32Array(words.buffer);
const ofBits = (bits: number): number => (words[0] = bits, float[0]!);
/** Signs, exponents at the ends and round 1, mantissas at the ends, at halves and thirds. */
const corners = [0, 1, 2, 3, 23, 24, 60, 103, 126, 127, 128, 151, 200, 230, 253, 254, 255].flatMap((exponent) =>
  [0, 1, 2, 0x2aaaab, 0x400000, 0x7ffffe, 0x7fffff].flatMap((mantissa) => [0, 1].map((sign) => ofBits((sign * 2 ** 31) + exponent * 2 ** 23 + mantissa))));
/** Every pair of corners; then any two bit patterns, numbers of one exponent, subnormal ones, integers, and quotients just beside the middle of two numbers. */
function dividends(count: number): readonly [Float32Array, Float32Array] {
  const random = new Random(23), bits = (): number => Math.floor(random.next() * 2 ** 32), mantissa = (): number => ofBits(0x3f800000 + (bits() >>> 9));
  const kinds: readonly (() => readonly [number, number])[] = [
    () => [ofBits(bits()), ofBits(bits())], () => [mantissa(), mantissa()], () => [ofBits(bits() & 0x807fffff), ofBits(bits() & 0xbfffffff)], () => [ofBits(bits() & 0x83ffffff), mantissa() * 2 ** 120],
    () => [random.int(-999, 999), random.int(-999, 999)],
    () => {
      const y = mantissa();
      return [(mantissa() + random.pick([2 ** -24, -(2 ** -24)])) * y, y];
    },
    () => {
      const y = mantissa() * 2 ** 100;
      return [random.int(0, 2 ** 20) * 2 ** -149 * y + random.pick([2 ** -150, 0]) * y, y];
    },
  ];
  const pairs = [Float32Array.from({ length: count }), Float32Array.from({ length: count })] as const;
  for (let i = 0; i < count; i++) {
    const [x, y] = i < corners.length ** 2 ? [corners[Math.floor(i / corners.length)]!, corners[i % corners.length]!] : kinds[i % kinds.length]!();
    pairs[0][i] = x;
    pairs[1][i] = y;
  }
  return pairs;
}

test.each([-3, -1, 0, 1, 3])("quotients and roots are IEEE's, to the bit, where the device's own reciprocals are %i places off", async (places) => {
  const count = 2 ** 20, { device, shaders, close } = await inexact(places), [x, y] = dividends(count);
  const [a, b] = [x, y].map((values) => tensor(values, { device })) as [Tensor, Tensor];
  const wrong = (got: ArrayLike<number>, want: (i: number) => number): string[] => {
    const found: string[] = [];
    for (let i = 0; i < count; i++) if (!Object.is(got[i], Math.fround(want(i)))) found.push(`${x[i]}, ${y[i]}: ${got[i]}, not ${Math.fround(want(i))}`);
    return found;
  };
  expect(wrong(await a.div(b).data(), (i) => x[i]! / y[i]!).slice(0, 10)).toEqual([]);
  expect(wrong(await a.sqrt().data(), (i) => Math.sqrt(x[i]!)).slice(0, 10)).toEqual([]);
  expect(shaders()).toBe(2);
  close();
});
