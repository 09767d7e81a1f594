/** @file `sort`: dtypes, layouts, both directions, the order of equals, NaN that is the largest, long rows. */
import type { DType, Shape } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { alongForm, type InputLayout, inputLayoutNames, inputLayouts, type OutputLayout, outputLayouts } from "../samples/layouts.ts";
import { edges, fractions, plain, uniform } from "../samples/numbers.ts";

/** As numbers compare, and NaN the largest. */
const compare = (x: number, y: number): number => (x < y ? -1 : x > y ? 1 : Number(x !== x) - Number(y !== y));

function checkSort(device: Device, dtype: DType, shape: Shape, value: (at: number) => number, layout: InputLayout = "dense", to: OutputLayout = "dense"): void {
  const form = alongForm([inputLayouts[layout](shape)], outputLayouts[to](shape));
  if (form.output.shape.length > device.backend.limits.maxRank) return;
  const input = device.input(dtype, form.inputs[0]!, value), values = input.positions.map((at) => input.block.host[at]!), n = shape[shape.length - 1]!;
  for (const descending of [false, true]) {
    const output = device.output("int32", form.output), expected: number[] = [];
    device.run("sort", [input], [output], { descending });
    for (let row = 0; row < values.length; row += n) {
      const part = values.slice(row, row + n);
      expected.push(...[...part.keys()].sort((i, j) => (descending ? -1 : 1) * compare(part[i]!, part[j]!)));
    }
    device.expect(`sort ${descending ? "descending " : ""}of [${shape.join()}]`, [{ output, expected }]);
  }
}

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
];
