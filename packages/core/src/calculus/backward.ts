/** @file Reverse mode: walks the tape once, iteratively, in time linear in the graph. Knows no op. */
import { dtypes } from "../dtype.ts";
import { ArgumentError, AutogradError, ShapeError } from "../errors.ts";
import { add, arg, lit } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { framed, join, youngest } from "../scope.ts";
import { sameShape, showShape } from "../shape.ts";
import { type Edge, enableGrad, type Node, noGrad, watchOf } from "../tape.ts";
import { alias, alive, isTensor, type Tensor } from "../tensor.ts";
import { clone, generate, mapInto, mapProgram } from "./map-reduce.ts";

type AnyNode = Node<never>;
/** The gradients that have arrived at the outputs of a node. Each slot owns its handle. */
type Pending = { readonly grads: (Tensor | undefined)[]; /** Whether it leads to a target. */ needed: boolean };
/** Where gradients are wanted: an output of a node, or the accumulator of a leaf. */
type Target = { readonly edge: Edge; found: Tensor | undefined };

const sumOf = /*@__PURE__*/ perDType((d) => program("add", [d, d], [], [add(arg(0, d), arg(1, d))]));
const one = /*@__PURE__*/ perDType((d) => program("ones", [], [], [lit(1, d)]));

/**
 * Each node that the roots lead to, inputs before users, with an entry in `pending`. An explicit stack: graphs are deeper
 * than the call stack.
 */
function nodesFrom(roots: readonly Edge[], pending: Map<AnyNode, Pending>): AnyNode[] {
  const order: AnyNode[] = [];
  const nodes: AnyNode[] = [], positions: number[] = [];
  for (const root of roots) {
    if (pending.has(root.node)) continue;
    pending.set(root.node, { grads: [], needed: true });
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
        pending.set(next, { grads: [], needed: true });
        nodes.push(next);
        positions.push(0);
      }
    }
  }
  return order;
}

function deposit(pending: Map<AnyNode, Pending>, edge: Edge, grad: Tensor): void {
  const entry = pending.get(edge.node)!;
  const before = entry.grads[edge.output];
  if (before === undefined) {
    entry.grads[edge.output] = grad;
    return;
  }
  entry.grads[edge.output] = owned(() => mapProgram(sumOf(grad.dtype), [before, grad]));
  before.dispose();
  grad.dispose();
}

/** A handle of its own on what `make` gives: joined to nothing, disposed by whoever holds it. */
const owned = (make: () => Tensor): Tensor => framed(() => alias(make()), () => false);

function accumulate(leaf: Tensor, grad: Tensor, createGraph: boolean): void {
  const before = leaf.grad;
  if (before === null) {
    // Stolen if nobody else has it and it is dense, copied otherwise: .grad is dense and unshared.
    const stolen = grad.window.dense && grad.storage.unshared && grad.storage.length === grad.window.size;
    leaf.grad = stolen ? grad : owned(() => clone(grad));
    if (!stolen) grad.dispose();
  } else {
    if (createGraph || before.requiresGrad) leaf.grad = owned(() => mapProgram(sumOf(grad.dtype), [before, grad]));
    else mapInto(before, sumOf(grad.dtype), [grad]);
    grad.dispose();
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
  roots.forEach((root, i) => deposit(pending, root, seeds[i]!));
  const step = options.createGraph ? enableGrad : noGrad;
  step(() => {
    try {
      for (let i = order.length - 1; i >= 0; i--) visit(order[i]!, pending, targets, options);
    } finally {
      for (const { grads } of pending.values()) for (const grad of grads) grad?.dispose();
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
    framed(() => {
      const given = node.rule!.vjp(grads, node);
      node.edges.forEach((edge, i) => {
        const grad = given[i];
        if (edge !== null && grad !== undefined && (targets === undefined || pending.get(edge.node)!.needed)) deposit(pending, edge, alias(checked(node, grad, edge)));
      });
    }, () => false);
    if (!options.retainGraph) node.dropSaved();
  }
  for (const grad of grads) grad?.dispose();
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
    tensor.grad = tensor.grad === null ? alias(grad) : owned(() => mapProgram(sumOf(grad.dtype), [tensor.grad!, grad]));
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
  return owned(() => noGrad(() => generate(root.storage.device, one(root.dtype), [], root.shape)));
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
