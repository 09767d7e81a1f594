/** @file Sample calls of what solves and factors matrices: well-conditioned ones, so that float32 tells. Names begin with "linalg", by which a device that cannot run them names them all. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

type Run = (...inputs: A.Tensor[]) => A.Tensor;
/** These functions take no 16-bit floats, as in PyTorch. */
export const inWide = (run: Run): Run => (...inputs) => run(...inputs.map((p) => (p.dtype.endsWith("16") ? p.to("float32") : p))).to(inputs[0]!.dtype);
const eyeOf = (p: A.Tensor): A.Tensor => A.eye(p.shape[p.ndim - 1]!, undefined, { dtype: p.dtype, device: p.device });
/** A matrix that is far from singular. */
export const strong = (p: A.Tensor): A.Tensor => p.add(eyeOf(p).mul(4));
const row = (name: string, shapes: readonly (readonly number[])[], run: Run): OpSample => sample(`linalg ${name}`, shapes.map((shape) => x(shape)), inWide(run));

const triangular: readonly OpSample[] = [
  ...([true, false] as const).flatMap((upper) => ([true, false] as const).map((left) =>
    row(`solveTriangular ${upper ? "upper" : "lower"} ${left ? "left" : "right"}`, left ? [[3, 3], [3, 2]] : [[3, 3], [2, 3]], (p, q) => A.linalg.solveTriangular(strong(p!), q!, { upper, left })))),
  row("solveTriangular with ones", [[5, 5], [5, 1]], (p, q) => A.linalg.solveTriangular(p!, q!, { upper: false, unitriangular: true })),
  row("solveTriangular batched", [[2, 1, 3, 3], [4, 3, 2]], (p, q) => A.linalg.solveTriangular(strong(p!), q!, { upper: true })),
  row("solveTriangular by one matrix", [[3, 3], [2, 2, 3]], (p, q) => A.linalg.solveTriangular(strong(p!), q!, { upper: true, left: false })),
  row("solveTriangular of transposed views", [[6, 6], [2, 6]], (p, q) => A.linalg.solveTriangular(strong(p!).t(), q!.t(), { upper: false })),
  row("solveTriangular of nothing", [[0, 0], [0, 2]], (p, q) => A.linalg.solveTriangular(p!, q!, { upper: true })),
  row("triangularSolve", [[3, 2], [3, 3]], (q, p) => { const { solution, clonedCoefficient } = A.triangularSolve(q!, strong(p!), { transpose: true }); return solution.sum().mul(clonedCoefficient); }),
];

/** A symmetric positive-definite matrix. */
export const definite = (p: A.Tensor): A.Tensor => p.matmul(p.transpose(-2, -1)).add(eyeOf(p).mul(2));
const factors = (p: A.Tensor, upper: boolean): A.Tensor => (upper ? strong(p).triu() : strong(p).tril());

const definites: readonly OpSample[] = ([false, true] as const).flatMap((upper) => [
  row(`cholesky ${upper ? "upper" : "lower"}`, [[3, 3]], (p) => A.linalg.cholesky(definite(p!), { upper })), row(`cholesky batched ${upper ? "upper" : "lower"}`, [[2, 2, 2]], (p) => A.cholesky(definite(p!), { upper })),
  row(`choleskyEx ${upper ? "upper" : "lower"}`, [[5, 5]], (p) => { const { L, info } = A.linalg.choleskyEx(definite(p!), { upper }); return L.add(info); }),
  row(`choleskySolve ${upper ? "upper" : "lower"}`, [[3, 2], [3, 3]], (q, p) => A.choleskySolve(q!, factors(p!, upper), { upper })),
  row(`choleskyInverse ${upper ? "upper" : "lower"}`, [[2, 3, 3]], (p) => A.choleskyInverse(factors(p!, upper), { upper })),
]).concat([
  row("cholesky of nothing", [[2, 0, 0]], (p) => A.linalg.cholesky(p!)), row("choleskySolve batched", [[3, 1], [2, 3, 3]], (q, p) => A.choleskySolve(q!, factors(p!, false))),
]);

const sum = (...parts: readonly A.Tensor[]): A.Tensor => parts.map((p, i) => p.mul(i + 1).sum([-2, -1])).reduce((a, b) => a.add(b));
const exchanging = (p: A.Tensor): A.Tensor => p.add(A.eye(p.shape[p.ndim - 1]!, undefined, { dtype: p.dtype, device: p.device }).roll(1, 0).mul(4));
const eliminations: readonly OpSample[] = [
  ...([[3, 3], [2, 4], [4, 2], [2, 3, 3], [0, 2], [2, 0]] as const).map((shape) => row(`luFactor ${JSON.stringify(shape)}`, [shape], (p) => A.linalg.luFactorEx(p!).LU)),
  ...([[3, 3], [2, 4], [4, 2], [2, 3, 3]] as const).map((shape) => row(`lu ${JSON.stringify(shape)}`, [shape], (p) => { const { P, L, U } = A.linalg.lu(p!); return sum(P.matmul(L), U.square(), L); })),
  row("lu without exchanges", [[3, 3]], (p) => { const { L, U } = A.linalg.lu(strong(p!), { pivot: false }); return L.mul(U.t()); }),
  row("luUnpack", [[3, 3]], (p) => { const { LU, pivots } = A.lu(exchanging(p!)), { P, L, U } = A.luUnpack(LU, pivots); return P.matmul(L).add(U); }),
  ...([true, false] as const).flatMap((left) => ([true, false] as const).map((adjoint) =>
    row(`luSolve ${left ? "left" : "right"}${adjoint ? " of the transpose" : ""}`, [[3, 3], left ? [3, 2] : [2, 3]], (p, q) => {
      const { LU, pivots } = A.linalg.luFactor(exchanging(p!));
      return A.linalg.luSolve(LU, pivots, q!, { left, adjoint });
    }))),
  row("luSolve batched", [[4, 3, 2], [3, 3]], (q, p) => { const { LU, pivots } = A.linalg.luFactor(exchanging(p!)); return A.luSolve(q!, LU, pivots); }),
  row("solve", [[3, 3], [3, 2]], (p, q) => A.linalg.solve(exchanging(p!), q!)), row("solve for a vector", [[3, 3], [3]], (p, q) => A.linalg.solve(exchanging(p!), q!)),
  row("solve for vectors", [[2, 3, 3], [2, 3]], (p, q) => A.linalg.solve(exchanging(p!), q!)),
  row("solve from the right", [[3, 3], [2, 3]], (p, q) => A.linalg.solve(exchanging(p!), q!, { left: false })),
  row("solve batched", [[2, 1, 3, 3], [4, 3, 2]], (p, q) => A.linalg.solve(exchanging(p!), q!)),
  row("solve by one matrix", [[3, 3], [2, 1, 3, 2]], (p, q) => A.linalg.solve(exchanging(p!), q!)),
  row("solve of nothing", [[0, 0], [0, 2]], (p, q) => A.linalg.solveEx(p!, q!).result),
  row("inv", [[3, 3]], (p) => A.linalg.inv(exchanging(p!))), row("inverse batched", [[2, 3, 3]], (p) => A.inverse(exchanging(p!))),
  row("inv of a transposed view", [[6, 6]], (p) => exchanging(p!).t().inverse()), row("invEx", [[2, 2]], (p) => A.linalg.invEx(exchanging(p!)).inverse),
  row("tensorinv", [[4, 2, 2]], (p) => A.linalg.tensorinv(strong(p!.reshape([4, 4])).reshape([4, 2, 2]), { ind: 1 })),
  row("tensorsolve", [[2, 2, 4], [2, 4]], (p, q) => A.linalg.tensorsolve(strong(p!.reshape([4, 4])).reshape([2, 2, 4]).permute([1, 0, 2]).reshape([2, 2, 4]), q!.narrow(1, 0, 2), [-1])),
];

const determinants: readonly OpSample[] = [
  ...([[1, 1], [2, 2], [4, 4], [2, 3, 3], [0, 0], [2, 0, 0]] as const).map((shape) => row(`det ${JSON.stringify(shape)}`, [shape], (p) => A.linalg.det(p!))),
  row("det of rank one", [[3, 1], [1, 3]], (p, q) => A.det(p!.matmul(q!))), row("det of rank two", [[4, 2], [2, 4]], (p, q) => A.det(p!.matmul(q!))),
  row("det of rank three", [[4, 3], [3, 4]], (p, q) => A.det(p!.matmul(q!))), row("det of zeros", [[3, 3]], (p) => A.det(p!.mul(0).add(p!.sub(p!.detach())))),
  row("slogdet", [[2, 3, 3]], (p) => { const { sign, logabsdet } = A.slogdet(exchanging(p!)); return logabsdet.add(sign); }),
  row("logdet", [[3, 3]], (p) => A.logdet(definite(p!))), row("logdet of nothing", [[0, 0]], (p) => A.logdet(p!)),
];

const others: readonly OpSample[] = [
  ...([[1, 1], [3, 3], [2, 2, 2], [0, 0]] as const).map((shape) => row(`matrixExp ${JSON.stringify(shape)}`, [shape], (p) => A.matrixExp(p!))),
  row("matrixExp of large numbers", [[3, 3]], (p) => A.matrixExp(p!.mul(3).sub(eyeOf(p!).mul(12)))),
  row("matrixPower negative", [[2, 3, 3]], (p) => A.matrixPower(exchanging(p!), -3)),
];

export const linearSystemSamples: readonly OpSample[] = [...triangular, ...definites, ...eliminations, ...determinants, ...others];
