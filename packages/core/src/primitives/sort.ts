/** @file The order of the elements along one dim. It has no derivative: what is gathered by it has. */
import { callAlong, inComputed } from "../calculus/call.ts";
import { rawZeros, reshape } from "../calculus/map-reduce.ts";
import { isStoredOnly } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { allocate, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";

type SortAttrs = { readonly dim: number; readonly descending: boolean };

const sortOp: Op<SortAttrs> = {
  name: "sort",
  gradName: () => "NotDifferentiable",
  run(device, [x], attrs) {
    const { dim, descending } = attrs;
    if (x!.shape[dim] === 1 || x!.window.size === 0) return rawZeros(device, "int32", x!.shape);
    if (isStoredOnly(x!.dtype)) return inComputed([x!], "int32", (wide) => sortOp.run(device, wide, attrs));
    const out = allocate(device, "int32", x!.shape);
    callAlong([x!], [out], dim, (ins, outs) => device.backend.kernels.sort(ins, outs, { descending }));
    return out;
  },
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** The int32 positions along a dim of the elements in order. Equal elements keep theirs; NaN is the largest. */
export function sortOrder(x: Tensor, dim: number, descending: boolean): Tensor {
  const d = wrapDim(dim, x.ndim), y = x.dtype === "bool" ? to(x, "int32") : x;
  return x.ndim === 0 ? reshape(dispatch(sortOp, [reshape(y, [1])], { dim: 0, descending }), []) : dispatch(sortOp, [y], { dim: d, descending });
}
