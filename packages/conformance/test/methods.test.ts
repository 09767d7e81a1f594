/** @file An editor shows, for every method of a tensor, what the function of the same name says, and words for all that modules and optimizers have; the declarations are current. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { beforeAll, describe, expect, it } from "vitest";
import { hoversOf } from "../examples/hovers.ts";
import { declarationsOfMethods } from "../examples/methods.ts";
import { shown, valueOf } from "../examples/run.ts";

it("the declarations of methods are current", async () => {
  await expect(declarationsOfMethods()).toMatchFileSnapshot("../../core/src/api/tensor-methods.table.ts");
});

const hovers = hoversOf("../../core/src/index.ts", ["Tensor", "ComplexTensor", "Node", "Scope", "Generator"]);
const modules = hoversOf("../../nn/src/index.ts", ["Module", "Sequential", "ModuleList", "ModuleDict"]), optimizers = hoversOf("../../optim/src/index.ts", ["Adam", "LBFGS"]);

describe("what an editor shows", () => {
  it.each([...hovers, ...modules, ...optimizers])("every member of %s has words", (_, members) => {
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter(({ text }) => text === "").map(({ name }) => name)).toEqual([]);
  });
});

describe("examples of methods", () => {
  const members = hovers.get("Tensor")!;
  beforeAll(() => setDefaultDevice(cpu()));
  const examples = new Map(members.flatMap(({ name, examples: all }) => all.map((example) => [`${name}: ${example.code}`, example] as const)));
  it("are calls of the method", () => {
    expect(members.flatMap(({ name, examples: all }) => all.filter(({ code }) => !code.includes(`.${name}`)).map(({ code }) => `${name}: ${code}`))).toEqual([]);
  });
  it.each([...examples])("%s", async (_, { code, gives }) => {
    expect(shown(await valueOf(code))).toBe(shown(await valueOf(gives)));
  });
});
