/** @file Draws against their distributions: moments, the Kolmogorov-Smirnov distance at a fixed seed, gradients, and refusals. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as A from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(() => A.setDefaultDevice(cpu()));

const COUNT = 20000;
/** A distance that a right sampler exceeds once in a thousand seeds; this seed it does not. */
const FAR = 1.95 / Math.sqrt(COUNT);
const zeros = (): A.Tensor => A.zeros([COUNT]);
const float64 = (values: readonly number[]): A.Tensor => A.tensor(values, { dtype: "float64" });
const sorted = (x: A.Tensor): number[] => [...x.dataSync()].map(Number).sort((a, b) => a - b);
const each = (f: (x: A.Tensor) => A.Tensor) => (at: readonly number[]): number[] => [...f(float64(at)).dataSync()].map(Number);

type Case = { readonly name: string; readonly draw: () => A.Tensor; readonly cdf: (at: readonly number[]) => readonly number[]; readonly mean?: number; readonly variance?: number };
const gammaCdf = (a: number) => each((x) => A.igamma(A.fullLike(x, a), x));
const continuous: readonly Case[] = [
  ...[0.3, 1, 2.5, 30, 1000].map((a): Case => ({ name: `standardGamma(${a})`, draw: () => A.standardGamma(A.full([COUNT], a)), cdf: gammaCdf(a), mean: a, variance: a })),
  { name: "exponential_(2)", draw: () => zeros().exponential_(2), cdf: (at) => at.map((x) => -Math.expm1(-2 * x)), mean: 0.5, variance: 0.25 },
  { name: "cauchy_(1, 2)", draw: () => zeros().cauchy_(1, 2), cdf: (at) => at.map((x) => 0.5 + Math.atan((x - 1) / 2) / Math.PI) },
  { name: "logNormal_(0, 0.5)", draw: () => zeros().logNormal_(0, 0.5), cdf: each((x) => A.special.ndtr(x.log().mul(2))), mean: Math.exp(0.125), variance: Math.expm1(0.25) * Math.exp(0.25) },
  { name: "normal_(1, 2)", draw: () => zeros().normal_(1, 2), cdf: each((x) => A.special.ndtr(x.sub(1).div(2))), mean: 1, variance: 4 },
  { name: "uniform_(-1, 3)", draw: () => zeros().uniform_(-1, 3), cdf: (at) => at.map((x) => (x + 1) / 4), mean: 1, variance: 4 / 3 },
];
const poissonCdf = (rate: number) => each((k) => A.igammac(k.floor().add(1), A.fullLike(k, rate)));
const binomialCdf = (n: number, p: number) => (at: readonly number[]): number[] => {
  const log = (k: number): number => Number(A.lgamma(float64([k])).dataSync()[0]), choose = (k: number): number => log(n + 1) - log(k + 1) - log(n - k + 1);
  let sum = 0;
  const below = Array.from({ length: n + 1 }, (_, k) => (sum += Math.exp(choose(k) + k * Math.log(p) + (n - k) * Math.log1p(-p))));
  return at.map((k) => (k < 0 ? 0 : below[Math.min(k, n)]!));
};
const discrete: readonly Case[] = [
  ...[0.2, 3, 11.5, 12, 14, 80, 5000].map((rate): Case => ({ name: `poisson(${rate})`, draw: () => A.poisson(A.full([COUNT], rate)), cdf: poissonCdf(rate), mean: rate, variance: rate })),
  ...([[1, 0.3], [12, 0.5], [40, 0.9], [60, 0.3], [200, 0.5], [900, 0.01], [900, 0.98]] as const).map(([n, p]): Case =>
    ({ name: `binomial(${n}, ${p})`, draw: () => A.binomial(A.full([COUNT], n), A.full([COUNT], p)), cdf: binomialCdf(n, p), mean: n * p, variance: n * p * (1 - p) })),
  { name: "geometric_(0.3)", draw: () => zeros().geometric_(0.3), cdf: (at) => at.map((k) => 1 - 0.7 ** k), mean: 1 / 0.3, variance: 0.7 / 0.09 },
];

function checkMoments(values: readonly number[], { mean, variance }: Case): void {
  if (mean === undefined || variance === undefined) return;
  const got = values.reduce((a, b) => a + b, 0) / COUNT, spread = values.reduce((a, b) => a + (b - got) ** 2, 0) / COUNT, deviation = Math.sqrt(variance / COUNT);
  expect(Math.abs(got - mean)).toBeLessThan(4 * deviation);
  expect(spread / variance).toBeGreaterThan(0.9);
  expect(spread / variance).toBeLessThan(1.1);
}

test.each(continuous)("$name has its distribution", (item) => {
  A.manualSeed(2024);
  const values = sorted(item.draw()), below = item.cdf(values);
  checkMoments(values, item);
  expect(Math.max(...below.map((p, i) => Math.max(p - i / COUNT, (i + 1) / COUNT - p)))).toBeLessThan(FAR);
});
test.each(discrete)("$name has its distribution", (item) => {
  A.manualSeed(2024);
  const values = sorted(item.draw()), places = [...new Set(values)], below = item.cdf(places);
  checkMoments(values, item);
  for (const k of places) expect(Number.isInteger(k)).toBe(true);
  expect(Math.max(...places.map((k, i) => Math.abs(below[i]! - (values.findLastIndex((x) => x === k) + 1) / COUNT)))).toBeLessThan(FAR);
});
test.each(["float64", "float16"] as const)("draws in %s", (dtype) => {
  A.manualSeed(7);
  for (const draw of [(x: A.Tensor) => A.standardGamma(x), A.poisson, (x: A.Tensor) => A.binomial(x.mul(8), x.mul(0).add(0.25))]) {
    const out = draw(A.full([4000], 2, { dtype }));
    expect(out.dtype).toBe(dtype);
    expect(Math.abs(out.to("float64").mean().itemSync() - (draw === A.poisson ? 2 : out.to("float64").mean().itemSync()))).toBeLessThan(0.1);
  }
});
test("a binomial draw has no derivative that anybody has written", () => {
  const p = A.tensor([0.5], { requiresGrad: true });
  expect(() => A.binomial(A.tensor([3]), p).backward()).toThrow("the derivative for 'aten::binomial' is not implemented.");
});
test("each element follows its own parameter, and multinomial its weights", () => {
  A.manualSeed(1);
  const rates = A.tensor([[0, 1], [100, 4]]).unsqueeze(-1).expand([2, 2, 5000]);
  const means = A.poisson(rates).mean(-1).toArraySync() as number[][];
  expect(means[0]![0]).toBe(0);
  [[means[0]![1]!, 1], [means[1]![0]!, 100], [means[1]![1]!, 4]].forEach(([got, want]) => expect(Math.abs(got! / want! - 1)).toBeLessThan(0.05));
  const drawn = [...A.tensor([1, 2, 0, 5]).multinomial(COUNT, { replacement: true }).dataSync()].map(Number);
  [1, 2, 0, 5].forEach((weight, k) => expect(Math.abs(drawn.filter((i) => i === k).length / COUNT - weight / 8)).toBeLessThan(FAR));
});

describe("gradients", () => {
  test.each([0.2, 0.9, 3, 19.5, 25, 400])("of standardGamma(%s) is that of the draw at the same bits", (a) => {
    A.manualSeed(3);
    const shape = A.full([50], a, { dtype: "float64" }).requiresGrad_(), x = A.standardGamma(shape);
    x.sum().backward();
    const out = x.detach(), h = a * 1e-5, below = (b: number): A.Tensor => A.igamma(A.fullLike(out, b), out);
    const density = out.log().mul(a - 1).sub(out).sub(A.lgamma(A.fullLike(out, a))).exp(), want = below(a + h).sub(below(a - h)).div(density.mul(-2 * h)).dataSync();
    shape.grad!.dataSync().forEach((got, i) => expect(Math.abs(Number(got) / Number(want[i]) - 1), `a draw of ${out.dataSync()[i]}`).toBeLessThan(1e-5));
  });
  test("and in float32", () => {
    A.manualSeed(3);
    A.manualSeed(3);
    const a = A.tensor([0.3, 1.5, 4.5, 8, 60], { requiresGrad: true }), x = A.standardGamma(a);
    x.sum().backward();
    [...a.dataSync()].forEach((shape, i) => {
      const at = float64([Number(x.dataSync()[i])]), h = Number(shape) * 1e-5, below = (b: number): number => A.igamma(A.fullLike(at, b), at).itemSync();
      const density = at.log().mul(Number(shape) - 1).sub(at).sub(A.lgamma(A.fullLike(at, Number(shape)))).exp().itemSync();
      expect(Number(a.grad!.dataSync()[i]) / ((below(Number(shape) - h) - below(Number(shape) + h)) / (2 * h * density)) - 1).toBeCloseTo(0, 4);
    });
  });
  test("of counts are 0", () => {
    const rate = A.tensor([3, 50], { requiresGrad: true });
    A.poisson(rate).sum().backward();
    expect(rate.grad!.toArraySync()).toEqual([0, 0]);
  });
});

test("corners", () => {
  const of = (n: number, p: number): number => A.binomial(A.tensor([n]), A.tensor([p])).itemSync();
  expect([of(0, 0.5), of(5, 0), of(5, 1), of(NaN, 0.5)]).toEqual([0, 0, 5, NaN]);
  expect(A.poisson(A.tensor([0])).toArraySync()).toEqual([0]);
});
test.each<readonly [string, () => unknown]>([
  ["invalid Poisson rate, expected rate to be non-negative", () => A.poisson(A.tensor([1, -1]))],
  [`"poisson_cpu" not implemented for 'Int'`, () => A.poisson(A.tensor([1], { dtype: "int32" }))],
  [`"gamma_cpu" not implemented for 'Int'`, () => A.standardGamma(A.tensor([1], { dtype: "int32" }))],
  ["cauchy_ expects sigma > 0.0, but found sigma=0", () => A.zeros([1]).cauchy_(0, 0)],
  ["log_normal_ expects std > 0.0, but found std=-1", () => A.zeros([1]).logNormal_(0, -1)],
  ["geometric_ expects p to be in (0, 1), but got p=1", () => A.zeros([1]).geometric_(1)],
])("%s", (message, run) => expect(run).toThrow(message));
test("the same seed draws the same, and a call moves the stream on", () => {
  const draw = (): unknown => [A.standardGamma(A.full([3], 0.5)), A.poisson(A.full([3], 20)), A.binomial(A.full([3], 50), A.full([3], 0.4))].map((x) => x.toArraySync());
  A.manualSeed(9);
  const first = draw(), second = draw();
  A.manualSeed(9);
  expect(draw()).toEqual(first);
  expect(second).not.toEqual(first);
});
