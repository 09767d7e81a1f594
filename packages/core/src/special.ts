/** @file The namespace `special`: PyTorch's `torch.special`. */
export * from "./elementwise/special/logarithmic.ts";
export { exp2, log1p, xlogy, logit, expm1, round, sinc } from "./elementwise/index.ts";
