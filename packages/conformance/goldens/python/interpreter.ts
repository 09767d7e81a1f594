/** @file Runs the tree of a Python program. Knows Python's own values; everything else is asked of the host, which for golden cases is ../torch. */
import type { Argument, Block, Expr, Parameter, Statement } from "./ast.ts";
import { BoundMethod, Context, Descriptor, Dict, exception, exceptions, HostClass, Iterator, missing, Namespace, PyClass, PyFunction, PyObject, PySet, PyType, Raised, classOf, setClass, Scope, Super } from "./objects.ts";
import { binary, comparisons, equal, isInteger, isNumeric, order, unary, asFloat } from "./operators.ts";
import { formatted, percent, repr, str, type Writer } from "./text.ts";
import { Float, type Keywords, NamedTuple, type Native, Slice, type Steps, Tuple, Unsupported, type Value } from "./values.ts";

/** What the interpreter asks about values that are not Python's own. `undefined` says: not mine. Results may be promises or `Steps`. */
export interface Host {
  attribute(object: Value, name: string): Value;
  /** An attribute that every value of a Python builtin type has: "abc".join. */
  method(object: Value, name: string): Native | undefined;
  setAttribute(object: Value, name: string, value: Value): boolean;
  binary(operator: string, a: Value, b: Value): Value;
  /** `a += b`, changing a. */
  augment(operator: string, a: Value, b: Value): Value;
  unary(operator: string, x: Value): Value;
  item(object: Value, index: Value): Value;
  setItem(object: Value, index: Value, value: Value): Value;
  truth(x: Value): Value;
  iterate(x: Value): Value;
  write(x: Value, repr: (x: Value) => Steps): Value;
  callable(x: Value): Native | undefined;
  context(x: Value): Context | undefined;
  module(path: string): Value;
  /** An error of ours as the Python exception that it stands for. */
  raised(error: unknown): PyObject | undefined;
  /** A class of ours that stands under a Python class, with its methods overridden. */
  derive(cls: PyClass, base: HostClass): void;
}

type Signal = undefined | "break" | "continue" | { readonly value: Value };
type Running = Generator<Promise<Value>, Signal, Value>;

const isSteps = (x: Value): x is Steps => Object.prototype.toString.call(x) === "[object Generator]";

/** To the end, where nothing may be waited for. */
export function runNow<R>(steps: Generator<Promise<Value>, R, Value>): R {
  const { done, value } = steps.next();
  if (done !== true) throw new Unsupported("a read that must be waited for, inside a function that may not wait");
  return value;
}
/** To the end, waiting where it must. */
export async function run<R>(steps: Generator<Promise<Value>, R, Value>): Promise<R> {
  let step = steps.next();
  while (step.done !== true) {
    let given: Value;
    try {
      given = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(given);
  }
  return step.value;
}

export class Interpreter implements Writer {
  readonly host: Host;
  readonly builtins: Scope;
  constructor(host: Host, builtins: ReadonlyMap<string, Value>) {
    this.host = host;
    this.builtins = new Scope(null);
    for (const [name, value] of builtins) this.builtins.names.set(name, value);
  }
  /** Objects of ours whose Python constructor has not called super().__init__() yet. */
  readonly #unready = new WeakSet<object>();
  write = (x: Value, inner: (x: Value) => Steps): Value => this.host.write(x, inner);

  // ---- Calls and attributes ------------------------------------------------------------------------------------------------

  /** What a native gave: a promise is waited for, a computation is gone through. */
  *settle(x: Value): Steps {
    if (x instanceof Promise) return yield x as Promise<Value>;
    return isSteps(x) ? yield* x : x;
  }

  *call(fn: Value, args: readonly Value[], kw: Keywords = {}): Steps {
    if (typeof fn === "function") return yield* this.settle((fn as Native)(args, kw));
    if (fn instanceof BoundMethod) return yield* this.call(fn.fn, [fn.self, ...args], kw);
    if (fn instanceof PyFunction) return yield* this.#enter(fn, args, kw);
    if (fn instanceof PyType) return yield* this.settle(fn.call(args, kw));
    if (fn instanceof HostClass) return yield* this.settle(fn.make(args, kw));
    if (fn instanceof PyClass) return yield* this.#instantiate(fn, args, kw);
    if (fn instanceof PyObject) {
      const method = fn.cls.find("__call__");
      if (method !== undefined) return yield* this.call(method, [fn, ...args], kw);
    }
    const native = this.host.callable(fn);
    if (native !== undefined) return yield* this.settle(native(args, kw));
    throw exception("TypeError", `'${typeName(fn)}' object is not callable`);
  }

  *#instantiate(cls: PyClass, args: readonly Value[], kw: Keywords): Steps {
    const init = cls.find("__init__"), base = cls.host;
    if (base !== null) {
      if (cls.constructed === null) this.host.derive(cls, base);
      if (init === undefined) {
        const made = (yield* this.settle(new HostClass(cls.name, cls.constructed!, base.make).make(args, kw))) as object;
        Object.setPrototypeOf(made, cls.constructed!.prototype as object);
        setClass(made, cls);
        return made;
      }
      const made: object = Reflect.construct(cls.constructed as unknown as new () => object, []);
      setClass(made, cls);
      this.#unready.add(made);
      yield* this.call(init, [made, ...args], kw);
      return made;
    }
    const made = new PyObject(cls);
    if (init !== undefined) yield* this.call(init, [made, ...args], kw);
    else if (cls.derivesFrom(exceptions.get("BaseException")!)) made.members.set("args", Tuple.make(args));
    else if (args.length > 0) throw exception("TypeError", `${cls.name}() takes no arguments`);
    return made;
  }

  *#enter(fn: PyFunction, args: readonly Value[], kw: Keywords): Steps {
    const scope = new Scope(fn.scope);
    scope.running = { owner: fn.owner, self: args[0] ?? null };
    bindParameters(fn, args, kw, scope);
    if (!Array.isArray(fn.body)) return yield* this.evaluate(fn.body as Expr, scope);
    const signal = yield* this.execute(fn.body as Block, scope);
    return typeof signal === "object" ? signal.value : null;
  }

  *attribute(object: Value, name: string): Steps {
    if (object instanceof Namespace) {
      const found = object.member(name);
      if (found !== undefined) return found;
      throw new Unsupported(`no operator ${object.name}.${name}`);
    }
    if (object instanceof PyClass || object instanceof PyType || object instanceof HostClass) {
      if (name === "__name__") return object.name;
      const found = object instanceof PyClass ? this.#classMember(object, name) : object instanceof PyType ? object.members(name) : this.host.attribute(object, name);
      if (found !== undefined) return found;
    }
    if (object instanceof Super) return this.#inherited(object, name);
    const cls = classOf(object);
    if (cls !== undefined) {
      if (object instanceof PyObject && object.members.has(name)) return object.members.get(name);
      if (name === "__class__") return cls;
      if (!(object instanceof PyObject) && Object.hasOwn(object as object, name)) return yield* this.settle(this.host.attribute(object, name));
      const found = cls.find(name);
      if (found instanceof Descriptor) return found.kind === "property" ? yield* this.call(found.fn, [object]) : found.kind === "class" ? new BoundMethod(cls, found.fn) : found.fn;
      if (found !== undefined) return found instanceof PyFunction ? new BoundMethod(object, found) : found;
    }
    if (object instanceof PyFunction && (name === "__name__" || name === "__qualname__")) return object.name;
    if (object instanceof NamedTuple && object.fields.includes(name)) return object[object.fields.indexOf(name)];
    if (object instanceof Slice && (name === "start" || name === "stop" || name === "step")) return object[name];
    const native = this.host.method(object, name);
    if (native !== undefined) return native;
    const found = this.host.attribute(object, name);
    if (found !== undefined) return yield* this.settle(found);
    throw missing(typeName(object), name);
  }
  #classMember(cls: PyClass, name: string): Value {
    const found = cls.find(name);
    if (found instanceof Descriptor) return found.kind === "class" ? new BoundMethod(cls, found.fn) : found.fn;
    if (found !== undefined) return found;
    const base = cls.host;
    if (base === null) return undefined;
    if (cls.constructed === null) this.host.derive(cls, base);
    return this.host.attribute(new HostClass(cls.name, cls.constructed!, base.make), name);
  }
  #inherited({ owner, self }: Super, name: string): Value {
    const cls = classOf(self), found = cls?.find(name, owner);
    if (found !== undefined) return found instanceof Descriptor ? found.fn : new BoundMethod(self, found);
    if (name === "__init__") return (() => { this.#unready.delete(self as object); return null; }) satisfies Native; // An object of ours is made before its Python constructor runs.
    const base = cls?.host;
    const method: unknown = base === null || base === undefined ? undefined : this.host.attribute(base, name);
    if (method === undefined) throw missing("super", name);
    return new BoundMethod(self, method);
  }

  #setAttribute(object: Value, name: string, value: Value): void {
    if (object instanceof PyObject) return void object.members.set(name, value);
    if (object instanceof PyClass) return void object.members.set(name, value);
    if (typeof object === "object" && object !== null && this.#unready.has(object)) throw new Unsupported("a property set before super(): JavaScript itself refuses it");
    if (!this.host.setAttribute(object, name, value)) throw missing(typeName(object), name);
  }

  // ---- Items, truth, iteration ---------------------------------------------------------------------------------------------

  *item(object: Value, index: Value): Steps {
    if (object instanceof Dict) {
      if (!object.has(index)) throw exception("KeyError", index);
      return object.get(index);
    }
    if (typeof object === "string" || Array.isArray(object)) {
      const items: readonly Value[] = typeof object === "string" ? [...object] : object;
      if (index instanceof Slice) {
        const picked = positions(index, items.length).map((i) => items[i]);
        return typeof object === "string" ? picked.join("") : object instanceof Tuple ? (Object.getPrototypeOf(object) as Tuple) && sameKind(object, picked) : picked;
      }
      const at = isInteger(index) ? Number(index) : ((yield* this.settle(this.host.unary("index", index))) as number | undefined);
      if (at === undefined) throw exception("TypeError", `list indices must be integers or slices, not ${typeName(index)}`);
      if (at < -items.length || at >= items.length) throw exception("IndexError", `${object instanceof Tuple ? "tuple" : typeof object === "string" ? "string" : "list"} index out of range`);
      return items.at(at);
    }
    const method = classOf(object)?.find("__getitem__");
    if (method !== undefined) return yield* this.call(method, [object, index]);
    const found = yield* this.settle(this.host.item(object, index));
    if (found === undefined) throw exception("TypeError", `'${typeName(object)}' object is not subscriptable`);
    return found;
  }
  *#setItem(object: Value, index: Value, value: Value): Steps {
    if (object instanceof Dict) return object.set(index, value);
    if (Array.isArray(object) && !(object instanceof Tuple)) {
      if (index instanceof Slice) {
        const at = positions(index, object.length), items = yield* this.list(value);
        return void (object as Value[]).splice(at[0] ?? Number(index.start ?? 0), at.length, ...items);
      }
      const at = Number(index);
      if (at < -object.length || at >= object.length) throw exception("IndexError", "list assignment index out of range");
      return void ((object as Value[])[at < 0 ? at + object.length : at] = value);
    }
    const method = classOf(object)?.find("__setitem__");
    if (method !== undefined) return yield* this.call(method, [object, index, value]);
    if ((yield* this.settle(this.host.setItem(object, index, value))) === undefined) throw exception("TypeError", `'${typeName(object)}' object does not support item assignment`);
    return null;
  }

  *truth(x: Value): Generator<Promise<Value>, boolean, Value> {
    if (typeof x === "boolean") return x;
    if (x === null) return false;
    if (isNumeric(x)) return asFloat(x) !== 0;
    if (typeof x === "string" || Array.isArray(x)) return x.length > 0;
    if (x instanceof Dict) return x.size > 0;
    if (x instanceof PySet) return x.items.size > 0;
    const method = classOf(x)?.find("__bool__") ?? classOf(x)?.find("__len__");
    if (method !== undefined) return yield* this.truth(yield* this.call(method, [x]));
    const asked = yield* this.settle(this.host.truth(x));
    return asked === undefined || asked === true;
  }

  /** Everything that iterating over x gives, at once. */
  *list(x: Value): Generator<Promise<Value>, readonly Value[], Value> {
    if (Array.isArray(x)) return [...(x as readonly Value[])];
    if (typeof x === "string") return [...x];
    if (x instanceof Dict) return x.keys();
    if (x instanceof PySet) return x.items.keys();
    if (x instanceof Iterator) { const rest = x.items.slice(x.at); x.at = x.items.length; return rest; }
    const cls = classOf(x), iter = cls?.find("__iter__"), get = cls?.find("__getitem__"), len = cls?.find("__len__");
    if (iter !== undefined) return yield* this.list(yield* this.call(iter, [x]));
    if (get !== undefined && len !== undefined) {
      const found: Value[] = [], count = Number(yield* this.call(len, [x]));
      for (let i = 0; i < count; i++) found.push(yield* this.call(get, [x, i]));
      return found;
    }
    const found = yield* this.settle(this.host.iterate(x));
    if (!Array.isArray(found)) throw exception("TypeError", `'${typeName(x)}' object is not iterable`);
    return found as readonly Value[];
  }

  // ---- Expressions ---------------------------------------------------------------------------------------------------------

  *evaluate(node: Expr, scope: Scope): Steps {
    switch (node.kind) {
      case "constant": return node.value;
      case "name": return this.#name(node.name, scope);
      case "format": {
        let text = "";
        for (const part of node.parts) {
          if (typeof part === "string") { text += part; continue; }
          const value = yield* this.evaluate(part.value, scope);
          const shown = part.conversion === "r" || (part.source !== null && part.spec === "") ? yield* repr(value, this) : part.conversion === "s" ? yield* str(value, this) : value;
          text += (part.source === null ? "" : `${part.source}=`) + String(yield* formatted(shown, part.spec, this));
        }
        return text;
      }
      case "tuple": return Tuple.make(yield* this.#items(node.items, scope));
      case "list": return yield* this.#items(node.items, scope);
      case "set": return new PySet(yield* this.#items(node.items, scope));
      case "star": throw new Unsupported("a star outside of a list");
      case "dict": {
        const dict = new Dict();
        for (const [key, value] of node.entries)
          if (key === null) for (const [k, v] of ((yield* this.evaluate(value, scope)) as Dict).entries()) dict.set(k, v);
          else dict.set(yield* this.evaluate(key, scope), yield* this.evaluate(value, scope));
        return dict;
      }
      case "comprehension": {
        const entries: [Value, Value][] = [], inner = new Scope(scope);
        inner.running = runningOf(scope);
        yield* this.#comprehend(node, 0, inner, entries);
        const elements = entries.map(([element]) => element);
        return node.of === "dict" ? Dict.of(entries) : node.of === "set" ? new PySet(elements) : node.of === "list" ? elements : new Iterator(elements);
      }
      case "lambda": return new PyFunction("<lambda>", node.parameters, yield* this.#fallbacks(node.parameters, scope), node.body, scope);
      case "conditional": return yield* this.evaluate((yield* this.truth(yield* this.evaluate(node.test, scope))) ? node.holds : node.otherwise, scope);
      case "and": { const left = yield* this.evaluate(node.left, scope); return (yield* this.truth(left)) ? yield* this.evaluate(node.right, scope) : left; }
      case "or": { const left = yield* this.evaluate(node.left, scope); return (yield* this.truth(left)) ? left : yield* this.evaluate(node.right, scope); }
      case "not": return !(yield* this.truth(yield* this.evaluate(node.value, scope)));
      case "compare": {
        let left = yield* this.evaluate(node.first, scope), result: Value = true;
        for (const [operator, expression] of node.rest) {
          const right = yield* this.evaluate(expression, scope);
          result = yield* this.compare(operator, left, right);
          if (node.rest.length > 1 && !(yield* this.truth(result))) return result;
          left = right;
        }
        return result;
      }
      case "binary": return yield* this.binary(node.operator, yield* this.evaluate(node.left, scope), yield* this.evaluate(node.right, scope));
      case "unary": {
        const x = yield* this.evaluate(node.value, scope), own = unary(node.operator, x);
        const found = own === undefined ? yield* this.settle(this.host.unary(node.operator, x)) : own;
        if (found === undefined) throw exception("TypeError", `bad operand type for unary ${node.operator}: '${typeName(x)}'`);
        return found;
      }
      case "call": return yield* this.#invoke(node.fn, node.args, scope);
      case "attribute": return yield* this.attribute(yield* this.evaluate(node.object, scope), node.name);
      case "index": return yield* this.item(yield* this.evaluate(node.object, scope), yield* this.evaluate(node.index, scope));
      case "slice": return new Slice(node.start === null ? null : yield* this.evaluate(node.start, scope), node.stop === null ? null : yield* this.evaluate(node.stop, scope), node.step === null ? null : yield* this.evaluate(node.step, scope));
      case "walrus": { const value = yield* this.evaluate(node.value, scope); scope.set(node.name, value); return value; }
    }
  }
  #name(name: string, scope: Scope): Value {
    const holder = scope.find(name) ?? this.builtins.find(name);
    if (holder === null) throw exception("NameError", `name '${name}' is not defined`);
    return holder.names.get(name);
  }
  *#items(nodes: readonly Expr[], scope: Scope): Generator<Promise<Value>, Value[], Value> {
    const items: Value[] = [];
    for (const node of nodes)
      if (node.kind === "star") items.push(...(yield* this.list(yield* this.evaluate(node.value, scope))));
      else items.push(yield* this.evaluate(node, scope));
    return items;
  }
  *#comprehend(node: Extract<Expr, { kind: "comprehension" }>, at: number, scope: Scope, out: [Value, Value][]): Steps {
    const clause = node.clauses[at];
    if (clause === undefined) {
      const element = yield* this.evaluate(node.element, scope);
      out.push([element, node.value === null ? null : yield* this.evaluate(node.value, scope)]);
    } else if ("test" in clause) {
      if (yield* this.truth(yield* this.evaluate(clause.test, scope))) yield* this.#comprehend(node, at + 1, scope, out);
    } else
      for (const item of yield* this.list(yield* this.evaluate(clause.iterable, scope))) {
        yield* this.#assign(clause.target, item, scope);
        yield* this.#comprehend(node, at + 1, scope, out);
      }
    return null;
  }
  *#invoke(target: Expr, nodes: readonly Argument[], scope: Scope): Steps {
    if (target.kind === "name" && target.name === "super" && nodes.length === 0) {
      const running = runningOf(scope);
      if (running?.owner === null || running === null) throw exception("RuntimeError", "super(): no arguments");
      return new Super(running.owner, running.self);
    }
    const fn = yield* this.evaluate(target, scope), args: Value[] = [], kw: { [name: string]: Value } = {};
    for (const { star, name, value } of nodes) {
      const given = yield* this.evaluate(value, scope);
      if (star === "*") args.push(...(yield* this.list(given)));
      else if (star === "**") for (const [key, x] of (given as Dict).entries()) kw[key as string] = x;
      else if (name === null) args.push(given);
      else kw[name] = given;
    }
    return yield* this.call(fn, args, kw);
  }

  *binary(operator: string, a: Value, b: Value): Steps {
    if (operator === "%" && typeof a === "string") return yield* percent(a, b, this);
    const own = binary(operator, a, b);
    if (own !== undefined) return own;
    const special = yield* this.#special(`__${specialNames[operator] ?? operator}__`, a, [b]);
    if (special !== undefined) return special;
    const reflected = yield* this.#special(`__r${specialNames[operator] ?? operator}__`, b, [a]);
    if (reflected !== undefined) return reflected;
    const found = yield* this.settle(this.host.binary(operator, a, b));
    if (found === undefined) throw exception("TypeError", `unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
    return found;
  }
  *#special(name: string, self: Value, args: readonly Value[]): Steps {
    const method = classOf(self)?.find(name);
    return method === undefined ? undefined : yield* this.call(method, [self, ...args]);
  }
  *compare(operator: string, a: Value, b: Value): Steps {
    if (operator === "is" || operator === "is not") return (a === b || (a instanceof Float && b instanceof Float && a.value === b.value) || (equal(a, b) && typeof a === typeof b && !Array.isArray(a) && !(a instanceof Dict))) === (operator === "is");
    if (operator === "in" || operator === "not in") return (yield* this.#contains(a, b)) === (operator === "in");
    const special = yield* this.#special(`__${compareNames[operator]!}__`, a, [b]);
    if (special !== undefined) return special;
    const mine = yield* this.settle(this.host.binary(operator, a, b));
    if (mine !== undefined) return mine;
    if (operator === "==" || operator === "!=") return equal(a, b) === (operator === "==");
    const ordered = order(a, b);
    if (ordered === undefined) throw exception("TypeError", `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
    return comparisons[operator]!(ordered);
  }
  *#contains(x: Value, container: Value): Generator<Promise<Value>, boolean, Value> {
    if (typeof container === "string") return container.includes(String(x));
    if (container instanceof Dict) return container.has(x);
    if (container instanceof PySet) return container.items.has(x);
    const method = classOf(container)?.find("__contains__");
    if (method !== undefined) return yield* this.truth(yield* this.call(method, [container, x]));
    for (const item of yield* this.list(container)) if (item === x || (yield* this.truth(yield* this.compare("==", item, x)))) return true;
    return false;
  }

  // ---- Statements ----------------------------------------------------------------------------------------------------------

  *execute(block: Block, scope: Scope): Running {
    for (const statement of block) {
      const signal = yield* this.#statement(statement, scope);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  *#statement(node: Statement, scope: Scope): Running {
    switch (node.kind) {
      case "expression": yield* this.evaluate(node.value, scope); return undefined;
      case "assign": {
        const value = yield* this.evaluate(node.value, scope);
        for (const target of node.targets) yield* this.#assign(target, value, scope);
        return undefined;
      }
      case "augment": return yield* this.#augment(node.target, node.operator, node.value, scope);
      case "return": return { value: node.value === null ? null : yield* this.evaluate(node.value, scope) };
      case "pass": return undefined;
      case "break": case "continue": return node.kind;
      case "if":
        for (const { test, body } of node.branches) if (test === null || (yield* this.truth(yield* this.evaluate(test, scope)))) return yield* this.execute(body, scope);
        return undefined;
      case "while":
        while (yield* this.truth(yield* this.evaluate(node.test, scope))) {
          const signal = yield* this.execute(node.body, scope);
          if (signal === "break") return undefined;
          if (typeof signal === "object") return signal;
        }
        return yield* this.execute(node.otherwise, scope);
      case "for":
        for (const item of yield* this.list(yield* this.evaluate(node.iterable, scope))) {
          yield* this.#assign(node.target, item, scope);
          const signal = yield* this.execute(node.body, scope);
          if (signal === "break") return undefined;
          if (typeof signal === "object") return signal;
        }
        return yield* this.execute(node.otherwise, scope);
      case "with": return yield* this.#with(node.items, node.body, scope);
      case "try": return yield* this.#try(node, scope);
      case "def": {
        let fn: Value = new PyFunction(node.name, node.parameters, yield* this.#fallbacks(node.parameters, scope), node.body, scope);
        for (const decorator of [...node.decorators].reverse()) fn = yield* this.call(yield* this.evaluate(decorator, scope), [fn]);
        scope.set(node.name, fn);
        return undefined;
      }
      case "class": yield* this.#class(node, scope); return undefined;
      case "raise": {
        if (node.value === null) throw new Unsupported("a bare raise");
        const value = yield* this.evaluate(node.value, scope);
        const made = value instanceof PyClass ? yield* this.call(value, []) : value;
        if (!(made instanceof PyObject)) throw exception("TypeError", "exceptions must derive from BaseException");
        throw new Raised(made);
      }
      case "assert":
        if (!(yield* this.truth(yield* this.evaluate(node.test, scope)))) throw exception("AssertionError", ...(node.message === null ? [] : [yield* this.evaluate(node.message, scope)]));
        return undefined;
      case "delete": for (const target of node.targets) yield* this.#delete(target, scope); return undefined;
      case "import":
        for (const { path, as } of node.modules) {
          const found = this.#import(path);
          if (as !== null) scope.set(as, found);
          else scope.set(path.split(".")[0]!, this.#import(path.split(".")[0]!));
        }
        return undefined;
      case "from": {
        const from = this.#import(node.path);
        for (const { name, as } of node.names) scope.set(as, yield* this.attribute(from, name));
        return undefined;
      }
      case "scope":
        for (const name of node.names) {
          let holder: Scope | null = scope.parent;
          if (node.global) { holder = scope; while (holder.parent !== null) holder = holder.parent; } else holder = scope.parent?.find(name) ?? null;
          if (holder !== null) scope.elsewhere.set(name, holder);
        }
        return undefined;
    }
  }
  #import(path: string): Value {
    const found = this.host.module(path);
    if (found === undefined) throw new Unsupported(`the module ${path}`);
    return found;
  }

  *#assign(target: Expr, value: Value, scope: Scope): Steps {
    switch (target.kind) {
      case "name": return scope.set(target.name, value);
      case "attribute": return this.#setAttribute(yield* this.evaluate(target.object, scope), target.name, value);
      case "index": return yield* this.#setItem(yield* this.evaluate(target.object, scope), yield* this.evaluate(target.index, scope), value);
      case "tuple": case "list": {
        const items = yield* this.list(value), star = target.items.findIndex((t) => t.kind === "star"), after = target.items.length - star - 1;
        if (star < 0 ? items.length !== target.items.length : items.length < target.items.length - 1)
          throw exception("ValueError", items.length > target.items.length ? `too many values to unpack (expected ${target.items.length})` : `not enough values to unpack (expected ${target.items.length}, got ${items.length})`);
        for (const [i, t] of target.items.entries())
          if (t.kind === "star") yield* this.#assign(t.value, items.slice(i, items.length - after), scope);
          else yield* this.#assign(t, items[star >= 0 && i > star ? items.length - (target.items.length - i) : i], scope);
        return null;
      }
      default: throw new Unsupported(`an assignment to a ${target.kind}`);
    }
  }
  *#augment(target: Expr, operator: string, node: Expr, scope: Scope): Running {
    if (target.kind === "name") {
      const changed = yield* this.#augmented(operator, this.#name(target.name, scope), yield* this.evaluate(node, scope));
      scope.set(target.name, changed);
    } else if (target.kind === "attribute") {
      const object = yield* this.evaluate(target.object, scope), old = yield* this.attribute(object, target.name);
      this.#setAttribute(object, target.name, yield* this.#augmented(operator, old, yield* this.evaluate(node, scope)));
    } else if (target.kind === "index") {
      const object = yield* this.evaluate(target.object, scope), index = yield* this.evaluate(target.index, scope), old = yield* this.item(object, index);
      yield* this.#setItem(object, index, yield* this.#augmented(operator, old, yield* this.evaluate(node, scope)));
    } else throw new Unsupported(`${operator}= to a ${target.kind}`);
    return undefined;
  }
  *#augmented(operator: string, old: Value, by: Value): Steps {
    if (Array.isArray(old) && !(old instanceof Tuple) && operator === "+") { (old as Value[]).push(...(yield* this.list(by))); return old; }
    const special = yield* this.#special(`__i${specialNames[operator] ?? operator}__`, old, [by]);
    if (special !== undefined) return special;
    const changed = yield* this.settle(this.host.augment(operator, old, by));
    return changed === undefined ? yield* this.binary(operator, old, by) : changed;
  }
  *#delete(target: Expr, scope: Scope): Steps {
    if (target.kind === "name") return scope.find(target.name)?.names.delete(target.name);
    if (target.kind === "index") {
      const object = yield* this.evaluate(target.object, scope), index = yield* this.evaluate(target.index, scope);
      if (object instanceof Dict) return object.delete(index);
      if (Array.isArray(object)) return (object as Value[]).splice(Number(index), 1);
    }
    if (target.kind === "attribute") {
      const object = yield* this.evaluate(target.object, scope);
      if (object instanceof PyObject) return object.members.delete(target.name);
      if (typeof object === "object" && object !== null) return Reflect.deleteProperty(object, target.name);
    }
    throw new Unsupported(`del of a ${target.kind}`);
  }

  *#with(items: readonly { readonly value: Expr; readonly target: Expr | null }[], body: Block, scope: Scope): Running {
    const [first, ...rest] = items;
    if (first === undefined) return yield* this.execute(body, scope);
    const manager = yield* this.evaluate(first.value, scope);
    const inside = (entered: Value): Running => this.#entered(first.target, entered, rest, body, scope);
    const enter = classOf(manager)?.find("__enter__");
    if (enter !== undefined) {
      const exit = classOf(manager)!.find("__exit__");
      const entered = yield* this.call(enter, [manager]);
      let signal: Signal;
      try {
        signal = yield* inside(entered);
      } catch (error) {
        const value = error instanceof Raised ? error.value : this.host.raised(error);
        if (value === undefined || !(yield* this.truth(yield* this.call(exit, [manager, value.cls, value, null])))) throw error;
        return undefined;
      }
      yield* this.call(exit, [manager, null, null, null]);
      return signal;
    }
    const context = manager instanceof Context ? manager : this.host.context(manager);
    if (context === undefined) throw exception("AttributeError", "__enter__");
    // The modes of ours wrap functions that do not wait.
    let signal: Signal;
    context.around(() => { signal = runNow(inside(context.target)); return null; });
    return signal;
  }

  *#entered(target: Expr | null, entered: Value, rest: readonly { readonly value: Expr; readonly target: Expr | null }[], body: Block, scope: Scope): Running {
    if (target !== null) yield* this.#assign(target, entered, scope);
    return yield* this.#with(rest, body, scope);
  }

  *#try(node: Extract<Statement, { kind: "try" }>, scope: Scope): Running {
    let signal: Signal;
    try {
      try {
        signal = yield* this.execute(node.body, scope);
      } catch (error) {
        const value = error instanceof Raised ? error.value : this.host.raised(error);
        if (value === undefined) throw error;
        const handler = yield* this.#handler(node, value, scope);
        if (handler === undefined) throw error;
        if (handler.name !== null) scope.set(handler.name, value);
        return yield* this.execute(handler.body, scope);
      }
      if (signal === undefined) signal = yield* this.execute(node.otherwise, scope);
    } finally {
      yield* this.execute(node.always, scope);
    }
    return signal;
  }
  *#handler(node: Extract<Statement, { kind: "try" }>, value: PyObject, scope: Scope): Generator<Promise<Value>, (typeof node.handlers)[number] | undefined, Value> {
    for (const handler of node.handlers) {
      if (handler.type === null) return handler;
      const type = yield* this.evaluate(handler.type, scope);
      for (const cls of type instanceof Tuple ? type : [type]) if (cls instanceof PyClass && value.cls.derivesFrom(cls)) return handler;
    }
    return undefined;
  }

  *#class(node: Extract<Statement, { kind: "class" }>, scope: Scope): Steps {
    const bases: (PyClass | HostClass)[] = [];
    for (const { value } of node.bases) {
      const base = yield* this.evaluate(value, scope);
      if (base instanceof PyClass || base instanceof HostClass) bases.push(base);
      else if (!(base instanceof PyType && base.name === "object")) throw new Unsupported(`a class that derives from ${typeName(base)}`);
    }
    const cls = new PyClass(node.name, bases), body = new Scope(scope);
    yield* this.execute(node.body, body);
    for (const [name, value] of body.names) {
      const fn = value instanceof Descriptor ? value.fn : value;
      if (fn instanceof PyFunction) { fn.owner = cls; rehome(fn, body, scope); }
      cls.members.set(name, value);
    }
    let made: Value = cls;
    for (const decorator of [...node.decorators].reverse()) made = yield* this.call(yield* this.evaluate(decorator, scope), [made]);
    scope.set(node.name, made);
    return null;
  }

  *#fallbacks(parameters: readonly Parameter[], scope: Scope): Generator<Promise<Value>, ReadonlyMap<string, Value>, Value> {
    const found = new Map<string, Value>();
    for (const { name, fallback } of parameters) if (fallback !== null) found.set(name, yield* this.evaluate(fallback, scope));
    return found;
  }
}

/** Methods do not see the names of the class around them. */
function rehome(fn: PyFunction, body: Scope, outside: Scope): void {
  if (fn.scope === body) Reflect.set(fn, "scope", outside);
}
function runningOf(scope: Scope): Scope["running"] {
  for (let at: Scope | null = scope; at !== null; at = at.parent) if (at.running !== null) return at.running;
  return null;
}
const specialNames: { readonly [operator: string]: string } = { "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift" };
const compareNames: { readonly [operator: string]: string } = { "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };

function sameKind(like: Tuple, items: readonly Value[]): Tuple {
  return like instanceof NamedTuple ? Tuple.make(items) : (like.constructor as typeof Tuple).make(items);
}

/** The positions that a slice picks of a sequence. */
export function positions({ start, stop, step }: Slice, length: number): number[] {
  const by = step === null ? 1 : Number(step);
  if (by === 0) throw exception("ValueError", "slice step cannot be zero");
  const bound = (x: Value, fallback: number): number => { if (x === null) return fallback; const at = Number(x) < 0 ? Number(x) + length : Number(x); return by > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1); };
  const found: number[] = [], from = bound(start, by > 0 ? 0 : length - 1), to = bound(stop, by > 0 ? length : -1);
  for (let i = from; by > 0 ? i < to : i > to; i += by) found.push(i);
  return found;
}

function bindParameters(fn: PyFunction, args: readonly Value[], kw: Keywords, scope: Scope): void {
  const left = { ...kw };
  let at = 0, keywordOnly = false;
  for (const { star, name } of fn.parameters) {
    if (star === "*") {
      if (name !== "") { scope.names.set(name, Tuple.make(args.slice(at))); at = args.length; }
      keywordOnly = true;
    } else if (star === "**") {
      scope.names.set(name, Dict.of(Object.entries(left)));
      for (const key of Object.keys(left)) delete left[key];
    } else if (!keywordOnly && at < args.length) scope.names.set(name, args[at++]);
    else if (name in left) { scope.names.set(name, left[name]); delete left[name]; }
    else if (fn.fallbacks.has(name)) scope.names.set(name, fn.fallbacks.get(name));
    else throw exception("TypeError", `${fn.name}() missing 1 required positional argument: '${name}'`);
  }
  if (at < args.length) throw exception("TypeError", `${fn.name}() takes ${fn.parameters.length} positional argument${fn.parameters.length === 1 ? "" : "s"} but ${args.length} were given`);
  const extra = Object.keys(left)[0];
  if (extra !== undefined) throw exception("TypeError", `${fn.name}() got an unexpected keyword argument '${extra}'`);
}

/** What Python calls the type of a value. */
export function typeName(x: Value): string {
  if (x === null || x === undefined) return "NoneType";
  if (typeof x === "boolean") return "bool";
  if (isInteger(x)) return "int";
  if (x instanceof Float) return "float";
  if (typeof x === "string") return "str";
  if (x instanceof Tuple) return x.constructor === Tuple ? "tuple" : x.constructor.name;
  if (Array.isArray(x)) return "list";
  if (x instanceof Dict) return "dict";
  if (x instanceof PySet) return "set";
  if (x instanceof PyFunction || typeof x === "function") return "function";
  if (x instanceof PyClass || x instanceof HostClass || x instanceof PyType) return "type";
  const cls = classOf(x);
  return cls?.name ?? (x as object).constructor?.name ?? "object";
}
