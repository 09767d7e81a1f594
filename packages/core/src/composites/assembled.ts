/** @file Matrices and tuples put together from parts, and sums of them. */
import { reshape as reshapeAs } from "../calculus/map-reduce.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { fromHost, zeros } from "../creation/fill.ts";
import { promoteTypes } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { indexSelect } from "../primitives/gather.ts";
import { cat } from "../views/cat.ts";
import { diagonal } from "../views/diagonal.ts";
import { tensorsOf } from "../views/rearrange.ts";
import { reshape } from "../views/views.ts";
import { sum } from "./reductions.ts";

/**
 * The sum of the main diagonal of a matrix: sum of x_ii.
 * @param x [m, n] of any dtype
 * @returns a 0-d tensor; a float keeps its dtype, integers and bools give int32
 * @throws ShapeError for other than a matrix
 * @throws DTypeError for bools
 * @example trace(tensor([[1, 2], [3, 4]])) // 5
 */
export const trace: (x: Tensor) => Tensor = /*@__PURE__*/ composite("TraceBackward0", (x: Tensor): Tensor => {
  if (x.ndim !== 2) throw new ShapeError(`trace: expected a matrix, but got tensor with dim ${x.ndim}`);
  if (x.dtype === "bool") throw new DTypeError("\"trace\" not implemented for 'Bool'");
  return sum(diagonal(x));
});
/**
 * The sum of x over what broadcasting would repeat: PyTorch's `sum_to_size`.
 * @param x of any shape and dtype
 * @param size a shape that broadcasts to x's
 * @returns a tensor of that shape; a float keeps its dtype, integers and bools that are summed give int32
 * @throws ShapeError where the shape does not broadcast to x's
 * @example sumToSize(ones([2, 3]), [1, 3]) // [[2, 2, 2]]
 */
export const sumToSize: (x: Tensor, size: readonly number[]) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, size: readonly number[]): Tensor => {
  const lead = x.ndim - size.length;
  if (lead < 0 || size.some((n, d) => n !== 1 && n !== x.shape[d + lead])) throw new ShapeError(`size {[${size.join(", ")}]} is not expandable to size {[${x.shape.join(", ")}]}.`);
  if (size.length === 0) return sum(x);
  const dims = x.shape.flatMap((n, d) => (d < lead || (size[d - lead] === 1 && n !== 1) ? [d] : []));
  return dims.length === 0 ? x : reshapeAs(sum(x, dims, { keepdim: true }), size);
});
/**
 * A matrix with the given ones along its diagonal and zeros elsewhere.
 * @param tensors matrices [m, n], vectors, which count as rows, or 0-d tensors, of any dtypes
 * @returns [sum of m, sum of n], of the promoted dtype
 * @throws ShapeError for more than 2 dims
 * @throws ArgumentError for no tensors
 * @example blockDiag(tensor([[1, 2]]), tensor([[3]])) // [[1, 2, 0], [0, 0, 3]]
 */
export const blockDiag: (...tensors: readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (...given: readonly Tensor[]): Tensor => {
  const tensors = tensorsOf(given);
  if (tensors.length === 0) throw new ArgumentError("blockDiag: expected at least one tensor, as their device and dtype make the result");
  const dtype = tensors.map((x) => x.dtype).reduce(promoteTypes), blocks = tensors.map((x, i) => {
    if (x.ndim > 2) throw new ShapeError(`torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${x.ndim} dimensions`);
    return to(x.ndim === 2 ? x : reshape(x, [1, x.window.size]), dtype);
  });
  const width = blocks.reduce((n, x) => n + x.shape[1]!, 0);
  let at = 0;
  return cat(blocks.map((x) => {
    const [rows, columns] = x.shape as [number, number], options = { dtype, device: x.device };
    const row = cat([zeros([rows, at], options), x, zeros([rows, width - at - columns], options)], 1);
    at += columns;
    return row;
  }), 0);
});
export type CombinationOptions = {
  /** How many elements each choice has: 2 by default. */
  readonly r?: number;
  /** Whether an element may be chosen several times. */
  readonly withReplacement?: boolean;
};
/**
 * All ways to choose r elements of a vector, in order.
 * @param x [n] of any dtype
 * @returns [number of ways, r], of x's dtype
 * @throws ShapeError for other than a vector
 * @throws ArgumentError for a negative r
 * @example combinations(tensor([1, 2, 3])) // [[1, 2], [1, 3], [2, 3]]
 */
export const combinations: (x: Tensor, options?: CombinationOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { r = 2, withReplacement = false }: CombinationOptions = {}): Tensor => {
  if (x.ndim !== 1) throw new ShapeError(`Expect a 1D vector, but got shape [${x.shape.join(", ")}]`);
  if (!(r >= 0)) throw new ArgumentError(`Expect a non-negative number, but got ${r}`);
  if (r === 0) return zeros([0], { dtype: x.dtype, device: x.device });
  const n = x.shape[0]!, chosen: number[][] = [];
  const choose = (row: readonly number[], from: number): void => {
    if (row.length === r) return void chosen.push([...row]);
    for (let i = from; i < n; i++) choose([...row, i], withReplacement ? i : i + 1);
  };
  choose([], 0);
  const places = fromHost(Int32Array.from(chosen.flat()), [chosen.length * r], "int32", { device: x.device });
  return reshape(indexSelect(x, 0, places), [chosen.length, r]);
});
