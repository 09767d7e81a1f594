/** @file Philox4x32-10, the counter-based generator (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011). */

const MULTIPLIER_0 = 0xd2511f53, MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9, WEYL_1 = 0xbb67ae85;

/** The high 32 bits of an unsigned 32 x 32 bit product. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const low = aLow * bLow, middle = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}

/**
 * Word `index mod 4` of Philox4x32-10 with key (seedLow, seedHigh) and counter (index div 4, 0, offsetLow, offsetHigh),
 * as a signed 32-bit number.
 */
export function philox(index: number, seedLow: number, seedHigh: number, offsetLow: number, offsetHigh: number): number {
  let c0 = (index >>> 2) | 0, c1 = 0, c2 = offsetLow | 0, c3 = offsetHigh | 0;
  let k0 = seedLow | 0, k1 = seedHigh | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0 >>> 0), low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = mulHigh(MULTIPLIER_1, c2 >>> 0), low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  return [c0, c1, c2, c3][index & 3]!;
}
