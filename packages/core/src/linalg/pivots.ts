/** @file The row exchanges of a factorisation as an order, as a matrix, and done. */
import { onHost } from "../calculus/host.ts";
import { arange } from "../creation/fill.ts";
import { eq } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { ArgumentError } from "../errors.ts";
import { dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { sizeOf } from "../shape.ts";
import { expand, reshape, unsqueeze } from "../views/views.ts";
import { permutationOf } from "./algorithms/lu.ts";

/** Which row of A each row of L U is, or the inverse of this order: of pivots [..., k] an order [..., m]. */
const permutationOp: Op<{ readonly m: number; readonly inverse: boolean }> = {
  name: "luPermutation",
  gradName: () => "NotDifferentiable",
  run: (device, [pivots], { m, inverse }) => onHost("lu_unpack", device, [pivots!], ([values]) => {
    for (const pivot of values!) {
      if (pivot < 1) throw new ArgumentError(`Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the result of lu_factor? Got ${pivot}`);
      if (pivot > m) throw new ArgumentError(`Pivots given to lu_solve must all be smaller or equal to LU.size(-2). Did you properly pass the result of lu_factor? Got ${pivot} of ${m}`);
    }
    const shape = [...pivots!.shape.slice(0, -1), m], k = pivots!.shape[pivots!.ndim - 1]!, out = new Float64Array(sizeOf(shape));
    for (let i = 0; i * m < out.length; i++) {
      const order = permutationOf(values!.subarray(i * k, (i + 1) * k), m);
      for (let row = 0; row < m; row++) out[i * m + (inverse ? order[row]! : row)] = inverse ? row : order[row]!;
    }
    return [{ dtype: "int32", shape, values: out }];
  })[0]!,
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs) => attrs,
};
/** The matrix P: its element [order[i], i] is one. */
export function permutationMatrix(pivots: Tensor, m: number, dtype: Tensor["dtype"]): Tensor {
  const order = dispatch(permutationOp, [pivots], { m, inverse: false });
  return to(eq(reshape(arange(m, undefined, undefined, { dtype: "int32", device: pivots.device }), [m, 1]), unsqueeze(order, -2)), dtype);
}
const inOrder = (x: Tensor, pivots: Tensor, inverse: boolean): Tensor => gather(x, -2, expand(unsqueeze(dispatch(permutationOp, [pivots], { m: x.shape[x.ndim - 2]!, inverse }), -1), x.shape));
/** P' x: the rows in the order of the factors. */
export const ordered = (x: Tensor, pivots: Tensor): Tensor => inOrder(x, pivots, false);
/** P x: the rows in the order of A. */
export const restored = (x: Tensor, pivots: Tensor): Tensor => inOrder(x, pivots, true);
