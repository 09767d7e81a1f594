/** @file `diff`: what each element adds to the one before it. */
import { clone } from "../calculus/map-reduce.ts";
import { logicalXor, sub } from "../elementwise/index.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow } from "../views/views.ts";

export type DiffOptions = {
  /** How often differences are taken: once by default. */
  readonly n?: number;
  /** Joined to x before its first elements along the dim. */
  readonly prepend?: Tensor;
  /** Joined to x behind its last elements along the dim. */
  readonly append?: Tensor;
};

/**
 * The differences of neighbours along a dim: out_i = x_(i + 1) - x_i, `n` times over; of bools whether they differ. PyTorch's `diff`.
 * @param x of at least one dim and any dtype
 * @param dim along which, the last by default
 * @returns x's shape with `n` less along the dim (and what was joined to it more), of its dtype
 * @throws ShapeError for a tensor without dims, or where what is joined does not fit
 * @throws ArgumentError for a negative n
 * @throws IndexError for a dim out of range
 * @example diff(tensor([1, 3, 2])) // [2, -1]
 */
export const diff: (x: Tensor, dim?: number, options?: DiffOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number = -1, { n = 1, prepend, append }: DiffOptions = {}): Tensor => {
  if (x.ndim === 0) throw new ShapeError("diff expects input to be at least one-dimensional");
  const d = wrapDim(dim, x.ndim);
  for (const end of [prepend, append])
    if (end !== undefined) {
      if (end.ndim !== x.ndim) throw new ShapeError("diff expects prepend or append to be the same dimension as input");
      end.shape.forEach((size, k) => { if (k !== d && size !== x.shape[k]) throw new ShapeError(`diff expects the shape of tensor to prepend or append to match that of input except along the differencing dimension; input.size(${k}) = ${x.shape[k]}, but got tensor.size(${k}) = ${size}`); });
    }
  if (!(n >= 0)) throw new ArgumentError(`order must be non-negative but got ${n}`);
  if (n === 0) return clone(x);
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  let y = parts.length === 1 ? x : cat(parts, d);
  for (let k = 0; k < n && y.shape[d] !== 0; k++) {
    const size = y.shape[d]! - 1, right = narrow(y, d, 1, size), left = narrow(y, d, 0, size);
    y = y.dtype === "bool" ? logicalXor(right, left) : sub(right, left);
  }
  return y;
});
