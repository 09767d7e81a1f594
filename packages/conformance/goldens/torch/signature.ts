/** @file Binds the arguments of a Python call to the names of a signature, choosing among overloads by kind, as PyTorch's argument parser does. */
import { isComplex, isTensor } from "@adjoint/core";
import { Complex, DTypeValue, Float, type Keywords, Label, Unsupported, type Value } from "../python/values.ts";
import { plain } from "./convert.ts";

export type Parameter = { readonly name: string; readonly kind: string; readonly optional: boolean; readonly keyword: boolean; readonly rest: boolean;
  /** Whether our function takes it by place: what is required, and dim. */
  readonly place: boolean;
  /** Whether None is a value of its own, and not the same as leaving it out. */
  readonly none: boolean;
};
export type Overload = readonly Parameter[];
export type Bound = { readonly values: ReadonlyMap<string, Value>; readonly overload: Overload };

/** Functions that make tensors take this one too. */
const leafParameter: Parameter = { name: "requires_grad", kind: "bool", optional: true, keyword: true, rest: false, place: false, none: false };
const parsed = new Map<string, readonly Overload[]>();
/** The overloads of a row, e.g. "input:T dim:int | input:T". */
export function overloadsOf(row: string): readonly Overload[] {
  let overloads = parsed.get(row);
  if (overloads === undefined) {
    overloads = row.split("|").map((text) => {
      let keyword = false;
      return text.trim().split(" ").flatMap((word): Parameter[] => {
        if (word === "*") { keyword = true; return []; }
        const rest = word.startsWith("*"), [written = "", marked = "any"] = word.slice(rest ? 1 : 0).split(":"), none = marked.endsWith("~"), kind = none ? marked.slice(0, -1) : marked;
        const forced = written.endsWith("!"), given = forced ? written.slice(0, -1) : written, optional = given.endsWith("?");
        const name = optional ? given.slice(0, -1) : given;
        return given === "" ? [] : [{ name, kind, optional, keyword, rest, none, place: !keyword && (forced || !optional || name === "dim" || name === "dims") }];
      });
    }).map((overload) => (overload.some((p) => p.kind === "device") ? [...overload, leafParameter] : overload));
    parsed.set(row, overloads);
  }
  return overloads;
}

const isInt = (x: Value): boolean => (typeof x === "number" && Number.isInteger(x)) || typeof x === "bigint" || (isTensor(x) && x.numel() === 1 && !x.dtype.startsWith("float"));
const isNumber = (x: Value): boolean => typeof x === "number" || typeof x === "boolean" || typeof x === "bigint" || x instanceof Float || x instanceof Complex;
const listOf = (x: Value, item: (x: Value) => boolean): boolean => Array.isArray(x) && x.every(item);

const kinds: { readonly [kind: string]: (x: Value) => boolean } = {
  T: (x) => isTensor(x) || isComplex(x), "T[]": (x) => listOf(x, (y) => y === null || isTensor(y) || isComplex(y)), num: (x) => isNumber(x) || (isTensor(x) && x.ndim === 0 && !x.requiresGrad), "num[]": (x) => listOf(x, isNumber),
  int: isInt, ints: (x) => isInt(x) || listOf(x, isInt), "int[]": (x) => listOf(x, isInt), float: isNumber, "float[]": (x) => isNumber(x) || listOf(x, isNumber),
  bool: (x) => typeof x === "boolean", str: (x) => typeof x === "string", dtype: (x) => x instanceof DTypeValue, format: (x) => x instanceof Label && x.kind === "memory_format", device: (x) => typeof x === "string" || x instanceof Label, any: () => true, groups: () => true, fn: () => true,
};

/** Other names of the same argument, as PyTorch takes them. */
const aliases: { readonly [name: string]: string } = { axis: "dim", axes: "dim", keepdims: "keepdim", self: "input", x: "input", x1: "input", x2: "other" };
/** Arguments that change nothing here. */
const ignored = new Set(["layout", "pin_memory", "non_blocking", "generator"]);

function bindOne(overload: Overload, args: readonly Value[], kw: Keywords, loose: boolean): ReadonlyMap<string, Value> | undefined {
  const values = new Map<string, Value>();
  const fits = (p: Parameter, x: Value): boolean => x === null || kinds[p.kind]!(x) || (loose && p.kind === "T" && isNumber(x));
  const positional = overload.filter((p) => !p.keyword);
  let at = 0;
  for (const [i, p] of positional.entries()) {
    if (at >= args.length) break;
    const last = i === positional.length - 1;
    if (p.rest) {
      const rest = args.slice(at);
      values.set(p.name, rest.length === 1 && Array.isArray(rest[0]) ? rest[0] : rest);
      at = args.length;
    } else if (last && (p.kind === "int[]" || p.kind === "ints") && args.slice(at).every(isInt)) {
      values.set(p.name, p.kind === "ints" && args.length === at + 1 ? args[at] : args.slice(at)); // x.view(2, 3)
      at = args.length;
    } else {
      if (!fits(p, args[at])) return undefined;
      values.set(p.name, args[at++]);
    }
  }
  if (at < args.length) return undefined;
  for (const [name, x] of Object.entries(kw)) {
    if (ignored.has(name)) continue;
    const p = overload.find((q) => q.name === name) ?? overload.find((q) => q.name === aliases[name] && !values.has(q.name));
    if (p === undefined || values.has(p.name) || !(fits(p, x) || (p.kind === "int[]" && isInt(x)))) return undefined;
    values.set(p.name, x);
  }
  for (const p of overload) if (!p.optional && !p.rest && !values.has(p.name)) return undefined;
  return values;
}

/** The value of a parameter as our functions take it. */
export function valueOf(p: Parameter, x: Value): Value {
  if (x === null && p.none) return null;
  const forward: unknown = p.kind === "fn" && typeof x === "object" && x !== null ? Reflect.get(x, "forward") : undefined;
  return typeof forward === "function" ? forward.bind(x) : plain(x);
}

/** The first overload that takes the arguments; undefined where none does: in Python a TypeError. */
export function bind(overloads: readonly Overload[], args: readonly Value[], kw: Keywords): Bound | undefined {
  for (const loose of [false, true])
    for (const overload of overloads) {
      const values = bindOne(overload, args, kw, loose);
      if (values !== undefined) return { values, overload };
    }
  return undefined;
}

/** Where nothing fits, the arguments by place and name all the same, so that our own complaint is heard. */
export function bindAnyway(overloads: readonly Overload[], args: readonly Value[], kw: Keywords): Bound {
  const overload = overloads.find((o) => args.length <= o.length && Object.keys(kw).every((name) => o.some((p) => p.name === (aliases[name] ?? name) || p.name === name))) ?? overloads[0]!;
  const values = new Map<string, Value>();
  if (args.length > overload.length) throw new Unsupported(`${args.length} positional arguments`);
  args.forEach((x, i) => values.set(overload[i]!.name, x));
  for (const [name, x] of Object.entries(kw)) {
    if (ignored.has(name)) continue;
    const p = overload.find((q) => q.name === name) ?? overload.find((q) => q.name === aliases[name]);
    if (p === undefined) throw new Unsupported(`argument ${name}`);
    values.set(p.name, x);
  }
  return { values, overload };
}
