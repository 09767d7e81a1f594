/** @file Hooks of modules: what runs before and after `forward`, whoever calls it, and on the way back. A module without hooks pays nothing. */
import type { HookHandle, Tensor } from "@adjoint/core/functional";
import { type BackwardHook, withBackwardHooks } from "./backward-hooks.ts";
import type { Module } from "./module.ts";

/** What the `forward` of a module takes and gives; of a module of which nothing is known, tensors. */
export type InputsOf<M extends Module> = Parameters<M["forward"]> extends readonly never[] ? readonly Tensor[] : Readonly<Parameters<M["forward"]>>;
export type OutputOf<M extends Module> = unknown extends ReturnType<M["forward"]> ? Tensor : ReturnType<M["forward"]>;

/** Sees the arguments of `forward`; what it returns, one argument or an array of them, takes their place. */
export type ForwardPreHook<M, Inputs extends readonly unknown[]> = (module: M, inputs: Inputs) => unknown;
/** Sees the arguments and the result of `forward`; what it returns takes the place of the result. */
export type ForwardHook<M, Inputs extends readonly unknown[], Output> = (module: M, inputs: Inputs, output: Output) => unknown;

type Hook = (module: Module, inputs: readonly unknown[], output?: unknown) => unknown;
type Hooks = { readonly before: Set<{ readonly hook: Hook }>; readonly after: Set<{ readonly hook: Hook }>; readonly backward: Set<{ readonly hook: BackwardHook<Module> }> };
const hooksOf = /*@__PURE__*/ new WeakMap<Module, Hooks>();

/** The hooks of a module. The first time, its `forward` is covered by one of its own that calls them. */
function covered(module: Module): Hooks {
  const known = hooksOf.get(module);
  if (known !== undefined) return known;
  const hooks: Hooks = { before: new Set(), after: new Set(), backward: new Set() };
  const inner = module.forward as (...inputs: readonly unknown[]) => unknown;
  const run = (inputs: readonly unknown[]): unknown => {
    let output = inner.apply(module, [...inputs]);
    for (const { hook } of hooks.after) output = hook(module, inputs, output) ?? output;
    return output;
  };
  const forward = (...given: readonly unknown[]): unknown => {
    let inputs = given;
    for (const { hook } of hooks.before) {
      const changed = hook(module, inputs);
      if (changed !== undefined && changed !== null) inputs = Array.isArray(changed) ? changed : [changed];
    }
    return hooks.backward.size === 0 ? run(inputs) : withBackwardHooks(module, hooks.backward, inputs, run);
  };
  Object.defineProperty(module, "forward", { value: forward, configurable: true, writable: true, enumerable: false });
  hooksOf.set(module, hooks);
  return hooks;
}

export function addHook<K extends keyof Hooks>(module: Module, kind: K, hook: unknown): HookHandle {
  const entries = covered(module)[kind] as Set<{ readonly hook: unknown }>, entry = { hook };
  entries.add(entry);
  const remove = (): void => void entries.delete(entry);
  return { remove, [Symbol.dispose]: remove };
}

/** A copy of a module has its hooks too. */
export function copyHooks(from: Module, to: Module): void {
  const hooks = hooksOf.get(from);
  if (hooks === undefined) return;
  for (const kind of ["before", "after", "backward"] as const) for (const { hook } of hooks[kind]) addHook(to, kind, hook);
}
