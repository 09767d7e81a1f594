/** @file View ops: other windows onto the same storage. A slice stands beside its adjoint, pad. */
import { copyView } from "../calculus/call.ts";
import { expand as expandTo, rawZeros, reshape as reshapeTo } from "../calculus/map-reduce.ts";
import { sideBySide } from "../calculus/side-by-side.ts";
import { dtypes, scalarTypeName } from "../dtype.ts";
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { dispatch, dispatchView, type Op, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import { checkIntegers, checkSizes, type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { hostNumbers } from "./host-numbers.ts";
import { reshapeStrides, restride, type View } from "../view.ts";

export const permuteOp: ViewOp<{ readonly dims: readonly number[]; readonly name: string }> = {
  name: "permute",
  gradName: ({ name }) => name,
  view: (view, { dims }) => restride(view, dims.map((d) => view.shape[d]!), dims.map((d) => view.strides[d]!), view.offset),
  saves: () => savesNothing,
  vjp: ([grad], { attrs: { dims, name } }) => [dispatchView(permuteOp, grad!, { dims: dims.map((_, d) => dims.indexOf(d)), name })],
  jvp: "linear",
  batched: ({ dims, name }, { length }) => ({ dims: [...Array(length).keys(), ...dims.map((d) => d + length)], name }),
};

/**
 * The dims in another order: out.shape[i] = x.shape[dims[i]].
 * @param x of any shape and dtype
 * @param dims every dim of x once
 * @returns a view of that shape and of x's dtype
 * @throws ShapeError where dims are left out or named twice
 * @throws IndexError for a dim out of range
 * @example permute(ones([2, 3, 4]), [2, 0, 1]).shape // [4, 2, 3]
 */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  checkSizes("permute", dims);
  if (dims.length !== x.ndim)
    throw new ShapeError(`permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${x.ndim} is not equal to len(dims) = ${dims.length}`);
  const wrapped = dims.map((d) => wrapDim(d, x.ndim));
  if (new Set(wrapped).size !== wrapped.length) throw new ShapeError("permute(): duplicate dims are not allowed.");
  return dispatchView(permuteOp, x, { dims: wrapped, name: "PermuteBackward0" });
}

/**
 * Two dims exchanged.
 * @param x of any shape and dtype
 * @param dim0 one dim
 * @param dim1 the other
 * @returns a view of x's shape with the two sizes exchanged, of its dtype
 * @throws IndexError for a dim out of range
 * @example transpose(tensor([[1, 2], [3, 4]]), 0, 1) // [[1, 3], [2, 4]]
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = wrapDim(dim0, x.ndim), b = wrapDim(dim1, x.ndim);
  const dims = x.shape.map((_, d) => (d === a ? b : d === b ? a : d));
  return dispatchView(permuteOp, x, { dims, name: "TransposeBackward0" });
}

/**
 * The transpose of a matrix: out_ij = x_ji; a vector stays as it is.
 * @param x of at most two dims, of any dtype
 * @returns a view [n, m] of [m, n], of x's dtype
 * @throws ShapeError for more than 2 dims
 * @example t(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export function t(x: Tensor): Tensor {
  if (x.ndim > 2) throw new ShapeError(`t() expects a tensor with <= 2 dimensions, but self is ${x.ndim}D`);
  return dispatchView(permuteOp, x, { dims: x.ndim === 2 ? [1, 0] : x.shape.map((_, d) => d), name: "TBackward0" });
}

/** A copy of a shape, its one -1 filled in from the number of elements. */
function inferShape(shape: Shape, size: number): Shape {
  checkSizes("reshape", shape);
  const open = shape.indexOf(-1);
  for (const dim of shape) if (!Number.isInteger(dim) || dim < -1) throw new ShapeError(`invalid shape dimension ${dim}`);
  if (open < 0) {
    if (sizeOf(shape) !== size) throw new ShapeError(`shape '${showShape(shape)}' is invalid for input of size ${size}`);
    return shape.slice();
  }
  if (shape.indexOf(-1, open + 1) >= 0) throw new ShapeError("only one dimension can be inferred");
  const rest = shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  if (rest === 0) throw new ShapeError(`cannot reshape tensor of 0 elements into shape ${showShape(shape)} because the unspecified dimension size -1 can be any value and is ambiguous`);
  if (size % rest !== 0) throw new ShapeError(`shape '${showShape(shape)}' is invalid for input of size ${size}`);
  return shape.map((dim) => (dim === -1 ? size / rest : dim));
}

/**
 * The same elements, in row-major order, in another shape.
 * @param x of any shape and dtype
 * @param shape the new one, of which one size may be -1: what is left for it
 * @returns a tensor of that shape and of x's dtype; a view where strides allow it, else a copy
 * @throws ShapeError where the number of elements differs, or two sizes are -1
 * @example reshape(arange(4), [2, -1]) // [[0, 1], [2, 3]]
 */
export const reshape = (x: Tensor, shape: Shape): Tensor => reshapeTo(x, inferShape(shape, x.window.size));

/**
 * As `reshape`, but never a copy.
 * @param x of any shape and dtype
 * @param shape the new one, of which one size may be -1: what is left for it
 * @returns a view of that shape and of x's dtype
 * @throws ShapeError where the number of elements differs, or strides do not allow a view
 * @example view(arange(4), [2, 2]) // [[0, 1], [2, 3]]
 */
export function view(x: Tensor, shape: Shape): Tensor {
  const target = inferShape(shape, x.window.size);
  if (reshapeStrides(x.window, target) === undefined)
    throw new ShapeError("view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
  return reshapeTo(x, target);
}

/**
 * The dims from `startDim` to `endDim` made one.
 * @param x of any shape and dtype
 * @param startDim the first of them, 0 by default
 * @param endDim the last of them, x's last by default
 * @returns x's shape with one size, their product, for theirs, and x's dtype; a view where strides allow it, else a copy
 * @throws ShapeError where startDim comes after endDim
 * @throws IndexError for a dim out of range
 * @example flatten(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 */
export function flatten(x: Tensor, startDim: number = 0, endDim: number = -1): Tensor {
  const from = wrapDim(startDim, x.ndim), to = wrapDim(endDim, x.ndim);
  if (x.ndim === 0) return reshapeTo(x, [1]);
  if (from > to) throw new ShapeError("flatten() has invalid args: start_dim cannot come after end_dim");
  return reshapeTo(x, [...x.shape.slice(0, from), sizeOf(x.shape.slice(from, to + 1)), ...x.shape.slice(to + 1)]);
}

/**
 * Repeats dims of size 1, and adds leading dims, without copying.
 * @param x of any shape and dtype
 * @param shape the new one; -1 keeps a size
 * @returns a view of that shape and of x's dtype, whose repeated elements share memory
 * @throws ShapeError where another size than 1 would change, or there are fewer sizes than dims
 * @example expand(tensor([[1], [2]]), [2, 3]) // [[1, 1, 1], [2, 2, 2]]
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  const lead = shape.length - x.ndim;
  if (lead < 0)
    throw new ShapeError(`expand(torch.${scalarTypeName[x.dtype]}Tensor{${showShape(x.shape)}}, size=${showShape(shape)}): the number of sizes provided (${shape.length}) must be greater or equal to the number of dimensions in the tensor (${x.ndim})`);
  const target = [...shape];
  for (let d = shape.length - 1; d >= 0; d--) { // PyTorch complains of the last dim first
    const from = x.shape[d - lead], size = shape[d]!;
    if (size === -1) {
      if (from === undefined) throw new ShapeError(`The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`);
      target[d] = from;
    } else if (from !== undefined && from !== 1 && from !== size)
      throw new ShapeError(`The expanded size of the tensor (${size}) must match the existing size (${from}) at non-singleton dimension ${d}.  Target sizes: ${showShape(shape)}.  Tensor sizes: ${showShape(x.shape)}`);
  }
  return expandTo(x, target);
}

/**
 * Without dims of size 1.
 * @param x of any shape and dtype
 * @param dim one dim, or several, that go where they have size 1; all such dims by default
 * @returns a view of x's shape without them, of its dtype
 * @throws IndexError for a dim out of range
 * @example squeeze(ones([1, 2, 1])).shape // [2]
 */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor {
  const among = dim === undefined ? undefined : (typeof dim === "number" ? [dim] : dim).map((d) => wrapDim(d, x.ndim));
  return reshapeTo(x, x.shape.filter((size, d) => size !== 1 || (among !== undefined && !among.includes(d))), among === undefined ? "SqueezeBackward0" : "SqueezeBackward1");
}

/**
 * With a new dim of size 1.
 * @param x of any shape and dtype
 * @param dim where it stands in the result
 * @returns a view of x's shape with it, of its dtype
 * @throws IndexError for a dim out of range
 * @example unsqueeze(ones([2]), 0).shape // [1, 2]
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  const at = wrapDim(dim, x.ndim + 1);
  return reshapeTo(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)], "UnsqueezeBackward0");
}

export type SliceAttrs = { readonly dim: number; readonly start: number; readonly step: number; readonly length: number; readonly size: number };

const sliceView = (view: View, { dim, start, step, length }: SliceAttrs): View => restride(
  view, view.shape.map((size, d) => (d === dim ? length : size)), view.strides.map((stride, d) => (d === dim ? stride * step : stride)),
  view.offset + (length === 0 ? 0 : start * view.strides[dim]!));

export const sliceOp: ViewOp<SliceAttrs> = {
  name: "slice",
  gradName: () => "SliceBackward0",
  view: sliceView,
  saves: () => savesNothing,
  vjp: ([grad], node) => [dispatch(padOp, [grad!], node.attrs)],
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** Zeros of the size that was sliced, with the input where the slice was. */
const padOp: Op<SliceAttrs> = {
  name: "pad",
  gradName: () => "SliceBackward0Backward0",
  run(device, [x], attrs) {
    const shape = x!.shape.map((size, d) => (d === attrs.dim ? attrs.size : size));
    if (attrs.step === 1) return sideBySide(device, x!.dtype, shape, attrs.dim, [x!.window], [attrs.start]);
    const out = rawZeros(device, x!.dtype, shape);
    copyView(device.backend.kernels.copy, x!.window, sliceView(out.window, attrs), device.backend.limits.maxRank);
    return out;
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => [dispatchView(sliceOp, grad!, node.attrs)],
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

export type SelectAttrs = { readonly dim: number; readonly index: number; readonly size: number };

/** What a slice of one element shows, without its dim. */
export const selectOp: ViewOp<SelectAttrs> = {
  name: "select",
  gradName: () => "SelectBackward0",
  view: (view, { dim, index }) => {
    const others = (all: readonly number[]): number[] => [...all.slice(0, dim), ...all.slice(dim + 1)], shape = others(view.shape);
    return restride(view, shape, others(view.strides), view.offset + (view.size === 0 ? 0 : index * view.strides[dim]!));
  },
  saves: () => savesNothing,
  vjp: ([grad], { attrs: { dim, index, size } }) => [dispatch(padOp, [unsqueeze(grad!, dim)], { dim, start: index, step: 1, length: 1, size })],
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/**
 * The elements start, start + step ... before end along a dim; negative bounds count from the end, and bounds beyond it are brought back, as in Python.
 * @param x of any shape and dtype
 * @param dim along which
 * @param start the first, 0 by default
 * @param end before which to stop, the end by default
 * @param step how far they are apart, 1 by default
 * @returns a view of x's shape with so many elements along the dim, of its dtype
 * @throws ArgumentError for a step below 1, or bounds that are no whole numbers
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @example slice(tensor([1, 2, 3, 4]), 0, 0, 4, 2) // [1, 3]
 */
export function slice(x: Tensor, dim: number, start: number = 0, end: number = Infinity, step: number = 1): Tensor {
  const d = wrapDim(dim, x.ndim);
  if (x.ndim === 0) throw new IndexError("slice() cannot be applied to a 0-dim tensor.");
  if (!Number.isInteger(step) || step < 1) throw new ArgumentError(`slice step must be positive, got ${step}`);
  const size = x.shape[d]!;
  const clampTo = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  const from = clampTo(start), to = clampTo(end), length = Math.max(0, Math.ceil((to - from) / step));
  checkIntegers("slice", [from, to]);
  return dispatchView(sliceOp, x, { dim: d, start: from, step, length, size });
}

/**
 * So many elements along a dim, side by side.
 * @param x of any shape and dtype
 * @param dim along which
 * @param start the first, from the end where it is negative: a number, or a 0-d tensor of integers that is read at once
 * @param length how many
 * @returns a view of x's shape with `length` along the dim, of its dtype
 * @throws IndexError for a start or a dim out of range
 * @throws ShapeError where the piece reaches beyond the end, or for a 0-d tensor
 * @throws ArgumentError for a negative length, or numbers that are not whole
 * @example narrow(tensor([1, 2, 3]), 0, 1, 2) // [2, 3]
 */
export function narrow(x: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
  if (typeof start === "number") return narrowFrom(x, dim, start, length);
  if (start.ndim !== 0 || dtypes[start.dtype].kind !== "int") throw new ArgumentError("start must be an 0-dim integral Tensor.");
  return narrowFrom(x, dim, hostNumbers("narrow", start)[0]!, length);
}

function narrowFrom(x: Tensor, dim: number, start: number, length: number): Tensor {
  if (x.ndim === 0) throw new ShapeError("narrow() cannot be applied to a 0-dim tensor.");
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  checkIntegers("narrow", [start, length]);
  if (length < 0) throw new ArgumentError("narrow(): length must be non-negative.");
  if (start < -size || start > size) throw new IndexError(`start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`);
  const from = start < 0 ? start + size : start;
  if (from + length > size) throw new ShapeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`);
  return dispatchView(sliceOp, x, { dim: d, start: from, step: 1, length, size });
}

/**
 * The elements at one place along a dim, which goes.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the place, from the end where it is negative
 * @returns a view of x's shape without the dim, of its dtype
 * @throws IndexError for an index or a dim out of range, or a 0-d tensor
 * @example select(tensor([[1, 2], [3, 4]]), 0, 1) // [3, 4]
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  if (x.ndim === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (!Number.isInteger(index) || index < -size || index >= size)
    throw new IndexError(`select(): index ${index} out of range for tensor of size ${showShape(x.shape)} at dimension ${d}`);
  return dispatchView(selectOp, x, { dim: d, index: index < 0 ? index + size : index, size });
}
