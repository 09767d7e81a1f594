/** @file PyTorch's second names: each is the function itself. */
import { abs, ge, gt, le, lt, mul, ne, neg, trunc } from "./elementwise/arithmetic.ts";
import { div } from "./elementwise/division.ts";
import { clamp } from "./elementwise/bounds.ts";
import { acos, acosh, asin, asinh, atan, atan2, atanh } from "./elementwise/trigonometry.ts";
import { sub } from "./elementwise/scaled.ts";
import { cat } from "./views/cat.ts";

export const absolute: typeof abs = abs;
export const negative: typeof neg = neg;
export const multiply: typeof mul = mul;
export const subtract: typeof sub = sub;
export const divide: typeof div = div;
export const fix: typeof trunc = trunc;
export const clip: typeof clamp = clamp;
export const greater: typeof gt = gt;
export const greaterEqual: typeof ge = ge;
export const less: typeof lt = lt;
export const lessEqual: typeof le = le;
export const notEqual: typeof ne = ne;
export const arccos: typeof acos = acos;
export const arccosh: typeof acosh = acosh;
export const arcsin: typeof asin = asin;
export const arcsinh: typeof asinh = asinh;
export const arctan: typeof atan = atan;
export const arctan2: typeof atan2 = atan2;
export const arctanh: typeof atanh = atanh;
export const concat: typeof cat = cat;
export const concatenate: typeof cat = cat;
