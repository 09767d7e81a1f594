/** @file The numbers that cases run on: edge values, sweeps over a function's range, and harmless ones for layouts. */
import { type DType, dtypes, philox } from "@adjoint/core/backend";
import { stored } from "../host.ts";

const drawn = new Map<number, number[]>();

/** Reproducible, uniform in [0, 1). */
export function uniform(at: number, seed = 1): number {
  let known = drawn.get(seed);
  if (known === undefined) drawn.set(seed, (known = []));
  for (let i = known.length; i <= at; i++) known.push((philox(i, seed, 7, 0, 0) >>> 8) * 2 ** -24);
  return known[at]!;
}

/** Small multiples of 1/4, small integers, truth values: exact under addition in any order, and distinct enough. */
export function plain(dtype: DType, seed = 1): (at: number) => number {
  switch (dtypes[dtype].kind) {
    case "bool": return (at) => (uniform(at, seed) < 0.5 ? 0 : 1);
    case "int": return dtype === "uint8" ? (at) => Math.floor(uniform(at, seed) * 100) : (at) => Math.floor(uniform(at, seed) * 100) - 50;
    case "float": return (at) => Math.floor(uniform(at, seed) * 64) / 4 - 8;
  }
}

/** Ordinary fractions in [-scale, scale), with all their digits. */
export const fractions = (dtype: DType, seed = 1, scale = 4): ((at: number) => number) => (at) => stored(dtype, (uniform(at, seed) * 2 - 1) * scale);

const floatEdges = [
  NaN, Infinity, -Infinity, 0, -0, 1, -1,
  0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.5, // ties of rounding
  2, -2, 3, 7, -7, 0.1, -0.3, 1 / 3, 100.25, -1000.75,
  2 ** 23 + 1, -(2 ** 23) - 1, 8388607.5, -4194304.5, // where halves end in float32
  2 ** 31, -(2 ** 31), 2147483520, 4294967296, 3e9, -3e9, // where int32 ends
  1e10, -1e10, 2 ** 62,
];
const float32Edges = [
  3.4028234663852886e38, -3.4028234663852886e38, 2 ** -126, -(2 ** -126), // largest and least normal
  2 ** -149, -(2 ** -149), 2 ** -127, 1e-40, // subnormal: arithmetic may flush them to zero
  1 + 2 ** -23, 1 - 2 ** -24, 88.72283, 88.72284, -87.33655, -103.9, 1e20, 1e-20, 1e30,
];
const float64Edges = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, 1 + 2 ** -52, 1 - 2 ** -53, 709.78, -745.2, 1e200, 1e-200, 2 ** 53 + 2];
const intEdges = [
  0, 1, -1, 2, -2, 3, 5, 7, -7, 31, 32, 33, -31, 100, -100, 255, 256, 46341, -46341, 65535, 65536, 0x12345678, -0x12345678,
  2147483647, -2147483647, -2147483648, 2147483646, 1073741824,
];

export function edges(dtype: DType): readonly number[] {
  switch (dtype) {
    case "bool": return [0, 1];
    case "float64": return [...floatEdges, ...float64Edges];
    case "int32": return intEdges;
    case "int16": return [0, 1, -1, 127, 128, 255, 256, -128, 32767, -32768];
    case "int8": return [0, 1, -1, 2, 126, 127, -127, -128];
    case "uint8": return [0, 1, 2, 127, 128, 254, 255];
    case "float32": return [...floatEdges, ...float32Edges].map(Math.fround);
    case "float16": case "bfloat16": return [...floatEdges, 65504, -65504, 65519, 2 ** -24, 2 ** -14, 6e-5].map((x) => stored(dtype, x));
  }
}

/** Edge values, then magnitudes from 2^-20 to 2^20 of both signs, then a fine walk from -20 to 20. */
export function sweep(dtype: DType): readonly number[] {
  if (dtypes[dtype].kind !== "float") return edges(dtype);
  const values = [...edges(dtype)];
  for (let i = 0; i < 160; i++) values.push(2 ** (i / 4 - 20 + uniform(i) / 4) * (i % 2 === 0 ? 1 : -1));
  for (let i = 0; i < 320; i++) values.push(i / 8 - 20 + uniform(i, 2) / 8);
  for (let i = 0; i < 64; i++) values.push((i - 32) / 32); // asin and acos live here, and end at -1 and 1
  return values.map((x) => stored(dtype, x));
}
