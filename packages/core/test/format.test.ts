/** @file Printing, against texts that PyTorch printed: the committed fixture always, the goldens where they are at hand. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  type PrintableDType, type PrintLabels, type PrintOptions,
  formatTensor, printedIndices, printOptions, setPrintOptions,
} from "../src/format.ts";
import fixture from "./fixtures/format.json" with { type: "json" };

afterEach(() => setPrintOptions({ profile: "default" }));

/** What JSON has no number for is a string: "nan", "inf", "-inf", "-0". */
const named: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity, "-0": -0 };

type FixtureCase = {
  name: string; shape: number[]; dtype: PrintableDType; values: (number | string)[] | null;
  labels?: PrintLabels; options?: Parameters<typeof setPrintOptions>[0]; text: string;
};

it.each(fixture.cases as FixtureCase[])("prints $name", ({ shape, dtype, values, labels, options, text }) => {
  if (options) setPrintOptions(options);
  const numbers = values?.map((value) => (typeof value === "number" ? value : named[value]));
  const stored = numbers && dtype === "float32" ? Float32Array.from(numbers) : numbers;
  expect(formatTensor({ shape, dtype, read: stored && ((index) => stored[index]) }, labels)).toBe(text);
});

it("does what the documentation's examples say", () => {
  expect(printedIndices([2000])).toEqual([0, 1, 2, 1997, 1998, 1999]);
  expect(formatTensor({ shape: [2], dtype: "float32", read: (i) => [1, 2][i]! }, { requiresGrad: true }))
    .toBe("tensor([1., 2.], requires_grad=True)");
});

describe("what is read", () => {
  it.each([
    { shape: [] }, { shape: [7] }, { shape: [2000] }, { shape: [2, 3, 4] }, { shape: [40, 1, 40] }, { shape: [0, 3] },
  ])("each of printedIndices($shape) once, in order", ({ shape }) => {
    const read: number[] = [];
    formatTensor({ shape, dtype: "int32", read: (index) => read.push(index) });
    expect(read).toEqual(printedIndices(shape));
  });

  it("is the edges of a tensor that would not fit in memory", () => {
    expect(printedIndices([1e6, 1e6], { ...printOptions(), edgeItems: 1 })).toEqual([0, 999_999, 1e12 - 1e6, 1e12 - 1]);
    expect(formatTensor({ shape: [1e12], dtype: "float32", read: (index) => index % 10 }))
      .toBe("tensor([0., 1., 2.,  ..., 7., 8., 9.])");
  });

  it("is nothing where no edges are kept", () => {
    const options = { ...printOptions(), edgeItems: 0 };
    expect(printedIndices([50, 50], options)).toEqual([]);
    expect(formatTensor({ shape: [50, 50], dtype: "float32", read: () => 1 }, {}, options)).toBe("tensor([...])");
  });

  it("may be booleans and bigints", () => {
    expect(formatTensor({ shape: [2], dtype: "bool", read: (index) => index === 0 })).toBe("tensor([ True, False])");
    expect(formatTensor({ shape: [1], dtype: "int64", read: () => 2n ** 62n })).toBe(`tensor([${2n ** 62n}])`);
  });
});

describe("setPrintOptions", () => {
  it("puts options on top of those in force, and forgets sciMode", () => {
    setPrintOptions({ precision: 2, sciMode: true });
    expect(printOptions()).toMatchObject({ precision: 2, sciMode: true });
    setPrintOptions({ lineWidth: 100 });
    expect(printOptions()).toEqual({ precision: 2, threshold: 1000, edgeItems: 3, lineWidth: 100, sciMode: null });
  });

  it("takes a profile first", () => {
    setPrintOptions({ profile: "short", edgeItems: 1 });
    expect(printOptions()).toEqual({ precision: 2, threshold: 1000, edgeItems: 1, lineWidth: 80, sciMode: null });
    setPrintOptions({ profile: "full" });
    expect(printOptions()).toEqual({ precision: 4, threshold: Infinity, edgeItems: 3, lineWidth: 80, sciMode: null });
  });

  it.each([
    [{ precision: -1 }, "setPrintOptions: precision is -1, it must be an integer of 0 or more"],
    [{ edgeItems: 1.5 }, "setPrintOptions: edgeItems is 1.5, it must be an integer of 0 or more"],
    [{ threshold: NaN }, "setPrintOptions: threshold is NaN, it must be a number of 0 or more (Infinity: never summarise)"],
    [{ lineWidth: 0 }, "setPrintOptions: lineWidth is 0, it must be a number above 0"],
  ] satisfies [Partial<PrintOptions>, string][])("refuses %o and changes nothing", (options, message) => {
    expect(() => setPrintOptions(options)).toThrow(message);
    expect(printOptions().precision).toBe(4);
  });

  it("hands out a copy", () => {
    printOptions().precision = 9;
    expect(printOptions().precision).toBe(4);
  });
});

const goldens = new URL("../../../../shared/goldens/", import.meta.url);

type GoldenCase = { id: string; x?: { $t: number }; opts?: Record<string, unknown>; repr: string };
type GoldenTensor = {
  dtype: string; shape: number[]; requiresGrad: boolean; data: ArrayLike<number | bigint>; desc: { param?: number };
};
type Pack = { cases: GoldenCase[] };
type Reader = { loadPack(path: string): Pack; tensor(pack: Pack, from: GoldenCase, index: number): GoldenTensor };

describe("goldens", () => {
  const optionNames: Record<string, string> = { linewidth: "lineWidth", edgeitems: "edgeItems", sci_mode: "sciMode" };

  it("prints every tensor as PyTorch did", async (context) => {
    if (!existsSync(goldens)) return context.skip("the goldens are not beside this checkout (../shared/goldens)");
    const { loadPack, tensor } = (await import(new URL("read.mjs", goldens).href)) as Reader;
    const pack = loadPack(fileURLToPath(new URL("dev/repr/repr.json", goldens)));
    let compared = 0;
    for (const golden of pack.cases) {
      if (!golden.x) continue;
      const { dtype, shape, requiresGrad, data, desc } = tensor(pack, golden, golden.x.$t);
      if (dtype.startsWith("complex")) continue;
      const options = Object.entries(golden.opts ?? {}).map(([name, value]) => [optionNames[name] ?? name, value]);
      setPrintOptions({ profile: "default", ...Object.fromEntries(options) });
      const source = { shape, dtype: dtype as PrintableDType, read: (index: number) => data[index] };
      expect(formatTensor(source, { requiresGrad, isParameter: desc.param === 1 }), golden.id).toBe(golden.repr);
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
});
