/** @file Ops on spatial dims: convolutions, pooling, resizing, windows as columns, grids. */
export { type Spatial } from "./arguments.ts";
export { conv1d, conv2d, conv3d, type ConvOptions, convTranspose1d, convTranspose2d, convTranspose3d, type ConvTransposeOptions } from "./convolution.ts";
export { fold, type FoldOptions, unfold } from "./fold.ts";
export { affineGrid, gridSample, type GridSampleOptions } from "./grid.ts";
export { interpolate, type InterpolateMode, type InterpolateOptions, upsample, upsampleBilinear, upsampleNearest } from "./interpolate.ts";
export * from "./pooling/index.ts";
