/** @file `gather` and `scatter`: every dim, repeated and strided indices, "add" and "set", and indices out of range. */
import type { DType, Shape } from "@adjoint/core/backend";
import { type Case, check } from "../case.ts";
import type { Device, Operand } from "../device.ts";
import type { Expected } from "../interval.ts";
import { denseAt, inputLayouts, type Layout, outputLayouts, type Placement } from "../samples/layouts.ts";
import { plain, uniform } from "../samples/numbers.ts";

const stored: readonly DType[] = ["float32", "float64", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"];

/** The index is the same along every dim but `dim`: an embedding's rows, as core expands them. */
const repeatedAlong = (dim: number): Layout => (shape) => ({ shape, strides: shape.map((_, d) => (d === dim ? 1 : 0)), offset: 2, length: shape[dim]! + 4 });
const indexLayouts = (dim: number): { readonly [name: string]: Layout } =>
  ({ dense: inputLayouts.dense, repeated: repeatedAlong(dim), transposed: inputLayouts.transposed, reversed: inputLayouts.reversed, stepped: inputLayouts.stepped });

/** Sizes of what is indexed, how many are taken, and along which dim. */
const settings: readonly { readonly shape: Shape; readonly dim: number; readonly count: number }[] = [
  { shape: [7], dim: 0, count: 1 }, { shape: [5], dim: 0, count: 19 }, { shape: [1], dim: 0, count: 3 }, { shape: [40], dim: 0, count: 300 },
  { shape: [6, 4], dim: 0, count: 9 }, { shape: [6, 4], dim: 1, count: 5 }, { shape: [5, 1], dim: 0, count: 4 }, { shape: [11, 33], dim: 0, count: 20 },
  { shape: [3, 4, 5], dim: 0, count: 4 }, { shape: [3, 4, 5], dim: 1, count: 7 }, { shape: [3, 4, 5], dim: 2, count: 2 }, { shape: [2, 3, 2, 3], dim: 2, count: 4 },
];
type Setting = (typeof settings)[number];
const sized = (shape: Shape, dim: number, size: number): number[] => shape.map((n, d) => (d === dim ? size : n));
const host = (x: Operand): number[] => x.positions.map((at) => x.block.host[at]!);

/** For each element of the index: the logical element of a view of `shape` that it names. */
function named(index: readonly number[], of: Shape, shape: Shape, dim: number): number[] {
  const inner = shape.slice(dim + 1).reduce((x, y) => x * y, 1);
  return index.map((i, e) => {
    const low = e % inner, outer = Math.floor(e / (inner * of[dim]!));
    return (outer * shape[dim]! + i) * inner + low;
  });
}

function checkGather(device: Device, dtype: DType, { shape, dim, count }: Setting, from: Layout, by: Layout, to: Layout): void {
  const outShape = sized(shape, dim, count);
  if (shape.length > device.backend.limits.maxRank) return;
  const input = device.input(dtype, from(shape), plain(dtype)), index = device.input("int32", by(outShape), (at) => Math.floor(uniform(at, 3) * shape[dim]!));
  const output = device.output(dtype, to(outShape)), values = host(input);
  device.run("gather", [input, index], [output], { dim });
  device.expect(`gather of [${shape.join()}] along ${dim}`, [{ output, expected: named(host(index), outShape, shape, dim).map((e) => values[e]!) }]);
}

function checkScatter(device: Device, dtype: DType, mode: "set" | "add", { shape, dim, count }: Setting, by: Layout, from: Layout, to: Layout): void {
  const sourceShape = sized(shape, dim, count);
  if (shape.length > device.backend.limits.maxRank) return;
  const index = device.input("int32", by(sourceShape), (at) => Math.floor(uniform(at, 3) * shape[dim]!)), source = device.input(dtype, from(sourceShape), plain(dtype));
  const output = device.input(dtype, to(shape), plain(dtype, 9)), values = host(source), before = host(output);
  const arriving = before.map((): number[] => []);
  named(host(index), sourceShape, shape, dim).forEach((e, k) => arriving[e]!.push(values[k]!));
  const expected = before.map((old, e): Expected => {
    const all = arriving[e]!;
    if (all.length === 0) return old;
    // Quarters and small integers: sums are exact in any order.
    return mode === "set" ? { oneOf: all } : all.reduce((sum, x) => sum + x, old);
  });
  device.run("scatter", [index, source], [output], { dim, mode });
  device.expect(`scatter ${mode} into [${shape.join()}] along ${dim}`, [{ output, expected }]);
}

export const gatherCases: readonly Case[] = [
  ...stored.map((dtype): Case => ({
    name: `gather ${dtype}`, needs: [dtype, "int32"],
    run: (device) => settings.forEach((setting) => checkGather(device, dtype, setting, inputLayouts.dense, inputLayouts.dense, outputLayouts.dense)),
  })),
  ...(["float16", "uint8"] as const).map((dtype): Case => ({
    name: `gather and scatter set ${dtype} at any strides`, needs: [dtype, "int32"],
    run: (device) => settings.forEach((setting) => {
      checkGather(device, dtype, setting, inputLayouts.reversed, indexLayouts(setting.dim).transposed!, outputLayouts.stepped);
      checkScatter(device, dtype, "set", setting, indexLayouts(setting.dim).repeated!, inputLayouts.transposed, outputLayouts.padded);
    }),
  })),
  ...(["dense", "repeated", "transposed", "reversed", "stepped"] as const).map((by): Case => ({
    name: `gather by a ${by} index`, needs: ["float32", "int32"],
    run: (device) => settings.forEach((setting) => checkGather(device, "float32", setting, inputLayouts.dense, indexLayouts(setting.dim)[by]!, outputLayouts.dense)),
  })),
  ...(["offset", "transposed", "reversed", "repeatedRows", "stepped"] as const).map((from): Case => ({
    name: `gather from ${from}`, needs: ["float32", "int32"],
    run: (device) => settings.forEach((setting) => (["dense", "transposed", "stepped"] as const).forEach((to) =>
      checkGather(device, "float32", setting, inputLayouts[from], repeatedAlong(setting.dim), outputLayouts[to]))),
  })),
];

export const scatterCases: readonly Case[] = [
  ...(["float32", "float64", "int32"] as const).map((dtype): Case => ({
    name: `scatter add ${dtype}`, needs: [dtype, "int32"],
    run: (device) => settings.forEach((setting) => checkScatter(device, dtype, "add", setting, inputLayouts.dense, inputLayouts.dense, outputLayouts.dense)),
  })),
  ...stored.map((dtype): Case => ({
    name: `scatter set ${dtype}`, needs: [dtype, "int32"],
    run: (device) => settings.forEach((setting) => checkScatter(device, dtype, "set", setting, inputLayouts.dense, inputLayouts.dense, outputLayouts.dense)),
  })),
  ...(["add", "set"] as const).flatMap((mode): Case[] => [
    ...(["dense", "repeated", "transposed", "reversed", "stepped"] as const).map((by): Case => ({
      name: `scatter ${mode} by a ${by} index`, needs: ["float32", "int32"],
      run: (device) => settings.forEach((setting) => (["dense", "repeatedScalar", "transposed"] as const).forEach((from) =>
        checkScatter(device, "float32", mode, setting, indexLayouts(setting.dim)[by]!, inputLayouts[from], outputLayouts.dense))),
    })),
    ...(["offset", "transposed", "padded", "stepped"] as const).map((to): Case => ({
      name: `scatter ${mode} into ${to}`, needs: ["float32", "int32"],
      run: (device) => settings.forEach((setting) => checkScatter(device, "float32", mode, setting, repeatedAlong(setting.dim), inputLayouts.reversed, outputLayouts[to])),
    })),
  ]),
  {
    name: "scatter add of fractions to one element", needs: ["float32", "int32"],
    run: (device) => {
      const n = 1000, index = device.input("int32", denseAt([n]), () => 2), source = device.input("float32", denseAt([n]), uniform);
      const output = device.input("float32", denseAt([5]), () => 0);
      const sum = host(source).reduce((x, y) => x + y), slack = n * 2 ** -24 * sum;
      device.run("scatter", [index, source], [output], { dim: 0, mode: "add" });
      device.expect("the sum", [{ output, expected: [0, 0, { low: sum - slack, high: sum + slack, nan: false }, 0, 0] }]);
    },
  },
  {
    name: "scatter add of NaN and infinities", needs: ["float32", "int32"],
    run: (device) => {
      const index = device.input("int32", denseAt([6]), (at) => at >> 1);
      const source = device.input("float32", denseAt([6]), (at) => [Infinity, -Infinity, NaN, 1, Infinity, 2][at]!);
      const output = device.input("float32", denseAt([4]), () => 1);
      device.run("scatter", [index, source], [output], { dim: 0, mode: "add" });
      device.expect("sums", [{ output, expected: [NaN, NaN, Infinity, 1] }]);
    },
  },
];

/** The error of an index out of range: thrown by the call, or the rejection of the next sync. */
async function indexError(device: Device, run: () => void): Promise<void> {
  let failure: unknown;
  try {
    run();
    await device.backend.sync();
  } catch (error) {
    failure = error;
  }
  check(failure instanceof Error, "an index out of range was no error, neither at once nor at the next sync");
  check(failure.name === "IndexError", `an index out of range is an IndexError, not ${failure.name}: ${failure.message}`);
}

const outOfRange = [3, -1, 2147483647, -2147483648];
const message = (bad: number): RegExp => new RegExp(`index ${bad} is out of bounds for dimension 0 with size 3`);

export const indexErrorCases: readonly Case[] = [
  ...outOfRange.flatMap((bad): Case[] => [
    {
      name: `gather of index ${bad} is an IndexError`, needs: ["float32", "int32"],
      run: async (device) => {
        const input = device.input("float32", outputLayouts.offset([3]), (at) => at), index = device.input("int32", denseAt([4]), (at) => (at === 2 ? bad : 1));
        const output = device.output("float32", denseAt([4]));
        await indexError(device, () => device.run("gather", [input, index], [output], { dim: 0 }));
        worksOn(device);
      },
    },
    {
      name: `scatter of index ${bad} is an IndexError and writes nothing outside`, needs: ["float32", "int32"],
      run: async (device) => {
        const place: Placement = outputLayouts.offset([3]), output = device.output("float32", place);
        const index = device.input("int32", denseAt([4]), (at) => (at === 2 ? bad : 1)), source = device.input("float32", denseAt([4]), () => 0.5);
        await indexError(device, () => device.run("scatter", [index, source], [output], { dim: 0, mode: "add" }));
        // What the good indices added before is the device's choice; around the view nothing may change.
        const inside: Expected = { low: 0, high: 1000, nan: false };
        device.expect("beside the view", [{ output, expected: [inside, inside, inside] }]);
        worksOn(device);
      },
    },
  ]),
  {
    name: "an IndexError names index, dim and size, and is reported once", needs: ["float32", "int32"],
    run: async (device) => {
      const input = device.input("float32", denseAt([3]), () => 1), index = device.input("int32", denseAt([2]), () => 5), output = device.output("float32", denseAt([2]));
      let text = "";
      try {
        device.run("gather", [input, index], [output], { dim: 0 });
        await device.backend.read(output.view.buffer, 0, 2);
      } catch (error) {
        text = error instanceof Error ? error.message : "";
      }
      check(message(5).test(text), `expected "index 5 is out of bounds for dimension 0 with size 3", got "${text}"`);
      await device.backend.sync();
      worksOn(device);
    },
  },
];

function worksOn(device: Device): void {
  const input = device.input("float32", denseAt([3]), (at) => at), index = device.input("int32", denseAt([3]), (at) => 2 - at), output = device.output("float32", denseAt([3]));
  device.run("gather", [input, index], [output], { dim: 0 });
  device.expect("a gather after the error", [{ output, expected: [2, 1, 0] }]);
}
