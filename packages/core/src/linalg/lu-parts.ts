/** @file The factors of A = P L U apart, and systems solved by them. */
import { eye, full } from "../creation/fill.ts";
import { add } from "../elementwise/scaled.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { tril, triu } from "../views/diagonal.ts";
import { expand, narrow } from "../views/views.ts";
import { batchOf, matrixOf, requireDims, requireFloat, requireSameDType, requireSquare, requireSystem, sharingBatch } from "./checks.ts";
import { luFactored, type PivotOption } from "./lu.ts";
import { ordered, permutationMatrix, restored } from "./pivots.ts";
import { mT, solveTriangle } from "./triangular.ts";

export type PLU = { readonly P: Tensor; readonly L: Tensor; readonly U: Tensor };
const none = (beside: Tensor): Tensor => full([0], 0, { dtype: beside.dtype, device: beside.device });
/** The factors apart. @param label what PyTorch calls their node */
function unpacked(LU: Tensor, pivots: Tensor, data: boolean, permutation: boolean, label: string): PLU {
  const [m, n] = matrixOf(LU), size = Math.min(m, n);
  const L = data ? add(tril(narrow(LU, -1, 0, size), { diagonal: -1 }), eye(m, size, { dtype: LU.dtype, device: LU.device })) : none(LU), U = data ? triu(narrow(LU, -2, 0, size)) : none(LU);
  for (const out of [L, U]) if (out.gradFn !== null) out.gradFn.label = label;
  return { P: permutation ? permutationMatrix(pivots, m, LU.dtype) : none(LU), L, U };
}
/**
 * The factors of A = P L U, each a matrix. Without pivoting P is empty. PyTorch's `torch.linalg.lu`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ P, L, U }`: [..., m, m], [..., m, k] and [..., k, n], k = min(m, n); of A's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.lu(tensor([[1, 2], [2, 2]])) // { P: [[0, 1], [1, 0]], L: [[1, 0], [0.5, 1]], U: [[2, 2], [0, 1]] }
 */
export const linalgLu: (A: Tensor, options?: PivotOption) => PLU = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true }: PivotOption = {}): PLU => {
  requireDims("linalg.lu", A);
  requireFloat("linalg.lu", A);
  const { LU, pivots } = luFactored(A, pivot, null);
  return unpacked(LU, pivots, true, pivot, "LinalgLuBackward0");
});

export type LuUnpackOptions = {
  /** Whether L and U are wanted, else they are empty. */
  readonly unpackData?: boolean;
  /** Whether P is wanted, else it is empty. */
  readonly unpackPivots?: boolean;
};
/**
 * P, L and U from what `linalg.luFactor` gives: PyTorch's `torch.lu_unpack`.
 * @param LU [..., m, n]
 * @param pivots [..., min(m, n)], int32
 * @returns `{ P, L, U }`: [..., m, m], [..., m, k] and [..., k, n], k = min(m, n); of LU's dtype, and what is not asked for empty
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for pivots that are not int32
 * @example
 * ```ts
 * const { LU, pivots } = linalg.luFactor(tensor([[2, 0], [0, 4]]));
 * luUnpack(LU, pivots) // { P: [[1, 0], [0, 1]], L: [[1, 0], [0, 1]], U: [[2, 0], [0, 4]] }
 * ```
 */
export const luUnpack: (LU: Tensor, pivots: Tensor, options?: LuUnpackOptions) => PLU = /*@__PURE__*/ composite(undefined, (LU: Tensor, pivots: Tensor, { unpackData = true, unpackPivots = true }: LuUnpackOptions = {}): PLU => {
  requireDims("torch.lu_unpack", LU);
  if (unpackPivots && pivots.dtype !== "int32")
    throw new DTypeError("torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function is intended to be used with the output produced by torch.linalg.lu_factor");
  return unpacked(LU, pivots, unpackData, unpackPivots, "LuUnpackBackward0");
});

export type LuSolveOptions = {
  /** Whether A X = B is solved (the default), or X A = B. */
  readonly left?: boolean;
  /** Whether the transpose of A stands for A. */
  readonly adjoint?: boolean;
};
/**
 * The solution X of A X = B by what `linalg.luFactor` gives of A. PyTorch's `torch.linalg.lu_solve`.
 * @param LU [..., n, n]; float32 or float64
 * @param pivots [..., n], int32
 * @param B [..., n, k], of LU's dtype
 * @returns [..., n, k], the batch dims broadcast, of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, where dtypes differ, or for pivots that are not int32
 * @example
 * ```ts
 * const { LU, pivots } = linalg.luFactor(tensor([[2, 0], [0, 2]]));
 * linalg.luSolve(LU, pivots, tensor([[4], [2]])) // [[2], [1]]
 * ```
 */
export const linalgLuSolve: (LU: Tensor, pivots: Tensor, B: Tensor, options?: LuSolveOptions) => Tensor = /*@__PURE__*/ composite("LinalgLuSolveBackward0", (LU: Tensor, pivots: Tensor, B: Tensor, { left = true, adjoint = false }: LuSolveOptions = {}): Tensor => {
  requireFloat("torch.linalg.lu_solve", LU);
  requireSameDType("linalg.lu_solve", LU, B, "LU");
  if (pivots.dtype !== "int32") throw new DTypeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32");
  requireSquare("torch.linalg.lu_solve", LU);
  requireSystem("linalg.lu_solve", LU, B, left);
  if (pivots.shape[pivots.ndim - 1] !== LU.shape[LU.ndim - 1]) throw new ShapeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix");
  if (!sameShape(batchOf(LU), pivots.shape.slice(0, -1))) throw new ShapeError(`linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape [${pivots.shape.join(", ")}] instead`);
  const [factors, b] = sharingBatch(LU, left ? B : mT(B)), exchanges = expand(pivots, [...batchOf(factors), pivots.shape[pivots.ndim - 1]!]);
  // X A = B is A' X' = B'; and A' is U' L' P'.
  const x = adjoint !== !left
    ? restored(solveTriangle(mT(factors), solveTriangle(mT(factors), b, false), true, true, true), exchanges)
    : solveTriangle(factors, solveTriangle(factors, ordered(b, exchanges), false, true, true), true);
  return left ? x : mT(x);
});
/**
 * As `linalg.luSolve`, with the operands in the order of PyTorch's older `torch.lu_solve`.
 * @returns [..., n, k], the batch dims broadcast, of their dtype
 * @example
 * ```ts
 * const { LU, pivots } = linalg.luFactor(tensor([[2, 0], [0, 2]]));
 * luSolve(tensor([[4], [2]]), LU, pivots) // [[2], [1]]
 * ```
 */
export const luSolve: (B: Tensor, LU: Tensor, pivots: Tensor) => Tensor = (B, LU, pivots) => linalgLuSolve(LU, pivots, B);
