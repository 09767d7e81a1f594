/** @file How the losses of single elements become one. */
import { mean, sum } from "../../composites/reductions.ts";
import { ArgumentError } from "../../errors.ts";
import type { Tensor } from "../../op.ts";
import * as python from "../../python.ts";
import { sameShape } from "../../shape.ts";
import { warn } from "../../warning.ts";

/** The mean of all, their sum, or each on its own. */
export type Reduction = "mean" | "sum" | "none";
export type ReductionOptions = {
  /** "mean" by default. */
  readonly reduction?: Reduction;
};

/** Refuses a reduction that there is not. */
export function checkReduction(reduction: string, text: string = `${reduction} is not a valid value for reduction`): void {
  if (reduction !== "none" && reduction !== "mean" && reduction !== "sum") throw new ArgumentError(text);
}
/** @param label the name of the result's node, where it has one of its own */
export function reduced(loss: Tensor, reduction: Reduction = "mean", label?: string): Tensor {
  checkReduction(reduction);
  const out = reduction === "none" ? loss : reduction === "mean" ? mean(loss) : sum(loss);
  if (label !== undefined && out.gradFn !== null) out.gradFn.label = label;
  return out;
}

/** PyTorch's warning of a target that only broadcasting makes fit. */
export function warnOfBroadcast(x: Tensor, target: Tensor): void {
  if (!sameShape(x.shape, target.shape))
    warn(`Using a target size (${python.size(target.shape)}) that is different to the input size (${python.size(x.shape)}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`);
}
