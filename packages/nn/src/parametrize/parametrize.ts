/** @file Tensors of a module that are made of others: PyTorch's `nn.utils.parametrize`. */
import { clone, isTensor, python, type Tensor } from "@adjoint/core/functional";
import { ModuleDict } from "../containers/module-dict.ts";
import { ModuleError } from "../errors.ts";
import { Module } from "../module.ts";
import { isParameter, parameter } from "../parameter.ts";
import { apart, type Parametrization, ParametrizationList } from "./parametrization-list.ts";

export { cached, type Parametrization, ParametrizationList } from "./parametrization-list.ts";

/** The parametrizations of a module by the names of its tensors. A module has it from its first parametrization on. */
const dictOf = (module: Module): ModuleDict<ParametrizationList> | undefined => {
  const found: unknown = Object.hasOwn(module, "parametrizations") ? Reflect.get(module, "parametrizations") : undefined;
  return found instanceof ModuleDict ? (found as ModuleDict<ParametrizationList>) : undefined;
};
const listOf = (module: Module, name: string): ParametrizationList | undefined => {
  const dict = dictOf(module);
  return dict?.has(name) === true ? dict.get(name) : undefined;
};

/**
 * Whether a tensor of the module is parametrized: this one, or any.
 * @param module whose tensors they are
 * @param name of one of them
 * @returns true or false
 * @example nn.utils.parametrize.isParametrized(new nn.Linear(2, 3)) // false
 */
export const isParametrized = (module: Module, name?: string): boolean => (name === undefined ? (dictOf(module)?.length ?? 0) > 0 : listOf(module, name) !== undefined);

export type RegisterOptions = {
  /** Whether the parametrization may change dtype and shape of the tensor. */
  readonly unsafe?: boolean;
};
/**
 * Makes a parameter or buffer of a module the result of `parametrization.forward`: from now on each reading of `module[name]` computes it, and what is trained is
 * `module.parametrizations[name].original`, or `original0`, `original1` ... where `rightInverse` gives several. A second one takes the result of the first. Make the optimizer
 * afterwards. PyTorch's `parametrize.register_parametrization`.
 * @param module whose tensor it is
 * @param name of the parameter or buffer
 * @param parametrization a module of one tensor; an inverse is called `rightInverse`
 * @returns the module
 * @throws ModuleError for a name that the module does not have, or a result of another shape or dtype
 * @example nn.utils.parametrize.registerParametrization(new nn.Linear(1, 1), "weight", new nn.ReLU()).weight.ge(0).all() // true
 * @example
 * class Symmetric extends Module { forward(x: Tensor): Tensor { return x.triu().add(x.triu({ diagonal: 1 }).t()); } }
 * utils.parametrize.registerParametrization(new Linear(3, 3), "weight", new Symmetric());
 */
export function registerParametrization<M extends Module>(module: M, name: string, parametrization: Parametrization, options: RegisterOptions = {}): M {
  parametrization.train(module.training);
  const existing = listOf(module, name);
  if (existing !== undefined) {
    const [first] = existing.originals as [Tensor], before = options.unsafe === true ? first : apart(() => clone(existing.value()));
    checked(name, before, () => parametrization.forward(before), options);
    if (before !== first) before.dispose();
    existing.append(parametrization);
    return module;
  }
  const x: unknown = name in module ? Reflect.get(module, name) : undefined, isOwn = isParameter(x) || module.namedBuffers({ recurse: false }).some(([key]) => key === name);
  if (!isTensor(x) || !isOwn) throw new ModuleError(`Module '${module.toString()}' does not have a parameter, a buffer, or a parametrized element with name '${name}'`);
  const before = { shape: x.shape, dtype: x.dtype }, list = new ParametrizationList([parametrization], x, isParameter(x));
  checked(name, before, () => list.value(), options);
  inject(module, name);
  Reflect.deleteProperty(module, name);
  const dict = dictOf(module) ?? new ModuleDict<ParametrizationList>();
  dict.set(name, list);
  Reflect.set(module, "parametrizations", dict);
  return module;
}
function checked(name: string, before: Pick<Tensor, "shape" | "dtype">, make: () => Tensor, { unsafe = false }: RegisterOptions): void {
  if (unsafe) return;
  const after = apart(make), { shape, dtype } = after;
  after.dispose();
  if (dtype !== before.dtype)
    throw new ModuleError(`Registering a parametrization may not change the dtype of the tensor, unless \`unsafe\` flag is enabled.\nunparametrized dtype: ${before.dtype}\nparametrized dtype: ${dtype} (${name})`);
  if (shape.join() !== before.shape.join())
    throw new ModuleError(`Registering a parametrization may not change the shape of the tensor, unless \`unsafe\` flag is enabled.\nunparametrized shape: ${python.size(before.shape)}\nparametrized shape: ${python.size(shape)} (${name})`);
}

/** Prototypes made for parametrized modules, each with a property for the tensors of one. */
const injected = /*@__PURE__*/ new WeakSet<object>();
/** Gives the module a class of its own, as PyTorch does, where the tensor is a property that computes. Copies of the module have the same class, and their own parametrizations. */
function inject(module: Module, name: string): void {
  let prototype = Object.getPrototypeOf(module) as object;
  if (!injected.has(prototype)) {
    const made = Object.create(prototype) as object, named = { [`Parametrized${module.constructor.name}`]: class extends Module {} }[`Parametrized${module.constructor.name}`];
    Object.defineProperty(made, "constructor", { value: named });
    injected.add(made);
    Object.setPrototypeOf(module, made);
    prototype = made;
  }
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: Module): Tensor | undefined { return listOf(this, name)?.value(); },
    set(this: Module, x: Tensor) { listOf(this, name)?.assign(x); },
  });
}

export type RemoveOptions = {
  /** Whether the tensor keeps the value that it has now (the default), or becomes what was trained. */
  readonly leaveParametrized?: boolean;
};
/**
 * Takes all parametrizations of a tensor away: it is a parameter or buffer again. PyTorch's `parametrize.remove_parametrizations`.
 * @param module whose tensor it is
 * @param name of the parameter or buffer
 * @returns the module
 * @throws ModuleError for a tensor that is not parametrized
 * @example nn.utils.parametrize.isParametrized(nn.utils.parametrize.removeParametrizations(nn.utils.parametrizations.spectralNorm(new nn.Linear(2, 3)), "weight")) // false
 */
export function removeParametrizations<M extends Module>(module: M, name: string, options: RemoveOptions = {}): M {
  const dict = dictOf(module), list = listOf(module, name);
  if (dict === undefined || list === undefined) throw new ModuleError(`Module ${module.toString()} does not have a parametrization on ${name}`);
  const originals = list.originals, [first] = originals as [Tensor], wasParameter = isParameter(first), { requiresGrad } = first;
  let x = first;
  if (options.leaveParametrized ?? true) {
    const value = apart(() => clone(list.value()));
    x = wasParameter ? parameter(value, { requiresGrad }) : value;
  } else if (originals.length > 1) throw new ModuleError("Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.");
  dict.pop(name);
  Object.defineProperty(module, name, { value: x, writable: true, enumerable: true, configurable: true });
  if (dict.length === 0) {
    Reflect.deleteProperty(module, "parametrizations");
    Object.setPrototypeOf(module, Object.getPrototypeOf(Object.getPrototypeOf(module)) as object);
  }
  return module;
}
