/** @file Comments of modules, optimizers and schedulers: shapes, parameters, errors, and an example that gives what it says. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import { beforeAll, describe, expect, it } from "vitest";
import { missingFromClass, missingFromModule } from "../examples/completeness.ts";
import { documentationOf, importOf, typeErrorsOf } from "../examples/read.ts";
import { shown, valueOf } from "../examples/run.ts";

const functions = documentationOf("../../core/src/functional.ts"), classes = documentationOf("../../nn/src/index.ts").filter(({ isClass }) => isClass);
/** What holds other modules, and computes nothing. */
const containers = new Set(["Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]);
const modules = classes.filter(({ name }) => !containers.has(name) && (Reflect.get(nn, name) as { readonly prototype: unknown }).prototype instanceof nn.Module);

/** Examples compile, and give what they say. */
function haveExamples(library: "nn" | "optim" | "io", all: typeof functions): void {
  it("have examples that compile", () => {
    expect(typeErrorsOf(`import * as ${library} from "../../${library}/src/index.ts"; ${library === "io" ? `import { ${all.map(({ name }) => name).join(", ")} } from "../../io/src/index.ts"; ` : ""}${importOf("../../core/src/index.ts", functions.filter(({ callable }) => callable))}`, all)).toEqual([]);
  });
  beforeAll(() => setDefaultDevice(cpu()));
  it.each(all.flatMap(({ name, examples }) => examples.map((example) => [name, example] as const)))("%s", async (_, { code, gives }) => {
    expect(shown(await valueOf(code))).toBe(shown(await valueOf(gives)));
  });
}

describe("comments of modules", () => {
  it("say what goes in and what comes out, what the parameters are, and what is refused", () => {
    const byName = (all: typeof functions): Map<string, (typeof functions)[number]> => new Map(all.map((one) => [one.name, one])), known = byName(functions), others = byName(modules);
    expect(modules.flatMap((one) => missingFromModule(one, known, others).map((what) => `${one.name}: ${what}`)), "docs/adding-an-op.md says how").toEqual([]);
    expect(modules.length).toBeGreaterThan(100);
  });
  haveExamples("nn", modules);
});

describe("comments of functions in nn", () => {
  const all = documentationOf("../../nn/src/index.ts", ["init", "utils", "parametrizations", "parametrize", "rnn", "stateless"]).filter(({ callable }) => callable);
  it("say what the parameters are, and what comes back", () => {
    expect(all.flatMap((one) => [...missingFromClass(one), ...(one.returns === "" ? ["@returns"] : [])].map((what) => `${one.name}: ${what}`))).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });
  haveExamples("nn", all);
});

describe("comments of optimizers and schedulers", () => {
  /** What others are made of. */
  const bases = new Set(["Optimizer", "OneByOne", "lrScheduler.LRScheduler"]);
  const makers = documentationOf("../../optim/src/index.ts", ["lrScheduler"]).filter(({ name, isClass }) => isClass && !name.endsWith("Error") && !bases.has(name));
  it("say what the parameters are, and what is refused", () => {
    expect(makers.flatMap((one) => [...missingFromClass(one), ...(one.throws.length === 0 ? ["@throws"] : [])].map((what) => `${one.name}: ${what}`))).toEqual([]);
    expect(makers.length).toBeGreaterThan(25);
  });
  haveExamples("optim", makers);
});

describe("comments of functions in io", () => {
  const all = documentationOf("../../io/src/index.ts").filter(({ callable }) => callable);
  it("say what the parameters are, what comes back, and what is refused", () => {
    const convert = new Set(["stateFromTorch", "stateToTorch"]), readsFiles = new Set(["openShardedSafetensors"]);
    const lacking = all.flatMap((one) => [...missingFromClass(one), ...(one.returns === "" ? ["@returns"] : []), ...(one.throws.length === 0 && !convert.has(one.name) ? ["@throws"] : [])].filter((what) => !(what === "@example" && readsFiles.has(one.name))).map((what) => `${one.name}: ${what}`));
    expect(lacking).toEqual([]);
    expect(all.length).toBe(12);
  });
  haveExamples("io", all);
});
