/** @file What stands in brackets, what is true, and what iterating gives. */
import { Calls } from "./calls.ts";
import { classOf, Dict, exception, Iterator, PySet } from "./objects.ts";
import { asFloat, isInteger, isNumeric } from "./operators.ts";
import { typeName } from "./types.ts";
import { NamedTuple, Slice, type Steps, Tuple, type Value } from "./values.ts";

export abstract class Containers extends Calls {
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
  protected *setItem(object: Value, index: Value, value: Value): Steps {
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
}

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
