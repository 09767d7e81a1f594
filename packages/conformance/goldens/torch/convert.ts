/** @file Values on their way between Python and our functions. */
import { type AnyDType, type DType, getDefaultDevice, isComplex, isTensor } from "@adjoint/core";
import { dtypes } from "@adjoint/core/backend";
import { BoundMethod, Dict, HostClass, Iterator, PyClass, PyFunction, PyObject } from "../python/objects.ts";
import { Complex, DTypeValue, ellipsis, Float, type Keywords, Label, type Native, NamedTuple, Slice, Tuple, Unsupported, type Value } from "../python/values.ts";

export const camel = (name: string): string => name.replace(/(?<=[a-zA-Z0-9])_+([a-zA-Z0-9])/g, (_, c: string) => c.toUpperCase());
export const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** How our functions call a Python function: set by the host. */
export const bridge: { call: (fn: Value, args: readonly Value[], kw?: Keywords) => Value } = {
  call: () => { throw new Unsupported("a Python function"); },
};

/** PyTorch's dtypes that are ours under another name. */
const own: { readonly [name: string]: string } = { int64: "int32", long: "int32", int: "int32", float: "float32", double: "float64", half: "float16", short: "int16", cfloat: "complex64", cdouble: "complex128" };
export const dtypeValue = (name: string): DTypeValue => new DTypeValue(name, own[name] ?? name);
/** Our dtype as Python code sees it: int32 is what int64 runs as. */
export const dtypeOfTensor = (dtype: AnyDType): DTypeValue => dtypeValue(dtype === "int32" ? "int64" : dtype);
const complexTypes: readonly string[] = ["complex64", "complex128"] satisfies AnyDType[];
const isComplexName = (name: string): name is AnyDType => complexTypes.includes(name);
/** PyTorch's dtype as ours, where a complex one will do. */
export const anyDTypeOf = (dtype: DTypeValue): AnyDType => (isComplexName(dtype.own) ? dtype.own : dtypeOf(dtype));
/** PyTorch's dtype as ours. */
export function dtypeOf({ name, own: ours }: DTypeValue): DType {
  const device = getDefaultDevice();
  if (!device.dtypes.has(ours as DType)) throw new Unsupported(`dtype ${name} on ${device.name}`);
  return ours as DType;
}
export const isOurs = (name: string): boolean => (own[name] ?? name) in dtypes;

const isCallable = (x: Value): boolean => typeof x === "function" || x instanceof PyFunction || x instanceof BoundMethod;

/** A Python value as our functions take it. */
export function plain(x: Value): Value {
  if (x === null) return undefined;
  if (x instanceof Float) return x.value;
  if (x instanceof Iterator) return x.items.slice(x.at).map(plain);
  if (Array.isArray(x)) return (x as readonly Value[]).map((y) => (y === null ? null : plain(y)));
  if (x instanceof DTypeValue) return dtypeOf(x);
  if (typeof x === "bigint") throw new Unsupported("an integer beyond 53 bits");
  if (x instanceof Complex) return { re: x.re, im: x.im };
  if (x instanceof Slice || x === ellipsis) throw new Unsupported("a slice as an argument");
  if (x instanceof Label && x.kind === "memory_format") return x.name;
  if (x instanceof Dict) return Object.fromEntries(x.entries().map(([key, value]) => [String(key), plain(value)]));
  if (x instanceof PyClass && x.constructed !== null) return x.constructed;
  if (x instanceof HostClass) return x.constructed;
  if (x instanceof PyObject) return adapted(x);
  if (isCallable(x)) {
    const fn = (...args: readonly Value[]): Value => plain(bridge.call(x, args.map((y) => lifted(y))));
    // Messages name a function as Python does.
    return x instanceof PyFunction ? Object.defineProperty(fn, "name", { value: x.name }) : fn;
  }
  return x;
}
/** A Python object with a length and items, or that iterates, as the data set or sampler that it is for us. */
function adapted(x: PyObject): Value {
  const call = (name: string, ...args: readonly Value[]): Value => plain(bridge.call(new BoundMethod(x, x.cls.find(name)), args));
  if (x.cls.find("__getitem__") !== undefined && x.cls.find("__len__") !== undefined) return { get length() { return call("__len__"); }, at: (i: number) => call("__getitem__", i) };
  if (x.cls.find("__iter__") !== undefined) return { get length() { return call("__len__"); }, [Symbol.iterator]: () => (call("__iter__") as readonly Value[])[Symbol.iterator]() };
  return x;
}

/** What was named in a call of a Python function by way of ours. */
export class Named {
  readonly kw: Keywords;
  constructor(kw: Keywords) {
    this.kw = kw;
  }
}

/** Named arguments as one options object. */
export const options = (kw: Keywords): { readonly [name: string]: Value } => Object.fromEntries(Object.entries(kw).map(([name, x]) => [camel(name), plain(x)]).filter(([, x]) => x !== undefined));

/** What our functions give, as Python has it. An object of ours stays what it is. */
export function lifted(x: Value, typeName: string = ""): Value {
  if (x === undefined) return null;
  if (typeof x === "number") return Number.isInteger(x) && !Object.is(x, -0) ? x : new Float(x);
  if (typeof x === "function") return native(x as Callable);
  if (typeof x !== "object" || x === null || isTensor(x) || isComplex(x) || x instanceof Tuple || x instanceof Float || x instanceof PyObject) return x;
  if (x instanceof Promise) return x.then((y: Value) => lifted(y, typeName));
  if (Array.isArray(x)) return Tuple.make((x as readonly Value[]).map((y) => lifted(y)));
  if (Object.getPrototypeOf(x) === Object.prototype) return NamedTuple.named(typeName, Object.keys(x).map(snake), Object.values(x).map((y) => lifted(y)));
  return x;
}

export type Callable = (...args: readonly Value[]) => Value;
/** A function of ours for Python: arguments by place as they are, named ones in one options object. */
export const native = (fn: Callable, typeName?: string): Native => (args, kw) => {
  const named = options(kw), given = args.map(plain);
  if (Object.keys(named).length > 0) given.push(named);
  return lifted(fn(...given), typeName);
};
