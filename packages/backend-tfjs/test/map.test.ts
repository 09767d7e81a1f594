/** @file Each instruction, random programs and random layouts against core's `evaluate`, to the last bit and the sign of zero. */
import { type DType, evaluate, type Program, program, scalar } from "@adjoint/core/backend";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { tfjs } from "../src/index.ts";
import { content, input, type Operand, output, release, shown, written } from "./layouts.ts";
import { applied, dtypesHere, names, pick, randomProgram, seeded, value } from "./programs.ts";

const device = await tfjs({ backend: "cpu" });
const params = [123456789, -7, 31, 2, Math.fround(1.1)];

/** Runs `map` into outputs of any layout; every element of their buffers is checked. */
function checkMap(p: Program, inputs: readonly Operand[], outputs: readonly Operand[]): void {
  const x = inputs.map(shown);
  const expected = outputs[0]!.at.map((_, i) => evaluate(p, x.map((values) => values[i]!), params, i));
  device.kernels.map(inputs.map((o) => o.view), outputs.map((o) => o.view), { program: p, params });
  outputs.forEach((o, k) => expect(content(device, o), `${p.name} result ${k}`).toEqual(written(o, expected.map((results) => results[k]!))));
}

describe.each(names)("%s", (name) => {
  it.each(dtypesHere)("on %s", (dtype) => {
    const random = seeded(name.length);
    const targets: readonly DType[] = name === "cast" ? dtypesHere : [dtype];
    for (const to of targets) {
      let count = 0;
      const expr = applied(name, dtype, to, (wanted) => scalar.arg(count++, wanted));
      if (expr === undefined) continue;
      const args = expr.kind === "apply" ? expr.operands.filter((x) => x.kind === "arg").map((x) => x.dtype) : [dtype];
      const p = program(name, args, ["int32", "int32", "int32", "int32"], [expr]);
      const inputs = args.map((d) => input(device, random, d, [600])), out = output(device, random, expr.dtype, [600]);
      checkMap(p, inputs, [out]);
      release(device, [...inputs, out]);
    }
  });
});

describe("map", () => {
  it.each(Array.from({ length: 60 }, (_, i) => i))("random program and layout %i", (seed) => {
    const random = seeded(seed), p = randomProgram(random, pick(random, [1, 2, 3]));
    const shape = pick(random, [[], [7], [3, 5], [2, 3, 4], [2, 1, 3, 2]]);
    const inputs = p.args.map((dtype) => input(device, random, dtype, shape));
    const outputs = p.results.map((x) => output(device, random, x.dtype, shape));
    checkMap(p, inputs, outputs);
    release(device, [...inputs, ...outputs]);
  });

  it("writes in place, all results after all reads", () => {
    const random = seeded(1), x = scalar.arg(0, "float32"), y = scalar.arg(1, "float32");
    const swap = program("swap", ["float32", "float32"], [], [y, x]);
    for (const shape of [[6], [2, 3]]) {
      const a = input(device, random, "float32", shape), b = output(device, random, "float32", shape), c = output(device, random, "float32", shape);
      device.kernels.map([b.view, c.view], [b.view, c.view], { program: swap, params: [] });
      expect(content(device, b)).toEqual(written(b, shown(c)));
      expect(content(device, c)).toEqual(written(c, shown(b)));
      release(device, [a, b, c]);
    }
  });

  it("keeps two buffers apart that hold one result", () => {
    const random = seeded(2), same = program("same", ["int32"], [], [scalar.arg(0, "int32")]);
    const [x, y] = [output(device, random, "int32", [4]), output(device, random, "int32", [4])];
    device.kernels.map([x.view], [y.view], { program: same, params: [] });
    device.write(x.view.buffer, 0, new Int32Array(x.before.length).fill(value(random, "int32")));
    expect(content(device, y)).toEqual(written(y, shown(x)));
    device.free(x.view.buffer);
    expect(content(device, y)).toEqual(written(y, shown(x)));
    release(device, [y]);
  });

  it("rounds an integer that becomes a float before it goes on", () => {
    const random = seeded(5), x = input(device, random, "int32", [400]), out = output(device, random, "float32", [400]);
    const rest = program("rest", ["int32"], [], [scalar.sub(scalar.cast(scalar.arg(0, "int32"), "float32"), 16777216)]); // 0 for 2^24 + 1
    checkMap(rest, [x], [out]);
    release(device, [x, out]);
  });

  it("fills a buffer from params alone", () => {
    const out = output(device, seeded(3), "float32", [2, 3]);
    checkMap(program("fill", [], ["int32", "int32", "int32", "int32", "float32"], [scalar.mul(scalar.param(4, "float32"), 3)]), [], [out]);
    release(device, [out]);
  });
});
