/** @file Symmetric positive-definite matrices: their Cholesky factor, its inverse, and systems solved by it. */
import { onHost } from "../calculus/host.ts";
import { scalarTypeName } from "../dtype.ts";
import { mul, neg } from "../elementwise/arithmetic.ts";
import { add } from "../elementwise/scaled.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { composite, dispatch, dispatchAll, type MultiOp, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { tril } from "../views/diagonal.ts";
import { factorCholesky, solveCholesky } from "./algorithms/cholesky.ts";
import { transposed } from "./algorithms/rows.ts";
import { batchOf, type CheckOption, countOf, identities, matrixOf, refuseFailed, requireFloat, requireSquare, sharingBatch } from "./checks.ts";
import { mT, solveTriangle } from "./triangular.ts";

type FactorAttrs = { readonly upper: boolean; readonly node: string; /** Who refuses a matrix that is not positive-definite; null: nobody. */ readonly refusedBy: string | null };

const below = { diagonal: -1 } as const;
/** The lower triangle of X, and half of its diagonal: the factor of X + X'. */
const halfLower = (x: Tensor): Tensor => mul(add(tril(x), tril(x, below)), 0.5);
/** The factor and the order of the first leading minor that is not positive, or 0. */
const choleskyOp: MultiOp<FactorAttrs> = {
  name: "linalg.cholesky",
  gradName: ({ node }) => node,
  run: (device, [given], { upper, refusedBy }) => onHost("linalg.cholesky", device, [given!], ([a]) => {
    const count = countOf(given!), [n] = matrixOf(given!), infos = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const part = a!.subarray(i * n * n, (i + 1) * n * n);
      if (upper) part.set(transposed(part, n, n));
      infos[i] = factorCholesky(part, n);
      if (upper) part.set(transposed(part, n, n));
    }
    if (refusedBy !== null) refuseFailed(refusedBy, infos, given!.ndim > 2, (info) => `The factorization could not be completed because the input is not positive-definite (the leading minor of order ${info} is not positive-definite).`);
    return [{ dtype: given!.dtype, shape: given!.shape, values: a! }, { dtype: "int32", shape: batchOf(given!), values: infos }];
  }),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  // With A = L L', dL = L halfLower(L^-1 dA L'^-1); the gradient is that of a symmetric matrix.
  vjp([grad], node) {
    if (grad === undefined) return [undefined];
    const { upper } = node.attrs, [factor] = savedTensors(node) as [Tensor], l = upper ? mT(factor) : factor;
    const inner = tril(matmul(mT(l), upper ? mT(grad) : grad)), symmetric = mul(add(inner, mT(tril(inner, below))), 0.5);
    return [solveTriangle(l, solveTriangle(mT(l), symmetric, true), false, false)];
  },
  jvp([tangent], _, [factor], { upper }) {
    const l = upper ? mT(factor!) : factor!, symmetric = mul(add(tangent!, mT(tangent!)), 0.5);
    const dl = matmul(l, halfLower(solveTriangle(mT(l), solveTriangle(l, symmetric, false), true, false)));
    return [upper ? mT(dl) : dl];
  },
  batched: (attrs) => attrs,
};

export type UpperOption = {
  /** Whether the factor is upper triangular, A = U' U, and the upper triangle of A is read; false by default: A = L L'. */
  readonly upper?: boolean;
};
export type CholeskyInfo = { readonly L: Tensor; readonly info: Tensor };
function factored(name: string, refusedBy: string | null, node: string, A: Tensor, { upper = false }: UpperOption): CholeskyInfo {
  requireSquare(name, A);
  requireFloat(name, A);
  const [L, info] = dispatchAll(choleskyOp, [A], { upper, node, refusedBy }) as [Tensor, Tensor];
  return { L, info };
}
/**
 * The lower triangular L of A = L L' of symmetric positive-definite matrices, of which one triangle is read. The gradient is symmetric. PyTorch's `torch.linalg.cholesky`.
 * @param A [..., n, n]; float32 or float64
 * @returns [..., n, n], lower triangular, or upper by `upper`, of A's dtype
 * @throws LinAlgError where a matrix is not positive-definite
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.cholesky(tensor([[4, 2], [2, 2]])) // [[2, 0], [1, 1]]
 */
export const linalgCholesky: (A: Tensor, options?: UpperOption) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, options: UpperOption = {}): Tensor =>
  factored("linalg.cholesky", "linalg.cholesky", "LinalgCholeskyExBackward0", A, options).L);
/**
 * As `linalg.cholesky`, and beside the factor, for each matrix, the order of its first leading minor that is not positive, or 0.
 * @returns `{ L, info }`: [..., n, n] of A's dtype, and [...], int32
 * @example linalg.choleskyEx(tensor([[4, 2], [2, 2]])) // { L: [[2, 0], [1, 1]], info: 0 }
 */
export const choleskyEx: (A: Tensor, options?: UpperOption & CheckOption) => CholeskyInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, options: UpperOption & CheckOption = {}): CholeskyInfo =>
  factored("linalg.cholesky", options.checkErrors === true ? "linalg.cholesky_ex" : null, "LinalgCholeskyExBackward0", A, options));
/**
 * As `linalg.cholesky`: PyTorch's older name of it.
 * @returns [..., n, n], lower triangular, or upper by `upper`, of A's dtype
 * @example cholesky(tensor([[4, 2], [2, 2]])) // [[2, 0], [1, 1]]
 */
export const cholesky: (A: Tensor, options?: UpperOption) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, options: UpperOption = {}): Tensor =>
  factored("cholesky", "cholesky", "CholeskyBackward0", A, options).L);

type Triangle = { readonly upper: boolean };
/** The lower factor of which a triangle is stored. */
const lowerOf = (factor: Float64Array, n: number, { upper }: Triangle): Float64Array => (upper ? transposed(factor, n, n) : factor);

/** X of L L' X = B. As PyTorch's, the gradient of the factor fills the other triangle too. */
const choleskySolveOp: Op<Triangle> = {
  name: "choleskySolve",
  gradName: () => "CholeskySolveBackward0",
  run: (device, [b, factor], attrs) => onHost("cholesky_solve", device, [b!, factor!], ([x, factors]) => {
    const count = countOf(b!), [n, k] = matrixOf(b!);
    for (let i = 0; i < count; i++) solveCholesky(lowerOf(factors!.subarray(i * n * n, (i + 1) * n * n), n, attrs), n, x!.subarray(i * n * k, (i + 1) * n * k), k);
    return [{ dtype: b!.dtype, shape: b!.shape, values: x! }];
  })[0]!,
  saves: (_, needs) => ({ savedInputs: [1], savedResults: needs & 2 ? [0] : [] }),
  vjp([grad], node) {
    const [factor, x] = savedTensors(node) as [Tensor, Tensor?], gradB = dispatch(choleskySolveOp, [grad!, factor], node.attrs);
    if (x === undefined) return [gradB];
    const product = matmul(gradB, mT(x)), both = add(product, mT(product));
    return [gradB, neg(node.attrs.upper ? matmul(factor, both) : matmul(both, factor))];
  },
  // A dX = dB - dA X, dA = dL L' + (dL L')'
  jvp([db, dl], [, factor], [x], attrs) {
    const half = dl && (attrs.upper ? matmul(mT(dl), factor!) : matmul(dl, mT(factor!))), change = half && neg(matmul(add(half, mT(half)), x!));
    return [dispatch(choleskySolveOp, [change === undefined ? db! : db === undefined ? change : add(db, change), factor!], attrs)];
  },
  batched: (attrs) => attrs,
};
/**
 * The solution X of A X = B by the Cholesky factor of A. PyTorch's `torch.cholesky_solve`.
 * @param B [..., n, k]; float32 or float64
 * @param L [..., n, n], as `linalg.cholesky` gives it, of B's dtype
 * @returns [..., n, k], the batch dims broadcast, of their dtype
 * @throws ShapeError where sizes do not fit, or for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example choleskySolve(tensor([[4], [1]]), tensor([[2, 0], [0, 1]])) // [[1], [1]]
 */
export const choleskySolve: (B: Tensor, L: Tensor, options?: UpperOption) => Tensor = /*@__PURE__*/ composite(undefined, (B: Tensor, L: Tensor, { upper = false }: UpperOption = {}): Tensor => {
  if (B.ndim < 2) throw new ShapeError(`b should have at least 2 dimensions, but has ${B.ndim} dimensions instead`);
  if (L.ndim < 2) throw new ShapeError(`u should have at least 2 dimensions, but has ${L.ndim} dimensions instead`);
  if (B.dtype !== L.dtype) throw new DTypeError(`Expected b and A to have the same dtype, but found b of type ${scalarTypeName[B.dtype]} and A of type ${scalarTypeName[L.dtype]} instead.`);
  requireFloat("cholesky_solve", L);
  const [n, columns] = matrixOf(L), [rows, k] = matrixOf(B);
  if (n !== columns) throw new ShapeError(`A must be batches of square matrices, but they are ${columns} by ${n} matrices`);
  if (n !== rows) throw new ShapeError(`Incompatible matrix sizes for cholesky_solve: each A matrix is ${n} by ${n} but each b matrix is ${rows} by ${k}`);
  return dispatch(choleskySolveOp, sharingBatch(B, L), { upper });
});

/** (L L')^-1. As PyTorch's, the gradient of the factor fills the other triangle too. */
const choleskyInverseOp: Op<Triangle> = {
  name: "choleskyInverse",
  gradName: () => "CholeskyInverseBackward0",
  run: (device, [factor], attrs) => onHost("cholesky_inverse", device, [factor!], ([factors]) => {
    const count = countOf(factor!), [n] = matrixOf(factor!), x = identities(count, n), infos = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const part = factors!.subarray(i * n * n, (i + 1) * n * n);
      for (let d = n - 1; d >= 0; d--) if (part[d * n + d] === 0) infos[i] = d + 1;
      solveCholesky(lowerOf(part, n, attrs), n, x.subarray(i * n * n, (i + 1) * n * n), n);
    }
    refuseFailed("cholesky_inverse", infos, factor!.ndim > 2, (info) => `The diagonal element ${info} is zero, the inversion could not be completed because the input matrix is singular.`);
    return [{ dtype: factor!.dtype, shape: factor!.shape, values: x }];
  })[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node) {
    const [factor, inverse] = savedTensors(node) as [Tensor, Tensor];
    const both = matmul(inverse, matmul(add(grad!, mT(grad!)), inverse));
    return [neg(node.attrs.upper ? matmul(factor, both) : matmul(both, factor))];
  },
  // dX = -X dA X
  jvp([dl], [factor], [inverse], { upper }) {
    const half = upper ? matmul(mT(dl!), factor!) : matmul(dl!, mT(factor!));
    return [neg(matmul(inverse!, matmul(add(half, mT(half)), inverse!)))];
  },
  batched: (attrs) => attrs,
};
/**
 * The inverse of A from its Cholesky factor: PyTorch's `torch.cholesky_inverse`.
 * @param L [..., n, n], as `linalg.cholesky` gives it; float32 or float64
 * @returns [..., n, n], of L's dtype
 * @throws LinAlgError where a diagonal element is 0
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example choleskyInverse(tensor([[2, 0], [0, 1]])) // [[0.25, 0], [0, 1]]
 */
export const choleskyInverse: (L: Tensor, options?: UpperOption) => Tensor = /*@__PURE__*/ composite(undefined, (L: Tensor, { upper = false }: UpperOption = {}): Tensor => {
  requireFloat("cholesky_inverse", L);
  requireSquare("cholesky_inverse", L);
  return dispatch(choleskyInverseOp, [L], { upper });
});
