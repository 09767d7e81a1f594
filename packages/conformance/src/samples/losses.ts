/** @file Sample calls of losses. One row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

const signs = int([3], [1, -1, 1]);
export const lossSamples: readonly OpSample[] = [
  sample("l1Loss", [x([2, 3], "away"), x([2, 3], "positive")], (p, q) => A.l1Loss(p.sub(3), q)),
  sample("smoothL1Loss", [x([2, 3]), x([2, 3])], (p, q) => A.smoothL1Loss(p, q, { beta: 0.5, reduction: "sum" }), 1),
  sample("huberLoss", [x([2, 3]), x([2, 3])], (p, q) => A.huberLoss(p, q, { delta: 0.5 }), 1),
  sample("klDiv", [x([2, 3]), x([2, 3], "positive")], (p, q) => A.klDiv(p, q, { reduction: "batchmean" })),
  sample("klDiv of logarithms", [x([2, 3]), x([2, 3])], (p, q) => A.klDiv(p, q, { reduction: "sum", logTarget: true })),
  sample("poissonNllLoss", [x([4])], (p) => A.poissonNllLoss(p, A.fullLike(p, 2.5), { full: true })),
  sample("gaussianNllLoss", [x([2, 3]), x([2, 3]), x([2, 1], "positive")], (p, q, v) => A.gaussianNllLoss(p, q, v.add(0.5), { full: true })),
  sample("binaryCrossEntropy", [x([2, 3])], (p) => A.binaryCrossEntropy(p.sigmoid(), A.fullLike(p, 0.25))),
  sample("binaryCrossEntropyWithLogits", [x([2, 3]), x([2, 3]), x([3], "positive")], (p, q, w) => A.binaryCrossEntropyWithLogits(p, q, { posWeight: w, reduction: "none" })),
  sample("softMarginLoss", [x([3]), signs], (p, y) => A.softMarginLoss(p, y)),
  sample("multilabelSoftMarginLoss", [x([2, 3])], (p) => A.multilabelSoftMarginLoss(p, A.fullLike(p, 1))),
  sample("hingeEmbeddingLoss", [x([3]), signs], (p, y) => A.hingeEmbeddingLoss(p, y), 1),
  sample("marginRankingLoss", [x([3]), x([3]), signs], (p, q, y) => A.marginRankingLoss(p, q, y, { margin: 0.5 }), 1),
  sample("cosineEmbeddingLoss", [x([3, 2]), x([3, 2]), signs], (p, q, y) => A.cosineEmbeddingLoss(p, q, y, { margin: -0.9 })),
  sample("tripletMarginLoss", [x([2, 3]), x([2, 3]), x([2, 3])], (a, p, n) => A.tripletMarginLoss(a, p, n, { margin: 5, swap: true })),
  sample("ctcLoss", [x([4, 2, 3]), int([2, 2], [1, 2, 2, 2])], (p, targets) => A.ctcLoss(p.logSoftmax(2), targets, [4, 3], [2, 1]), 1),
  sample("multiMarginLoss", [x([2, 3], "distinct"), int([2], [2, 0]), x([3], "positive")], (p, y, w) => A.multiMarginLoss(p, y, { p: 2, weight: w }), 1),
  sample("multilabelMarginLoss", [x([2, 3], "distinct"), int([2, 3], [2, 0, -1, 1, -1, 0])], (p, y) => A.multilabelMarginLoss(p, y), 1),
  sample("nllLoss with weights, in places", [x([2, 3, 2]), int([2, 2], [1, -100, 0, 2]), x([3], "positive")], (p, y, w) => A.nllLoss(p, y, { weight: w })),
  sample("crossEntropy with weights and smoothing", [x([3, 4]), int([3], [1, 0, 3]), x([4], "positive")], (p, y, w) => A.crossEntropy(p, y, { weight: w, labelSmoothing: 0.2, reduction: "sum" })),
  sample("crossEntropy of probabilities", [x([2, 3, 2]), x([2, 3, 2])], (p, q) => A.crossEntropy(p, q.softmax(1), { labelSmoothing: 0.1 })),
];
