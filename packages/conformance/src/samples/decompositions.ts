/** @file Sample calls of factorisations of matrices into orthogonal and triangular or diagonal ones. Names begin with "linalg", as those of linear-systems.ts. */
import * as A from "@adjoint/core";
import { inWide, strong } from "./linear-systems.ts";
import { type OpSample, sample, x } from "./sample.ts";

type Run = (...inputs: A.Tensor[]) => A.Tensor;
const row = (name: string, shapes: readonly (readonly number[])[], run: Run, order: 0 | 1 | 2 = 2): OpSample => sample(`linalg ${name}`, shapes.map((shape) => x(shape)), inWide(run), order);
/** One number of each factor, weighed by how far from the corner it lies, so that all of both counts. */
const total = (...factors: A.Tensor[]): A.Tensor => factors.map((p) => p.mul(A.arange(1, p.numel() + 1, 1, { device: p.device }).reshape(p.shape).to(p.dtype).mul(0.3).sin()).sum()).reduce((a, b) => a.add(b));
const symmetric = (p: A.Tensor): A.Tensor => p.add(p.mT).add(A.diag(A.arange(p.shape[p.ndim - 1]!, undefined, 1, { device: p.device })).to(p.dtype).mul(2));
/** Singular values far apart, so that their vectors are what float32 can tell. */
const spread = (p: A.Tensor): A.Tensor => p.add(A.eye(p.shape[p.ndim - 2]!, p.shape[p.ndim - 1]!, { device: p.device }).mul(A.arange(1, p.shape[p.ndim - 1]! + 1, 1, { device: p.device })).mul(2).to(p.dtype));

const orthogonal: readonly OpSample[] = [
  row("qr of square matrices", [[3, 3]], (p) => { const { Q, R } = A.linalg.qr(strong(p!)); return total(Q, R); }),
  row("qr of tall matrices", [[4, 2]], (p) => { const { Q, R } = A.linalg.qr(spread(p!)); return total(Q, R); }),
  row("qr of wide matrices", [[2, 2, 4]], (p) => { const { Q, R } = A.linalg.qr(spread(p!)); return total(Q, R); }),
  row("Q of wide matrices", [[2, 4]], (p) => A.linalg.qr(spread(p!)).Q), row("R of wide matrices", [[2, 4]], (p) => A.linalg.qr(spread(p!)).R),
  row("qr of transposed views", [[2, 4]], (p) => A.linalg.qr(spread(p!.detach()).t(), { mode: "complete" }).R, 0),
  row("qr complete", [[2, 3]], (p) => { const { Q, R } = A.linalg.qr(spread(p!), { mode: "complete" }); return total(Q, R); }),
  row("R alone", [[4, 2]], (p) => A.linalg.qr(p!.detach(), { mode: "r" }).R, 0), row("qr of nothing", [[0, 3]], (p) => A.linalg.qr(p!).Q),
  row("geqrf", [[4, 2]], (p) => { const { a, tau } = A.geqrf(p!.detach()); return total(a, tau); }, 0),
  row("householderProduct", [[4, 3], [2]], (p, tau) => A.linalg.householderProduct(p!, tau!)), row("householderProduct batched", [[2, 3, 3], [2, 3]], (p, tau) => A.linalg.householderProduct(p!, tau!)),
  row("ormqr", [[3, 2], [2], [3, 2]], (p, tau, q) => A.ormqr(p!, tau!, q!)), row("ormqr transposed on the right", [[3, 3], [2], [2, 3]], (p, tau, q) => A.ormqr(p!, tau!, q!, { left: false, transpose: true })),
];

const eigen: readonly OpSample[] = [
  row("eigh", [[3, 3]], (p) => { const { eigenvalues, eigenvectors } = A.linalg.eigh(symmetric(p!)); return total(eigenvalues, eigenvectors); }),
  row("eigh upper batched", [[2, 4, 4]], (p) => A.linalg.eigh(symmetric(p!), { UPLO: "U" }).eigenvectors),
  row("eigenvalues of eigh", [[3, 3]], (p) => A.linalg.eigh(symmetric(p!)).eigenvalues), row("eigvalsh", [[2, 3, 3]], (p) => A.linalg.eigvalsh(symmetric(p!))),
  row("eigvalsh of nothing", [[0, 0]], (p) => A.linalg.eigvalsh(p!)),
  row("symeig", [[3, 3]], (p) => A.symeig(symmetric(p!), { eigenvectors: true }).eigenvectors.square()),
];

const singular: readonly OpSample[] = [
  ...([["square", [3, 3]], ["tall", [4, 2]], ["wide", [2, 2, 3]]] as const).flatMap(([name, shape]) => [
    row(`svd of ${name} matrices`, [shape], (p) => { const { U, S, Vh } = A.linalg.svd(spread(p!), { fullMatrices: false }); return total(U, S, Vh); }),
    row(`U of ${name} matrices`, [shape], (p) => A.linalg.svd(spread(p!), { fullMatrices: false }).U), row(`Vh of ${name} matrices`, [shape], (p) => A.linalg.svd(spread(p!), { fullMatrices: false }).Vh),
    row(`svdvals of ${name} matrices`, [shape], (p) => A.linalg.svdvals(spread(p!))),
  ]),
  row("svd in full", [[2, 4]], (p) => { const { U, S, Vh } = A.linalg.svd(spread(p!)); return total(U, S, Vh.narrow(-2, 0, 2)); }), row("svd in full, tall", [[4, 2]], (p) => A.linalg.svd(spread(p!)).U.narrow(-1, 0, 2)),
  row("svdvals of a transposed view", [[2, 4]], (p) => A.linalg.svdvals(spread(p!).t())), row("svdvals of nothing", [[2, 0]], (p) => A.linalg.svdvals(p!)), row("svd of nothing", [[0, 2]], (p) => A.linalg.svd(p!).Vh, 0),
  row("torch.svd", [[3, 2]], (p) => { const { U, S, V } = A.svd(spread(p!)); return total(U, S, V); }),
  row("torch.svd without vectors", [[3, 2]], (p) => { const { U, S, V } = A.svd(spread(p!), { computeUv: false }); return total(U, S, V); }),
];

const tall = [4, 2] as const, wide = [2, 3] as const;
const inverses: readonly OpSample[] = [
  row("pinv of tall matrices", [tall], (p) => A.linalg.pinv(spread(p!))), row("pinv of wide matrices", [[2, 2, 3]], (p) => A.linalg.pinv(spread(p!))),
  row("pinv of square matrices", [[3, 3]], (p) => A.linalg.pinv(strong(p!))),
  row("pinv of low rank", [[4, 1], [1, 3]], (p, q) => A.linalg.pinv(p!.add(2).matmul(q!.add(2)), { rtol: 1e-3 })), row("pinv of symmetric matrices", [[3, 3]], (p) => A.linalg.pinv(symmetric(p!), { hermitian: true })),
  row("pinv with a tolerance each", [[2, 3, 2]], (p) => A.linalg.pinv(spread(p!), { atol: A.full([2], 0.1, { device: p!.device }) })),
  row("pinv of nothing", [[0, 2]], (p) => A.linalg.pinv(p!)), row("pinverse", [tall], (p) => A.pinverse(spread(p!))),
  row("matrixRank", [[2, 3, 3]], (p) => A.linalg.matrixRank(p!.mul(p!.gt(0))).to(p!.dtype), 0), row("matrixRank with a tolerance", [[3, 3]], (p) => A.linalg.matrixRank(strong(p!), { tol: 3.5 }).to(p!.dtype), 0),
  ...(["gels", "gelsy", "gelsd", "gelss"] as const).map((driver) => row(`lstsq by ${driver}`, [tall, [4, 3]], (p, q) => A.linalg.lstsq(spread(p!), q!, { driver }).solution)),
  row("lstsq of wide matrices", [wide, [2, 2]], (p, q) => A.linalg.lstsq(spread(p!), q!, { driver: "gels" }).solution),
  row("lstsq of wide matrices by singular values", [wide, [2, 2]], (p, q) => A.linalg.lstsq(spread(p!), q!).solution),
  row("lstsq of a vector", [[2, 4, 2], [2, 4]], (p, q) => A.linalg.lstsq(spread(p!), q!).solution),
  row("what lstsq says beside", [[2, 4, 2], [2, 4, 3]], (p, q) => {
    const { residuals, singularValues, rank } = A.linalg.lstsq(spread(p!), q!, { driver: "gelsd" });
    return total(residuals, singularValues, rank.to(p!.dtype));
  }, 0),
];

const norms: readonly OpSample[] = [
  ...(["nuc", 2, -2] as const).flatMap((ord) => [
    row(`norm ${ord} of matrices`, [tall], (p) => A.linalg.matrixNorm(spread(p!), ord)),
    row(`norm ${ord} over two dims`, [[3, 2, 2]], (p) => A.linalg.norm(spread(p!.permute([1, 2, 0])).permute([2, 0, 1]), ord, [2, 0], { keepdim: true })),
  ]),
  row("norm of order nuc", [[3, 3]], (p) => A.norm(spread(p!), "nuc")),
];

/** Far from symmetric, so that some eigenvalues are complex. Their order is a matter of rounding: what is computed from them must not depend on it. */
function turning(p: A.Tensor): A.Tensor {
  const { device, dtype } = p, n = p.size(-1), twisted = A.linspace(-1, 2, n, { device }).outer(A.linspace(2, -1, n, { device }));
  return p.add(twisted.to(dtype)).add(A.diag(A.arange(n, undefined, 1, { device })).to(dtype));
}
const complex: readonly OpSample[] = [
  row("eig", [[3, 3]], (p) => {
    const { eigenvalues, eigenvectors } = A.linalg.eig(turning(p!));
    return A.stack([eigenvalues.real().pow(3).sum(), eigenvalues.imag().square().sum(), eigenvalues.abs().unsqueeze(0).mul(eigenvectors.abs().square()).square().sum()]);
  }),
  row("vectors of eig, batched", [[2, 4, 4]], (p) => A.linalg.eig(turning(p!)).eigenvectors.abs().pow(3).sum(-1)),
  row("what eigenvectors are scaled by", [[4, 4]], (p) => { const { eigenvalues, eigenvectors } = A.linalg.eig(turning(p!)); return eigenvectors.mul(eigenvalues.reshape([1, 4])).matmul(eigenvectors.mH).real(); }),
  row("eigvals", [[2, 4, 4]], (p) => { const L = A.linalg.eigvals(turning(p!)); return A.cat([L.real().pow(3).sum(-1), L.imag().square().sum(-1)]); }),
  row("eigvals of a transposed view", [[3, 3]], (p) => A.linalg.eigvals(turning(p!).t()).abs().sum()), row("eigvals of nothing", [[0, 0]], (p) => A.linalg.eigvals(p!).real()),
];
const conditions: readonly OpSample[] = [
  ...([undefined, -2, 1, Infinity, "fro", "nuc"] as const).map((ord) => row(`cond ${ord ?? ""}`, [[2, 3, 3]], (p) => A.linalg.cond(spread(p!), ord))),
  row("cond of tall matrices", [tall], (p) => A.linalg.cond(spread(p!))),
];

const nearly: readonly OpSample[] = [
  row("svdLowrank", [[5, 3]], (p) => { const { U, S, V } = A.svdLowrank(spread(p!), { q: 2, niter: 1 }); return total(U.mul(S).matmul(V.mT), S); }, 1),
  row("svdLowrank of wide matrices", [[2, 2, 3]], (p) => A.svdLowrank(spread(p!), { q: 3 }).S, 1),
  row("svdLowrank of a difference", [[4, 3], [4, 3]], (p, q) => A.svdLowrank(spread(p!), { q: 3, M: q! }).S, 1), row("pcaLowrank", [[5, 3]], (p) => A.pcaLowrank(spread(p!)).S, 1),
];

export const decompositionSamples: readonly OpSample[] = [...orthogonal, ...eigen, ...singular, ...inverses, ...norms, ...nearly, ...complex, ...conditions];
