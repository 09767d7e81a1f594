/** @file Sample calls of normalisation and of dropout of channels. One row each. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

export const normalizationSamples: readonly OpSample[] = [
  sample("batchNorm", [x([4, 2, 3]), x([2]), x([2])], (p, weight, bias) => A.batchNorm(p, null, null, { weight, bias, training: true })),
  sample("batchNorm by running statistics", [x([2, 3]), x([3]), x([3], "positive")], (p, mean, variance) => A.batchNorm(p, mean, variance)),
  sample("nativeBatchNorm", [x([3, 2]), x([2])], (p, weight) => { const [out, mean, rstd] = A.nativeBatchNorm(p, weight, null, null, null, true, 0.1, 1e-5); return out.mul(rstd).add(mean).to(p.dtype); }),
  sample("nativeLayerNorm", [x([2, 4])], (p) => { const [out, mean, rstd] = A.nativeLayerNorm(p, [4], null, null, 1e-5); return out.mul(rstd).add(mean).to(p.dtype); }),
  sample("instanceNorm", [x([2, 2, 4]), x([2]), x([2])], (p, weight, bias) => A.instanceNorm(p, { weight, bias })),
  sample("groupNorm", [x([2, 4, 2]), x([4]), x([4])], (p, weight, bias) => A.groupNorm(p, 2, { weight, bias })),
  sample("localResponseNorm", [x([2, 3, 2])], (p) => A.localResponseNorm(p, 2, { alpha: 0.5, k: 2 })),
  sample("dropout2d", [x([2, 3, 2, 2])], (p) => { A.manualSeed(3); return A.dropout2d(p, 0.4); }),
  sample("alphaDropout", [x([3, 4])], (p) => { A.manualSeed(3); return A.alphaDropout(p, 0.4, { training: true }); }),
];
