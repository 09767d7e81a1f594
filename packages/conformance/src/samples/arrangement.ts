/** @file Sample calls of ops that rearrange, repeat, split and join: one small row each. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

export const arrangementSamples: readonly OpSample[] = [
  sample("movedim", [x([2, 3, 4])], (p) => p.movedim([0, 2], [1, 0])), sample("T", [x([2, 3, 4])], (p) => p.T), sample("mT", [x([2, 3, 4])], (p) => p.mT),
  sample("unflatten", [x([2, 6])], (p) => p.unflatten(1, [2, -1])), sample("ravel", [x([2, 3])], (p) => p.t().ravel()),
  sample("broadcastTensors", [x([2, 1]), x([3])], (p, q) => A.broadcastTensors(p, q).reduce((a, b) => a.mul(b))), sample("atleast3d", [x([3])], (p) => A.atleast3d(p)),
  sample("clone in channels_last", [x([2, 3, 2, 2])], (p) => p.clone({ memoryFormat: "channels_last" })),
  sample("clone that keeps the order", [x([2, 3, 4])], (p) => p.permute([2, 0, 1]).clone({ memoryFormat: "preserve_format" })),
  sample("narrowCopy", [x([2, 5])], (p) => p.narrowCopy(1, 1, 3)),
  sample("flip", [x([2, 3])], (p) => p.flip([0, 1])), sample("flip of a transposed view", [x([2, 3])], (p) => p.t().flip(0)),
  sample("roll", [x([3, 4])], (p) => p.roll([1, -2], [0, 1])), sample("roll of everything", [x([3, 4])], (p) => p.roll(5)), sample("rot90", [x([2, 3])], (p) => p.rot90()),
  sample("rot90 backwards", [x([2, 3])], (p) => p.rot90([0, 1], { k: -1 })),
  sample("repeat", [x([2, 1])], (p) => p.repeat([2, 1, 3])), sample("tile", [x([2, 2])], (p) => p.tile([2])),
  sample("repeatInterleave", [x([2, 2])], (p) => p.repeatInterleave(2, 1)), sample("repeatInterleave by counts", [x([3, 2])], (p) => p.repeatInterleave([2, 0, 1], 0)),
  sample("unfold", [x([2, 7])], (p) => p.unfold(1, 3, 2)), sample("unfold of a 0-d tensor", [x([])], (p) => p.unfold(0, 1, 1)),
  sample("diagonal", [x([2, 3, 4])], (p) => p.diagonal({ offset: 1, dim1: 1, dim2: 2 })), sample("diagonal outside", [x([2, 3])], (p) => p.diagonal({ offset: 5 })),
  sample("diagEmbed", [x([2, 3])], (p) => p.diagEmbed({ offset: -1 })),
  sample("diag of a vector", [x([3])], (p) => p.diag()), sample("diag of a matrix", [x([3, 2])], (p) => p.diag({ diagonal: -1 })),
  sample("tril", [x([2, 3, 4])], (p) => p.tril({ diagonal: 1 })), sample("triu", [x([3, 2])], (p) => p.t().triu()),
  sample("selectScatter", [x([2, 3]), x([2])], (p, q) => p.selectScatter(q, 1, -1)),
  sample("sliceScatter", [x([2, 5]), x([2, 2])], (p, q) => p.sliceScatter(q, 1, { start: 1, end: 5, step: 2 })),
  sample("diagonalScatter", [x([3, 3]), x([3])], (p, q) => p.diagonalScatter(q)),
  sample("unbind", [x([3, 2])], (p) => p.unbind().reduce((a, b) => a.mul(b))), sample("tensorSplit", [x([5, 2])], (p) => p.tensorSplit(2)[0]!),
  sample("hstack", [x([2, 1]), x([2, 2])], (p, q) => A.hstack([p, q])), sample("columnStack", [x([2]), x([2, 2])], (p, q) => A.columnStack([p, q])),
  sample("dstack", [x([2]), x([2])], (p, q) => A.dstack([p, q])),
  sample("meshgrid", [x([2]), x([3])], (p, q) => A.meshgrid([p, q], { indexing: "xy" }).reduce((a, b) => a.mul(b))), sample("cartesianProd", [x([2]), x([3])], (p, q) => A.cartesianProd(p, q)),
];
