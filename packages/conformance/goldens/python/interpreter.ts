/** @file Runs the tree of a Python program. Knows Python's own values; everything else is asked of the host, which for golden cases is ../torch. */
import type { Block, Expr, Statement } from "./ast.ts";
import { Expressions, specialNames } from "./expressions.ts";
import { classOf, Context, Descriptor, Dict, exception, HostClass, PyClass, PyFunction, PyObject, PyType, Raised, Scope } from "./objects.ts";
import { runNow, type Running, type Signal } from "./steps.ts";
import { typeName } from "./types.ts";
import { type Steps, Tuple, Unsupported, type Value } from "./values.ts";

export class Interpreter extends Expressions {
  *execute(block: Block, scope: Scope): Running {
    for (const statement of block) {
      const signal = yield* this.#statement(statement, scope);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  *#statement(node: Statement, scope: Scope): Running {
    switch (node.kind) {
      case "expression": {
        const value = yield* this.evaluate(node.value, scope);
        if (value instanceof Context && !value.standing) throw new Unsupported("a mode that is set for good: here they wrap functions");
        return undefined;
      }
      case "assign": {
        const value = yield* this.evaluate(node.value, scope);
        for (const target of node.targets) yield* this.assign(target, value, scope);
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
          yield* this.assign(node.target, item, scope);
          const signal = yield* this.execute(node.body, scope);
          if (signal === "break") return undefined;
          if (typeof signal === "object") return signal;
        }
        return yield* this.execute(node.otherwise, scope);
      case "with": return yield* this.#with(node.items, node.body, scope);
      case "try": return yield* this.#try(node, scope);
      case "def": {
        let fn: Value = new PyFunction(node.name, node.parameters, yield* this.fallbacks(node.parameters, scope), node.body, scope);
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

  protected *assign(target: Expr, value: Value, scope: Scope): Steps {
    switch (target.kind) {
      case "name": return scope.set(target.name, value);
      case "attribute": return this.setAttribute(yield* this.evaluate(target.object, scope), target.name, value);
      case "index": return yield* this.setItem(yield* this.evaluate(target.object, scope), yield* this.evaluate(target.index, scope), value);
      case "tuple": case "list": {
        const items = yield* this.list(value), star = target.items.findIndex((t) => t.kind === "star"), after = target.items.length - star - 1;
        if (star < 0 ? items.length !== target.items.length : items.length < target.items.length - 1)
          throw exception("ValueError", items.length > target.items.length ? `too many values to unpack (expected ${target.items.length})` : `not enough values to unpack (expected ${target.items.length}, got ${items.length})`);
        for (const [i, t] of target.items.entries())
          if (t.kind === "star") yield* this.assign(t.value, items.slice(i, items.length - after), scope);
          else yield* this.assign(t, items[star >= 0 && i > star ? items.length - (target.items.length - i) : i], scope);
        return null;
      }
      default: throw new Unsupported(`an assignment to a ${target.kind}`);
    }
  }
  *#augment(target: Expr, operator: string, node: Expr, scope: Scope): Running {
    if (target.kind === "name") {
      const changed = yield* this.#augmented(operator, this.name(target.name, scope), yield* this.evaluate(node, scope));
      scope.set(target.name, changed);
    } else if (target.kind === "attribute") {
      const object = yield* this.evaluate(target.object, scope), old = yield* this.attribute(object, target.name);
      this.setAttribute(object, target.name, yield* this.#augmented(operator, old, yield* this.evaluate(node, scope)));
    } else if (target.kind === "index") {
      const object = yield* this.evaluate(target.object, scope), index = yield* this.evaluate(target.index, scope), old = yield* this.item(object, index);
      yield* this.setItem(object, index, yield* this.#augmented(operator, old, yield* this.evaluate(node, scope)));
    } else throw new Unsupported(`${operator}= to a ${target.kind}`);
    return undefined;
  }
  *#augmented(operator: string, old: Value, by: Value): Steps {
    if (Array.isArray(old) && !(old instanceof Tuple) && operator === "+") { (old as Value[]).push(...(yield* this.list(by))); return old; }
    const special = yield* this.special(`__i${specialNames[operator] ?? operator}__`, old, [by]);
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
      if (typeof object !== "object" || object === null) throw new Unsupported("del of an attribute of a number");
      // A property of the class, as x.grad is, is emptied; an object's own goes.
      return Object.hasOwn(object, target.name) ? Reflect.deleteProperty(object, target.name) : this.host.setAttribute(object, target.name, null);
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
    if (target !== null) yield* this.assign(target, entered, scope);
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
}

/** Methods do not see the names of the class around them. */
function rehome(fn: PyFunction, body: Scope, outside: Scope): void {
  if (fn.scope === body) Reflect.set(fn, "scope", outside);
}
