/** @file `map`: every instruction against core's `evaluate`, over layouts, offsets and lengths. */
import { type DType, type Expr, program, scalar } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { wasm, wasmStats } from "../src/index.ts";
import { everyInstruction, generator, type Held, hold, isClose, type Layout, mapReference, result, valueOf } from "./support.ts";

const backend = await wasm();
const dense = (n: number, offset = 0): Layout => ({ shape: [n], strides: [1], offset });
/** What lowering.ts promises, with one more for the rounding of the reference. */
const ulps = (name: string): number => (/exp|log|sin|cos|tan|asin|acos|atan|erf|pow/.test(name) ? 6 : 0);

function check(name: string, results: Expr[], dtypes: DType[], params: [DType, number][], inputs: Layout[], outputs: Layout[], seed: number, tolerance = 0): void {
  const random = generator(seed), p = program(name, dtypes, params.map(([d]) => d), results);
  const held = dtypes.map((dtype, i) => hold(backend, dtype, inputs[i], () => valueOf(dtype, random)));
  const targets = results.map((x, k) => hold(backend, x.dtype, outputs[k], () => 1));
  const numbers = params.map(([, value]) => value);
  backend.kernels.map(held.map((h) => h.view), targets.map((h) => h.view), { program: p, params: numbers });
  const want = mapReference(p, held, numbers, targets[0].values.length);
  targets.forEach((target: Held, k) => result(backend, target).forEach((got, i) => {
    const angle = Math.abs(held[0].values[i]);
    // lowering.ts: beyond 1e4 the bound is absolute, and none for tan
    if (/^(sin|cos|tan)$/.test(name) && angle > 1e4 && (name === "tan" || angle === Infinity || Math.abs(got - want[i][k]) < 2e-7)) return;
    if (!isClose(results[k].dtype, got, want[i][k], tolerance))
      expect.fail(`${name}[${i}] of (${held.map((h) => h.values[i])}) is ${got}, expected ${want[i][k]}`);
  }));
  for (const h of [...held, ...targets]) backend.free(h.view.buffer);
}

describe.each(["float32", "int32", "bool"] as const)("%s", (dtype) => {
  test.each(everyInstruction(dtype))("%s, lengths 1 to 20 and 997, odd offsets", (name, expr) => {
    for (const n of [...Array.from({ length: 20 }, (_, i) => i + 1), 997])
      check(name, [expr], [dtype, dtype], [], [dense(n, n % 5), dense(n, (n * 3) % 7)], [dense(n, n % 3)], n, ulps(name));
  });
});

/** A layout of the shape with its dims in a random order in memory, gaps, and where allowed repeats and reversals. */
function randomLayout(shape: number[], random: (below: number) => number, isInput: boolean): Layout {
  const order = shape.map((_, d) => d);
  if (random(2)) order.sort(() => random(3) - 1);
  const strides = shape.map(() => 0);
  let step = random(4) === 0 ? 2 : 1;
  for (const d of order.reverse()) {
    strides[d] = step;
    step *= shape[d] + (random(3) === 0 ? 1 : 0);
  }
  let offset = random(5);
  shape.forEach((size, d) => {
    if (isInput && random(4) === 0) strides[d] = 0;
    else if (isInput && random(5) === 0) {
      offset += (size - 1) * strides[d];
      strides[d] *= -1;
    }
  });
  return { shape, strides, offset };
}

test("strided, transposed, reversed, repeated operands", () => {
  const random = generator(1), { arg, param, lit, add, mul, select, lt, cast, index, max } = scalar;
  const x = arg(0, "float32"), y = arg(1, "int32"), z = arg(2, "bool");
  const first = select(z, max(x, cast(y, "float32")), param(0, "float32")), second = lt(cast(add(index, y), "float32"), mul(x, lit(3, "float32")));
  for (let round = 0; round < 200; round++) {
    const shape = Array.from({ length: 1 + random(4) }, () => 2 + random(9));
    const inputs = [0, 1, 2].map(() => randomLayout(shape, random, true)), outputs = [0, 1].map(() => randomLayout(shape, random, false));
    check("mixed", [first, second], ["float32", "int32", "bool"], [["float32", round / 4]], inputs, outputs, round);
  }
}, 30_000);

test("in place, with several results, over long arrays", () => {
  const n = 100_003, { arg, add, mul, index, cast, param } = scalar, x = arg(0, "float32"), random = generator(3);
  const p = program("inPlace", ["float32"], ["float32"], [add(mul(x, param(0, "float32")), 1), cast(index, "float32")]);
  const a = hold(backend, "float32", dense(n, 3), () => random(100)), b = hold(backend, "float32", dense(n, 1), () => 0);
  backend.kernels.map([a.view], [a.view, b.view], { program: p, params: [2] });
  expect(result(backend, a)).toEqual(a.values.map((v) => 2 * v + 1));
  expect(result(backend, b)).toEqual(a.values.map((_, i) => i));
});

test("rows longer than one call, and many rows", () => {
  const { arg, add, index } = scalar, x = arg(0, "int32"), y = arg(1, "int32");
  for (const [rows, columns] of [[2, 20_001], [6_011, 3], [200, 200]] as const)
    check("rows", [add(add(x, y), index)], ["int32", "int32"], [],
      [{ shape: [rows, columns], strides: [0, 1], offset: 2 }, { shape: [rows, columns], strides: [1, 0], offset: 1 }],
      [{ shape: [rows, columns], strides: [columns + 2, 1], offset: 3 }], rows);
});

test("rem is exact over the whole range", () => {
  const { arg, rem } = scalar, p = program("rem", ["float32", "float32"], [], [rem(arg(0, "float32"), arg(1, "float32"))]);
  const random = generator(9), number = () => Math.fround((random(2) ? -1 : 1) * (1 + random(2 ** 23) / 2 ** 23) * 2 ** (random(276) - 149));
  const x = hold(backend, "float32", dense(5000), number), y = hold(backend, "float32", dense(5000), number), out = hold(backend, "float32", dense(5000), () => 0);
  backend.kernels.map([x.view, y.view], [out.view], { program: p, params: [] });
  expect(result(backend, out)).toEqual(x.values.map((v, i) => v % y.values[i]));
});

test("a new shape, param or seed compiles nothing", () => {
  const { arg, param, mul, add, random, index, cast } = scalar;
  const seeds = [1, 2, 3, 4].map((i) => param(i, "int32")) as [Expr, Expr, Expr, Expr];
  const p = program("noise", ["float32"], ["float32", "int32", "int32", "int32", "int32"],
    [add(mul(arg(0, "float32"), param(0, "float32")), cast(random(index, ...seeds), "float32"))]);
  const run = (shape: number[], strides: number[], value: number): void => {
    const x = hold(backend, "float32", { shape, strides, offset: 1 }, () => 1), size = x.values.length;
    const out = hold(backend, "float32", { shape, strides: shape.length === 2 ? [shape[1], 1] : [1], offset: 0 }, () => 0);
    backend.kernels.map([x.view], [out.view], { program: p, params: [value, value, 2, 3, value] });
    const want = mapReference(p, [x], [value, value, 2, 3, value], size).map(([v]) => v);
    expect(result(backend, out).every((v, i) => isClose("float32", v, want[i], 1))).toBe(true);
    backend.free(x.view.buffer);
    backend.free(out.view.buffer);
  };
  run([5], [1], 1);
  run([3, 4], [6, 1], 1);
  run([3, 4], [1, 0], 1);
  run([3, 4], [1, 3], 1);
  const before = wasmStats(backend).modulesCompiled;
  for (let n = 1; n < 40; n++) {
    run([n + 1], [1], n);
    run([2 + n, 3], [n + 7, 1], -n);
    run([2, 3 + n], [1, 0], n);
    run([n + 2, 3], [1, n + 2], n);
  }
  expect(wasmStats(backend).modulesCompiled).toBe(before);
});
