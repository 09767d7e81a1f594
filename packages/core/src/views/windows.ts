/** @file `unfold`: overlapping windows along a dim, as a view; and parts of a tensor replaced, out of place. */
import { zerosOn } from "../calculus/map-reduce.ts";
import { add } from "../elementwise/arithmetic.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { dispatch, dispatchView, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import { checkIntegers, showShape, wrapDim } from "../shape.ts";
import { restride } from "../view.ts";
import { overlaying, placing } from "./overlay.ts";
import { reshape, select, type SliceAttrs, sliceOp } from "./views.ts";

type UnfoldAttrs = { readonly dim: number; readonly size: number; readonly step: number };
const unfoldOp: ViewOp<UnfoldAttrs> = {
  name: "unfold",
  gradName: () => "UnfoldBackward0",
  view(view, { dim, size, step }) {
    if (dim === view.shape.length) return restride(view, [...view.shape, size], [...view.strides, 1], view.offset); // a 0-d tensor, perhaps a batch of them
    const count = Math.floor((view.shape[dim]! - size) / step) + 1;
    return restride(view, [...view.shape.map((n, d) => (d === dim ? count : n)), size], [...view.strides.map((n, d) => (d === dim ? n * step : n)), view.strides[dim]!], view.offset);
  },
  saves: () => savesNothing,
  // Windows overlap: their k-th elements alone do not.
  vjp([grad], node) {
    const { dim, size, step } = node.attrs, shape = node.shapeOf(0);
    if (size === 0) return [zerosOn(grad!.storage.device, grad!.dtype, shape)];
    if (dim === shape.length) return [reshape(grad!, shape)];
    const part = (k: number): Tensor => {
      const attrs: SliceAttrs = { dim, start: k, step, length: grad!.shape[dim]!, size: shape[dim]! };
      return dispatch(placeSlice, [select(grad!, -1, k)], { attrs, shape, name: "UnfoldBackward0Backward0" });
    };
    let sum = part(0);
    for (let k = 1; k < size; k++) sum = add(sum, part(k));
    return [sum];
  },
  jvp: "linear",
  batched: ({ dim, size, step }, { length }) => ({ dim: dim + length, size, step }),
};
const placeSlice = /*@__PURE__*/ placing(sliceOp);
const overlaySlice = /*@__PURE__*/ overlaying(sliceOp);

/**
 * Windows along a dim, as a last dim: out[..., i, ..., j] = x[..., i step + j, ...]. PyTorch's method `unfold`.
 * @param x of any shape and dtype
 * @param dimension along which
 * @param size of a window
 * @param step how far windows are apart
 * @returns a view of x's shape with floor((n - size) / step) + 1 along the dim and a last dim of `size`, of its dtype
 * @throws ShapeError for a size larger than the dim
 * @throws ArgumentError for a negative size, a step of 0 or below, or numbers that are not whole
 * @throws IndexError for a dim out of range
 * @example unfoldDim(tensor([1, 2, 3]), 0, 2, 1) // [[1, 2], [2, 3]]
 */
export function unfoldDim(x: Tensor, dimension: number, size: number, step: number): Tensor {
  const d = wrapDim(dimension, x.ndim), length = x.ndim === 0 ? 1 : x.shape[d]!;
  checkIntegers("unfold", [size, step]);
  if (size > length) throw new ShapeError(`maximum size for tensor at dimension ${d} is ${length} but size is ${size}`);
  if (size < 0) throw new ArgumentError(`size is ${size} but must be >= 0`);
  if (!(step > 0)) throw new ArgumentError(`step is ${step} but must be > 0`);
  return dispatchView(unfoldOp, x, { dim: d, size, step });
}

function overlay(x: Tensor, source: Tensor, attrs: SliceAttrs, name: string): Tensor {
  const part = sliceOp.view(x.window, attrs).shape;
  if (part.join() !== source.shape.join()) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(part)}`);
  return dispatch(overlaySlice, [x, source], { attrs, name });
}
export type SliceScatterOptions = {
  /** The first place: 0 by default. */
  readonly start?: number;
  /** Before which to stop: the end by default. */
  readonly end?: number;
  /** How far the places are apart: 1 by default. */
  readonly step?: number;
};
/**
 * A copy of x with another slice.
 * @param x of any shape and dtype
 * @param source what stands there, of the shape of the slice
 * @param dim along which, 0 by default
 * @returns x's shape and dtype
 * @throws ShapeError where `source` does not fit
 * @throws ArgumentError for a step below 1
 * @throws IndexError for a dim out of range
 * @example sliceScatter(zeros([4]), tensor([1, 2]), 0, { start: 1, end: 3 }) // [0, 1, 2, 0]
 */
export function sliceScatter(x: Tensor, source: Tensor, dim: number = 0, options: SliceScatterOptions = {}): Tensor {
  const { start = 0, end = Infinity, step = 1 } = options, d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (step < 1) throw new ArgumentError("slice step must be positive");
  const clampTo = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size), from = clampTo(start);
  return overlay(x, source, { dim: d, start: from, step, length: Math.max(0, Math.ceil((clampTo(end) - from) / step)), size }, "SliceScatterBackward0");
}
/**
 * A copy of x with other elements at one place along a dim.
 * @param x of any shape and dtype
 * @param source what stands there, of x's shape without the dim
 * @param dim along which
 * @param index the place, from the end where it is negative
 * @returns x's shape and dtype
 * @throws ShapeError where `source` does not fit
 * @throws IndexError for an index or a dim out of range
 * @example selectScatter(zeros([2, 2]), tensor([1, 2]), 0, 1) // [[0, 0], [1, 2]]
 */
export function selectScatter(x: Tensor, source: Tensor, dim: number, index: number): Tensor {
  const part = select(x, dim, index).shape, d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (part.join() !== source.shape.join()) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(part)}`);
  const column = reshape(source, [...x.shape.slice(0, d), 1, ...x.shape.slice(d + 1)]);
  return overlay(x, column, { dim: d, start: index < 0 ? index + size : index, step: 1, length: 1, size }, "SelectScatterBackward0");
}
