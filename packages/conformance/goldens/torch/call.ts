/** @file A Python name becomes a function that calls ours: by convention, or by its row in names.table.ts. Branches on no name. */
import * as core from "@adjoint/core";
import { type DType, isTensor, Tensor } from "@adjoint/core";
import { Complex, DTypeValue, Float, Label, type Native, NamedTuple, Slice, Tuple, Unsupported, type Value } from "../python/values.ts";
import { names, type Given, type Row } from "./names.table.ts";
import { bind, bindAnyway, type Bound, type Overload, overloadsOf } from "./signature.ts";
import { signatures } from "./signatures.table.ts";

type Callable = (...args: readonly Value[]) => Value;
const roots: { readonly [name: string]: unknown }[] = [core];
const camel = (name: string): string => name.replace(/(?<=[a-zA-Z0-9])_+([a-zA-Z0-9])/g, (_, c: string) => c.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

// ---- Values ----------------------------------------------------------------------------------------------------------------

/** PyTorch's dtype as ours: int64 is int32 here. */
export function dtypeOf(name: string): DType {
  const own = name === "int64" ? "int32" : name;
  if (!core.getDefaultDevice().dtypes.has(own as DType)) throw new Unsupported(`dtype ${name} on ${core.getDefaultDevice().name}`);
  return own as DType;
}
/** A Python value as our functions take it. */
export function plain(x: Value): Value {
  if (x === null) return undefined;
  if (x instanceof Float) return x.value;
  if (Array.isArray(x)) return (x as readonly Value[]).map(plain);
  if (x instanceof DTypeValue) return dtypeOf(x.name);
  if (typeof x === "bigint") throw new Unsupported("an integer beyond 53 bits");
  if (x instanceof Complex) throw new Unsupported("a complex number");
  if (x instanceof Slice) throw new Unsupported("a slice as an argument");
  if (x instanceof Label && x.kind === "memory_format" && x.name.startsWith("channels")) throw new Unsupported(`memory format ${x.name}`);
  return x;
}
/** What our functions give, as Python has it. */
export function lifted(x: Value, typeName: string = ""): Value {
  if (x === undefined) return null;
  if (typeof x === "number") return Number.isInteger(x) ? x : new Float(x);
  if (typeof x !== "object" || x === null || isTensor(x)) return x;
  if (x instanceof Promise) return x.then((y: Value) => lifted(y, typeName));
  if (x instanceof Tuple || x instanceof Float) return x;
  if (Array.isArray(x)) return Tuple.make((x as readonly Value[]).map((y) => lifted(y)));
  if (Object.getPrototypeOf(x) === Object.prototype) return NamedTuple.named(typeName, Object.keys(x).map(snake), Object.values(x).map((y) => lifted(y)));
  return x;
}

// ---- Our functions ---------------------------------------------------------------------------------------------------------

function member(root: unknown, path: readonly string[]): unknown {
  let at = root;
  for (const key of path) at = (typeof at === "object" || typeof at === "function") && at !== null ? Reflect.get(at, key) : undefined;
  return at;
}
/** Namespaces of PyTorch whose functions are core's own. */
const flat = new Set(["nn.functional", "special", "Tensor", ""]);
const shared = (parts: readonly string[]): boolean => parts.length === 1 || flat.has(parts.slice(0, -1).join("."));
/** Our function: "foo" in core, "ns.foo", or "nsFoo", or the method foo of Tensor, called with the tensor in front. */
function ours(path: string): Callable | undefined {
  const parts = path.split(".").map(camel), last = parts.at(-1)!, joined = parts.map((p, i) => (i === 0 ? p : p.charAt(0).toUpperCase() + p.slice(1))).join("");
  if (parts[0] !== "")
    for (const root of roots)
      for (const way of shared(parts) ? [parts, [joined], [last]] : [parts, [joined]]) {
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
      places: [...(target.startsWith(".") ? [{ name: "input", spread: false }] : []), ...words(list).map((word) => ({ name: word.replace("...", ""), spread: word.startsWith("...") }))],
      options: words(braces).map((word) => { const [a, b] = word.split(":").map((part) => part.trim()); return [camel(a!), b ?? a!]; }),
    };
    templates.set(row, template);
  }
  return template;
}
/** The convention: what is required, and dim, by place; the rest are options. */
function conventional(target: string, overload: Overload): Template {
  const byPlace = overload.filter((p) => !p.keyword && (!p.optional || p.name === "dim" || p.name === "dims"));
  return { target, places: byPlace.map(({ name }) => ({ name, spread: false })), options: overload.filter((p) => !byPlace.includes(p)).map(({ name }) => [camel(name), name]) };
}

function argumentsOf(template: Template, given: Given): Value[] {
  const args: Value[] = template.places.flatMap(({ name, spread }) => (spread ? given[name] as readonly Value[] : [given[name]]));
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
 * @param header a signature from a pack's header, for names that signatures.table.ts lacks
 */
export function torchFunction(name: string, header?: string): Native | undefined {
  if (made.has(name)) return made.get(name);
  const inPlace = stem(name) !== name;
  const row: Row | undefined = names[name] ?? (inPlace && typeof names[stem(name)] === "string" ? (names[stem(name)] as string).replace(/^([\w.]+)\(/, "$1_(") : undefined);
  const signature = signatures[name] ?? signatures[stem(name)] ?? header;
  const target = ours(typeof row === "string" ? templateOf(row).target : name);
  const fn = (typeof row !== "function" && target === undefined) || signature === undefined ? undefined : nativeOf(name, row, target, overloadsOf(signature));
  made.set(name, fn);
  return fn;
}

function nativeOf(name: string, row: Row | undefined, target: Callable | undefined, overloads: readonly Overload[]): Native {
  return (args, kw) => {
    const bound = bind(overloads, args, kw) ?? bindAnyway(overloads, args, kw);
    refuseWholeFloats(bound);
    const given: { [name: string]: Value } = {};
    for (const [key, x] of bound.values) {
      const kind = bound.overload.find((p) => p.name === key)!.kind, value = plain(x);
      given[key] = kind === "int[]" && typeof value === "number" ? [value] : value;
    }
    if (typeof row === "function") return lifted(row(given), name);
    const template = row === undefined ? conventional(name, bound.overload) : templateOf(row);
    return lifted(target!(...argumentsOf(template, given)), name);
  };
}
