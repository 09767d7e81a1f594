/** @file Python's builtin functions and types, and the methods of str, list, dict, tuple, set, int and float. */
import { Dict, exception, exceptions, HostClass, Iterator, PyClass, PyFunction, PyObject, PySet, PyType, BoundMethod, classOf, Descriptor, identity, Raised } from "./objects.ts";
import type { Interpreter } from "./interpreter.ts";
import { typeName } from "./types.ts";
import { asFloat, binary, equal, isInteger, isNumeric } from "./operators.ts";
import { small } from "./literals.ts";
import { formatted, repr, str } from "./text.ts";
import { Complex, ellipsis, Float, type Keywords, type Native, Slice, type Steps, Tuple, Unsupported, type Value } from "./values.ts";

/** A native that calls back: it is given the interpreter. */
type With = (python: Interpreter, args: readonly Value[], kw: Keywords) => Value;

function isInstance(x: Value, of: Value): boolean {
  if (of instanceof Tuple) return of.some((one) => isInstance(x, one));
  if (of instanceof PyType) return of.test(x);
  if (of instanceof HostClass) return (typeof x === "object" || typeof x === "function") && x !== null && x instanceof (of.constructed as unknown as new () => object);
  return of instanceof PyClass && (classOf(x)?.derivesFrom(of) ?? false);
}

const functions: { readonly [name: string]: With } = {
  print: () => null,
  *len(python, [x]): Steps {
    if (typeof x === "string" || Array.isArray(x)) return x.length;
    if (x instanceof Dict) return x.size;
    if (x instanceof PySet) return x.items.size;
    return yield* python.call(yield* python.attribute(x, "__len__"), []);
  },
  range: (_, args) => {
    const [start, stop, step] = (args.length === 1 ? [0, args[0], 1] : [args[0], args[1], args[2] ?? 1]).map(Number) as [number, number, number];
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (__, i) => start + i * step);
  },
  *zip(python, args): Steps {
    const lists: (readonly Value[])[] = [];
    for (const x of args) lists.push(yield* python.list(x));
    return Array.from({ length: Math.min(...lists.map((l) => l.length), lists.length === 0 ? 0 : Infinity) }, (_, i) => Tuple.make(lists.map((l) => l[i])));
  },
  *enumerate(python, [x, start], kw): Steps { const from = Number(start ?? kw["start"] ?? 0); return (yield* python.list(x)).map((item, i) => Tuple.make([from + i, item])); },
  *map(python, [fn, ...xs]): Steps {
    const out: Value[] = [], lists: (readonly Value[])[] = [];
    for (const x of xs) lists.push(yield* python.list(x));
    for (let i = 0; i < Math.min(...lists.map((l) => l.length)); i++) out.push(yield* python.call(fn, lists.map((l) => l[i])));
    return new Iterator(out);
  },
  *filter(python, [fn, x]): Steps {
    const out: Value[] = [];
    for (const item of yield* python.list(x)) if (yield* python.truth(fn === null ? item : yield* python.call(fn, [item]))) out.push(item);
    return new Iterator(out);
  },
  *sum(python, [x, start], kw): Steps {
    let total: Value = start ?? kw["start"] ?? 0;
    for (const item of yield* python.list(x)) total = yield* python.binary("+", total, item);
    return total;
  },
  *min(python, args, kw): Steps { return yield* extreme(python, args, kw, "<"); },
  *max(python, args, kw): Steps { return yield* extreme(python, args, kw, ">"); },
  *any(python, [x]): Steps { for (const item of yield* python.list(x)) if (yield* python.truth(item)) return true; return false; },
  *all(python, [x]): Steps { for (const item of yield* python.list(x)) if (!(yield* python.truth(item))) return false; return true; },
  *sorted(python, [x], kw): Steps { return yield* sorted(python, yield* python.list(x), kw); },
  *reversed(python, [x]): Steps { return new Iterator([...(yield* python.list(x))].reverse()); },
  *iter(python, [x]): Steps { return x instanceof Iterator ? x : new Iterator(yield* python.list(x)); },
  *next(python, [x, fallback]): Steps {
    if (x instanceof Iterator) {
      if (x.at < x.items.length) return x.items[x.at++];
      if (fallback !== undefined) return fallback;
      throw exception("StopIteration");
    }
    if (Array.isArray(x) && x.length > 0) return x[0]; // What is a generator in Python is an array of ours.
    return yield* python.call(yield* python.attribute(x, "__next__"), []);
  },
  *abs(python, [x]): Steps { return isInteger(x) ? Math.abs(Number(x)) : x instanceof Float ? new Float(Math.abs(x.value)) : x instanceof Complex ? new Float(Math.hypot(x.re, x.im)) : yield* python.call(yield* python.attribute(x, "__abs__"), []); },
  round: (_, [x, digits]) => {
    const value = asFloat(x), scale = 10 ** Number(digits ?? 0), scaled = value * scale, floor = Math.floor(scaled), rest = scaled - floor;
    const whole = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
    return digits === undefined || digits === null ? whole : isInteger(x) ? whole / scale : new Float(Number(value.toFixed(Math.max(0, Number(digits)))));
  },
  pow: (_, [a, b, m]) => (m === undefined ? binary("**", a, b) : binary("%", binary("**", a, b), m)),
  divmod: (_, [a, b]) => Tuple.make([binary("//", a, b), binary("%", a, b)]),
  isinstance: (_, [x, of]) => isInstance(x, of),
  issubclass: (_, [x, of]) => x instanceof PyClass && (of instanceof PyClass || of instanceof HostClass) && x.derivesFrom(of),
  callable: (_, [x]) => typeof x === "function" || x instanceof PyFunction || x instanceof PyClass || x instanceof BoundMethod || x instanceof HostClass,
  *hasattr(python, [x, name]): Steps {
    try {
      yield* python.attribute(x, name as string);
      return true;
    } catch (error) {
      if (error instanceof Raised && error.type === "AttributeError") return false;
      throw error;
    }
  },
  *getattr(python, [x, name, fallback]): Steps {
    try {
      return yield* python.attribute(x, name as string);
    } catch (error) {
      if (fallback !== undefined && error instanceof Raised && error.type === "AttributeError") return fallback;
      throw error;
    }
  },
  setattr: (python, [x, name, value]) => { if (x instanceof PyObject || x instanceof PyClass) x.members.set(name as string, value); else python.host.setAttribute(x, name as string, value); return null; },
  *repr(python, [x]): Steps { return yield* repr(x, python); },
  *format(python, [x, spec]): Steps { return yield* formatted(x, (spec as string | undefined) ?? "", python); },
  id: (_, [x]) => (typeof x === "object" && x !== null ? identity(x) : Number(x)),
  hash: (_, [x]) => (typeof x === "object" && x !== null ? identity(x) : Number(x)),
  staticmethod: (_, [fn]) => new Descriptor("static", fn),
  classmethod: (_, [fn]) => new Descriptor("class", fn),
  property: (_, [fn]) => new Descriptor("property", fn),
  __import__: (python, [path]) => { const found = python.host.module(path as string); if (found === undefined) throw new Unsupported(`the module ${String(path)}`); return found; },
  open: () => { throw new Unsupported("files"); },
};
function* extreme(python: Interpreter, args: readonly Value[], kw: Keywords, operator: string): Steps {
  const items = args.length === 1 ? yield* python.list(args[0]) : args;
  if (items.length === 0) {
    if ("default" in kw) return kw["default"];
    throw exception("ValueError", `${operator === "<" ? "min" : "max"}() arg is an empty sequence`);
  }
  let best = items[0], bestKey = yield* keyed(python, best, kw);
  for (const item of items.slice(1)) {
    const key = yield* keyed(python, item, kw);
    if (yield* python.truth(yield* python.compare(operator, key, bestKey))) { best = item; bestKey = key; }
  }
  return best;
}
function* keyed(python: Interpreter, x: Value, kw: Keywords): Steps {
  return kw["key"] === undefined || kw["key"] === null ? x : yield* python.call(kw["key"], [x]);
}
function* sorted(python: Interpreter, items: readonly Value[], kw: Keywords): Generator<Promise<Value>, Value[], Value> {
  const entries: { key: Value; item: Value }[] = [];
  for (const item of items) entries.push({ key: yield* keyed(python, item, kw), item });
  const less = (a: Value, b: Value): boolean => { const step = python.compare("<", a, b).next(); return step.done === true && step.value === true; };
  const sign = kw["reverse"] === true ? -1 : 1;
  return entries.sort((a, b) => (less(a.key, b.key) ? -sign : less(b.key, a.key) ? sign : 0)).map(({ item }) => item);
}

function parseFloatText(text: string): number {
  const bare = text.trim().toLowerCase().replace(/^\+/, "");
  if (/^-?inf(inity)?$/.test(bare)) return bare.startsWith("-") ? -Infinity : Infinity;
  if (bare === "nan" || bare === "-nan") return NaN;
  if (bare === "" || Number.isNaN(Number(bare))) throw exception("ValueError", `could not convert string to float: '${text}'`);
  return Number(bare);
}
/** The types: what calling them makes, and what is one. */
const makers: { readonly [name: string]: readonly [make: With, test: (x: Value) => boolean] } = {
  int: [function* (python, [x = 0, base]): Steps {
    if (typeof x === "string") return small(BigInt(base === undefined ? x : parseInt(x, Number(base))));
    if (isInteger(x)) return typeof x === "boolean" ? Number(x) : x;
    if (x instanceof Float) return small(BigInt(Math.trunc(x.value)));
    return yield* python.call(yield* python.attribute(x, "__int__"), []);
  }, isInteger],
  float: [function* (python, [x = 0]): Steps {
    if (typeof x === "string") return new Float(parseFloatText(x));
    if (isNumeric(x)) return new Float(asFloat(x));
    return yield* python.call(yield* python.attribute(x, "__float__"), []);
  }, (x) => x instanceof Float],
  bool: [function* (python, [x = false]): Steps { return yield* python.truth(x); }, (x) => typeof x === "boolean"],
  str: [function* (python, [x = ""]): Steps { return yield* str(x, python); }, (x) => typeof x === "string"],
  complex: [(_, [re = 0, im = 0]) => new Complex(asFloat(re), asFloat(im)), (x) => x instanceof Complex],
  list: [function* (python, [x]): Steps { return x === undefined ? [] : [...(yield* python.list(x))]; }, (x) => Array.isArray(x) && !(x instanceof Tuple)],
  tuple: [function* (python, [x]): Steps { return Tuple.make(x === undefined ? [] : yield* python.list(x)); }, (x) => x instanceof Tuple],
  set: [function* (python, [x]): Steps { return new PySet(x === undefined ? [] : yield* python.list(x)); }, (x) => x instanceof PySet],
  frozenset: [function* (python, [x]): Steps { return new PySet(x === undefined ? [] : yield* python.list(x)); }, (x) => x instanceof PySet],
  dict: [function* (python, [x], kw): Steps {
    const dict = new Dict();
    if (x instanceof Dict) for (const [key, value] of x.entries()) dict.set(key, value);
    else if (x !== undefined) for (const pair of yield* python.list(x)) { const [key, value] = yield* python.list(pair); dict.set(key, value); }
    for (const [key, value] of Object.entries(kw)) dict.set(key, value);
    return dict;
  }, (x) => x instanceof Dict],
  slice: [(_, args) => (args.length === 1 ? new Slice(null, args[0], null) : new Slice(args[0] ?? null, args[1] ?? null, args[2] ?? null)), (x) => x instanceof Slice],
  object: [() => new PyObject(plainObject), () => true],
  type: [(_, [x]) => { const cls = classOf(x); if (cls !== undefined) return cls; const name = typeName(x); return new PyType(name, () => { throw new Unsupported(`calling type ${name}`); }, (y) => typeName(y) === name); }, (x) => x instanceof PyClass || x instanceof PyType],
};
const plainObject = new PyClass("object", []);

// ---- Methods ---------------------------------------------------------------------------------------------------------------

type Method<X> = (python: Interpreter, x: X, args: readonly Value[], kw: Keywords) => Value;
const strings: { readonly [name: string]: Method<string> } = {
  *join(python, x, [items]): Steps { return (yield* python.list(items)).join(x); },
  split: (_, x, [by, limit]) => { const parts = by === undefined || by === null ? x.trim().split(/\s+/).filter((part) => part !== "") : x.split(by as string); return limit === undefined || parts.length <= Number(limit) + 1 ? parts : [...parts.slice(0, Number(limit)), parts.slice(Number(limit)).join(by as string)]; },
  splitlines: (_, x) => x.split("\n"), strip: (_, x) => x.trim(), lstrip: (_, x) => x.trimStart(), rstrip: (_, x) => x.trimEnd(), lower: (_, x) => x.toLowerCase(), upper: (_, x) => x.toUpperCase(),
  startswith: (_, x, [y]) => (y instanceof Tuple ? y : [y]).some((z) => x.startsWith(z as string)), endswith: (_, x, [y]) => (y instanceof Tuple ? y : [y]).some((z) => x.endsWith(z as string)),
  replace: (_, x, [a, b]) => x.replaceAll(a as string, b as string), find: (_, x, [y]) => x.indexOf(y as string), count: (_, x, [y]) => x.split(y as string).length - 1, title: (_, x) => x.replace(/\b\w/g, (c) => c.toUpperCase()),
  isdigit: (_, x) => /^\d+$/.test(x), zfill: (_, x, [n]) => x.padStart(Number(n), "0"), ljust: (_, x, [n]) => x.padEnd(Number(n)), rjust: (_, x, [n]) => x.padStart(Number(n)),
  *format(python, x, args, kw): Steps {
    let out = "", at = 0, next = 0;
    for (const match of x.matchAll(/\{\{|\}\}|\{(\w*)(?:!([rs]))?(?::([^}]*))?\}/g)) {
      out += x.slice(at, match.index);
      at = match.index + match[0].length;
      if (match[0] === "{{" || match[0] === "}}") { out += match[0][0]; continue; }
      const [, key = "", conversion, spec = ""] = match, value = key === "" ? args[next++] : /^\d+$/.test(key) ? args[Number(key)] : kw[key];
      out += String(yield* formatted(conversion === "r" ? yield* repr(value, python) : value, spec, python));
    }
    return out + x.slice(at);
  },
};
const lists: { readonly [name: string]: Method<Value[]> } = {
  append: (_, x, [y]) => { x.push(y); return null; },
  *extend(python, x, [y]): Steps { x.push(...(yield* python.list(y))); return null; },
  insert: (_, x, [at, y]) => { x.splice(Number(at), 0, y); return null; },
  pop: (_, x, [at = -1]) => { if (x.length === 0) throw exception("IndexError", "pop from empty list"); return x.splice(Number(at), 1)[0]; },
  remove: (_, x, [y]) => { const at = x.findIndex((z) => equal(z, y)); if (at < 0) throw exception("ValueError", "list.remove(x): x not in list"); x.splice(at, 1); return null; },
  clear: (_, x) => { x.length = 0; return null; }, copy: (_, x) => [...x], reverse: (_, x) => { x.reverse(); return null; },
  *sort(python, x, __, kw): Steps { const ordered = yield* sorted(python, x, kw); x.splice(0, x.length, ...ordered); return null; },
  index: (_, x, [y]) => { const at = x.findIndex((z) => equal(z, y)); if (at < 0) throw exception("ValueError", `${String(y)} is not in list`); return at; }, count: (_, x, [y]) => x.filter((z) => equal(z, y)).length,
};
const dicts: { readonly [name: string]: Method<Dict> } = {
  keys: (_, x) => x.keys(), values: (_, x) => x.values(), items: (_, x) => x.entries().map((entry) => Tuple.make(entry)),
  get: (_, x, [key, fallback = null]) => (x.has(key) ? x.get(key) : fallback), copy: (_, x) => Dict.of(x.entries()), clear: (_, x) => { x.clear(); return null; },
  pop: (_, x, [key, fallback]) => { if (!x.has(key)) { if (fallback === undefined) throw exception("KeyError", key); return fallback; } const value = x.get(key); x.delete(key); return value; },
  setdefault: (_, x, [key, fallback = null]) => { if (!x.has(key)) x.set(key, fallback); return x.get(key); },
  *update(python, x, [y], kw): Steps { for (const [key, value] of y instanceof Dict ? y.entries() : y === undefined ? [] : ((yield* python.list(y)) as [Value, Value][])) x.set(key, value); for (const [key, value] of Object.entries(kw)) x.set(key, value); return null; },
};
const sets: { readonly [name: string]: Method<PySet> } = {
  add: (_, x, [y]) => { x.items.set(y, null); return null; }, discard: (_, x, [y]) => { x.items.delete(y); return null; }, remove: (_, x, [y]) => { if (!x.items.delete(y)) throw exception("KeyError", y); return null; }, copy: (_, x) => new PySet(x.items.keys()),
  *union(python, x, [y]): Steps { return new PySet([...x.items.keys(), ...(yield* python.list(y))]); },
  *difference(python, x, [y]): Steps { const other = new PySet(yield* python.list(y)); return new PySet(x.items.keys().filter((z) => !other.items.has(z))); },
  *intersection(python, x, [y]): Steps { const other = new PySet(yield* python.list(y)); return new PySet(x.items.keys().filter((z) => other.items.has(z))); },
};
const numbers: { readonly [name: string]: Method<Value> } = {
  is_integer: (_, x) => Number.isInteger(asFloat(x)), bit_length: (_, x) => asFloat(x).toString(2).replace("-", "").length, item: (_, x) => x, hex: (_, x) => asFloat(x).toString(16),
};
const members: readonly (readonly [test: (x: Value) => boolean, methods: { readonly [name: string]: Method<never> }])[] = [
  [(x) => typeof x === "string", strings], [(x) => x instanceof Dict, dicts], [(x) => x instanceof PySet, sets], [isNumeric, numbers], [Array.isArray, lists],
];

/** "abc".join, [].append: a method of one of Python's own types, bound. */
export function builtinMethod(python: () => Interpreter, x: Value, name: string): Native | undefined {
  if (x instanceof Tuple && name !== "index" && name !== "count") return undefined;
  for (const [test, methods] of members)
    if (test(x)) {
      const method = Object.hasOwn(methods, name) ? methods[name]! : undefined;
      if (method !== undefined) return (args, kw) => method(python(), x as never, args, kw);
      return undefined;
    }
  return undefined;
}

/** The names that every program sees. */
export function builtins(python: () => Interpreter): ReadonlyMap<string, Value> {
  const all = new Map<string, Value>(exceptions);
  for (const [name, fn] of Object.entries(functions)) all.set(name, ((args, kw) => fn(python(), args, kw)) satisfies Native);
  for (const [name, [make, test]] of Object.entries(makers)) {
    const type: PyType = new PyType(name, (args, kw) => make(python(), args, kw), test, (member) => (member === "__name__" ? name : (((args: readonly Value[], kw: Keywords) => { const method = builtinMethod(python, args[0], member); if (method === undefined) throw new Unsupported(`${name}.${member}`); return method(args.slice(1), kw); }) satisfies Native)));
    all.set(name, type);
  }
  all.set("Ellipsis", ellipsis);
  return all;
}
