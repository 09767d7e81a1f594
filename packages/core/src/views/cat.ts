/** @file `cat` and `stack`: one tensor of many. */
import { promoteTypes } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, dispatch, isTensor, type Tensor } from "../op.ts";
import { to } from "../elementwise/elementwise.ts";
import { wrapDim } from "../shape.ts";
import { catOp, piecesOf, slicesOf, stackOp } from "./assembly.ts";

/**
 * Joins tensors along a dim.
 * @param tensors of one shape but for the dim, of any dtypes; an empty vector joins anything
 * @param dim along which, 0 by default
 * @returns their shape with the sizes along the dim added up, of their promoted dtype
 * @throws ShapeError where other sizes or ranks differ, or for a 0-d tensor
 * @throws ArgumentError for no tensors
 * @throws IndexError for a dim out of range
 * @example cat([tensor([1, 2]), tensor([3])]) // [1, 2, 3]
 */
export const cat: (tensors: readonly Tensor[], dim?: number) => Tensor = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[], dim: number = 0): Tensor => {
  if (isTensor(tensors)) throw new ArgumentError("cat() received an invalid combination of arguments: cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor");
  if (tensors.length === 0) throw new ArgumentError("torch.cat(): expected a non-empty list of Tensors");
  tensors.forEach((x, i) => { if (x.ndim === 0) throw new ShapeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`); });
  // As in PyTorch, an empty vector joins anything.
  const some = tensors.filter((x) => x.ndim !== 1 || x.window.size !== 0);
  const parts = some.length === 0 ? tensors.slice(0, 1) : some;
  const first = parts[0]!, d = wrapDim(dim, first.ndim);
  parts.forEach((x, i) => {
    if (x.ndim !== first.ndim) throw new ShapeError(`Tensors must have same number of dimensions: got ${first.ndim} and ${x.ndim}`);
    x.shape.forEach((size, k) => {
      if (k !== d && size !== first.shape[k])
        throw new ShapeError(`Sizes of tensors must match except in dimension ${d}. Expected size ${first.shape[k]} but got size ${size} for tensor number ${i} in the list.`);
    });
  });
  const dtype = tensors.map((x) => x.dtype).reduce(promoteTypes);
  return dispatch(catOp, parts.map((x) => to(x, dtype)), piecesOf(d, parts.map((x) => x.shape[d]!), "CatBackward0"));
});

/**
 * Joins tensors along a new dim.
 * @param tensors of one shape, of any dtypes
 * @param dim where the new dim stands in the result, 0 by default
 * @returns their shape with a dim of their number, of their promoted dtype
 * @throws ShapeError where shapes differ
 * @throws ArgumentError for no tensors
 * @throws IndexError for a dim out of range
 * @example stack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 */
export const stack: (tensors: readonly Tensor[], dim?: number) => Tensor = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[], dim: number = 0): Tensor => {
  if (tensors.length === 0) throw new ArgumentError("stack expects a non-empty TensorList");
  const first = tensors[0]!;
  tensors.forEach((x, i) => {
    if (x.shape.join() !== first.shape.join())
      throw new ShapeError(`stack expects each tensor to be equal size, but got [${first.shape.join(", ")}] at entry 0 and [${x.shape.join(", ")}] at entry ${i}`);
  });
  const d = wrapDim(dim, first.ndim + 1), dtype = tensors.map((x) => x.dtype).reduce(promoteTypes);
  return dispatch(stackOp, tensors.map((x) => to(x, dtype)), slicesOf(d, tensors.length, "StackBackward0"));
});
