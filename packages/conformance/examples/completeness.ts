/** @file What the comment of an operator must say, and what one lacks. */
import * as core from "@adjoint/core";
import * as io from "@adjoint/io";
import * as nn from "@adjoint/nn";
import * as optim from "@adjoint/optim";
import { saysDTypes } from "./dtypes.ts";
import type { Documented } from "./read.ts";

const errors = [core, core.autograd, nn, nn.utils, optim, io].flatMap((entry) => Object.entries(entry))
  .filter(([, value]) => typeof value === "function" && (value === core.AdjointError || value.prototype instanceof core.AdjointError)).map(([name]) => name);
const promise = new RegExp(`^(${errors.join("|")}) (of|for|where|if|unless|in|on|along) \\S+`);
const words = /\w+/;
const speaksOfShape = /\[|0-d|shape|vector|matri|number of|list of|a tensor of|sizes/, speaksOfDType = /dtype|float|int(8|16|32)|\bbools?\b|complex|strings?/;

/** The comment that "As `name`" refers to: what it says of parameters and errors holds here too. */
export function likeness(one: Documented, named: ReadonlyMap<string, Documented>): Documented | undefined {
  const name = /\b[Aa]s `([\w.]+)`/.exec(one.text)?.[1] ?? "", inside = one.name.includes(".") ? `${one.name.split(".")[0]}.${name}` : name;
  return [named.get(inside), named.get(name)].find((other) => other !== undefined && other !== one);
}

/** Whether tensors and numbers are all that must be given, so that it can be tried whether it refuses any. */
const isTriable = ({ parameters }: Documented): boolean => parameters.some(({ takesTensor }) => takesTensor) && parameters.every(({ takesTensor, takesNumber, isOptional }) => takesTensor || takesNumber || isOptional);
/** Whether a comment names no error, and refers to no other comment that may. */
export const namesNoError = (one: Documented, named: ReadonlyMap<string, Documented>): boolean => one.throws.length === 0 && one.standsFor === undefined && !saysDTypes(one.text) && likeness(one, named) === undefined;

/** Of an operator that names no error, what it says to tensors of many kinds: nothing. */
export function refusals(one: Documented): string[] {
  const fn = one.name.split(".").reduce<unknown>((at, part) => Reflect.get(at as object, part), core) as (...args: readonly unknown[]) => unknown;
  const tensors = (["float32", "float16", "int32", "uint8", "bool"] as const).flatMap((dtype) => [[], [0], [1], [2, 2], [2, 2, 2]].map((shape) => core.ones(shape, { dtype })));
  const required = one.parameters.filter(({ isOptional }) => !isOptional);
  return tensors.flatMap((x) => {
    try {
      fn(...required.map(({ takesTensor }) => (takesTensor ? x : 1)));
      return [];
    } catch (error) {
      return [`${x.dtype} [${x.shape.join(", ")}]: ${String(error)}`];
    }
  });
}

/** What the comment of a module lacks: the formula, shapes in and out, the constructor's parameters, and errors, its own or those of the function that it stands for. */
export function missingFromModule(one: Documented, functions: ReadonlyMap<string, Documented>, modules: ReadonlyMap<string, Documented>): string[] {
  const missing = missingFromClass(one), like = modules.get(/^As `(\w+)`/.exec(one.text)?.[1] ?? ""), mentioned = [...one.text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  if (!/\s->\s|Keeps\sshape\sand\sdtype/.test(one.text)) missing.push("shapes, `x [...] -> [...]`");
  if (one.throws.length === 0 && like === undefined && !/->\sthe\ssame\stensor/.test(one.text) && !mentioned.some((name) => functions.has(name) || modules.has(name))) missing.push("the function that it stands for, or a @throws");
  return missing;
}
/** What the comment of any class lacks: words, the constructor's parameters, and an example. */
export function missingFromClass(one: Documented): string[] {
  const missing = one.parameters.filter(({ said, optionsSpeak }) => (said === undefined ? !optionsSpeak : !words.test(said))).map(({ name }) => `@param ${name}`);
  if (!words.test(one.text)) missing.push("what it does");
  for (const text of one.throws) if (!promise.test(text)) missing.push(`@throws, one class of error and when: "${text}"`);
  if (one.examples.length === 0) missing.push("@example");
  return missing;
}

/** What is missing, in words that say what to write. */
export function missingFrom(one: Documented, named: ReadonlyMap<string, Documented>): string[] {
  if (one.standsFor !== undefined) {
    const isNamed = one.text.includes(`\`${one.standsFor}\``) || [...named.values()].some(({ name, file, text }) => file !== "" && one.text.includes(`\`${name}\``) && text !== one.text);
    return isNamed ? [] : [`the name \`${one.standsFor}\`, which this is another of`];
  }
  const family = saysDTypes(one.text), like = likeness(one, named), missing: string[] = [];
  for (const { name, said, optionsSpeak, takesTensor } of one.parameters) {
    const elsewhere = like?.parameters.find((other) => other.name === name);
    if (said !== undefined ? !words.test(said) : !optionsSpeak && !(family && takesTensor) && elsewhere === undefined) missing.push(`@param ${name}`);
  }
  for (const text of one.throws) if (!promise.test(text) || errors.some((name) => text.slice(1).includes(` ${name} `))) missing.push(`@throws, one class of error and when: "${text}"`);
  if (one.throws.length === 0 && !family && like === undefined && !isTriable(one)) missing.push("@throws");
  if (family) return missing;
  if (!words.test(one.returns)) missing.push("@returns");
  else if (one.givesTensors && !speaksOfShape.test(one.returns)) missing.push("a shape in @returns");
  else if (one.givesTensors && !speaksOfDType.test(one.returns)) missing.push("a dtype in @returns");
  return missing;
}
