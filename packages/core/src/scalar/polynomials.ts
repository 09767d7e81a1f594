/** @file Minimax polynomials and split constants of the float32 formulas in lowering.ts, lowest coefficient first. Knows no expression. */

/*
 * Fitted by Lawson's iteration in float64; each coefficient is rounded to float32 in turn and the higher ones refitted.
 * `error` in a comment is that of the function the polynomial serves, relative unless it says otherwise, before rounding.
 */

/** (e^r - 1) / r on |r| <= ln(2)/2, error of e^r 3.2e-9. */
export const EXP: readonly number[] = [1, 0.49999994, 0.166665211, 0.0416682661, 0.00836867746, 0.00138207339];
/**
 * e^r on |r| <= ln(2)/2, error 1.05 units in the last place. The last bits were searched for: with products and sums contracted, and with what rounding r
 * does, the error of e^x in float32 is 1.85.
 */
export const EXP_SHORT: readonly number[] = [1, 0.99999946, 0.49999124, 0.16668169, 0.041900393, 0.008262587];
/** (e^r - 1 - r) / r^2 on |r| <= ln(2)/2, error of e^r - 1 1.4e-8. */
export const EXPM1: readonly number[] = [0.49999997, 0.166665465, 0.0416674353, 0.00836626161, 0.00138706574];
/** (2^r - 1) / r on |r| <= 0.502, error of 2^r 1.7e-10. */
export const EXP2: readonly number[] = [0.693147182, 0.240226507, 0.0555040538, 0.00961808767, 0.00133375602, 0.000154518842, 1.442753e-5];
/** 2^r on |r| <= 0.5, error 1.05 units in the last place: as EXP_SHORT; of 2^x in float32 1.8. */
export const EXP2_SHORT: readonly number[] = [1, 0.6931468, 0.24022238, 0.05550896, 0.009671722, 0.0013224566];
/** (2 atanh(s)/s - 2) / s^2 in s^2, on |s| <= 0.172, error of 2 atanh(s) 8.1e-10. */
export const LOG: readonly number[] = [0.666667759, 0.399775743, 0.298712373];
/** (atanh(s)/s - 1) / s^2 in s^2, on |s| <= 0.102, error of atanh(s)/s 2e-11. */
export const ATANH: readonly number[] = [0.333333343, 0.199990049, 0.144872457];
/**
 * (sin(r)/r - 1) / r^2 in r^2, on |r| <= 1.5858, error of sin(r) 5.7e-9. The last bits were searched for: sin(pi/2) rounds to 1,
 * contracted or not, and the error in float32 is least.
 */
export const SIN: readonly number[] = [-0.166666672, 0.0083333496, -0.000198430658, 2.76264859e-6, -2.5497858e-8];
/** (tan(r)/r - 1) / r^2 in r^2, on |r| <= pi/4, error of tan(r) 1.9e-8. */
export const TAN: readonly number[] = [0.333331525, 0.133389205, 0.0534007661, 0.0244689919, 0.00305582932, 0.00942424592];
/** (asin(r)/r - 1) / r^2 in r^2, on |r| <= 0.57, error of asin(r) 3.4e-8. */
export const ASIN: readonly number[] = [0.166671157, 0.0748157948, 0.0470604412, 0.0169756468, 0.0533594601];
/** atan(r)/r in r^2, on |r| <= 1, error 1.7e-8. */
export const ATAN: readonly number[] = [1, -0.333331525, 0.199937671, -0.14211002, 0.106657699, -0.075516656, 0.0432048589, -0.0163633209, 0.00291946926];

/** ln(2) as a part of 15 bits, whose product with an exponent is exact, and the rest. */
export const LN2: readonly [number, number] = [0.693145751953125, 1.428606765330187e-6];
/** 2/ln(2) as a part of 12 bits and the rest. */
export const TWO_OVER_LN2: readonly [number, number] = [2.884765625, 0.0006244567921385169];
/** log2(3/2) as a part of 10 bits and the rest. */
export const LOG2_3_2: readonly [number, number] = [0.5849609375, 1.5632211561814537e-6];
/** pi in parts of 8, 9 and 9 bits, whose products with 15-bit integers are exact, and the rest: together good to 2.5e-18. */
export const PI: readonly [number, number, number, number] = [3.140625, 0.0009670257568359375, 6.277114152908325e-7, 1.215420125655342e-10];

/** erf(r)/r - 1 in r^2 on |r| <= 1.1, error of erf(r) 4.8e-9. */
export const ERF_SMALL: readonly number[] = [0.128379166, -0.376126111, 0.112833641, -0.026843518, 0.00516773108, -0.000782473944, 7.23606863e-5];
/** erfc(r)^(-1/8) on 1.1 <= r <= 3.95, error of erf(r) 6.2e-8; it grows on beyond. As long as ERF_SMALL. */
export const ERF_LARGE: readonly number[] = [1.01326931, 0.0838637725, 0.192357972, -0.0746958554, 0.0580242835, -0.0152256628, 0.00252207322];
