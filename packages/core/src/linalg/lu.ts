/** @file The factors A = P L U of any matrix, together in one or apart, and systems solved by them. */
import { onHost } from "../calculus/host.ts";
import { arange, eye, full } from "../creation/fill.ts";
import { eq } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { add, sub } from "../elementwise/scaled.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { composite, dispatch, dispatchAll, type MultiOp, type Op, savedTensors, savesNothing, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { matmul } from "../primitives/matmul.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { tril, triu } from "../views/diagonal.ts";
import { expand, narrow, reshape, unsqueeze } from "../views/views.ts";
import { factorLu, permutationOf } from "./algorithms/lu.ts";
import { batchOf, countOf, matrixOf, refuseFailed, requireDims, requireFloat, requireSameDType, requireSquare, requireSystem, sharingBatch } from "./checks.ts";
import type { CheckOption } from "./cholesky.ts";
import { mT, solveTriangle } from "./triangular.ts";

/** Which row of A each row of L U is, or the inverse of this order: of pivots [..., k] an order [..., m]. */
const permutationOp: Op<{ readonly m: number; readonly inverse: boolean }> = {
  name: "luPermutation",
  gradName: () => "NotDifferentiable",
  run: (device, [pivots], { m, inverse }) => onHost("lu_unpack", device, [pivots!], ([values]) => {
    const shape = [...pivots!.shape.slice(0, -1), m], k = pivots!.shape[pivots!.ndim - 1]!, out = new Float64Array(sizeOf(shape));
    for (let i = 0; i * m < out.length; i++) {
      const order = permutationOf(values!.subarray(i * k, (i + 1) * k), m);
      for (let row = 0; row < m; row++) out[i * m + (inverse ? order[row]! : row)] = inverse ? row : order[row]!;
    }
    return [{ dtype: "int32", shape, values: out }];
  })[0]!,
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs) => attrs,
};
/** The matrix P: its element [order[i], i] is one. */
function permutationMatrix(pivots: Tensor, m: number, dtype: Tensor["dtype"]): Tensor {
  const order = dispatch(permutationOp, [pivots], { m, inverse: false });
  return to(eq(reshape(arange(m, undefined, undefined, { dtype: "int32", device: pivots.device }), [m, 1]), unsqueeze(order, -2)), dtype);
}
const inOrder = (x: Tensor, pivots: Tensor, inverse: boolean): Tensor => gather(x, -2, expand(unsqueeze(dispatch(permutationOp, [pivots], { m: x.shape[x.ndim - 2]!, inverse }), -1), x.shape));
/** P' x: the rows in the order of the factors. */
const ordered = (x: Tensor, pivots: Tensor): Tensor => inOrder(x, pivots, false);
/** P x: the rows in the order of A. */
const restored = (x: Tensor, pivots: Tensor): Tensor => inOrder(x, pivots, true);

const below = { diagonal: -1 } as const;
const eyeBeside = (x: Tensor, rows: number, columns: number): Tensor => eye(rows, columns, { dtype: x.dtype, device: x.device });

/** Both factors in blocks: the square ones, and what is beside U (wide) or below L (tall). */
function blocksOf(lu: Tensor): { readonly size: number; readonly square: Tensor; readonly l1: Tensor; readonly u1: Tensor; readonly right: Tensor | undefined; readonly bottom: Tensor | undefined } {
  const [m, n] = matrixOf(lu), size = Math.min(m, n), square = partOf(lu, size);
  return {
    size, square, l1: add(tril(square, below), eyeBeside(lu, size, size)), u1: triu(square),
    right: n > size ? narrow(lu, -1, size, n - size) : undefined, bottom: m > size ? narrow(lu, -2, size, m - size) : undefined,
  };
}
const partOf = (x: Tensor, size: number): Tensor => narrow(narrow(x, -1, 0, size), -2, 0, size);

type FactorAttrs = { readonly pivot: boolean; /** Who refuses a matrix with a zero on the diagonal of U; null: nobody. */ readonly refusedBy: string | null };
/** L and U in one matrix, pivots, and which diagonal element of U is zero first. */
const luFactorOp: MultiOp<FactorAttrs> = {
  name: "linalg.luFactor",
  gradName: () => "LinalgLuFactorExBackward0",
  run: (device, [given], { pivot, refusedBy }) => onHost("linalg.lu_factor", device, [given!], ([a]) => {
    const count = countOf(given!), [m, n] = matrixOf(given!), k = Math.min(m, n), pivots = new Float64Array(count * k), infos = new Float64Array(count);
    for (let i = 0; i < count; i++) infos[i] = factorLu(a!.subarray(i * m * n, (i + 1) * m * n), m, n, pivots.subarray(i * k, (i + 1) * k), pivot);
    if (refusedBy !== null)
      refuseFailed(refusedBy, infos, given!.ndim > 2, (info) => `U[${info},${info}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)`);
    const batch = batchOf(given!);
    return [{ dtype: given!.dtype, shape: given!.shape, values: a! }, { dtype: "int32", shape: [...batch, k], values: pivots }, { dtype: "int32", shape: batch, values: infos }];
  }),
  saves: () => ({ savedInputs: [], savedResults: [0, 1] }),
  // Of M = L1^-1 P' dA U1^-1 (of its square part), dL1 = L1 tril(M, -1) and dU1 = triu(M) U1.
  vjp([grad], node) {
    if (grad === undefined) return [undefined];
    const [lu, pivots] = savedTensors(node) as [Tensor, Tensor], { size, square, l1, u1, right, bottom } = blocksOf(lu), given = partOf(grad, size);
    const gradRight = right && narrow(grad, -1, size, right.shape[right.ndim - 1]!), gradBottom = bottom && narrow(grad, -2, size, bottom.shape[bottom.ndim - 2]!);
    const lower = matmul(mT(l1), tril(given, below)), upper = matmul(triu(given), mT(u1));
    const inner = add(tril(right && gradRight ? sub(lower, matmul(gradRight, mT(right))) : lower, below), triu(bottom && gradBottom ? sub(upper, matmul(mT(bottom), gradBottom)) : upper));
    const byL = (x: Tensor): Tensor => solveTriangle(mT(square), x, true, true, true), byU = (x: Tensor): Tensor => solveTriangle(mT(square), x, false, false);
    return [restored(gradBottom ? byU(cat([byL(inner), gradBottom], -2)) : byL(gradRight ? cat([byU(inner), gradRight], -1) : byU(inner)), pivots)];
  },
  jvp([tangent], _, [lu, pivots]) {
    const { size, square, l1, u1, right, bottom } = blocksOf(lu!), change = ordered(tangent!, pivots!);
    const byL = (x: Tensor): Tensor => solveTriangle(square, x, false, true, true), byU = (x: Tensor): Tensor => solveTriangle(square, x, true, false);
    const once = bottom ? byU(change) : byL(change), inner = bottom ? byL(partOf(once, size)) : byU(partOf(once, size));
    const lower = tril(inner, below), upper = triu(inner), squared = add(matmul(l1, lower), matmul(upper, u1));
    if (right) return [cat([squared, sub(narrow(once, -1, size, right.shape[right.ndim - 1]!), matmul(lower, right))], -1)];
    if (bottom) return [cat([squared, sub(narrow(once, -2, size, bottom.shape[bottom.ndim - 2]!), matmul(bottom, upper))], -2)];
    return [squared];
  },
  batched: (attrs) => attrs,
};

export type PivotOption = {
  /** Whether rows are exchanged, without which the factors can be far off; true by default. */
  readonly pivot?: boolean;
};
export type LuFactors = { readonly LU: Tensor; readonly pivots: Tensor };
export type LuInfo = LuFactors & { readonly info: Tensor };
function factored(A: Tensor, pivot: boolean, refusedBy: string | null): LuInfo {
  requireDims("torch.lu_factor", A);
  requireFloat("linalg.lu_factor", A);
  const [LU, pivots, info] = dispatchAll(luFactorOp, [A], { pivot, refusedBy }) as [Tensor, Tensor, Tensor];
  return { LU, pivots, info };
}
/**
 * The factors of A = P L U `[..., m, n]` in one matrix, U on and above the diagonal, L below it without its ones; and pivots, which row, from one, each was
 * exchanged with in turn. PyTorch's `torch.linalg.lu_factor`.
 * @throws LinAlgError where an element of the diagonal of U is zero
 * @example linalg.luFactor(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
 */
export const luFactor: (A: Tensor, options?: PivotOption) => LuFactors = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true }: PivotOption = {}): LuFactors => {
  const { LU, pivots } = factored(A, pivot, "torch.linalg.lu_factor");
  return { LU, pivots };
});
/**
 * As `linalg.luFactor`, and for each matrix which element of the diagonal of U, from one, is the first that is zero, or 0.
 * @example linalg.luFactorEx(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2], info: 0 }
 */
export const luFactorEx: (A: Tensor, options?: PivotOption & CheckOption) => LuInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true, checkErrors = false }: PivotOption & CheckOption = {}): LuInfo =>
  factored(A, pivot, checkErrors ? "torch.linalg.lu_factor_ex" : null));

export type LuOptions = PivotOption & {
  /** Whether `info` is given too, and a zero on the diagonal of U is no error. */
  readonly getInfos?: boolean;
};
/**
 * PyTorch's older `torch.lu`: as `linalg.luFactor`, with `info` where it is asked for.
 * @example lu(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
 */
export function lu(A: Tensor, options: LuOptions & { readonly getInfos: true }): LuInfo;
export function lu(A: Tensor, options?: LuOptions): LuFactors;
export function lu(A: Tensor, { pivot = true, getInfos = false }: LuOptions = {}): LuFactors | LuInfo {
  const { LU, pivots, info } = factored(A, pivot, getInfos ? null : "torch.linalg.lu_factor_ex");
  return getInfos ? { LU, pivots, info } : { LU, pivots };
}

export type PLU = { readonly P: Tensor; readonly L: Tensor; readonly U: Tensor };
const none = (beside: Tensor): Tensor => full([0], 0, { dtype: beside.dtype, device: beside.device });
/** The factors apart. @param label what PyTorch calls their node */
function unpacked(LU: Tensor, pivots: Tensor, data: boolean, permutation: boolean, label: string): PLU {
  const [m, n] = matrixOf(LU), size = Math.min(m, n);
  const L = data ? add(tril(narrow(LU, -1, 0, size), below), eyeBeside(LU, m, size)) : none(LU), U = data ? triu(narrow(LU, -2, 0, size)) : none(LU);
  for (const out of [L, U]) if (out.gradFn !== null) out.gradFn.label = label;
  return { P: permutation ? permutationMatrix(pivots, m, LU.dtype) : none(LU), L, U };
}
/**
 * The factors P, L and U of A = P L U, each a matrix: PyTorch's `torch.linalg.lu`. Without pivoting P is empty.
 * @example linalg.lu(tensor([[1, 2], [2, 2]])) // { P: [[0, 1], [1, 0]], L: [[1, 0], [0.5, 1]], U: [[2, 2], [0, 1]] }
 */
export const linalgLu: (A: Tensor, options?: PivotOption) => PLU = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true }: PivotOption = {}): PLU => {
  requireDims("linalg.lu", A);
  requireFloat("linalg.lu", A);
  const { LU, pivots } = factored(A, pivot, null);
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
 * The solution X of A X = B by what `linalg.luFactor` gives of A, the batch dims broadcast: PyTorch's `torch.linalg.lu_solve`.
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
 * PyTorch's older `torch.lu_solve`, with the operands the other way round.
 * @example
 * ```ts
 * const { LU, pivots } = linalg.luFactor(tensor([[2, 0], [0, 2]]));
 * luSolve(tensor([[4], [2]]), LU, pivots) // [[2], [1]]
 * ```
 */
export const luSolve: (B: Tensor, LU: Tensor, pivots: Tensor) => Tensor = (B, LU, pivots) => linalgLuSolve(LU, pivots, B);
