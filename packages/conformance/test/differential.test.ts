/** @file Generated programs: the devices and the naive model of views agree on them, and wrong backends are found out. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import type { Backend } from "@adjoint/core";
import type { Kernels } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { fuzz, generateProgram, type Program, runProgram, showFailure, showProgram } from "../src/index.ts";

const again = (seed: number): string => `npm run fuzz -- --device cpu,wasm --count 1 --seed ${seed}`;

test("1,000 programs agree on cpu, wasm and the model of views; every tenth seed also with finite differences, forward mode and vmap", async () => {
  const devices = new Map<string, Backend>([["cpu", cpu()], ["wasm", await wasm()]]);
  const report = await fuzz({ seed: 1, count: 1000, reference: cpu(), devices, derivatives: 10 });
  expect(report.failures.map((failure) => showFailure(failure, again)).join("\n\n")).toBe("");
  expect(report.rejected).toBeLessThan(20);
  expect(report.statements).toBeGreaterThan(8 * report.programs);
  expect(report.errors).toBeGreaterThan(20); // errors are part of what is compared
}, 120_000);

const valuesOf = (buffer: object): Float32Array => (buffer as { values: Float32Array }).values;

/** cpu with something wrong in it. */
function wrong(change: (right: Kernels) => Partial<Kernels>): Backend {
  const right: Backend = cpu();
  return { ...right, kernels: { ...right.kernels, ...change(right.kernels) } };
}

const variations: readonly { readonly what: string; readonly device: () => Backend; readonly lines: number }[] = [
  { what: "strides taken for positive dense ones in copies", lines: 6, device: () => wrong(({ copy }) => ({ copy: ([x], outputs, attrs) => copy([{ ...x!, strides: outputs[0]!.strides }], outputs, attrs) })) },
  { what: "the offset of a view forgotten", lines: 6, device: () => wrong(({ map }) => ({ map: (inputs, outputs, attrs) => map(inputs.map((x) => (x.dense ? x : { ...x, offset: 0 })), outputs, attrs) })) },
  { what: "tanh that is a little off", lines: 4, device: () => wrong(({ map }) => ({
    map(inputs, outputs, attrs) {
      map(inputs, outputs, attrs);
      const [out] = outputs;
      if (attrs.program.name === "tanh" && out!.dtype === "float32") valuesOf(out!.buffer).forEach((x, i, all) => (all[i] = x * 1.0003));
    },
  })) },
  { what: "scatter that sets where it should add", lines: 5, device: () => wrong(({ scatter }) => ({ scatter: (inputs, outputs, attrs) => scatter(inputs, outputs, { ...attrs, mode: "set" }) })) },
];

describe("a wrong backend is found out, by a program that shrinks to a few lines", () => {
  test.each(variations)("$what", async ({ device, lines }) => {
    const { failures: [failure] } = await fuzz({ seed: 7, count: 3000, reference: cpu(), devices: new Map([["wrong", device()]]), aliasing: false, derivatives: 0 });
    expect(failure?.check).toBe("wrong");
    expect(failure!.difference.message).toMatch(/^v\d+(\.grad)? differs in/);
    const text = showFailure(failure!, again);
    expect(failure!.shrunk.statements.length, text).toBeLessThanOrEqual(lines);
    expect(text).toContain(`again: ${again(failure!.seed)}`);
    // What is printed is enough: the JSON runs again, and differs again.
    const program = JSON.parse(/as JSON: (.*)/.exec(text)![1]!) as Program;
    expect((await runProgram(program, { reference: cpu(), device: device() }))?.message).toMatch(/differs in/);
    expect(await runProgram(program, { reference: cpu(), device: cpu() })).toBeUndefined();
  }, 60_000);
});

test("a seed is one program", () => {
  const draw = (seed: number): string => showProgram(generateProgram(seed, cpu(), ["float32", "int32", "bool"]));
  for (let seed = 0; seed < 20; seed++) expect(draw(seed)).toBe(draw(seed));
  expect(draw(1)).not.toBe(draw(2));
});
