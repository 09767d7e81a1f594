/** @file What the interpreter asks of its surroundings. */
import type { Context, HostClass, PyClass, PyObject } from "./objects.ts";
import type { Native, Steps, Value } from "./values.ts";

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
