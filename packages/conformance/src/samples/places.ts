/** @file Sample calls of ops that put elements at places, and tensors together: one small row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

const at = int([3], [2, 0, 2]), table = int([2, 3], [1, 0, 1, 1, 1, 0]);
export const placeSamples: readonly OpSample[] = [
  sample("trace", [x([2, 3])], (p) => A.trace(p)), sample("sumToSize", [x([2, 3])], (p) => A.sumToSize(p, [1, 3])),
  sample("blockDiag", [x([2, 1]), x([2])], (p, q) => A.blockDiag(p, q)), sample("combinations", [x([4])], (p) => A.combinations(p)), sample("softmin", [x([2, 3])], (p) => A.softmin(p, 1)),
  sample("gumbelSoftmax", [x([2, 3])], (p) => { A.manualSeed(5); return A.gumbelSoftmax(p); }),
  sample("indexAdd", [x([3, 2]), at, x([3, 2])], (p, i, q) => A.indexAdd(p, 0, i, q, { alpha: 2 })),
  sample("indexCopy", [x([3, 2]), int([2], [2, 0]), x([2, 2])], (p, i, q) => A.indexCopy(p, 0, i, q)), sample("indexFill", [x([3, 2]), at], (p, i) => A.indexFill(p, 0, i, 2)),
  sample("take", [x([2, 3]), int([4], [0, -1, 2, 0])], (p, i) => A.take(p, i)),
  sample("put", [x([2, 3]), int([2], [0, -1]), x([2])], (p, i, q) => A.put(p, i, q)), sample("takeAlongDim", [x([2, 3]), int([1, 2], [2, 0])], (p, i) => A.takeAlongDim(p, i, 1)),
  sample("scatter of a number", [x([2, 3]), table], (p, i) => A.scatter(p, 0, i, 2)),
  ...(["sum", "mean", "prod", "amax", "amin"] as const).map((reduce) =>
    sample(`scatterReduce by ${reduce}`, [x([2, 3], "distinct"), table, x([2, 3], "distinct")], (p, i, q) => A.scatterReduce(p, 0, i, q.mul(1.01), reduce))),
  sample("scatterReduce without what is there", [x([2, 3], "distinct"), int([1, 2], [1, 1]), x([1, 2], "distinct")], (p, i, q) => A.scatterReduce(p, 1, i, q, "prod", { includeSelf: false })),
  sample("indexReduce", [x([3, 2], "distinct"), at, x([3, 2], "distinct")], (p, i, q) => A.indexReduce(p, 0, i, q.mul(1.01), "amax")),
  sample("maskedScatter", [x([2, 3]), x([6])], (p, q) => A.maskedScatter(p, p.gt(0), q)), sample("oneHot", [int([3], [0, 2, 1])], (i) => A.oneHot(i, { numClasses: 4 }), 0),
  sample("composites in place", [x([3, 2]), at, x([3, 2])], (p, i, q) => p.mul(1).indexAdd_(0, i, q).addmm_(q, q.t().mm(q)).tril_()),
];
