/** @file PyTorch's second names, and those in place: each is the function itself. */
import { abs, ge, gt, le, lt, mul, ne, neg, trunc } from "./elementwise/arithmetic.ts";
import { div, div_ } from "./elementwise/division.ts";
import { abs_, acos_, acosh_, asin_, asinh_, atan2_, atan_, atanh_, ge_, gt_, le_, lt_, mul_, ne_, neg_, trunc_ } from "./elementwise/in-place.ts";
import { clamp, clamp_ } from "./elementwise/bounds.ts";
import { acos, acosh, asin, asinh, atan, atan2, atanh } from "./elementwise/trigonometry.ts";
import { sub, sub_ } from "./elementwise/scaled.ts";
import { trapezoid } from "./composites/cumulative.ts";
import { cat } from "./views/cat.ts";

/** `abs` under another name. */
export const absolute: typeof abs = abs;
/** `neg` under another name. */
export const negative: typeof neg = neg;
/** `mul` under another name. */
export const multiply: typeof mul = mul;
/** `sub` under another name. */
export const subtract: typeof sub = sub;
/** `div` under another name. */
export const divide: typeof div = div;
/** `trunc` under another name. */
export const fix: typeof trunc = trunc;
/** `clamp` under another name. */
export const clip: typeof clamp = clamp;
/** `gt` under another name. */
export const greater: typeof gt = gt;
/** `ge` under another name. */
export const greaterEqual: typeof ge = ge;
/** `lt` under another name. */
export const less: typeof lt = lt;
/** `le` under another name. */
export const lessEqual: typeof le = le;
/** `ne` under another name. */
export const notEqual: typeof ne = ne;
/** `acos` under another name. */
export const arccos: typeof acos = acos;
/** `acosh` under another name. */
export const arccosh: typeof acosh = acosh;
/** `asin` under another name. */
export const arcsin: typeof asin = asin;
/** `asinh` under another name. */
export const arcsinh: typeof asinh = asinh;
/** `atan` under another name. */
export const arctan: typeof atan = atan;
/** `atan2` under another name. */
export const arctan2: typeof atan2 = atan2;
/** `atanh` under another name. */
export const arctanh: typeof atanh = atanh;
/** `trapezoid` under another name. */
export const trapz: typeof trapezoid = trapezoid;
/** `cat` under another name. */
export const concat: typeof cat = cat;
/** `cat` under another name. */
export const concatenate: typeof cat = cat;

/** `abs_` under another name. */
export const absolute_: typeof abs_ = abs_;
/** `neg_` under another name. */
export const negative_: typeof neg_ = neg_;
/** `mul_` under another name. */
export const multiply_: typeof mul_ = mul_;
/** `sub_` under another name. */
export const subtract_: typeof sub_ = sub_;
/** `div_` under another name. */
export const divide_: typeof div_ = div_;
/** `trunc_` under another name. */
export const fix_: typeof trunc_ = trunc_;
/** `clamp_` under another name. */
export const clip_: typeof clamp_ = clamp_;
/** `gt_` under another name. */
export const greater_: typeof gt_ = gt_;
/** `ge_` under another name. */
export const greaterEqual_: typeof ge_ = ge_;
/** `lt_` under another name. */
export const less_: typeof lt_ = lt_;
/** `le_` under another name. */
export const lessEqual_: typeof le_ = le_;
/** `ne_` under another name. */
export const notEqual_: typeof ne_ = ne_;
/** `acos_` under another name. */
export const arccos_: typeof acos_ = acos_;
/** `acosh_` under another name. */
export const arccosh_: typeof acosh_ = acosh_;
/** `asin_` under another name. */
export const arcsin_: typeof asin_ = asin_;
/** `asinh_` under another name. */
export const arcsinh_: typeof asinh_ = asinh_;
/** `atan_` under another name. */
export const arctan_: typeof atan_ = atan_;
/** `atan2_` under another name. */
export const arctan2_: typeof atan2_ = atan2_;
/** `atanh_` under another name. */
export const arctanh_: typeof atanh_ = atanh_;
