/** @file Least squares: `linalg.lstsq`. */
import { detach } from "../api/reading.ts";
import { onHost } from "../calculus/host.ts";
import { scalarTypeName } from "../dtype.ts";
import { add } from "../elementwise/arithmetic.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { finfo } from "../numeric-limits.ts";
import { composite, dispatchAll, type MultiOp, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import type { Shape } from "../shape.ts";
import { squeeze, unsqueeze } from "../views/views.ts";
import { residualsOf, solveByReflections, solveBySingularValues } from "./algorithms/least-squares.ts";
import { batchOf, countOf, matrixOf, refuseFailed, requireFloat, sharingBatch } from "./checks.ts";
import { pinv, pinvBackward, pinvForward } from "./pinv.ts";
import { refuseDiverged } from "./svd.ts";
import { mT } from "./triangular.ts";

/** LAPACK's names: "gels" by QR, of full rank; the others of any rank, here all three by singular values. */
export type LstsqDriver = "gels" | "gelsy" | "gelsd" | "gelss";
const drivers: readonly LstsqDriver[] = ["gels", "gelsy", "gelsd", "gelss"];
/** `lead`: the batch dims of function transforms, which an empty result has too. */
type LstsqAttrs = { readonly driver: LstsqDriver; readonly rcond: number; readonly lead: Shape };

const name = "torch.linalg.lstsq";
const lstsqOp: MultiOp<LstsqAttrs> = {
  name: "linalg.lstsq",
  gradName: () => "LinalgLstsqBackward0",
  run: (device, [a, b], { driver, rcond, lead }) => onHost("linalg.lstsq", device, [a!, b!], ([matrices, sides]) => {
    const count = countOf(a!), [m, n] = matrixOf(a!), [, k] = matrixOf(b!), size = Math.min(m, n), batch = batchOf(a!), isBatch = a!.ndim > 2;
    const solution = new Float64Array(count * n * k), residuals = new Float64Array(count * k), ranks = new Int32Array(count).fill(size), values = new Float64Array(count * size), failed = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const matrix = matrices!.subarray(i * m * n, (i + 1) * m * n), side = sides!.subarray(i * m * k, (i + 1) * m * k);
      const found = driver === "gels" ? solveByReflections(matrix.slice(), m, n, side, k) : solveBySingularValues(matrix.slice(), m, n, side, k, rcond, values.subarray(i * size, (i + 1) * size));
      if (found === undefined) { failed[i] = 1; continue; }
      const x = "rank" in found ? found.x : found;
      if ("rank" in found) ranks[i] = found.rank;
      solution.set(x, i * n * k);
      residualsOf(matrix, m, n, x, side, k, residuals.subarray(i * k, (i + 1) * k));
    }
    if (driver === "gels") refuseFailed(name, failed, isBatch, (info) => `The least squares solution could not be computed because the input matrix does not have full rank (error code: ${info}).`);
    else refuseDiverged(name, failed, isBatch, matrices!);
    const { dtype } = a!, empty = { shape: [...lead, 0], values: [] }, hasResiduals = m > n && driver !== "gelsy" && ranks.every((rank) => rank === n), hasValues = driver === "gelsd" || driver === "gelss";
    return [
      { dtype, shape: [...batch, n, k], values: solution }, hasResiduals ? { dtype, shape: [...batch, k], values: residuals } : { dtype, ...empty },
      driver === "gels" ? { dtype: "int32", ...empty } : { dtype: "int32", shape: batch, values: ranks }, hasValues ? { dtype, shape: [...batch, size], values } : { dtype, ...empty },
    ];
  }),
  saves: () => ({ savedInputs: [0, 1], savedResults: [] }),
  // X = pinv(A) B, whatever has computed it.
  vjp([grad], node) {
    const [a, b] = savedTensors(node) as [Tensor, Tensor], P = pinv(a);
    return [node.needs(0) ? pinvBackward(matmul(grad!, mT(b)), P, a) : undefined, node.needs(1) ? matmul(mT(P), grad!) : undefined];
  },
  jvp([ta, tb], [a, b]) {
    const P = pinv(a!), byA = ta && matmul(pinvForward(ta, P, a!), b!), byB = tb && matmul(P, tb);
    return [byA === undefined ? byB : byB === undefined ? byA : add(byA, byB)];
  },
  batched: (attrs, lead) => ({ ...attrs, lead: [...lead, ...attrs.lead] }),
};

export type LstsqOptions = {
  /** Singular values up to this times the largest are zero; by default max(m, n) times the dtype's eps. "gels" does not look at it. */
  readonly rcond?: number | null;
  /** "gelsy" by default. */
  readonly driver?: LstsqDriver | null;
};
/** What a driver does not compute has shape `[0]`, as in PyTorch. Only `solution` has a gradient. */
export type LeastSquares = { readonly solution: Tensor; readonly residuals: Tensor; readonly rank: Tensor; readonly singularValues: Tensor };
/**
 * The X of least |A X - B|, and of these the least X. PyTorch's `torch.linalg.lstsq`.
 * @param A [..., m, n]; float32 or float64
 * @param B [..., m, k], or [..., m], of A's dtype
 * @returns `{ solution, residuals, rank, singularValues }`: [..., n, k] or [..., n]; [..., k], the sums of squares of each column, where m > n, the rank is full and the driver is
 * not "gelsy", else empty;
 * [...], int32, empty for "gels"; [..., min(m, n)], empty for "gels" and "gelsy". Of A's dtype
 * @throws LinAlgError where the driver is "gels" and the rank is not full, or the algorithm does not converge
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws ArgumentError for another driver
 * @example linalg.lstsq(tensor([[2, 0], [0, 4]]), tensor([[2], [4]])).solution // [[1], [1]]
 */
export const lstsq: (A: Tensor, B: Tensor, options?: LstsqOptions) => LeastSquares = /*@__PURE__*/ composite(undefined, (A: Tensor, B: Tensor, options: LstsqOptions = {}): LeastSquares => {
  if (A.ndim < 2) throw new ShapeError(`${name}: input must have at least 2 dimensions.`);
  if (B.ndim < 1) throw new ShapeError(`${name}: other must have at least 1 dimension.`);
  if (A.dtype !== B.dtype) throw new DTypeError(`${name}: Expected input and other to have the same dtype, but got input's dtype ${scalarTypeName[A.dtype]} and other's dtype ${scalarTypeName[B.dtype]}`);
  requireFloat("linalg.lstsq", A);
  const isVector = A.ndim - B.ndim === 1;
  if (A.ndim !== B.ndim && !isVector) throw new ShapeError(`${name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1`);
  const sides = isVector ? unsqueeze(B, -1) : B, [m, n] = matrixOf(A);
  if (sides.shape[sides.ndim - 2] !== m) throw new ShapeError(`${name}: input.size(-2) should match other.size(${isVector ? -1 : -2})`);
  const driver = options.driver ?? "gelsy";
  if (!drivers.includes(driver)) throw new ArgumentError(`${name}: parameter \`driver\` should be one of (gels, gelsy, gelsd, gelss)`);
  const [a, b] = sharingBatch(A, sides), eps = finfo(A.dtype).eps, rcond = options.rcond ?? eps * Math.max(m, n);
  const [solution, residuals, rank, singularValues] = dispatchAll(lstsqOp, [a, b], { driver, rcond: rcond < 0 ? eps : rcond, lead: [] }) as [Tensor, Tensor, Tensor, Tensor];
  return { solution: isVector ? squeeze(solution, -1) : solution, residuals: detach(residuals), rank, singularValues: detach(singularValues) };
});
