/** @file The tensor: a counted handle on a storage, seen through a view, with its place on the tape. Methods are added by index.ts. */
import type { Backend } from "./backend.ts";
import { LARGE } from "./device.ts";
import type { DType } from "./dtype.ts";
import { ArgumentError, AutogradError, FreedError } from "./errors.ts";
import { forbidden, type Lineage } from "./lineage.ts";
import * as python from "./python.ts";
import { type Lifetime, type Mortal } from "./scope.ts";
import { sameShape, type Shape } from "./shape.ts";
import type { Storage } from "./storage.ts";
import { Edge, isInferenceModeEnabled, moveWatch, Node } from "./tape.ts";
import { isFloat } from "./dtype.ts";
import type { View } from "./view.ts";
import { warn } from "./warning.ts";

const TENSOR = "adjoint.tensor";
const VERSION = "0.1.0";

/** What function transforms know of a tensor: batch dims, tangents. It is the handle's, and ends with it. */
export interface Traced {
  /** Where batch dims stand before its own: the tensor that has them as ordinary dims. */
  readonly physical: Tensor | null;
  twin(): Traced;
  /** For the tape: counts on memory, and on no node. `twin` gives the edges back. */
  saved(): Traced;
  free(): void;
}

/**
 * A multi-dimensional array of one dtype on one device, as PyTorch's `Tensor`. Make one with `tensor`, `zeros`, `randn` and their kin.
 * Its memory is freed by `dispose()`, by the scope it joined, or at last by the garbage collector.
 */
export class Tensor implements Mortal {
  /** @internal */ readonly window: View;
  /** @internal */ readonly storage: Storage;
  /** @internal */ lifetime: Lifetime | null = null;
  /** @internal Its place among a base and its views; null for a tensor that neither is a view nor has one. */
  lineage: Lineage | null = null;
  /** @internal What function transforms know of it; null outside of them. */
  traced: Traced | null = null;
  /** @internal undefined while alive; then who freed it. */
  freedBy: Lifetime | null | undefined = undefined;
  #edge: Edge | null;
  #grad: Tensor | null = null;

  /** @internal Takes over one count of the storage. */
  constructor(window: View, storage: Storage, edge: Edge | null) {
    this.window = window;
    this.storage = storage;
    this.#edge = edge;
    if (edge !== null) edge.node.retain();
  }
  /** @internal Where its gradient goes; null when it needs none. A handle counts on the node. */
  get edge(): Edge | null {
    const { lineage } = this;
    if (lineage !== null && lineage.seen !== lineage.family.epoch) this.#follow(lineage);
    return this.#edge;
  }
  /** The history of the base has moved. Where that has none, a view may have one of its own. */
  #follow(lineage: Lineage): void {
    if (lineage.family.edge !== null) {
      if (lineage.parent !== null && lineage.creation !== "recorded") throw forbidden(lineage.creation, "its base or another view of its base has been", this.#edge);
      const edge = lineage.currentEdge()!;
      if (edge !== this.#edge) moveWatch(this.#edge, edge);
      this.#move(edge);
    }
    lineage.seen = lineage.family.epoch;
  }
  set edge(edge: Edge | null) {
    this.#move(edge);
    // The base leads its family; a view that gets an edge of its own goes alone.
    if (this.lineage !== null && this.lineage.parent === null) this.lineage.family.edge = edge;
  }
  #move(edge: Edge | null): void {
    if (edge !== null) edge.node.retain();
    if (this.#edge !== null) this.#edge.node.release();
    this.#edge = edge;
  }
  /** @internal */
  get isLarge(): boolean {
    return this.storage.bytes >= LARGE;
  }
  /** The size of each dim, not to be changed: PyTorch's `size()`. */
  get shape(): Shape {
    return this.window.shape;
  }
  /** What its elements are: "float32", "int32", "bool" and so on. */
  get dtype(): DType {
    return this.window.dtype;
  }
  /** Where its memory is, and what computes with it. `await x.to(device)` moves. */
  get device(): Backend {
    return this.storage.device.backend;
  }
  /** The number of dims. */
  get ndim(): number {
    return this.window.shape.length;
  }
  /** The accumulated gradient, or null. It lives as long as its tensor. */
  get grad(): Tensor | null {
    if (this.#grad === null && !this.#isCut() && !this.isLeaf && !this.retainsGrad)
      warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, " +
        "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations.");
    return this.#grad;
  }
  set grad(grad: Tensor | null) {
    if (grad !== null) checkGrad(this, grad);
    if (this.#grad !== null && this.#grad !== grad) this.#grad.free(null);
    if (grad !== null) grad.lifetime = null;
    this.#grad = grad;
  }
  /** Whether operations on it are recorded: a leaf that says so, or what was computed from one. */
  get requiresGrad(): boolean {
    return this.#isCut() || this.edge !== null;
  }
  /** Whether its base has a history that it may not follow: asking for the edge is an error. */
  #isCut(): boolean {
    const { lineage } = this;
    return lineage !== null && lineage.seen !== lineage.family.epoch && lineage.parent !== null && lineage.creation !== "recorded" && lineage.family.edge !== null;
  }
  set requiresGrad(value: boolean) {
    setRequiresGrad(this, value);
  }
  /** How often the memory has been changed in place. PyTorch's `_version`. */
  get version(): number {
    if (this.storage.version < 0) throw new AutogradError("Inference tensors do not track version counter.");
    return this.storage.version;
  }
  /** Which output of `gradFn` this is; 0 for a leaf. */
  get outputNr(): number {
    return this.edge?.output ?? 0;
  }
  /** Whether this result keeps its gradient, as `retainGrad()` makes it. */
  get retainsGrad(): boolean {
    return !this.isLeaf && (this.edge!.watch?.retain ?? null) !== null;
  }
  /** Whether no recorded operation made it: only leaves get a `.grad` by themselves. */
  get isLeaf(): boolean {
    return this.edge === null || this.edge.node.leaf !== null;
  }
  /** The node that produced this tensor, or null for a leaf. Its `name` is PyTorch's: "MulBackward0". */
  get gradFn(): Node<never> | null {
    return this.isLeaf ? null : this.edge!.node;
  }
  /** Frees the memory now. Using the tensor afterwards is a FreedError; values that the tape saved stay. */
  dispose(): void {
    this.free(null);
  }
  /** As `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.free(null);
  }
  /** @internal */
  free(by: Lifetime | null): void {
    if (this.freedBy !== undefined) return;
    this.freedBy = by;
    this.lifetime = null;
    this.storage.release();
    if (this.#edge !== null) this.#move(null);
    if (this.lineage !== null) this.lineage.family.leave();
    this.traced?.free();
    if (this.#grad !== null) this.#grad.free(by);
  }
}

// The mark by which a tensor of any copy of this package is known: its version.
Object.defineProperty(Tensor.prototype, Symbol.for(TENSOR), { value: VERSION });

/**
 * Whether a value is a tensor.
 * @param value anything
 * @returns true or false, at once
 * @throws ArgumentError for a tensor of another copy of this package: the message names both versions
 * @example isTensor(ones([2])) // true
 */
export const isTensor = (value: unknown): value is Tensor => {
  if (value instanceof Tensor) return true;
  if (typeof value !== "object" || value === null) return false;
  const version: unknown = Reflect.get(value, Symbol.for(TENSOR));
  if (version === undefined) return false;
  throw new ArgumentError(`a tensor of another copy of @adjoint/core (version ${String(version)}, this is ${VERSION}): install one version only`);
};

/** Refuses a freed handle, naming who freed it. */
export function alive(op: string, tensor: Tensor): Tensor {
  if (tensor.freedBy === undefined) return tensor;
  const by = tensor.freedBy === null ? "dispose()" : tensor.freedBy.name;
  throw new FreedError(`${op}: this tensor of shape [${tensor.shape.join(", ")}] was freed by ${by}; keep() it, or use it before`);
}

/** The handle becomes what a view of it is, and the view's handle is gone: PyTorch's `t_` and its kin, which change no element. */
export function become(tensor: Tensor, view: Tensor): Tensor {
  const handle = tensor as { -readonly [K in "window"]: Tensor[K] };
  handle.window = view.window;
  tensor.lineage?.family.leave();
  tensor.lineage = view.lineage!.twin();
  tensor.lineage.family.join();
  tensor.edge = view.edge;
  view.free(null);
  return tensor;
}

/** The handle sees another window, onto its memory or onto another, of which it takes over one count: PyTorch's `resize_`. It is neither a view nor recorded. */
export function reseat(tensor: Tensor, window: View, storage: Storage): void {
  const handle = tensor as { -readonly [K in "window" | "storage"]: Tensor[K] };
  tensor.storage.release();
  handle.window = window;
  handle.storage = storage;
}

/** A second handle on the same memory and the same place on the tape, joined to nothing. */
export function alias(tensor: Tensor): Tensor {
  const twin = new Tensor(tensor.window, tensor.storage.retain(), tensor.edge);
  if (tensor.lineage !== null) {
    twin.lineage = tensor.lineage.twin();
    twin.lineage.family.join();
  }
  if (tensor.traced !== null) twin.traced = tensor.traced.twin();
  return twin;
}

/** Whether operations on this leaf are recorded: `x.requiresGrad_(value)`. */
export function setRequiresGrad(tensor: Tensor, value: boolean): void {
  alive("requiresGrad_", tensor);
  if (value && tensor.traced?.physical)
    throw new AutogradError(
      "You are attempting to call Tensor.requires_grad_() inside of a function being transformed by vmap. This is unsupported, please attempt to use func.grad, vjp, jacrev, jacfwd or hessian, or call requires_grad_() outside of the function being transformed instead.");
  if (value === tensor.requiresGrad) return;
  if (value && tensor.storage.version < 0 && !isInferenceModeEnabled()) throw new AutogradError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  if (!value && !tensor.isLeaf)
    throw new AutogradError(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  if (value && !isFloat(tensor.dtype))
    throw new AutogradError("only Tensors of floating point and complex dtype can require gradients");
  if (value) tensor.edge = leafEdge(tensor);
  else tensor.edge = null;
}

const NO_EDGES: readonly never[] = [];
/** The accumulator of a leaf: held by the leaf, and holding it. */
function leafEdge(tensor: Tensor): Edge {
  const node = new Node<never>(null, undefined as never, NO_EDGES, tensor);
  const edge = new Edge(node, 0, tensor.shape, tensor.dtype, tensor.storage.device);
  node.outputs = [edge];
  return edge;
}

function checkGrad(tensor: Tensor, grad: unknown): asserts grad is Tensor {
  if (!isTensor(grad)) throw new ArgumentError(`assigned grad expected to be a Tensor or None but got grad of type${python.typeName(grad)}`);
  alive("grad", grad);
  if (grad === tensor) throw new AutogradError("can't assign Variable as its own grad");
  if (grad.storage.device !== tensor.storage.device) throw new AutogradError("assigned grad has data located on a different device");
  if (grad.dtype !== tensor.dtype) throw new AutogradError("assigned grad has data of a different type");
  if (!sameShape(grad.shape, tensor.shape)) throw new AutogradError("assigned grad has data of a different size");
}
