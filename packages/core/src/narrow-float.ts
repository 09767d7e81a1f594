/** @file float16 and bfloat16 as 16-bit words: to nearest even from any number, with one rounding, and back. Knows no dtype table. */

const floats = /*@__PURE__*/ new Float32Array(1);
const words = /*@__PURE__*/ new Uint32Array(floats.buffer);

/** The bits of x as float32; where x lies between two, those of the odd one, so that a second rounding is as good as one. */
function oddBits(x: number): number {
  floats[0] = x;
  const bits = words[0]!, rounded = floats[0]!;
  if (rounded === x || x !== x) return bits;
  return (Math.abs(rounded) > Math.abs(x) ? bits - 1 : bits) | 1;
}

/** The float16 word nearest to x, half to even; beyond 65520 an infinity. Every NaN is 0x7e00. */
export function float16Bits(x: number): number {
  const bits = oddBits(x), sign = (bits >>> 16) & 0x8000, a = bits & 0x7fffffff;
  if (a >= 0x47800000) return a > 0x7f800000 ? 0x7e00 : sign | 0x7c00;
  if (a >= 0x38800000) return sign | ((a - 0x38000000 + 0xfff + ((a >>> 13) & 1)) >>> 13);
  if (a < 0x33000000) return sign; // below 2^-25
  // Subnormal: the significand in units of 2^-24, half to even.
  const shift = 126 - (a >>> 23), significand = (a & 0x7fffff) | 0x800000;
  return sign | ((significand + (1 << (shift - 1)) - 1 + ((significand >>> shift) & 1)) >>> shift);
}

/** The number that a float16 word stands for. */
export function float16Value(word: number): number {
  const a = word & 0x7fff;
  // Shifted to float32's place and scaled by the difference of the biases: right for subnormals too.
  words[0] = a << 13;
  const magnitude = a < 0x7c00 ? floats[0]! * 2 ** 112 : a === 0x7c00 ? Infinity : NaN;
  return word & 0x8000 ? -magnitude : magnitude;
}

/** The bfloat16 word nearest to x, half to even. Every NaN is 0x7fc0. */
export function bfloat16Bits(x: number): number {
  if (x !== x) return 0x7fc0;
  const bits = oddBits(x);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The number that a bfloat16 word stands for. */
export function bfloat16Value(word: number): number {
  words[0] = word << 16;
  return floats[0]!;
}
