/** @file The same dims in another order, number or size: forms of permute, reshape and expand under PyTorch's names. Views where those are. */
import { clone } from "../calculus/map-reduce.ts";
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { dispatchView, type Tensor } from "../op.ts";
import { broadcastShapes, type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { warn } from "../warning.ts";
import { expand, permuteOp, reshape, transpose, unsqueeze, view } from "./views.ts";

const listOf = (x: number | readonly number[]): readonly number[] => (typeof x === "number" ? [x] : x);

/**
 * The dims at `source` moved to `destination`; the others keep their order. A view.
 * @throws IndexError for a dim out of range
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
/** PyTorch's other name of `movedim`. */
export const moveaxis: typeof movedim = movedim;
/** PyTorch's other names of `transpose`. */
export const swapaxes: typeof transpose = transpose;
/** PyTorch's other name of `transpose`. */
export const swapdims: typeof transpose = transpose;

/**
 * All dims in reverse order: the property `T` of a tensor.
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
 * @example adjoint(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export const adjoint = (x: Tensor): Tensor => (x.ndim === 0 ? x : matrixTranspose(x, "mH"));
/**
 * The property `H`: the transpose of a matrix.
 * @example conjugateTranspose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function conjugateTranspose(x: Tensor): Tensor {
  if (x.ndim !== 0 && x.ndim !== 2) throw new ShapeError(`tensor.H is only supported on matrices (2-D tensors). Got ${x.ndim}-D tensor.`);
  if (x.ndim === 2) return transpose(x, 0, 1);
  warn("Tensor.H is deprecated on 0-D tensors. Consider using x.conj().");
  return x;
}

/**
 * All elements in one dim; the tensor itself, or a view of it, where it is dense. [n], a view where the elements lie side by side.
 * @example ravel(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 */
export const ravel = (x: Tensor): Tensor => view(x.window.dense ? x : clone(x), [x.window.size]);
/**
 * One dim made into several, of which one size may be -1. A view.
 * @throws ShapeError where the sizes do not make up the dim
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
 * `view` in the shape of another tensor.
 * @example viewAs(tensor([1, 2]), ones([2, 1])) // [[1], [2]]
 */
export const viewAs = (x: Tensor, other: Tensor): Tensor => view(x, other.shape);
/**
 * `reshape` to the shape of another tensor.
 * @example reshapeAs(tensor([1, 2]), ones([2, 1])) // [[1], [2]]
 */
export const reshapeAs = (x: Tensor, other: Tensor): Tensor => reshape(x, other.shape);
/**
 * `expand` to the shape of another tensor.
 * @example expandAs(tensor([1, 2]), ones([2, 2])) // [[1, 2], [1, 2]]
 */
export const expandAs = (x: Tensor, other: Tensor): Tensor => expand(x, other.shape);
/**
 * PyTorch's other name of `expand`. A view of this shape.
 * @throws ShapeError where another size than 1 would change
 * @example broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => expand(x, shape);
/**
 * The tensors as views of the shape to which they broadcast together.
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
 * The tensor, or each of several, with at least one dim. A view.
 * @example atleast1d(tensor(5)) // [5]
 */
export const atleast1d: AtLeast = /*@__PURE__*/ atLeastAll(1);
/**
 * The tensor, or each of several, with at least two dims: a vector becomes a row. A view: [n] becomes [1, n].
 * @example atleast2d(tensor([5])) // [[5]]
 */
export const atleast2d: AtLeast = /*@__PURE__*/ atLeastAll(2);
/**
 * The tensor, or each of several, with at least three dims: a vector becomes [1, n, 1], a matrix [m, n, 1].
 * @example atleast3d(tensor([5])).shape // [1, 1, 1]
 */
export const atleast3d: AtLeast = /*@__PURE__*/ atLeastAll(3);

/**
 * The shape to which shapes broadcast together.
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
 * Whether the tensors have one shape.
 * @example isSameSize(ones([2]), zeros([2])) // true
 */
export const isSameSize = (x: Tensor, other: Tensor): boolean => sizeOf(x.shape) === sizeOf(other.shape) && x.shape.join() === other.shape.join();
