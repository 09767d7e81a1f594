/** @file Pooling: maxima, means and power means over windows. */
export {
  adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d, adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, type AdaptiveMaxPoolOptions, type OutputSize,
} from "./adaptive.ts";
export { avgPool1d, type AvgPool1dOptions, avgPool2d, avgPool3d, type AvgPoolOptions, lpPool1d, lpPool2d, type LpPoolOptions } from "./avg-pool.ts";
export { fractionalMaxPool2d, fractionalMaxPool3d, type FractionalMaxPoolOptions } from "./fractional.ts";
export { maxPool1d, maxPool2d, maxPool3d, type MaxPoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d, type MaxUnpoolOptions } from "./max-pool.ts";
export { type PoolOptions } from "./sizes.ts";
