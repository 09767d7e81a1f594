import { cpu } from "@adjoint/backend-cpu-js";
import { arange, Generator, manualSeed, memory, ones, onWarning, scope, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import {
  BatchSampler, ConcatDataset, DataError, DataLoader, defaultCollate, RandomSampler, randomSplit, type Sampler, SequentialSampler, Subset, SubsetRandomSampler, TensorDataset, WeightedRandomSampler,
} from "@adjoint/data";
import { beforeEach, describe, expect, it } from "vitest";

const device = cpu();
setDefaultDevice(device);
beforeEach(() => manualSeed(1));
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const values = (x: Tensor): unknown => x.toArraySync();

describe("data sets", () => {
  it("TensorDataset gives rows that go together", () => {
    const set = new TensorDataset(tensor([[1, 2], [3, 4]]), tensor([5, 6]));
    expect([set.length, set.at(-1).map(values)]).toEqual([2, [[3, 4], 6]]);
  });
  it("Subset and ConcatDataset count as PyTorch's do", () => {
    const all = new ConcatDataset([new Subset(numbers(10), [1, 3]), [7, 8]]);
    expect([all.length, numbers(4).map((i) => all.at(i)), all.at(-1)]).toEqual([4, [1, 3, 7, 8], 8]);
  });
  it("randomSplit deals everything out, the same way for the same seed", () => {
    const split = () => randomSplit(numbers(10), [7, 3], { generator: new Generator(42) }).map((part) => numbers(part.length).map((i) => part.at(i)));
    const [a, b] = split();
    expect([...a, ...b].sort((x, y) => x - y)).toEqual(numbers(10));
    expect([a, b]).toEqual(split());
    expect(a).not.toEqual(numbers(7));
    expect(randomSplit(numbers(10), [0.55, 0.45]).map((part) => part.length)).toEqual([6, 4]);
  });
});

describe("samplers", () => {
  it.each<[string, Sampler, number[]]>([
    ["SequentialSampler", new SequentialSampler(numbers(4)), [0, 1, 2, 3]],
    ["RandomSampler", new RandomSampler(numbers(4), { generator: new Generator(3) }), [0, 1, 2, 3]],
    ["SubsetRandomSampler", new SubsetRandomSampler([5, 7, 9]), [5, 7, 9]],
    ["WeightedRandomSampler, nothing twice", new WeightedRandomSampler([1, 0, 2, 3], 3, { replacement: false }), [0, 2, 3]],
  ])("%s gives each once", (_, sampler, expected) => {
    expect([sampler.length, [...sampler].sort((a, b) => a - b)]).toEqual([expected.length, expected]);
  });
  it("draw in other orders each time, as often as the weights say", () => {
    const sampler = new RandomSampler(numbers(20));
    expect([...sampler]).not.toEqual([...sampler]);
    const drawn = [...new WeightedRandomSampler([1, 0, 3], 4000)], counts = [0, 1, 2].map((i) => drawn.filter((x) => x === i).length);
    expect(counts[1]).toBe(0);
    expect(counts[2] / counts[0]).toBeCloseTo(3, 0);
    expect([...new RandomSampler(numbers(3), { replacement: true, numSamples: 50 })].every((i) => i >= 0 && i < 3)).toBe(true);
    expect([...new RandomSampler(numbers(3), { numSamples: 5 })]).toHaveLength(5);
  });
  it("BatchSampler groups", () => {
    expect([...new BatchSampler(new SequentialSampler(numbers(5)), 2, false)]).toEqual([[0, 1], [2, 3], [4]]);
    const dropping = new BatchSampler(new SequentialSampler(numbers(5)), 2, true);
    expect([dropping.length, [...dropping]]).toEqual([2, [[0, 1], [2, 3]]]);
  });
});

describe("defaultCollate", () => {
  it("goes into lists and records", () => {
    const [x, label] = defaultCollate([[ones([2]), "a"], [ones([2]), "b"]] as [Tensor, string][]);
    expect([x.shape, label]).toEqual([[2, 2], ["a", "b"]]);
    const { n, f, flag, raw } = defaultCollate([{ n: 1, f: 0.5, flag: true, raw: Float32Array.of(1, 2) }, { n: 2, f: 1, flag: false, raw: Float32Array.of(3, 4) }]);
    expect([n.dtype, f.dtype, flag.dtype, values(raw)]).toEqual(["int32", "float32", "bool", [[1, 2], [3, 4]]]);
  });
});

describe("DataLoader", () => {
  const set = () => new TensorDataset(arange(0, 10, 1).reshape([5, 2]), arange(0, 5));
  it("gives batches, in order or not", () => {
    const loader = new DataLoader(set(), { batchSize: 2 });
    expect([loader.length, [...loader].map(([, y]) => values(y))]).toEqual([3, [[0, 1], [2, 3], [4]]]);
    const shuffled = new DataLoader(set(), { batchSize: 2, shuffle: true, dropLast: true }), orders = [1, 2, 3].map(() => [...shuffled].flatMap(([, y]) => values(y)));
    expect(orders.map((order) => order.length)).toEqual([4, 4, 4]);
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
    for (const [x, y] of shuffled) expect(values(x.select(1, 0))).toEqual(values(y.mul(2)));
  });
  it("repeats an order with its seed", () => {
    const order = (): unknown => [...new DataLoader(numbers(30), { shuffle: true, batchSize: 30 })].map(values);
    const first = order();
    expect(order()).not.toEqual(first);
    manualSeed(1);
    expect(order()).toEqual(first);
  });
  it("the fast way of a TensorDataset, of a part of one too, gives what collating gives", () => {
    const part = new Subset(set(), [4, 1, 3]), slow = { length: part.length, at: (i: number) => part.at(i) };
    const batches = (data: typeof slow): unknown => [...new DataLoader(data, { batchSize: 2 })].map(([x, y]) => [values(x), values(y)]);
    expect(batches(part)).toEqual(batches(slow));
  });
  it("takes samplers, a collate function, single elements and iterables", () => {
    expect([...new DataLoader(["a", "b", "c"], { batchSampler: new BatchSampler(new SequentialSampler([1, 2, 3]), 2, true) })]).toEqual([["a", "b"]]);
    expect([...new DataLoader([1, 2, 3], { batchSize: 2, collateFn: (batch) => batch.join("+") })]).toEqual(["1+2", "3"]);
    expect([...new DataLoader([1, 2], { batchSize: null })]).toEqual([1, 2]);
    const stream = new DataLoader(new Set([1, 2, 3]), { batchSize: 2 });
    expect([...stream].map(values)).toEqual([[1, 2], [3]]);
    expect(() => stream.length).toThrow("object of type 'IterableDataset' has no len()");
  });
  it("frees each batch and what follows from it in time", () => {
    const loader = new DataLoader(set(), { batchSize: 2 }), before = memory(device).tensors, seen: number[] = [];
    for (const [x] of loader.scoped()) {
      x.mul(2).add(1);
      seen.push(memory(device).tensors - before);
    }
    expect([new Set(seen).size, memory(device).tensors]).toEqual([1, before]);
    for (const [x] of loader.scoped()) if (x.mul(2).shape.length > 0) break;
    expect(memory(device).tensors).toBe(before);
    const mine = scope();
    const batches = [...loader.within(mine)];
    expect([batches.length, memory(device).tensors > before]).toEqual([3, true]);
    mine.close();
    expect(memory(device).tensors).toBe(before);
  });
});

describe("errors, in PyTorch's words", () => {
  const iterable = new Set([1]);
  it.each<[string, () => unknown]>([
    ["Size mismatch between tensors", () => new TensorDataset(ones([3]), ones([2]))],
    ["datasets should not be an empty iterable", () => new ConcatDataset([])],
    ["absolute value of index should not exceed dataset length", () => new ConcatDataset([[1]]).at(-2)],
    ["Sum of input lengths does not equal the length of the input dataset!", () => randomSplit(numbers(5), [2, 2])],
    ["batch_size should be a positive integer value, but got batch_size=0", () => new DataLoader([1, 2], { batchSize: 0 })],
    ["sampler option is mutually exclusive with shuffle", () => new DataLoader([1, 2], { shuffle: true, sampler: new SequentialSampler([1, 2]) })],
    ["batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last", () => new DataLoader([1], { batchSize: 2, batchSampler: new BatchSampler(new SequentialSampler([1]), 1, false) })],
    ["batch_size=None option disables auto-batching and is mutually exclusive with drop_last", () => new DataLoader([1], { batchSize: null, dropLast: true })],
    ["DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True", () => new DataLoader(iterable, { shuffle: true })],
    ["num_samples should be a positive integer value, but got num_samples=0", () => new DataLoader([], { shuffle: true })],
    ["replacement should be a boolean value, but got replacement=1", () => new RandomSampler([1], { replacement: 1 as never })],
    ["drop_last should be a boolean value, but got drop_last=None", () => new BatchSampler(new SequentialSampler([1]), 1, null as never)],
    ["each element in list of batch should be of equal size", () => defaultCollate([[1, 2], [1]])],
    ["default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class 'NoneType'>", () => defaultCollate([null])],
  ])("%s", (message, run) => expect(run).toThrow(new DataError(message)));
  it("an empty part warns", () => {
    const log: string[] = [], before = onWarning((message) => log.push(message));
    randomSplit([1], [0.999, 0.001]);
    onWarning(before);
    expect(log).toEqual(["Length of split at index 1 is 0. This might result in an empty dataset."]);
  });
});
