/** @file Computations that may have to wait: run to their end at once, or by waiting. */
import { type Steps, Unsupported, type Value } from "./values.ts";

/** How a block ended, if not by reaching its end. */
export type Signal = undefined | "break" | "continue" | { readonly value: Value };
export type Running = Generator<Promise<Value>, Signal, Value>;

export const isSteps = (x: Value): x is Steps => Object.prototype.toString.call(x) === "[object Generator]";

/** To the end, where nothing may be waited for. */
export function runNow<R>(steps: Generator<Promise<Value>, R, Value>): R {
  const { done, value } = steps.next();
  if (done !== true) {
    value.catch(() => {}); // Nobody waits for it any more.
    throw new Unsupported("a read that must be waited for, inside a function that may not wait");
  }
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
