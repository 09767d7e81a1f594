/** @file Sample calls of the namespace `masked`: one small row each. The second row of the mask is empty. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

const mask = int([3, 4], [1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0]), full = int([4], [1, 1, 0, 1]);
const of = (q: A.Tensor): { readonly mask: A.Tensor } => ({ mask: q.to("bool") });

export const maskedSamples: readonly OpSample[] = [
  sample("masked.sum", [x([3, 4]), mask], (p, q) => A.masked.sum(p, 1, of(q))), sample("masked.prod", [x([3, 4], "away"), mask], (p, q) => A.masked.prod(p, [0, 1], of(q))),
  sample("masked.mean", [x([3, 4]), full], (p, q) => A.masked.mean(p, -1, of(q))),
  sample("masked.amax", [x([3, 4], "distinct"), full], (p, q) => A.masked.amax(p, 1, of(q))),
  sample("masked.argmin", [x([3, 4]), full], (p, q) => A.masked.argmin(p, 1, of(q)), 0),
  sample("masked.median", [x([3, 4], "distinct"), full], (p, q) => A.masked.median(p, 1, of(q))),
  sample("masked.std", [x([3, 4]), full], (p, q) => A.masked.std(p, 1, { ...of(q), unbiased: true })),
  sample("masked.logsumexp", [x([3, 4]), full], (p, q) => A.masked.logsumexp(p, 1, of(q))), sample("masked.norm", [x([3, 4], "away"), full], (p, q) => A.masked.norm(p, 0, of(q))),
  sample("masked.cumsum", [x([3, 4]), mask], (p, q) => A.masked.cumsum(p, 0, of(q))), sample("masked.cumprod", [x([3, 4]), mask], (p, q) => A.masked.cumprod(p, 1, of(q))),
  sample("masked.softmax", [x([3, 4]), full], (p, q) => A.masked.softmax(p, 1, of(q))), sample("masked.softmin", [x([3, 4]), full], (p, q) => A.masked.softmin(p, 1, of(q))),
  sample("masked.normalize", [x([3, 4], "away"), full], (p, q) => A.masked.normalize(p, 2, 1, of(q))),
];
