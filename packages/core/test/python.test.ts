import { cpu } from "@adjoint/backend-cpu-js";
import { Generator, manualSeed, onWarning, ones, python, setDefaultDevice, warn } from "@adjoint/core";
import { beforeEach, describe, expect, it } from "vitest";

setDefaultDevice(cpu());

describe("values as Python writes them", () => {
  it.each([
    [0, "0.0", "0"], [-0, "-0.0", "-0.0"], [2, "2.0", "2"], [0.5, "0.5", "0.5"], [1e-4, "0.0001", "0.0001"], [1e-5, "1e-05", "1e-05"], [1.5e-7, "1.5e-07", "1.5e-07"],
    [1e6, "1000000.0", "1000000"], [1e16, "1e+16", "1e+16"], [123456789012345680, "1.2345678901234568e+17", "1.2345678901234568e+17"],
    [1 / 3, "0.3333333333333333", "0.3333333333333333"], [Infinity, "inf", "inf"], [-Infinity, "-inf", "-inf"], [NaN, "nan", "nan"],
  ])("%d", (x, float, number) => expect([python.float(x), python.number(x)]).toEqual([float, number]));
  it("tuples, sizes, and what has no number", () => {
    expect([python.tuple([3]), python.tuple([2, 0.5]), python.size([2, 3]), python.list([])]).toEqual(["(3,)", "(2, 0.5)", "torch.Size([2, 3])", "[]"]);
    expect([python.repr(null), python.repr(true), python.repr("a"), python.repr([0.9, 0.999])]).toEqual(["None", "True", "'a'", "(0.9, 0.999)"]);
  });
  it("names of types", () => {
    expect([1, 1.5, "a", true, null, [1], { a: 1 }, ones([1]), ones([1], { dtype: "int32" })].map(python.typeName))
      .toEqual(["int", "float", "str", "bool", "NoneType", "list", "dict", "torch.FloatTensor", "torch.IntTensor"]);
  });
});

describe("warnings", () => {
  it("go where the program says", () => {
    const log: string[] = [], before = onWarning((message) => log.push(message));
    warn("mind");
    const mine = onWarning(null);
    warn("nobody hears");
    onWarning(before);
    expect([log, typeof mine]).toEqual([["mind"], "function"]);
  });
});

describe("random numbers on the host", () => {
  beforeEach(() => manualSeed(5));
  it("repeat with the seed, and go on with each call", () => {
    const a = new Generator(42), b = new Generator(42);
    expect(a.words(5)).toEqual(b.words(5));
    expect(a.words(5)).not.toEqual(new Generator(42).words(5));
    const [first, second] = [new Generator().words(2), new Generator().words(2)];
    expect(first).not.toEqual(second);
    manualSeed(5);
    expect(new Generator().words(2)).toEqual(first);
  });
  it("go on from a state", () => {
    const a = new Generator(42), of = new Generator();
    a.words(5);
    const state = a.getState(), next = a.words(3), ofDevice = of.getState(), drawn = of.words(3);
    expect(state).toEqual({ seed: 42, offset: 1 });
    expect([new Generator(7).setState(state).words(3), of.setState(ofDevice).words(3)]).toEqual([next, drawn]);
    expect(() => a.setState({ seed: 1, offset: -1 })).toThrow("Generator: the offset must be a safe integer, not negative, got -1");
    expect(() => a.setState({ seed: 0.5, offset: 0 })).toThrow("the seed must be a safe integer");
  });
  it("permute fairly", () => {
    const generator = new Generator(1), counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 6000; i++) counts[["012", "021", "102", "120", "201", "210"].indexOf(generator.permutation(3).join(""))]++;
    expect(counts.every((n) => n > 880 && n < 1120)).toBe(true);
  });
});
