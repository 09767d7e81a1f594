/** @file `argReduce`: dtypes, shapes and layouts, the first of equals, NaN that wins, long rows. */
import type { DType } from "@adjoint/core/backend";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import { fewForms, type Form, forms } from "../samples/forms.ts";
import { type InputLayout, inputLayoutNames, inputLayouts, type OutputLayout, outputLayouts, reducedForm } from "../samples/layouts.ts";
import { fractions, plain, uniform } from "../samples/numbers.ts";

/** The reference of argReduce: the first extremum, the first NaN before it. */
function firstExtremum(op: "max" | "min", values: readonly number[]): number {
  const nan = values.findIndex((x) => x !== x);
  return nan >= 0 ? nan : values.indexOf(op === "max" ? values.reduce((x, y) => (y > x ? y : x)) : values.reduce((x, y) => (y < x ? y : x)));
}

function checkArgReduce(
  device: Device, dtype: DType, op: "max" | "min", [kept, dims]: Form, layout: InputLayout, value: (at: number) => number, to: OutputLayout = "dense",
): void {
  const form = reducedForm([inputLayouts[layout]([...kept, ...dims])], outputLayouts[to](kept));
  if (form.inputs[0]!.shape.length > device.backend.limits.maxRank) return;
  const input = device.input(dtype, form.inputs[0]!, value), output = device.output("int32", form.output);
  const values = input.positions.map((at) => input.block.host[at]!), length = values.length / output.positions.length;
  device.run("argReduce", [input], [output], { op, reduced: form.reduced });
  const expected = output.positions.map((_, g) => firstExtremum(op, values.slice(g * length, (g + 1) * length)));
  device.expect(`arg${op} of [${kept.join()} | ${dims.join()}]`, [{ output, expected }]);
}

const argForms = forms.filter(([, dims]) => dims.length > 0);
export const argReduceCases: readonly Case[] = (["max", "min"] as const).flatMap((op): Case[] => [
  ...(["float32", "float64", "int32"] as const).flatMap((dtype): Case[] => [
    {
      name: `argReduce ${op} ${dtype}`, needs: [dtype, "int32"],
      run: (device) => argForms.forEach((form) => checkArgReduce(device, dtype, op, form, "dense", dtype === "int32" ? plain(dtype) : fractions(dtype))),
    },
    {
      name: `argReduce ${op} ${dtype}: the first of equals`, needs: [dtype, "int32"],
      run: (device) => argForms.forEach((form) => checkArgReduce(device, dtype, op, form, "dense", (at) => Math.floor(uniform(at) * 3))),
    },
  ]),
  ...inputLayoutNames.map((layout): Case => ({
    name: `argReduce ${op} ${layout}`, needs: ["float32", "int32"],
    run: (device) => (["dense", "stepped", "transposed"] as const).forEach((to) =>
      fewForms.forEach((form) => checkArgReduce(device, "float32", op, form, layout, plain("float32"), to))),
  })),
  {
    name: `argReduce ${op} of NaN, infinities and zeros`, needs: ["float32", "int32"],
    run: (device) => {
      const rows = [
        [1, NaN, 2, NaN], [NaN, 1, 2, 3], [1, 2, 3, NaN], [-Infinity, 5, Infinity, NaN],
        [Infinity, Infinity, 1, 0], [-Infinity, -Infinity, -Infinity, -Infinity], [0, -0, 0, -0], [-0, 0, 1, -1],
      ];
      checkArgReduce(device, "float32", op, [[rows.length], [4]], "dense", (at) => rows[Math.floor(at / 4)]![at % 4]!);
    },
  },
  {
    name: `argReduce ${op} of many`, needs: ["float32", "int32"],
    run: (device) => {
      for (const place of [0, 4999, 10_006])
        checkArgReduce(device, "float32", op, [[], [10_007]], "dense", (at) => (at === place ? (op === "max" ? 5 : -5) : uniform(at)));
      checkArgReduce(device, "float32", op, [[], [5000]], "dense", () => 1.5);
      checkArgReduce(device, "float32", op, [[3], [70, 60]], "transposed", fractions("float32"));
    },
  },
]);
