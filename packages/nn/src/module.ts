/** @file The base of everything with parameters. Finds parameters, buffers and modules among its own properties; knows no layer. */
import { type Backend, type DType, type HookHandle, isTensor, keep, setRequiresGrad, type Tensor } from "@adjoint/core/functional";
import { contentsOf, type Contents, dotted, firsts, isRecord, type Slot } from "./contents.ts";
import { deepCopy } from "./copying.ts";
import { describe } from "./describe.ts";
import { ModuleError } from "./errors.ts";
import type { BackwardHook } from "./backward-hooks.ts";
import { addHook, copyHooks, type ForwardHook, type ForwardPreHook, type InputsOf, type OutputOf } from "./hooks.ts";
import { allCast, allMoved, clearGrad } from "./moving.ts";
import { isParameter } from "./parameter.ts";
import { checkBuffer, checkName, checkParameter } from "./registration.ts";
import { type LoadOptions, type LoadReport, loadInto, type StateDict } from "./state-dict.ts";

export type NamedOptions = { readonly prefix?: string; readonly recurse?: boolean };

/** Which properties are buffers, and which of them are persistent. Beside the module, not in it: a copy is made property by property. */
const buffersOf = /*@__PURE__*/ new WeakMap<Module, Map<string, boolean>>();
const noBuffers: ReadonlyMap<string, boolean> = /*@__PURE__*/ new Map();
const isModule = (value: unknown): value is Module => value instanceof Module;

/**
 * A part of a network, as PyTorch's `nn.Module`. Parameters, buffers and modules that are own properties, or members of
 * an array or a plain object that is one, belong to it under the names of the properties. Private `#` fields do not.
 * @example `class Net extends Module { readonly fc = new Linear(3, 1); forward(x: Tensor): Tensor { return this.fc.forward(x); } }`
 */
export class Module {
  /** What `toString` and errors call it. Written out in every class, since minifiers rename classes; so should one of yours that is to be printed by its name. */
  static readonly name: string = "Module";
  /** Whether it behaves as in training: dropout drops. See `train` and `eval`. */
  training: boolean = true;

  /** What it computes; a subclass says. Hooks run around it, whoever calls it. */
  forward(...inputs: never[]): unknown;
  forward(): unknown {
    throw new ModuleError(`Module [${this.constructor.name}] is missing the required "forward" function`);
  }
  /** What stands between the parentheses of `toString`; several lines if it has several. */
  protected extraRepr(): string {
    return "";
  }

  /** A tensor that belongs to the module and is not trained; kept in the property `name`, and in `stateDict` unless it is not persistent. */
  registerBuffer<T extends Tensor | null>(name: string, x: T, options: { readonly persistent?: boolean } = {}): T {
    const buffers = buffersOf.get(this) ?? new Map<string, boolean>();
    checkName("buffer", name, name in this && !buffers.has(name) && !isOpen(this, name));
    checkBuffer(name, x ?? null);
    buffersOf.set(this, buffers.set(name, options.persistent ?? true));
    Reflect.set(this, name, x ?? null);
    if (isTensor(x)) keep(x);
    return x;
  }
  /** A parameter under a name that is known only now; null for none. */
  registerParameter(name: string, x: Tensor | null | undefined): void {
    checkName("parameter", name, name in this && !isParameter(Reflect.get(this, name)) && !isOpen(this, name));
    checkParameter(name, x ?? null);
    Reflect.set(this, name, x ?? null);
  }
  /** A module under a name that is known only now; null for none. */
  addModule(name: string, module: Module | null | undefined): void {
    if (module !== null && module !== undefined && !isModule(module)) throw new ModuleError(`${String(module)} is not a Module subclass`);
    checkName("module", name, name in this && !isModule(Reflect.get(this, name)) && !isOpen(this, name));
    Reflect.set(this, name, module ?? null);
  }

  /** Itself and every module below, each once, with dotted names; its own is "". */
  namedModules(): [name: string, module: Module][] {
    const all: [string, Module][] = [], seen = new Set<Module>();
    const visit = (prefix: string, module: Module): void => {
      if (seen.has(module)) return;
      seen.add(module);
      all.push([prefix, module]);
      for (const [name, child] of contents(module).modules) visit(dotted(prefix, name), child);
    };
    visit("", this);
    return all;
  }
  /** Itself and every module below, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }
  /** The modules it has itself, each once. */
  namedChildren(): [name: string, module: Module][] {
    const names = new Map<Module, string>();
    for (const [name, module] of contents(this).modules) if (!names.has(module)) names.set(module, name);
    return [...names].map(([module, name]) => [name, module]);
  }
  /** The modules it has itself, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }
  /** @internal Every parameter and buffer with the place it is kept in; a shared one once for each place. */
  slots(): Slot[] {
    return [...slotsOf(this, "parameters"), ...slotsOf(this, "buffers")];
  }
  /** Every parameter once, with its dotted name: a shared one under the first. */
  namedParameters(options?: NamedOptions): [name: string, parameter: Tensor][] {
    return firsts(slotsOf(this, "parameters", options));
  }
  /** Every parameter once: what an optimizer takes. */
  parameters(options?: Pick<NamedOptions, "recurse">): Tensor[] {
    return this.namedParameters(options).map(([, x]) => x);
  }
  /** Every buffer once, with its dotted name. */
  namedBuffers(options?: NamedOptions): [name: string, buffer: Tensor][] {
    return firsts(slotsOf(this, "buffers", options));
  }
  /** Every buffer once. */
  buffers(options?: Pick<NamedOptions, "recurse">): Tensor[] {
    return this.namedBuffers(options).map(([, x]) => x);
  }

  /** The module of a dotted name; "" is this one. */
  getSubmodule(target: string): Module {
    return descend(this, target === "" ? [] : target.split("."));
  }
  /** The parameter of a dotted name; ModuleError where there is none. */
  getParameter(target: string): Tensor {
    return memberOf(this, target, (_holder, _key, value) => isParameter(value), "an nn.Parameter");
  }
  /** The buffer of a dotted name; ModuleError where there is none. */
  getBuffer(target: string): Tensor {
    return memberOf(this, target, (holder, key, value): value is Tensor => isTensor(value) && buffersOf.get(holder)?.has(key) === true, "a buffer");
  }

  /** Parameters and persistent buffers by PyTorch's dotted names: the tensors themselves, so it follows the training. `clone` to keep a moment. */
  stateDict(options: { readonly prefix?: string } = {}): Record<string, Tensor> {
    return Object.fromEntries(stateOf(this).map(([name, x]) => [`${options.prefix ?? ""}${name}`, x]));
  }
  /** Copies the values in. Everything is checked before anything is changed. `strict: false` accepts missing and unexpected keys. */
  loadStateDict(state: StateDict, options: LoadOptions = {}): LoadReport {
    const names: string[] = [], targets = stateOf(this, names);
    return loadInto(this.constructor.name, names, targets, state, options);
  }

  /** Sets this module and all below to training, or not: dropout drops, norms look at the batch. */
  train(mode: boolean = true): this {
    if (typeof mode !== "boolean") throw new ModuleError("training mode is expected to be boolean");
    for (const module of this.modules()) module.training = mode;
    return this;
  }
  /** As `train(false)`: dropout lets everything through, norms use what they have learned. */
  eval(): this {
    return this.train(false);
  }
  /** Forgets the gradients; `setToNone: false` fills them with 0. */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    for (const x of this.parameters()) clearGrad(x, options.setToNone ?? true);
  }
  /** Whether the parameters, of all modules below too, are trained. */
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
  /** Calls `hook` before `forward`; what it returns, one argument or an array of them, takes the place of the arguments. */
  registerForwardPreHook<Inputs extends readonly unknown[] = InputsOf<this>>(hook: ForwardPreHook<this, Inputs>): HookHandle {
    return addHook(this, "before", hook);
  }
  /** Calls `hook` after `forward`; what it returns takes the place of the result. */
  registerForwardHook<Inputs extends readonly unknown[] = InputsOf<this>, Output = OutputOf<this>>(hook: ForwardHook<this, Inputs, Output>): HookHandle {
    return addHook(this, "after", hook);
  }
  /** Calls `hook` when the gradients of the arguments are there; what it returns takes their place. The module must not change its arguments or results in place. */
  registerFullBackwardHook(hook: BackwardHook<this>): HookHandle {
    return addHook(this, "backward", hook);
  }

  /** Casts the float parameters and buffers, or moves all to a device. They are new tensors: make the optimizer afterwards. The old ones are freed. */
  to(target: DType): this;
  to(target: Backend): Promise<this>;
  to(target: Backend | DType): this | Promise<this> {
    const slots = this.slots(), tensors = slots.map(({ tensor }) => tensor);
    if (typeof target !== "string") return allMoved(tensors, target).then((replaced) => putBack(this, slots, replaced));
    return putBack(this, slots, allCast(tensors, target));
  }
  /** As `to("float64")`. */
  double(): this {
    return this.to("float64");
  }
  /** As `to("float32")`. */
  float(): this {
    return this.to("float32");
  }
  /** As `to("float16")`. */
  half(): this {
    return this.to("float16");
  }
  /** As `to("bfloat16")`. */
  bfloat16(): this {
    return this.to("bfloat16");
  }
  /** A deep copy: parameters and buffers with the same values, hooks too. A subclass with private `#` fields has to override it. */
  copy(): this {
    const made = new Map<unknown, unknown>();
    const copyModule = (value: object): object | undefined => {
      if (!isModule(value)) return undefined;
      const copy = Object.create(Object.getPrototypeOf(value) as object) as Module, buffers = buffersOf.get(value);
      made.set(value, copy);
      if (buffers !== undefined) buffersOf.set(copy, new Map(buffers));
      for (const [key, item] of Object.entries(value)) Reflect.set(copy, key, deepCopy(item, made, copyModule));
      copyHooks(value, copy);
      return copy;
    };
    return copyModule(this) as this;
  }
  /** Frees the memory of its parameters and buffers. */
  dispose(): void {
    for (const { tensor } of this.slots()) tensor.dispose();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** As PyTorch prints a module. */
  toString(): string {
    return describe(this.constructor.name, this.extraRepr(), Object.entries(this).flatMap(([name, value]): [string, string][] => {
      if (isModule(value)) return [[name, value.toString()]];
      if (!isRecord(value)) return [];
      const items = Object.entries(value).filter((item): item is [string, Module] => isModule(item[1]));
      if (items.length === 0) return [];
      return [[name, describe(Array.isArray(value) ? "ModuleList" : "ModuleDict", "", items.map(([key, item]) => [key, item.toString()]))]];
    }));
  }
  static {
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), { value(this: Module): string { return this.toString(); } });
  }
}

/** A class may declare the property that it fills by a registration: until then it is undefined, or null. */
const isOpen = (module: Module, name: string): boolean => (Reflect.get(module, name) ?? null) === null;

const contents = (module: Module): Contents<Module> => contentsOf<Module>(module, isModule, buffersOf.get(module) ?? noBuffers);

function slotsOf(root: Module, kind: "parameters" | "buffers", { prefix = "", recurse = true }: NamedOptions = {}): Slot[] {
  const modules: [string, Module][] = recurse ? root.namedModules() : [["", root]];
  return modules.flatMap(([name, module]) => contents(module)[kind].map((slot) => ({ ...slot, name: dotted(prefix, dotted(name, slot.name)) })));
}

function putBack<M extends Module>(module: M, slots: readonly Slot[], replaced: ReadonlyMap<Tensor, Tensor>): M {
  for (const { holder, key, tensor } of slots) Reflect.set(holder, key, replaced.get(tensor));
  for (const [old, fresh] of replaced) if (old !== fresh) old.dispose();
  return module;
}

/** What `stateDict` names, shared tensors under every name; `names` gets the names of the modules. */
function stateOf(root: Module, names: string[] = []): [string, Tensor][] {
  const out: [string, Tensor][] = [];
  const visit = (prefix: string, module: Module): void => {
    const { parameters, buffers, modules } = contents(module);
    names.push(prefix);
    for (const slot of parameters) out.push([dotted(prefix, slot.name), slot.tensor]);
    for (const slot of buffers) if (buffersOf.get(module)?.get(slot.key) === true) out.push([dotted(prefix, slot.name), slot.tensor]);
    for (const [name, child] of modules) visit(dotted(prefix, name), child);
  };
  visit("", root);
  return out;
}

function descend(root: Module, path: readonly string[]): Module {
  let at: object = root, name = root.constructor.name;
  for (const part of path) {
    if (!(part in at)) throw new ModuleError(`${name} has no attribute \`${part}\``);
    const next: unknown = Reflect.get(at, part);
    // An array or a record of modules is a step of the way.
    if (!isModule(next) && !(isModule(at) && isRecord(next))) throw new ModuleError(`\`${part}\` is not an nn.Module`);
    at = next;
    name = isModule(next) ? next.constructor.name : Array.isArray(next) ? "ModuleList" : "ModuleDict";
  }
  return at as Module;
}

function memberOf(root: Module, target: string, accepts: (holder: Module, key: string, value: unknown) => value is Tensor, what: string): Tensor {
  const path = target.split("."), key = path.pop()!, holder = descend(root, path);
  if (!(key in holder)) throw new ModuleError(`${holder.constructor.name} has no attribute \`${key}\``);
  const value: unknown = Reflect.get(holder, key);
  if (!accepts(holder, key, value)) throw new ModuleError(`\`${key}\` is not ${what}`);
  return value;
}
