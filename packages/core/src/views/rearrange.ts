/** @file The same dims in another order, number or size: forms of permute, reshape and expand under PyTorch's names. Views where those are. */
import { clone } from "../calculus/map-reduce.ts";
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { dispatchView, type Tensor } from "../op.ts";
import { broadcastShapes, type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { warn } from "../warning.ts";
import { expand, permuteOp, reshape, transpose, unsqueeze, view } from "./views.ts";

const listOf = (x: number | readonly number[]): readonly number[] => (typeof x === "number" ? [x] : x);

/**
 * Dims moved to other places; the others keep their order.
 * @param x of any shape and dtype
 * @param source a dim, or several
 * @param destination where each stands in the result
 * @returns a view of x's sizes in that order, of its dtype
 * @throws IndexError for a dim out of range
 * @throws ShapeError where a dim is named twice, or source and destination are not of one number
 * @example movedim(ones([2, 3, 4]), 0, 2).shape // [3, 4, 2]
 */
export function movedim(x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  const from = listOf(source), to = listOf(destination);
  if (from.length !== to.length)
    throw new ShapeError(`movedim: Invalid source or destination dims: source (${showShape(from)} dims) should contain the same number of dims as destination (${showShape(to)} dims)`);
  const at = from.map((d) => wrapDim(d, x.ndim)), place = to.map((d) => wrapDim(d, x.ndim));
  if (new Set(at).size !== at.length) throw new ShapeError(`movedim: repeated dim in \`source\` (${showShape(from)})`);
  if (new Set(place).size !== place.length) throw new ShapeError(`movedim: repeated dim in \`destination\` (${showShape(to)})`);
  if (x.ndim === 0) return dispatchView(permuteOp, x, { dims: [], name: "PermuteBackward0" });
  const rest = [...x.shape.keys()].filter((d) => !at.includes(d));
  const dims = x.shape.map((_, d) => { const k = place.indexOf(d); return k >= 0 ? at[k]! : rest.shift()!; });
  return dispatchView(permuteOp, x, { dims, name: "PermuteBackward0" });
}
/** `movedim` under its other name in PyTorch. */
export const moveaxis: typeof movedim = movedim;
/** `transpose` under its other name in PyTorch. */
export const swapaxes: typeof transpose = transpose;
/** `transpose` under its other name in PyTorch. */
export const swapdims: typeof transpose = transpose;

/**
 * All dims in reverse order: the property `T` of a tensor. Of other than two dims it warns, as PyTorch does.
 * @param x of any shape and dtype
 * @returns a view of x's sizes in reverse order, of its dtype
 * @example numpyT(ones([2, 3, 4])).shape // [4, 3, 2]
 */
export function numpyT(x: Tensor): Tensor {
  if (x.ndim === 0) warn("Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.");
  else if (x.ndim !== 2)
    warn("The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.");
  return dispatchView(permuteOp, x, { dims: [...x.shape.keys()].reverse(), name: "PermuteBackward0" });
}
/**
 * The last two dims exchanged: the properties `mT` and `mH`.
 * @param x [..., m, n] of any dtype
 * @param name what an error calls it
 * @returns a view [..., n, m] of x's dtype
 * @throws ShapeError for fewer than 2 dims
 * @example matrixTranspose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function matrixTranspose(x: Tensor, name: "mT" | "mH" = "mT"): Tensor {
  if (x.ndim === 0) {
    warn(name === "mT" ? "Tensor.mT is deprecated on 0-D tensors. This function is the identity in these cases." : "Tensor.mH is deprecated on 0-D tensors. Consider using x.conj().");
    return x;
  }
  if (x.ndim === 1)
    throw new ShapeError(name === "mT"
      ? `tensor.mT is only supported on matrices or batches of matrices. Got ${x.ndim}-D tensor.`
      : `tensor.adjoint() is only supported on matrices or batches of matrices. Got ${x.ndim}-D tensor.`);
  return transpose(x, -2, -1);
}
/**
 * The last two dims exchanged, as a real tensor is its own conjugate.
 * @param x [..., m, n] of any dtype, or a 0-d tensor
 * @returns a view [..., n, m] of x's dtype
 * @throws ShapeError for one dim
 * @example adjoint(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export const adjoint = (x: Tensor): Tensor => (x.ndim === 0 ? x : matrixTranspose(x, "mH"));
/**
 * The transpose of a matrix, as a real one is its own conjugate: the property `H` of a tensor.
 * @param x [m, n], or a 0-d tensor, of any dtype
 * @returns a view [n, m] of x's dtype
 * @throws ShapeError for other than 0 or 2 dims
 * @example conjugateTranspose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function conjugateTranspose(x: Tensor): Tensor {
  if (x.ndim !== 0 && x.ndim !== 2) throw new ShapeError(`tensor.H is only supported on matrices (2-D tensors). Got ${x.ndim}-D tensor.`);
  if (x.ndim === 2) return transpose(x, 0, 1);
  warn("Tensor.H is deprecated on 0-D tensors. Consider using x.conj().");
  return x;
}

/**
 * All elements in one dim, row-major.
 * @param x of any shape and dtype
 * @returns a vector of x's dtype; a view where the elements lie side by side, else a copy
 * @example ravel(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 */
export const ravel = (x: Tensor): Tensor => view(x.window.dense ? x : clone(x), [x.window.size]);
/**
 * One dim made into several.
 * @param x of any shape and dtype
 * @param dim which
 * @param sizes theirs, of which one may be -1: what is left for it
 * @returns a view of x's shape with them for the dim, of its dtype
 * @throws ShapeError where the sizes do not make up the dim
 * @throws ArgumentError for no sizes
 * @throws IndexError for a dim out of range
 * @example unflatten(arange(4), 0, [2, -1]) // [[0, 1], [2, 3]]
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  const d = wrapDim(dim, x.ndim);
  if (sizes.length === 0) throw new ArgumentError("unflatten: sizes must be non-empty");
  const size = x.shape[d];
  if (size === undefined) throw new IndexError(`unflatten(): a 0-d tensor has no dim ${dim}`);
  const open = sizes.filter((s) => s === -1).length, product = sizes.reduce((a, b) => (b === -1 ? a : a * b), 1);
  if (open === 0 && product !== size)
    throw new ShapeError(`unflatten: Provided sizes ${showShape(sizes)} don't multiply up to the size of dim ${d} (${size}) in the input tensor`);
  if (open === 1 && (product === 0 || size % product !== 0)) throw new ShapeError(`unflatten: Provided sizes ${showShape(sizes)} don't multiply up to the size of dim ${d} (${size}) in the input tensor`);
  return view(x, [...x.shape.slice(0, d), ...sizes.map((s) => (s === -1 ? size / product : s)), ...x.shape.slice(d + 1)]);
}
/**
 * As `view`, in the shape of another tensor.
 * @param other whose shape it is
 * @returns a view of the other's shape and of x's dtype
 * @example viewAs(tensor([1, 2]), ones([2, 1])) // [[1], [2]]
 */
export const viewAs = (x: Tensor, other: Tensor): Tensor => view(x, other.shape);
/**
 * As `reshape`, to the shape of another tensor.
 * @param other whose shape it is
 * @returns a tensor of the other's shape and of x's dtype
 * @example reshapeAs(tensor([1, 2]), ones([2, 1])) // [[1], [2]]
 */
export const reshapeAs = (x: Tensor, other: Tensor): Tensor => reshape(x, other.shape);
/**
 * As `expand`, to the shape of another tensor.
 * @param other whose shape it is
 * @returns a view of the other's shape and of x's dtype
 * @example expandAs(tensor([1, 2]), ones([2, 2])) // [[1, 2], [1, 2]]
 */
export const expandAs = (x: Tensor, other: Tensor): Tensor => expand(x, other.shape);
/**
 * As `expand`: PyTorch's other name of it.
 * @returns a view of that shape and of x's dtype
 * @example broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => expand(x, shape);
/**
 * Tensors as views of the shape to which they broadcast together.
 * @param tensors one after the other, or an array of them, of any shapes and dtypes
 * @returns a view of that shape for each, of its dtype
 * @throws ShapeError where shapes do not broadcast
 * @example broadcastTensors(tensor([[1], [2]]), tensor([3, 4])) // [[[1, 1], [2, 2]], [[3, 4], [3, 4]]]
 */
export function broadcastTensors(...tensors: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor[] {
  const all = tensorsOf(tensors), shape = all.map((x) => x.shape).reduce(broadcastShapes, []);
  return all.map((x) => expand(x, shape));
}
/** Tensors given one by one, or as one array. */
export const tensorsOf = (given: readonly Tensor[] | readonly [readonly Tensor[]]): readonly Tensor[] =>
  (given.length === 1 && Array.isArray(given[0]) ? given[0] : given) as readonly Tensor[];

const atLeast = (rank: number, x: Tensor): Tensor => {
  if (x.ndim >= rank) return x;
  if (x.ndim === 0) return reshape(x, new Array<number>(rank).fill(1));
  if (x.ndim === 1) return rank === 3 ? unsqueeze(unsqueeze(x, 0), 2) : unsqueeze(x, 0);
  return unsqueeze(x, -1);
};
type AtLeast = { (x: Tensor): Tensor; (tensors: readonly Tensor[]): Tensor[]; (...tensors: readonly Tensor[]): Tensor | Tensor[] };
const atLeastAll = (rank: number): AtLeast => ((...given: readonly Tensor[] | readonly [readonly Tensor[]]) =>
  given.length === 1 && !Array.isArray(given[0]) ? atLeast(rank, given[0] as Tensor) : tensorsOf(given).map((x) => atLeast(rank, x))) as AtLeast;
/**
 * The tensor, or each of several, with at least one dim.
 * @param x of any shape and dtype
 * @param tensors several of them, one after the other or in an array
 * @returns a view [1] of a 0-d tensor, others as they are; of its dtype
 * @example atleast1d(tensor(5)) // [5]
 */
export const atleast1d: AtLeast = /*@__PURE__*/ atLeastAll(1);
/**
 * The tensor, or each of several, with at least two dims.
 * @param x of any shape and dtype
 * @param tensors several of them, one after the other or in an array
 * @returns a view [1, n] of a vector, [1, 1] of a 0-d tensor, others as they are; of its dtype
 * @example atleast2d(tensor([5])) // [[5]]
 */
export const atleast2d: AtLeast = /*@__PURE__*/ atLeastAll(2);
/**
 * The tensor, or each of several, with at least three dims.
 * @param x of any shape and dtype
 * @param tensors several of them, one after the other or in an array
 * @returns a view [1, n, 1] of a vector, [m, n, 1] of a matrix, [1, 1, 1] of a 0-d tensor, others as they are; of its dtype
 * @example atleast3d(tensor([5])).shape // [1, 1, 1]
 */
export const atleast3d: AtLeast = /*@__PURE__*/ atLeastAll(3);

/**
 * The shape to which shapes broadcast together.
 * @param shapes arrays of sizes; a number is the shape of one dim
 * @returns their common shape, an array
 * @throws ShapeError where they do not broadcast
 * @example broadcastShapes([2, 1], [3]) // [2, 3]
 */
export function broadcastShapesOf(...shapes: readonly (Shape | number)[]): Shape {
  const listed = shapes.map((shape): Shape => (typeof shape === "number" ? [shape] : shape));
  try {
    return listed.reduce(broadcastShapes, []);
  } catch {
    throw new ShapeError("Shape mismatch: objects cannot be broadcast to a single shape");
  }
}
/**
 * Whether two tensors have one shape.
 * @param x of any shape and dtype
 * @param other of any shape and dtype
 * @returns true or false, at once
 * @example isSameSize(ones([2]), zeros([2])) // true
 */
export const isSameSize = (x: Tensor, other: Tensor): boolean => sizeOf(x.shape) === sizeOf(other.shape) && x.shape.join() === other.shape.join();
