/** @file Sample calls of ops that resize, fold, or read an image at a grid: one small row each. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

const modes = (["zeros", "border", "reflection"] as const).flatMap((paddingMode) => (["bilinear", "bicubic"] as const).map((mode) => ({ mode, paddingMode, alignCorners: paddingMode === "border" })));

export const resizingSamples: readonly OpSample[] = [
  sample("unfold of an image", [x([1, 2, 4, 5])], (p) => A.unfold(p, [2, 3], { padding: 1, stride: 2 })), sample("unfold of an image, dilated", [x([2, 4, 5])], (p) => A.unfold(p, 2, { dilation: 2 })),
  sample("fold", [x([1, 8, 6])], (p) => A.fold(p, [3, 4], 2)), sample("fold with padding", [x([4, 4])], (p) => A.fold(p, [2, 2], 2, { padding: 1, stride: 2 })),
  sample("interpolate", [x([1, 2, 3])], (p) => A.interpolate(p, { scaleFactor: 1.7 })), sample("interpolate nearest-exact", [x([1, 1, 3, 4])], (p) => A.interpolate(p, { size: [4, 3], mode: "nearest-exact" })),
  sample("interpolate linear", [x([1, 1, 4])], (p) => A.interpolate(p, { scaleFactor: 1.3, mode: "linear" })),
  sample("interpolate bilinear, corners aligned", [x([1, 1, 3, 4])], (p) => A.interpolate(p, { size: [5, 2], mode: "bilinear", alignCorners: true })),
  sample("interpolate bicubic", [x([1, 1, 3, 4])], (p) => A.interpolate(p, { size: [4, 5], mode: "bicubic" })),
  sample("interpolate trilinear", [x([1, 1, 2, 3, 2])], (p) => A.interpolate(p, { scaleFactor: [2, 1.5, 0.5], mode: "trilinear" })),
  sample("interpolate area", [x([1, 1, 4, 5])], (p) => A.interpolate(p, { size: [2, 3], mode: "area" })),
  sample("interpolate bilinear, smoothed", [x([1, 1, 6, 7])], (p) => A.interpolate(p, { size: [2, 3], mode: "bilinear", antialias: true })),
  sample("affineGrid", [x([1, 2, 3])], (p) => A.affineGrid(p, [1, 1, 2, 3], { alignCorners: false })),
  sample("gridSample of a volume", [x([1, 1, 2, 3, 2]), x([1, 1, 2, 2, 3], "unit")], (p, g) => A.gridSample(p, g, { alignCorners: true })),
  ...modes.map((options) => sample(`gridSample ${options.mode}, ${options.paddingMode}`, [x([1, 2, 3, 4]), x([1, 2, 2, 2], "away")], (p, g) => A.gridSample(p, g, options))),
  sample("gridSample nearest", [x([1, 1, 3, 4]), x([1, 2, 2, 2], "away")], (p, g) => A.gridSample(p, g, { mode: "nearest", alignCorners: false })),
];
