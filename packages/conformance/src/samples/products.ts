/** @file Sample calls of products, norms and further reductions: one small row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

const m = x([2, 3]), square = x([3, 3]), batch = x([2, 2, 3]);
const products: OpSample[] = [
  sample("mm", [m, square], (p, q) => A.mm(p, q)), sample("bmm", [batch, x([2, 3, 2])], (p, q) => A.bmm(p, q)), sample("mv", [m, x([3])], (p, q) => A.mv(p, q)),
  sample("dot", [x([3]), x([3])], (p, q) => A.dot(p, q)), sample("inner", [m, x([2, 3])], (p, q) => A.inner(p, q)), sample("outer", [x([2]), x([3])], (p, q) => A.outer(p, q)),
  sample("addmm", [x([3]), m, square], (c, p, q) => A.addmm(c, p, q, { beta: 0.5, alpha: 2 })), sample("addmv", [x([2]), m, x([3])], (c, p, q) => A.addmv(c, p, q)),
  sample("baddbmm", [x([2, 2]), batch, x([2, 3, 2])], (c, p, q) => A.baddbmm(c, p, q)), sample("addbmm", [x([2, 2]), batch, x([2, 3, 2])], (c, p, q) => A.addbmm(c, p, q)),
  sample("addr", [m, x([2]), x([3])], (c, p, q) => A.addr(c, p, q)),
  sample("tensordot", [x([2, 3, 2]), x([3, 2, 2])], (p, q) => A.tensordot(p, q, [[1, 2], [0, 1]])), sample("kron", [x([2, 1]), x([2, 2])], (p, q) => A.kron(p, q)),
  sample("chainMatmul", [m, square, x([3, 1])], (...all) => A.chainMatmul(...all)), sample("multiDot", [x([3]), square, x([3])], (...all) => A.linalg.multiDot(all)),
  sample("matrixPower", [square], (p) => A.linalg.matrixPower(p, 3)),
  ...([
    ["ij,jk->ik", [[2, 3], [3, 2]]], ["bij,bjk", [[2, 2, 3], [2, 3, 2]]], ["ii->i", [[3, 3]]], ["ii", [[3, 3]]], ["...i,ij->...j", [[2, 2, 3], [3, 2]]], ["i,j,k->kij", [[2], [2], [2]]],
    ["bi,bi->b", [[2, 3], [2, 3]]], ["ij,jk,kl->il", [[2, 2], [2, 3], [3, 2]]], ["aab,b->a", [[2, 2, 3], [3]]],
  ] satisfies [string, number[][]][]).map(([equation, shapes]) =>
    sample(`einsum ${equation}`, shapes.map((shape) => x(shape)), (...all: Tensor[]) => A.einsum(equation, ...all))),
  sample("cross", [x([2, 3]), x([2, 3])], (p, q) => A.cross(p, q)), sample("cov", [m], (p) => A.cov(p)), sample("corrcoef", [m], (p) => A.corrcoef(p)), sample("vander", [x([3])], (p) => A.vander(p)),
];

const away = x([2, 3], "away");
const norms: OpSample[] = [
  ...[0, 1, 2, 3, 0.5, 1.5, Infinity, -Infinity].map((p) => sample(`norm of order ${p}`, [away], (a) => A.linalg.vectorNorm(a, p, 1))),
  sample("matrix norm by columns", [away], (p) => A.linalg.matrixNorm(p, 1)), sample("Frobenius norm", [away], (p) => A.norm(p)),
  sample("dist", [away, x([3])], (p, q) => A.dist(p, q)), sample("cdist", [m, x([4, 3])], (p, q) => A.cdist(p, q)),
  sample("cdist of order 1", [m, x([4, 3], "away")], (p, q) => A.cdist(p, q, { p: 1 })), sample("pairwiseDistance", [m, x([2, 3])], (p, q) => A.pairwiseDistance(p, q)),
  sample("pdist", [x([3, 2])], (p) => A.pdist(p)), sample("cosineSimilarity", [m, x([2, 3])], (p, q) => A.cosineSimilarity(p, q)),
  sample("normalize", [m], (p) => A.normalize(p)), sample("renorm", [x([2, 3], "away")], (p) => A.renorm(p, 2, 0, 1)),
];

const reductions: OpSample[] = [
  sample("logsumexp", [m], (p) => A.logsumexp(p, 1)),
  sample("nansum", [m], (p) => A.nansum(p, 0)), sample("nanmean", [m], (p) => A.nanmean(p)), sample("countNonzero", [m], (p) => A.countNonzero(p, 1), 0),
  sample("aminmax", [x([2, 3], "distinct")], (p) => { const { min, max } = A.aminmax(p, { dim: 1 }); return max.sub(min); }),
  sample("varMean", [m], (p) => A.varMean(p, 1).reduce((a, b) => a.mul(b))), sample("stdMean", [m], (p) => A.stdMean(p).reduce((a, b) => a.mul(b))),
];

export const productSamples: readonly OpSample[] = [...products, ...norms, ...reductions];
