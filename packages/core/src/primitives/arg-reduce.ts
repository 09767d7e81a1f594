/** @file Where the extremum lies: argmax and argmin. They have no derivative. */
import { callReduced, inComputed, reducedShape } from "../calculus/call.ts";
import { isStoredOnly } from "../dtype.ts";
import { DTypeError, IndexError } from "../errors.ts";
import { allocate, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";

type ArgReduceAttrs = { readonly op: "max" | "min"; readonly dims: readonly number[]; readonly keepdim: boolean };

const argReduceOp: Op<ArgReduceAttrs> = {
  name: "argReduce",
  gradName: () => "NotDifferentiable",
  run(device, [x], { op, dims, keepdim }) {
    if (isStoredOnly(x!.dtype)) return inComputed([x!], "int32", (wide) => argReduceOp.run(device, wide, { op, dims, keepdim }));
    const out = allocate(device, "int32", reducedShape(x!.shape, dims, keepdim));
    if (out.window.size !== 0)
      callReduced(`arg${op}`, [x!], out, x!.shape, dims, (ins, outs, reduced) => device.backend.kernels.argReduce(ins, outs, { op, reduced }));
    return out;
  },
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs, { length }) => ({ ...attrs, dims: attrs.dims.map((d) => d + length) }),
};

/** The row-major number, within several dims, of their first maximum. */
export const argMaxOver = (x: Tensor, dims: readonly number[]): Tensor => dispatch(argReduceOp, [x], { op: "max", dims, keepdim: false });

/** Of any dtype, bool too. */
export function argReduce(op: "max" | "min", x: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  const dims = dim === undefined ? [...x.shape.keys()] : x.ndim === 0 ? [] : [wrapDim(dim, x.ndim)];
  if (dim !== undefined && x.ndim === 0) wrapDim(dim, 0);
  if (x.window.size === 0 && (dim === undefined || x.shape[dims[0]!] === 0))
    throw new IndexError(`arg${op}(): Expected reduction dim ${dim === undefined ? "to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument." : `${dims[0]} to have non-zero size.`}`);
  return dispatch(argReduceOp, [x], { op, dims, keepdim });
}

/** PyTorch finds no index in bools, though its max along a dim does. */
function argExtremum(op: "max" | "min", x: Tensor, dim: number | undefined, { keepdim = false }: Options): Tensor {
  if (x.dtype === "bool") throw new DTypeError(`"arg${op}_cpu" not implemented for 'Bool'`);
  return argReduce(op, x, dim, keepdim);
}

type Options = {
  /** Keep the reduced dim, with size 1. */
  readonly keepdim?: boolean;
};
/**
 * The place of the first maximum along a dim, or in the flattened tensor; NaN counts as the largest.
 * @param x of any shape; of any dtype but bool
 * @param dim along which; all elements, in row-major order, by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; int32
 * @throws IndexError for a dim out of range, or of size 0
 * @throws DTypeError for bools
 * @example argmax(tensor([1, 3, 2])) // 1
 */
export const argmax = (x: Tensor, dim?: number, options: Options = {}): Tensor => argExtremum("max", x, dim, options);
/**
 * The place of the first minimum along a dim, or in the flattened tensor; NaN counts as the smallest.
 * @param x of any shape; of any dtype but bool
 * @param dim along which; all elements, in row-major order, by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; int32
 * @throws IndexError for a dim out of range, or of size 0
 * @throws DTypeError for bools
 * @example argmin(tensor([2, 1, 3])) // 1
 */
export const argmin = (x: Tensor, dim?: number, options: Options = {}): Tensor => argExtremum("min", x, dim, options);
