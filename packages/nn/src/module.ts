/** @file The base of everything with parameters. Finds parameters, buffers and modules among its own properties; knows no layer. */
import { type Backend, type DType, isTensor, keep, setRequiresGrad, type Tensor } from "@adjoint/core/functional";
import { isParameter } from "./parameter.ts";
import { describe } from "./python.ts";
import { type LoadOptions, type LoadReport, loadInto, type StateDict } from "./state-dict.ts";
import { clearGrad, moved } from "./moving.ts";

/** A tensor of a module, and the property it is kept in: `to(device)` puts another there. */
type Slot = { readonly name: string; readonly holder: object; readonly key: string; readonly tensor: Tensor };
type Contents = { readonly parameters: Slot[]; readonly buffers: Slot[]; readonly modules: [name: string, module: Module][] };

const isRecord = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
};
const prefixed = (prefix: string, name: string): string => (prefix === "" ? name : `${prefix}.${name}`);

/**
 * A part of a network, as PyTorch's `nn.Module`. Parameters, buffers and modules that are own properties, or members of
 * an array or a plain object that is one, belong to it under the names of the properties. Private `#` fields do not.
 * @example `class Net extends Module { readonly fc = new Linear(3, 1); forward(x: Tensor): Tensor { return this.fc.forward(x); } }`
 */
export abstract class Module {
  /** Whether it behaves as in training: dropout drops. See `train` and `eval`. */
  training: boolean = true;
  readonly #buffers: Map<string, boolean> = new Map();

  abstract forward(...inputs: never[]): unknown;

  /** The properties that may hold parameters and modules, by the names they have in `stateDict`. */
  protected members(): readonly (readonly [name: string, value: unknown])[] {
    return Object.entries(this);
  }
  /** What stands between the parentheses of `toString`. */
  protected extraRepr(): string {
    return "";
  }
  /** A tensor that belongs to the module and is not trained; kept in the property `name`, and in `stateDict` unless it is not persistent. */
  registerBuffer(name: string, x: Tensor, options: { readonly persistent?: boolean } = {}): Tensor {
    this.#buffers.set(name, options.persistent ?? true);
    Reflect.set(this, name, x);
    return keep(x);
  }

  #contents(): Contents {
    const found: Contents = { parameters: [], buffers: [], modules: [] };
    const add = (holder: object, key: string, name: string, value: unknown): boolean => {
      if (value instanceof Module) found.modules.push([name, value]);
      else if (isParameter(value)) found.parameters.push({ name, holder, key, tensor: value });
      else if (holder === this && this.#buffers.has(key) && isTensor(value)) found.buffers.push({ name, holder, key, tensor: value });
      else return false;
      return true;
    };
    for (const [name, value] of this.members())
      if (!add(this, name, name, value) && isRecord(value))
        for (const [key, item] of Object.entries(value)) add(value, key, `${name}.${key}`, item);
    return found;
  }
  /** Itself and every module below, each once, with dotted names; its own is "". */
  namedModules(): [name: string, module: Module][] {
    const all: [string, Module][] = [], seen = new Set<Module>();
    const visit = (prefix: string, module: Module): void => {
      if (seen.has(module)) return;
      seen.add(module);
      all.push([prefix, module]);
      for (const [name, child] of module.#contents().modules) visit(prefixed(prefix, name), child);
    };
    visit("", this);
    return all;
  }
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }
  /** The modules it has itself. */
  namedChildren(): [name: string, module: Module][] {
    return this.#contents().modules;
  }
  children(): Module[] {
    return [...new Set(this.#contents().modules.map(([, module]) => module))];
  }
  #slots(kind: "parameters" | "buffers"): Slot[] {
    return this.namedModules().flatMap(([prefix, module]) => module.#contents()[kind].map((slot) => ({ ...slot, name: prefixed(prefix, slot.name) })));
  }
  /** Every parameter once, with its dotted name: a shared one under the first. */
  namedParameters(): [name: string, parameter: Tensor][] {
    return firsts(this.#slots("parameters"));
  }
  parameters(): Tensor[] {
    return this.namedParameters().map(([, x]) => x);
  }
  namedBuffers(): [name: string, buffer: Tensor][] {
    return firsts(this.#slots("buffers"));
  }
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, x]) => x);
  }

  #state(prefix: string, out: [string, Tensor][]): [string, Tensor][] {
    const { parameters, buffers, modules } = this.#contents();
    for (const slot of parameters) out.push([prefixed(prefix, slot.name), slot.tensor]);
    for (const slot of buffers) if (this.#buffers.get(slot.key) === true) out.push([prefixed(prefix, slot.name), slot.tensor]);
    for (const [name, module] of modules) module.#state(prefixed(prefix, name), out);
    return out;
  }
  /** Parameters and persistent buffers by PyTorch's dotted names: the tensors themselves, so it follows the training. `clone` to keep a moment. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.#state("", []));
  }
  /** Copies the values in. Everything is checked before anything is changed. `strict: false` accepts missing and unexpected keys. */
  loadStateDict(state: StateDict, options: LoadOptions = {}): LoadReport {
    return loadInto(this.constructor.name, this.#state("", []), state, options);
  }

  train(mode: boolean = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }
  eval(): this {
    return this.train(false);
  }
  /** Forgets the gradients; `setToNone: false` fills them with 0. */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    for (const x of this.parameters()) clearGrad(x, options.setToNone ?? true);
  }
  requiresGrad_(value: boolean = true): this {
    for (const x of this.parameters()) setRequiresGrad(x, value);
    return this;
  }
  /** Calls `fn` with every module below, children first, and with this one. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }
  /** Moves parameters and buffers to a device, or casts the float ones. They are new tensors: make the optimizer afterwards. The old ones are freed. */
  async to(target: Backend | DType): Promise<this> {
    const slots = [...this.#slots("parameters"), ...this.#slots("buffers")];
    const replaced = await moved(slots.map((slot) => slot.tensor), target);
    for (const { holder, key, tensor } of slots) Reflect.set(holder, key, replaced.get(tensor));
    for (const [old, fresh] of replaced) if (old !== fresh) old.dispose();
    return this;
  }
  /** Frees the memory of its parameters and buffers. */
  dispose(): void {
    for (const x of [...this.parameters(), ...this.buffers()]) x.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** As PyTorch prints a module. */
  toString(): string {
    return describe(this.constructor.name, this.extraRepr(), this.members().flatMap(([name, value]): [string, string][] => {
      if (value instanceof Module) return [[name, value.toString()]];
      if (!isRecord(value)) return [];
      const items = Object.entries(value).filter((item): item is [string, Module] => item[1] instanceof Module);
      if (items.length === 0) return [];
      return [[name, describe(Array.isArray(value) ? "ModuleList" : "ModuleDict", "", items.map(([key, item]) => [key, item.toString()]))]];
    }));
  }
  static {
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), { value(this: Module): string { return this.toString(); } });
  }
}

function firsts(slots: readonly Slot[]): [string, Tensor][] {
  const names = new Map<Tensor, string>();
  for (const { name, tensor } of slots) if (!names.has(tensor)) names.set(tensor, name);
  return [...names].map(([tensor, name]) => [name, tensor]);
}
