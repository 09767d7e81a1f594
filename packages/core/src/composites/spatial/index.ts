/** @file Ops on spatial dims: convolutions and pooling. */
export { type Spatial } from "./arguments.ts";
export { conv1d, conv2d, conv3d, type ConvOptions, convTranspose1d, convTranspose2d, convTranspose3d, type ConvTransposeOptions } from "./convolution.ts";
export * from "./pooling/index.ts";
