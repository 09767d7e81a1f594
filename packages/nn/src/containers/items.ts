/** @file What the containers of modules share: their items are the modules among their own properties, in order. */
import { IndexError } from "@adjoint/core/functional";
import { Module } from "../module.ts";

export const itemsOf = <M extends Module = Module>(container: Module): [name: string, item: M][] =>
  Object.entries(container).filter((entry): entry is [string, M] => entry[1] instanceof Module);

/** Adds modules under the numbers that follow. */
export function appended<C extends Module>(container: C, modules: readonly Module[]): C {
  let next = itemsOf(container).length;
  for (const module of modules) container.addModule(String(next++), module);
  return container;
}

/** Negative positions count from the end. */
export function position(index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length) throw new IndexError(`index ${index} is out of range`);
  return index < 0 ? index + length : index;
}

export function at<M extends Module>(container: Module, index: number): M {
  const items = itemsOf<M>(container);
  return items[position(index, items.length)]![1];
}

export const slice = <M extends Module>(container: Module, start?: number, end?: number): [string, M][] => itemsOf<M>(container).slice(start, end);
