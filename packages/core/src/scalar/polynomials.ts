/** @file Minimax polynomials and split constants of the float32 formulas in lowering.ts, lowest coefficient first. Knows no expression. */

/*
 * Fitted by Lawson's iteration in float64; each coefficient is rounded to float32 in turn and the higher ones refitted.
 * `error` in a comment is that of the function the polynomial serves, relative unless it says otherwise, before rounding.
 */

/** (e^r - 1) / r on |r| <= ln(2)/2, error of e^r 3.2e-9. */
export const EXP: readonly number[] = [1, 0.49999994, 0.166665211, 0.0416682661, 0.00836867746, 0.00138207339];
/** (e^r - 1 - r) / r^2 on |r| <= ln(2)/2, error of e^r - 1 1.4e-8. */
export const EXPM1: readonly number[] = [0.49999997, 0.166665465, 0.0416674353, 0.00836626161, 0.00138706574];
/** (2^r - 1) / r on |r| <= 0.502, error of 2^r 1.7e-10. */
export const EXP2: readonly number[] = [0.693147182, 0.240226507, 0.0555040538, 0.00961808767, 0.00133375602, 0.000154518842, 1.442753e-5];
/** (2 atanh(s)/s - 2) / s^2 in s^2, on |s| <= 0.172, error of 2 atanh(s) 8.1e-10. */
export const LOG: readonly number[] = [0.666667759, 0.399775743, 0.298712373];
/** (atanh(s)/s - 1) / s^2 in s^2, on |s| <= 0.172, error of atanh(s)/s 2.5e-11. */
export const ATANH: readonly number[] = [0.333333313, 0.200004861, 0.142493948, 0.121395215];
/** (sin(r)/r - 1) / r^2 in r^2, on |r| <= pi/2, error of sin(r) 4.6e-10. */
export const SIN: readonly number[] = [-0.166666672, 0.00833335053, -0.000198430935, 2.76270566e-6, -2.550291e-8];
/** (tan(r)/r - 1) / r^2 in r^2, on |r| <= pi/4, error of tan(r) 1.9e-8. */
export const TAN: readonly number[] = [0.333331525, 0.133389205, 0.0534007661, 0.0244689919, 0.00305582932, 0.00942424592];
/** (asin(r)/r - 1) / r^2 in r^2, on |r| <= 1/2, error of asin(r) 5e-9. */
export const ASIN: readonly number[] = [0.166667536, 0.0749524757, 0.0454772599, 0.0241427924, 0.0422330238];
/** atan(r)/r in r^2, on |r| <= 1, error 1.7e-8. */
export const ATAN: readonly number[] = [1, -0.333331525, 0.199937671, -0.14211002, 0.106657699, -0.075516656, 0.0432048589, -0.0163633209, 0.00291946926];

/** ln(2) as a part of 15 bits, whose product with an exponent is exact, and the rest. */
export const LN2: readonly [number, number] = [0.693145751953125, 1.428606765330187e-6];
/** 2/ln(2) as a part of 12 bits and the rest. */
export const TWO_OVER_LN2: readonly [number, number] = [2.884765625, 0.0006244567921385169];
/** pi in parts of 8 bits, whose products with 16-bit integers are exact, and the rest: together good to 1e-16. */
export const PI: readonly number[] = [3.140625, 0.000965118408203125, 2.5331974029541016e-6, 1.984187258941006e-9];

/** erf(r) = r P(r^2) / Q(r^2) on |r| <= until, error 5.4e-8; from `until` on erf rounds to 1. */
export const ERF = {
  until: 3.93,
  P: [1.12837911, 0.200940982, 0.054022029, 0.00418153359, 0.000288005132, 1.88952754e-6],
  Q: [1, 0.511411071, 0.118353657, 0.0158111136, 0.00125152001, 3.65863561e-5],
} as const;
/** tanh(r) = r P(r^2) / Q(r^2) on |r| <= until, error 2.3e-8; from `until` on tanh rounds to 1. */
export const TANH = {
  until: 9.05,
  P: [1, 0.133803949, 0.00349472952, 2.0590709e-5, 1.33213627e-8],
  Q: [1, 0.467137158, 0.0258739963, 0.000328404625, 7.76458251e-7],
} as const;
