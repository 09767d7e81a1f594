/** @file Sample calls of special functions: one small row each; the corners are the goldens'. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type Draw, type OpSample, sample, x } from "./sample.ts";

const rows: readonly (readonly [string, (t: Tensor) => Tensor, Draw, (0 | 1 | 2)?])[] = [
  ["erfc", A.erfc, "normal"], ["erfcx", A.special.erfcx, "normal"], ["erfinv", A.erfinv, "unit"], ["ndtr", A.special.ndtr, "normal"],
  ["ndtri", (p) => A.special.ndtri(A.special.ndtr(p)), "normal"], ["logNdtr", A.special.logNdtr, "normal"],
  ["lgamma", A.lgamma, "positive"], ["lgamma on the left", (p) => A.lgamma(p.mul(0.25).sub(1.5)), "unit"], ["digamma", A.digamma, "positive"],
  ["polygamma", (p) => A.polygamma(2, p), "positive"], ["mvlgamma", (p) => A.mvlgamma(p.add(1.5), 3), "positive"],
  ["zeta", (p) => A.special.zeta(2.5, p), "positive"], ["i0", A.i0, "away"], ["i0e", A.special.i0e, "away"], ["i1", A.special.i1, "away"], ["i1e", A.special.i1e, "away"], ["angle", A.angle, "away"],
  ["besselJ0", A.special.besselJ0, "normal"], ["besselJ0 far off", (p) => A.special.besselJ0(p.mul(8)), "positive"], ["besselJ1", A.special.besselJ1, "normal"],
  ["besselJ1 far off", (p) => A.special.besselJ1(p.mul(8)), "positive"],
  ["besselY0", A.special.besselY0, "positive"], ["besselY0 far off", (p) => A.special.besselY0(p.mul(8)), "positive"], ["besselY1", A.special.besselY1, "positive"],
  ["besselY1 far off", (p) => A.special.besselY1(p.mul(8)), "positive"],
  ["modifiedBesselK0", A.special.modifiedBesselK0, "positive"], ["modifiedBesselK1", A.special.modifiedBesselK1, "positive"],
  ["scaledModifiedBesselK0", A.special.scaledModifiedBesselK0, "positive"], ["scaledModifiedBesselK1", A.special.scaledModifiedBesselK1, "positive"],
  ["sphericalBesselJ0", A.special.sphericalBesselJ0, "away"], ["airyAi", A.special.airyAi, "normal"], ["airyAi on both sides", (p) => A.special.airyAi(p.mul(4)), "away"],
  ["igamma", (p) => A.igamma(A.fullLike(p, 1.5), p), "positive"], ["igammac of large a", (p) => A.igammac(A.fullLike(p, 8), p.mul(8)), "positive"], ["frexp", (p) => p.frexp().mantissa, "away"],
  ["legendrePolynomialP", (p) => A.special.legendrePolynomialP(p, 4), "unit", 0], ["chebyshevPolynomialT", (p) => A.special.chebyshevPolynomialT(p, 3), "unit", 0],
  ["laguerrePolynomialL", (p) => A.special.laguerrePolynomialL(p, 3), "unit", 0], ["hermitePolynomialH", (p) => A.special.hermitePolynomialH(p, 3), "unit", 0],
];
export const specialSamples: readonly OpSample[] = rows.map(([name, op, draw, order]) => sample(name, [x([2, 3], draw)], (p) => op(p), order));
