/** @file Singular values and vectors: `linalg.svd`, `linalg.svdvals`, and the older `svd`. */
import { onHost } from "../calculus/host.ts";
import { eye, zeros, zerosLike } from "../creation/fill.ts";
import { add, div, mul } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { NotSupportedError } from "../errors.ts";
import { composite, dispatch, dispatchAll, type Device, type MultiOp, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { cat } from "../views/cat.ts";
import { diagEmbed, diagonal } from "../views/diagonal.ts";
import { narrow, unsqueeze } from "../views/views.ts";
import { sum } from "../composites/reductions.ts";
import { transposed } from "./algorithms/rows.ts";
import { singularValues } from "./algorithms/singular-values.ts";
import { batchOf, countOf, matrixOf, refuseFailed, requireFloat, requireMatrix } from "./checks.ts";
import { mT } from "./triangular.ts";

type SvdAttrs = { readonly full: boolean; readonly name: string };

/** U [m, m] or [m, k], S [k] and Vh [n, n] or [k, n] of one m by n matrix, row-major, with k = min(m, n); undefined where it does not converge. */
export function svdOf(a: Float64Array, m: number, n: number, full: boolean): { readonly U: Float64Array; readonly S: Float64Array; readonly Vh: Float64Array } | undefined {
  const isTall = m >= n, long = isTall ? m : n, k = isTall ? n : m, leftRows = full ? long : k;
  const S = new Float64Array(k), left = new Float64Array(leftRows * long), right = new Float64Array(k * k);
  if (!singularValues(isTall ? a : transposed(a, m, n), long, k, S, { left, leftRows, right })) return undefined;
  return isTall ? { U: transposed(left, leftRows, long), S, Vh: right } : { U: transposed(right, k, k), S, Vh: left };
}
/** Refuses what did not converge. @param values of the matrices */
export function refuseDiverged(name: string, failed: Uint8Array, isBatch: boolean, values: Float64Array): void {
  const isFinite = values.every(Number.isFinite);
  refuseFailed(name, failed, isBatch, (info) => isFinite
    ? `The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values (error code: ${info}).`
    : "The algorithm failed to converge because the input matrix contained non-finite values.");
}

const svdOp: MultiOp<SvdAttrs> = {
  name: "linalg.svd",
  gradName: () => "LinalgSvdBackward0",
  run: (device, [x], { full, name }) => onHost(name, device, [x!], ([values]) => {
    const count = countOf(x!), [m, n] = matrixOf(x!), k = Math.min(m, n), batch = batchOf(x!), columns = full ? m : k, rows = full ? n : k;
    const U = new Float64Array(count * m * columns), S = new Float64Array(count * k), Vh = new Float64Array(count * rows * n), failed = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const found = svdOf(values!.slice(b * m * n, (b + 1) * m * n), m, n, full);
      if (found === undefined) { failed[b] = 1; continue; }
      U.set(found.U, b * m * columns);
      S.set(found.S, b * k);
      Vh.set(found.Vh, b * rows * n);
    }
    refuseDiverged(name, failed, x!.ndim > 2, values!);
    const { dtype } = x!;
    return [{ dtype, shape: [...batch, m, columns], values: U }, { dtype, shape: [...batch, k], values: S }, { dtype, shape: [...batch, rows, n], values: Vh }];
  }),
  saves: () => ({ savedInputs: [], savedResults: [0, 1, 2] }),
  // Seeger et al., "Auto-differentiating linear algebra", 2017. What spans the rest of the space where U or Vh is full has no derivative: any basis would do.
  vjp([gradU, gradS, gradVh], node) {
    const [fullU, S, fullVh] = savedTensors(node) as [Tensor, Tensor, Tensor], k = S.shape[S.ndim - 1]!;
    const first = (x: Tensor, dim: number): Tensor => narrow(x, dim, 0, k);
    const U = first(fullU, -1), Vh = first(fullVh, -2), gU = gradU && first(gradU, -1), gV = gradVh && first(gradVh, -2);
    const m = U.shape[U.ndim - 2]!, n = Vh.shape[Vh.ndim - 1]!;
    if (gU === undefined && gV === undefined) return [recomposed(U, gradS!, Vh)];
    const E = gaps(S), terms: Tensor[] = [], column = unsqueeze(S, -1), row = unsqueeze(S, -2);
    const turnedU = gU && matmul(mT(U), gU), turnedV = gV && matmul(Vh, mT(gV));
    if (turnedU !== undefined) terms.push(mul(div(skew(turnedU), E), row));
    if (turnedV !== undefined) terms.push(mul(column, div(skew(turnedV), E)));
    if (gradS !== undefined) terms.push(diagEmbed(gradS));
    const inner = terms.reduce((a, b) => add(a, b));
    if (gU !== undefined && m > k) {
      const left = add(matmul(U, inner), div(sub(gU, matmul(U, turnedU!)), row)); // and what leaves the span of U
      return [gV !== undefined && n > k ? add(matmul(left, Vh), matmul(U, beyond(gV, turnedV!, Vh, column))) : matmul(left, Vh)];
    }
    if (gV !== undefined && n > k) return [matmul(U, add(matmul(inner, Vh), beyond(gV, turnedV!, Vh, column)))];
    return [matmul(matmul(U, inner), Vh)];
  },
  jvp([tangent], _, [fullU, S, fullVh]) {
    const k = S!.shape[S!.ndim - 1]!, U = narrow(fullU!, -1, 0, k), Vh = narrow(fullVh!, -2, 0, k), column = unsqueeze(S!, -1), row = unsqueeze(S!, -2);
    const byV = matmul(tangent!, mT(Vh)), byU = matmul(mT(U), tangent!), P = matmul(mT(U), byV), E = gaps(S!), off = sub(1, identity(S!));
    let dU = matmul(U, mul(div(add(mul(P, row), mul(column, mT(P))), E), off)), dVh = matmul(mT(mul(div(add(mul(column, P), mul(mT(P), row)), E), off)), Vh);
    if (U.shape[U.ndim - 2]! > k) dU = add(dU, div(sub(byV, matmul(U, P)), row));
    if (Vh.shape[Vh.ndim - 1]! > k) dVh = add(dVh, div(sub(byU, matmul(P, Vh)), column));
    return [withRest(dU, fullU!, -1, k), diagonal(P, { dim1: -2, dim2: -1 }), withRest(dVh, fullVh!, -2, k)];
  },
  batched: (attrs) => attrs,
};
const identity = (S: Tensor): Tensor => eye(S.shape[S.ndim - 1]!, undefined, { dtype: S.dtype, device: S.device });
/** S_j^2 - S_i^2, and 1 on the diagonal. */
function gaps(S: Tensor): Tensor {
  const squares = mul(S, S);
  return add(sub(unsqueeze(squares, -2), unsqueeze(squares, -1)), identity(S));
}
const skew = (x: Tensor): Tensor => sub(x, mT(x));
const recomposed = (U: Tensor, S: Tensor, Vh: Tensor): Tensor => matmul(mul(U, unsqueeze(S, -2)), Vh);
/** The part of the gradient of Vh that leaves the span of its rows. */
const beyond = (gradVh: Tensor, turned: Tensor, Vh: Tensor, column: Tensor): Tensor => div(sub(gradVh, matmul(mT(turned), Vh)), column);
/** A tangent with zeros for the vectors behind the first k. */
function withRest(x: Tensor, like: Tensor, dim: -1 | -2, k: number): Tensor {
  const rest = like.shape[like.ndim + dim]! - k;
  return rest === 0 ? x : cat([x, zerosLike(narrow(like, dim, k, rest))], dim);
}

function runValues(device: Device, x: Tensor, { name }: SvdAttrs): Tensor {
  return onHost(name, device, [x], ([values]) => {
    const count = countOf(x), [m, n] = matrixOf(x), k = Math.min(m, n), S = new Float64Array(count * k), failed = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const a = values!.slice(b * m * n, (b + 1) * m * n), isTall = m >= n;
      failed[b] = singularValues(isTall ? a : transposed(a, m, n), isTall ? m : n, k, S.subarray(b * k, (b + 1) * k)) ? 0 : 1;
    }
    refuseDiverged("linalg.svd", failed, x.ndim > 2, values!);
    return [{ dtype: x.dtype, shape: [...batchOf(x), k], values: S }];
  })[0]!;
}
/** The values alone: a fifth of the work. Its derivative makes the vectors. */
const svdvalsOp: Op<SvdAttrs> = {
  name: "linalg.svdvals",
  gradName: () => "LinalgSvdBackward0",
  run: (device, [x], attrs) => runValues(device, x!, attrs),
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([grad], node) {
    const [x] = savedTensors(node) as [Tensor], [U, , Vh] = dispatchAll(svdOp, [x], node.attrs) as [Tensor, Tensor, Tensor];
    return [recomposed(U, grad!, Vh)];
  },
  jvp([tangent], [x], _, attrs) {
    const [U, , Vh] = dispatchAll(svdOp, [x!], attrs) as [Tensor, Tensor, Tensor];
    return [sum(mul(matmul(mT(U), tangent!), Vh), -1)];
  },
  batched: (attrs) => attrs,
};

const drivers = ["gesvd", "gesvdj", "gesvda"];
function requireSvd(name: string, x: Tensor, driver: string | null | undefined): void {
  requireMatrix(name, x);
  requireFloat(name, x);
  if (driver !== undefined && driver !== null)
    throw new NotSupportedError(`${name}: keyword argument \`driver=\` is only supported on CUDA inputs with cuSOLVER backend.${drivers.includes(driver) ? "" : ` '${driver}' is none of its drivers.`}`);
}

export type SvdOptions = {
  /** Whether U and Vh are square (the default), or have min(m, n) columns and rows. */
  readonly fullMatrices?: boolean;
  /** PyTorch takes it on CUDA alone: a NotSupportedError. */
  readonly driver?: string | null;
};
export type SvdFactors = { readonly U: Tensor; readonly S: Tensor; readonly Vh: Tensor };
/**
 * A = U diag(S) Vh, with orthonormal columns in U and rows in Vh. A pair of singular vectors is unique up to its sign. The gradient is infinite where singular values are equal
 * or, of vectors
 * of a matrix that is not square, zero; use `linalg.svdvals` where S alone is needed. The vectors that `fullMatrices` adds have no gradient. PyTorch's `torch.linalg.svd`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ U, S, Vh }`: [..., m, m], [..., k], descending and not negative, and [..., n, n], k = min(m, n); by `fullMatrices: false` [..., m, k] and [..., k, n]. Of A's dtype
 * @throws LinAlgError for infinities and NaN
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws NotSupportedError for a driver, which CUDA alone has
 * @example linalg.svd(tensor([[3, 0], [0, 2]])).S // [3, 2]
 */
export function svd(A: Tensor, options: SvdOptions = {}): SvdFactors {
  requireSvd("linalg.svd", A, options.driver);
  const [U, S, Vh] = dispatchAll(svdOp, [A], { full: options.fullMatrices ?? true, name: "linalg.svd" }) as [Tensor, Tensor, Tensor];
  return { U, S, Vh };
}
/**
 * The singular values of matrices. PyTorch's `torch.linalg.svdvals`.
 * @param A [..., m, n]; float32 or float64
 * @returns [..., min(m, n)], descending, of A's dtype
 * @throws LinAlgError for infinities and NaN
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws NotSupportedError for a driver, which CUDA alone has
 * @example linalg.svdvals(tensor([[3, 0], [0, 2]])) // [3, 2]
 */
export function svdvals(A: Tensor, options: Pick<SvdOptions, "driver"> = {}): Tensor {
  requireSvd("linalg.svd", A, options.driver); // PyTorch's words
  return dispatch(svdvalsOp, [A], { full: false, name: "linalg.svdvals" });
}

export type TorchSvdOptions = {
  /** Whether U and V have min(m, n) columns (the default), or are square. */
  readonly some?: boolean;
  /** false: U and V are zeros. */
  readonly computeUv?: boolean;
};
export type TorchSvdFactors = { readonly U: Tensor; readonly S: Tensor; readonly V: Tensor };
/**
 * As `linalg.svd`, but with V where that has its transpose, and without what `fullMatrices` adds: PyTorch's older `torch.svd`.
 * @param x [..., m, n]; float32 or float64
 * @returns `{ U, S, V }`: [..., m, k], [..., k] and [..., n, k], k = min(m, n); of x's dtype
 * @example svd(tensor([[3, 0], [0, 2]])).S // [3, 2]
 */
export const torchSvd: (x: Tensor, options?: TorchSvdOptions) => TorchSvdFactors = /*@__PURE__*/ composite(undefined, (x: Tensor, { some = true, computeUv = true }: TorchSvdOptions = {}): TorchSvdFactors => {
  if (computeUv) {
    const { U, S, Vh } = svd(x, { fullMatrices: !some });
    return { U, S, V: mT(Vh) };
  }
  const S = svdvals(x), [m, n] = matrixOf(x), square = (size: number): Tensor => zeros([...batchOf(x), size, size], { dtype: x.dtype, device: x.device });
  return { U: square(m), S, V: square(n) };
});
