/** @file reduce and argReduce against naive loops over logical elements. */
import { type DType, evaluate, program, roundTo, scalar, type Shape } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { chance, device, elements, inputLayouts, lay, number, outputLayouts, pick } from "./lab.ts";

const dtypes: DType[] = ["float32", "float64", "int32", "bool"];
const ops = ["sum", "prod", "max", "min"] as const;
const cases: [Shape, number][] = [
  [[7], 1], [[3, 5], 1], [[3, 5], 2], [[40, 33], 1], [[33, 3], 1], [[2, 3, 4], 2], [[2, 40, 3], 1], [[1100, 3], 1], [[2, 1030], 1], [[3000], 1], [[3, 20, 2, 5], 2],
];

function naive(op: (typeof ops)[number], dtype: DType, values: readonly number[]): number {
  if (op === "max" || (dtype === "bool" && op === "sum")) return Math.max(...values);
  if (op === "min" || dtype === "bool") return Math.min(...values);
  const int = dtype === "int32";
  if (op === "sum") return roundTo(dtype, values.reduce((a, b) => (int ? (a + b) | 0 : a + b), 0));
  return roundTo(dtype, values.reduce((a, b) => (int ? Math.imul(a, b) : a * b), 1));
}

function near(got: readonly number[], want: readonly number[], scale: number): void {
  got.forEach((x, i) => {
    if (Object.is(x, want[i]) || x === want[i]) return;
    expect(Math.abs(x - want[i]!) / Math.max(Math.abs(want[i]!), 1), `element ${i}: ${x}, not ${want[i]}`).toBeLessThan(scale);
  });
}

describe.each(dtypes)("reduce of %s", (dtype) => {
  test.each(ops)("%s", (op) => {
    cases.forEach(([shape, reduced], seed) => {
      for (const layout of inputLayouts) for (const prologue of [false, true]) {
        const next = chance(seed + 100), calm = dtype === "float32" || dtype === "float64";
        // Sums of ordinary numbers differ by rounding only; corners are tested by themselves.
        const value = (n: () => number): number => (calm ? roundTo(dtype, op === "prod" ? 1 + (n() - 0.5) / 64 : n() - 0.3) : number(n, dtype));
        const x = lay(next, dtype, shape, layout, value), y = lay(next, dtype, shape, pick(next, inputLayouts), value);
        const out = lay(next, dtype, shape.slice(0, shape.length - reduced), pick(next, outputLayouts)).view;
        const a = scalar.arg(0, dtype), b = scalar.arg(1, dtype);
        const p = program("prologue", [dtype, dtype], [], [prologue ? (dtype === "bool" ? scalar.or(a, scalar.not(b)) : scalar.max(scalar.mul(a, b), a)) : a]);
        device.kernels.reduce([x.view, y.view], [out], { program: p, params: [], op, reduced });
        const all = x.values.map((v, i) => evaluate(p, [v, y.values[i]!], [])[0]!), n = all.length / out.size;
        near(elements(out), Array.from({ length: out.size }, (_, k) => naive(op, dtype, all.slice(k * n, k * n + n))), dtype === "float32" ? 2e-7 : 1e-13);
      }
    });
  });
});

test.each(ops)("%s of corners is PyTorch's", (op) => {
  for (const dtype of ["float32", "float64"] as const) for (const corner of [NaN, Infinity, -Infinity])
    for (const [shape, reduced] of cases) for (const layout of ["dense", "permuted"] as const) {
      const next = chance(7), x = lay(next, dtype, shape, layout, (n) => (n() < 0.1 ? corner : 1));
      const out = lay(next, dtype, shape.slice(0, shape.length - reduced)).view, n = x.values.length / out.size;
      const p = program("plain", [dtype], [], [scalar.arg(0, dtype)]);
      device.kernels.reduce([x.view], [out], { program: p, params: [], op, reduced });
      expect(elements(out)).toEqual(Array.from({ length: out.size }, (_, k) => naive(op, dtype, x.values.slice(k * n, k * n + n))));
    }
});

test("a float32 sum is rounded once", () => {
  const n = 100_001, x = lay(chance(1), "float32", [n], "dense", () => Math.fround(0.1)).view, out = lay(chance(1), "float32", []).view;
  const p = program("plain", ["float32"], [], [scalar.arg(0, "float32")]);
  device.kernels.reduce([x], [out], { program: p, params: [], op: "sum", reduced: 1 });
  expect(elements(out)[0]).toBe(Math.fround(Math.fround(0.1) * n));
});

test("index in a prologue numbers the input's elements", () => {
  for (const [shape, reduced] of cases) for (const layout of inputLayouts) {
    const next = chance(9), x = lay(next, "int32", shape, layout), out = lay(next, "int32", shape.slice(0, shape.length - reduced)).view;
    const p = program("numbered", ["int32"], [], [scalar.add(scalar.arg(0, "int32"), scalar.mul(scalar.index, 3))]);
    device.kernels.reduce([x.view], [out], { program: p, params: [], op: "sum", reduced });
    const n = x.values.length / out.size;
    expect(elements(out)).toEqual(Array.from({ length: out.size }, (_, k) => naive("sum", "int32", x.values.slice(k * n, k * n + n).map((v, i) => v + 3 * (k * n + i)))));
  }
});

describe.each(dtypes)("argReduce of %s", (dtype) => {
  test.each(["max", "min"] as const)("%s: the first, and NaN wins", (op) => {
    cases.forEach(([shape, reduced], seed) => {
      for (const layout of inputLayouts) {
        const next = chance(seed), x = lay(next, dtype, shape, layout), out = lay(next, "int32", shape.slice(0, shape.length - reduced), pick(next, outputLayouts)).view;
        device.kernels.argReduce([x.view], [out], { op, reduced });
        const n = x.values.length / out.size;
        expect(elements(out)).toEqual(Array.from({ length: out.size }, (_, k) => {
          const row = x.values.slice(k * n, k * n + n), best = op === "max" ? Math.max(...row) : Math.min(...row);
          return row.findIndex((v) => v === best || (v !== v && best !== best));
        }));
      }
    });
  });
});
