/** @file `cat`, whose adjoint is narrow, and `stack`. */
import { copyView } from "../calculus/call.ts";
import { promoteTypes } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { allocate, composite, dispatch, isTensor, type Op, savesNothing, type Tensor } from "../op.ts";
import { to } from "../elementwise/elementwise.ts";
import { wrapDim } from "../shape.ts";
import { restride } from "../view.ts";
import { narrow, unsqueeze } from "./views.ts";

type CatAttrs = { readonly dim: number; readonly sizes: readonly number[]; readonly name: string };

const catOp: Op<CatAttrs> = {
  name: "cat",
  gradName: ({ name }) => name,
  run(device, inputs, { dim, sizes }) {
    const first = inputs[0]!;
    const total = sizes.reduce((a, b) => a + b, 0);
    const out = allocate(device, first.dtype, first.shape.map((size, d) => (d === dim ? total : size)));
    let start = 0;
    inputs.forEach((x, i) => {
      const window = restride(out.window, x.shape, out.window.strides, x.window.size === 0 ? 0 : start * out.window.strides[dim]!);
      copyView(device.backend.kernels.copy, x.window, window, device.backend.limits.maxRank);
      start += sizes[i]!;
    });
    return out;
  },
  saves: () => savesNothing,
  vjp([grad], node) {
    const { dim, sizes } = node.attrs;
    let start = 0;
    return sizes.map((size, i) => {
      const from = start;
      start += size;
      return node.needs(i) ? narrow(grad!, dim, from, size) : undefined;
    });
  },
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

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
export const cat: (tensors: readonly Tensor[], dim?: number) => Tensor = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[], dim: number = 0): Tensor => join(tensors, dim, "CatBackward0"));

function join(tensors: readonly Tensor[], dim: number, name: string): Tensor {
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
  return dispatch(catOp, parts.map((x) => to(x, dtype)), { dim: d, sizes: parts.map((x) => x.shape[d]!), name });
}

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
  return join(tensors.map((x) => unsqueeze(x, dim)), wrapDim(dim, first.ndim + 1), "StackBackward0");
});
