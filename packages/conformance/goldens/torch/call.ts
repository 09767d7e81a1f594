/** @file A Python name becomes a function that calls ours: by convention, or by its row in names.table.ts. Branches on no name. */
import * as core from "@adjoint/core";
import { ComplexTensor, isComplex, isTensor, Tensor } from "@adjoint/core";
import * as data from "@adjoint/data";
import * as nn from "@adjoint/nn";
import { Float, type Native, Unsupported, type Value } from "../python/values.ts";
import { type Callable, camel, lifted, native, plain } from "./convert.ts";
import { names, type Given, type Row } from "./names.table.ts";
import { bind, bindAnyway, type Bound, type Overload, overloadsOf, valueOf } from "./signature.ts";
import { signatures } from "./signatures.table.ts";

/** Where operators are looked for. */
const roots: readonly unknown[] = [core, nn, data];

// ---- Our functions ---------------------------------------------------------------------------------------------------------

function member(root: unknown, path: readonly string[]): unknown {
  let at = root;
  for (const key of path) at = (typeof at === "object" || typeof at === "function") && at !== null ? Reflect.get(at, key) : undefined;
  return at;
}
/** Namespaces of PyTorch whose functions are core's own. */
const flat = new Set(["nn.functional", "nn.utils", "nn.utils.rnn", "nn.utils.stateless", "utils.data", "special", "Tensor", ""]);
const shared = (parts: readonly string[]): boolean => parts.length === 1 || flat.has(parts.slice(0, -1).join("."));
/** Our function: "foo" in core, "ns.foo", or "nsFoo", or the method foo of Tensor, called with the tensor in front. */
function ours(path: string): Callable | undefined {
  const parts = path.split(".").map(camel), last = parts.at(-1)!, joined = parts.map((p, i) => (i === 0 ? p : p.charAt(0).toUpperCase() + p.slice(1))).join("");
  if (parts[0] !== "")
    for (const root of roots)
      for (const way of [parts, [joined], ...(parts[0] === "nn" ? [parts.slice(1)] : []), ...(shared(parts) ? [[last]] : [])]) {
        const found = member(root, way);
        if (typeof found === "function") return found as Callable;
      }
  if (!shared(parts) || parts[0] === "nn") return undefined;
  const described = Object.getOwnPropertyDescriptor(Tensor.prototype, last);
  if (described?.get !== undefined) return (x) => Reflect.get(x as Tensor, last);
  const method: unknown = described?.value;
  return typeof method === "function" ? (x, ...rest) => (method as Callable).apply(x, rest) : undefined;
}

type Place = { readonly name: string; readonly spread: boolean };
type Template = { readonly target: string; readonly places: readonly Place[]; readonly options: readonly (readonly [ours: string, theirs: string])[] };
const templates = new Map<string, Template>();
function templateOf(row: string): Template {
  let template = templates.get(row);
  if (template === undefined) {
    const [, target, inner] = /^([\w.]+)\((.*)\)$/.exec(row) ?? [];
    if (target === undefined || inner === undefined) throw new Error(`a row of names.table.ts that is no call: ${row}`);
    const [, list = "", , braces = ""] = /^([^{]*?)(,?\s*\{(.*)\})?$/.exec(inner)!;
    const words = (text: string): string[] => text.split(",").map((word) => word.trim()).filter((word) => word !== "");
    template = {
      target,
      places: [...(target.startsWith(".") && !list.startsWith("input") ? [{ name: "input", spread: false }] : []), ...words(list).map((word) => ({ name: word.replace("...", ""), spread: word.startsWith("...") }))],
      options: words(braces).map((word) => { const [a, b] = word.split(":").map((part) => part.trim()); return [camel(a!), b ?? a!]; }),
    };
    templates.set(row, template);
  }
  return template;
}
/** The convention: what is required, and dim, by place; the rest are options. */
function conventional(target: string, overload: Overload): Template {
  const byPlace = overload.filter((p) => p.place);
  return { target, places: byPlace.map(({ name, rest }) => ({ name, spread: rest })), options: overload.filter((p) => !byPlace.includes(p)).map(({ name }) => [camel(name), name]) };
}

function argumentsOf(template: Template, given: Given): Value[] {
  const args: Value[] = template.places.flatMap(({ name, spread }) => (spread ? (given[name] ?? []) as readonly Value[] : [given[name]]));
  const options: { [name: string]: Value } = {};
  const known = new Set([...template.places.map(({ name }) => name), ...template.options.map(([, theirs]) => theirs)]);
  for (const name of Object.keys(given)) if (given[name] !== undefined && !known.has(name) && name !== "device") throw new Unsupported(`argument ${name}`);
  for (const [own, theirs] of template.options) if (given[theirs] !== undefined && own !== "device") options[own] = given[theirs];
  if (Object.keys(options).length > 0) args.push(options);
  else while (args.length > 0 && args.at(-1) === undefined) args.pop();
  return args;
}

// ---- Theirs ----------------------------------------------------------------------------------------------------------------

/** JavaScript cannot say 2.0, which beside integer tensors makes a float. */
function refuseWholeFloats({ values, overload }: Bound): void {
  if ([...values.values()].flat().some(isComplex)) return;
  const tensors = [...values.values()].flat().filter(isTensor);
  if (tensors.length === 0 || tensors.some((x) => core.resultType([x, 1]).startsWith("float") || x.dtype.startsWith("bfloat"))) return;
  for (const { name, kind } of overload) {
    const x = values.get(name);
    if ((kind === "num" || kind === "T") && x instanceof Float && Number.isInteger(x.value)) throw new Unsupported("a whole float beside integers: JavaScript cannot tell it from an int");
  }
}

const stem = (name: string): string => (/[a-z]_$/.test(name) ? name.slice(0, -1) : name);
const made = new Map<string, Native | undefined>();

/**
 * The function that a Python name stands for, or undefined where we have no such operator.
 */
export function torchFunction(name: string): Native | undefined {
  if (made.has(name)) return made.get(name);
  const bare = name.replace(/^Tensor\./, ""), inPlace = stem(bare) !== bare, outOfPlace = names[stem(bare)];
  const row: Row | undefined = names[name] ?? names[bare] ?? (inPlace && typeof outOfPlace === "string" ? outOfPlace.replace(/^([\w.]+)\(/, "$1_(") : undefined);
  const signature = signatures[name] ?? signatures[bare] ?? signatures[stem(bare)];
  const target = ours(typeof row === "string" ? templateOf(row).target : name);
  const missing = typeof row !== "function" && target === undefined;
  const fn = missing ? undefined : signature === undefined && row === undefined ? native(target!, name) : nativeOf(name, row, target, overloadsOf(signature ?? ""));
  made.set(name, fn);
  return fn;
}

/** The method of a complex tensor, where the first argument is one. */
function complexMethod(name: string, args: readonly Value[]): Callable | undefined {
  const last = camel(name.split(".").at(-1)!), found: unknown = isComplex(args[0]) ? Reflect.get(ComplexTensor.prototype, last) : undefined;
  return typeof found === "function" ? (x, ...rest) => (found as Callable).apply(x, rest) : undefined;
}
type WritesOut = { out(target: Tensor, ...args: readonly Value[]): Value };
const writesOut = (target: Callable | undefined): target is Callable & WritesOut => typeof (target as Partial<WritesOut> | undefined)?.out === "function";

function nativeOf(name: string, row: Row | undefined, target: Callable | undefined, overloads: readonly Overload[]): Native {
  return (args, { out, ...kw }) => {
    if (name.startsWith("__") && args.length > 0 && !isTensor(args[0])) throw new Unsupported("the error of Python's own operator methods: our tensors have none");
    const bound = bind(overloads, args, kw) ?? bindAnyway(overloads, args, kw);
    refuseWholeFloats(bound);
    const given: { [name: string]: Value } = {};
    for (const [key, x] of bound.values) {
      const p = bound.overload.find(({ name: own }) => own === key)!, value = valueOf(p, x), { kind } = p;
      given[key] = kind === "int[]" && typeof value === "number" ? [value] : value;
    }
    const into = out === undefined || out === null ? undefined : plain(out) as Tensor | readonly Tensor[];
    if (into !== undefined && typeof row === "function") throw new Unsupported("argument out");
    const own = typeof row === "function" ? undefined : argumentsOf(row === undefined ? conventional(name, bound.overload) : templateOf(row), given), method = complexMethod(name, own ?? Object.values(given));
    if (method !== undefined && into === undefined) return lifted(method(...own ?? Object.values(given)), name);
    if (typeof row === "function") return lifted(row(given), name);
    const places = own!;
    if (into === undefined) return lifted(target!(...places), name);
    return lifted(writesOut(target) && isTensor(into) ? target.out(into, ...places) : core.out(target as (...args: readonly Value[]) => Tensor, into as Tensor, ...places), name);
  };
}
