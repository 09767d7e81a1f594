/** @file The waist: every op passes here once. Run, give a lifetime, record. Knows no op. */
import { type Device } from "./device.ts";
import { type DType, isFloat } from "./dtype.ts";
import { DeviceError } from "./errors.ts";
import { type Creation, Family, Lineage } from "./lineage.ts";
import { beginRun, endRun, join, type Lifetime, pend, youngest } from "./scope.ts";
import { record } from "./record.ts";
import { type Shape, sizeOf } from "./shape.ts";
import { Storage, withOwners } from "./storage.ts";
import { isGradEnabled, isInferenceModeEnabled, type Rule } from "./tape.ts";
import { alive, Tensor } from "./tensor.ts";
import { type Buffer, denseView, type View } from "./view.ts";
import { activeWatcher, watched, type Watcher } from "./watching.ts";

interface Runs<Attrs, R extends Tensor | readonly Tensor[]> extends Rule<Attrs> {
  readonly name: string;
  /** Computes fresh, unrecorded tensors. What else it allocates dies when it returns, and all of it when it throws. */
  run(device: Device, inputs: readonly Tensor[], attrs: Attrs): R;
}
/** An op as the engine sees it: how it runs, and its derivative. */
export type Op<Attrs> = Runs<Attrs, Tensor>;
/** An op of several results. */
export type MultiOp<Attrs> = Runs<Attrs, readonly Tensor[]>;
/** An op that only looks at its input in another way: it shares the storage. */
export interface ViewOp<Attrs> extends Rule<Attrs> {
  readonly name: string;
  view(view: View, attrs: Attrs): View;
  batched(attrs: Attrs, lead: Shape, inputs: readonly Tensor[]): Attrs;
}
/** An op that looks at its input in several other ways: one node with a result for each. */
export interface ViewsOp<Attrs, Part> extends Rule<Attrs> {
  readonly name: string;
  /** The view op that each result is by itself: how it is found again when its base has been changed. */
  readonly part: ViewOp<Part>;
  /** The attrs of `part`, result by result. */
  parts(attrs: Attrs): readonly Part[];
  batched(attrs: Attrs, lead: Shape, inputs: readonly Tensor[]): Attrs;
}

/** What function transforms (vmap, jvp) put between ops and the engine, while one of them is active. */
export interface Interpreter {
  /** Whether one of the inputs has batch dims, so that the engine must not run on it as it is. */
  isBatched(inputs: readonly Tensor[]): boolean;
  /** The same ops on inputs of which some have batch dims. */
  run<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor;
  runAll<Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[];
  view<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor;
  views<Attrs, Part>(op: ViewsOp<Attrs, Part>, input: Tensor, attrs: Attrs): readonly Tensor[];
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
    if (typeof saved?.edge === "number" && saved.traced === null) saved.traced = outs[saved.edge]!.traced?.saved() ?? null;
}

/** A new dense tensor of undefined content, to be written by a kernel at once. @param buffer one that is there already, to be owned by the tensor */
export function allocate(device: Device, dtype: DType, shape: Shape, buffer?: Buffer): Tensor {
  const storage = new Storage(device, dtype, sizeOf(shape), buffer);
  return pend(new Tensor(denseView(storage.buffer, dtype, shape), storage, null));
}

/** An op's own handle on memory that is there, seen through a window. */
export const handleOn = (storage: Storage, window: View): Tensor => pend(new Tensor(window, storage.retain(), null));

/** The device of the inputs, all alive and on one device. */
export function commonDevice<Attrs>(op: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs): Device {
  const first = inputs[0]!.storage.device;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    if (input.freedBy !== undefined) alive(titleOf(op, attrs), input);
    const { device } = input.storage;
    if (device !== first) refuseDevices(titleOf(op, attrs), first, device);
  }
  return first;
}
function refuseDevices(title: string, one: Device, other: Device): never {
  const { name } = one.backend, twice = name === other.backend.name ? "; each call that opens one makes another: keep it" : "";
  throw new DeviceError(
    `Expected all tensors to be on the same device, but found at least two devices, ${name} and ${other.backend.name}! (${title}; move one with await x.to(device)${twice})`);
}
export const titleOf = <Attrs>(op: Rule<Attrs> & { readonly name: string }, attrs: Attrs): string => op.title?.(attrs) ?? op.name;

function lifetimeOf(inputs: readonly Tensor[]): Lifetime | null {
  let lifetime: Lifetime | null = null;
  for (let i = 0; i < inputs.length; i++) lifetime = youngest(lifetime, inputs[i]!.lifetime);
  return lifetime;
}

/** Bit mask of the inputs that need a gradient. */
export function needsOf(inputs: readonly Tensor[]): number {
  let needs = 0;
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.edge !== null) needs |= 1 << i;
  return needs;
}

/** A run of an op, in which what it allocates is its own. */
function ran<Attrs, R extends Tensor | readonly Tensor[]>(op: Runs<Attrs, R>, device: Device, inputs: readonly Tensor[], attrs: Attrs): R {
  const watcher = activeWatcher(), outer = beginRun();
  let result: R | undefined;
  try {
    return (result = watcher === null ? op.run(device, inputs, attrs) : runWatched(watcher, op, device, inputs, attrs));
  } catch (error) {
    throw withOwners(error, device); // A kernel has found no room for what it needs meanwhile.
  } finally {
    endRun(outer, result);
  }
}
/** Runs what allocates on the device as an op does, outside of one. */
export function asRun<R>(device: Device, work: () => R): R {
  const outer = beginRun();
  let result: R | undefined;
  try {
    return (result = work());
  } catch (error) {
    throw withOwners(error, device);
  } finally {
    endRun(outer, result);
  }
}
// A function in which a closure could be made pays for it at every call, so what is rare stands apart.
const runWatched = <Attrs, R extends Tensor | readonly Tensor[]>(by: Watcher, op: Runs<Attrs, R>, device: Device, inputs: readonly Tensor[], attrs: Attrs): R =>
  watched(by, titleOf(op, attrs), "op", device, inputs, () => op.run(device, inputs, attrs));

export function dispatch<Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, on?: Device): Tensor {
  if (interpreter !== null && interpreter.isBatched(inputs)) return interpreter.run(op, inputs, attrs);
  const device = inputs.length === 0 ? on! : commonDevice(op, inputs, attrs), out = ran(op, device, inputs, attrs);
  join(out, lifetimeOf(inputs));
  if (isGradEnabled() && isFloat(out.window.dtype)) {
    const needs = needsOf(inputs);
    if (needs !== 0) record(op, inputs, attrs, needs, [out]);
  }
  if (interpreter !== null) followOne(interpreter, op, inputs, attrs, out, device);
  return out;
}
const followOne = <Attrs>(by: Interpreter, op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, out: Tensor, device: Device): void =>
  follow(by, op, inputs, attrs, [out], (others) => [dispatch(op, others, attrs, device)]);

export function dispatchAll<Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs): readonly Tensor[] {
  if (interpreter !== null && interpreter.isBatched(inputs)) return interpreter.runAll(op, inputs, attrs);
  const outs = ran(op, commonDevice(op, inputs, attrs), inputs, attrs);
  const lifetime = lifetimeOf(inputs);
  for (const out of outs) join(out, lifetime);
  const needs = isGradEnabled() ? needsOf(inputs) : 0;
  if (needs !== 0) record(op, inputs, attrs, needs, outs);
  if (interpreter !== null) followAll(interpreter, op, inputs, attrs, outs);
  return outs;
}
const followAll = <Attrs>(by: Interpreter, op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs, outs: readonly Tensor[]): void =>
  follow(by, op, inputs, attrs, outs, (others) => dispatchAll(op, others, attrs));

export function dispatchView<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor {
  if (interpreter !== null && interpreter.isBatched([input])) return interpreter.view(op, input, attrs);
  alive(op.name, input);
  const out = seen(op, input, attrs);
  if (isGradEnabled() && input.edge !== null) record(op, [input], attrs, 1, [out]);
  settle(out, lineageOf(input), op, attrs, "recorded");
  if (interpreter !== null) followView(interpreter, op, input, attrs, out);
  return out;
}
const followView = <Attrs>(by: Interpreter, op: ViewOp<Attrs>, input: Tensor, attrs: Attrs, out: Tensor): void =>
  follow(by, op, [input], attrs, [out], ([other]) => [dispatchView(op, other!, attrs)]);

/** None of the results may be changed in place while changes are recorded. */
export function dispatchViews<Attrs, Part>(op: ViewsOp<Attrs, Part>, input: Tensor, attrs: Attrs): readonly Tensor[] {
  if (interpreter !== null && interpreter.isBatched([input])) return interpreter.views(op, input, attrs);
  alive(op.name, input);
  const { part } = op, parts = op.parts(attrs), outs = new Array<Tensor>(parts.length);
  if (parts.length === 0) return outs;
  for (let k = 0; k < parts.length; k++) outs[k] = seen(part, input, parts[k]!);
  if (isGradEnabled() && input.edge !== null) record(op, [input], attrs, 1, outs);
  const parent = lineageOf(input);
  for (let k = 0; k < parts.length; k++) settle(outs[k]!, parent, part, parts[k]!, "several");
  if (interpreter !== null) followViews(interpreter, op, input, attrs, outs);
  return outs;
}
const followViews = <Attrs, Part>(by: Interpreter, op: ViewsOp<Attrs, Part>, input: Tensor, attrs: Attrs, outs: readonly Tensor[]): void =>
  follow(by, op, [input], attrs, outs, ([other]) => dispatchViews(op, other!, attrs));

/** A view of the input, unrecorded. */
function seen<Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs): Tensor {
  const out = new Tensor(op.view(input.window, attrs), input.storage.retain(), null);
  join(out, input.lifetime);
  return out;
}
/** Gives a view its place in the family. */
function settle<Attrs>(out: Tensor, parent: Lineage, op: ViewOp<Attrs>, attrs: Attrs, creation: Creation): void {
  out.lineage = new Lineage(parent.family, parent, op as ViewOp<unknown>, attrs, out.window, creationOf(parent, creation));
  parent.family.join();
}
/** What a view is made of hands down that it may not be changed. */
const creationOf = (parent: Lineage, creation: Creation): Creation =>
  !isGradEnabled() ? (isInferenceModeEnabled() ? "inference" : "unrecorded") : creation === "recorded" ? parent.creation : creation;

function lineageOf(tensor: Tensor): Lineage {
  if (tensor.lineage === null) {
    tensor.lineage = new Lineage(new Family(tensor.edge), null, null, undefined, tensor.window, "recorded");
    tensor.lineage.family.join();
  }
  return tensor.lineage;
}
