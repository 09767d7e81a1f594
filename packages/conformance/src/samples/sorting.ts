/** @file Sample calls of what sorts, searches and counts: one small row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

const few = int([2, 6], [3, 1, 3, 0, 1, 3, 2, 2, 0, 1, 0, 2]);

/** PyTorch's quantiles and histograms take no 16-bit floats. */
const wide = (run: (p: A.Tensor) => A.Tensor) => (p: A.Tensor): A.Tensor => (p.dtype.endsWith("16") ? run(p.to("float32")).to(p.dtype) : run(p));

export const sortingSamples: readonly OpSample[] = [
  ...([0, -1] as const).flatMap((dim) => [
    sample(`sort ${dim}`, [x([3, 4], "distinct")], (p) => p.sort(dim).values), sample(`topk ${dim}`, [x([3, 4], "distinct")], (p) => p.topk(2, dim).values),
    sample(`kthvalue ${dim}`, [x([3, 4], "distinct")], (p) => p.kthvalue(2, dim).values), sample(`median ${dim}`, [x([3, 4], "distinct")], (p) => p.median(dim, { keepdim: true }).values),
    sample(`mode ${dim}`, [x([3, 4], "distinct")], (p) => p.mode(dim).values), sample(`quantile ${dim}`, [x([3, 4], "distinct")], wide((p) => p.quantile(0.4, dim))),
  ]),
  sample("sort of a 0-d tensor", [x([])], (p) => p.sort().values), sample("sort of nothing", [x([0, 3])], (p) => p.sort().values),
  sample("sort of a transposed view", [x([3, 5], "distinct")], (p) => p.t().sort(1, { descending: true }).values),
  sample("the smallest few", [x([7], "distinct")], (p) => p.topk(3, 0, { largest: false }).values), sample("msort", [x([4, 2], "distinct")], (p) => p.msort()),
  sample("median of all", [x([2, 3], "distinct")], (p) => p.median()), sample("nanmedian of all", [x([5], "distinct")], (p) => p.nanmedian()), sample("nanmedian", [x([2, 4], "distinct")], (p) => p.nanmedian(0).values),
  sample("quantile of all", [x([2, 4], "distinct")], wide((p) => p.quantile(0.3, undefined, { keepdim: true }))),
  sample("quantile midpoint", [x([7], "distinct")], wide((p) => p.nanquantile(0.3, 0, { interpolation: "midpoint" }))),
  sample("argsort", [x([2, 5])], (p) => p.argsort(), 0), sample("argsort of equals", [few], (p) => A.argsort(p, 1, { descending: true }), 0), sample("mode of equals", [few], (p) => A.mode(p, 1).values, 0),
  sample("searchsorted", [x([6]), x([2, 3])], (p, q) => A.searchsorted(p.detach().sort().values, q), 0),
  sample("searchsorted in rows, right", [few, few], (p, q) => A.searchsorted(A.sort(p).values, q, { right: true }), 0),
  sample("bucketize", [x([2, 3])], (p) => A.bucketize(p.detach(), A.tensor([-1, 0, 1], { dtype: p.dtype, device: p.device })), 0), sample("isin", [few, int([2], [0, 3])], (p, q) => A.isin(p, q), 0),
  sample("segmentReduce", [x([5, 2], "away"), int([3], [2, 0, 3])], (p, q) => A.segmentReduce(p, "prod", { lengths: q })),
  sample("mean of segments", [x([2, 5]), int([2, 2], [2, 3, 1, 4])], (p, q) => A.segmentReduce(p, "mean", { lengths: q, axis: 1 })),
  sample("histc", [x([9])], wide((p) => A.histc(p.detach(), { bins: 4, min: -1, max: 1 })), 0),
];
