/** @file PyTorch as Python programs see it: the interpreter of golden cases, with our tensors, operators and classes behind PyTorch's names. */
import * as core from "@adjoint/core";
import { AdjointError, isTensor, type Tensor } from "@adjoint/core";
import * as data from "@adjoint/data";
import * as nn from "@adjoint/nn";
import * as optim from "@adjoint/optim";
import { builtinMethod, builtins } from "../python/builtins.ts";
import type { Host } from "../python/host.ts";
import { Interpreter } from "../python/interpreter.ts";
import { runNow } from "../python/steps.ts";
import { readExpression, readPython } from "../python/read.ts";
import { type Constructor, Context, Dict, exceptions, HostClass, Namespace, PyClass, PyObject, PyType, Raised, Scope } from "../python/objects.ts";
import { DTypeValue, Float, type Keywords, type Native, Tuple, Unsupported, type Value } from "../python/values.ts";
import { torchFunction } from "./call.ts";
import { callable, derive, hostClass } from "./classes.ts";
import { bridge, camel, dtypeValue, lifted, native, options, plain, snake } from "./convert.ts";
import { environment, linAlgError } from "./environment.table.ts";
import { getItem, setItem } from "./indexing.ts";
import { standard } from "./standard.ts";
import { complexAttributes, itemOf, tensorAttributes, tensorMethods } from "./tensors.table.ts";

// ---- Names -----------------------------------------------------------------------------------------------------------------

const dtypeNames = new Set(["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "float", "double", "half", "long", "int", "short", "complex64", "complex128", "cfloat", "cdouble"]);
/** PyTorch's modules, and where their classes are with us. */
const modules: { readonly [path: string]: readonly object[] } = {
  torch: [core], "torch.nn": [nn], "torch.nn.functional": [], "torch.nn.init": [nn.init], "torch.nn.utils": [nn], "torch.nn.utils.rnn": [nn], "torch.nn.utils.stateless": [nn], "torch.optim": [optim], "torch.optim.lr_scheduler": [optim], "torch.autograd": [], "torch.autograd.functional": [], "torch.autograd.graph": [], "torch.autograd.function": [],
  "torch.linalg": [], "torch.fft": [], "torch.special": [], "torch.func": [], functorch: [], "torch.utils": [], "torch.utils.data": [data], "torch.utils.checkpoint": [], "torch.masked": [], "torch.nn.parameter": [nn], "torch.testing": [], "torch.nn.modules": [nn],
};
const short = (path: string): string => path.replace(/^torch\./, "");

const namespaces = new Map<string, Namespace>();
function namespace(path: string): Namespace {
  let found = namespaces.get(path);
  if (found === undefined) namespaces.set(path, (found = new Namespace(path, (name) => member(path, name))));
  return found;
}
function member(path: string, name: string): Value {
  const full = `${path}.${name}`;
  if (Object.hasOwn(environment, full)) return environment[full];
  if (full in modules) return namespace(full);
  if (path === "torch" && name === "Tensor") return tensorType;
  if (path === "torch" && dtypeNames.has(name)) return dtypeValue(name);
  if (full === "torch.autograd.Function" || full === "torch.autograd.function.Function") return typeof Reflect.get(core, "autograd") === "object" ? classFrom([Reflect.get(core, "autograd") as object], "torch.autograd.Function", name) : undefined;
  const cls = classFrom(modules[path] ?? [], full, name);
  if (cls !== undefined) return cls;
  return torchFunction(short(full));
}
function classFrom(places: readonly object[], full: string, name: string): HostClass | undefined {
  for (const place of places) {
    const found: unknown = Reflect.get(place, name) ?? Reflect.get(Reflect.get(place, "lrScheduler") ?? {}, name);
    if (typeof found === "function" && /^[A-Z]/.test(name)) return hostClass(short(full), found as unknown as Constructor);
  }
  return undefined;
}
const tensorType = new PyType("Tensor", (args) => (args.length === 0 ? core.zeros([0]) : Array.isArray(args[0]) ? (environment["torch.tensor"] as Native)(args, {}) : core.zeros(args.map(Number))), isTensor, (name) => torchFunction(`Tensor.${name}`));

// ---- Operators -------------------------------------------------------------------------------------------------------------

const operators: { readonly [operator: string]: readonly [name: string, reflected: string] } = {
  "+": ["add", "__radd__"], "-": ["sub", "__rsub__"], "*": ["mul", "__rmul__"], "/": ["true_divide", "__rdiv__"], "//": ["floor_divide", "__rfloordiv__"], "%": ["remainder", "__rmod__"], "**": ["pow", "__rpow__"], "@": ["matmul", "__rmatmul__"],
  "&": ["bitwise_and", "__rand__"], "|": ["bitwise_or", "__ror__"], "^": ["bitwise_xor", "__rxor__"], "<<": ["bitwise_left_shift", "__rlshift__"], ">>": ["bitwise_right_shift", "__rrshift__"],
  "==": ["eq", "eq"], "!=": ["ne", "ne"], "<": ["lt", "gt"], "<=": ["le", "ge"], ">": ["gt", "lt"], ">=": ["ge", "le"],
};
/** The names of in-place forms that are no `name_`. */
const inPlace: { readonly [operator: string]: string } = { "/": "div_", "@": "" };
const unaries: { readonly [operator: string]: string } = { "-": "neg", "~": "bitwise_not", "+": "positive" };

const brackets: { readonly [name: string]: Native } = { __getitem__: ([x, index]) => getItem(x as Tensor, index), __setitem__: ([x, index, value]) => setItem(x as Tensor, index, value) };
/** What a name of torch stands for that is called. */
export function operator(name: string): Native {
  const known = environment[`torch.${name}`], fn = typeof known === "function" ? known as Native : brackets[name] ?? torchFunction(name);
  if (fn === undefined) throw new Unsupported(`no operator ${name}`);
  return fn;
}

const isRecord = (x: Value): x is { [name: string]: Value } => typeof x === "object" && x !== null && (Object.getPrototypeOf(x) === Object.prototype || Object.getPrototypeOf(x) === null);
/** The key of a record of ours that stands for a Python name. */
const keyIn = (x: object, name: string): string | undefined => [name, camel(name)].find((key) => key in x);

// ---- The host --------------------------------------------------------------------------------------------------------------

/** Our classes of errors, and what Python calls theirs; each is caught as any of the usual ones, which PyTorch draws otherwise. */
const usual = ["RuntimeError", "ValueError", "TypeError", "IndexError", "KeyError", "AssertionError", "NotImplementedError", "AttributeError"].map((name) => exceptions.get(name)!);
const pythonName: { readonly [name: string]: string } = { IndexError: "IndexError", ArgumentError: "ValueError", NotSupportedError: "NotImplementedError" };
const ours = new Map<string, PyClass>([["LinAlgError", linAlgError]]);
const classOfError = ({ name }: Error): PyClass => { let cls = ours.get(name); if (cls === undefined) ours.set(name, (cls = new PyClass(pythonName[name] ?? "RuntimeError", usual))); return cls; };

const isAny = (x: Value): x is Tensor | core.ComplexTensor => isTensor(x) || core.isComplex(x);

const host: Host = {
  attribute(object, name) {
    if (core.isComplex(object)) {
      if (Object.hasOwn(complexAttributes, name)) return complexAttributes[name]!(object);
      const fn = torchFunction(`Tensor.${name}`);
      return fn === undefined ? undefined : ((args, kw) => fn([object, ...args], kw)) satisfies Native;
    }
    if (isTensor(object)) {
      if (Object.hasOwn(tensorAttributes, name)) return tensorAttributes[name]!(object);
      const method = Object.hasOwn(tensorMethods, name) ? tensorMethods[name] : undefined;
      if (method !== undefined) return ((args, kw) => method(object, args, kw)) satisfies Native;
      const fn = torchFunction(`Tensor.${name}`);
      if (fn !== undefined && properties.has(name)) return fn([object], {});
      return fn === undefined ? undefined : ((args, kw) => fn([object, ...args], kw)) satisfies Native;
    }
    if (object instanceof DTypeValue) return ({ is_floating_point: object.own.includes("float"), is_complex: object.name.startsWith("c"), is_signed: object.own !== "uint8" && object.own !== "bool" } as { readonly [name: string]: Value })[name];
    if (object instanceof HostClass) {
      const found: unknown = Reflect.get(object.constructed, camel(name)) ?? Reflect.get(object.constructed.prototype as object, camel(name));
      return typeof found === "function" ? (Reflect.has(object.constructed, camel(name)) ? native((...args) => (found as (...given: readonly Value[]) => Value).apply(object.constructed, [...args])) : (([self, ...args], kw) => native((...given) => (found as (...all: readonly Value[]) => Value).apply(self, [...given]))(args, kw)) satisfies Native) : found;
    }
    if (typeof object !== "object" || object === null) return undefined;
    if (isRecord(object)) return recordMethod(object, name);
    const node = nodeAttribute(object, name);
    if (node !== undefined) return node;
    const key = keyIn(object, name);
    if (key === undefined) return name === "__len__" && "length" in object ? (() => Reflect.get(object, "length")) : undefined;
    const found: unknown = Reflect.get(object, key);
    if (typeof found !== "function" || isTensor(found)) return Array.isArray(found) || isRecord(found) ? found : lifted(found);
    const dict = dictionaries.has(name);
    return ((args, kw) => {
      const given = args.map((x) => (x instanceof Dict ? recordOf(x, "forward" in object) : plain(x))), named = options(kw);
      if (Object.keys(named).length > 0) given.push(named);
      const result = (found as (...all: readonly Value[]) => Value).apply(object, given);
      return dict && isRecord(result) ? Dict.of(Object.entries(result).map(([k, v]) => ["forward" in object ? k : snake(k), Array.isArray(v) || isRecord(v) ? v : lifted(v)] as const)) : isRecord(result) ? result : result === object ? object : lifted(result);
    }) satisfies Native;
  },
  method: (object, name) => builtinMethod(() => python, object, name),
  setAttribute(object, name, value) {
    if (typeof object !== "object" || object === null) return false;
    if (isTensor(object) && name === "data") { core.noGrad(() => void object.copy_(value as Tensor)); return true; }
    if (isTensor(object) && name === "grad" && value instanceof Float && Number.isInteger(value.value)) throw new Unsupported("a float that is a whole number is named as an int: JavaScript has one kind of number");
    const existing = keyIn(object, name), given = value === null ? null : isRecord(value) || Array.isArray(value) ? value : typeof value === "function" ? value : plain(value);
    Reflect.set(object, existing ?? name, given, object);
    return true;
  },
  binary(symbol, a, b) {
    const names = operators[symbol];
    if (names === undefined || (!isAny(a) && !isAny(b))) return undefined;
    if ((a === null || b === null) && (symbol === "==" || symbol === "!=")) return symbol === "!=";
    if (isAny(a)) return operator(names[0])([a, b], {});
    return operator(names[1])([b, a], {});
  },
  augment(symbol, a, b) {
    if (!isTensor(a)) return undefined;
    const name = inPlace[symbol] ?? `${operators[symbol]?.[0] ?? ""}_`;
    return name === "" ? undefined : operator(name)([a, b], {});
  },
  unary(symbol, x) {
    if (!isTensor(x)) return undefined;
    if (symbol === "index") return itemOf(x);
    if (symbol === "~" && x.dtype.includes("float")) throw new Unsupported("the error of Python's ~ itself: our tensors have no operators");
    const name = unaries[symbol];
    return name === undefined ? undefined : operator(name)([x], {});
  },
  item(object, index) {
    if (isTensor(object)) return getItem(object, index);
    if (isRecord(object) && typeof index === "string") { const key = keyIn(object, index); return key === undefined ? undefined : Array.isArray(object[key]) || isRecord(object[key]) ? object[key] : lifted(object[key]); }
    if (object instanceof PyObject || typeof object !== "object" || object === null) return undefined;
    for (const name of ["get", "at", "item"]) { const get: unknown = Reflect.get(object, name); if (typeof get === "function") return lifted((get as (i: Value) => Value).call(object, plain(index))); }
    const direct: unknown = typeof index === "number" ? Reflect.get(object, index < 0 ? Number(Reflect.get(object, "length")) + index : index) : undefined;
    return direct === undefined ? undefined : lifted(direct);
  },
  setItem(object, index, value) {
    if (isTensor(object)) return setItem(object, index, value);
    if (isRecord(object) && typeof index === "string") { object[keyIn(object, index) ?? index] = plain(value); return null; }
    return undefined;
  },
  truth(x) {
    if (!isTensor(x)) return undefined;
    if (x.numel() !== 1) throw new Unsupported("the truth of a tensor of several elements: JavaScript has no such question");
    const value = itemOf(x), is = (v: Value): boolean => (v instanceof Float ? v.value !== 0 : v !== 0 && v !== false);
    return value instanceof Promise ? value.then(is) : is(value);
  },
  iterate(x) {
    if (isTensor(x)) return [...(operator("unbind")([x, 0], {}) as Tuple)];
    if (typeof x !== "object" || x === null) return undefined;
    if (isRecord(x)) return Object.keys(x);
    if (Symbol.iterator in x) return Array.from(x as Iterable<Value>, (item) => lifted(item));
    if (Symbol.asyncIterator in x) return (async () => { const all: Value[] = []; for await (const item of x as AsyncIterable<Value>) all.push(lifted(item)); return all; })();
    return undefined;
  },
  write(x, repr) {
    void repr;
    if (isTensor(x) || core.isComplex(x)) return x.device.readSync === undefined ? x.format() : String(x);
    return typeof x === "object" && x !== null ? (isRecord(x) ? JSON.stringify(x) : String(x)) : typeof x === "function" ? "<function>" : undefined;
  },
  callable(x) {
    if (x instanceof Context) return (([fn]) => ((args: readonly Value[], kw: Keywords) => x.around(() => bridge.call(fn, args, kw))) satisfies Native) satisfies Native;
    return callable(x);
  },
  context(x) {
    const dispose: unknown = typeof x === "object" && x !== null ? Reflect.get(x, Symbol.dispose) : undefined;
    return typeof dispose === "function" ? new Context((body) => { try { return body(); } finally { (dispose as () => void).call(x); } }, x) : undefined;
  },
  module(path) {
    if (path in modules) return namespace(path);
    return Object.hasOwn(standard, path) ? new Namespace(path, standard[path]!) : undefined;
  },
  raised(error) {
    if (error instanceof Unsupported || error instanceof Raised || !(error instanceof AdjointError || error instanceof RangeError)) return undefined;
    const value = new PyObject(classOfError(error));
    value.members.set("args", Tuple.make([error.message]));
    return value;
  },
  derive,
};
type Node = NonNullable<Tensor["gradFn"]>;
/** What PyTorch calls the inputs that a node saved, by number. */
const savedNames = [["self", "input", "tensor1"], ["other", "exponent", "mat2", "vec", "weight", "tensor2", "index"], ["bias", "value"]];
/** A node of the tape, in PyTorch's words. */
function nodeAttribute(object: object, name: string): Value {
  if (!("edges" in object && "leaf" in object && "name" in object)) return undefined;
  const node = object as Node;
  if (name.startsWith("_saved_")) {
    const { savedInputs, savedResults } = node.savesInfo, input = savedNames.findIndex((names) => names.includes(name.slice("_saved_".length)));
    const at = name === "_saved_result" && savedResults.length > 0 ? savedInputs.length : savedInputs.indexOf(input);
    return at < 0 ? undefined : node.savedTensors[at];
  }
  return name === "name" ? () => node.qualifiedName : undefined;
}
/** Attributes of Tensor that are computed: no call follows. */
const properties = new Set(["T", "mT", "H", "mH", "real", "imag"]);
/** Methods whose record is a dict for Python. */
const dictionaries = new Set(["state_dict"]);
/** A Python dict as the record that a method of ours takes: a module's names as they are, options in our words. */
function recordOf(x: Dict, names: boolean): { readonly [name: string]: Value } {
  return Object.fromEntries(x.entries().map(([key, value]) => [names ? String(key) : camel(String(key)), value instanceof Dict ? recordOf(value, names) : isRecord(value) ? value : plain(value)]));
}
function recordMethod(x: { [name: string]: Value }, name: string): Value {
  const entries = (): (readonly [Value, Value])[] => Object.entries(x);
  const methods: { readonly [name: string]: Native } = {
    keys: () => entries().map(([key]) => key), values: () => entries().map(([, value]) => value), items: () => entries().map((entry) => Tuple.make(entry)),
    get: ([key, fallback = null]) => { const at = keyIn(x, key as string); return at === undefined ? fallback : lifted(x[at]); }, copy: () => ({ ...x }),
  };
  if (Object.hasOwn(methods, name)) return methods[name];
  const key = keyIn(x, name);
  return key === undefined ? undefined : Array.isArray(x[key]) || isRecord(x[key]) ? x[key] : lifted(x[key]);
}

export const python: Interpreter = new Interpreter(host, builtins(() => python));
bridge.call = (fn, args, kw = {}) => runNow(python.call(fn, args, kw));

/** A scope in which torch, nn, F and their kin are known. */
export function program(): Scope {
  const scope = new Scope(null), names: { readonly [name: string]: string } = { torch: "torch", nn: "torch.nn", F: "torch.nn.functional", optim: "torch.optim", S: "torch.optim.lr_scheduler", math: "math", init: "torch.nn.init" };
  for (const [name, path] of Object.entries(names)) scope.set(name, host.module(path));
  scope.set("inf", new Float(Infinity));
  scope.set("nan", new Float(NaN));
  // The wrapper of PyTorch's tests that seeds the generator before a random function.
  scope.set("wrapper_set_seed", (([fn, ...args], kw) => python.call(fn, args, kw)) satisfies Native);
  return scope;
}
export { readExpression, readPython };
