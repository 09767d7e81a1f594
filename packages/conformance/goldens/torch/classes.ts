/** @file Our classes in Python's hands: modules, optimizers, schedulers, data sets, custom functions; and classes that Python code derives from them. */
import { isTensor } from "@adjoint/core";
import { BoundMethod, classOf, Descriptor, Dict, HostClass, type PyClass, PyFunction, type Constructor } from "../python/objects.ts";
import type { Keywords, Native, Value } from "../python/values.ts";
import { bridge, camel, lifted, Named, options, plain } from "./convert.ts";
import { constructors } from "./constructors.table.ts";
import { bind, bindAnyway, overloadsOf, valueOf } from "./signature.ts";

/** Python's arguments as ours: what is required (and dim) by place, the rest in one options object. */
export function placed(signature: string | undefined, args: readonly Value[], kw: Keywords): Value[] {
  if (signature === undefined) {
    const named = options(kw);
    return [...args.map(plain), ...(Object.keys(named).length > 0 ? [named] : [])];
  }
  const overloads = overloadsOf(signature), { values, overload } = bind(overloads, args, kw) ?? bindAnyway(overloads, args, kw);
  const places: Value[] = [], named: { [name: string]: Value } = {};
  for (const p of overload) {
    const value = values.has(p.name) ? (p.kind === "groups" ? groups(values.get(p.name)) : valueOf(p, values.get(p.name))) : undefined;
    if (p.rest) places.push(...((value as readonly Value[] | undefined) ?? []));
    else if (p.place) places.push(value);
    else if (value !== undefined) named[camel(p.name)] = value;
  }
  if (Object.keys(named).length > 0) places.push(named);
  else while (places.length > 0 && places.at(-1) === undefined) places.pop();
  return places;
}

/** Parameters, or groups of them, whose options are in our words. */
const groups = (x: Value): Value => (Array.isArray(x) ? (x as readonly Value[]).map((group) => (group instanceof Dict ? options(Object.fromEntries(group.entries()) as Keywords) : plain(group))) : plain(x));

const made = new Map<unknown, HostClass>();
/** @param path PyTorch's name: "nn.Linear" */
export function hostClass(path: string, constructed: Constructor): HostClass {
  let cls = made.get(constructed);
  if (cls === undefined) {
    const make: Native = (args, kw) => Reflect.construct(constructed as unknown as new () => object, placed(constructors[path], args, kw)) as object;
    made.set(constructed, (cls = new HostClass(path.split(".").at(-1)!, constructed, make)));
  }
  return cls;
}

/** A subclass of ours whose methods are Python's: `forward` runs the Python function, inside our hooks. */
export function derive(cls: PyClass, base: HostClass): void {
  const parent = base.constructed as unknown as new (...args: readonly never[]) => object;
  const derived = class extends parent {};
  Object.defineProperty(derived, "name", { value: cls.name });
  for (const level of [...cls.order()].reverse()) {
    if (level instanceof HostClass) continue;
    for (const [name, value] of level.members) {
      if (value instanceof Descriptor && value.kind === "static") Object.defineProperty(derived, camel(name), { value: (...args: readonly Value[]) => plain(bridge.call(value.fn, args.map((x) => lifted(x)))), writable: true, configurable: true });
      else if (value instanceof PyFunction && !name.startsWith("__"))
        Object.defineProperty(derived.prototype, camel(name), { value: function (this: object, ...args: readonly Value[]) {
            const last = args.at(-1), kw = last instanceof Named ? last.kw : {};
            return plain(bridge.call(new BoundMethod(this, value), (last instanceof Named ? args.slice(0, -1) : args).map((x) => lifted(x)), kw));
          }, writable: true, configurable: true });
    }
  }
  cls.constructed = derived;
}

/** Calling a module is calling its forward. */
export function callable(x: Value): Native | undefined {
  if (typeof x !== "object" || x === null || isTensor(x)) return undefined;
  const forward: unknown = Reflect.get(x, "forward");
  if (typeof forward !== "function") return undefined;
  const run = (given: readonly Value[]): Value => lifted((forward as (...all: readonly Value[]) => Value).call(x, ...given));
  if (classOf(x) !== undefined) return (args, kw) => run([...args.map(plain), ...(Object.keys(kw).length > 0 ? [new Named(kw)] : [])]); // Python's own forward.
  return (args, kw) => {
    const signature = constructors[`nn.${x.constructor.name}.forward`];
    const { input, ...named } = kw; // Most modules call their first argument so.
    return run(signature === undefined && input !== undefined ? placed(signature, [input, ...args], named) : placed(signature, args, kw));
  };
}
