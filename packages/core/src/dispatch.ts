/** @file The waist: every op passes here once. Run, give a lifetime, record. Knows no op. */
import { type Device } from "./device.ts";
import { type DType, isFloat } from "./dtype.ts";
import { AutogradError, DeviceError } from "./errors.ts";
import { Family, Lineage } from "./lineage.ts";
import { join, type Lifetime, youngest } from "./scope.ts";
import type { Shape } from "./shape.ts";
import { Storage } from "./storage.ts";
import { activePacker } from "./packing.ts";
import { Edge, isGradEnabled, isInferenceModeEnabled, moveWatch, Node, type Rule, type Saved, type Saves } from "./tape.ts";
import { alive, Tensor } from "./tensor.ts";
import { denseView, overlapsItself, type View } from "./view.ts";

/** An op as the engine sees it: how it runs, and its derivative. */
export interface Op<Attrs> extends Rule<Attrs> {
  readonly name: string;
  /** Computes fresh, unrecorded tensors; throws before allocating if the inputs do not fit. */
  run(device: Device, inputs: readonly Tensor[], attrs: Attrs): Tensor;
}
/** An op of several results. */
export interface MultiOp<Attrs> extends Rule<Attrs> {
  readonly name: string;
  run(device: Device, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[];
}
/** An op that only looks at its input in another way: it shares the storage. */
export interface ViewOp<Attrs> extends Rule<Attrs> {
  readonly name: string;
  view(view: View, attrs: Attrs): View;
}

/** What function transforms (vmap, jvp) put between ops and the engine, while one of them is active. */
export interface Interpreter {
  /** Whether one of the inputs has batch dims, so that the engine must not run on it as it is. */
  isBatched(inputs: readonly Tensor[]): boolean;
  /** The same ops on inputs of which some have batch dims. */
  run<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor;
  runAll<Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[];
  view<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor;
  /** `write(target, ...others)` in place, on the tensors that have the batch dims as ordinary dims. */
  inPlace(target: Tensor, others: readonly Tensor[], lead: (lead: Shape) => (target: Tensor, others: readonly Tensor[]) => unknown): Tensor;
  /** Gives results the tangents that follow from those of the inputs. @param again the op, on other inputs */
  follow<Attrs>(rule: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs, outs: readonly Tensor[], again: (inputs: readonly Tensor[]) => readonly Tensor[]): void;
  /** Before a change in place: what the target's tangents become. Returns what to do after it. */
  followInPlace<Attrs>(rule: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs): () => void;
  /** Draws random numbers as the randomness of the active vmaps asks. */
  random(inputs: readonly Tensor[], shape: Shape, make: (inputs: readonly Tensor[], shape: Shape) => Tensor): Tensor;
  /** A function of one tensor, on the tensor that has the batch dims as ordinary dims. */
  lift(x: Tensor, make: (x: Tensor) => Tensor): Tensor;
}

let interpreter: Interpreter | null = null;
export const activeInterpreter = (): Interpreter | null => interpreter;
export function setInterpreter(next: Interpreter | null): void {
  interpreter = next;
}

/** Results get their tangents once they stand on the tape, since a rule may read them; what was saved of them gets these too. */
function follow<Attrs>(by: Interpreter, rule: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs, outs: readonly Tensor[], again: (inputs: readonly Tensor[]) => readonly Tensor[]): void {
  by.follow(rule, inputs, attrs, outs, again);
  for (const saved of outs[0]!.edge?.node.saved ?? [])
    if (typeof saved.edge === "number" && saved.traced === null) saved.traced = outs[saved.edge]!.traced?.saved() ?? null;
}

/** A new dense tensor of undefined content, to be written by a kernel at once. */
export function allocate(device: Device, dtype: DType, shape: Shape): Tensor {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  const storage = new Storage(device, dtype, size);
  return new Tensor(denseView(storage.buffer, dtype, shape), storage, null);
}

/** The device of the inputs, all alive and on one device. */
export function commonDevice(op: string, inputs: readonly Tensor[]): Device {
  const first = alive(op, inputs[0]!).storage.device;
  for (let i = 1; i < inputs.length; i++) {
    const device = alive(op, inputs[i]!).storage.device;
    if (device !== first)
      throw new DeviceError(
        `Expected all tensors to be on the same device, but found at least two devices, ${first.backend.name} and ${device.backend.name}! (${op}; move one with await x.to(device))`);
  }
  return first;
}

function lifetimeOf(inputs: readonly Tensor[]): Lifetime | null {
  let lifetime: Lifetime | null = null;
  for (let i = 0; i < inputs.length; i++) lifetime = youngest(lifetime, inputs[i]!.lifetime);
  return lifetime;
}

/** Bit mask of the inputs that need a gradient. */
function needsOf(inputs: readonly Tensor[]): number {
  let needs = 0;
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.edge !== null) needs |= 1 << i;
  return needs;
}

export function dispatch<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, on?: Device): Tensor {
  if (interpreter !== null && interpreter.isBatched(inputs)) return interpreter.run(op, inputs, attrs);
  const device = inputs.length === 0 ? on! : commonDevice(op.name, inputs);
  const out = op.run(device, inputs, attrs);
  join(out, lifetimeOf(inputs));
  if (isGradEnabled() && isFloat(out.window.dtype)) {
    const needs = needsOf(inputs);
    if (needs !== 0) record(op, inputs, attrs, needs, [out]);
  }
  if (interpreter !== null) follow(interpreter, op, inputs, attrs, [out], (others) => [dispatch(op, others, attrs, device)]);
  return out;
}

export function dispatchAll<Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  if (interpreter !== null && interpreter.isBatched(inputs)) return interpreter.runAll(op, inputs, attrs);
  const outs = op.run(commonDevice(op.name, inputs), inputs, attrs);
  const lifetime = lifetimeOf(inputs);
  for (const out of outs) join(out, lifetime);
  const needs = isGradEnabled() ? needsOf(inputs) : 0;
  if (needs !== 0) record(op, inputs, attrs, needs, outs);
  if (interpreter !== null) follow(interpreter, op, inputs, attrs, outs, (others) => dispatchAll(op, others, attrs));
  return outs;
}

export function dispatchView<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor {
  if (interpreter !== null && interpreter.isBatched([input])) return interpreter.view(op, input, attrs);
  alive(op.name, input);
  const recording = isGradEnabled();
  const out = new Tensor(op.view(input.window, attrs), input.storage.retain(), null);
  join(out, input.lifetime);
  if (recording && input.edge !== null) record(op, [input], attrs, 1, [out]);
  const parent = lineageOf(input);
  out.lineage = new Lineage(parent.family, parent, op as ViewOp<unknown>, attrs, out.window, recording ? "recorded" : isInferenceModeEnabled() ? "inference" : "unrecorded");
  parent.family.join();
  if (interpreter !== null) follow(interpreter, op, [input], attrs, [out], ([other]) => [dispatchView(op, other!, attrs)]);
  return out;
}

function lineageOf(tensor: Tensor): Lineage {
  if (tensor.lineage === null) {
    tensor.lineage = new Lineage(new Family(tensor.edge), null, null, undefined, tensor.window, "recorded");
    tensor.lineage.family.join();
  }
  return tensor.lineage;
}

/** Says that these views were made by one function, named as its node: none may be changed in place while changes are recorded. */
export function madeTogether(views: Tensor[], name: string): Tensor[] {
  views.forEach((view, output) => { if (view.lineage !== null) view.lineage.creation = { name, output, by: "views" }; });
  return views;
}

/** The rule by which a change of a view is a change of its base: inputs (base, what the view becomes), one result, the base. */
export type WriteRule = Rule<Lineage>;

/** How an op writes into its first input. */
export type InPlace = {
  /** Computes into the target's window. */
  write(): void;
  /** An unrecorded dense twin, for what backward must read as it was. */
  copy(tensor: Tensor): Tensor;
  readonly writeRule: WriteRule;
};

/** Runs an op that writes into `target`, its first input. The history of the target, or of the base it is a view of, moves to the new node. */
export function dispatchInPlace<Attrs>(op: Rule<Attrs> & { readonly name: string }, target: Tensor, others: readonly Tensor[], attrs: Attrs, { write, copy, writeRule }: InPlace): Tensor {
  const inputs = [target, ...others];
  commonDevice(op.name, inputs);
  const needs = isGradEnabled() && isFloat(target.window.dtype) ? needsOf(inputs) : 0;
  checkInPlace(target, needs);
  // What backward reads of the target is its old value: kept as a copy, as the target itself changes now.
  const saves = needs === 0 ? undefined : op.saves(attrs, needs);
  const before = saves?.savedInputs.includes(0) === true ? withEdge(copy(target), target.edge) : target;
  const tangents = interpreter === null ? undefined : interpreter.followInPlace(op, inputs, attrs);
  write();
  target.storage.version++;
  tangents?.();
  if (needs === 0) return target;
  const after = new Tensor(target.window, target.storage.retain(), null);
  record(op, [before, ...others], attrs, needs, [after], target.storage);
  if (before !== target) before.free(null);
  moveHistory(target, after, writeRule);
  after.free(null);
  return target;
}

function withEdge(tensor: Tensor, edge: Edge | null): Tensor {
  tensor.edge = edge;
  return tensor;
}

/** The target is from now on what `after` is. Of a view, the base takes the change, and every member of the family finds its edge anew. */
export function moveHistory(target: Tensor, after: Tensor, writeRule: WriteRule): void {
  const { lineage } = target;
  if (lineage === null) {
    moveWatch(target.edge, after.edge!);
    target.edge = after.edge;
    return;
  }
  const { family } = lineage;
  if (lineage.parent === null) {
    moveWatch(target.edge, after.edge!);
    target.edge = after.edge;
  } else {
    const node = new Node<Lineage>(writeRule, lineage, [family.edge, after.edge], null);
    const root = rootOf(lineage);
    const edge = new Edge(node as Node<never>, 0, root.window.shape, root.window.dtype, target.storage.device);
    (node as Node<never>).outputs.push(edge);
    family.edge = edge;
  }
  family.epoch++;
  if (lineage.parent === null) lineage.seen = family.epoch;
}

function rootOf(lineage: Lineage): Lineage {
  let root = lineage;
  while (root.parent !== null) root = root.parent;
  return root;
}

const MODES = { unrecorded: "no_grad", inference: "inference" } as const;

/** What is written must have a place of its own for each element. */
export function refuseOverlap(target: Tensor): void {
  if (overlapsItself(target.window))
    throw new AutogradError(
      "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.");
}

export function checkInPlace(target: Tensor, needs: number): void {
  refuseOverlap(target);
  if (target.storage.version < 0 && !isInferenceModeEnabled())
    throw new AutogradError(
      "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update." +
      "See https://github.com/pytorch/rfcs/pull/17 for more details.");
  if (needs === 0) return;
  const { lineage } = target;
  if (lineage !== null && lineage.parent !== null) {
    if (typeof lineage.creation === "object")
      throw new AutogradError(
        `Output ${lineage.creation.output} of ${lineage.creation.name} is a view and is being modified inplace. ` + (lineage.creation.by === "function"
          ? "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, " +
            "leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
          : "This view is the output of a function that returns multiple views. " +
            "Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one."));
    if (lineage.creation !== "recorded")
      throw new AutogradError(
        `A view was created in ${MODES[lineage.creation]} mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. ` +
        `You can clarify your code by moving both the view and the inplace either both inside the ${MODES[lineage.creation]}${lineage.creation === "inference" ? "_mode" : ""} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).`);
    const { edge } = lineage.family;
    if (edge !== null && edge.node.leaf !== null) throw new AutogradError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
  }
  if (target.edge !== null && target.isLeaf)
    throw new AutogradError("a leaf Variable that requires grad is being used in an in-place operation.");
}

/** @param changed the storage that the op has just written: an input there was saved as it was, so backward will refuse it */
function record<Attrs>(rule: Rule<Attrs>, inputs: readonly Tensor[], attrs: Attrs, needs: number, outs: readonly Tensor[], changed?: Storage): void {
  const edges = new Array<Edge | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) edges[i] = inputs[i]!.edge;
  const node = new Node(rule, attrs, edges, null) as Node<Attrs>;
  const untyped = node as Node<never>;
  for (let k = 0; k < outs.length; k++) {
    const out = outs[k]!;
    const edge = new Edge(untyped, k, out.window.shape, out.window.dtype, out.storage.device);
    untyped.outputs.push(edge);
    out.edge = edge;
  }
  const saves: Saves = rule.saves(attrs, needs);
  const { savedInputs, savedResults } = saves;
  if (savedInputs.length + savedResults.length === 0) return;
  // The node holds each from the start: one that cannot be saved leaves nothing behind.
  const saved: Saved[] = [];
  node.savesInfo = saves;
  node.saved = saved;
  for (let i = 0; i < savedInputs.length; i++) {
    const input = inputs[savedInputs[i]!]!;
    saved.push(save(input, edges[savedInputs[i]!]!, input.storage === changed ? 1 : 0));
  }
  for (let k = 0; k < savedResults.length; k++) saved.push(save(outs[savedResults[k]!]!, savedResults[k]!));
}

/** Keeps a value for backward: as a count on its storage, or packed as somebody asked. @param changes how often this op itself has written it */
export function save(tensor: Tensor, edge: Edge | null | number, changes: number = 0): Saved {
  const { storage, window } = tensor;
  if (storage.version < 0)
    throw new AutogradError("Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.");
  const packer = activePacker();
  const traced = tensor.traced === null ? null : tensor.traced.saved();
  if (packer !== null) return { storage: null, packed: packer(tensor), window, version: 0, edge, traced };
  return { storage: storage.retain(), packed: null, window, version: storage.version - changes, edge, traced };
}

/** A handle on a saved value, of the caller's own. @param edge where its gradient goes */
export function restore({ storage, packed, window, traced }: Saved, edge: Edge | null): Tensor {
  let tensor: Tensor;
  if (packed === null) tensor = new Tensor(window, storage!.retain(), edge);
  else {
    const unpacked = packed.unpack();
    tensor = new Tensor(unpacked.window, unpacked.storage.retain(), edge);
    unpacked.free(null);
  }
  if (traced !== null) tensor.traced = traced.twin();
  return tensor;
}

/** The handles of what a node saved, in the order of its `Saves`; they join the frame of the derivative rule. */
export function savedTensors<Attrs>(node: Node<Attrs>): Tensor[] {
  const count = node.savesInfo.savedInputs.length + node.savesInfo.savedResults.length;
  const tensors: Tensor[] = [];
  for (let place = 0; place < count; place++) {
    const saved = node.unpack(place), { edge } = saved;
    const tensor = restore(saved, typeof edge === "number" ? node.outputs[edge]! : edge);
    join(tensor, null);
    tensors.push(tensor);
  }
  return tensors;
}
