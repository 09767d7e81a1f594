/** @file `unfold`: overlapping windows along a dim, as a view; and parts of a tensor replaced, out of place. */
import { add } from "../elementwise/arithmetic.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { dispatch, dispatchView, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import { showShape, wrapDim } from "../shape.ts";
import { restride } from "../view.ts";
import { overlaying, placing } from "./overlay.ts";
import { reshape, select, type SliceAttrs, sliceOp } from "./views.ts";

type UnfoldAttrs = { readonly dim: number; readonly size: number; readonly step: number };
const unfoldOp: ViewOp<UnfoldAttrs> = {
  name: "unfold",
  gradName: () => "UnfoldBackward0",
  view(view, { dim, size, step }) {
    if (view.shape.length === 0) return restride(view, [size], [1], view.offset);
    const count = Math.floor((view.shape[dim]! - size) / step) + 1;
    return restride(view, [...view.shape.map((n, d) => (d === dim ? count : n)), size], [...view.strides.map((n, d) => (d === dim ? n * step : n)), view.strides[dim]!], view.offset);
  },
  saves: () => savesNothing,
  // Windows overlap: their k-th elements alone do not.
  vjp([grad], node) {
    const { dim, size, step } = node.attrs, shape = node.shapeOf(0);
    if (shape.length === 0) return [reshape(grad!, [])];
    const part = (k: number): Tensor => {
      const attrs: SliceAttrs = { dim, start: k, step, length: grad!.shape[dim]!, size: shape[dim]! };
      return dispatch(placeSlice, [select(grad!, -1, k)], { attrs, shape, name: "UnfoldBackward0Backward0" });
    };
    if (size === 0) return [undefined];
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
 * The windows of `size` elements along a dim, each `step` after the one before, as a last dim: PyTorch's method `unfold`. A view.
 * @example unfoldDim(tensor([1, 2, 3]), 0, 2, 1) // [[1, 2], [2, 3]]
 */
export function unfoldDim(x: Tensor, dimension: number, size: number, step: number): Tensor {
  const d = wrapDim(dimension, x.ndim), length = x.ndim === 0 ? 1 : x.shape[d]!;
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
export type SliceScatterOptions = { readonly start?: number; readonly end?: number; readonly step?: number };
/**
 * A copy of x with `source` in the place of a slice. A copy of x's shape and dtype; `source` has the slice's.
 * @throws ShapeError where `source` does not fit
 * @example sliceScatter(zeros([4]), tensor([1, 2]), 0, { start: 1, end: 3 }) // [0, 1, 2, 0]
 */
export function sliceScatter(x: Tensor, source: Tensor, dim: number = 0, options: SliceScatterOptions = {}): Tensor {
  const { start = 0, end = Infinity, step = 1 } = options, d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (step < 1) throw new ArgumentError("slice step must be positive");
  const clampTo = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size), from = clampTo(start);
  return overlay(x, source, { dim: d, start: from, step, length: Math.max(0, Math.ceil((clampTo(end) - from) / step)), size }, "SliceScatterBackward0");
}
/**
 * A copy of x with `source` in the place of the elements at `index` along a dim. A copy of x's shape and dtype; `source` has it without the dim.
 * @throws ShapeError where `source` does not fit
 * @example selectScatter(zeros([2, 2]), tensor([1, 2]), 0, 1) // [[0, 0], [1, 2]]
 */
export function selectScatter(x: Tensor, source: Tensor, dim: number, index: number): Tensor {
  const part = select(x, dim, index).shape, d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (part.join() !== source.shape.join()) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(part)}`);
  const column = reshape(source, [...x.shape.slice(0, d), 1, ...x.shape.slice(d + 1)]);
  return overlay(x, column, { dim: d, start: index < 0 ? index + size : index, step: 1, length: 1, size }, "SelectScatterBackward0");
}
