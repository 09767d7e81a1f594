/** @file Diagonals and triangles of matrices. `diagonal` is a view; `diagEmbed` is its adjoint. */
import { mapProgram } from "../calculus/map-reduce.ts";
import { dtypes } from "../dtype.ts";
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { composite, dispatch, dispatchView, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import { showShape, wrapDim } from "../shape.ts";
import { restride } from "../view.ts";
import { overlaying, placing } from "./overlay.ts";
import { reshape } from "./views.ts";

type DiagonalAttrs = { readonly offset: number; readonly dim1: number; readonly dim2: number };

const diagonalOp: ViewOp<DiagonalAttrs> = {
  name: "diagonal",
  gradName: () => "DiagonalBackward0",
  view(view, { offset, dim1, dim2 }) {
    const rows = view.shape[dim1]!, columns = view.shape[dim2]!;
    const length = Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
    const start = length === 0 ? 0 : offset >= 0 ? offset * view.strides[dim2]! : -offset * view.strides[dim1]!;
    const kept = [...view.shape.keys()].filter((d) => d !== dim1 && d !== dim2);
    return restride(view, [...kept.map((d) => view.shape[d]!), length], [...kept.map((d) => view.strides[d]!), view.strides[dim1]! + view.strides[dim2]!], view.offset + start);
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => [dispatch(placeOp, [grad!], { attrs: node.attrs, shape: node.shapeOf(0), name: "DiagonalBackward0Backward0" })],
  jvp: "linear",
  batched: ({ offset, dim1, dim2 }, { length }) => ({ offset, dim1: dim1 + length, dim2: dim2 + length }),
};
const placeOp = /*@__PURE__*/ placing(diagonalOp);
const overlayOp = /*@__PURE__*/ overlaying(diagonalOp);

export type DiagonalOptions = {
  /** Which diagonal: above the main one by so much, 0 by default. */
  readonly offset?: number;
  /** The rows: the last but one dim, or dim 0 of `diagonal`, by default. */
  readonly dim1?: number;
  /** The columns: the last dim, or dim 1 of `diagonal`, by default. */
  readonly dim2?: number;
};
/** How far a diagonal lies above the main one: a whole number. */
function whole(name: string, offset: number): number {
  if (!Number.isInteger(offset)) throw new ArgumentError(`${name}(): diagonal must be an integer, got ${offset}`);
  return offset;
}
function attrsOf(x: Tensor, { offset = 0, dim1 = 0, dim2 = 1 }: DiagonalOptions): DiagonalAttrs {
  const a = wrapDim(dim1, x.ndim), b = wrapDim(dim2, x.ndim);
  if (a === b) throw new ShapeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  return { offset: whole("diagonal", offset), dim1: a, dim2: b };
}

/**
 * The diagonal of the matrices that two dims make: out[..., i] = x[..., i, i + offset].
 * @param x of any shape and dtype
 * @returns a view of x's shape without the two dims and with the diagonal as last, of its dtype
 * @throws IndexError for a dim out of range
 * @throws ShapeError where both dims are one
 * @throws ArgumentError for an offset that is no integer
 * @example diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
 */
export const diagonal = (x: Tensor, options: DiagonalOptions = {}): Tensor => dispatchView(diagonalOp, x, attrsOf(x, options));
/**
 * A copy of x with another diagonal.
 * @param x of any shape and dtype
 * @param source what stands there, of the shape of `diagonal(x, options)`
 * @returns x's shape and dtype
 * @throws IndexError for a dim out of range
 * @throws ShapeError where both dims are one, or `source` does not fit
 * @throws ArgumentError for an offset that is no integer
 * @example diagonalScatter(zeros([2, 2]), tensor([1, 2])) // [[1, 0], [0, 2]]
 */
export function diagonalScatter(x: Tensor, source: Tensor, options: DiagonalOptions = {}): Tensor {
  const attrs = attrsOf(x, options), part = diagonalOp.view(x.window, attrs).shape;
  if (part.join() !== source.shape.join()) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(part)}`);
  return dispatch(overlayOp, [x, source], { attrs, name: "DiagonalScatterBackward0" });
}
/**
 * Matrices of zeros with the last dim of x on a diagonal: out[..., i, i + offset] = x[..., i].
 * @param x of any shape and dtype
 * @returns [..., n, n] of [..., n], with room for the offset and the two dims where `dim1` and `dim2` say (the last by default), of x's dtype
 * @throws IndexError for a dim out of range
 * @throws ShapeError where both dims are one
 * @throws ArgumentError for an offset that is no integer
 * @example diagEmbed(tensor([1, 2])) // [[1, 0], [0, 2]]
 */
export function diagEmbed(x: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0, dim1 = -2, dim2 = -1 } = options, rank = x.ndim + 1;
  if (x.ndim === 0) wrapDim(dim1, 1);
  const a = wrapDim(dim1, rank), b = wrapDim(dim2, rank);
  if (a === b) throw new ShapeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  return embed(x, { offset: whole("diag_embed", offset), dim1: a, dim2: b }, "DiagEmbedBackward0");
}
function embed(x: Tensor, attrs: DiagonalAttrs, name: string): Tensor {
  const size = x.shape[x.ndim - 1]! + Math.abs(attrs.offset), shape = x.shape.slice(0, -1);
  for (const d of [attrs.dim1, attrs.dim2].sort((p, q) => p - q)) shape.splice(d, 0, size);
  return dispatch(placeOp, [x], { attrs, shape, name });
}
export type DiagOptions = {
  /** Which diagonal: above the main one by so much, 0 by default. */
  readonly diagonal?: number;
};
/**
 * Of a vector the matrix with it on a diagonal, zeros elsewhere; of a matrix its diagonal.
 * @param x of one or two dims, of any dtype
 * @returns [n, n] of [n], with room for the diagonal; [min(m, n)] of [m, n]: a copy, of x's dtype
 * @throws ShapeError for other than one or two dims
 * @throws ArgumentError for a diagonal that is no integer
 * @example diag(tensor([1, 2])) // [[1, 0], [0, 2]]
 */
export const diag: (x: Tensor, options?: DiagOptions) => Tensor = /*@__PURE__*/ composite("DiagBackward0", (x: Tensor, options: DiagOptions = {}): Tensor => {
  const offset = whole("diag", options.diagonal ?? 0);
  if (x.ndim === 1) return embed(x, { offset, dim1: 0, dim2: 1 }, "DiagBackward0");
  if (x.ndim !== 2) throw new ShapeError("matrix or a vector expected");
  return mapProgram(itself(x.dtype), [diagonal(x, { offset })]);
});
const itself = /*@__PURE__*/ perDType((d) => program("diag", [d], [], [s.arg(0, d)]));
/**
 * The matrix with all elements of x on a diagonal, zeros elsewhere.
 * @param x of any shape and dtype
 * @param options `offset`: which diagonal, above the main one by so much, 0 by default
 * @returns [n, n] of n elements, with room for the offset, of x's dtype
 * @throws ArgumentError for an offset that is no integer
 * @example diagflat(tensor([[1], [2]])) // [[1, 0], [0, 2]]
 */
export const diagflat: (x: Tensor, options?: { readonly offset?: number }) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, options: { readonly offset?: number } = {}): Tensor =>
  embed(reshape(x, [x.window.size]), { offset: whole("diagflat", options.offset ?? 0), dim1: 0, dim2: 1 }, "DiagBackward0"));

/** params: rows, columns, and how far above the diagonal lies. */
const triangle = (name: string, keeps: (over: s.Expr, diagonal: s.Expr) => s.Expr): ((dtype: Tensor["dtype"]) => Program) => perDType((d) => {
  const [rows, columns, diagonal] = [0, 1, 2].map((i) => s.param(i, "int32")) as [s.Expr, s.Expr, s.Expr];
  const over = s.sub(s.rem(s.index, columns), s.rem(s.idiv(s.index, columns), rows)), compute = dtypes[d].compute;
  return program(name, [d], ["int32", "int32", "int32"], [s.cast(s.select(keeps(over, diagonal), s.cast(s.arg(0, d), compute), s.lit(0, compute)), d)]);
});
const lower = /*@__PURE__*/ triangle("tril", s.le), upper = /*@__PURE__*/ triangle("triu", s.ge);
function triangular(name: string, family: (dtype: Tensor["dtype"]) => Program, x: Tensor, { diagonal: above = 0 }: DiagOptions): Tensor {
  if (x.ndim === 0) throw new IndexError("Dimension specified as -2 but tensor has no dimensions");
  if (x.ndim === 1) throw new IndexError("Dimension out of range (expected to be in range of [-1, 0], but got -2)");
  return mapProgram(family(x.dtype), [x], [Math.max(1, x.shape[x.ndim - 2]!), Math.max(1, x.shape[x.ndim - 1]!), whole(name, above)]);
}
/**
 * The matrices with zeros above a diagonal: x_ij where j - i <= diagonal.
 * @param x [..., m, n] of any dtype
 * @returns x's shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws ArgumentError for a diagonal that is no integer
 * @example tril(ones([2, 2])) // [[1, 0], [1, 1]]
 */
export const tril = (x: Tensor, options: DiagOptions = {}): Tensor => triangular("tril", lower, x, options);
/**
 * The matrices with zeros below a diagonal: x_ij where j - i >= diagonal.
 * @param x [..., m, n] of any dtype
 * @returns x's shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws ArgumentError for a diagonal that is no integer
 * @example triu(ones([2, 2])) // [[1, 1], [0, 1]]
 */
export const triu = (x: Tensor, options: DiagOptions = {}): Tensor => triangular("triu", upper, x, options);
