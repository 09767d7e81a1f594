/** @file The modules of Python's standard library that golden cases import, as far as they use them. */
import { isTensor } from "@adjoint/core";
import { Context, Dict, exceptions, PyObject } from "../python/objects.ts";
import { Float, type Keywords, type Native, Tuple, type Value } from "../python/values.ts";
import { bridge, plain } from "./convert.ts";
import { listeners, say } from "./warnings.ts";

const mathConstants: { readonly [name: string]: number } = { inf: Infinity, nan: NaN, pi: Math.PI, e: Math.E, tau: 2 * Math.PI };
/** JavaScript's Math has most of them under the same name. */
function mathematics(name: string): Value {
  if (Object.hasOwn(mathConstants, name)) return new Float(mathConstants[name]!);
  const fn: unknown = mathNames[name] ?? Reflect.get(Math, name);
  if (typeof fn !== "function") return undefined;
  return ((args) => {
    const x = (fn as (...xs: readonly number[]) => number | boolean)(...args.map((y) => Number(plain(y))));
    return typeof x === "boolean" || wholeMath.has(name) ? x : new Float(x);
  }) satisfies Native;
}
/** Dicts keep their order here as there. */
const ordered: Native = ([entries], kw) => Dict.of([...(entries instanceof Dict ? entries.entries() : (entries as readonly (readonly [Value, Value])[] | undefined) ?? []), ...Object.entries(kw)]);

/** `with warnings.catch_warnings(record=True) as w`. */
function recording(): Context {
  const list: Value[] = [], warning = exceptions.get("UserWarning")!;
  const listener = (message: string): void => { const made = new PyObject(warning), said = new PyObject(warning); said.members.set("args", Tuple.make([message])); made.members.set("message", said); made.members.set("category", warning); list.push(made); };
  return new Context((body) => { listeners.push(listener); try { return body(); } finally { listeners.splice(listeners.indexOf(listener), 1); } }, list);
}
/** Python's own modules that cases import, by name: what a name in each stands for. */
export const standard: { readonly [path: string]: (name: string) => Value } = {
  math: mathematics,
  warnings: (name) => (({ catch_warnings: (() => recording()) satisfies Native, simplefilter: (() => null) satisfies Native, filterwarnings: (() => null) satisfies Native, warn: (([text]) => { say(String(text)); return null; }) satisfies Native } as { [name: string]: Value })[name]),
  copy: (name) => (name === "deepcopy" || name === "copy" ? (([x]) => copied(x)) satisfies Native : undefined),
  functools: (name) => (name === "partial" ? (([fn, ...first], kw) => ((args: readonly Value[], more: Keywords) => bridge.call(fn, [...first, ...args], { ...kw, ...more })) satisfies Native) satisfies Native : name === "wraps" ? (() => (([fn]: readonly Value[]) => fn) satisfies Native) satisfies Native : undefined),
  collections: (name) => (name === "OrderedDict" ? ordered : undefined),
  gc: () => (() => 0) satisfies Native, sys: () => undefined, io: () => undefined, itertools: () => undefined,
};
const mathNames: { readonly [name: string]: (...xs: number[]) => number | boolean } = { isnan: Number.isNaN, isinf: (x) => Math.abs(x) === Infinity, isfinite: Number.isFinite, log: (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)), prod: (...xs) => xs.reduce((a, b) => a * b, 1), factorial: (n) => Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1), gcd: (a, b) => { let [x, y] = [a, b]; while (y !== 0) [x, y] = [y, x % y]; return Math.abs(x); }, comb: (n, k) => { let c = 1; for (let i = 0; i < k; i++) c = (c * (n - i)) / (i + 1); return Math.round(c); } };
const wholeMath = new Set(["floor", "ceil", "trunc", "factorial", "gcd", "comb"]);
function copied(x: Value): Value {
  if (isTensor(x)) return x.detach().clone();
  if (x instanceof Tuple) return Tuple.make([...x].map(copied));
  if (Array.isArray(x)) return (x as readonly Value[]).map(copied);
  if (x instanceof Dict) return Dict.of(x.entries().map(([key, value]) => [key, copied(value)] as const));
  if (typeof x === "object" && x !== null && typeof Reflect.get(x, "copy") === "function") return (Reflect.get(x, "copy") as () => Value).call(x);
  return x;
}
