/** @file map against core's `evaluate`, element by element: programs, layouts, in place, tails. */
import { denseView, evaluate, program, type Program, scalar, type Shape, View } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import type { CpuView } from "../src/buffer.ts";
import { chance, device, elements, hostArray, inputLayouts, lay, number, outputLayouts, pick, surroundings } from "./lab.ts";
import { randomProgram } from "./programs.ts";

const params = [Math.fround(0.3), 5];

function expected(p: Program, inputs: readonly number[][], size: number): number[][] {
  const all = Array.from({ length: size }, (_, i) => evaluate(p, inputs.map((values) => values[i]!), params, i));
  return p.results.map((_, k) => all.map((row) => row[k]!));
}

function check(p: Program, shape: Shape, seed: number): void {
  const next = chance(seed);
  const inputs = p.args.map((dtype) => lay(next, dtype, shape, pick(next, inputLayouts)));
  const outputs = p.results.map((x) => lay(next, x.dtype, shape, pick(next, outputLayouts)).view);
  const around = outputs.map(surroundings);
  device.kernels.map(inputs.map((x) => x.view), outputs, { program: p, params });
  expect(outputs.map(elements)).toEqual(expected(p, inputs.map((x) => x.values), outputs[0]!.size));
  expect(outputs.map(surroundings)).toEqual(around);
}

const shapes: Shape[] = [[], [1], [7], [3, 5], [4, 3, 5], [2, 2, 3, 4], [1023], [1025], [2, 1500], [1500, 2], [33, 40], [2049]];

describe("map", () => {
  test.each(Array.from({ length: 150 }, (_, seed) => seed))("random program %i", (seed) => {
    const next = chance(seed);
    check(randomProgram(next, 14, 1 + Math.floor(next() * 3)), pick(next, shapes), seed + 1000);
  });

  test.each(Array.from({ length: 300 }, (_, seed) => seed))("one instruction, program %i", (seed) => {
    const next = chance(seed + 7000);
    check(randomProgram(next, 3, 1), pick(next, shapes.slice(0, 6)), seed);
  });

  test("bitcast shows the bits and takes them", () => {
    const next = chance(3), x = scalar.arg(0, "float32"), y = scalar.arg(1, "int32");
    const a = lay(next, "float32", [9], "dense", (n) => Math.fround(n() * 100 - 50)), b = lay(next, "int32", [9], "dense", (n) => Math.floor(n() * 1e9));
    const outputs = [lay(next, "int32", [9]).view, lay(next, "float32", [9]).view];
    const p = program("bits", ["float32", "int32"], [], [scalar.bitcast(x), scalar.bitcast(y)]);
    device.kernels.map([a.view, b.view], outputs, { program: p, params: [] });
    expect(outputs.map(elements)).toEqual(expected(p, [a.values, b.values], 9));
  });

  test("a param is rounded to its dtype", () => {
    const p = program("addParam", ["float32"], ["float32"], [scalar.add(scalar.arg(0, "float32"), scalar.param(0, "float32"))]);
    const x = lay(chance(1), "float32", [1], "dense", () => 0).view, out = lay(chance(1), "float32", [1]).view;
    device.kernels.map([x], [out], { program: p, params: [0.1] });
    expect(elements(out)).toEqual([Math.fround(0.1)]);
  });

  /** Sizes beyond a block and with a tail: what is read late in a block must not have been written early. */
  test.each([[5], [1024], [3001]])("outputs in place of inputs, in any order, %i elements", (n) => {
    const next = chance(n), x = scalar.arg(0, "float32"), y = scalar.arg(1, "float32");
    const programs = [[scalar.mul(scalar.add(x, 1), y), scalar.sub(x, y)], [y, x], [scalar.neg(y), x], [scalar.add(x, y), scalar.exp(scalar.mul(x, y))]];
    for (const results of programs) {
      const p = program("swap", ["float32", "float32"], [], results);
      const a = lay(next, "float32", [n]), b = lay(next, "float32", [n]);
      device.kernels.map([a.view, b.view], [a.view, b.view], { program: p, params: [] });
      expect([a.view, b.view].map(elements)).toEqual(expected(p, [a.values, b.values], n));
    }
  });

  test("in place on a strided view", () => {
    const next = chance(8), x = scalar.arg(0, "float32"), p = program("twice", ["float32"], [], [scalar.add(scalar.mul(x, x), scalar.neg(x))]);
    const a = lay(next, "float32", [40, 33], "permuted"), around = surroundings(a.view);
    device.kernels.map([a.view], [a.view], { program: p, params: [] });
    expect(elements(a.view)).toEqual(expected(p, [a.values], a.view.size)[0]);
    expect(surroundings(a.view)).toEqual(around);
  });

  test("disjoint views of one buffer", () => {
    const buffer = device.allocate("float32", 8), values = Array.from({ length: 4 }, () => number(chance(2), "float32"));
    device.write(buffer, 0, hostArray("float32", values));
    const low: CpuView = denseView(buffer, "float32", [4]), high = new View(buffer, "float32", [4], [1], 4, 4, true);
    const x = scalar.arg(0, "float32"), p = program("other", ["float32"], [], [scalar.add(scalar.mul(x, 2), 1)]);
    device.kernels.map([low], [high], { program: p, params: [] });
    expect(elements(high)).toEqual(expected(p, [values], 4)[0]);
    expect(elements(low)).toEqual(values);
  });
});
