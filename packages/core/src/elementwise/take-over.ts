/** @file A tensor that takes over what an op made: how ops without a form in place get one. */
import type { Tensor } from "../op.ts";
import { copy_ } from "./overwrite.ts";

/** As `copy_` of what an op made: the node, unless it is that of a view, has the name of the op's. */
export function takeOver(x: Tensor, source: Tensor, name: string | undefined): Tensor {
  const before = x.gradFn, { gradFn } = copy_(x, source);
  if (name !== undefined && gradFn !== null && gradFn !== before && (x.lineage?.parent ?? null) === null) gradFn.label = name;
  return x;
}
