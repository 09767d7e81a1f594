/** @file Hooks of modules: what runs before and after `forward`, whoever calls it. A module without hooks pays nothing. */
import type { Module } from "./module.ts";

/** Sees the arguments of `forward`; what it returns, one argument or an array of them, takes their place. */
export type ForwardPreHook<M, Inputs extends readonly unknown[]> = (module: M, inputs: Inputs) => unknown;
/** Sees the arguments and the result of `forward`; what it returns takes the place of the result. */
export type ForwardHook<M, Inputs extends readonly unknown[], Output> = (module: M, inputs: Inputs, output: Output) => unknown;
/** Takes the hook away again. */
export type HookHandle = { remove(): void };

type Hook = (module: Module, inputs: readonly unknown[], output?: unknown) => unknown;
type Hooks = { readonly before: Set<{ readonly hook: Hook }>; readonly after: Set<{ readonly hook: Hook }> };
const hooksOf = /*@__PURE__*/ new WeakMap<Module, Hooks>();

/** The hooks of a module. The first time, its `forward` is covered by one of its own that calls them. */
function covered(module: Module): Hooks {
  const known = hooksOf.get(module);
  if (known !== undefined) return known;
  const hooks: Hooks = { before: new Set(), after: new Set() };
  const inner = module.forward as (...inputs: readonly unknown[]) => unknown;
  const forward = (...given: readonly unknown[]): unknown => {
    let inputs = given;
    for (const { hook } of hooks.before) {
      const changed = hook(module, inputs);
      if (changed !== undefined && changed !== null) inputs = Array.isArray(changed) ? changed : [changed];
    }
    let output = inner.apply(module, [...inputs]);
    for (const { hook } of hooks.after) output = hook(module, inputs, output) ?? output;
    return output;
  };
  Object.defineProperty(module, "forward", { value: forward, configurable: true, writable: true, enumerable: false });
  hooksOf.set(module, hooks);
  return hooks;
}

export function addHook(module: Module, kind: keyof Hooks, hook: unknown): HookHandle {
  const entry = { hook: hook as Hook }, entries = covered(module)[kind];
  entries.add(entry);
  return { remove: () => void entries.delete(entry) };
}

/** A copy of a module has its hooks too. */
export function copyHooks(from: Module, to: Module): void {
  const hooks = hooksOf.get(from);
  if (hooks === undefined) return;
  for (const kind of ["before", "after"] as const) for (const { hook } of hooks[kind]) addHook(to, kind, hook);
}
