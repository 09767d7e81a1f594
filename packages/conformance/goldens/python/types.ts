/** @file What Python calls the types of values. */
import { classOf, Dict, HostClass, PyClass, PyFunction, PySet, PyType } from "./objects.ts";
import { isInteger } from "./operators.ts";
import { Float, Tuple, type Value } from "./values.ts";

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
