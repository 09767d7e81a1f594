/** @file Where the extremum lies: argmax and argmin. They have no derivative. */
import { callReduced, reducedShape } from "../calculus/call.ts";
import { IndexError } from "../errors.ts";
import { allocate, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";

type ArgReduceAttrs = { readonly op: "max" | "min"; readonly dims: readonly number[]; readonly keepdim: boolean };

const argReduceOp: Op<ArgReduceAttrs> = {
  name: "argReduce",
  gradName: () => "NotDifferentiable",
  run(device, [x], { op, dims, keepdim }) {
    const out = allocate(device, "int32", reducedShape(x!.shape, dims, keepdim));
    if (out.window.size !== 0)
      callReduced(`arg${op}`, [x!], out, x!.shape, dims, (ins, outs, reduced) => device.backend.kernels.argReduce(ins, outs, { op, reduced }));
    return out;
  },
  saves: () => savesNothing,
  vjp: () => [],
};

function argReduce(op: "max" | "min", x: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  const dims = dim === undefined ? [...x.shape.keys()] : x.ndim === 0 ? [] : [wrapDim(dim, x.ndim)];
  if (dim !== undefined && x.ndim === 0) wrapDim(dim, 0);
  if (x.window.size === 0 && (dim === undefined || x.shape[dims[0]!] === 0))
    throw new IndexError(`arg${op}(): Expected reduction dim ${dim === undefined ? "to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument." : `${dims[0]} to have non-zero size.`}`);
  return dispatch(argReduceOp, [x], { op, dims, keepdim });
}

type Options = { readonly keepdim?: boolean };
/** The index of the first maximum along a dim, or in the flattened tensor; NaN counts as the largest. int32. */
export const argmax = (x: Tensor, dim?: number, options: Options = {}): Tensor => argReduce("max", x, dim, options.keepdim ?? false);
/** The index of the first minimum along a dim, or in the flattened tensor; NaN counts as the smallest. int32. */
export const argmin = (x: Tensor, dim?: number, options: Options = {}): Tensor => argReduce("min", x, dim, options.keepdim ?? false);
