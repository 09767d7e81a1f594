/** @file The waist: every op passes here once. Run, give a lifetime, record. Knows no op. */
import { type Device } from "./device.ts";
import { type DType, isFloat } from "./dtype.ts";
import { AutogradError, DeviceError, NotSupportedError } from "./errors.ts";
import { join, type Lifetime, youngest } from "./scope.ts";
import type { Shape } from "./shape.ts";
import { Storage } from "./storage.ts";
import { Edge, isGradEnabled, Node, type Rule, type Saved, type Saves } from "./tape.ts";
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
  const device = inputs.length === 0 ? on! : commonDevice(op.name, inputs);
  const out = op.run(device, inputs, attrs);
  join(out, lifetimeOf(inputs));
  if (isGradEnabled() && isFloat(out.dtype)) {
    const needs = needsOf(inputs);
    if (needs !== 0) record(op, inputs, attrs, needs, [out]);
  }
  return out;
}

export function dispatchAll<Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  const outs = op.run(commonDevice(op.name, inputs), inputs, attrs);
  const lifetime = lifetimeOf(inputs);
  for (const out of outs) join(out, lifetime);
  const needs = isGradEnabled() ? needsOf(inputs) : 0;
  if (needs !== 0) record(op, inputs, attrs, needs, outs);
  return outs;
}

export function dispatchView<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor {
  alive(op.name, input);
  const out = new Tensor(op.view(input.window, attrs), input.storage.retain(), null);
  out.origin = { base: input.origin?.base ?? input, op, attrs };
  join(out, input.lifetime);
  if (isGradEnabled() && input.edge !== null) {
    record(op, [input], attrs, 1, [out]);
    input.storage.recordedViews++;
  }
  return out;
}

/**
 * Runs an op that writes into `target`, its first input. The history of the target moves to the new node.
 * @param write computes into `target.window`; the version is raised after it
 * @param copy an unrecorded dense twin, for what backward must read as it was
 */
export function dispatchInPlace<Attrs>(op: Rule<Attrs> & { readonly name: string }, target: Tensor, others: readonly Tensor[], attrs: Attrs, write: () => void, copy: (tensor: Tensor) => Tensor): Tensor {
  const inputs = [target, ...others];
  commonDevice(op.name, inputs);
  const needs = isGradEnabled() ? needsOf(inputs) : 0;
  checkInPlace(op.name, target, needs);
  // What backward reads of the target is its old value: kept as a copy, as the target itself changes now.
  const saves = needs === 0 ? undefined : op.saves(attrs, needs);
  const before = saves?.savedInputs.includes(0) === true ? copy(target) : target;
  write();
  target.storage.version++;
  if (needs !== 0) {
    const edge = target.edge;
    record(op, [before === target ? target : withEdge(before, edge), ...others], attrs, needs, [target]);
    edge?.node.release();
    if (before !== target) before.free(null);
  }
  return target;
}

function withEdge(tensor: Tensor, edge: Edge | null): Tensor {
  const twin = new Tensor(tensor.window, tensor.storage, edge);
  tensor.edge = edge;
  return twin;
}

function checkInPlace(op: string, target: Tensor, needs: number): void {
  if (needs !== 0 && target.edge !== null && target.isLeaf)
    throw new AutogradError("a leaf Variable that requires grad is being used in an in-place operation.");
  if (overlapsItself(target.window))
    throw new AutogradError(
      "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.");
  if (needs !== 0 && (target.origin !== null || target.storage.recordedViews > 0))
    throw new NotSupportedError(
      `${op}: a recorded change in place of a view, or of a tensor that has recorded views, is not supported yet. Use the out-of-place op, or noGrad if no gradient is needed.`);
}

function record<Attrs>(rule: Rule<Attrs>, inputs: readonly Tensor[], attrs: Attrs, needs: number, outs: readonly Tensor[]): void {
  const edges = new Array<Edge | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) edges[i] = inputs[i]!.edge;
  const node = new Node(rule, attrs, edges, null) as Node<Attrs>;
  const untyped = node as Node<never>;
  for (let k = 0; k < outs.length; k++) {
    const out = outs[k]!;
    const edge = new Edge(untyped, k, out.shape, out.dtype, out.storage.device);
    node.outputs.push(edge);
    out.edge = edge;
    untyped.retain();
  }
  const saves: Saves = rule.saves(attrs, needs);
  const count = saves.savedInputs.length + saves.savedResults.length;
  if (count === 0) return;
  const saved: Saved[] = [];
  for (const i of saves.savedInputs) saved.push(save(inputs[i]!, edges[i]!));
  for (const k of saves.savedResults) saved.push(save(outs[k]!, k));
  node.savesInfo = saves;
  node.saved = saved;
}

function save(tensor: Tensor, edge: Edge | null | number): Saved {
  return { storage: tensor.storage.retain(), window: tensor.window, version: tensor.storage.version, edge };
}

/** The handles of what a node saved, in the order of its `Saves`; they join the frame of the derivative rule. */
export function savedTensors<Attrs>(node: Node<Attrs>): Tensor[] {
  const count = node.savesInfo.savedInputs.length + node.savesInfo.savedResults.length;
  const tensors: Tensor[] = [];
  for (let place = 0; place < count; place++) {
    const { window, storage, edge } = node.unpack(place);
    const tensor = new Tensor(window, storage.retain(), typeof edge === "number" ? node.outputs[edge]! : edge);
    join(tensor, null);
    tensors.push(tensor);
  }
  return tensors;
}
