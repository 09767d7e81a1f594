/** @file Sample calls of running sums, products and extrema, and of products over dims: one small row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

/** 0, 1, 2 zeros in rows of three. */
const zeros = int([4, 3], [1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0]);

export const cumulativeSamples: readonly OpSample[] = [
  ...([0, 1, -1] as const).flatMap((dim) => [
    sample(`cumsum ${dim}`, [x([2, 3, 4])], (p) => p.cumsum(dim)), sample(`cumprod ${dim}`, [x([2, 3, 4])], (p) => p.cumprod(dim)),
    sample(`cummax ${dim}`, [x([2, 3, 4], "distinct")], (p) => p.cummax(dim).values), sample(`cummin ${dim}`, [x([2, 3, 4], "distinct")], (p) => p.cummin(dim).values),
    sample(`logcumsumexp ${dim}`, [x([2, 3, 4])], (p) => p.logcumsumexp(dim)), sample(`prod ${dim}`, [x([2, 3, 4])], (p) => p.prod(dim, { keepdim: dim === 1 })),
  ]),
  sample("cumsum of a 0-d tensor", [x([])], (p) => p.cumsum(0)), sample("cumprod of nothing", [x([0, 3])], (p) => p.cumprod(1)), sample("cumsum of a transposed view", [x([3, 5])], (p) => p.t().cumsum(1)),
  sample("cumprod at zeros", [x([4, 3], "away"), zeros], (p, q) => p.mul(q.to(p.dtype)).cumprod(1)), sample("prod at zeros", [x([4, 3], "away"), zeros], (p, q) => p.mul(q.to(p.dtype)).prod(1)),
  sample("prod of all", [x([2, 3], "away")], (p) => p.prod()), sample("prod of a 0-d tensor", [x([])], (p) => p.prod()), sample("prod of nothing", [x([0, 3])], (p) => p.prod(0)),
  sample("indices of cummax", [x([2, 5])], (p) => p.cummax(1).indices, 0), sample("logcumsumexp of one", [x([3, 1])], (p) => p.logcumsumexp(1)),
  sample("trapezoid", [x([2, 4])], (p) => A.trapezoid(p, undefined, { dx: 0.5 })), sample("trapezoid at points", [x([2, 4]), x([4])], (p, q) => A.trapezoid(p, q)),
  sample("cumulativeTrapezoid", [x([3, 2])], (p) => A.cumulativeTrapezoid(p, undefined, { dim: 0 })), sample("cumulativeTrapezoid at points", [x([2, 4]), x([2, 4])], (p, q) => A.cumulativeTrapezoid(p, q)),
  sample("gradient", [x([3, 4])], (p) => A.gradient(p, { spacing: 0.5, edgeOrder: 2 }).reduce((a, b) => a.mul(b))),
  sample("gradient at points", [x([4, 2]), x([4], "distinct")], (p, q) => A.gradient(p, { spacing: [q], dim: 0 })[0]!, 1),
  sample("diff", [x([2, 5])], (p) => p.diff(-1, { n: 2 })), sample("diff with ends", [x([2, 3]), x([1, 3]), x([2, 3])], (p, q, r) => p.diff(0, { prepend: q, append: r })),
];
