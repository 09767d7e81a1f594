/** Running sums, sorting, searching and counting: what is promised beyond numbers that the conformance suite compares. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  argsort, bincount, bucketize, cumprod, cummax, cumsum, cumulativeTrapezoid, diff, func, grad, histc, histogram, histogramdd, isin, kthvalue, logcumsumexp, median, memory, mode, nanmedian, nonzero, ones, prod, quantile, scope, searchsorted, segmentReduce, setDefaultDevice, sort,
  tensor, type Tensor, topk, trapezoid, unique, uniqueConsecutive, zeros,
} from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const d = (values: number[], shape = [values.length]): Tensor => tensor(values, { shape, dtype: "float64" });
const i = (values: number[], shape = [values.length]): Tensor => tensor(values, { shape, dtype: "int32" });
const values = (x: Tensor): unknown => x.toArraySync(), nested = (x: unknown): unknown => (x as Tensor).toArraySync();

describe("examples of the documentation", () => {
  test("running sums, products and extrema", () => {
    expect(values(cumsum(i([1, 2, 3]), 0))).toEqual([1, 3, 6]);
    expect(values(cumprod(i([1, 2, 3]), 0))).toEqual([1, 2, 6]);
    expect(values(cummax(i([1, 3, 2]), 0).values)).toEqual([1, 3, 3]);
    expect(values(logcumsumexp(d([0, 0]), 0))).toEqual([0, Math.LN2]);
    expect(values(prod(i([1, 2, 3, 4], [2, 2]), 1))).toEqual([2, 12]);
    expect(values(segmentReduce(d([1, 2, 3]), "sum", { lengths: i([1, 2]) }))).toEqual([1, 5]);
    expect(values(segmentReduce(d([1, 2, 3]), "mean", { offsets: i([0, 0, 2]) }))).toEqual([NaN, 1.5]);
    expect(values(diff(d([1, 3, 2])))).toEqual([2, -1]);
    expect(values(trapezoid(d([1, 5, 10])))).toBe(10.5);
    expect(values(cumulativeTrapezoid(d([1, 5, 10])))).toEqual([3, 10.5]);
  });
  test("sorting and searching", () => {
    expect(values(sort(d([3, 1, 2])).values)).toEqual([1, 2, 3]);
    expect(values(argsort(d([3, 1, 2])))).toEqual([1, 2, 0]);
    expect(values(topk(d([3, 1, 2]), 2).values)).toEqual([3, 2]);
    expect([kthvalue(d([3, 1, 2]), 2).values, median(d([3, 1, 2])), mode(d([3, 1, 3])).values].map(values)).toEqual([2, 2, 3]);
    expect(values(quantile(d([0, 1, 2, 3]), 0.5))).toBe(1.5);
    expect(values(searchsorted(d([1, 3, 5]), d([3, 4])))).toEqual([1, 2]);
    expect(values(bucketize(d([1, 4]), d([1, 3, 5])))).toEqual([0, 2]);
    expect(values(isin(i([1, 2, 3]), i([3, 1])))).toEqual([true, false, true]);
    expect(values(histogram(d([1, 2, 1]), 4, { range: [0, 3] }).hist)).toEqual([0, 2, 1, 0]);
    expect(values(histogramdd(d([0, 1, 1, 0], [2, 2]), [2, 2]).hist)).toEqual([[0, 1], [1, 0]]);
    expect(values(histc(d([1, 2, 1]), { bins: 4, min: 0, max: 3 }))).toEqual([0, 2, 1, 0]);
  });
  test("what depends on values is a promise", async () => {
    expect(values(await bincount(i([1, 3, 1])))).toEqual([0, 2, 0, 1]);
    expect(values(await unique(i([2, 1, 2])))).toEqual([1, 2]);
    expect(values(await uniqueConsecutive(i([1, 1, 2, 1])))).toEqual([1, 2, 1]);
    const { values: rows, inverse, counts } = await i([3, 4, 1, 2, 3, 4], [3, 2]).unique(0, { returnInverse: true, returnCounts: true });
    expect([rows, inverse, counts].map(values)).toEqual([[[1, 2], [3, 4]], [1, 0, 1], [1, 2]]);
  });
});

test("a method is the function", () => {
  const x = d([3, 1, 2]);
  expect([x.median(), x.median(0).values, x.nanmedian(), x.prod()].map(values)).toEqual([2, 2, 2, 6]);
});

describe("equal elements and NaN", () => {
  test("a sort is stable in both directions, and NaN is the largest", () => {
    const x = d([1, NaN, 0, 1, -0, NaN, 2]);
    expect(values(argsort(x))).toEqual([2, 4, 0, 3, 6, 1, 5]);
    expect(values(argsort(x, 0, { descending: true }))).toEqual([1, 5, 6, 0, 3, 2, 4]);
  });
  test.each<[string, (at: number) => number]>([
    ["distinct numbers", (at) => (at * 577) % 1009], ["few different ones", (at) => (at * 577) % 5], ["NaN and infinities", (at) => [NaN, Infinity, -Infinity, at][(at * 577) % 4]!],
  ])("a part of the order is that of the whole, indices too: %s", (_, value) => {
    const x = d(Array.from({ length: 2 * 1001 }, (__, at) => value(at)), [2, 1001]);
    for (const largest of [true, false]) {
      const whole = sort(x, 1, { descending: largest });
      for (const k of [0, 1, 9, 600, 1001]) {
        const found = topk(x, k, 1, { largest });
        expect([found.values, found.indices].map(values)).toEqual([whole.values.narrow(1, 0, k), whole.indices.narrow(1, 0, k)].map(values));
      }
    }
    const { indices } = sort(x, 1);
    for (const k of [1, 300, 501, 1001]) expect(values(kthvalue(x, k, 1).indices)).toEqual(values(indices.select(1, k - 1)));
    const numbers = (nested(x) as number[][]).map((row) => row.filter((one) => !Number.isNaN(one)).length);
    expect(values(median(x, 1).indices)).toEqual(numbers.map((n, row) => values(indices.select(0, row).select(0, n === 1001 ? 500 : n))));
  });
  test("a median is NaN if there is one, or leaves them out", () => {
    const x = d([1, NaN, 0, 3]);
    expect([median(x), nanmedian(x)].map(values)).toEqual([NaN, 1]);
    expect(values(x.median(0).indices)).toBe(1);
    expect(values(median(zeros([0])))).toBe(NaN);
  });
  test("the median of everything shares its gradient among its equals", () => {
    const x = tensor([2, 1, 2, 3, 2], { dtype: "float64", requiresGrad: true });
    expect(values(grad(median(x), [x])[0]!)).toEqual([1 / 3, 0, 1 / 3, 0, 1 / 3]);
  });
});

describe("derivatives at zeros", () => {
  test.each([[1, 0, 2], [0, 3, 0], [0, 0, 0]])("of cumprod, of every order: %j %j %j", (...x) => {
    // y = (a, ab, abc): weighted by 1, 2, 4 it is a + 2 ab + 4 abc.
    const [a, b, c] = x as [number, number, number], f = (t: Tensor): Tensor => t.cumprod(0).mul(d([1, 2, 4])).sum();
    expect(nested(func.grad(f)(d(x)))).toEqual([1 + 2 * b + 4 * b * c, 2 * a + 4 * a * c, 4 * a * b]);
    expect(nested(func.hessian(f)(d(x)))).toEqual([[0, 2 + 4 * c, 4 * b], [2 + 4 * c, 0, 4 * a], [4 * b, 4 * a, 0]]);
    expect(nested(func.jacrev(func.hessian(f))(d(x)))).toEqual([0, 1, 2].map((p) => [0, 1, 2].map((q) => [0, 1, 2].map((r) => (new Set([p, q, r]).size === 3 ? 4 : 0)))));
  });
  test("of prod", () => {
    const f = (t: Tensor): Tensor => t.prod();
    expect(nested(func.grad(f)(d([2, 0, 3])))).toEqual([0, 6, 0]);
    expect(nested(func.hessian(f)(d([0, 0, 3])))).toEqual([[0, 3, 0], [3, 0, 0], [0, 0, 0]]);
  });
});

describe("errors are PyTorch's, before anything is made", () => {
  const x = (): Tensor => ones([2, 3]);
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["cumsum", () => cumsum(x(), 2), "Dimension out of range (expected to be in range of [-2, 1], but got 2)"],
    ["logcumsumexp", () => logcumsumexp(i([1]), 0), "\"logcumsumexp_out_cpu\" not implemented for 'Int'"],
    ["topk", () => topk(x(), 4), "selected index k out of range"], ["topk of a half", () => topk(x(), 1.5), "selected index k out of range"],
    ["kthvalue of a half", () => kthvalue(x(), 1.5), "kthvalue(): selected number k out of range for dimension 1"],
    ["topk of bools", () => topk(x().gt(0), 1), "\"topk_cpu\" not implemented for 'Bool'"],
    ["kthvalue", () => kthvalue(x(), 4), "kthvalue(): selected number k out of range for dimension 1"],
    ["kthvalue of nothing", () => kthvalue(zeros([2, 0]), 1), "kthvalue(): Expected reduction dim 1 to have non-zero size."],
    ["median of nothing", () => median(zeros([2, 0]), 1), "median(): Expected reduction dim 1 to have non-zero size."],
    ["mode of nothing", () => mode(zeros([2, 0])), "mode(): Expected reduction dim 1 to have non-zero size."],
    ["quantile of integers", () => quantile(i([1]), 0.5), "quantile() input tensor must be either float or double dtype"],
    ["quantile beyond", () => quantile(x(), 1.5), "quantile() q must be in the range [0, 1] but got 1.5"],
    ["searchsorted", () => searchsorted(x(), ones([3, 3])), "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor [2, 3] and input value tensor [3, 3]"],
    ["bucketize", () => bucketize(x(), x()), "boundaries tensor must be 1 dimension, but got dim(2)"],
    ["histc", () => histc(x(), { min: 2, max: 1 }), "torch.histc: max must be larger than min"],
    ["histogramdd", () => histogramdd(x(), [2]), "torch.histogramdd(): expected 3 sequences of bin edges for a 3-dimensional histogram but got 1"],
    ["diff", () => diff(ones([])), "diff expects input to be at least one-dimensional"],
  ];
  test.each(cases)("%s", (_, run, message) => {
    expect(run).toThrow(message);
  });
  test("of promises", async () => {
    await expect(bincount(i([1, -1]))).rejects.toThrow("bincount only supports 1-d non-negative integral inputs.");
    await expect(unique(ones([]), 0)).rejects.toThrow("Dimension specified as 0 but tensor has no dimensions");
    await expect(unique(ones([4, 0]), 0)).rejects.toThrow("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  });
});

test("more dims than a kernel takes, none of which can be merged, are packed first", () => {
  const x = ones(Array.from({ length: 17 }, () => 2)).permute(Array.from({ length: 17 }, (_, k) => 16 - k)), before = memory(device).tensors;
  expect(device.limits.maxRank).toBeLessThan(17);
  const y = x.cumsum(3), z = y.sort(0, { descending: true });
  expect([y, z.indices].map((t) => values(t.sum()))).toEqual([2 ** 17 * 1.5, 2 ** 16]);
  for (const t of [y, z.values, z.indices]) t.dispose();
  expect(memory(device).tensors).toBe(before + 2); // the sums
});

test("promises leave nothing behind but their results", async () => {
  const before = memory(device).tensors, s = scope();
  const x = s.tensor([3, 1, 3, 2], { dtype: "int32" });
  await unique(x, undefined, { returnInverse: true, returnCounts: true });
  await unique(s.tensor([[1, 2], [1, 2]]), 1, { returnCounts: true });
  await uniqueConsecutive(x);
  await bincount(x);
  await nonzero(x);
  s.close();
  expect(memory(device).tensors).toBe(before);
});
