/** @file Symmetric matrices that need not be definite: their factors A = L D L', and systems solved by them. As in PyTorch 1.13 they have no derivative. */
import { onHost } from "../calculus/host.ts";
import { scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, dispatch, dispatchAll, type MultiOp, type Op, savesNothing, type Tensor } from "../op.ts";
import { notDerived } from "../scalar/program.ts";
import { sameShape } from "../shape.ts";
import { expand } from "../views/views.ts";
import { factorBunchKaufman, solveBunchKaufman } from "./algorithms/bunch-kaufman.ts";
import { batchOf, type CheckOption, countOf, matrixOf, refuseFailed, requireFloat, requireSquare, requireSystem, sharingBatch } from "./checks.ts";

export type HermitianOption = {
  /** Of complex matrices; of real ones nothing. */
  readonly hermitian?: boolean;
};
export type LdlFactors = { readonly LD: Tensor; readonly pivots: Tensor };
export type LdlInfo = LdlFactors & { readonly info: Tensor };

const ldlFactorOp: MultiOp<{ readonly refusedBy: string | null }> = {
  name: "linalg.ldlFactor",
  gradName: () => "NotImplemented",
  run: (device, [given], { refusedBy }) => onHost("linalg.ldl_factor", device, [given!], ([a]) => {
    const count = countOf(given!), [n] = matrixOf(given!), pivots = new Float64Array(count * n), infos = new Float64Array(count), batch = batchOf(given!);
    for (let i = 0; i < count; i++) {
      const part = a!.subarray(i * n * n, (i + 1) * n * n);
      infos[i] = factorBunchKaufman(part, n, pivots.subarray(i * n, (i + 1) * n));
      for (let row = 0; row < n; row++) part.fill(0, row * n + row + 1, (row + 1) * n);
    }
    if (refusedBy !== null) refuseFailed(refusedBy, infos, given!.ndim > 2, (info) => `D[${info},${info}] is zero, so that nothing can be solved by these factors.`);
    return [{ dtype: given!.dtype, shape: given!.shape, values: a! }, { dtype: "int32", shape: [...batch, n], values: pivots }, { dtype: "int32", shape: batch, values: infos }];
  }),
  saves: () => savesNothing,
  vjp: () => { throw notDerived("aten::linalg_ldl_factor_ex"); },
  jvp: () => { throw notDerived("aten::linalg_ldl_factor_ex"); },
  batched: (attrs) => attrs,
};
function factored(name: string, A: Tensor, refusedBy: string | null): LdlInfo {
  requireSquare(name, A);
  requireFloat(name, A);
  const [LD, pivots, info] = dispatchAll(ldlFactorOp, [A], { refusedBy }) as [Tensor, Tensor, Tensor];
  return { LD, pivots, info };
}
/**
 * The factors of symmetric matrices, A = P L D L' P', of which the lower triangle is read. PyTorch's `torch.linalg.ldl_factor`.
 * @param A [..., n, n]; float32 or float64
 * @returns `{ LD, pivots }`: [..., n, n] of A's dtype, D and, below it, L without its ones; and [..., n], int32, as LAPACK's sytrf gives them
 * @throws LinAlgError where a diagonal element of D is 0
 * @throws NotSupportedError in backward: PyTorch has no derivative either
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.ldlFactor(tensor([[4, 0], [2, 3]])) // { LD: [[4, 0], [0.5, 2]], pivots: [1, 2] }
 */
export const ldlFactor: (A: Tensor, options?: HermitianOption) => LdlFactors = /*@__PURE__*/ composite(undefined, (A: Tensor): LdlFactors => {
  const { LD, pivots } = factored("torch.linalg.ldl_factor", A, "torch.linalg.ldl_factor");
  return { LD, pivots };
});
/**
 * As `linalg.ldlFactor`, and for each matrix which diagonal element of D, from one, is the first that is zero, or 0.
 * @returns `{ LD, pivots, info }`: [..., n, n] of A's dtype, and [..., n] and [...], int32
 * @example linalg.ldlFactorEx(tensor([[4, 0], [2, 3]])) // { LD: [[4, 0], [0.5, 2]], pivots: [1, 2], info: 0 }
 */
export const ldlFactorEx: (A: Tensor, options?: HermitianOption & CheckOption) => LdlInfo = /*@__PURE__*/ composite(undefined, (A: Tensor, { checkErrors = false }: HermitianOption & CheckOption = {}): LdlInfo =>
  factored("torch.linalg.ldl_factor_ex", A, checkErrors ? "torch.linalg.ldl_factor_ex" : null));

const ldlSolveOp: Op<{}> = {
  name: "linalg.ldlSolve",
  gradName: () => "NotImplemented",
  run: (device, [factors, exchanges, right]) => onHost("linalg.ldl_solve", device, [factors!, exchanges!, right!], ([a, pivots, x]) => {
    const [n, k] = matrixOf(right!);
    for (const pivot of pivots!) if (pivot === 0 || Math.abs(pivot) > n) throw new ArgumentError(`torch.linalg.ldl_solve: pivots count rows from one, of ${n}. Did you properly pass the result of ldl_factor? Got ${pivot}`);
    for (let i = 0; i < countOf(right!); i++)
      solveBunchKaufman(a!.subarray(i * n * n, (i + 1) * n * n), n, pivots!.subarray(i * n, (i + 1) * n), x!.subarray(i * n * k, (i + 1) * n * k), k);
    return [{ dtype: right!.dtype, shape: right!.shape, values: x! }];
  })[0]!,
  saves: () => savesNothing,
  vjp: () => { throw notDerived("aten::linalg_ldl_solve"); },
  jvp: () => { throw notDerived("aten::linalg_ldl_solve"); },
  batched: (attrs) => attrs,
};
/**
 * The solution X of A X = B by what `linalg.ldlFactor` gives of A. PyTorch's `torch.linalg.ldl_solve`.
 * @param LD [..., n, n]; float32 or float64
 * @param pivots [..., n], int32
 * @param B [..., n, k], of LD's dtype
 * @returns [..., n, k], the batch dims broadcast, of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, or for pivots that are not int32
 * @throws ArgumentError for pivots out of range
 * @throws NotSupportedError in backward: PyTorch has no derivative either
 * @example
 * ```ts
 * const { LD, pivots } = linalg.ldlFactor(tensor([[4, 0], [2, 3]]));
 * linalg.ldlSolve(LD, pivots, tensor([[6], [5]])) // [[1], [1]]
 * ```
 */
export const ldlSolve: (LD: Tensor, pivots: Tensor, B: Tensor, options?: HermitianOption) => Tensor = /*@__PURE__*/ composite(undefined, (LD: Tensor, pivots: Tensor, B: Tensor): Tensor => {
  const name = "torch.linalg.ldl_solve";
  requireSquare(name, LD);
  if (LD.dtype !== B.dtype) throw new DTypeError(`${name}: LD dtype ${scalarTypeName[LD.dtype]} does not match b dtype ${scalarTypeName[B.dtype]}`);
  if (!sameShape(LD.shape.slice(0, -1), pivots.shape)) throw new ShapeError(`${name}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape [${pivots.shape.join(", ")}] instead`);
  if (pivots.dtype !== "int32") throw new DTypeError(`${name}: Expected pivots to be integers. Got ${scalarTypeName[pivots.dtype]}`);
  requireSystem(name, LD, B, true);
  const [factors, b] = sharingBatch(LD, B);
  return dispatch(ldlSolveOp, [factors, expand(pivots, factors.shape.slice(0, -1)), b], {});
});
