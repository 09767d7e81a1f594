/** @file Host memory: numbers to and from the host layout of each dtype, and the list of elements that a view shows. */
import { bitsFloat, type DType, dtypes, floatBits, type Shape, type TypedArray } from "@adjoint/core/backend";

/** The positions in the buffer of a view's elements, in row-major order: every index tuple, written out. */
export function positionsOf(shape: Shape, strides: Shape, offset: number): number[] {
  let positions = [offset];
  shape.forEach((size, dim) => {
    const next: number[] = [];
    for (const at of positions) for (let i = 0; i < size; i++) next.push(at + i * strides[dim]!);
    positions = next;
  });
  return positions;
}

export function encode(dtype: DType, values: readonly number[]): TypedArray {
  const words = dtypes[dtype].hostArray(values.length);
  const toWord = dtype === "float16" ? float16Bits : dtype === "bfloat16" ? bfloat16Bits : (x: number) => x;
  for (let i = 0; i < values.length; i++) words[i] = toWord(values[i]!);
  return words;
}

export function decode(dtype: DType, words: ArrayLike<number>): number[] {
  const toNumber = dtype === "float16" ? float16Number : dtype === "bfloat16" ? (w: number) => bitsFloat(w << 16) : (w: number) => w;
  const values = new Array<number>(words.length);
  for (let i = 0; i < words.length; i++) values[i] = toNumber(words[i]!);
  return values;
}

/** A number as `dtype` holds it: one rounding, for the stored dtypes too. */
export const stored = (dtype: DType, value: number): number => decode(dtype, encode(dtype, [value]))[0]!;

/** Half to even on the bits of a float32; a first rounding to float32 is exact for what the samples use. */
function bfloat16Bits(x: number): number {
  if (x !== x) return 0x7fc0;
  const bits = floatBits(x);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function float16Bits(x: number): number {
  if (x !== x) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0, a = Math.abs(x);
  if (a >= 65520) return sign | 0x7c00;
  if (a < 2 ** -14) return sign | nearestEven(a * 2 ** 24); // 1024 of these units are the smallest normal number
  const exponent = Math.floor(Math.log2(a));
  return sign | (((exponent + 15) << 10) + nearestEven((a / 2 ** exponent - 1) * 1024));
}

function nearestEven(x: number): number {
  const low = Math.floor(x), over = x - low;
  return over > 0.5 || (over === 0.5 && low % 2 === 1) ? low + 1 : low;
}

function float16Number(word: number): number {
  const sign = word & 0x8000 ? -1 : 1, exponent = (word >> 10) & 31, fraction = word & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
