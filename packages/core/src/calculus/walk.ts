/** @file The backward walk: the nodes behind some roots, latest first, each once, on an explicit stack. Knows no op. */
import { type DType, dtypes } from "../dtype.ts";
import { AutogradError } from "../errors.ts";
import { add, cast, load } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { closeFrame, join, type Lifetime, openFrame, outsideFrames, takeFromFrame } from "../scope.ts";
import { isExpandable, sameShape, showShape } from "../shape.ts";
import { type Arrival, type Edge, isGradEnabled, type Node, nodeObserver, type Observer, setRecording, type Slots } from "../tape.ts";
import { alias, type Tensor } from "../tensor.ts";
import { mapInto } from "./in-place.ts";
import { clone, mapProgram, sumTo } from "./map-reduce.ts";
import { activeWatcher, watched, type Watcher } from "../watching.ts";

type AnyNode = Node<never>;
/** Replaced, never written. */
const NO_SLOTS: Slots = [];
class Pending implements Arrival {
  readonly walk: object;
  readonly outer: Arrival | null;
  grads: Slots = NO_SLOTS;
  needed = true;
  waits = 0;
  targets: Target[] | null = null;
  constructor(walk: object, outer: Arrival | null) {
    this.walk = walk;
    this.outer = outer;
  }
}
/** Where a gradient is wanted. */
export type Target = { readonly edge: Edge; found: Tensor | undefined };

export type WalkOptions = {
  readonly retainGraph: boolean;
  readonly createGraph: boolean;
  /** Gradients are wanted here alone. Undefined: in every leaf. */
  readonly targets?: readonly Target[] | undefined;
  /** Give the targets' gradients in `found`, and leave `.grad` alone. */
  readonly capture?: boolean;
};

const sumOf = /*@__PURE__*/ perDType((d) => program("add", [d, d], [], [cast(add(load(0, d), load(1, d)), d)]));

/** One walk: the nodes that it reaches, each with its arrival until the walk is over. */
type Walk = {
  /** All but the leaves, users before their inputs: the order in which they were made, backward. */
  order: readonly AnyNode[];
  readonly leaves: AnyNode[];
};

/** The arrival of this walk at a node that it has not reached yet. */
function reach(walk: Walk, node: AnyNode): Arrival {
  const arrival = new Pending(walk, node.arrival);
  node.arrival = arrival;
  (node.leaf === null ? stack : walk.leaves).push(node);
  return arrival;
}

/** Nodes that the search below has still to look at; empty outside of it. */
const stack: AnyNode[] = [];

function nodesFrom(roots: readonly Edge[]): Walk {
  const order: AnyNode[] = [], walk: Walk = { order, leaves: [] };
  let last = Infinity, sorted = true;
  for (let r = 0; r < roots.length; r++) {
    const { node } = roots[r]!;
    if (node.arrival?.walk === walk) continue;
    reach(walk, node);
    for (let top; (top = stack.pop()) !== undefined; ) {
      if (top.id > last) sorted = false;
      last = top.id;
      order.push(top);
      const { edges } = top;
      for (let i = 0; i < edges.length; i++) {
        const next = edges[i]?.node;
        if (next === undefined) continue;
        const arrival = next.arrival !== null && next.arrival.walk === walk ? next.arrival : reach(walk, next);
        if (next.leaf !== null) arrival.waits++;
      }
    }
  }
  if (!sorted) order.sort((a, b) => b.id - a.id);
  return walk;
}

/** Lets go of what is left, and gives nodes back to the walk around this one. */
function leave(nodes: readonly AnyNode[]): void {
  for (let i = 0; i < nodes.length; i++) {
    const { grads, outer } = nodes[i]!.arrival!;
    for (let k = 0; k < grads.length; k++) grads[k]?.free(null);
    nodes[i]!.arrival = outer;
  }
}

/** Marks what leads to a target, and nothing else, as needed. */
function aim(targets: readonly Target[], walk: Walk): void {
  const { order, leaves } = walk;
  for (const node of order) node.arrival!.needed = false;
  for (const node of leaves) node.arrival!.needed = false;
  for (const target of targets) {
    const { arrival } = target.edge.node;
    if (arrival === null || arrival.walk !== walk) continue;
    arrival.needed = true;
    (arrival.targets ??= []).push(target);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const arrival = order[i]!.arrival!;
    if (!arrival.needed) arrival.needed = leadsOn(order[i]!);
  }
}

/** Whether one of a node's inputs is needed. */
const leadsOn = (node: AnyNode): boolean => node.edges.some((edge) => edge !== null && edge.node.arrival!.needed);

function deposit({ node, output }: Edge, grad: Tensor): void {
  const arrival = node.arrival!;
  if (arrival.grads.length === 0) arrival.grads = new Array<Tensor | undefined>(node.outputs.length);
  const { grads } = arrival, before = grads[output];
  if (before === undefined) {
    grads[output] = grad;
    return;
  }
  grads[output] = owned(mapProgram, sumOf(grad.dtype), [before, grad]);
  before.free(null);
  grad.free(null);
}

/** A handle of its own on what `make` gives: joined to nothing, freed by whoever holds it. */
export function owned<A extends readonly unknown[]>(make: (...args: A) => Tensor, ...args: A): Tensor {
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

/** The lifetime of what the running walk hands to users: that of its roots. */
let lending: Lifetime | null = null;

/** A handle for a user's function that is called during a walk: it lives as long as the roots do. */
export const lend = (tensor: Tensor): Tensor => outsideFrames(() => adoptLent(alias(tensor)));
/** Makes a tensor that no frame holds live as long as the roots do. */
export function adoptLent(tensor: Tensor): Tensor {
  join(tensor, lending);
  return tensor;
}

/** Walks from `roots` with the gradients `seeds`, whose handles it takes over. @param lifetime that of the roots */
export function walk(roots: readonly Edge[], seeds: readonly Tensor[], lifetime: Lifetime | null, options: WalkOptions): void {
  const reached = nodesFrom(roots), { order, leaves } = reached;
  const outer = lending, recorded = isGradEnabled();
  lending = lifetime;
  try {
    if (options.targets !== undefined) aim(options.targets, reached);
    for (let i = 0; i < roots.length; i++) deposit(roots[i]!, seeds[i]!);
    setRecording(options.createGraph);
    for (let i = 0; i < leaves.length; i++) if (leaves[i]!.arrival!.waits === 0) visit(leaves[i]!, options);
    for (let i = 0; i < order.length; i++) visit(order[i]!, options);
  } finally {
    setRecording(recorded);
    lending = outer;
    leave(order);
    leave(leaves);
  }
}

function visit(node: AnyNode, options: WalkOptions): void {
  const arrival = node.arrival!;
  if (arrival.grads.length === 0 && node.rule?.runsWithoutGrads === true) arrival.grads = new Array<Tensor | undefined>(node.outputs.length);
  const { grads } = arrival;
  if (arrival.needed && grads.length > 0) {
    show(node, grads);
    if (arrival.targets !== null && options.capture === true)
      for (const target of arrival.targets) {
        const grad = grads[target.edge.output];
        if (grad !== undefined) target.found = alias(grad);
      }
    if (node.leaf !== null) {
      if (grads[0] !== undefined && options.capture !== true) arriveAt(node, node.leaf, grads, options);
    } else if (options.targets === undefined || leadsOn(node)) {
      const observer = nodeObserver();
      if (observer === null) pullBack(node, grads);
      else pullBackWithin(observer, node, grads);
      if (!options.retainGraph) node.dropSaved();
    }
  }
  for (let i = 0; i < grads.length; i++) grads[i]?.free(null);
  arrival.grads = NO_SLOTS;
  const { edges } = node;
  for (let i = 0; i < edges.length; i++) {
    const next = edges[i]?.node;
    if (next !== undefined && next.leaf !== null && --next.arrival!.waits === 0) visit(next, options);
  }
}

const pullBackWithin = (observer: Observer, node: AnyNode, grads: Slots): void => observer.around(node, () => pullBack(node, grads));

/** Shows each gradient to who watches it: hooks first, then the handle whose `.grad` keeps what they made of it. */
function show(node: AnyNode, grads: Slots): void {
  const { outputs } = node;
  for (let k = 0; k < outputs.length; k++) {
    const { watch } = outputs[k]!;
    if (watch === null || grads[k] === undefined) continue;
    for (const hook of Array.from(watch.hooks)) {
      const made = hook(grads[k]!);
      if (made !== undefined) replace(grads, k, made);
    }
    const tensor = watch.retain?.deref();
    if (tensor === undefined || tensor.freedBy !== undefined) continue;
    const grad = grads[k]!;
    tensor.grad = tensor.grad === null ? alias(grad) : owned(mapProgram, sumOf(grad.dtype), [tensor.grad, grad]);
  }
}

export function replace(slots: Slots, k: number, made: Tensor): void {
  slots[k]?.free(null);
  slots[k] = made;
}

function arriveAt(node: AnyNode, leaf: Tensor, grads: Slots, { createGraph }: WalkOptions): void {
  const { extras } = node;
  if (extras === null) {
    const grad = grads[0]!;
    grads[0] = undefined;
    return accumulate(leaf, grad, createGraph);
  }
  for (const hook of Array.from(extras.before)) hook(grads);
  const last = extras.after.size === 0, grad = grads[0]!;
  if (last) grads[0] = undefined;
  accumulate(leaf, last ? grad : alias(grad), createGraph);
  for (const hook of Array.from(extras.accumulated)) hook();
  for (const hook of Array.from(extras.after)) hook([], grads);
}

const derivativeWatched = (by: Watcher, node: AnyNode, grads: Slots): readonly (Tensor | undefined)[] =>
  watched(by, node.name, "backward", node.outputs[0]!.device, grads, () => node.rule!.vjp(grads, node));

/** Runs a node's rule and deposits the gradients of its inputs. */
function pullBack(node: AnyNode, grads: Slots): void {
  const { edges, extras } = node;
  if (extras !== null) for (const hook of Array.from(extras.before)) hook(grads);
  const outer = openFrame();
  let given: Slots = NO_SLOTS;
  try {
    const watcher = activeWatcher();
    const made = watcher === null ? node.rule!.vjp(grads, node) : derivativeWatched(watcher, node, grads);
    given = new Array<Tensor | undefined>(made.length);
    // Each edge owns a handle before the first deposit, which may free what it adds up.
    for (let i = 0; i < made.length; i++) {
      const grad = made[i], edge = edges[i];
      given[i] = grad === undefined || !edge || !edge.node.arrival!.needed ? undefined : taken(fitted(node, grad, edge, i));
    }
    if (extras !== null) for (const hook of Array.from(extras.after)) hook(given, grads);
    nodeObserver()?.gave(node, given);
    for (let i = 0; i < given.length; i++) {
      const grad = given[i];
      if (grad === undefined) continue;
      deposit(edges[i]!, grad);
      given[i] = undefined;
    }
  } finally {
    closeFrame(outer);
    for (let i = 0; i < given.length; i++) given[i]?.free(null);
  }
}

/** The gradient as its edge takes it: broadcasting undone, in the edge's dtype. */
function fitted(node: AnyNode, grad: Tensor, edge: Edge, i: number): Tensor {
  const { window } = grad;
  return sameShape(window.shape, edge.shape) && window.dtype === edge.dtype && grad.storage.device === edge.device ? grad : refitted(node, grad, edge, i);
}

function refitted(node: AnyNode, grad: Tensor, edge: Edge, i: number): Tensor {
  const refuse = (what: string): never => {
    throw new AutogradError(`Function ${node.qualifiedName} returned an invalid gradient at index ${i} - ${what}`);
  };
  if (!isExpandable(edge.shape, grad.shape)) refuse(`got ${showShape(grad.shape)} but expected shape compatible with ${showShape(edge.shape)}`);
  const fit = sameShape(grad.shape, edge.shape) ? grad : sumTo(grad, edge.shape);
  if (fit.storage.device !== edge.device) refuse(`expected device ${edge.device.backend.name} but got ${fit.device.name}`);
  return fit.dtype === edge.dtype ? fit : inDType(fit, edge.dtype);
}

/** The tensor in the dtype of what it is the gradient of. */
export const inDType = (x: Tensor, dtype: DType): Tensor =>
  mapProgram(program("to", [x.dtype], [], [cast(cast(load(0, x.dtype), dtypes[dtype].compute), dtype)]), [x]);
