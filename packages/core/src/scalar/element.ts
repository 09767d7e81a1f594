/** @file A number as an element of a dtype, refused in PyTorch's words where it does not fit. Knows no tensor. */
import { type DType, dtypes } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { castValue } from "./instructions.ts";

type Range = { readonly cppName: string; readonly low: number; readonly high: number };
const float = (cppName: string, high: number): Range => ({ cppName, low: -high, high });
/** What may be filled in; an unsigned byte also from below, where it wraps. Everything is a bool. */
const ranges: { readonly [D in DType]?: Range } = {
  float32: float("float", 3.4028234663852886e38), float16: float("at::Half", 65504), bfloat16: float("at::BFloat16", 3.3895313892515355e38),
  int32: { cppName: "int", low: -2147483648, high: 2147483647 }, int16: { cppName: "int16_t", low: -32768, high: 32767 },
  int8: { cppName: "int8_t", low: -128, high: 127 }, uint8: { cppName: "uint8_t", low: -255, high: 255 },
};

/** PyTorch's refusal of a number that does not fit into the dtype. */
export const doesNotFit = (dtype: DType): DTypeError => new DTypeError(`value cannot be converted to type ${ranges[dtype]?.cppName ?? dtype} without overflow`);

/** The number that a program gave, true being 1. */
export function numberFrom(given: number | boolean): number {
  if (typeof given !== "number" && typeof given !== "boolean") throw new ArgumentError(`a value must be a number or a boolean, got ${String(given)}`);
  return Number(given);
}
/** `value` rounded once, or cut to an integer. Infinities are floats; NaN is 0 among the integers. */
export function elementOf(given: number | boolean, dtype: DType): number {
  const value = numberFrom(given), range = ranges[dtype];
  if (range !== undefined && (value < range.low || value > range.high) && (Number.isFinite(value) || dtypes[dtype].kind !== "float"))
    throw doesNotFit(dtype);
  return castValue("float64", dtype, value);
}
