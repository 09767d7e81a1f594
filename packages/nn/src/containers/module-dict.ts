/** @file Modules by name. */
import { Module } from "../module.ts";
import { ModuleError } from "../errors.ts";
import { itemsOf } from "./items.ts";

/**
 * Modules by name, PyTorch's `nn.ModuleDict`, in the order in which they were added. It has no `forward`.
 * @example `new ModuleDict({ conv: new Linear(2, 3), act: new Tanh() }).get("act")`
 */
export class ModuleDict<M extends Module = Module> extends Module implements Iterable<string> {
  static override readonly name: string = "ModuleDict";
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [name: string, module: M]> = {}) {
    super();
    this.update(modules);
  }
  /** How many modules. */
  get length(): number {
    return itemsOf(this).length;
  }
  /** Whether there is one of this name. */
  has(name: string): boolean {
    return itemsOf(this).some(([key]) => key === name);
  }
  /** The module of a name; ModuleError where there is none. */
  get(name: string): M {
    const item = itemsOf<M>(this).find(([key]) => key === name);
    if (item === undefined) throw new ModuleError(`'${name}'`);
    return item[1];
  }
  /** Puts a module under a name, a new one or that of another. */
  set(name: string, module: M): void {
    this.addModule(name, module);
  }
  /** Puts each of a record, or of pairs, under its name. */
  update(modules: Readonly<Record<string, M>> | Iterable<readonly [name: string, module: M]>): void {
    for (const [name, module] of Symbol.iterator in modules ? (modules as Iterable<readonly [string, M]>) : Object.entries(modules)) this.set(name, module);
  }
  /** Takes a module out and gives it. */
  pop(name: string): M {
    const module = this.get(name);
    Reflect.deleteProperty(this, name);
    return module;
  }
  /** Takes all out. */
  clear(): void {
    for (const name of this.keys()) Reflect.deleteProperty(this, name);
  }
  /** The names, in order. */
  keys(): string[] {
    return itemsOf(this).map(([name]) => name);
  }
  /** The modules, in order. */
  values(): M[] {
    return itemsOf<M>(this).map(([, module]) => module);
  }
  /** Pairs of name and module, in order. */
  items(): [name: string, module: M][] {
    return itemsOf<M>(this);
  }
  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
}
