/** @file The value of an expression. */
import type { Argument, Expr, Parameter } from "./ast.ts";
import { Containers } from "./containers.ts";
import { classOf, Dict, exception, Iterator, PyClass, PyFunction, PySet, Scope, Super } from "./objects.ts";
import { binary, comparisons, equal, order, unary } from "./operators.ts";
import { formatted, percent, repr, str } from "./text.ts";
import { typeName } from "./types.ts";
import { Float, Slice, type Steps, Tuple, Unsupported, type Value } from "./values.ts";

export abstract class Expressions extends Containers {
  protected abstract assign(target: Expr, value: Value, scope: Scope): Steps;

  *evaluate(node: Expr, scope: Scope): Steps {
    switch (node.kind) {
      case "constant": return node.value;
      case "name": return this.name(node.name, scope);
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
      case "tuple": return Tuple.make(yield* this.items(node.items, scope));
      case "list": return yield* this.items(node.items, scope);
      case "set": return new PySet(yield* this.items(node.items, scope));
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
      case "lambda": return new PyFunction("<lambda>", node.parameters, yield* this.fallbacks(node.parameters, scope), node.body, scope);
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
  protected name(name: string, scope: Scope): Value {
    const holder = scope.find(name) ?? this.builtins.find(name);
    if (holder === null) throw exception("NameError", `name '${name}' is not defined`);
    return holder.names.get(name);
  }
  protected *items(nodes: readonly Expr[], scope: Scope): Generator<Promise<Value>, Value[], Value> {
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
        yield* this.assign(clause.target, item, scope);
        yield* this.#comprehend(node, at + 1, scope, out);
      }
    return null;
  }
  *#invoke(target: Expr, nodes: readonly Argument[], scope: Scope): Steps {
    if (target.kind === "name" && target.name === "super") {
      if (nodes.length === 2) {
        const owner = yield* this.evaluate(nodes[0]!.value, scope), self = yield* this.evaluate(nodes[1]!.value, scope);
        if (owner instanceof PyClass) return new Super(owner, self);
      }
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
    const special = yield* this.special(`__${specialNames[operator] ?? operator}__`, a, [b]);
    if (special !== undefined) return special;
    const reflected = yield* this.special(`__r${specialNames[operator] ?? operator}__`, b, [a]);
    if (reflected !== undefined) return reflected;
    const found = yield* this.settle(this.host.binary(operator, a, b));
    if (found === undefined) throw exception("TypeError", `unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
    return found;
  }
  protected *special(name: string, self: Value, args: readonly Value[]): Steps {
    const method = classOf(self)?.find(name);
    return method === undefined ? undefined : yield* this.call(method, [self, ...args]);
  }
  *compare(operator: string, a: Value, b: Value): Steps {
    if (operator === "is" || operator === "is not") return (a === b || (a instanceof Float && b instanceof Float && a.value === b.value) || (equal(a, b) && typeof a === typeof b && !Array.isArray(a) && !(a instanceof Dict))) === (operator === "is");
    if (operator === "in" || operator === "not in") return (yield* this.#contains(a, b)) === (operator === "in");
    const special = yield* this.special(`__${compareNames[operator]!}__`, a, [b]);
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

  protected *fallbacks(parameters: readonly Parameter[], scope: Scope): Generator<Promise<Value>, ReadonlyMap<string, Value>, Value> {
    const found = new Map<string, Value>();
    for (const { name, fallback } of parameters) if (fallback !== null) found.set(name, yield* this.evaluate(fallback, scope));
    return found;
  }
}

function runningOf(scope: Scope): Scope["running"] {
  for (let at: Scope | null = scope; at !== null; at = at.parent) if (at.running !== null) return at.running;
  return null;
}
export const specialNames: { readonly [operator: string]: string } = { "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift" };
const compareNames: { readonly [operator: string]: string } = { "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };
