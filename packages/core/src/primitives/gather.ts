/** @file `gather` and `scatter`, each the other's adjoint, and what is made of them: indexSelect, embedding. */
import type { Complaint } from "../complaint.ts";
import { inComputed, materialize } from "../calculus/call.ts";
import { reshape, zerosOn } from "../calculus/map-reduce.ts";
import { isStoredOnly } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { allocate, composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { coalesce, restride, type View } from "../view.ts";
import { expand, reshape as reshapeTo } from "../views/views.ts";

/** Views of equal shape but for `dim`, with the dims before and after it merged where all allow it. */
function aroundDim(views: readonly View[], dim: number): { views: View[]; dim: number } {
  const shape = views[0]!.shape;
  const before = coalesce(shape.slice(0, dim), views.map((v) => v.strides.slice(0, dim)));
  const after = coalesce(shape.slice(dim + 1), views.map((v) => v.strides.slice(dim + 1)));
  return {
    dim: before.shape.length,
    views: views.map((v, k) => restride(v, [...before.shape, v.shape[dim]!, ...after.shape], [...before.strides[k]!, v.strides[dim]!, ...after.strides[k]!], v.offset)),
  };
}

/** The part of `x` that an index of this shape can reach: its first elements along every other dim. */
const reachable = (view: View, index: Shape, dim: number): View =>
  restride(view, index.map((size, d) => (d === dim ? view.shape[d]! : size)), view.strides, view.offset);

type GatherAttrs = { readonly dim: number; readonly complaint?: Complaint | undefined };

const gatherOp: Op<GatherAttrs> = {
  name: "gather",
  gradName: () => "GatherBackward0",
  run(device, [x, index], { dim, complaint }) {
    const out = allocate(device, x!.dtype, index!.shape);
    if (out.window.size === 0) return out;
    const call = (xv: View, iv: View): boolean => {
      const normal = aroundDim([reachable(xv, iv.shape, dim), iv, out.window], dim);
      if (normal.views[0]!.shape.length > device.backend.limits.maxRank) return false;
      device.backend.kernels.gather(normal.views.slice(0, 2), normal.views.slice(2), { dim: normal.dim, named: dim, complaint });
      return true;
    };
    if (!call(x!.window, index!.window)) call(materialize(x!, x!.shape).window, materialize(index!, index!.shape).window);
    return out;
  },
  saves: () => ({ savedInputs: [1], savedResults: [] }),
  vjp([grad], node) {
    const [index] = savedTensors(node);
    return [dispatch(scatterOp, [nothing(grad!, node.shapeOf(0)), index!, grad!], { dim: node.attrs.dim, mode: "add" })];
  },
  jvp: "linear",
  batched: ({ dim, complaint }, { length }) => ({ dim: dim + length, complaint }),
};

/** Zeros like x that take no memory: what is copied before elements are added to it. */
export const nothing = (x: Tensor, shape: Shape): Tensor => expand(zerosOn(x.storage.device, x.dtype, []), shape);

type ScatterAttrs = GatherAttrs & { readonly mode: "add" | "set" };

/** A copy of the base with the source added, or set, at the index. */
const scatterOp: Op<ScatterAttrs> = {
  name: "scatter",
  gradName: ({ mode }) => (mode === "add" ? "ScatterAddBackward0" : "ScatterBackward0"),
  run(device, [base, index, source], attrs) {
    const { dim, mode, complaint } = attrs;
    // Sums of a dtype that is only stored are rounded once.
    if (mode === "add" && isStoredOnly(base!.dtype))
      return inComputed([base!, source!], base!.dtype, ([wide, addend]) => scatterOp.run(device, [wide!, index!, addend!], attrs));
    const out = materialize(base!, base!.shape);
    if (index!.window.size === 0) return out;
    const shape = index!.shape;
    const from = restride(source!.window, shape, source!.window.strides, source!.window.offset);
    const normal = aroundDim([reachable(out.window, shape, dim), index!.window, from], dim);
    device.backend.kernels.scatter(normal.views.slice(1), normal.views.slice(0, 1), { dim: normal.dim, named: dim, complaint, mode });
    return out;
  },
  saves: () => ({ savedInputs: [1], savedResults: [] }),
  vjp([grad], node) {
    const [index] = savedTensors(node), { dim, mode } = node.attrs;
    const zeroed = (): Tensor => dispatch(scatterOp, [grad!, index!, zerosOn(grad!.storage.device, grad!.dtype, index!.shape)], { dim, mode: "set" });
    return [
      !node.needs(0) ? undefined : mode === "add" ? grad! : zeroed(),
      undefined,
      node.needs(2) ? padTo(dispatch(gatherOp, [grad!, index!], { dim }), node.shapeOf(2)) : undefined,
    ];
  },
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** The gradient of a source larger than its index: zero beyond it. */
function padTo(grad: Tensor, shape: Shape): Tensor {
  if (grad.shape.join() === shape.join()) return grad;
  throw new ShapeError(`scatter: the gradient of a source of shape ${showShape(shape)} larger than its index ${showShape(grad.shape)} is not supported yet; narrow the source first`);
}

function checkIndex(op: string, x: Tensor, dim: number, index: Tensor): number {
  const d = wrapDim(dim, x.ndim);
  if (index.window.size === 0) return d;
  if (index.dtype !== "int32") throw new DTypeError(`${op}(): Expected dtype int32 for index`);
  if (Math.max(index.ndim, 1) !== Math.max(x.ndim, 1)) throw new ShapeError(`Index tensor must have the same number of dimensions as ${op === "gather" ? "input" : "self"} tensor`);
  index.shape.forEach((size, k) => {
    if (k !== d && size > x.shape[k]!)
      throw new ShapeError(`Size does not match at dimension ${k} expected index ${showShape(index.shape)} to be smaller than self ${showShape(x.shape)} apart from dimension ${d}`);
  });
  return d;
}

type Gather = (x: Tensor, dim: number, index: Tensor) => Tensor;
/** `gather` that says of an index out of range what its caller would. */
export const gatherSaying = (complaint: Complaint | undefined): Gather => /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number, index: Tensor): Tensor => {
  const d = checkIndex("gather", x, dim, index);
  if (x.ndim !== 0 && index.ndim !== 0) return dispatch(gatherOp, [x, index], { dim: d, complaint });
  return reshape(dispatch(gatherOp, [reshape(x, [x.window.size]), reshape(index, [index.window.size])], { dim: 0, complaint }), index.shape);
});
/**
 * Elements at the places along a dim that `index` names: for dim 0, out[i][j] = x[index[i][j]][j].
 * @param x of any shape and dtype
 * @param dim along which
 * @param index int32, of x's rank, and no larger than x but along the dim
 * @returns the index's shape, x's dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError where ranks differ, or the index is larger than x
 * @throws DTypeError for an index that is not int32
 * @example gather(tensor([[1, 2], [3, 4]]), 1, tensor([[1], [0]], { dtype: "int32" })) // [[2], [3]]
 */
export const gather: Gather = /*@__PURE__*/ gatherSaying(undefined);

type Scatter = (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor;
/** `scatter` or `scatterAdd` that says of an index out of range what its caller would. */
export const scatterSaying = (complaint: Complaint | undefined, mode: "add" | "set", op: string): Scatter => /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor => {
  const d = checkIndex(op, x, dim, index);
  if (source.dtype !== x.dtype) throw new DTypeError(`${op}(): Expected self.dtype to be equal to src.dtype`);
  if (index.window.size !== 0 && Math.max(index.ndim, 1) !== Math.max(source.ndim, 1)) throw new ShapeError("Index tensor must have the same number of dimensions as src tensor");
  index.shape.forEach((size, k) => {
    if (size > (source.shape[k] ?? 1)) throw new ShapeError(`Expected index ${showShape(index.shape)} to be smaller than self ${showShape(x.shape)} apart from dimension ${d} and to be smaller size than src ${showShape(source.shape)}`);
  });
  if (x.ndim === 0) return reshape(dispatch(scatterOp, [reshape(x, [1]), reshape(index, [index.window.size]), reshape(source, [source.window.size])], { dim: 0, mode, complaint }), []);
  return dispatch(scatterOp, [x, index, source], { dim: d, mode, complaint });
});
/**
 * A copy of x with the elements of `source` added at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] += source[i][j]. On webgpu floats that meet at one place are added in any order, so that their last digits may differ from run to run.
 * @param x of any shape and dtype
 * @param dim along which
 * @param index int32, of x's rank, and no larger than x (but along the dim) and `source`
 * @param source of x's dtype
 * @returns x's shape and dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError where ranks differ, or the index is larger than x or `source`
 * @throws DTypeError for an index that is not int32, or where dtypes differ
 * @example scatterAdd(zeros([2]), 0, tensor(Int32Array.of(1, 1)), tensor([3, 4])) // [0, 7]
 */
export const scatterAdd: Scatter = /*@__PURE__*/ scatterSaying(undefined, "add", "scatter_add");
/** A copy of x with `source[i][j]` set at `[index[i][j]][j]` for dim 0; of equal indices any one wins. */
export const scatter: Scatter = /*@__PURE__*/ scatterSaying(undefined, "set", "scatter");

/**
 * The slices of x at positions along a dim: for dim 0, out[i] = x[index[i]].
 * @param x of any shape and dtype
 * @param dim along which
 * @param index the positions, an int32 vector
 * @returns x's shape with the index's length along the dim, of its dtype
 * @throws IndexError for an index or a dim out of range
 * @throws ShapeError for an index that is no vector
 * @throws DTypeError for an index that is not int32
 * @example indexSelect(tensor([5, 6, 7]), 0, tensor(Int32Array.of(2, 0))) // [7, 5]
 */
export const indexSelect: (x: Tensor, dim: number, index: Tensor) => Tensor = /*@__PURE__*/ composite("IndexSelectBackward0", (x: Tensor, dim: number, index: Tensor): Tensor => {
  if (index.ndim > 1) throw new ShapeError("index_select(): Index is supposed to be a vector");
  if (index.dtype !== "int32") throw new DTypeError("index_select(): Expected dtype int32 for index");
  const d = wrapDim(dim, x.ndim);
  if (x.ndim === 0) return gather(x, 0, reshape(index, []));
  const shape = x.shape.map((size, k) => (k === d ? index.window.size : size));
  const column = reshapeTo(index, x.shape.map((_, k) => (k === d ? index.window.size : 1)));
  return dispatch(gatherOp, [x, expand(column, shape)], { dim: d, complaint: outOfSelf });
});
export const outOfSelf: Complaint = { error: "index", text: "index out of range in self" };

/** The rows of `weight` [n, d] at int32 indices of any shape: `[...index.shape, d]`. PyTorch's `F.embedding`. */
export const embedding: (index: Tensor, weight: Tensor) => Tensor = /*@__PURE__*/ composite("EmbeddingBackward0", (index: Tensor, weight: Tensor): Tensor => {
  if (weight.ndim !== 2) throw new ShapeError("'weight' must be 2-D");
  if (index.dtype !== "int32") throw new DTypeError(`Expected tensor for argument #1 'indices' to have scalar type Int; but got ${index.dtype} instead (while checking arguments for embedding)`);
  const count = sizeOf(index.shape), width = weight.shape[1]!;
  const rows = dispatch(gatherOp, [weight, expand(reshapeTo(index, [count, 1]), [count, width])], { dim: 0, complaint: outOfSelf });
  return reshapeTo(rows, [...index.shape, width]);
});
