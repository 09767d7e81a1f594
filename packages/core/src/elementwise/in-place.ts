/** @file The forms in place of rows: each writes the result of its op into its first operand, whose shape and dtype it keeps. */
import { abs, ceil, eq, floor, fmod, ge, gt, le, logicalAnd, logicalNot, logicalOr, logicalXor, lt, mul, ne, neg, pow, remainder, sign, square, trunc } from "./arithmetic.ts";
import { copysign, frac, sgn } from "./blend.ts";
import { clampMax, clampMin } from "./bounds.ts";
import { floorDivide, trueDivide } from "./division.ts";
import { exp2, log10, log2, xlogy } from "./exponential.ts";
import { cos, erf, exp, expm1, log, log1p, reciprocal, relu, rsqrt, sigmoid, silu, sin, sqrt, tan, tanh } from "./functions.ts";
import { bitwiseAnd, bitwiseLeftShift, bitwiseNot, bitwiseOr, bitwiseRightShift, bitwiseXor, gcd, lcm } from "./integer.ts";
import { i0 } from "./special/modified-bessel.ts";
import { erfc, erfinv } from "./special/error-function.ts";
import { digamma, lgamma } from "./special/gamma.ts";
import { igamma, igammac } from "./special/incomplete-gamma.ts";
import { acos, acosh, asin, asinh, atan, atan2, atanh, cosh, deg2rad, hypot, rad2deg, sinc, sinh } from "./trigonometry.ts";
import { scalarTypeName } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { type Elementwise, type Operand, resultType } from "./elementwise.ts";
import type { Tensor } from "../op.ts";

type Unary_ = (x: Tensor) => Tensor;
type Binary_ = (x: Tensor, y: Operand) => Tensor;
const inPlace = (op: Pick<Elementwise<never>, "into">) => (x: Tensor, ...rest: readonly Operand[]): Tensor => op.into(x, ...rest);

/** {@link abs}, written into x. */
export const abs_: Unary_ = /*@__PURE__*/ inPlace(abs);
/** {@link acos}, written into x. */
export const acos_: Unary_ = /*@__PURE__*/ inPlace(acos);
/** {@link acosh}, written into x. */
export const acosh_: Unary_ = /*@__PURE__*/ inPlace(acosh);
/** {@link asin}, written into x. */
export const asin_: Unary_ = /*@__PURE__*/ inPlace(asin);
/** {@link asinh}, written into x. */
export const asinh_: Unary_ = /*@__PURE__*/ inPlace(asinh);
/** {@link atan}, written into x. */
export const atan_: Unary_ = /*@__PURE__*/ inPlace(atan);
/** {@link atanh}, written into x. */
export const atanh_: Unary_ = /*@__PURE__*/ inPlace(atanh);
/** {@link bitwiseNot}, written into x. */
export const bitwiseNot_: Unary_ = /*@__PURE__*/ inPlace(bitwiseNot);
/** {@link ceil}, written into x. */
export const ceil_: Unary_ = /*@__PURE__*/ inPlace(ceil);
/** {@link cos}, written into x. */
export const cos_: Unary_ = /*@__PURE__*/ inPlace(cos);
/** {@link cosh}, written into x. */
export const cosh_: Unary_ = /*@__PURE__*/ inPlace(cosh);
/** {@link deg2rad}, written into x. */
export const deg2rad_: Unary_ = /*@__PURE__*/ inPlace(deg2rad);
/** {@link digamma}, written into x. */
export const digamma_: Unary_ = /*@__PURE__*/ inPlace(digamma);
/** {@link erf}, written into x. */
export const erf_: Unary_ = /*@__PURE__*/ inPlace(erf);
/** {@link erfc}, written into x. */
export const erfc_: Unary_ = /*@__PURE__*/ inPlace(erfc);
/** {@link erfinv}, written into x. */
export const erfinv_: Unary_ = /*@__PURE__*/ inPlace(erfinv);
/** {@link exp}, written into x. */
export const exp_: Unary_ = /*@__PURE__*/ inPlace(exp);
/** {@link exp2}, written into x. */
export const exp2_: Unary_ = /*@__PURE__*/ inPlace(exp2);
/** {@link expm1}, written into x. */
export const expm1_: Unary_ = /*@__PURE__*/ inPlace(expm1);
/** {@link floor}, written into x. */
export const floor_: Unary_ = /*@__PURE__*/ inPlace(floor);
/** {@link frac}, written into x. */
export const frac_: Unary_ = /*@__PURE__*/ inPlace(frac);
/** {@link i0}, written into x. */
export const i0_: Unary_ = /*@__PURE__*/ inPlace(i0);
/** {@link lgamma}, written into x. */
export const lgamma_: Unary_ = /*@__PURE__*/ inPlace(lgamma);
/** {@link log}, written into x. */
export const log_: Unary_ = /*@__PURE__*/ inPlace(log);
/** {@link log10}, written into x. */
export const log10_: Unary_ = /*@__PURE__*/ inPlace(log10);
/** {@link log1p}, written into x. */
export const log1p_: Unary_ = /*@__PURE__*/ inPlace(log1p);
/** {@link log2}, written into x. */
export const log2_: Unary_ = /*@__PURE__*/ inPlace(log2);
/** {@link logicalNot}, written into x. */
export const logicalNot_: Unary_ = /*@__PURE__*/ inPlace(logicalNot);
/** {@link neg}, written into x. */
export const neg_: Unary_ = /*@__PURE__*/ inPlace(neg);
/** {@link rad2deg}, written into x. */
export const rad2deg_: Unary_ = /*@__PURE__*/ inPlace(rad2deg);
/** {@link reciprocal}, written into x. */
export const reciprocal_: Unary_ = /*@__PURE__*/ inPlace(reciprocal);
/** {@link relu}, written into x. */
export const relu_: Unary_ = /*@__PURE__*/ inPlace(relu);
/** {@link rsqrt}, written into x. */
export const rsqrt_: Unary_ = /*@__PURE__*/ inPlace(rsqrt);
/** {@link sgn}, written into x. */
export const sgn_: Unary_ = /*@__PURE__*/ inPlace(sgn);
/** {@link sigmoid}, written into x. */
export const sigmoid_: Unary_ = /*@__PURE__*/ inPlace(sigmoid);
/** {@link sign}, written into x. */
export const sign_: Unary_ = /*@__PURE__*/ inPlace(sign);
/** {@link silu}, written into x. */
export const silu_: Unary_ = /*@__PURE__*/ inPlace(silu);
/** {@link sin}, written into x. */
export const sin_: Unary_ = /*@__PURE__*/ inPlace(sin);
/** {@link sinc}, written into x. */
export const sinc_: Unary_ = /*@__PURE__*/ inPlace(sinc);
/** {@link sinh}, written into x. */
export const sinh_: Unary_ = /*@__PURE__*/ inPlace(sinh);
/** {@link sqrt}, written into x. */
export const sqrt_: Unary_ = /*@__PURE__*/ inPlace(sqrt);
/** {@link square}, written into x. */
export function square_(x: Tensor): Tensor {
  if (x.dtype === "bool") throw new DTypeError("Found dtype Bool but expected Int"); // PyTorch's `pow` looks at the result first
  return square.into(x);
}
/** {@link tan}, written into x. */
export const tan_: Unary_ = /*@__PURE__*/ inPlace(tan);
/** {@link tanh}, written into x. */
export const tanh_: Unary_ = /*@__PURE__*/ inPlace(tanh);
/** {@link trunc}, written into x. */
export const trunc_: Unary_ = /*@__PURE__*/ inPlace(trunc);
/** {@link atan2}, written into x. */
export const atan2_: Binary_ = /*@__PURE__*/ inPlace(atan2);
/** {@link bitwiseAnd}, written into x. */
export const bitwiseAnd_: Binary_ = /*@__PURE__*/ inPlace(bitwiseAnd);
/** {@link bitwiseLeftShift}, written into x. */
export const bitwiseLeftShift_: Binary_ = /*@__PURE__*/ inPlace(bitwiseLeftShift);
/** {@link bitwiseOr}, written into x. */
export const bitwiseOr_: Binary_ = /*@__PURE__*/ inPlace(bitwiseOr);
/** {@link bitwiseRightShift}, written into x. */
export const bitwiseRightShift_: Binary_ = /*@__PURE__*/ inPlace(bitwiseRightShift);
/** {@link bitwiseXor}, written into x. */
export const bitwiseXor_: Binary_ = /*@__PURE__*/ inPlace(bitwiseXor);
/** {@link clampMax}, written into x. */
export const clampMax_: Binary_ = /*@__PURE__*/ inPlace(clampMax);
/** {@link clampMin}, written into x. */
export const clampMin_: Binary_ = /*@__PURE__*/ inPlace(clampMin);
/** {@link copysign}, written into x. */
export const copysign_: Binary_ = /*@__PURE__*/ inPlace(copysign);
/** {@link eq}, written into x. */
export const eq_: Binary_ = /*@__PURE__*/ inPlace(eq);
/** {@link floorDivide}, written into x. */
export const floorDivide_: Binary_ = /*@__PURE__*/ inPlace(floorDivide);
/** {@link fmod}, written into x. */
export const fmod_: Binary_ = /*@__PURE__*/ inPlace(fmod);
/** {@link gcd}, written into x. */
export const gcd_: Binary_ = /*@__PURE__*/ inPlace(gcd);
/** {@link ge}, written into x. */
export const ge_: Binary_ = /*@__PURE__*/ inPlace(ge);
/** {@link gt}, written into x. */
export const gt_: Binary_ = /*@__PURE__*/ inPlace(gt);
/** {@link hypot}, written into x. */
export const hypot_: Binary_ = /*@__PURE__*/ inPlace(hypot);
/** {@link lcm}, written into x. */
export const lcm_: Binary_ = /*@__PURE__*/ inPlace(lcm);
/** {@link le}, written into x. */
export const le_: Binary_ = /*@__PURE__*/ inPlace(le);
/** {@link igamma}, written into the first. */
export const igamma_: (a: Tensor, x: Tensor) => Tensor = /*@__PURE__*/ inPlace(igamma);
/** {@link igammac}, written into the first. */
export const igammac_: (a: Tensor, x: Tensor) => Tensor = /*@__PURE__*/ inPlace(igammac);
/** {@link logicalAnd}, written into x. */
export const logicalAnd_: Binary_ = /*@__PURE__*/ inPlace(logicalAnd);
/** {@link logicalOr}, written into x. */
export const logicalOr_: Binary_ = /*@__PURE__*/ inPlace(logicalOr);
/** {@link logicalXor}, written into x. */
export const logicalXor_: Binary_ = /*@__PURE__*/ inPlace(logicalXor);
/** {@link lt}, written into x. */
export const lt_: Binary_ = /*@__PURE__*/ inPlace(lt);
/** {@link mul}, written into x. */
export const mul_: Binary_ = /*@__PURE__*/ inPlace(mul);
/** {@link ne}, written into x. */
export const ne_: Binary_ = /*@__PURE__*/ inPlace(ne);
/** {@link pow}, written into x. With a number that would change the dtype it is refused in words of its own. */
export const pow_: Binary_ = (x, y) => {
  const natural = resultType([x, y]);
  if (typeof y !== "object" && natural !== x.dtype) throw new DTypeError(`Found dtype ${scalarTypeName[x.dtype]} but expected ${scalarTypeName[natural]}`);
  return pow.into(x, y);
};
/** {@link remainder}, written into x. */
export const remainder_: Binary_ = /*@__PURE__*/ inPlace(remainder);
/** {@link trueDivide}, written into x. */
export const trueDivide_: Binary_ = /*@__PURE__*/ inPlace(trueDivide);
/** {@link xlogy}, written into x. */
export const xlogy_: Binary_ = /*@__PURE__*/ inPlace(xlogy);
