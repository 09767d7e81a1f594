/** @file The door for ops that write into their first input: what may be changed, and whose history moves. Knows no op. */
import { activeInterpreter, asRun, commonDevice, handleOn, needsOf, titleOf } from "./dispatch.ts";
import { isFloat } from "./dtype.ts";
import { AutogradError } from "./errors.ts";
import { forbidden, type Lineage } from "./lineage.ts";
import { record } from "./record.ts";
import { Edge, isGradEnabled, isInferenceModeEnabled, moveWatch, Node, type Rule } from "./tape.ts";
import type { Tensor } from "./tensor.ts";
import { overlapsItself } from "./view.ts";
import { activeWatcher, watched } from "./watching.ts";

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
  const inputs = [target, ...others], interpreter = activeInterpreter();
  const device = commonDevice(op, inputs, attrs), watcher = activeWatcher();
  const needs = isGradEnabled() && isFloat(target.window.dtype) ? needsOf(inputs) | Number(hasFollowedBase(target)) : 0;
  checkInPlace(target, needs);
  asRun(device, () => {
    // What backward reads of the target is its old value: kept as a copy, as the target itself changes now.
    let before = target;
    if (needs !== 0 && op.saves(attrs, needs).savedInputs.includes(0)) {
      before = copy(target);
      before.edge = target.edge;
    }
    const tangents = interpreter?.followInPlace(op, inputs, attrs);
    if (watcher === null) write();
    else
      watched(watcher, `${titleOf(op, attrs)}_`, "op", device, inputs, () => {
        write();
        return target;
      });
    target.storage.version++;
    tangents?.();
    if (needs === 0) return unrecorded(target);
    const after = handleOn(target.storage, target.window);
    record(op, [before, ...others], attrs, needs, [after], target.storage);
    moveHistory(target, after, writeRule);
  });
  return target;
}

/** Whether the target is a view that was made before its base had a gradient, or without recording. */
const hasFollowedBase = ({ lineage }: Tensor): boolean => lineage !== null && lineage.family.edge !== null;

/** A change without a history: views of the same base find their edges anew all the same, and those that came several at a time are of no more use. */
export function unrecorded({ lineage }: Tensor): void {
  if (lineage !== null) lineage.family.epoch++;
}

/** The target is from now on what `after` is. Of a view, the base takes the change, and every member of the family finds its edge anew. */
export function moveHistory(target: Tensor, after: Tensor, writeRule: WriteRule): void {
  const { lineage } = target;
  if (lineage === null || lineage.parent === null) {
    moveWatch(target.edge, after.edge!);
    target.edge = after.edge;
    if (lineage !== null) lineage.seen = ++lineage.family.epoch;
  } else {
    const { family } = lineage;
    const node = new Node<Lineage>(writeRule, lineage, [family.edge, after.edge], null);
    let root: Lineage = lineage;
    while (root.parent !== null) root = root.parent;
    const edge = new Edge(node as Node<never>, 0, root.window.shape, root.window.dtype, target.storage.device);
    node.outputs = [edge];
    family.edge = edge;
    family.epoch++;
  }
}

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
    if (lineage.creation !== "recorded") throw forbidden(lineage.creation, "is being", target.edge);
    const { edge } = lineage.family;
    if (edge !== null && edge.node.leaf !== null) throw new AutogradError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
  }
  if (target.edge !== null && target.isLeaf)
    throw new AutogradError("a leaf Variable that requires grad is being used in an in-place operation.");
}
