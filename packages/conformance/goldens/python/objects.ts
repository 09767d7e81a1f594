/** @file Python's objects with identity: dicts, sets, functions, classes, instances, exceptions, modules. */
import type { Block, Expr, Parameter } from "./ast.ts";
import { Float, type Native, Tuple, Unsupported, type Value } from "./values.ts";

/** Equal keys in Python are equal keys here: 1, 1.0 and True are one key, tuples are compared by their items. */
function keyOf(x: Value): unknown {
  if (typeof x === "boolean") return Number(x);
  if (typeof x === "bigint") return Number(x);
  if (x instanceof Float) return x.value;
  if (x instanceof Tuple) return `(${x.map((y) => { const key = keyOf(y); return typeof key === "object" || typeof key === "function" ? `#${identity(key as object)}` : JSON.stringify(key); }).join()})`;
  return typeof x === "string" ? `"${x}` : x;
}
const identities = new WeakMap<object, number>();
let identified = 0;
/** A number for an object, the same as long as it lives: Python's id. */
export function identity(x: object): number {
  const known = identities.get(x);
  if (known !== undefined) return known;
  identities.set(x, ++identified);
  return identified;
}

export class Dict {
  readonly #entries = new Map<unknown, [Value, Value]>();
  static of(entries: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }
  get size(): number {
    return this.#entries.size;
  }
  has = (key: Value): boolean => this.#entries.has(keyOf(key));
  get = (key: Value): Value => this.#entries.get(keyOf(key))?.[1];
  set(key: Value, value: Value): void {
    const entry = this.#entries.get(keyOf(key));
    if (entry === undefined) this.#entries.set(keyOf(key), [key, value]);
    else entry[1] = value;
  }
  delete = (key: Value): boolean => this.#entries.delete(keyOf(key));
  clear = (): void => this.#entries.clear();
  keys = (): Value[] => [...this.#entries.values()].map(([key]) => key);
  values = (): Value[] => [...this.#entries.values()].map(([, value]) => value);
  entries = (): (readonly [Value, Value])[] => [...this.#entries.values()];
}
export class PySet {
  readonly items: Dict;
  constructor(items: Iterable<Value> = []) {
    this.items = Dict.of([...items].map((x) => [x, null] as const));
  }
}

/** Names and what they hold, within the names around them. */
export class Scope {
  readonly names = new Map<string, Value>();
  readonly parent: Scope | null;
  /** Names that `global` or `nonlocal` gave to another scope. */
  readonly elsewhere = new Map<string, Scope>();
  /** The function that is running, for super(). */
  running: { readonly owner: PyClass | null; readonly self: Value } | null = null;
  constructor(parent: Scope | null) {
    this.parent = parent;
  }
  find(name: string): Scope | null {
    return this.names.has(name) ? this : this.parent === null ? null : this.parent.find(name);
  }
  set(name: string, value: Value): void {
    (this.elsewhere.get(name) ?? this).names.set(name, value);
  }
}

export class PyFunction {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly fallbacks: ReadonlyMap<string, Value>;
  readonly body: Block | Expr;
  readonly scope: Scope;
  owner: PyClass | null = null;
  constructor(name: string, parameters: readonly Parameter[], fallbacks: ReadonlyMap<string, Value>, body: Block | Expr, scope: Scope) {
    this.name = name;
    this.parameters = parameters;
    this.fallbacks = fallbacks;
    this.body = body;
    this.scope = scope;
  }
}
export class BoundMethod {
  readonly self: Value;
  readonly fn: Value;
  constructor(self: Value, fn: Value) {
    this.self = self;
    this.fn = fn;
  }
}
/** What @staticmethod, @classmethod and @property leave in a class. */
export class Descriptor {
  readonly kind: "static" | "class" | "property";
  readonly fn: Value;
  constructor(kind: Descriptor["kind"], fn: Value) {
    this.kind = kind;
    this.fn = fn;
  }
}

export type Constructor = abstract new (...args: never[]) => object;
/** A class of ours in Python's hands: called, asked by isinstance, or derived from. `make` turns Python's arguments into an instance. */
export class HostClass {
  readonly name: string;
  readonly constructed: Constructor;
  readonly make: Native;
  constructor(name: string, constructed: Constructor, make: Native) {
    this.name = name;
    this.constructed = constructed;
    this.make = make;
  }
}
/** int, float, torch.Tensor: what is both called and asked for by isinstance. */
export class PyType {
  readonly name: string;
  readonly call: Native;
  readonly test: (x: Value) => boolean;
  /** Attributes: torch.Tensor.add, dict.fromkeys. */
  readonly members: (name: string) => Value;
  constructor(name: string, call: Native, test: (x: Value) => boolean, members: (name: string) => Value = () => undefined) {
    this.name = name;
    this.call = call;
    this.test = test;
    this.members = members;
  }
}
export class PyClass {
  readonly name: string;
  readonly bases: readonly (PyClass | HostClass)[];
  readonly members = new Map<string, Value>();
  /** The class of ours that instances are made of, when one is among the ancestors. */
  constructed: Constructor | null = null;
  constructor(name: string, bases: readonly (PyClass | HostClass)[]) {
    this.name = name;
    this.bases = bases;
  }
  /** Itself and its ancestors, nearest first. */
  *order(): Generator<PyClass | HostClass> {
    yield this;
    const seen = new Set<object>();
    for (const base of this.bases)
      for (const cls of base instanceof PyClass ? base.order() : [base])
        if (!seen.has(cls)) {
          seen.add(cls);
          yield cls;
        }
  }
  find(name: string, after?: PyClass): Value {
    let passed = after === undefined;
    for (const cls of this.order()) {
      if (passed && cls instanceof PyClass && cls.members.has(name)) return cls.members.get(name);
      if (cls === after) passed = true;
    }
    return undefined;
  }
  get host(): HostClass | null {
    for (const cls of this.order()) if (cls instanceof HostClass) return cls;
    return null;
  }
  derivesFrom(other: PyClass | HostClass): boolean {
    for (const cls of this.order()) if (cls === other) return true;
    return false;
  }
}
export class PyObject {
  readonly cls: PyClass;
  readonly members = new Map<string, Value>();
  constructor(cls: PyClass) {
    this.cls = cls;
  }
}
/** The Python classes of instances that are objects of ours. */
const classes = new WeakMap<object, PyClass>();
export const classOf = (x: Value): PyClass | undefined => (x instanceof PyObject ? x.cls : typeof x === "object" && x !== null ? classes.get(x) : undefined);
export const setClass = (x: object, cls: PyClass): void => void classes.set(x, cls);

export class Super {
  readonly owner: PyClass;
  readonly self: Value;
  constructor(owner: PyClass, self: Value) {
    this.owner = owner;
    this.self = self;
  }
}
/** An imported module: its names come when they are asked for. */
export class Namespace {
  readonly name: string;
  readonly member: (name: string) => Value;
  constructor(name: string, member: (name: string) => Value) {
    this.name = name;
    this.member = member;
  }
}
export class Iterator {
  readonly items: readonly Value[];
  at = 0;
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}
/** What `with` takes: the body runs inside `around`. */
export class Context {
  readonly around: (body: () => Value) => Value;
  readonly target: Value;
  /** Whether it is in force already, and `with` only says for how long. */
  readonly standing: boolean;
  constructor(around: (body: () => Value) => Value, target: Value = null, standing: boolean = false) {
    this.around = around;
    this.target = target;
    this.standing = standing;
  }
}

/** A Python exception on its way. */
export class Raised extends Error {
  override readonly name = "Raised";
  readonly value: PyObject;
  constructor(value: PyObject) {
    super(String((value.members.get("args") as Tuple | undefined)?.map((x) => (x instanceof Float ? x.value : x)).join(", ") ?? ""));
    this.value = value;
  }
  get type(): string {
    return this.value.cls.name;
  }
}
const tree: readonly (readonly [name: string, base: string | null])[] = [
  ["BaseException", null], ["Exception", "BaseException"], ["RuntimeError", "Exception"], ["NotImplementedError", "RuntimeError"], ["ValueError", "Exception"], ["TypeError", "Exception"], ["LookupError", "Exception"], ["IndexError", "LookupError"],
  ["KeyError", "LookupError"], ["AttributeError", "Exception"], ["AssertionError", "Exception"], ["StopIteration", "Exception"], ["ArithmeticError", "Exception"], ["ZeroDivisionError", "ArithmeticError"], ["OverflowError", "ArithmeticError"],
  ["NameError", "Exception"], ["ImportError", "Exception"], ["OSError", "Exception"], ["Warning", "Exception"], ["UserWarning", "Warning"], ["DeprecationWarning", "Warning"], ["FutureWarning", "Warning"],
];
export const exceptions: ReadonlyMap<string, PyClass> = tree.reduce((all, [name, base]) => all.set(name, new PyClass(name, base === null ? [] : [all.get(base)!])), new Map<string, PyClass>());

export function exception(type: string | PyClass, ...args: readonly Value[]): Raised {
  const cls = typeof type === "string" ? exceptions.get(type) : type;
  if (cls === undefined) throw new Unsupported(`exception ${String(type)}`);
  const value = new PyObject(cls);
  value.members.set("args", Tuple.make(args));
  return new Raised(value);
}
/** An attribute that Python code asks for and we do not have: an AttributeError, unless nobody expects one. */
export class Missing extends Raised {
  /** "Tensor.sort" */
  readonly wanted: string;
  constructor(owner: string, name: string) {
    super(exception("AttributeError", `'${owner}' object has no attribute '${name}'`).value);
    this.wanted = `${owner}.${name}`;
  }
}
export const missing = (owner: string, name: string): Missing => new Missing(owner, name);
