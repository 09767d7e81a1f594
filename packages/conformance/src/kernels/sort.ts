/** @file `sort`: dtypes, layouts, both directions, the order of equals, NaN that is the largest, long rows, parts of the order. */
import type { DType, Shape } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { alongForm, type InputLayout, inputLayoutNames, inputLayouts, type OutputLayout, outputLayouts } from "../samples/layouts.ts";
import { edges, fractions, plain, uniform } from "../samples/numbers.ts";

/** As numbers compare, and NaN the largest. */
const compare = (x: number, y: number): number => (x < y ? -1 : x > y ? 1 : Number(x !== x) - Number(y !== y));

/** Which of the order: so many, after so many others. */
type Part = { readonly from: number; readonly count: number };

function checkSort(device: Device, dtype: DType, shape: Shape, value: (at: number) => number, layout: InputLayout = "dense", to: OutputLayout = "dense", part?: Part): void {
  const from = part?.from ?? 0, form = alongForm([inputLayouts[layout](shape)], outputLayouts[to](part === undefined ? shape : shape.with(-1, part.count)));
  if (form.output.shape.length > device.backend.limits.maxRank) return;
  const input = device.input(dtype, form.inputs[0]!, value), values = input.positions.map((at) => input.block.host[at]!), n = shape[shape.length - 1]!;
  for (const descending of [false, true]) {
    const output = device.output("int32", form.output), expected: number[] = [];
    device.run("sort", [input], [output], { descending, from });
    for (let row = 0; row < values.length; row += n) {
      const line = values.slice(row, row + n), order = [...line.keys()].sort((i, j) => (descending ? -1 : 1) * compare(line[i]!, line[j]!));
      expected.push(...order.slice(from, from + (part?.count ?? n)));
    }
    device.expect(`sort ${descending ? "descending " : ""}of [${shape.join()}]${part === undefined ? "" : `, ${part.count} from ${part.from} on`}`, [{ output, expected }]);
  }
}

/** The first, the last and the middle one, a few from either end and from the middle, and nearly all. */
const partsOf = (n: number): readonly Part[] => [
  { from: 0, count: 1 }, { from: n - 1, count: 1 }, { from: n >> 1, count: 1 },
  ...(n > 8 ? [{ from: 0, count: 5 }, { from: n - 6, count: 6 }, { from: (n >> 1) - 2, count: 4 }, { from: 1, count: n - 2 }, { from: 0, count: n >> 1 }] : []),
];
const checkParts = (device: Device, dtype: DType, shape: Shape, value: (at: number) => number): void =>
  partsOf(shape[shape.length - 1]!).forEach((part) => checkSort(device, dtype, shape, value, "dense", "dense", part));

const shapes: readonly Shape[] = [[2], [3], [7], [16], [17], [31], [32], [33], [64], [65], [129], [2, 2], [5, 3], [3, 33], [130, 2], [2, 3, 4], [3, 2, 65], [2, 3, 2, 5]];

export const sortCases: readonly Case[] = [
  ...(["float32", "float64", "int32"] as const).flatMap((dtype): Case[] => [
    { name: `sort ${dtype}`, needs: [dtype, "int32"], run: (device) => shapes.forEach((shape) => checkSort(device, dtype, shape, dtype === "int32" ? plain(dtype) : fractions(dtype))) },
    { name: `sort ${dtype}: equals keep their order`, needs: [dtype, "int32"], run: (device) => shapes.forEach((shape) => checkSort(device, dtype, shape, (at) => Math.floor(uniform(at) * 3))) },
    {
      name: `sort ${dtype}: edge values`, needs: [dtype, "int32"],
      run: (device) => {
        // Zeros of both signs are equal. Subnormals are left out: they may be flushed.
        const values = edges(dtype).filter((x) => x === 0 || x !== x || Math.abs(x) >= 2 ** -126);
        checkSort(device, dtype, [values.length * 3], (at) => values[(at * 7) % values.length]!);
      },
    },
  ]),
  ...inputLayoutNames.map((layout): Case => ({
    name: `sort ${layout}`, needs: ["float32", "int32"],
    run: (device) => (["dense", "stepped", "transposed"] as const).forEach((to) =>
      ([[7], [5, 6], [6, 2, 3], [2, 3, 2, 40]] as const).forEach((shape) => checkSort(device, "float32", shape, plain("float32"), layout, to))),
  })),
  {
    name: "sort of NaN", needs: ["float32", "int32"],
    run: (device) => {
      checkSort(device, "float32", [3, 4], (at) => [NaN, 1, NaN, Infinity, -Infinity, NaN, 0, -1, NaN, NaN, NaN, NaN][at]!);
      checkSort(device, "float32", [500], (at) => (at % 5 === 0 ? NaN : uniform(at)));
    },
  },
  {
    name: "sort of many", needs: ["float32", "int32"],
    run: (device) => {
      for (const shape of [[10_007], [3, 4096], [1000, 37]]) checkSort(device, "float32", shape, fractions("float32"));
      checkSort(device, "int32", [20_000], (at) => Math.floor(uniform(at) * 100) - 50);
      for (const slope of [1, -1, 0]) checkSort(device, "int32", [5000], (at) => slope * at);
    },
  },
  ...(["float32", "float64", "int32"] as const).flatMap((dtype): Case[] => [
    { name: `sort ${dtype}: parts`, needs: [dtype, "int32"], run: (device) => [[2], [9], [33], [3, 129], [5, 40], [2, 3, 300]].forEach((shape) => checkParts(device, dtype, shape, dtype === "int32" ? plain(dtype) : fractions(dtype))) },
    { name: `sort ${dtype}: parts among equals`, needs: [dtype, "int32"], run: (device) => [[3, 70], [700]].forEach((shape) => checkParts(device, dtype, shape, (at) => Math.floor(uniform(at) * 3))) },
  ]),
  {
    name: "sort: parts of many", needs: ["float32", "int32"],
    run: (device) => {
      for (const shape of [[10_007], [2, 4096]]) checkParts(device, "float32", shape, fractions("float32"));
      checkParts(device, "float32", [1500], (at) => (at % 3 === 0 ? NaN : at % 3 === 1 ? -Infinity : uniform(at)));
      // What is looked at first is like nothing else, and equals are many: a part that is guessed wrong.
      checkParts(device, "int32", [4096], (at) => (at % 31 === 0 ? -1000 : at % 5));
      for (const slope of [1, -1, 0]) checkParts(device, "int32", [3000], (at) => slope * at);
    },
  },
  ...inputLayoutNames.map((layout): Case => ({
    name: `sort ${layout}: parts`, needs: ["float32", "int32"],
    run: (device) => (["dense", "stepped", "transposed"] as const).forEach((to) =>
      ([[5, 6], [2, 3, 200]] as const).forEach((shape) => [{ from: 0, count: 4 }, { from: 2, count: 1 }].forEach((part) => checkSort(device, "float32", shape, plain("float32"), layout, to, part)))),
  })),
];
