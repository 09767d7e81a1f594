/** @file Modules on spatial dims. */
export { AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d } from "./adaptive-pool.ts";
export { AvgPool1d, AvgPool2d, AvgPool3d, LPPool1d, LPPool2d } from "./avg-pool.ts";
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions, type PaddingMode } from "./conv.ts";
export { FractionalMaxPool2d, FractionalMaxPool3d, MaxPool1d, MaxPool2d, MaxPool3d, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./max-pool.ts";
export { Fold, Unfold, Upsample, type UpsampleOptions, UpsamplingBilinear2d, UpsamplingNearest2d } from "./resize.ts";
