/** @file Reverse mode: walks the tape once, iteratively, in time linear in the graph. Knows no op. */
import { dtypes } from "../dtype.ts";
import { ArgumentError, AutogradError, ShapeError } from "../errors.ts";
import { add, cast, lit, load } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { closeFrame, join, openFrame, takeFromFrame, youngest } from "../scope.ts";
import { sameShape, showShape } from "../shape.ts";
import { type Edge, enableGrad, type Node, noGrad, watchOf } from "../tape.ts";
import { alias, alive, isTensor, type Tensor } from "../tensor.ts";
import { clone, generate, mapInto, mapProgram } from "./map-reduce.ts";

type AnyNode = Node<never>;
/** The gradients that have arrived at the outputs of a node. Each slot owns its handle. */
class Pending {
  readonly grads: (Tensor | undefined)[] = [];
  /** Whether it leads to a target. */
  needed = true;
}
/** Where gradients are wanted: an output of a node, or the accumulator of a leaf. */
type Target = { readonly edge: Edge; found: Tensor | undefined };

const sumOf = /*@__PURE__*/ perDType((d) => program("add", [d, d], [], [cast(add(load(0, d), load(1, d)), d)]));
const one = /*@__PURE__*/ perDType((d, c) => program("ones", [], [], [cast(lit(1, c), d)]));

/**
 * Each node that the roots lead to, inputs before users, with an entry in `pending`. An explicit stack: graphs are deeper
 * than the call stack.
 */
function nodesFrom(roots: readonly Edge[], pending: Map<AnyNode, Pending>): AnyNode[] {
  const order: AnyNode[] = [];
  const nodes: AnyNode[] = [], positions: number[] = [];
  for (const root of roots) {
    if (pending.has(root.node)) continue;
    pending.set(root.node, new Pending());
    nodes.push(root.node);
    positions.push(0);
    while (nodes.length > 0) {
      const top = nodes.length - 1, node = nodes[top]!, at = positions[top]!++;
      if (at >= node.edges.length) {
        order.push(node);
        nodes.pop();
        positions.pop();
        continue;
      }
      const next = node.edges[at]?.node;
      if (next !== undefined && !pending.has(next)) {
        pending.set(next, new Pending());
        nodes.push(next);
        positions.push(0);
      }
    }
  }
  return order;
}

function deposit({ grads }: Pending, { output }: Edge, grad: Tensor): void {
  const before = grads[output];
  if (before === undefined) {
    grads[output] = grad;
    return;
  }
  grads[output] = owned(mapProgram, sumOf(grad.dtype), [before, grad]);
  before.free(null);
  grad.free(null);
}

/** A handle of its own on what `make` gives: joined to nothing, freed by whoever holds it. */
function owned<A extends readonly unknown[]>(make: (...args: A) => Tensor, ...args: A): Tensor {
  const outer = openFrame();
  try {
    return taken(make(...args));
  } finally {
    closeFrame(outer);
  }
}

/** The handle itself if it was made in the open frame, else a second one. */
const taken = (tensor: Tensor): Tensor => (takeFromFrame(tensor) ? tensor : alias(tensor));

function accumulate(leaf: Tensor, grad: Tensor, createGraph: boolean): void {
  const before = leaf.grad;
  if (before === null) {
    // Stolen if nobody else has it and it is dense, copied otherwise: .grad is dense and unshared.
    const stolen = grad.window.dense && grad.storage.unshared && grad.storage.length === grad.window.size;
    leaf.grad = stolen ? grad : owned(clone, grad);
    if (!stolen) grad.free(null);
  } else {
    if (createGraph || before.requiresGrad) leaf.grad = owned(mapProgram, sumOf(grad.dtype), [before, grad]);
    else mapInto(before, sumOf(grad.dtype), [grad]);
    grad.free(null);
  }
}

type WalkOptions = { readonly retainGraph: boolean; readonly createGraph: boolean };

function walk(roots: readonly Edge[], seeds: readonly Tensor[], targets: readonly Target[] | undefined, options: WalkOptions): void {
  const pending = new Map<AnyNode, Pending>();
  const order = nodesFrom(roots, pending);
  if (targets !== undefined) {
    const wanted = new Set(targets.map((t) => t.edge.node));
    for (const node of order) pending.get(node)!.needed = wanted.has(node) || leadsOn(node, pending);
  }
  for (let i = 0; i < roots.length; i++) deposit(pending.get(roots[i]!.node)!, roots[i]!, seeds[i]!);
  const step = options.createGraph ? enableGrad : noGrad;
  step(() => {
    try {
      for (let i = order.length - 1; i >= 0; i--) visit(order[i]!, pending, targets, options);
    } finally {
      for (const { grads } of pending.values()) for (let i = 0; i < grads.length; i++) grads[i]?.free(null);
    }
  });
}

/** Whether one of a node's inputs is needed. */
const leadsOn = (node: AnyNode, pending: Map<AnyNode, Pending>): boolean => node.edges.some((edge) => edge !== null && pending.get(edge.node)!.needed);

function visit(node: AnyNode, pending: Map<AnyNode, Pending>, targets: readonly Target[] | undefined, options: WalkOptions): void {
  const entry = pending.get(node)!;
  const { grads } = entry;
  if (!entry.needed || grads.length === 0) return;
  if (targets !== undefined)
    for (const target of targets) {
      const grad = target.edge.node === node ? grads[target.edge.output] : undefined;
      if (grad !== undefined) target.found = alias(grad);
    }
  keepGrads(node, grads, targets);
  if (node.leaf !== null) {
    const grad = grads[0];
    if (grad !== undefined && targets === undefined) {
      grads.length = 0;
      accumulate(node.leaf, grad, options.createGraph);
    }
  } else if (targets === undefined || leadsOn(node, pending)) {
    const outer = openFrame();
    try {
      const { edges } = node;
      // Each edge owns a handle before the first deposit, which may free what it adds up.
      const given = node.rule!.vjp(grads, node).map((grad, i) => (grad === undefined || !edges[i] || !pending.get(edges[i].node)!.needed ? undefined : taken(checked(node, grad, edges[i]))));
      for (let i = 0; i < given.length; i++) if (given[i] !== undefined) deposit(pending.get(edges[i]!.node)!, edges[i]!, given[i]!);
    } finally {
      closeFrame(outer);
    }
    if (!options.retainGraph) node.dropSaved();
  }
  for (let i = 0; i < grads.length; i++) grads[i]?.free(null);
  grads.length = 0;
}

export function retainGrad(tensor: Tensor): Tensor {
  alive("retainGrad", tensor);
  if (tensor.edge === null) throw new AutogradError("can't retain_grad on Tensor that has requires_grad=False");
  if (!tensor.isLeaf) watchOf(tensor.edge).retain = new WeakRef(tensor);
  return tensor;
}
function keepGrads(node: AnyNode, grads: readonly (Tensor | undefined)[], targets: readonly Target[] | undefined): void {
  if (targets !== undefined) return;
  for (const edge of node.outputs) {
    const grad = grads[edge.output], tensor = edge.watch?.retain?.deref();
    if (grad === undefined || tensor === undefined || tensor.freedBy !== undefined) continue;
    tensor.grad = tensor.grad === null ? alias(grad) : owned(mapProgram, sumOf(grad.dtype), [tensor.grad, grad]);
  }
}

function checked(node: AnyNode, grad: Tensor, edge: Edge): Tensor {
  if (!sameShape(grad.shape, edge.shape))
    throw new ShapeError(`Function ${node.name} returned an invalid gradient - got ${showShape(grad.shape)} but expected shape compatible with ${showShape(edge.shape)}`);
  return grad;
}

/** The gradient to start from: the caller's, or 1 for a scalar. Always a handle of its own. */
function seedOf(root: Tensor, gradient: Tensor | undefined): Tensor {
  alive("backward", root);
  if (root.edge === null) throw new AutogradError("element 0 of tensors does not require grad and does not have a grad_fn");
  if (gradient !== undefined) {
    if (!isTensor(gradient)) throw new ArgumentError(`gradients can be either Tensors or None, but got ${typeof gradient}`);
    alive("backward", gradient);
    if (!sameShape(gradient.shape, root.shape))
      throw new AutogradError(
        `Mismatch in shape: grad_output[0] has a shape of torch.Size(${showShape(gradient.shape)}) and output[0] has a shape of torch.Size(${showShape(root.shape)}).`);
    return alias(gradient);
  }
  if (root.window.size !== 1) throw new AutogradError("grad can be implicitly created only for scalar outputs");
  if (dtypes[root.dtype].kind !== "float") throw new AutogradError(`grad can be computed only for real scalar outputs but got ${root.dtype}`);
  return owned(generate, root.storage.device, one(root.dtype), [], root.shape);
}

export type BackwardOptions = {
  /** Keep what backward reads, so that it can run again. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the backward itself, for higher derivatives. */
  readonly createGraph?: boolean;
  /** Accumulate into these alone. */
  readonly inputs?: readonly Tensor[];
};

/**
 * Adds to the `.grad` of every leaf the gradient of `root`, as PyTorch's `Tensor.backward`.
 * @param gradient the gradient of what follows, of root's shape; needed unless root has one element
 */
export function backward(root: Tensor, gradient?: Tensor, options: BackwardOptions = {}): void {
  const { createGraph = false, retainGraph = createGraph, inputs } = options;
  if (inputs !== undefined && inputs.length === 0) throw new AutogradError("inputs argument to backward() cannot be empty.");
  const seed = seedOf(root, gradient);
  if (inputs === undefined) return walk([root.edge!], [seed], undefined, { retainGraph, createGraph });
  const targets = inputs.map(targetOf);
  walk([root.edge!], [seed], targets, { retainGraph, createGraph });
  targets.forEach((target, i) => { if (target.found !== undefined) accumulate(inputs[i]!, target.found, createGraph); });
}

function targetOf(input: Tensor): Target {
  alive("grad", input);
  if (input.edge === null) throw new AutogradError("One of the differentiated Tensors does not require grad");
  return { edge: input.edge, found: undefined };
}

export type GradOptions = BackwardOptions & {
  readonly gradOutputs?: Tensor | readonly (Tensor | undefined)[];
  /** Give null, instead of an error, for an input that the outputs do not depend on. */
  readonly allowUnused?: boolean;
};

/** The gradients of `outputs` with respect to `inputs`, summed over the outputs; `.grad` is not touched. PyTorch's `autograd.grad`. */
export function grad(outputs: Tensor | readonly Tensor[], inputs: Tensor | readonly Tensor[], options: GradOptions = {}): (Tensor | null)[] {
  const { createGraph = false, retainGraph = createGraph, allowUnused = false, gradOutputs } = options;
  const roots = asList(outputs), wanted = asList(inputs);
  const given = gradOutputs === undefined ? [] : asList(gradOutputs as Tensor | readonly Tensor[]);
  const targets = wanted.map(targetOf);
  const seeds = roots.map((root, i) => seedOf(root, given[i]));
  walk(roots.map((root) => root.edge!), seeds, targets, { retainGraph, createGraph });
  const lifetime = [...roots, ...wanted].reduce<Tensor["lifetime"]>((all, x) => youngest(all, x.lifetime), null);
  const missing = targets.findIndex((target) => target.found === undefined);
  if (missing >= 0 && !allowUnused) {
    for (const target of targets) target.found?.dispose();
    throw new AutogradError("One of the differentiated Tensors appears to not have been used in the graph. Set allowUnused: true if this is the desired behavior.");
  }
  return targets.map(({ found }) => {
    if (found === undefined) return null;
    join(found, lifetime);
    return found;
  });
}

const asList = (x: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(x) ? (x as readonly Tensor[]) : [x as Tensor]);
