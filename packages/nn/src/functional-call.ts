/** @file A module called with other tensors in the places of its own. */
import type { Tensor } from "@adjoint/core/functional";
import { ModuleError } from "./errors.ts";
import type { Module } from "./module.ts";

/**
 * What `module.forward(...args)` gives with the named parameters and buffers in place of its own, which come back afterwards: PyTorch's `functional_call`. A parameter that is
 * shared is replaced under all its names.
 * @param module whose `forward` is called
 * @param tensors by name: those of `module.namedParameters()` and `namedBuffers()`
 * @param args the one argument, or an array of them
 * @returns what `forward` returns
 * @throws ModuleError for a name that the module does not have
 * @example nn.functionalCall(new nn.Linear(2, 1), { weight: ones([1, 2]), bias: zeros([1]) }, [tensor([[1, 2]])]) // [[3]]
 */
export function functionalCall<M extends Module>(module: M, tensors: Readonly<Record<string, Tensor>>, args: Parameters<M["forward"]> | Tensor): ReturnType<M["forward"]> {
  const slots = module.slots(), given = new Map<Tensor, Tensor>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const slot = slots.find((other) => other.name === name);
    if (slot === undefined) throw new ModuleError(`functional_call: module ${module.constructor.name} has no parameter or buffer '${name}'`);
    given.set(slot.tensor, tensor);
  }
  const replaced = slots.filter(({ tensor }) => given.has(tensor));
  try {
    for (const { holder, key, tensor } of replaced) Reflect.set(holder, key, given.get(tensor));
    const inputs: readonly unknown[] = Array.isArray(args) ? args : [args];
    return Reflect.apply(module.forward, module, inputs) as ReturnType<M["forward"]>;
  } finally {
    for (const { holder, key, tensor } of replaced) Reflect.set(holder, key, tensor);
  }
}
