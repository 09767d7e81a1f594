/** @file The op constructors: the only door between op definitions and the engine. */
import { framed } from "./scope.ts";
import { isTensor, type Tensor } from "./tensor.ts";

export { type Device, currentDevice, deviceOf, requireDType, requireReadable } from "./device.ts";
export { activeInterpreter, allocate, asRun, commonDevice, dispatch, dispatchAll, dispatchView, dispatchViews, handleOn, type Interpreter, type MultiOp, type Op, setInterpreter, type ViewOp, type ViewsOp } from "./dispatch.ts";
export { checkInPlace, dispatchInPlace, refuseOverlap, unrecorded, type WriteRule } from "./dispatch-in-place.ts";
export { savedTensors } from "./record.ts";
export { Lineage } from "./lineage.ts";
export { closeFrame, framed, join, keep, openFrame, pend, refusePromise, takeFromFrame, youngest } from "./scope.ts";
export { enableGrad, isGradEnabled, type Node, noGrad, type Jvp, type Rule, type Saves, savesNothing } from "./tape.ts";
export { alias, alive, become, isTensor, reseat, Tensor, type Traced } from "./tensor.ts";

type Result = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };

const isKept = (result: unknown, tensor: unknown): boolean =>
  result === tensor || (typeof result === "object" && result !== null && !isTensor(result) && Object.values(result).includes(tensor));

/**
 * A function of other ops. Its intermediates die when it returns; gradients come for free.
 * @param gradName what its result's node is called, as PyTorch calls it
 */
export function composite<A extends readonly unknown[], R extends Result>(gradName: string | undefined, run: (...args: A) => R): (...args: A) => R {
  const labelled = (args: A): R => {
    const result = run(...args);
    if (gradName !== undefined && isTensor(result) && !args.includes(result) && result.gradFn !== null) result.gradFn.label = gradName;
    return result;
  };
  return (...args: A): R => framed(labelled, isKept, args);
}
