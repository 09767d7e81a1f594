/** @file What belongs to a module, found among its own properties: parameters, buffers, modules, each with the place it is kept in. */
import { isTensor, type Tensor } from "@adjoint/core/functional";
import { isParameter } from "./parameter.ts";

/** A tensor of a module, and the property it is kept in: what replaces the tensor is put there. */
export type Slot = { readonly name: string; readonly holder: object; readonly key: string; readonly tensor: Tensor };
export type Contents<M> = { readonly parameters: Slot[]; readonly buffers: Slot[]; readonly modules: [name: string, module: M][] };

/** An array or a plain object: its members belong to the module that has it. */
export function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
export const dotted = (prefix: string, name: string): string => (prefix === "" ? name : `${prefix}.${name}`);

/** Looks through the properties of `module` and of the arrays and records among them. */
export function contentsOf<M extends object>(module: M, isModule: (value: unknown) => value is M, buffers: ReadonlyMap<string, boolean>): Contents<M> {
  const found: Contents<M> = { parameters: [], buffers: [], modules: [] };
  const add = (holder: object, key: string, name: string, value: unknown): boolean => {
    if (isModule(value)) found.modules.push([name, value]);
    else if (holder === module && buffers.has(key)) {
      if (isTensor(value)) found.buffers.push({ name, holder, key, tensor: value });
    } else if (isParameter(value)) found.parameters.push({ name, holder, key, tensor: value });
    else return false;
    return true;
  };
  for (const [name, value] of Object.entries(module))
    if (!add(module, name, name, value) && isRecord(value))
      for (const [key, item] of Object.entries(value)) add(value, key, `${name}.${key}`, item);
  return found;
}

/** Every tensor once, under its first name. */
export function firsts(slots: readonly Slot[]): [name: string, tensor: Tensor][] {
  const names = new Map<Tensor, string>();
  for (const { name, tensor } of slots) if (!names.has(tensor)) names.set(tensor, name);
  return [...names].map(([tensor, name]) => [name, tensor]);
}
