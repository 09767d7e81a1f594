/** @file Hooks: functions of the user that see gradients, and may replace them, while backward runs. */
import { replace, lend } from "../calculus/walk.ts";
import { AutogradError, ArgumentError } from "../errors.ts";
import * as python from "../python.ts";
import { outsideFrames } from "../scope.ts";
import { arityOf } from "./node.ts";
import { sameShape } from "../shape.ts";
import { extrasOf, type Node, type Slots, watchOf } from "../tape.ts";
import { alias, alive, isTensor, type Tensor } from "../tensor.ts";

/** Takes a hook away again: `handle.remove()`, or `using handle = ...`. */
export type HookHandle = { remove(): void; [Symbol.dispose](): void };

/** A gradient, or null where there is none. */
export type MaybeGrad = Tensor | null;
/** What a hook may return: nothing leaves the gradient as it is. */
export type Replacement<T> = T | null | undefined | void;

/** Adds a hook to its set. The same function may be there twice. */
function added<H>(hooks: Set<H>, hook: H): HookHandle {
  hooks.add(hook);
  const remove = (): void => void hooks.delete(hook);
  return { remove, [Symbol.dispose]: remove };
}

/** The name that messages give a hook. */
const nameOf = (hook: (...args: never) => unknown): string => (hook.name === "" ? "<lambda>" : hook.name);

/** Refuses a replacement that is not of the type and size of the gradient. */
function checkReplacement(name: string, before: Tensor | undefined, after: unknown): void {
  if (before === undefined) throw new AutogradError("can't replace a None gradient with a non-None value");
  if (!isTensor(after)) throw new ArgumentError(`expected Variable, but hook returned '${python.typeName(after)}'`);
  alive(`hook '${name}'`, after);
  if (after.dtype !== before.dtype)
    throw new AutogradError(`hook '${name}' has changed the type of value (was ${python.typeName(before)} got ${python.typeName(after)})`);
  if (after.storage.device !== before.storage.device)
    throw new AutogradError(`hook '${name}' has changed the type of value (was ${before.device.name} tensor got ${after.device.name} tensor)`);
  if (!sameShape(after.shape, before.shape)) throw new AutogradError(`hook '${name}' has changed the size of value`);
}

/** What the user's function made of lent handles. */
const call = <A extends readonly unknown[]>(hook: (...args: A) => unknown, ...args: A): unknown => outsideFrames(() => hook(...args));

/**
 * Calls `hook` with each complete gradient of this tensor; what it returns takes the gradient's place. PyTorch's `register_hook`.
 * Hooks run in the order of their registration, in `backward` and in `autograd.grad`. A hook stays with the value that it was put on: after a change
 * in place it sees the gradient of the old value.
 * @param x a tensor that requires a gradient
 * @param hook may give a tensor of the gradient's shape, dtype and device, or nothing
 * @returns a handle whose `remove` takes the hook away
 * @throws AutogradError for a tensor that requires none, and in backward for a gradient of another shape, dtype or device
 * @example `const handle = x.registerHook((grad) => grad.mul(2)); ...; handle.remove()`
 */
export function registerHook(x: Tensor, hook: (grad: Tensor) => Replacement<Tensor>): HookHandle {
  alive("registerHook", x);
  if (x.edge === null) throw new AutogradError("cannot register a hook on a tensor that doesn't require gradient");
  const name = nameOf(hook);
  return added(watchOf(x.edge).hooks, (grad) => {
    const made = call(hook, lend(grad));
    if (made === null || made === undefined) return undefined;
    checkReplacement(name, grad, made);
    return alias(made as Tensor);
  });
}

/**
 * Calls `hook` with this leaf each time its `.grad` has been brought up to date: to step an optimizer as backward goes, say.
 * PyTorch's `register_post_accumulate_grad_hook`.
 * @param x a leaf that requires a gradient
 * @param hook gives nothing
 * @returns a handle whose `remove` takes the hook away
 * @throws AutogradError for a tensor that is no such leaf, and in backward for a hook that gives something
 */
export function registerPostAccumulateGradHook(x: Tensor, hook: (leaf: Tensor) => void): HookHandle {
  alive("registerPostAccumulateGradHook", x);
  if (x.edge === null) throw new AutogradError("cannot register a hook on a tensor that doesn't require gradient");
  if (x.edge.node.leaf === null) throw new AutogradError("post accumulate grad hooks cannot be registered on non-leaf tensors");
  const { accumulated } = extrasOf(x.edge.node);
  return added(accumulated, () => {
    const made = call(hook, x);
    if (made !== null && made !== undefined) throw new AutogradError("Tensor post accumulate grad hooks should return None.");
  });
}

const lent = (slots: Slots, count: number): MaybeGrad[] => Array.from({ length: count }, (_, i) => (slots[i] === undefined ? null : lend(slots[i])));

function replaceAll(name: string, slots: Slots, count: number, made: unknown): void {
  if (made === null || made === undefined) return;
  const list: readonly unknown[] = count === 1 && isTensor(made) ? [made] : Array.isArray(made) ? made : refuse(made);
  if (list.length !== count) throw new AutogradError(`hook '${name}' has returned an incorrect number of values (got ${list.length}, but expected ${count})`);
  list.forEach((after, i) => {
    if (after === null || after === undefined) return;
    checkReplacement(name, slots[i], after);
    replace(slots, i, alias(after as Tensor));
  });
}
function refuse(made: unknown): never {
  throw new ArgumentError(`expected tuple, but hook returned '${python.typeName(made)}'`);
}

/**
 * Calls `hook` after the node's derivative with the gradients of its inputs and of its outputs; a list that it returns takes the place of the
 * former. PyTorch's `Node.register_hook`.
 * @param node as `x.gradFn` gives it
 * @param hook may give as many gradients as there are inputs, or nothing
 * @returns a handle whose `remove` takes the hook away
 * @throws AutogradError in backward, for another number of gradients
 */
export function registerNodeHook(node: Node, hook: (gradInputs: readonly MaybeGrad[], gradOutputs: readonly MaybeGrad[]) => Replacement<readonly MaybeGrad[] | Tensor>): HookHandle {
  const name = nameOf(hook);
  return added(extrasOf(node).after, (inputs, outputs) => {
    const count = arityOf(node);
    replaceAll(name, inputs, count, call(hook, lent(inputs, count), lent(outputs, node.outputs.length)));
  });
}

/**
 * Calls `hook` before the node's derivative with the gradients of its outputs; a list that it returns takes their place. PyTorch's `Node.register_prehook`.
 * @param node as `x.gradFn` gives it
 * @param hook may give as many gradients as it gets, or nothing
 * @returns a handle whose `remove` takes the hook away
 * @throws AutogradError in backward, for another number of gradients
 */
export function registerNodePrehook(node: Node, hook: (gradOutputs: readonly MaybeGrad[]) => Replacement<readonly MaybeGrad[] | Tensor>): HookHandle {
  const name = nameOf(hook);
  return added(extrasOf(node).before, (outputs) => {
    const count = node.outputs.length;
    replaceAll(name, outputs, count, call(hook, lent(outputs, count)));
  });
}
