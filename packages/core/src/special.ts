/** @file The namespace `special`: PyTorch's `torch.special`. */
export { airyAi } from "./elementwise/special/airy.ts";
export * from "./elementwise/special/bessel.ts";
export {
  i0, i0e, i1, i1e, modifiedBesselI0, modifiedBesselI1, modifiedBesselK0, modifiedBesselK1, scaledModifiedBesselK0, scaledModifiedBesselK1,
} from "./elementwise/special/modified-bessel.ts";
export { erfc, erfcx, erfinv, logNdtr, ndtr, ndtri } from "./elementwise/special/error-function.ts";
export { digamma, gammaln, multigammaln, psi } from "./elementwise/special/gamma.ts";
export { gammainc, gammaincc } from "./elementwise/special/incomplete-gamma.ts";
export { polygamma, zeta } from "./elementwise/special/zeta.ts";
export * from "./elementwise/special/logarithmic.ts";
export { erf, exp2, expit, expm1, log1p, logit, round, sinc, xlogy } from "./elementwise/special/aliases.ts";
export { logSoftmax, softmax } from "./fused/softmax.ts";
export { logsumexp } from "./composites/totals.ts";
export * from "./fused/polynomials.ts";
