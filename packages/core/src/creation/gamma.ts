/** @file Draws from the gamma distribution, with their derivative. */
import { mapProgram } from "../calculus/map-reduce.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { ndtriOf } from "../elementwise/special/error-function.ts";
import { density, sidesOf } from "../elementwise/special/incomplete-gamma.ts";
import type { Tensor } from "../op.ts";
import { differentiate } from "../scalar/derivatives.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { draw, drawn, openUniform, SEED } from "./random.ts";

/** A round keeps its proposal with a probability of 0.95 and more, so that the last one is taken as it comes in less than one case of 2e8. */
const ROUNDS = 6, WORDS = 2 * ROUNDS + 1;

/**
 * Marsaglia and Tsang, A simple method for generating gamma variables (2000): d (1 + c z)^3 of a normal z, kept with the right probability; for a < 1 the draw of a + 1,
 * times u^(1 / a). The rounds are nested, so that a device that passes over what no element needs works out one or two.
 */
function gammaOf(a: Expr): Expr {
  const small = s.lt(a, 1), shape = s.select(small, s.add(a, 1), a), d = s.sub(shape, 1 / 3), c = s.div(1, s.sqrt(s.mul(9, d)));
  let value: Expr | undefined;
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const z = ndtriOf(openUniform(2 * round, a.dtype)), side = s.add(1, s.mul(c, z)), v = s.mul(s.mul(side, side), side);
    const bound = s.add(s.mul(0.5, s.mul(z, z)), s.mul(d, s.add(s.sub(1, v), s.log(s.max(v, 1e-30)))));
    const isKept = s.and(s.lt(0, side), s.lt(s.log(openUniform(2 * round + 1, a.dtype)), bound)), proposal = s.mul(d, s.max(v, 1e-30));
    value = value === undefined ? proposal : s.select(isKept, proposal, value);
  }
  const power = s.exp(s.div(s.log(openUniform(2 * ROUNDS, a.dtype)), s.select(small, a, 1)));
  // never 0, where densities are infinite
  return s.max(s.mul(value!, s.select(small, power, 1)), a.dtype === "float64" ? 2 ** -1022 : 2 ** -126);
}
/** The derivative of a draw x with respect to a, at the same random bits of the distribution function: -(dP / da) / (dP / dx) (M. Figurnov et al., 2018). */
function implicitGradient(a: Expr, x: Expr): Expr {
  const shape = s.arg(0, a.dtype), variate = s.arg(1, a.dtype); // apart: the draw depends on the shape
  const [slope] = differentiate([sidesOf(shape, variate).lower], [s.lit(1, a.dtype)], [shape]);
  return s.substitute(s.neg(s.div(slope!, density(shape, variate))), (e) => (e === shape ? a : e === variate ? x : undefined));
}

const gammaProgram = /*@__PURE__*/ perDType((d, c) => program("StandardGamma", [d], SEED, [s.cast(gammaOf(s.load(0, d)), d)], (g, out) => [
  s.cast(s.mul(s.cast(g, c), implicitGradient(s.load(0, d), s.cast(out, c))), d),
]));

/**
 * Draws from the gamma distribution with the rate 1, whose density is t^(x - 1) exp(-t) / gamma(x); divide by a rate for another one. The gradient with respect to x is that of
 * the draw
 * at the same random bits. PyTorch's `torch._standard_gamma`; the numbers are not PyTorch's.
 * @param x the shape parameters, above 0, of any shape; floats
 * @returns x's shape and dtype
 * @throws DTypeError for integers and bools
 * @example standardGamma(full([2], 2.5)).gt(0) // [true, true]
 */
export function standardGamma(x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw new DTypeError(`"gamma_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  return drawn([x], x.shape, ([whole]) => mapProgram(gammaProgram(x.dtype), [whole!], draw(x.storage.device, WORDS)));
}
