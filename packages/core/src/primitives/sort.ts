/** @file The order of the elements along one dim. It has no derivative: what is gathered by it has. */
import { callAlong, inComputed } from "../calculus/call.ts";
import { rawZeros, reshape } from "../calculus/map-reduce.ts";
import { isStoredOnly } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { allocate, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { sizeOf, wrapDim } from "../shape.ts";

/** `count` elements of the order, after `from` others. */
type SortAttrs = { readonly dim: number; readonly descending: boolean; readonly from: number; readonly count: number };

const sortOp: Op<SortAttrs> = {
  name: "sort",
  gradName: () => "NotDifferentiable",
  run(device, [x], attrs) {
    const { dim, descending, from, count } = attrs, shape = x!.shape.with(dim, count);
    if (x!.shape[dim] === 1 || sizeOf(shape) === 0) return rawZeros(device, "int32", shape);
    if (isStoredOnly(x!.dtype)) return inComputed([x!], "int32", (wide) => sortOp.run(device, wide, attrs));
    const out = allocate(device, "int32", shape);
    callAlong([x!], [out], dim, (ins, outs) => device.backend.kernels.sort(ins, outs, { descending, from }), x!.shape[dim]!);
    return out;
  },
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/**
 * The int32 positions along a dim of the elements in order. Equal elements keep theirs; NaN is the largest.
 * @param from how many of the first are left out
 * @param count how many there are then; devices need not sort the others
 */
export function sortOrder(x: Tensor, dim: number, descending: boolean, from: number = 0, count?: number): Tensor {
  const d = wrapDim(dim, x.ndim), y = x.dtype === "bool" ? to(x, "int32") : x;
  if (x.ndim === 0) return reshape(dispatch(sortOp, [reshape(y, [1])], { dim: 0, descending, from: 0, count: 1 }), []);
  return dispatch(sortOp, [y], { dim: d, descending, from, count: count ?? x.shape[d]! - from });
}
