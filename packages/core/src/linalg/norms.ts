/** @file Norms of matrices, and what is measured by them: `linalg.matrix_norm`, `linalg.norm`, `norm`, `linalg.cond`. */
import { elementNorm, type NormOptions, vectorNorm } from "../composites/norms.ts";
import { amax, amin, sum } from "../composites/reductions.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { zeros } from "../creation/fill.ts";
import { div, gt, mul } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { where } from "../elementwise/where.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";
import { movedim } from "../views/rearrange.ts";
import { narrow, squeeze, unsqueeze } from "../views/views.ts";
import { batchOf, matrixOf, requireFloat, requireSquare } from "./checks.ts";
import { invEx } from "./solve.ts";
import { svdvals } from "./svd.ts";

type Dims = number | readonly number[];
const kept = { keepdim: true } as const;

/**
 * The norm of matrices: "fro", the root of the sum of squares; by singular values "nuc", their sum, 2, the largest, -2, the smallest; or the largest (1) or smallest (-1) sum of
 * |x| of
 * a column, or (Infinity, -Infinity) of a row. PyTorch's `torch.linalg.matrix_norm`.
 * @param x [..., m, n]; floats, of norms by singular values float32 or float64
 * @param ord "fro" by default
 * @param dim rows and columns, the last two dims by default
 * @returns x's shape without the two dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws ShapeError for fewer than 2 dims, or other than two different ones
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another order
 * @example linalg.matrixNorm(tensor([[3, 0], [0, 4]])) // 5
 */
export const matrixNorm: (x: Tensor, ord?: number | string, dim?: readonly number[] | null, options?: NormOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, ord: number | string = "fro", dim: readonly number[] | null = [-2, -1], { keepdim = false, dtype }: NormOptions = {}): Tensor => {
  const given = dim ?? [-2, -1];
  if (x.ndim < 2) throw new ShapeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.");
  if (given.length !== 2) throw new ShapeError(`linalg.matrix_norm: dim must be a 2-tuple. Got ${given.join(" ")}`);
  const [rows, columns] = given.map((d) => wrapDim(d, x.ndim)) as [number, number];
  if (rows === columns) throw new ShapeError(`linalg.matrix_norm: dims must be different. Got (${given.join(", ")})`);
  const input = dtype === undefined ? x : to(x, dtype);
  if (!isFloat(input.dtype)) throw new DTypeError(`linalg.matrix_norm: Expected a floating point or complex tensor as input. Got ${scalarTypeName[input.dtype]}`);
  if (ord === "fro") return vectorNorm(input, 2, [rows, columns], { keepdim });
  if (ord === "nuc" || ord === 2 || ord === -2) {
    requireFloat("linalg.matrix_norm", input);
    const S = svdvals(movedim(input, [rows, columns], [-2, -1])), out = ord === "nuc" ? sum(S, -1) : (ord > 0 ? amax : amin)(S, -1);
    return keepdim ? [rows, columns].sort((a, b) => a - b).reduce((y, d) => unsqueeze(y, d), out) : out;
  }
  if (ord !== 1 && ord !== -1 && ord !== Infinity && ord !== -Infinity) throw new ArgumentError(`linalg.matrix_norm: Order ${String(ord)} not supported.`);
  const [summed, left] = Math.abs(ord) === 1 ? [rows, columns] : [columns, rows];
  const extreme = ord > 0 ? amax : amin, sums = vectorNorm(input, 1, summed, kept), out = extreme(sums, left, kept);
  return keepdim ? out : squeeze(out, [rows, columns]);
});
/**
 * The norm of vectors or matrices: of two dims, or of a matrix with `ord`, as `linalg.matrixNorm` has it; otherwise as `linalg.vectorNorm` does, by default of all elements.
 * PyTorch's `torch.linalg.norm`.
 * @param x of any shape; floats
 * @param ord the order; by default the root of the sum of squares
 * @param dim one dim, or two; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools
 * @throws ShapeError for more than two dims, or without `dim` an x of more
 * @throws ArgumentError for another order
 * @throws IndexError for a dim out of range
 * @example linalg.norm(tensor([3, 4])) // 5
 */
export function linalgNorm(x: Tensor, ord?: number | string | null, dim?: Dims | null, options: NormOptions = {}): Tensor {
  const dims = dim === undefined || dim === null ? undefined : typeof dim === "number" ? [dim] : dim;
  if (ord === undefined || ord === null) return vectorNorm(x, 2, dims, options);
  if (dims !== undefined && dims.length !== 1 && dims.length !== 2) throw new ShapeError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got ${dims.join(" ")}`);
  if (dims === undefined && x.ndim !== 1 && x.ndim !== 2) throw new ShapeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got " + `${x.ndim}D.`);
  if ((dims ?? [...x.shape.keys()]).length === 2) return matrixNorm(x, ord, dims ?? [0, 1], options);
  if (typeof ord === "string") throw new ArgumentError(`linalg.norm: Order ${ord} not supported for vectors; expected a number`);
  return vectorNorm(x, ord, dims, options);
}
/**
 * PyTorch's older norm: a number or "fro" is the norm of the elements over dims, (sum of |x|^p)^(1 / p); "nuc" is the sum of the singular values of matrices.
 * @param x of any shape; floats
 * @param p the order, "fro" by default, which is 2
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for another string
 * @throws IndexError for a dim out of range
 * @example norm(tensor([3, 4])) // 5
 */
export function norm(x: Tensor, p: number | string | null = "fro", dim?: Dims | null, options: NormOptions = {}): Tensor {
  if (p !== "nuc") return elementNorm(x, p, dim, options);
  if ((dim === undefined || dim === null) && x.ndim !== 2) throw new ShapeError(`Expected a tensor with 2 dimensions, but got a tensor with ${x.ndim} dimension${x.ndim === 1 ? "" : "s"} instead.`);
  return matrixNorm(x, "nuc", typeof dim === "number" ? [dim] : dim ?? null, options);
}
/**
 * The sum of the singular values of matrices: PyTorch's older `torch.nuclear_norm`.
 * @param x [m, n], or with `dim` of more dims; float32 or float64
 * @param dim rows and columns
 * @returns x's shape without the two dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws ShapeError for other than two different dims
 * @throws DTypeError for anything but float32 and float64
 * @example nuclearNorm(tensor([[3, 0], [0, 4]])) // 7
 */
export const nuclearNorm = (x: Tensor, dim?: readonly number[] | null, options: NormOptions = {}): Tensor => norm(x, "nuc", dim, options);
/**
 * The root of the sum of squares over dims, or over all: PyTorch's older `torch.frobenius_norm`.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example frobeniusNorm(tensor([[3, 0], [0, 4]])) // 5
 */
export const frobeniusNorm = (x: Tensor, dim?: Dims | null, options: NormOptions = {}): Tensor => norm(x, "fro", dim, options);

const ORDERS: ReadonlySet<number | string> = /*@__PURE__*/ new Set<number | string>([1, -1, 2, -2, Infinity, -Infinity, "fro", "nuc"]);
export type ConditionOrder = number | "fro" | "nuc";
/**
 * The condition number of matrices: the norm times that of the inverse; by default (2) the largest singular value over the smallest, which exists for any shape. A singular
 * matrix has Infinity. PyTorch's `torch.linalg.cond`.
 * @param A [..., m, n], for orders other than 2 and -2 square; float32 or float64
 * @param p an order of `linalg.matrixNorm`, 2 by default
 * @returns [...], of A's dtype
 * @throws ShapeError for fewer than 2 dims, or a matrix that is not square
 * @throws DTypeError for anything but float32 and float64
 * @throws ArgumentError for another order
 * @example linalg.cond(tensor([[4, 0], [0, 2]])) // 2
 */
export const cond: (A: Tensor, p?: ConditionOrder | null) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, p: ConditionOrder | null = null): Tensor => {
  const order = p === Infinity ? "inf" : p === -Infinity ? "-inf" : String(p);
  if (typeof p === "string") requireSquare(`linalg.cond(ord=${order})`, A);
  else if (A.ndim < 2) throw new ShapeError("linalg.cond: The input tensor must have at least 2 dimensions.");
  if (p !== null && !ORDERS.has(p)) throw new ArgumentError(`linalg.cond got an invalid norm type: ${order}`);
  const bySingular = p === null || p === 2 || p === -2;
  requireFloat(bySingular || p === "nuc" ? "linalg.svd" : "linalg.inv", A);
  if (matrixOf(A).includes(0)) return zeros(batchOf(A), { dtype: A.dtype, device: A.device });
  if (bySingular) {
    const S = svdvals(A), first = narrow(S, -1, 0, 1), last = narrow(S, -1, Math.min(...matrixOf(A)) - 1, 1);
    return squeeze(p === -2 ? div(last, first) : div(first, last), -1);
  }
  requireSquare(`linalg.cond(ord=${order})`, A);
  const { inverse, info } = invEx(A), singular = gt(info, 0);
  return where(singular, p === "nuc" ? NaN : Infinity, mul(matrixNorm(A, p), matrixNorm(where(unsqueeze(unsqueeze(singular, -1), -1), 0, inverse), p)));
});
