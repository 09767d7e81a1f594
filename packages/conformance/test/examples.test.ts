/** @file Every operator's documentation comment has an example, and each example gives what it says. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { beforeAll, describe, expect, it } from "vitest";
import { missingFrom, namesNoError, refusals } from "../examples/completeness.ts";
import { saysDTypes, wrongDTypes } from "../examples/dtypes.ts";
import { documentationOf, importOf, typeErrorsOf } from "../examples/read.ts";
import { shown, valueOf } from "../examples/run.ts";

const documented = documentationOf("../../core/src/functional.ts", ["linalg", "special", "masked", "fft", "func"]), functions = documented.filter(({ callable }) => callable);
const named = new Map(documented.map((one) => [one.name, one]));

/** Functions that are no operators: what they do is no value that a comment could show in a line. */
const plumbing = new Set([
  "getRngState", "setRngState", "checkpoint", "checkpointed", "inMode", "isInference", "setGradEnabled", "registerHook", "registerPostAccumulateGradHook", "retainGrad", "format", "moveTo", "untracked", "keep", "keepCopy", "memory", "memoryReserved", "emptyCache", "scope", "getDefaultDevice",
  "setDefaultDevice", "printOptions", "setPrintOptions", "isParameter", "markParameter", "enableGrad", "inferenceMode", "isGradEnabled", "isInferenceModeEnabled", "setRequiresGrad", "profile", "profiled", "unfused", "watchGrowth", "fromBuffer", "onWarning", "warn", "detach_",
]);
/** A form in place has what its op has. */
const isInPlace = (name: string): boolean => /[a-z0-9]_$/.test(name) && named.has(name.slice(0, -1));

describe("documentation", () => {
  it("every operator has an example", () => {
    const without = functions.filter(({ name, examples }) => examples.length === 0 && !plumbing.has(name) && !isInPlace(name)).map(({ name, file }) => `${name} (${file.replace(/.*\/core\//, "")})`);
    expect(without, "write `@example CODE // WHAT IT GIVES` above each").toEqual([]);
  });
  it("every function has words", () => {
    expect(functions.filter(({ text, name }) => text === "" && !isInPlace(name)).map(({ name }) => name)).toEqual([]);
  });
  it("every operator says what its parameters are, what it gives, and what it refuses", () => {
    const lacking = functions.filter(({ name }) => !plumbing.has(name) && !isInPlace(name)).flatMap((one) => missingFrom(one, named).map((what) => `${one.file.replace(/.*\/core\//, "")}: ${one.name}: ${what}`));
    expect(lacking, "docs/adding-an-op.md says how").toEqual([]);
  });
  it("no function is called plumbing that is none", () => {
    expect([...plumbing].filter((name) => !named.has(name) || named.get(name)!.examples.length > 0)).toEqual([]);
  });
});

describe("what comments do not say of errors", () => {
  beforeAll(() => setDefaultDevice(cpu()));
  it.each(functions.filter((one) => !plumbing.has(one.name) && !isInPlace(one.name) && namesNoError(one, named)))("$name refuses nothing", (one) => {
    expect(refusals(one), "name the error in a `@throws`").toEqual([]);
  });
});

describe("what comments say of dtypes", () => {
  beforeAll(() => setDefaultDevice(cpu()));
  it.each(functions.filter(({ text }) => saysDTypes(text)))("$name", ({ name, text, throws }) => {
    expect(wrongDTypes(name, text, throws)).toEqual([]);
  });
});

describe("examples", () => {
  it("compile, as a user would write them", () => {
    expect(typeErrorsOf(importOf("../../core/src/index.ts", functions), functions)).toEqual([]);
  });
  beforeAll(() => setDefaultDevice(cpu()));
  const examples = new Map(functions.flatMap(({ name, examples: all }) => all.map((example) => [`${name}: ${example.code}`, example] as const)));
  it.each([...examples])("%s", async (_, { code, gives }) => {
    expect(shown(await valueOf(code))).toBe(shown(await valueOf(gives)));
  });
});
