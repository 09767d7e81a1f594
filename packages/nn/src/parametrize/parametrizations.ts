/** @file Parametrizations that are ready: PyTorch's `nn.utils.parametrizations`. */
export { spectralNorm, type SpectralNormOptions, weightNorm } from "./norms.ts";
export { orthogonal, type OrthogonalMap, type OrthogonalOptions } from "./orthogonal.ts";
