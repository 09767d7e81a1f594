/** @file What a custom Function's forward tells its backward. */
import { savedTensors } from "../record.ts";
import { ArgumentError } from "../errors.ts";
import { adoptLent } from "../calculus/walk.ts";
import * as python from "../python.ts";
import { outsideFrames } from "../scope.ts";
import type { Node } from "../tape.ts";
import { isTensor, type Tensor } from "../tensor.ts";

/** What `forward` said, for the engine. */
export type Said = {
  save: readonly (Tensor | null)[];
  dirty: readonly Tensor[];
  nonDifferentiable: readonly Tensor[];
  materialize: boolean;
  /** What `jvp` reads. */
  forward: readonly (Tensor | null)[];
  /** The node that holds what was saved, once it is there, and which places are a tensor. */
  node: Node | null;
  kept: readonly boolean[];
};
const saidBy = /*@__PURE__*/ new WeakMap<FunctionContext, Said>();
/** What a context was told. */
export const saidTo = (ctx: FunctionContext): Said => saidBy.get(ctx)!;

const checkTensors = (what: string, values: readonly unknown[]): void => values.forEach((value, i) => {
  if (!isTensor(value)) throw new ArgumentError(`${what} can only ${what.startsWith("save_for") ? "save" : "accept"} variables, but argument ${i} is of type ${python.typeName(value)}`);
});

/** The first argument of a custom Function's `forward` and `backward`: PyTorch's `FunctionCtx`. Anything else may be kept on it as a property. */
export class FunctionContext {
  [property: string]: unknown;
  /** For each argument of `forward`, whether it is a tensor that needs a gradient. */
  readonly needsInputGrad: readonly boolean[];

  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
    saidBy.set(this, { save: [], forward: [], dirty: [], nonDifferentiable: [], materialize: true, node: null, kept: [] });
  }
  /** Saves inputs, results or other tensors for backward, which reads them as `savedTensors`: to be changed in place by nobody until then. null stays null. */
  saveForBackward(...tensors: readonly (Tensor | null | undefined)[]): void {
    checkTensors("save_for_backward", tensors.filter((x) => x !== null && x !== undefined));
    saidTo(this).save = tensors.map((x) => x ?? null);
  }
  /** Saves tensors for `jvp`, which reads them as `savedTensors`. */
  saveForForward(...tensors: readonly (Tensor | null | undefined)[]): void {
    checkTensors("save_for_forward", tensors.filter((x) => x !== null && x !== undefined));
    saidTo(this).forward = tensors.map((x) => x ?? null);
  }
  /** What was saved. An AutogradError if it has been changed in place since, or freed. */
  get savedTensors(): readonly (Tensor | null)[] {
    const { kept, node, forward } = saidTo(this);
    if (node === null || forward.length > 0) return forward;
    const tensors = outsideFrames(() => savedTensors(node));
    for (const tensor of tensors) adoptLent(tensor);
    let next = 0;
    return kept.map((is) => (is ? tensors[next++]! : null));
  }
  /** Says which inputs `forward` changed in place. They must be among its results. */
  markDirty(...tensors: readonly Tensor[]): void {
    checkTensors("mark_dirty", tensors);
    saidTo(this).dirty = tensors;
  }
  /** Says which results have no gradient. */
  markNonDifferentiable(...tensors: readonly Tensor[]): void {
    checkTensors("mark_non_differentiable", tensors);
    saidTo(this).nonDifferentiable = tensors;
  }
  /** Whether `backward` gets zeros for the gradient of a result that was not used (the default), or null. */
  setMaterializeGrads(value: boolean): void {
    saidTo(this).materialize = value;
  }
}
