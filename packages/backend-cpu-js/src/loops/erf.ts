/** @file erf of float32: Taylor polynomials about 128 points, in float64. core's `erf` is the definition, and twenty times slower. */
import { erf } from "@adjoint/core/backend";

/** Interval j is [j / 32, (j + 1) / 32); from 4 on the nearest float32 is 1. */
const INTERVALS = 128, DEGREE = 7;
let table: Float64Array | undefined;

/**
 * With g = erf' = 2 / sqrt(pi) exp(-x^2), g' = -2 x g and so g^(n+1) = -2 x g^(n) - 2 n g^(n-1).
 * The remainder is at most (1/64)^8 / 8! |erf^(8)| < 1e-16.
 */
function makeTable(): Float64Array {
  const coefficients = new Float64Array(INTERVALS * (DEGREE + 1));
  for (let j = 0; j < INTERVALS; j++) {
    const center = (j + 0.5) / 32, at = j * (DEGREE + 1);
    let before = 0, derivative = (2 / Math.sqrt(Math.PI)) * Math.exp(-center * center), factorial = 1;
    coefficients[at] = erf(center);
    for (let n = 1; n <= DEGREE; n++) {
      factorial *= n;
      coefficients[at + n] = derivative / factorial;
      [before, derivative] = [derivative, -2 * center * derivative - 2 * (n - 1) * before];
    }
  }
  return coefficients;
}

export function erfFloat32(
  n: number, out: Float32Array<ArrayBuffer>, o: number, os: number, x: Float32Array<ArrayBuffer>, xi: number, xs: number,
): void {
  const c = (table ??= makeTable());
  for (let i = 0; i < n; i++, o += os, xi += xs) {
    const value = x[xi]!, a = Math.abs(value);
    if (a < 0.125) {
      // 2 / sqrt(pi) (x - x^3/3 + x^5/10 - x^7/42 + x^9/216 - x^11/1320 + x^13/9360): relatively exact near 0
      const s = value * value;
      out[o] = 1.1283791670955126 * value * (1 + s * (-1 / 3 + s * (1 / 10 + s * (-1 / 42 + s * (1 / 216 + s * (-1 / 1320 + s / 9360))))));
    } else if (a < 4) {
      // Pairs first: they do not wait for one another.
      const j = (a * 32) | 0, t = a - (j + 0.5) / 32, k = j * 8, t2 = t * t;
      const low = c[k]! + t * c[k + 1]! + t2 * (c[k + 2]! + t * c[k + 3]!);
      const y = low + t2 * t2 * (c[k + 4]! + t * c[k + 5]! + t2 * (c[k + 6]! + t * c[k + 7]!));
      out[o] = value < 0 ? -y : y;
    } else out[o] = value > 0 ? 1 : value < 0 ? -1 : value;
  }
}
