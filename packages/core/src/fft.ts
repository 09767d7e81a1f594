/** @file The namespace `fft`: PyTorch's `torch.fft`. */
export { type FftInput, type FftNorm, type FftnOptions, type FftOptions } from "./fourier/arguments.ts";
export * from "./fourier/fft.ts";
export * from "./fourier/frequencies.ts";
