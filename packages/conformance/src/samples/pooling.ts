/** @file Sample calls of pooling: one small row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

export const poolingSamples: readonly OpSample[] = [
  sample("maxPool1d", [x([2, 2, 7], "distinct")], (p) => A.maxPool1d(p, 3, { stride: 2, padding: 1 })),
  sample("maxPool1d side by side", [x([2, 6], "distinct")], (p) => A.maxPool1d(p, 2)),
  sample("maxPool1d where it lies", [x([2, 6], "distinct")], (p) => A.maxPool1d(p, 3, { stride: 1, returnIndices: true }).indices, 0),
  sample("maxPool2d", [x([1, 2, 5, 6], "distinct")], (p) => A.maxPool2d(p, [2, 3], { stride: [1, 2] })),
  sample("maxPool2d dilated, rounded up", [x([2, 5, 6], "distinct")], (p) => A.maxPool2d(p, 2, { dilation: 2, padding: 1, ceilMode: true })),
  sample("maxPool2d of a transposed view", [x([1, 2, 4, 5], "distinct")], (p) => A.maxPool2d(p.mT, 2)),
  sample("maxPool2d of nothing", [x([0, 2, 4, 5])], (p) => A.maxPool2d(p, 2)),
  sample("maxPool3d", [x([1, 1, 3, 4, 4], "distinct")], (p) => A.maxPool3d(p, 2, { stride: 1 })), sample("maxUnpool2d", [x([1, 2, 2]), int([1, 2, 2], [5, 2, 12, 15])], (p, i) => A.maxUnpool2d(p, i, 2)),
  sample("avgPool1d", [x([2, 2, 7])], (p) => A.avgPool1d(p, 3, { stride: 2, padding: 1 })),
  sample("avgPool2d", [x([1, 2, 5, 6])], (p) => A.avgPool2d(p, [2, 3], { padding: [1, 0], ceilMode: true, countIncludePad: false })),
  sample("avgPool2d over another number", [x([2, 4, 4])], (p) => A.avgPool2d(p, 2, { divisorOverride: 3 })), sample("avgPool3d", [x([1, 1, 3, 4, 4])], (p) => A.avgPool3d(p, 2)),
  sample("lpPool1d", [x([1, 6], "positive")], (p) => A.lpPool1d(p, 2, 3)), sample("lpPool2d", [x([1, 4, 4], "positive")], (p) => A.lpPool2d(p, 3, 2, { stride: 1 })),
  sample("adaptiveAvgPool1d", [x([2, 7])], (p) => A.adaptiveAvgPool1d(p, 3)), sample("adaptiveAvgPool2d", [x([1, 2, 4, 5])], (p) => A.adaptiveAvgPool2d(p, [2, 3])),
  sample("adaptiveAvgPool2d to one", [x([1, 2, 3, 4])], (p) => A.adaptiveAvgPool2d(p, 1)),
  sample("adaptiveAvgPool3d", [x([1, 3, 2, 4])], (p) => A.adaptiveAvgPool3d(p, [2, null, 5])),
  sample("adaptiveMaxPool1d", [x([2, 7], "distinct")], (p) => A.adaptiveMaxPool1d(p, 3)), sample("adaptiveMaxPool2d", [x([1, 2, 4, 5], "distinct")], (p) => A.adaptiveMaxPool2d(p, [3, 2])),
];
