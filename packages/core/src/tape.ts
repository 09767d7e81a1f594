/** @file The tape: nodes, the edges between them, and what they saved. Holds storages, never tensor handles. */
import type { Device } from "./device.ts";
import type { DType } from "./dtype.ts";
import { AutogradError } from "./errors.ts";
import { typeName } from "./python.ts";
import { refusePromise } from "./scope.ts";
import { showShape, type Shape } from "./shape.ts";
import { INFERENCE, startVersions, type Storage } from "./storage.ts";
import type { Tensor, Traced } from "./tensor.ts";
import type { View } from "./view.ts";

/** Sees a gradient that is complete. What it returns takes its place, a handle of the caller's own; undefined leaves it. */
export type GradHook = (grad: Tensor) => Tensor | undefined;
/** Who wants to see a gradient when it is complete: hooks, in order, and the handle whose `.grad` keeps it. */
export type Watch = {
  readonly hooks: Set<GradHook>;
  retain: WeakRef<Tensor> | null;
};

/** Where the gradient of a tensor goes: output `output` of `node`. One per tensor, shared by all that consume it. */
export class Edge {
  readonly node: Node;
  readonly output: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly device: Device;
  watch: Watch | null = null;
  /** Where the gradient of the same tensor goes since it was changed in place. */
  moved: Edge | null = null;
  constructor(node: Node, output: number, shape: Shape, dtype: DType, device: Device) {
    this.node = node;
    this.output = output;
    this.shape = shape;
    this.dtype = dtype;
    this.device = device;
  }
}

/** What watches an edge, made when somebody first does. */
export const watchOf = (edge: Edge): Watch => (edge.watch ??= { hooks: new Set(), retain: null });

/** A tensor changed in place asks for its new gradient; its hooks stay with the value that they were put on. */
export function moveWatch(from: Edge | null, to: Edge): void {
  if (from === null) return;
  from.moved = to;
  if (from.watch === null || from.watch.retain === null || from.node.leaf !== null) return;
  watchOf(to).retain = from.watch.retain;
  from.watch.retain = null;
}

/** The inputs and results that a rule's backward reads, by number. */
export type Saves = { readonly savedInputs: readonly number[]; readonly savedResults: readonly number[] };
export const savesNothing: Saves = { savedInputs: [], savedResults: [] };

/** The derivative of an op, beside its meaning. Written with differentiable ops, so that every order follows. */
export interface Rule<Attrs = never> {
  /** PyTorch's name of the node: "MulBackward0". */
  gradName(attrs: Attrs): string;
  /** What messages call the op, where its name says too little. */
  title?(attrs: Attrs): string;
  /** @param needs bit mask of the inputs that need a gradient */
  saves(attrs: Attrs, needs: number): Saves;
  /** The gradient of each input that `node.needs(i)`, from those of the outputs (undefined: that output is not used). */
  vjp(grads: readonly (Tensor | undefined)[], node: Node<Attrs>): readonly (Tensor | undefined)[];
  /** How many inputs PyTorch's node has, where that is more: numbers that it takes for tensors. */
  arity?(attrs: Attrs): number;
  /** Whether it runs even where no gradient arrives at any output. */
  readonly runsWithoutGrads?: boolean;
  /** Forward mode. "linear": the op itself, on the tangents of its float inputs; "multilinear": once for each tangent, in the place of its input. */
  readonly jvp?: "linear" | "multilinear" | Jvp<Attrs>;
  /** The attrs of the op where `lead` batch dims stand before the dims of every input: what `vmap` calls. */
  batched?(attrs: Attrs, lead: Shape, inputs: readonly Tensor[]): Attrs;
  /** Of an op whose inputs broadcast: the rank they are brought to, batch dims not counted. */
  batchRank?(attrs: Attrs, inputs: readonly Tensor[]): number;
}
/** The tangent of each output from those of the inputs (undefined: zero). Written with differentiable ops. */
export type Jvp<Attrs> = { jvp(tangents: readonly (Tensor | undefined)[], inputs: readonly Tensor[], outs: readonly Tensor[], attrs: Attrs): readonly (Tensor | undefined)[] }["jvp"];

/** A saved value in somebody else's keeping. */
export interface Packed {
  /** The value: a handle of the caller's own, without a history. */
  unpack(): Tensor;
  free(): void;
}

/** A value that backward reads, without its handle. */
export type Saved = {
  /** null where it is packed. */
  readonly storage: Storage | null;
  readonly packed: Packed | null;
  readonly window: View;
  readonly version: number;
  /** The edge of the saved tensor, or the number of the output of this very node. */
  readonly edge: Edge | null | number;
  /** What function transforms knew of it. */
  traced: Traced | null;
};

/** Gradients by number; a slot owns its handle, and what replaces it is freed. */
export type Slots = (Tensor | undefined)[];
/** What only a few nodes carry. */
export type Extras = {
  /** Before the rule runs: may replace the gradients of the outputs. */
  readonly before: Set<(outputs: Slots) => void>;
  /** After it ran: may replace the gradients of the inputs. */
  readonly after: Set<(inputs: Slots, outputs: Slots) => void>;
  /** After a leaf's `.grad` has been brought up to date. */
  readonly accumulated: Set<() => void>;
  readonly metadata: Record<string, unknown>;
};

/** What a walk has brought to a node. */
export interface Arrival {
  /** Which walk; walks nest where a hook or a custom backward begins another. */
  readonly walk: object;
  /** What the walk around it has brought here. */
  readonly outer: Arrival | null;
  /** The gradients of the outputs; of length 0 before the first has come. */
  grads: Slots;
  /** Whether the node leads to a target. */
  needed: boolean;
  /** Of a leaf: how many edges that lead to it have not been walked yet. */
  waits: number;
  /** Who asked for the gradients of the outputs. */
  targets: { readonly edge: Edge; found: Tensor | undefined }[] | null;
}

/** What anomaly mode does at a node. */
export interface Observer {
  /** A node has been recorded. */
  recorded(node: Node): void;
  /** Runs a node's derivative. */
  around(node: Node, run: () => void): void;
  /** The gradients that it gave, before anybody sees them. */
  gave(node: Node, grads: readonly (Tensor | undefined)[]): void;
}
let observer: Observer | null = null;
export const nodeObserver = (): Observer | null => observer;
/** Returns the observer before. */
export function observeNodes(next: Observer | null): Observer | null {
  const before = observer;
  observer = next;
  return before;
}

let born = 0;
const NO_EDGES: readonly Edge[] = [];

export class Node<Attrs = never> {
  /** Later nodes have larger numbers, so a node's is larger than those that it leads to. */
  readonly id: number = ++born;
  /** @internal What its derivative is; null at a leaf. */
  readonly rule: Rule<Attrs> | null;
  /** @internal What the op was called with. */
  readonly attrs: Attrs;
  /** One for each input; null where no gradient is needed. */
  readonly edges: readonly (Edge | null)[];
  /** The leaf whose `.grad` this node accumulates, if it does that. */
  readonly leaf: Tensor | null;
  /** @internal One for each result. */
  outputs: readonly Edge[] = NO_EDGES;
  /** What backward reads; undefined once it has been freed. */
  saved: (Saved | undefined)[] | undefined = undefined;
  /** @internal Which inputs and results it reads. */
  savesInfo: Saves = savesNothing;
  /** A name given by the composite that this node ends. */
  label: string | undefined = undefined;
  /** @internal Hooks, and what else is rare. */
  extras: Extras | null = null;
  /** What the running walk has brought; null outside of walks. */
  arrival: Arrival | null = null;
  /** Handles of its outputs and nodes that consume them. */
  #count = 0;
  #freed = false;

  constructor(rule: Rule<Attrs> | null, attrs: Attrs, edges: readonly (Edge | null)[], leaf: Tensor | null) {
    this.rule = rule;
    this.attrs = attrs;
    this.edges = edges;
    this.leaf = leaf;
    for (let i = 0; i < edges.length; i++) edges[i]?.node.retain();
    if (observer !== null) observer.recorded(this as Node<unknown> as Node);
  }
  /** What is printed: "MulBackward0". */
  get name(): string {
    return this.label ?? (this.rule === null ? "AccumulateGrad" : this.rule.gradName(this.attrs));
  }
  /** The name as PyTorch's `name()` and its messages give it: nodes of the engine itself are in its namespace. */
  get qualifiedName(): string {
    const { name } = this;
    return this.leaf !== null || name === "CopySlices" || name === "CopyBackwards" ? `torch::autograd::${name}` : name;
  }
  /** Whether an input needs a gradient: what a derivative asks before it works. */
  needs(i: number): boolean {
    return this.edges[i] !== null;
  }
  /** The shape of an input that needs a gradient. */
  shapeOf(i: number): Shape {
    return this.edges[i]!.shape;
  }
  /** @internal One more that holds it. */
  retain(): void {
    this.#count++;
  }
  /** The last release drops what was saved and the edges: iteratively, since graphs are deep. */
  release(): void {
    if (--this.#count !== 0 || this.leaf !== null) return;
    const dead: Node[] = [];
    this.#drop(dead);
    for (let node; (node = dead.pop()) !== undefined; ) node.#drop(dead);
  }
  /** @param dead gets the nodes that nobody else needed */
  #drop(dead: Node[]): void {
    this.dropSaved();
    const { edges } = this;
    for (let i = 0; i < edges.length; i++) {
      const next = edges[i]?.node;
      if (next !== undefined && next.leaf === null && --next.#count === 0) dead.push(next);
    }
  }
  /** @internal What `backward` does to a node that it will not run again. */
  dropSaved(): void {
    if (this.saved === undefined) return;
    for (let i = 0; i < this.saved.length; i++) if (this.saved[i] !== undefined) letGo(this.saved[i]!); // What could not be saved is not there.
    this.saved = undefined;
    this.#freed = true;
  }
  /** What was saved at `place`, checked: not freed, and not changed since. */
  unpack(place: number): Saved {
    if (this.#freed || this.saved === undefined)
      throw new AutogradError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). " +
        "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). " +
        "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.");
    const saved = this.saved[place]!;
    checkVersion(saved, typeof saved.edge === "number" ? this.outputs[saved.edge]! : saved.edge);
    return saved;
  }
}

/** Lets go of a saved value. */
export function letGo({ storage, packed, traced }: Saved): void {
  storage?.release();
  packed?.free();
  traced?.free();
}

/** Refuses a saved value that has been changed in place since. @param edge that of the tensor it was */
export function checkVersion({ storage, version, window, edge: saved }: Saved, edge: Edge | null): void {
  if (storage === null || storage.version === version) return;
  // A tensor that was saved as it was given is known by what it is now.
  let origin = edge;
  if (typeof saved !== "number") while (origin?.moved) origin = origin.moved;
  const what = origin === null || origin.node.rule === null ? "" : `, which is output ${origin.output} of ${origin.node.qualifiedName},`;
  throw new AutogradError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: [${typeName(window)} ${showShape(window.shape)}]${what} ` +
    `is at version ${storage.version}; expected version ${version} instead. ` +
    (observer === null
      ? "Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True)."
      : "Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!"));
}

/** What a node carries beside its derivative, made when somebody first needs it. */
export const extrasOf = (node: Pick<Node, "extras">): Extras =>
  (node.extras ??= { before: new Set(), after: new Set(), accumulated: new Set(), metadata: {} });

let recording = true, inferring = false;

/** Whether ops are recorded: PyTorch's `is_grad_enabled`. */
export const isGradEnabled = (): boolean => recording;
/** Whether `inferenceMode` is on: PyTorch's `is_inference_mode_enabled`. */
export const isInferenceModeEnabled = (): boolean => inferring;

/** Records from now on, or not. Never within `inferenceMode`. */
export function setRecording(on: boolean): void {
  recording = on && !inferring;
}
function withRecording<R>(mode: string, on: boolean, run: () => R): R {
  const before = recording;
  setRecording(on);
  try {
    return refusePromise(mode, run());
  } finally {
    recording = before;
  }
}
/**
 * Runs a synchronous function without recording: PyTorch's `no_grad`.
 * @param run the function
 * @returns what it returns
 * @throws ArgumentError for a function that returns a promise: the mode is off again when it goes on
 * @example noGrad(() => tensor([1], { requiresGrad: true }).mul(2)).requiresGrad // false
 */
export const noGrad = <R>(run: () => R): R => withRecording("noGrad", false, run);
/**
 * Runs a synchronous function with recording, inside `noGrad` too: PyTorch's `enable_grad`.
 * @param run the function
 * @returns what it returns
 * @throws ArgumentError for a function that returns a promise: the mode is off again when it goes on
 */
export const enableGrad = <R>(run: () => R): R => withRecording("enableGrad", true, run);

/**
 * Runs a synchronous function without recording, and makes tensors that can never be part of a graph: PyTorch's `inference_mode`. They track no
 * changes, and cannot be saved for backward.
 * @param run the function
 * @returns what it returns
 * @throws ArgumentError for a function that returns a promise: the mode is off again when it goes on
 */
export function inferenceMode<R>(run: () => R): R {
  const before = recording, outer = inferring;
  recording = false;
  inferring = true;
  const version = startVersions(INFERENCE);
  try {
    return refusePromise("inferenceMode", run());
  } finally {
    startVersions(version);
    recording = before;
    inferring = outer;
  }
}
