/** @file Elements in another order or several times: flip, roll, rotations, repetition. Copies, as in PyTorch. */
import { clone, reshape as reshapeTo } from "../calculus/map-reduce.ts";
import { copyView } from "../calculus/call.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { allocate, composite, dispatch, isTensor, type Op, savesNothing, type Tensor } from "../op.ts";
import { showShape, wrapDim, wrapDims } from "../shape.ts";
import { restride } from "../view.ts";
import { cat } from "./cat.ts";
import { hostNumbers } from "./host-numbers.ts";
import { expand, flatten, narrow, reshape, transpose } from "./views.ts";

type Dims = number | readonly number[];

const flipOp: Op<{ readonly dims: readonly number[] }> = {
  name: "flip",
  gradName: () => "FlipBackward0",
  run(device, [x], { dims }) {
    const { window } = x!, out = allocate(device, x!.dtype, x!.shape), flipped = new Set(dims);
    const strides = window.strides.map((stride, d) => (flipped.has(d) ? -stride : stride));
    const start = dims.reduce((at, d) => at + Math.max(0, window.shape[d]! - 1) * window.strides[d]!, window.offset);
    copyView(device.backend.kernels.copy, restride(window, window.shape, strides, window.size === 0 ? window.offset : start), out.window, device.backend.limits.maxRank);
    return out;
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => [dispatch(flipOp, [grad!], node.attrs)],
  jvp: "linear",
  batched: ({ dims }, { length }) => ({ dims: dims.map((d) => d + length) }),
};
/**
 * The order along dims reversed: out[i] = x[n - 1 - i].
 * @param x of any shape and dtype
 * @param dims one dim, or several
 * @returns a copy of x's shape and dtype
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example flip(tensor([1, 2, 3]), 0) // [3, 2, 1]
 */
export function flip(x: Tensor, dims: Dims): Tensor {
  const list = typeof dims === "number" ? [dims] : dims;
  if (new Set(list.map((d) => wrapDim(d, x.ndim))).size !== list.length) wrapDims(list, x.ndim);
  return dispatch(flipOp, [x], { dims: x.ndim === 0 ? [] : list.map((d) => wrapDim(d, x.ndim)) });
}
/**
 * The columns, dim 1, in reverse order.
 * @param x [m, n, ...] of any dtype
 * @returns a copy of x's shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @example fliplr(tensor([[1, 2], [3, 4]])) // [[2, 1], [4, 3]]
 */
export function fliplr(x: Tensor): Tensor {
  if (x.ndim < 2) throw new ShapeError("Input must be >= 2-d.");
  return flip(x, [1]);
}
/**
 * The rows, dim 0, in reverse order.
 * @param x [m, ...] of any dtype
 * @returns a copy of x's shape and dtype
 * @throws ShapeError for a 0-d tensor
 * @example flipud(tensor([[1, 2], [3, 4]])) // [[3, 4], [1, 2]]
 */
export function flipud(x: Tensor): Tensor {
  if (x.ndim < 1) throw new ShapeError("Input must be >= 1-d.");
  return flip(x, [0]);
}

/**
 * The elements moved along dims, and round the end: out[i] = x[(i - shift) mod n].
 * @param x of any shape and dtype
 * @param shifts by how many places: a number, or one for each dim
 * @param dims along which; the flattened tensor by default
 * @returns a copy of x's shape and dtype
 * @throws ShapeError where shifts and dims are not of one number
 * @throws ArgumentError for no shifts
 * @throws IndexError for a dim out of range
 * @example roll(tensor([1, 2, 3]), 1) // [3, 1, 2]
 */
export const roll: (x: Tensor, shifts: Dims, dims?: Dims) => Tensor = /*@__PURE__*/ composite("RollBackward0", (x: Tensor, shifts: Dims, dims?: Dims): Tensor => {
  const by = typeof shifts === "number" ? [shifts] : shifts, along = dims === undefined ? [] : typeof dims === "number" ? [dims] : dims;
  if (by.length === 0) throw new ArgumentError("`shifts` required");
  if (along.length === 0 && by.length === 1) return reshape(rollOne(flatten(x), by[0]!, 0), x.shape);
  if (by.length !== along.length) throw new ShapeError(`shifts and dimensions must align. shifts: ${by.length}, dims:${along.length}`);
  const rolled = by.reduce((y, shift, i) => rollOne(y, shift, wrapDim(along[i]!, x.ndim)), x);
  return rolled === x ? clone(x) : rolled;
});
function rollOne(x: Tensor, shift: number, d: number): Tensor {
  const size = x.shape[d] ?? 1, start = size === 0 ? 0 : (((-shift) % size) + size) % size;
  return start === 0 || x.ndim === 0 ? clone(x) : cat([narrow(x, d, start, size - start), narrow(x, d, 0, start)], d);
}

export type Rot90Options = {
  /** How many quarter turns: 1 by default. */
  readonly k?: number;
};
/**
 * The plane of two dims rotated by quarter turns, from the first towards the second.
 * @param x of at least two dims, of any dtype
 * @param dims the two, by default the first
 * @returns a copy of x's dtype and shape, with the two sizes exchanged where `k` is odd
 * @throws ShapeError for other than two different dims that x has
 * @example rot90(tensor([[1, 2], [3, 4]])) // [[2, 4], [1, 3]]
 */
export const rot90: (x: Tensor, dims?: readonly number[], options?: Rot90Options) => Tensor = /*@__PURE__*/ composite("Rot90Backward0", (x: Tensor, dims: readonly number[] = [0, 1], options: Rot90Options = {}): Tensor => {
  const { k = 1 } = options;
  if (dims.length !== 2) throw new ShapeError(`expected total rotation dims == 2, but got dims = ${dims.length}`);
  if (x.ndim < 2) throw new ShapeError(`expected total dims >= 2, but got total dims = ${x.ndim}`);
  const [p, q] = dims as [number, number];
  if (p === q || Math.abs(p - q) === x.ndim) throw new ShapeError(`expected rotation dims to be different, but got dim0 = ${p} and dim1 = ${q}`);
  for (const [i, d] of dims.entries()) if (d >= x.ndim || d < -x.ndim) throw new ShapeError(`Rotation dim${i} out of range, dim${i} = ${d}`);
  switch (((k % 4) + 4) % 4) {
    case 1: return transpose(flip(x, q), p, q);
    case 2: return flip(x, [p, q]);
    case 3: return flip(transpose(x, p, q), q);
    default: return clone(x);
  }
});

/**
 * The tensor laid side by side, so many times along each dim.
 * @param x of any shape and dtype
 * @param repeats a number for each dim; what there is more adds leading dims
 * @returns a copy of x's sizes times the numbers, of its dtype
 * @throws ShapeError for fewer numbers than dims, or negative ones
 * @example repeat(tensor([1, 2]), [2]) // [1, 2, 1, 2]
 */
export const repeat: (x: Tensor, repeats: readonly number[]) => Tensor = /*@__PURE__*/ composite("RepeatBackward0", (x: Tensor, repeats: readonly number[]): Tensor => {
  const lead = repeats.length - x.ndim;
  if (lead < 0) throw new ShapeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  if (repeats.some((n) => n < 0)) throw new ShapeError(`Trying to create tensor with negative dimension: repeat(${showShape(repeats)})`);
  const shape = [...new Array<number>(lead).fill(1), ...x.shape];
  const spread = expand(reshape(x, shape.flatMap((size) => [1, size])), shape.flatMap((size, d) => [repeats[d]!, size]));
  return reshapeTo(clone(spread), shape.map((size, d) => size * repeats[d]!));
});
/**
 * As `repeat`, but numbers that are fewer than dims count from the last.
 * @param dims a number for each of the last dims
 * @returns a copy of x's sizes times the numbers, of its dtype
 * @example tile(tensor([1, 2]), [2]) // [1, 2, 1, 2]
 */
export function tile(x: Tensor, dims: readonly number[]): Tensor {
  return repeat(x, dims.length < x.ndim ? [...new Array<number>(x.ndim - dims.length).fill(1), ...dims] : dims);
}
/**
 * Each element, or each slice along a dim, several times in a row.
 * @param x of any shape and dtype
 * @param repeats how often: one number for all; or one for each slice, as an array, or as a tensor of integers that the device must be able to read at once
 * @param dim along which; the flattened tensor by default
 * @returns a copy of x's shape with the sum of the numbers along the dim, of its dtype
 * @throws ShapeError where numbers are neither one nor as many as slices
 * @throws ArgumentError for negative numbers
 * @throws DeviceError for a tensor on a device that cannot read at once
 * @throws IndexError for a dim out of range
 * @example repeatInterleave(tensor([1, 2]), 2) // [1, 1, 2, 2]
 */
export const repeatInterleave: (x: Tensor, repeats: number | readonly number[] | Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("IndexSelectBackward0", (x: Tensor, repeats: number | readonly number[] | Tensor, dim?: number): Tensor => {
  const counts = isTensor(repeats) ? hostNumbers("repeatInterleave", repeats) : repeats;
  const source = dim === undefined || x.ndim === 0 ? flatten(x) : x, d = dim === undefined ? 0 : wrapDim(dim, source.ndim), size = source.shape[d]!;
  if (typeof counts === "number" || counts.length === 1) return repeatEvenly(source, typeof counts === "number" ? counts : counts[0]!, d);
  if (counts.some((n) => n < 0)) throw new ArgumentError("repeats can not be negative");
  if (counts.length !== size) throw new ShapeError("repeats must have the same size as input along dim");
  return cat([narrow(source, d, 0, 0), ...counts.flatMap((n, i) => (n === 0 ? [] : [repeatEvenly(narrow(source, d, i, 1), n, d)]))], d);
});
function repeatEvenly(x: Tensor, repeats: number, d: number): Tensor {
  if (repeats < 0) throw new ArgumentError("Repeats must be non-negative");
  const { shape } = x, before = shape.slice(0, d), after = shape.slice(d + 1);
  const spread = expand(reshape(x, [...before, shape[d]!, 1, ...after]), [...before, shape[d]!, repeats, ...after]);
  return reshapeTo(clone(spread), [...before, shape[d]! * repeats, ...after]);
}
