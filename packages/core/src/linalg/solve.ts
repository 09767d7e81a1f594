/** @file Systems of linear equations and inverses, also of tensors taken for matrices. */
import { onHost } from "../calculus/host.ts";
import { neg } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, dispatchAll, type MultiOp, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { sameShape, sizeOf, wrapDim } from "../shape.ts";
import { permute, reshape, squeeze, unsqueeze } from "../views/views.ts";
import { factorLu, solveLu } from "./algorithms/lu.ts";
import { batchOf, type CheckOption, countOf, identities, matrixOf, refuseFailed, requireFloat, requireSameDType, requireSquare, requireSystem, sharingBatch } from "./checks.ts";
import { mT } from "./triangular.ts";

/** Who refuses a singular matrix; null: nobody, and the result is what comes of it. */
type Attrs = { readonly refusedBy: string | null };

/** A^-1 B in the place of B, matrix by matrix; of A there may be fewer, which repeat. @returns for each which pivot, from one, is the first that is zero, or 0 */
function solved(a: Float64Array, b: Float64Array, count: number, n: number, k: number): Float64Array {
  const size = n * n, distinct = n === 0 ? count : a.length / size, infos = new Float64Array(count), pivots = new Float64Array(n);
  for (let first = 0; first < distinct; first++) {
    const lu = a.subarray(first * size, (first + 1) * size), info = factorLu(lu, n, n, pivots, true);
    for (let i = first; i < count; i += distinct) {
      infos[i] = info;
      solveLu(lu, n, pivots, b.subarray(i * n * k, (i + 1) * n * k), k);
    }
  }
  return infos;
}

/** A X = B, the batch dims equal; and which pivot is zero. */
const solveOp: MultiOp<Attrs> = {
  name: "linalg.solve",
  gradName: () => "LinalgSolveExBackward0",
  run: (device, [given, right], { refusedBy }) => onHost("linalg.solve", device, [given!, right!], ([a, b]) => {
    const [n, k] = matrixOf(right!), infos = solved(a!, b!, countOf(given!), n, k);
    if (refusedBy !== null) refuseFailed(refusedBy, infos, given!.ndim > 2, () => "The solver failed because the input matrix is singular.");
    return [{ dtype: right!.dtype, shape: right!.shape, values: b! }, { dtype: "int32", shape: batchOf(given!), values: infos }];
  }, [0]),
  saves: (_, needs) => ({ savedInputs: [0], savedResults: needs & 1 ? [0] : [] }),
  vjp([grad], node) {
    if (grad === undefined) return [undefined, undefined];
    const [a, x] = savedTensors(node) as [Tensor, Tensor?], gradB = solvedBy(mT(a), grad);
    return [x && neg(matmul(gradB, mT(x))), gradB];
  },
  // A dX = dB - dA X
  jvp([da, db], [a], [x]) {
    const product = da && matmul(da, x!);
    return [solvedBy(a!, product === undefined ? db! : db === undefined ? neg(product) : sub(db, product))];
  },
  batched: (attrs) => attrs,
};
const solvedBy = (a: Tensor, b: Tensor): Tensor => dispatchAll(solveOp, [a, b], { refusedBy: null })[0]!;

export type LeftOption = {
  /** Whether A X = B is solved (the default), or X A = B. */
  readonly left?: boolean;
};
export type SolveInfo = { readonly result: Tensor; readonly info: Tensor };
function solution(A: Tensor, B: Tensor, left: boolean, refusedBy: string | null): SolveInfo {
  requireFloat("linalg.solve", A);
  requireSameDType("linalg.solve", A, B);
  const isVector = B.ndim === 1 || (A.ndim - 1 === B.ndim && sameShape(B.shape, A.shape.slice(0, -1)));
  requireSystem("linalg.solve", A, isVector ? unsqueeze(B, -1) : B, left);
  if (isVector && !left) throw new ShapeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)");
  const [a, b] = sharingBatch(left ? A : mT(A), isVector ? unsqueeze(B, -1) : left ? B : mT(B));
  const [x, info] = dispatchAll(solveOp, [a, b], { refusedBy }) as [Tensor, Tensor], result = isVector ? squeeze(x, -1) : left ? x : mT(x);
  if (result !== x && result.gradFn !== null) result.gradFn.label = "LinalgSolveExBackward0";
  return { result, info };
}
/**
 * The solution X of A X = B. PyTorch's `torch.linalg.solve`.
 * @param A [..., n, n]; float32 or float64
 * @param B [..., n, k], or a vector for each matrix, [n] or [..., n]; of A's dtype
 * @returns [..., n, k], the batch dims broadcast, or of vectors [..., n]; of their dtype
 * @throws LinAlgError where a matrix is singular
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.solve(tensor([[2, 0], [0, 4]]), tensor([2, 4])) // [1, 1]
 */
export const solve: (A: Tensor, B: Tensor, options?: LeftOption) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, B: Tensor, { left = true }: LeftOption = {}): Tensor => solution(A, B, left, "torch.linalg.solve").result);
/**
 * As `linalg.solve`, and for each matrix which pivot, from one, is the first that is zero, or 0.
 * @returns `{ result, info }`: [..., n, k] or [..., n] of their dtype, and [...], int32
 * @example linalg.solveEx(tensor([[2, 0], [0, 4]]), tensor([2, 4])) // { result: [1, 1], info: 0 }
 */
export const solveEx: (A: Tensor, B: Tensor, options?: LeftOption & CheckOption) => SolveInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, B: Tensor, { left = true, checkErrors = false }: LeftOption & CheckOption = {}): SolveInfo =>
  solution(A, B, left, checkErrors ? "torch.linalg.solve_ex" : null));

/** A^-1, and which pivot is zero. */
const inverseOp: MultiOp<Attrs> = {
  name: "linalg.inv",
  gradName: () => "LinalgInvExBackward0",
  run: (device, [given], { refusedBy }) => onHost("linalg.inv", device, [given!], ([a]) => {
    const count = countOf(given!), [n] = matrixOf(given!), values = identities(count, n), infos = solved(a!, values, count, n, n);
    if (refusedBy !== null) refuseFailed(refusedBy, infos, given!.ndim > 2, (info) => `The diagonal element ${info} is zero, the inversion could not be completed because the input matrix is singular.`);
    return [{ dtype: given!.dtype, shape: given!.shape, values }, { dtype: "int32", shape: batchOf(given!), values: infos }];
  }),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  vjp([grad], node) {
    if (grad === undefined) return [undefined];
    const x = mT(savedTensors(node)[0]!);
    return [neg(matmul(x, matmul(grad, x)))];
  },
  jvp: ([tangent], _, [x]) => [neg(matmul(x!, matmul(tangent!, x!)))],
  batched: (attrs) => attrs,
};
export type InverseInfo = { readonly inverse: Tensor; readonly info: Tensor };
function inverted(A: Tensor, refusedBy: string | null): InverseInfo {
  requireSquare("linalg.inv", A);
  requireFloat("linalg.inv", A);
  const [result, info] = dispatchAll(inverseOp, [A], { refusedBy }) as [Tensor, Tensor];
  return { inverse: result, info };
}
/** The inverses of matrices that may be singular: then of infinities and NaN. */
export const inverseOrNone = (A: Tensor): Tensor => dispatchAll(inverseOp, [A], { refusedBy: null })[0]!;
/**
 * The inverse of matrices. PyTorch's `torch.linalg.inv`.
 * @param A [..., n, n]; float32 or float64
 * @returns A's shape and dtype
 * @throws LinAlgError where a matrix is singular
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.inv(tensor([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 */
export const inv: (A: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor): Tensor => inverted(A, "linalg.inv").inverse);
/** `linalg.inv` under its other name in PyTorch. */
export const inverse: (A: Tensor) => Tensor = inv;
/**
 * As `linalg.inv`, and for each matrix which pivot, from one, is the first that is zero, or 0.
 * @returns `{ inverse, info }`: [..., n, n] of A's dtype, and [...], int32
 * @example linalg.invEx(tensor([[2, 0], [0, 4]])) // { inverse: [[0.5, 0], [0, 0.25]], info: 0 }
 */
export const invEx: (A: Tensor, options?: CheckOption) => InverseInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, { checkErrors = false }: CheckOption = {}): InverseInfo => inverted(A, checkErrors ? "linalg.inv_ex" : null));

export type IndexOption = {
  /** How many dims of x are those of the rows; 2 by default. */
  readonly ind?: number;
};
/**
 * The tensor that `tensordot` with x undoes: tensordot(tensorinv(x), x, ind) is the identity. PyTorch's `torch.linalg.tensorinv`.
 * @param x [...p, ...q], of which p are the first `ind` sizes, and both have one product; float32 or float64
 * @returns [...q, ...p], of x's dtype
 * @throws ShapeError where the products differ
 * @throws ArgumentError for an `ind` of 0 or below
 * @throws LinAlgError where a matrix is singular
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.tensorinv(eye(4).reshape([4, 2, 2]), { ind: 1 }).shape // [2, 2, 4]
 */
export const tensorinv: (x: Tensor, options?: IndexOption) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { ind = 2 }: IndexOption = {}): Tensor => {
  if (!(ind > 0)) throw new ArgumentError("Expected a strictly positive integer for 'ind'");
  const rows = x.shape.slice(0, ind), columns = x.shape.slice(ind), size = sizeOf(columns);
  if (size !== sizeOf(rows)) throw new ShapeError(`Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ${size} != ${sizeOf(rows)}`);
  return reshape(inverted(reshape(x, [sizeOf(rows), size]), "linalg.inv").inverse, [...columns, ...rows]);
});
/**
 * The tensor X of tensordot(A, X, X.ndim) = B. PyTorch's `torch.linalg.tensorsolve`.
 * @param A [...B's shape, ...X's shape], of which both have one product; float32 or float64
 * @param B of any shape, of A's dtype
 * @param dims which dims of A are moved to the end first
 * @returns X's shape, of their dtype
 * @throws ShapeError where the products differ
 * @throws LinAlgError where a matrix is singular
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws IndexError for a dim out of range
 * @example linalg.tensorsolve(eye(4).reshape([4, 2, 2]), tensor([1, 2, 3, 4])) // [[1, 2], [3, 4]]
 */
export const tensorsolve: (A: Tensor, B: Tensor, dims?: readonly number[]) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, B: Tensor, dims: readonly number[] = []): Tensor => {
  const last = dims.map((dim) => wrapDim(dim, A.ndim)), a = permute(A, [...[...A.shape.keys()].filter((dim) => !last.includes(dim)), ...last]);
  const shape = a.shape.slice(B.ndim), size = sizeOf(shape), rows = sizeOf(a.shape.slice(0, B.ndim));
  if (size !== rows) throw new ShapeError(`Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ${size} != ${rows}`);
  return reshape(solution(reshape(a, [size, size]), reshape(B, [B.window.size]), true, "torch.linalg.solve").result, shape);
});
