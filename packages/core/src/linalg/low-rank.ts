/** @file Approximate factors of large matrices by random projection: `svd_lowrank`, `pca_lowrank`. */
import { mean } from "../composites/reductions.ts";
import { randn } from "../creation/random.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { matrixOf, requireFloat, requireMatrix } from "./checks.ts";
import { qr } from "./qr.ts";
import { svd, type TorchSvdFactors } from "./svd.ts";
import { mT } from "./triangular.ts";

const times = (A: Tensor, M: Tensor | undefined, x: Tensor): Tensor => (M === undefined ? matmul(A, x) : sub(matmul(A, x), matmul(M, x)));

/** q orthonormal columns that nearly span A - M: Halko, Martinsson and Tropp, "Finding structure with randomness", 2009, algorithm 4.4. */
function nearBasis(A: Tensor, M: Tensor | undefined, q: number, niter: number): Tensor {
  const At = mT(A), Mt = M && mT(M);
  let { Q } = qr(times(A, M, randn([matrixOf(A)[1], q], { dtype: A.dtype, device: A.device })));
  for (let i = 0; i < niter; i++) Q = qr(times(A, M, qr(times(At, Mt, Q)).Q)).Q;
  return Q;
}
function nearSvd(A: Tensor, M: Tensor | undefined, q: number, niter: number): TorchSvdFactors {
  const [m, n] = matrixOf(A);
  if (m < n || n > q) {
    const Q = nearBasis(mT(A), M && mT(M), q, niter), { U, S, Vh } = svd(times(A, M, Q), { fullMatrices: false });
    return { U, S, V: matmul(Q, mT(Vh)) };
  }
  const Q = nearBasis(A, M, q, niter), { U, S, Vh } = svd(mT(times(mT(A), M && mT(M), Q)), { fullMatrices: false });
  return { U: matmul(Q, U), S, V: mT(Vh) };
}
function requireCount(niter: number): void {
  if (!(niter >= 0)) throw new ArgumentError(`niter(=${niter}) must be non-negative integer`);
}

export type LowRankOptions = {
  /** About how many singular values are wanted, a little more than are; 6 by default. */
  readonly q?: number | null;
  /** Rounds of subspace iteration: 2 by default. */
  readonly niter?: number;
};
export type SvdLowrankOptions = LowRankOptions & {
  /** What is taken from A first, as a mean. */
  readonly M?: Tensor | null;
};
/**
 * The q largest singular values of matrices and their vectors, nearly, where few are large: A is about U diag(S) V' (Halko et al., 2011). It draws random numbers. PyTorch's
 * `torch.svd_lowrank`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ U, S, V }`: [..., m, q], [..., q] and [..., n, q], of A's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws ArgumentError for a negative `niter`
 * @example svdLowrank(tensor([[3, 0], [0, 2]])).S.round({ decimals: 3 }) // [3, 2]
 */
export const svdLowrank: (A: Tensor, options?: SvdLowrankOptions) => TorchSvdFactors = /*@__PURE__*/ composite(undefined, (A: Tensor, { q, niter = 2, M }: SvdLowrankOptions = {}): TorchSvdFactors => {
  requireMatrix("svd_lowrank", A);
  requireFloat("svd_lowrank", A);
  requireCount(niter);
  return nearSvd(A, M ?? undefined, q ?? 6, niter);
});

export type PcaLowrankOptions = LowRankOptions & {
  /** Whether the mean of each column is taken from it first (the default). */
  readonly center?: boolean;
};
/**
 * The principal components of rows, as `svdLowrank` gives them of A without the means of its columns: the columns of V. PyTorch's `torch.pca_lowrank`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ U, S, V }`: [..., m, q], [..., q] and [..., n, q], q being min(6, m, n) by default; of A's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws ArgumentError for a q above min(m, n), or a negative `niter`
 * @example pcaLowrank(tensor([[1, 0], [-1, 0], [0, 0]])).S.round({ decimals: 3 }) // [1.414, 0]
 */
export const pcaLowrank: (A: Tensor, options?: PcaLowrankOptions) => TorchSvdFactors = /*@__PURE__*/ composite(undefined, (A: Tensor, { q, center = true, niter = 2 }: PcaLowrankOptions = {}): TorchSvdFactors => {
  requireMatrix("pca_lowrank", A);
  requireFloat("pca_lowrank", A);
  const most = Math.min(...matrixOf(A)), count = q ?? Math.min(6, most);
  if (!(count >= 0 && count <= most)) throw new ArgumentError(`q(=${count}) must be non-negative integer and not greater than min(m, n)=${most}`);
  requireCount(niter);
  return nearSvd(center ? sub(A, mean(A, -2, { keepdim: true })) : A, undefined, count, niter);
});
