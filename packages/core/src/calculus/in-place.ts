/** @file Changes in place: a program's result written into its first input, and what a change of a view is for its base. */
import { scalarTypeName } from "../dtype.ts";
import { AutogradError, DTypeError, NotSupportedError, ShapeError } from "../errors.ts";
import { clashes } from "../normal-form.ts";
import {
  activeInterpreter, asRun, checkInPlace, commonDevice, type Device, dispatch, dispatchInPlace, dispatchView, isGradEnabled, type Lineage, type Op, refuseOverlap, savesNothing, type Tensor, unrecorded,
  type WriteRule,
} from "../op.ts";
import type { Program } from "../scalar/program.ts";
import { sameShape } from "../shape.ts";
import type { Buffer, View } from "../view.ts";
import { activeWatcher, watched } from "../watching.ts";
import { broadcastOf, callMap, copyView, materialize, windowsOf } from "./call.ts";
import { batchedMap, clone, mapOp, zerosOn } from "./map-reduce.ts";

/** Writes a program's result, whose first input is the target itself, into the target. */
export function mapInto(target: Tensor, p: Program, others: readonly Tensor[], params: readonly number[] = []): Tensor {
  const result = p.results[0]!.dtype;
  if (result !== target.dtype)
    throw new DTypeError(`result type ${scalarTypeName[result]} can't be cast to the desired output type ${scalarTypeName[target.dtype]}`);
  const inputs = [target, ...others];
  checkTarget(target, others);
  const attrs = { program: p, params };
  const interpreter = activeInterpreter();
  if (interpreter !== null && interpreter.isBatched(inputs)) {
    return interpreter.inPlace(target, others, (lead) => (x, ys) => {
      const batched = batchedMap(attrs, lead, inputs);
      mapInto(x, batched.program, ys, batched.params);
    });
  }
  return dispatchInPlace(mapOp, target, others, attrs, {
    write: () => write([target], p, inputs, params),
    copy: (x) => materialize(x, x.shape),
    writeRule: writeViewOp,
  });
}
/** Whether a result of these operands can be written into the target: nothing of it is repeated, and its shape does not grow. */
export function checkTarget(target: Tensor, others: readonly Tensor[]): void {
  const { shape, strides } = target.window;
  if (strides.some((stride, d) => stride === 0 && shape[d]! > 1)) refuseOverlap(target);
  const broadcast = broadcastOf([target, ...others], undefined);
  if (!sameShape(broadcast, shape)) throw new ShapeError(`output with shape [${shape.join(", ")}] doesn't match the broadcast shape [${broadcast.join(", ")}]`);
}

/** Writes a program's result into a tensor of its shape, whatever that held. Not recorded, as PyTorch's `out=`. */
export function mapOut(target: Tensor, p: Program, inputs: readonly Tensor[], params: readonly number[]): Tensor {
  commonDevice(mapOp, [target, ...inputs], { program: p, params });
  if (isGradEnabled() && [target, ...inputs].some((x) => x.requiresGrad))
    throw new AutogradError(`${p.name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.`);
  if ([target, ...inputs].some((x) => x.traced !== null))
    throw new NotSupportedError(`${p.name}(): out is not there inside of a function transform; use the op that returns a new tensor`);
  checkTarget(target, inputs);
  const shape = broadcastOf(inputs, inputs.length === 0 ? [] : undefined);
  if (!sameShape(shape, target.shape)) throw new ShapeError(`output with shape [${target.shape.join(", ")}] doesn't match the broadcast shape [${shape.join(", ")}]`);
  refuseOverlap(target);
  asRun(target.storage.device, () => write([target], p, inputs, params));
  target.storage.version++;
  unrecorded(target);
  return target;
}

/**
 * Writes the results of a program into the first tensors of each group, its targets, which are the program's first inputs; all groups in one call where the device can. Not recorded: no target may
 * need a gradient while changes are. There is a group at least; the targets of each have one shape and memory of their own.
 */
export function mapGroups(groups: readonly (readonly Tensor[])[], p: Program, params: readonly number[]): void {
  const all = groups.flat(), attrs = { program: p, params }, count = p.results.length, watcher = activeWatcher();
  const device = commonDevice(mapOp, all, attrs), targets = groups.flatMap((group) => group.slice(0, count));
  for (const target of targets) checkInPlace(target, isGradEnabled() && target.requiresGrad ? 1 : 0);
  for (const group of groups) if (!isPlain(group)) for (let k = 0; k < count; k++) checkTarget(group[k]!, group);
  if (all.some((x) => x.traced !== null)) throw new NotSupportedError(`${p.name}: not inside of a function transform`);
  const run = (): readonly Tensor[] => {
    writeGroups(device, groups, all, attrs);
    return targets;
  };
  asRun(device, watcher === null ? run : () => watched(watcher, p.name, "op", device, all, run));
  for (const target of targets) {
    target.storage.version++;
    unrecorded(target);
  }
}

/** Dense tensors of one shape. */
const isPlain = ([first, ...others]: readonly Tensor[]): boolean => first!.window.dense && others.every(({ window }) => window.dense && sameShape(window.shape, first!.window.shape));

function writeGroups(device: Device, groups: readonly (readonly Tensor[])[], all: readonly Tensor[], { program: p, params }: { readonly program: Program; readonly params: readonly number[] }): void {
  const { mapEach } = device.backend.kernels, count = p.results.length, ins: View[] = [], outs: View[] = [], uses = new Map<Buffer, number>();
  for (const { window: { buffer } } of all) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  for (const group of groups) {
    if (group[0]!.window.size === 0) continue;
    if (mapEach !== undefined && isPlain(group) && group.every(({ window }) => uses.get(window.buffer) === 1)) {
      for (const { window } of group) ins.push(window);
      for (let k = 0; k < count; k++) outs.push(group[k]!.window);
    } else write(group.slice(0, count), p, group, params);
  }
  if (outs.length > 0) mapEach!(ins, outs, { program: p, params });
}

/** Runs the program into the targets, with copies of what one of them lies over. */
function write(targets: readonly Tensor[], p: Program, inputs: readonly Tensor[], params: readonly number[]): void {
  const safe = inputs.map((x) => (targets.some((target) => clashes(target.window, x.window)) ? materialize(x, x.shape) : x)), [{ storage, shape }] = targets as [Tensor];
  callMap(storage.device, safe, windowsOf(targets), { program: p, params }, shape);
}

/** The base with what its view becomes in place of the view: how a change of a view is a change of its base. */
const writeViewOp: Op<Lineage> = {
  name: "copySlices",
  gradName: () => "CopySlices",
  run(device, [base, source], lineage) {
    const out = materialize(base!, base!.shape);
    copyView(device.backend.kernels.copy, source!.window, lineage.within(out.window), device.backend.limits.maxRank);
    return out;
  },
  saves: () => savesNothing,
  // The base's gradient without the part that was overwritten, and that part.
  vjp: ([grad], node) => [
    node.needs(0) ? dispatch(writeViewOp, [grad!, zerosOn(grad!.storage.device, grad!.dtype, node.attrs.window.shape)], node.attrs) : undefined,
    node.needs(1) ? viewAgain(grad!, node.attrs) : undefined,
  ],
  jvp: "linear",
  batched: (lineage, lead) => lineage.batched(lead),
};

/** How a change of a view is a change of its base. */
export const writeViewRule: WriteRule = writeViewOp;

/** The view ops that lead from a base to a view, once more on another tensor of the base's shape. */
const viewAgain = (x: Tensor, lineage: Lineage): Tensor => (lineage.parent === null ? (x.window.dense && x.window.offset === 0 ? x : clone(x)) : dispatchView(lineage.op!, viewAgain(x, lineage.parent), lineage.attrs));
