/** @file What losses share: how the losses of single elements become one. */
import { type Reduction, warn } from "@adjoint/core/functional";
import { Module } from "../module.ts";

export type LossOptions = {
  /** "mean" by default. */
  readonly reduction?: Reduction;
  /** PyTorch's older words for the reduction, with its warning. */
  readonly sizeAverage?: boolean | null;
  /** PyTorch's older word for it, with its warning. */
  readonly reduce?: boolean | null;
};

/** The reduction that the older words mean. */
export function reductionOf<R extends string = Reduction>({ reduction, sizeAverage = null, reduce = null }: { readonly reduction?: R; readonly sizeAverage?: boolean | null; readonly reduce?: boolean | null }): R | Reduction {
  if (sizeAverage === null && reduce === null) return reduction ?? "mean";
  const meant: Reduction = reduce === false ? "none" : sizeAverage === false ? "sum" : "mean";
  warn(`size_average and reduce args will be deprecated, please use reduction='${meant}' instead.`);
  return meant;
}

/** What the losses share: how the losses of the elements become one. */
export abstract class Loss extends Module {
  readonly reduction: Reduction;
  constructor(options: LossOptions = {}) {
    super();
    this.reduction = reductionOf(options);
  }
}
