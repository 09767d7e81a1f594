/** @file The two instructions that read the number of the element: `index` and `random`. */
import type { TypedArray } from "@adjoint/core/backend";

/** `out[i] = at + i * step`, as int32. */
export function index(n: number, out: TypedArray, o: number, os: number, at: number, step: number): void {
  for (let i = 0; i < n; i++, o += os, at += step) out[o] = at;
}

/** The counter's four words, and what they were made for: neighbours share them. */
const words = /*@__PURE__*/ new Int32Array(4);

/** Philox4x32-10; core's scalar/philox.ts is the definition. Every operand is an array, an offset and a stride. */
export function random(
  n: number, out: TypedArray, o: number, os: number, arrays: readonly TypedArray[], offsets: readonly number[], strides: readonly number[],
  operands: readonly number[],
): void {
  const [a, b, c, d, e] = operands as [number, number, number, number, number];
  let counter = 0, seedLow = 0, seedHigh = 0, offsetLow = 0, offsetHigh = 0, made = false;
  for (let i = 0; i < n; i++, o += os) {
    const at = element(arrays, offsets, strides, a, i);
    const s0 = element(arrays, offsets, strides, b, i), s1 = element(arrays, offsets, strides, c, i);
    const o0 = element(arrays, offsets, strides, d, i), o1 = element(arrays, offsets, strides, e, i);
    const block = at >>> 2;
    if (!made || block !== counter || s0 !== seedLow || s1 !== seedHigh || o0 !== offsetLow || o1 !== offsetHigh) {
      philoxBlock(block | 0, s0, s1, o0, o1);
      counter = block; seedLow = s0; seedHigh = s1; offsetLow = o0; offsetHigh = o1; made = true;
    }
    out[o] = words[at & 3]!;
  }
}

const element = (
  arrays: readonly TypedArray[], offsets: readonly number[], strides: readonly number[], slot: number, i: number,
): number => arrays[slot]![offsets[slot]! + i * strides[slot]!]!;

function philoxBlock(c0: number, k0: number, k1: number, c2: number, c3: number): void {
  let c1 = 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd251, 0x1f53, c0), low0 = Math.imul(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e, 0x8d57, c2), low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The high 32 bits of the unsigned product of (aHigh, aLow) and b; every partial sum is below 2^33. */
function mulHigh(aHigh: number, aLow: number, b: number): number {
  const bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16) ; // < 2^32
  const cross = aLow * bHigh + (middle % 65536); // < 2^32
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}
