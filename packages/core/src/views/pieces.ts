/** @file Splitting into views along a dim, joining, and grids. */
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { composite, dispatchViews, isTensor, type Tensor, type ViewsOp } from "../op.ts";
import { checkIntegers, showShape, wrapDim } from "../shape.ts";
import { piecesOf, slicesOf, splitOp, unbindOp } from "./assembly.ts";
import { cat, stack } from "./cat.ts";
import { hostNumbers } from "./host-numbers.ts";
import { atleast1d, atleast2d, atleast3d, tensorsOf } from "./rearrange.ts";
import { expand, flatten, narrow, reshape } from "./views.ts";

/** In an array of the caller's own. */
const several = <Attrs, Part>(op: ViewsOp<Attrs, Part>, x: Tensor, attrs: Attrs): Tensor[] => dispatchViews(op, x, attrs).slice();

/**
 * The slices along a dim, which goes.
 * @param x of any shape and dtype
 * @param dim along which, 0 by default
 * @returns views of x's shape without the dim, as many as it is long, of its dtype
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @example unbind(tensor([[1, 2], [3, 4]])) // [[1, 2], [3, 4]]
 */
export function unbind(x: Tensor, dim: number = 0): Tensor[] {
  const d = wrapDim(dim, x.ndim);
  if (x.ndim === 0) throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
  return several(unbindOp, x, slicesOf(d, x.shape[d]!, "UnbindBackward0"));
}

/**
 * Pieces along a dim, one after the other.
 * @param x of any shape and dtype
 * @param size of each piece, the last perhaps shorter; or the sizes of all, which sum up to the dim's
 * @param dim along which, 0 by default
 * @returns views of x's shape with those sizes along the dim, of its dtype
 * @throws ShapeError where the sizes do not add up or are negative, or for a 0-d tensor
 * @throws ArgumentError for sizes that are no whole numbers
 * @throws IndexError for a dim out of range
 * @example split(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 */
export function split(x: Tensor, size: number | readonly number[], dim: number = 0): Tensor[] {
  if (x.ndim === 0) throw new ShapeError("split expects at least a 1-dimensional tensor");
  const d = wrapDim(dim, x.ndim), total = x.shape[d]!;
  checkIntegers("split", typeof size === "number" ? [size] : size);
  if (typeof size === "number") {
    if (size < 0) throw new ShapeError(`split expects split_size be non-negative, but got split_size=${size}`);
    if (size === 0 && total !== 0) throw new ShapeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`);
    const count = Math.max(1, Math.ceil(total / Math.max(size, 1)));
    return several(splitOp, x, piecesOf(d, Array.from({ length: count }, (_, i) => Math.min(size, total - i * size)), "SplitBackward0"));
  }
  if (size.some((length) => length < 0)) throw new ShapeError(`split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${showShape(size)}`);
  const sum = size.reduce((a, b) => a + b, 0);
  if (sum !== total)
    throw new ShapeError(`split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${d}), but got split_sizes=${showShape(size)}`);
  return several(splitOp, x, piecesOf(d, size.slice(), "SplitWithSizesBackward0"));
}

/**
 * At most so many pieces of equal size along a dim, the last perhaps shorter.
 * @param x of any shape and dtype
 * @param chunks how many at most
 * @param dim along which, 0 by default
 * @returns views of x's shape with ceil(size / chunks) along the dim, of its dtype
 * @throws ArgumentError for no pieces
 * @throws ShapeError for a 0-d tensor
 * @throws IndexError for a dim out of range
 * @example chunk(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 */
export function chunk(x: Tensor, chunks: number, dim: number = 0): Tensor[] {
  if (x.ndim === 0) throw new ShapeError("chunk expects at least a 1-dimensional tensor");
  checkIntegers("chunk", [chunks]);
  if (!(chunks > 0)) throw new ArgumentError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  const total = x.shape[wrapDim(dim, x.ndim)]!;
  return total === 0 ? split(x, Array.from({ length: chunks }, () => 0), dim) : split(x, Math.ceil(total / chunks), dim);
}

/**
 * Pieces of nearly equal size along a dim, the first ones longer by one; or pieces that end at given places.
 * @param x of any shape and dtype
 * @param given how many, or the places: numbers, or a tensor of int32 that is read at once
 * @param dim along which, 0 by default
 * @returns views of x's shape with those sizes along the dim, of its dtype
 * @throws ShapeError for a 0-d tensor, or places in more than one dim
 * @throws ArgumentError for no pieces
 * @throws DeviceError for a tensor on a device that cannot read at once
 * @throws IndexError for a dim out of range
 * @example tensorSplit(tensor([1, 2, 3]), 2) // [[1, 2], [3]]
 */
export function tensorSplit(x: Tensor, given: number | readonly number[] | Tensor, dim: number = 0): Tensor[] {
  const sections = isTensor(given) ? sectionsOf(given) : given;
  if (x.ndim === 0) throw new ShapeError(`tensor_split expected at least a 1-dimensional tensor, but got a tensor with ${x.ndim} dims`);
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (typeof sections === "number" && !(sections > 0)) throw new ArgumentError(`number of sections must be larger than 0, got ${sections}`);
  const ends = typeof sections === "number"
    ? Array.from({ length: sections - 1 }, (_, i) => (i + 1) * Math.floor(size / sections) + Math.min(i + 1, size % sections)) : sections;
  const clampTo = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  return [...ends, size].map((end, i) => { const start = i === 0 ? 0 : clampTo(ends[i - 1]!); return narrow(x, d, start, Math.max(0, clampTo(end) - start)); });
}
function sectionsOf(x: Tensor): number | readonly number[] {
  if (x.ndim > 1) throw new ShapeError(`tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${x.ndim} dims`);
  return x.ndim === 0 ? hostNumbers("tensorSplit", x)[0]! : hostNumbers("tensorSplit", x);
}
function splitAlong(name: string, x: Tensor, dim: number, least: number, sections: number | readonly number[]): Tensor[] {
  if (x.ndim < least) throw new ShapeError(`torch.${name} requires a tensor with at least ${least} dimension, but got a tensor with ${x.ndim} dimensions!`);
  const size = x.shape[dim]!;
  if (typeof sections !== "number" && !Array.isArray(sections)) throw new ArgumentError(`${name}() received an invalid combination of arguments - got (Tensor, ${typeof sections === "string" ? "str" : typeof sections})`);
  if (typeof sections === "number" && (sections === 0 || size % sections !== 0))
    throw new ShapeError(`torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${size} is not divisible by the split_size ${sections}!`);
  return tensorSplit(x, sections, dim);
}
/**
 * Pieces along dim 1, of a vector along dim 0.
 * @param x of any shape and dtype
 * @param sections how many, all equal, or the places where they end
 * @returns views of x's shape with those sizes along the dim, of its dtype
 * @throws ShapeError for a 0-d tensor, or pieces that are not equal
 * @throws ArgumentError for anything but numbers
 * @example hsplit(tensor([1, 2, 3, 4]), 2) // [[1, 2], [3, 4]]
 */
export const hsplit = (x: Tensor, sections: number | readonly number[]): Tensor[] => splitAlong("hsplit", x, x.ndim === 1 ? 0 : 1, 1, sections);
/**
 * Pieces along dim 0.
 * @param x of at least two dims, of any dtype
 * @param sections how many, all equal, or the places where they end
 * @returns views of x's shape with those sizes along the dim, of its dtype
 * @throws ShapeError for fewer than 2 dims, or pieces that are not equal
 * @throws ArgumentError for anything but numbers
 * @example vsplit(tensor([[1, 2], [3, 4]]), 2) // [[[1, 2]], [[3, 4]]]
 */
export const vsplit = (x: Tensor, sections: number | readonly number[]): Tensor[] => splitAlong("vsplit", x, 0, 2, sections);
/**
 * Pieces along dim 2.
 * @param x of at least three dims, of any dtype
 * @param sections how many, all equal, or the places where they end
 * @returns views of x's shape with those sizes along the dim, of its dtype
 * @throws ShapeError for fewer than 3 dims, or pieces that are not equal
 * @throws ArgumentError for anything but numbers
 * @example dsplit(ones([1, 1, 4]), 2).map((x) => x.shape) // [[1, 1, 2], [1, 1, 2]]
 */
export const dsplit = (x: Tensor, sections: number | readonly number[]): Tensor[] => splitAlong("dsplit", x, 2, 3, sections);

type Join = (tensors: readonly Tensor[]) => Tensor;
function nonEmpty(name: string, tensors: readonly Tensor[]): readonly Tensor[] {
  if (tensors.length === 0) throw new ArgumentError(`${name} expects a non-empty TensorList`);
  return tensors;
}
/**
 * Joined along dim 1; vectors and numbers along dim 0.
 * @param tensors of one shape but for the dim, of any dtypes
 * @returns their shape with the sizes along the dim added up, of their promoted dtype
 * @throws ShapeError where other sizes differ
 * @throws ArgumentError for no tensors
 * @example hstack([tensor([1, 2]), tensor([3])]) // [1, 2, 3]
 */
export const hstack: Join = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[]): Tensor => {
  const all = atleast1d(nonEmpty("hstack", tensors));
  return cat(all, all[0]!.ndim === 1 ? 0 : 1);
});
/**
 * Joined along dim 0; a vector [n] counts as a row [1, n].
 * @param tensors of one shape but for the dim, of any dtypes
 * @returns their shape, of two dims at least, with the sizes along dim 0 added up, of their promoted dtype
 * @throws ShapeError where other sizes differ
 * @throws ArgumentError for no tensors
 * @example vstack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 */
export const vstack: Join = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[]): Tensor => cat(atleast2d(nonEmpty("vstack", tensors)), 0));
/**
 * `vstack` under its other name in PyTorch.
 * @example rowStack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 */
export const rowStack: Join = vstack;
/**
 * Joined along dim 2; a vector [n] counts as [1, n, 1], a matrix [m, n] as [m, n, 1].
 * @param tensors of one shape but for the dim, of any dtypes
 * @returns their shape, of three dims at least, with the sizes along dim 2 added up, of their promoted dtype
 * @throws ShapeError where other sizes differ
 * @throws ArgumentError for no tensors
 * @example dstack([tensor([1, 2]), tensor([3, 4])]) // [[[1, 3], [2, 4]]]
 */
export const dstack: Join = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[]): Tensor => cat(atleast3d(nonEmpty("dstack", tensors)), 2));
/**
 * Joined along dim 1; a vector [n] counts as a column [n, 1].
 * @param tensors of one shape but for the dim, of any dtypes
 * @returns their shape, of two dims at least, with the sizes along dim 1 added up, of their promoted dtype
 * @throws ShapeError where other sizes differ
 * @throws ArgumentError for no tensors
 * @example columnStack([tensor([1, 2]), tensor([3, 4])]) // [[1, 3], [2, 4]]
 */
export const columnStack: Join = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[]): Tensor =>
  cat(nonEmpty("column_stack", tensors).map((x) => (x.ndim <= 1 ? reshape(x, [x.window.size, 1]) : x)), 1));

export type MeshgridOptions = {
  /** "ij": the first tensor runs along dim 0; "xy": along dim 1, as in a picture. */
  readonly indexing?: "ij" | "xy";
};
/**
 * The coordinates of a grid whose axes are given: out_k[i_0, i_1, ...] = tensors[k][i_k].
 * @param tensors vectors [a], [b] ... or numbers, of one dtype
 * @returns a view [a, b, ...] for each, of its dtype; [b, a, ...] by `indexing: "xy"`
 * @throws ShapeError for more than one dim
 * @throws ArgumentError where dtypes differ, for no tensors, or another indexing
 * @example meshgrid([tensor([1, 2]), tensor([3, 4])], { indexing: "ij" }) // [[[1, 1], [2, 2]], [[3, 4], [3, 4]]]
 */
export function meshgrid(tensors: readonly Tensor[], options: MeshgridOptions = {}): Tensor[] {
  const { indexing = "ij" } = options;
  nonEmpty("meshgrid", tensors);
  if (indexing !== "ij" && indexing !== "xy") throw new ArgumentError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${String(indexing)}`);
  for (const x of tensors) {
    if (x.ndim > 1) throw new ShapeError(`torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${x.ndim}D tensor`);
    if (x.dtype !== tensors[0]!.dtype) throw new ArgumentError("torch.meshgrid expects all tensors to have the same dtype");
  }
  const swap = indexing === "xy" && tensors.length >= 2, order = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const shape = order.map((x) => x.window.size);
  const grids = order.map((x, d) => expand(reshape(x, shape.map((size, k) => (k === d ? size : 1))), shape));
  return swap ? [grids[1]!, grids[0]!, ...grids.slice(2)] : grids;
}
/**
 * All tuples of elements, one of each vector, in order.
 * @param tensors vectors [a], [b] ... of any dtypes
 * @returns the rows [a b ..., number of vectors], or of one vector the vector, of their promoted dtype
 * @throws ShapeError for other than vectors
 * @example cartesianProd(tensor([1, 2]), tensor([3, 4])) // [[1, 3], [1, 4], [2, 3], [2, 4]]
 */
export const cartesianProd: (...tensors: readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (...given: readonly Tensor[]): Tensor => {
  const tensors = tensorsOf(given);
  for (const x of tensors) if (x.ndim !== 1) throw new ShapeError("Expect a 1D vector, but got shape " + `[${x.shape.join(", ")}]`);
  if (tensors.length === 1) return reshape(tensors[0]!, [tensors[0]!.window.size]);
  return stack(meshgrid(tensors).map((grid) => flatten(grid)), 1);
});
