/** @file Modules in a list. */
import { Module } from "../module.ts";
import { appended, at, itemsOf, position, slice } from "./items.ts";

/**
 * Modules by number, PyTorch's `nn.ModuleList`. A plain array in a property of a module does the same; this one can also be printed,
 * and be a part of another container. It has no `forward`.
 * @example `new ModuleList([new Linear(2, 3), new Linear(3, 1)])`
 */
export class ModuleList<M extends Module = Module> extends Module implements Iterable<M> {
  static override readonly name: string = "ModuleList";
  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }
  /** How many modules. */
  get length(): number {
    return itemsOf(this).length;
  }
  /** The module at a position; negative ones count from the end. */
  at(index: number): M {
    return at<M>(this, index);
  }
  /** Those from `start` to before `end`, as a list of their own. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList(slice<M>(this, start, end).map(([, module]) => module));
  }
  /** Puts a module at the end. */
  append(module: M): this {
    return appended(this, [module]);
  }
  /** Puts modules at the end. */
  extend(modules: Iterable<M>): this {
    return appended(this, [...modules]);
  }
  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): void {
    const modules = [...this];
    modules.splice(index, 0, module);
    modules.forEach((item, i) => Reflect.set(this, String(i), item));
  }
  /** Another module at a position. */
  set(index: number, module: M): void {
    Reflect.set(this, String(position(index, this.length)), module);
  }
  /** Takes a module out and gives it; the last if no position is given. */
  pop(index: number = -1): M {
    const modules = [...this], [out] = modules.splice(position(index, modules.length), 1);
    Reflect.deleteProperty(this, String(modules.length));
    modules.forEach((item, i) => Reflect.set(this, String(i), item));
    return out!;
  }
  [Symbol.iterator](): Iterator<M> {
    return itemsOf<M>(this).map(([, module]) => module)[Symbol.iterator]();
  }
}
