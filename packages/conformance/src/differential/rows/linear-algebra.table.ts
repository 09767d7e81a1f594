/** @file Linear algebra on matrices that are well conditioned by construction: one row each. What is unique only up to signs is put together to what is unique. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type Drawer, row, type Row } from "../row.ts";

const { linalg } = A;
const identity = (x: Tensor, m: number, n: number = m): Tensor => A.eye(m, n, { dtype: x.dtype, device: x.device });
const sizesOf = (x: Tensor): readonly [m: number, n: number] => [x.shape.at(-2)!, x.shape.at(-1)!];
/** A diagonal above all that is beside it: nothing is exchanged, and the condition is a small number. */
const strong = (x: Tensor): Tensor => x.add(identity(x, x.shape.at(-1)!).mul(x.shape.at(-1)! + 1));
/** x x' + I. */
const definite = (x: Tensor): Tensor => x.matmul(x.mT).add(identity(x, x.shape.at(-1)!));
/** Singular values far apart, and a full rank. */
const spread = (x: Tensor): Tensor => {
  const [m, n] = sizesOf(x), steps = A.arange(1, n + 1, 1, { dtype: "int32", device: x.device }).to(x.dtype);
  return x.mul(0.25).add(identity(x, m, n).mul(steps.mul(2)));
};
/** Eigenvalues far apart. */
const symmetric = (x: Tensor): Tensor => spread(x.add(x.mT).mul(0.5));

type Sizes = (d: Drawer) => readonly number[];
const batched = (d: Drawer, ...sizes: readonly number[]): number[] => (d.random.chance(0.3) ? [d.random.integer(d.random.chance(0.2) ? 0 : 1, 2), ...sizes] : [...sizes]);
const square: Sizes = (d) => { const n = d.random.integer(d.random.chance(0.1) ? 0 : 1, 4); return batched(d, n, n); };
const tall: Sizes = (d) => { const n = d.random.integer(1, 3); return batched(d, n + d.random.integer(0, 2), n); };
const wide: Sizes = (d) => { const m = d.random.integer(1, 3); return batched(d, m, m + d.random.integer(0, 2)); };

const one = (op: string, sizes: Sizes, run: (x: Tensor) => Tensor | readonly Tensor[], made: (x: Tensor) => Tensor): Row => row({
  op, onHost: true, draw: (d) => ({ inputs: [d.variable({ dtype: "float32", domain: "unit" }, sizes(d))], attrs: {} }), run: ([x]) => run(made(x!)),
});
/** With what stands on the other side of the equation: as many rows as the matrix has, one batch dim less now and then. */
const system = (op: string, sizes: Sizes, run: (x: Tensor, b: Tensor) => Tensor | readonly Tensor[], made: (x: Tensor) => Tensor): Row => row({
  op, onHost: true,
  draw(d) {
    const shape = sizes(d), lead = d.random.chance(0.3) ? [] : shape.slice(0, -2);
    return { inputs: [d.variable({ dtype: "float32", domain: "unit" }, shape), d.variable({ dtype: "float32", domain: "exponent" }, [...lead, shape.at(-2)!, d.random.integer(1, 3)])], attrs: {} };
  },
  run: ([x, b]) => run(made(x!), b!),
});

export const linearRows: readonly Row[] = [
  one("det", square, A.det, (x) => x), one("slogdet", square, (x) => { const { sign, logabsdet } = linalg.slogdet(x); return [sign, logabsdet]; }, strong), one("logdet", square, A.logdet, definite),
  one("inv", square, linalg.inv, strong), one("matrixPowerBelow0", square, (x) => linalg.matrixPower(x, -2), strong), one("matrixExp", square, linalg.matrixExp, (x) => x),
  one("cholesky", square, (x) => linalg.cholesky(x), definite), one("choleskyUpper", square, (x) => linalg.cholesky(x, { upper: true }), definite), one("choleskyInverse", square, (x) => A.choleskyInverse(linalg.cholesky(x)), definite),
  one("luFactor", square, (x) => { const { LU, pivots } = linalg.luFactor(x); return [LU, pivots]; }, strong), one("lu", tall, (x) => { const { P, L, U } = linalg.lu(x); return [P.detach(), L, U]; }, spread),
  { ...one("ldlFactor", square, (x) => { const { LD, pivots } = linalg.ldlFactor(x.detach()); return [LD, pivots]; }, definite), cuts: true },
  one("qr", tall, (x) => { const { Q, R } = linalg.qr(x); return [Q, R]; }, spread), one("qrWide", wide, (x) => { const { Q, R } = linalg.qr(x); return [Q, R]; }, spread),
  one("householderProduct", tall, (x) => linalg.householderProduct(x, x.select(-2, 0)), spread),
  one("eigvalsh", square, (x) => linalg.eigvalsh(x), symmetric),
  one("eigh", square, (x) => { const { eigenvalues, eigenvectors } = linalg.eigh(x); return [eigenvalues, eigenvectors.square()]; }, symmetric),
  one("eigvals", square, (x) => A.viewAsReal(linalg.eigvals(x)), spread),
  one("svdvals", wide, (x) => linalg.svdvals(x), spread), one("svdTall", tall, (x) => { const { U, S, Vh } = linalg.svd(x, { fullMatrices: false }); return [U.square(), S, U.matmul(Vh)]; }, spread),
  one("svdWide", wide, (x) => { const { U, S, Vh } = linalg.svd(x, { fullMatrices: false }); return [S, Vh.square(), U.matmul(Vh)]; }, spread),
  one("pinvTall", tall, (x) => linalg.pinv(x), spread), one("pinvWide", wide, (x) => linalg.pinv(x), spread), one("pinvHermitian", square, (x) => linalg.pinv(x, { hermitian: true }), symmetric),
  one("matrixRank", tall, (x) => linalg.matrixRank(x), spread), one("cond", square, (x) => linalg.cond(x), spread), one("cond1", square, (x) => linalg.cond(x, 1), strong),
  one("nuclear", tall, (x) => linalg.matrixNorm(x, "nuc"), spread), one("spectral", wide, (x) => linalg.matrixNorm(x, 2), spread), one("smallestSingular", wide, (x) => linalg.matrixNorm(x, -2), spread),
  system("solve", square, (x, b) => linalg.solve(x, b), strong), system("solveFromTheRight", square, (x, b) => linalg.solve(x, b.mT, { left: false }), strong), system("choleskySolve", square, (x, b) => A.choleskySolve(b, linalg.cholesky(x)), definite),
  system("luSolve", square, (x, b) => { const { LU, pivots } = linalg.luFactor(x); return linalg.luSolve(LU, pivots, b); }, strong), { ...system("ldlSolve", square, (x, b) => { const { LD, pivots } = linalg.ldlFactor(x.detach()); return linalg.ldlSolve(LD, pivots, b); }, definite), cuts: true },
  system("solveTriangular", square, (x, b) => linalg.solveTriangular(x, b, { upper: true }), strong), system("solveTriangularLower", square, (x, b) => linalg.solveTriangular(x, b, { upper: false, unitriangular: true }), (x) => x.mul(0.5)),
  system("triangularSolve", square, (x, b) => A.triangularSolve(b, x, { transpose: true }).solution, strong), system("lstsq", tall, (x, b) => linalg.lstsq(x, b).solution, spread),
  system("lstsqBySingularValues", wide, (x, b) => linalg.lstsq(x, b, { driver: "gelsd" }).solution, spread),
  system("ormqr", tall, (x, b) => A.ormqr(x, x.select(-2, 0), b), spread),
];
