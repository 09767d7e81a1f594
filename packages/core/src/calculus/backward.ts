/** @file Reverse mode as users call it: into `.grad`, or as a list of gradients. The walk itself is in walk.ts. */
import { dtypes } from "../dtype.ts";
import { ArgumentError, AutogradError } from "../errors.ts";
import * as python from "../python.ts";
import { cast, lit } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { join, type Lifetime, youngest } from "../scope.ts";
import { sameShape } from "../shape.ts";
import { type Edge, watchOf } from "../tape.ts";
import { alias, alive, isTensor, setRequiresGrad, type Tensor } from "../tensor.ts";
import { generate, zerosOn } from "./map-reduce.ts";
import { warn } from "../warning.ts";
import { inDType, owned, type Target, walk } from "./walk.ts";

/** One, or several in order. */
export type OneOrMore<T> = T | readonly T[];
/** A gradient to start from; null and undefined are 1, for an output of one element. */
export type Cotangent = Tensor | null | undefined;

const one = /*@__PURE__*/ perDType((d, c) => program("ones", [], [], [cast(lit(1, c), d)]));

const isList = <T>(x: OneOrMore<T>): x is readonly T[] => Array.isArray(x);
export const asList = <T>(x: OneOrMore<T>): readonly T[] => (isList(x) ? x : [x]);

function lifetimeOf(tensors: readonly Tensor[]): Lifetime | null {
  let lifetime: Lifetime | null = null;
  for (let i = 0; i < tensors.length; i++) lifetime = youngest(lifetime, tensors[i]!.lifetime);
  return lifetime;
}

function edgesOf(tensors: readonly Tensor[]): Edge[] {
  const edges = new Array<Edge>(tensors.length);
  for (let i = 0; i < tensors.length; i++) edges[i] = tensors[i]!.edge!;
  return edges;
}

/** The gradient to start from at output `i`: the caller's, or 1 for a single element. Undefined where a later check refuses the output. */
function seedOf(root: Tensor, gradient: Cotangent, i: number): Tensor | undefined {
  alive("backward", root);
  if (gradient === undefined || gradient === null) {
    if (!root.requiresGrad) return undefined;
    if (root.window.size !== 1) throw new AutogradError("grad can be implicitly created only for scalar outputs");
    if (dtypes[root.dtype].kind !== "float") throw new AutogradError(`grad can be implicitly created only for real scalar outputs but got torch.${root.dtype}`);
    return owned(generate, root.storage.device, one(root.dtype), [], root.shape);
  }
  if (!isTensor(gradient)) throw new ArgumentError(`gradients can be either Tensors or None, but got ${python.typeName(gradient)}`);
  alive("backward", gradient);
  if (!sameShape(gradient.shape, root.shape))
    throw new AutogradError(
      `Mismatch in shape: grad_output[${i}] has a shape of ${python.size(gradient.shape)} and output[${i}] has a shape of ${python.size(root.shape)}.`);
  return gradient.dtype === root.dtype ? alias(gradient) : owned(inDType, gradient, root.dtype);
}

/** The gradients to start from, checked. */
function seedsOf(roots: readonly Tensor[], gradients: OneOrMore<Cotangent>): readonly Tensor[] {
  const given = gradients === undefined || gradients === null ? undefined : asList(gradients);
  const seeds = new Array<Tensor>(roots.length);
  try {
    let refused = -1;
    for (let i = 0; i < roots.length; i++) {
      const seed = given !== undefined && i >= given.length ? undefined : seedOf(roots[i]!, given?.[i], i);
      if (seed !== undefined) seeds[i] = seed;
      if (refused < 0 && !roots[i]!.requiresGrad) refused = i;
    }
    if (given !== undefined && given.length !== roots.length) throw new AutogradError(`got ${roots.length} tensors and ${given.length} gradients`);
    if (refused >= 0) throw new AutogradError(`element ${refused} of tensors does not require grad and does not have a grad_fn`);
    return seeds;
  } catch (error) {
    seeds.forEach((seed) => seed.free(null)); // Those that there are.
    throw error;
  }
}

/** Where gradients are wanted; an input that cannot have one frees the seeds. */
function targetsOf(inputs: readonly Tensor[], seeds: readonly Tensor[], edgeOf: (input: Tensor) => Edge): Target[] {
  try {
    return inputs.map((input) => ({ edge: edgeOf(input), found: undefined }));
  } catch (error) {
    for (const seed of seeds) seed.free(null);
    throw error;
  }
}

export type BackwardOptions = {
  /** Keep what backward reads, so that it can run again. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the backward itself, for higher derivatives. */
  readonly createGraph?: boolean;
  /** Accumulate into these alone: leaves, or results, which then keep their `.grad`. */
  readonly inputs?: OneOrMore<Tensor>;
};

/**
 * Adds to the `.grad` of every leaf its gradient: PyTorch's `Tensor.backward` and, of several tensors, `autograd.backward`.
 * @param tensors where the walk begins: one, or several
 * @param gradients the gradient of what follows, of each tensor's shape; needed unless a tensor has one element
 * @returns nothing
 * @throws AutogradError for tensors without history, one of several elements without a gradient, a gradient of another shape, and where what backward needs was freed or changed in
 * place
 * @example
 * ```ts
 * const x = tensor([1, 2], { requiresGrad: true });
 * backward(x.square().sum());
 * x.grad // [2, 4]
 * ```
 */
export function backward(tensors: OneOrMore<Tensor>, gradients?: OneOrMore<Cotangent>, options: BackwardOptions = {}): void {
  const { createGraph = false, retainGraph = createGraph } = options;
  const roots = asList(tensors), inputs = options.inputs === undefined ? undefined : asList(options.inputs);
  if (inputs !== undefined && inputs.length === 0) throw new AutogradError("'inputs' argument to backward() cannot be empty.");
  const seeds = seedsOf(roots, gradients), targets = inputs === undefined ? undefined : targetsOf(inputs, seeds, (input) => retainGrad(input).edge!);
  if (createGraph)
    warn(
      "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. " +
      "If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.");
  walk(edgesOf(roots), seeds, lifetimeOf(roots), { retainGraph, createGraph, targets });
}

/**
 * Makes a result keep its gradient in `.grad`, as leaves do: PyTorch's `retain_grad`.
 * @param tensor a result that requires a gradient
 * @returns the tensor itself
 * @throws AutogradError for one that requires none
 */
export function retainGrad(tensor: Tensor): Tensor {
  alive("retainGrad", tensor);
  if (tensor.edge === null) throw new AutogradError("can't retain_grad on Tensor that has requires_grad=False");
  if (!tensor.isLeaf) watchOf(tensor.edge).retain = new WeakRef(tensor);
  return tensor;
}

function edgeOf(input: Tensor): Edge {
  alive("grad", input);
  if (input.edge === null) throw new AutogradError("One of the differentiated Tensors does not require grad");
  return input.edge;
}

export type GradOptions = Pick<BackwardOptions, "retainGraph" | "createGraph"> & {
  /** The gradients to start from, one for each output. */
  readonly gradOutputs?: OneOrMore<Cotangent>;
  /** Give null, instead of an error, for an input that the outputs do not depend on. */
  readonly allowUnused?: boolean;
  /** Give zeros for an input that the outputs do not depend on. */
  readonly materializeGrads?: boolean;
};

/** A gradient for each input, in order; of one input that is no array, an array of one. */
export type GradsOf<I extends OneOrMore<Tensor>, G = Tensor> = I extends readonly Tensor[] ? { -readonly [K in keyof I]: G } : [G];

/**
 * The gradients of `outputs` with respect to `inputs`, summed over the outputs; `.grad` is not touched. PyTorch's `autograd.grad`.
 * @param outputs where the walk begins: one, or several
 * @param inputs whose gradients are asked for
 * @returns a tensor of each input's shape and dtype; null where an input was not used, if `allowUnused` says so
 * @throws AutogradError where `backward` throws it, and for an input that was not used
 * @example
 * ```ts
 * const x = tensor([1, 2], { requiresGrad: true });
 * grad(x.square().sum(), x) // [[2, 4]]
 * ```
 */
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options?: GradOptions & { readonly allowUnused?: false }): GradsOf<I>;
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options: GradOptions & { readonly materializeGrads: true }): GradsOf<I>;
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options?: GradOptions): GradsOf<I, Tensor | null>;
export function grad(outputs: OneOrMore<Tensor>, inputs: OneOrMore<Tensor>, options: GradOptions = {}): unknown {
  const { createGraph = false, retainGraph = createGraph, materializeGrads = false, allowUnused = materializeGrads, gradOutputs } = options;
  if (materializeGrads && !allowUnused)
    throw new ArgumentError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.");
  const roots = asList(outputs), wanted = asList(inputs);
  const seeds = seedsOf(roots, gradOutputs);
  if (wanted.length === 0) {
    for (const seed of seeds) seed.free(null);
    throw new ArgumentError("grad requires non-empty inputs.");
  }
  const targets = targetsOf(wanted, seeds, edgeOf);
  const lifetime = lifetimeOf([...roots, ...wanted]);
  try {
    walk(edgesOf(roots), seeds, lifetime, { retainGraph, createGraph, targets, capture: true });
    if (!allowUnused && targets.some(({ found }) => found === undefined))
      throw new AutogradError("One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.");
  } catch (error) {
    for (const { found } of targets) found?.free(null);
    throw error;
  }
  return targets.map(({ found }, i) => {
    if (found === undefined) return materializeGrads ? zeroGrad(wanted[i]!, lifetime) : null;
    join(found, lifetime);
    return found;
  });
}

function zeroGrad(input: Tensor, lifetime: Lifetime | null): Tensor {
  const zeros = owned(zerosOn, input.storage.device, input.dtype, input.shape);
  setRequiresGrad(zeros, true);
  join(zeros, lifetime);
  return zeros;
}
