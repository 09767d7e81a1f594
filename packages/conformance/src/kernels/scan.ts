/** @file `scan`: every op, dtype, direction and layout, the last of equals, NaN that stays, long rows. */
import { type DType, roundTo, type ScanOp, type Shape } from "@adjoint/core/backend";
import { roundoff } from "../accuracy.ts";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import type { Expected } from "../interval.ts";
import { alongForm, type InputLayout, inputLayoutNames, inputLayouts, type OutputLayout, outputLayouts } from "../samples/layouts.ts";
import { fractions, plain, uniform } from "../samples/numbers.ts";

type Value = (at: number) => number;
const isPlace = (op: ScanOp): boolean => op === "max" || op === "min";

/** What one row comes to, read in the order of the scan. Floats lose at most one rounding for each element before them. */
function rowOf(op: ScanOp, dtype: DType, x: readonly number[], y: readonly number[]): Expected[] {
  const u = roundoff(dtype), results: Expected[] = [];
  let total = 0, magnitude = 0, best = 0;
  x.forEach((value, k) => {
    if (op === "max" || op === "min") {
      const leader = x[best]!;
      if (value !== value || k === 0 || (op === "max" ? value >= leader : value <= leader)) best = k;
      return results.push(best);
    }
    const add = op === "sum" ? value : op === "recurrence" ? y[k]! : 0, factor = op === "sum" ? 1 : value;
    if (dtype === "int32") {
      total = op === "sum" ? (total + value) | 0 : k === 0 ? value : Math.imul(total, value);
      return results.push(total);
    }
    total = op === "prod" ? (k === 0 ? value : total * value) : (k === 0 ? 0 : total * factor) + add;
    magnitude = op === "prod" ? Math.abs(total) : (k === 0 ? 0 : magnitude * Math.abs(factor)) + Math.abs(add);
    const slack = 1.01 * 2 * (k + 1) * u * magnitude;
    if (!Number.isFinite(total)) return results.push(total);
    return results.push({ low: roundTo(dtype, total - slack), high: roundTo(dtype, total + slack), nan: false });
  });
  return results;
}

type Inputs = { readonly layout?: InputLayout; readonly to?: OutputLayout; readonly values: readonly Value[] };

function checkScan(device: Device, op: ScanOp, dtype: DType, reverse: boolean, shape: Shape, { layout = "dense", to = "dense", values }: Inputs): void {
  const form = alongForm(values.map(() => inputLayouts[layout](shape)), outputLayouts[to](shape));
  if (form.output.shape.length > device.backend.limits.maxRank) return;
  const inputs = form.inputs.map((place, i) => device.input(dtype, place, values[i]!)), output = device.output(isPlace(op) ? "int32" : dtype, form.output);
  device.run("scan", inputs, [output], { op, reverse });
  const n = shape[shape.length - 1]!, columns = inputs.map((x) => x.positions.map((at) => x.block.host[at]!)), expected: Expected[] = [];
  for (let row = 0; row < output.positions.length; row += n) {
    const ordered = columns.map((column) => { const part = column.slice(row, row + n); return reverse ? part.reverse() : part; });
    const found = rowOf(op, dtype, ordered[0]!, ordered[1] ?? []);
    const places = isPlace(op) && reverse ? found.map((k) => n - 1 - Number(k)) : found;
    expected.push(...(reverse ? places.reverse() : places));
  }
  device.expect(`scan ${op}${reverse ? " backwards" : ""} of [${shape.join()}]`, [{ output, expected }]);
}

const ops: readonly ScanOp[] = ["sum", "prod", "max", "min", "recurrence"];
const shapes: readonly Shape[] = [[2], [3], [7], [64], [129], [2, 2], [5, 3], [3, 33], [130, 2], [2, 3, 4], [3, 2, 65], [2, 3, 2, 5]];
const few: readonly Shape[] = [[7], [5, 6], [6, 2, 3], [2, 3, 2, 5]];
/** Near 1, so that long products neither overflow nor vanish. */
const nearOne = (dtype: DType, seed = 1): Value => (at) => roundTo(dtype, 0.9 + uniform(at, seed) / 5);
function valuesFor(op: ScanOp, dtype: DType): readonly Value[] {
  if (op === "recurrence") return [nearOne(dtype), fractions(dtype, 2)];
  return [dtype === "int32" ? plain(dtype) : op === "prod" ? nearOne(dtype) : fractions(dtype)];
}
const both = (run: (reverse: boolean) => void): void => [false, true].forEach((reverse) => run(reverse));

export const scanCases: readonly Case[] = [
  ...ops.flatMap((op) => (["float32", "float64", "int32"] as const).filter((dtype) => dtype !== "int32" || op !== "recurrence").flatMap((dtype): Case[] => [
    {
      name: `scan ${op} ${dtype}`, needs: [dtype, "int32"],
      run: (device) => both((reverse) => shapes.forEach((shape) => checkScan(device, op, dtype, reverse, shape, { values: valuesFor(op, dtype) }))),
    },
  ])),
  ...ops.flatMap((op) => inputLayoutNames.map((layout): Case => ({
    name: `scan ${op} ${layout}`, needs: ["float32", "int32"],
    run: (device) => (["dense", "stepped", "transposed"] as const).forEach((to) =>
      both((reverse) => few.forEach((shape) => checkScan(device, op, "float32", reverse, shape, { layout, to, values: valuesFor(op, "float32") })))),
  }))),
  ...(["max", "min"] as const).map((op): Case => ({
    name: `scan ${op} of equals, NaN, infinities and zeros`, needs: ["float32", "int32"],
    run: (device) => {
      const rows = [
        [1, NaN, 2, NaN], [NaN, 1, 2, 3], [1, 2, 3, NaN], [-Infinity, 5, Infinity, NaN], [Infinity, Infinity, 1, 0],
        [-Infinity, -Infinity, -Infinity, -Infinity], [0, -0, 0, -0], [-0, 0, 1, -1], [2, 2, 1, 2],
      ];
      both((reverse) => checkScan(device, op, "float32", reverse, [rows.length, 4], { values: [(at) => rows[Math.floor(at / 4)]![at % 4]!] }));
      both((reverse) => checkScan(device, op, "float32", reverse, [3, 1000], { values: [(at) => Math.floor(uniform(at) * 9)] }));
      both((reverse) => checkScan(device, op, "float32", reverse, [1000], { values: [(at) => (at === 444 || at === 600 ? NaN : at % 7)] }));
      both((reverse) => checkScan(device, op, "int32", reverse, [300], { values: [(at) => (at < 5 ? (op === "max" ? -2147483648 : 2147483647) : at % 5)] }));
    },
  })),
  {
    name: "scan of NaN and infinities", needs: ["float32"],
    run: (device) => {
      const values: Value = (at) => [1, 2, Infinity, 3, NaN, 4][at]!;
      both((reverse) => (["sum", "prod"] as const).forEach((op) => checkScan(device, op, "float32", reverse, [6], { values: [values] })));
      // The factor of the first element takes no part.
      checkScan(device, "recurrence", "float32", false, [3], { values: [(at) => [Infinity, 2, 3][at]!, (at) => [1, 1, 1][at]!] });
      checkScan(device, "recurrence", "float32", true, [3], { values: [(at) => [2, 3, NaN][at]!, (at) => [1, 1, 1][at]!] });
    },
  },
  ...ops.map((op): Case => ({
    name: `scan ${op} of many`, needs: ["float32", "int32"],
    run: (device) => both((reverse) => ([[10_007], [3, 5000], [2000, 13]] as const).forEach((shape) => checkScan(device, op, "float32", reverse, shape, {
      values: op === "prod" ? [(at) => (at % 2 === 0 ? 0.5 : 2)] : op === "recurrence" ? [(at) => 0.99 * uniform(at), fractions("float32", 2)] : [fractions("float32")],
    }))),
  })),
  {
    name: "scan prod of many that leave the range and come back", needs: ["float32"],
    // Chunk after chunk of 2 and then of 1/2; and 0 times what is too large.
    run: (device) => {
      checkScan(device, "prod", "float32", false, [4096], { values: [(at) => (at < 100 || (at >= 250 && at < 400) ? 2 ** -1 : at < 250 ? 2 : 1)] });
      checkScan(device, "recurrence", "float32", false, [4096], { values: [() => 4, (at) => (at < 4000 ? 0 : 1e-30)] });
    },
  },
  {
    name: "scan of many int32 wraps", needs: ["int32"],
    run: (device) => (["sum", "prod"] as const).forEach((op) => both((reverse) => checkScan(device, op, "int32", reverse, [2, 5003], { values: [(at) => 2147483647 - at] }))),
  },
];
