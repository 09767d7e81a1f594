/** @file The factors L and U of any matrix, together in one, and the row exchanges: A = P L U. */
import { onHost } from "../calculus/host.ts";
import { eye } from "../creation/fill.ts";
import { add, sub } from "../elementwise/scaled.ts";
import { composite, dispatchAll, type MultiOp, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { cat } from "../views/cat.ts";
import { tril, triu } from "../views/diagonal.ts";
import { narrow } from "../views/views.ts";
import { factorLu } from "./algorithms/lu.ts";
import { batchOf, type CheckOption, countOf, matrixOf, refuseFailed, requireDims, requireFloat } from "./checks.ts";
import { ordered, restored } from "./pivots.ts";
import { mT, solveTriangle } from "./triangular.ts";

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
/** The factors. @param refusedBy who refuses a zero on the diagonal of U; null: nobody */
export function luFactored(A: Tensor, pivot: boolean, refusedBy: string | null): LuInfo {
  requireDims("torch.lu_factor", A);
  requireFloat("linalg.lu_factor", A);
  const [LU, pivots, info] = dispatchAll(luFactorOp, [A], { pivot, refusedBy }) as [Tensor, Tensor, Tensor];
  return { LU, pivots, info };
}
/**
 * The factors of A = P L U in one matrix. PyTorch's `torch.linalg.lu_factor`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ LU, pivots }`: [..., m, n] of A's dtype, U on and above the diagonal, L below it without its ones; and [..., min(m, n)], int32: which row, from one, each was
 * exchanged with in turn
 * @throws LinAlgError where an element of the diagonal of U is zero
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.luFactor(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
 */
export const luFactor: (A: Tensor, options?: PivotOption) => LuFactors = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true }: PivotOption = {}): LuFactors => {
  const { LU, pivots } = luFactored(A, pivot, "torch.linalg.lu_factor");
  return { LU, pivots };
});
/**
 * As `linalg.luFactor`, and for each matrix which element of the diagonal of U, from one, is the first that is zero, or 0.
 * @returns `{ LU, pivots, info }`: [..., m, n] of A's dtype, [..., min(m, n)] and [...], int32
 * @example linalg.luFactorEx(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2], info: 0 }
 */
export const luFactorEx: (A: Tensor, options?: PivotOption & CheckOption) => LuInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, { pivot = true, checkErrors = false }: PivotOption & CheckOption = {}): LuInfo =>
  luFactored(A, pivot, checkErrors ? "torch.linalg.lu_factor_ex" : null));

export type LuOptions = PivotOption & {
  /** Whether `info` is given too, and a zero on the diagonal of U is no error. */
  readonly getInfos?: boolean;
};
/**
 * As `linalg.luFactor`, with `info` where it is asked for: PyTorch's older `torch.lu`.
 * @returns `{ LU, pivots }` or `{ LU, pivots, info }`: [..., m, n] of A's dtype, [..., min(m, n)] and [...], int32
 * @example lu(tensor([[1, 2], [2, 2]])) // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
 */
export function lu(A: Tensor, options: LuOptions & { readonly getInfos: true }): LuInfo;
export function lu(A: Tensor, options?: LuOptions): LuFactors;
export function lu(A: Tensor, { pivot = true, getInfos = false }: LuOptions = {}): LuFactors | LuInfo {
  const { LU, pivots, info } = luFactored(A, pivot, getInfos ? null : "torch.linalg.lu_factor_ex");
  return getInfos ? { LU, pivots, info } : { LU, pivots };
}
