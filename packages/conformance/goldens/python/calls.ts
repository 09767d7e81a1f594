/** @file Calls, instances and attributes. */
import type { Block, Expr } from "./ast.ts";
import type { Host } from "./host.ts";
import { BoundMethod, classOf, Descriptor, Dict, exception, exceptions, HostClass, missing, Namespace, PyClass, PyFunction, PyObject, PyType, Scope, setClass, Super } from "./objects.ts";
import { isSteps, type Running } from "./steps.ts";
import type { Writer } from "./text.ts";
import { typeName } from "./types.ts";
import { type Keywords, NamedTuple, type Native, Slice, type Steps, Tuple, Unsupported, type Value } from "./values.ts";

export abstract class Calls implements Writer {
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

  abstract evaluate(node: Expr, scope: Scope): Steps;
  abstract execute(block: Block, scope: Scope): Running;

  /** What a native gave: a promise is waited for, a computation is gone through. */
  *settle(x: Value): Steps {
    if (x instanceof Promise) return yield x as Promise<Value>;
    return isSteps(x) ? yield* x : x;
  }

  *call(fn: Value, args: readonly Value[], kw: Keywords = {}): Steps {
    if (typeof fn === "function") return yield* this.settle((fn as Native)(args, kw));
    if (fn instanceof BoundMethod) return yield* this.call(fn.fn, [fn.self, ...args], kw);
    if (fn instanceof PyFunction) return yield* this.enter(fn, args, kw);
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

  protected *enter(fn: PyFunction, args: readonly Value[], kw: Keywords): Steps {
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

  protected setAttribute(object: Value, name: string, value: Value): void {
    if (object instanceof PyObject) return void object.members.set(name, value);
    if (object instanceof PyClass) return void object.members.set(name, value);
    if (typeof object === "object" && object !== null && this.#unready.has(object)) throw new Unsupported("a property set before super(): JavaScript itself refuses it");
    if (!this.host.setAttribute(object, name, value)) throw missing(typeName(object), name);
  }
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
