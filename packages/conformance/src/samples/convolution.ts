/** @file Sample calls of convolutions and their transposes: one small row each. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

export const convolutionSamples: readonly OpSample[] = [
  sample("conv1d", [x([2, 2, 7]), x([3, 2, 3]), x([3])], (p, w, bias) => A.conv1d(p, w, { bias, stride: 2, padding: 1 })), sample("conv1d of one example", [x([2, 5]), x([1, 2, 2])], (p, w) => A.conv1d(p, w)),
  sample("conv2d", [x([2, 2, 5, 4]), x([3, 2, 2, 3]), x([3])], (p, w, bias) => A.conv2d(p, w, { bias, padding: [1, 2] })),
  sample("conv2d with stride and dilation", [x([1, 2, 6, 7]), x([2, 2, 2, 3])], (p, w) => A.conv2d(p, w, { stride: [2, 1], dilation: [3, 2], padding: 2 })),
  sample("conv2d in groups", [x([2, 4, 4, 4]), x([6, 2, 3, 3])], (p, w) => A.conv2d(p, w, { groups: 2, stride: 2, padding: 1 })),
  sample("conv2d depthwise, same", [x([1, 3, 4, 5]), x([3, 1, 2, 3])], (p, w) => A.conv2d(p, w, { groups: 3, padding: "same" })),
  sample("conv2d of a transposed view", [x([1, 5, 4, 2]), x([2, 2, 2, 2])], (p, w) => A.conv2d(p.permute([0, 3, 2, 1]), w.transpose(0, 1), { padding: 1 })),
  sample("conv2d of nothing", [x([0, 2, 4, 4]), x([3, 2, 2, 2])], (p, w) => A.conv2d(p, w)),
  sample("conv2d without channels", [x([1, 0, 3, 3]), x([2, 0, 2, 2])], (p, w) => A.conv2d(p, w)),
  sample("conv3d", [x([1, 2, 3, 4, 3]), x([2, 2, 2, 2, 2])], (p, w) => A.conv3d(p, w, { stride: [1, 2, 1], padding: [1, 0, 1] })),
  sample("convTranspose1d", [x([2, 2, 4]), x([2, 2, 3]), x([4])], (p, w, bias) => A.convTranspose1d(p, w, { bias, groups: 2, stride: 3, padding: 2, outputPadding: 1 })),
  sample("convTranspose2d", [x([1, 2, 3, 3]), x([2, 1, 2, 3])], (p, w) => A.convTranspose2d(p, w, { stride: 2, dilation: [1, 2] })),
  sample("convTranspose3d", [x([1, 2, 2, 2, 2]), x([2, 1, 2, 1, 2])], (p, w) => A.convTranspose3d(p, w, { stride: 2, outputPadding: 1 })),
];
