/** @file What numbers a dtype has: PyTorch's `finfo` and `iinfo`. Knows no tensor. */
import { type DType, dtypes } from "./dtype.ts";
import { DTypeError } from "./errors.ts";

export type FloatInfo = {
  readonly dtype: DType;
  readonly bits: number;
  /** From 1 to the next number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** The least normal number above 0; also as `tiny`. */
  readonly smallestNormal: number;
  readonly tiny: number;
  /** The decimal digits that can be relied on, as a power of ten. */
  readonly resolution: number;
};
export type IntegerInfo = { readonly dtype: DType; readonly bits: number; readonly max: number; readonly min: number };

/** Bits of the significand beside the leading one, the largest exponent, and the digits that can be relied on. */
const floats: { readonly [D in DType]?: readonly [significand: number, exponent: number, digits: number] } = {
  float16: [10, 15, 3], bfloat16: [7, 127, 2], float32: [23, 127, 6], float64: [52, 1023, 15],
};

/**
 * The limits of a float dtype. PyTorch's `finfo`.
 * @param dtype float32 by default
 * @returns `bits`, `eps`, `max`, `min`, `tiny`, `resolution` and `dtype`
 * @throws DTypeError for a dtype that is no float
 * @example finfo("float32").eps === 2 ** -23 // true
 */
export function finfo(dtype: DType = "float32"): FloatInfo {
  const float = floats[dtype];
  if (float === undefined) throw new DTypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
  const [significand, exponent, digits] = float, eps = 2 ** -significand, max = 2 ** exponent * (2 - eps), tiny = 2 ** (1 - exponent);
  return { dtype, bits: 8 * dtypes[dtype].bytes, eps, max, min: -max, smallestNormal: tiny, tiny, resolution: Number(`1e-${digits}`) };
}

/**
 * The limits of an integer dtype. PyTorch's `iinfo`.
 * @param dtype of integers
 * @returns `bits`, `max`, `min` and `dtype`
 * @throws DTypeError for floats, and for bool
 * @example iinfo("uint8").max // 255
 */
export function iinfo(dtype: DType): IntegerInfo {
  const { kind, bytes } = dtypes[dtype];
  if (kind === "float") throw new DTypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
  if (kind === "bool") throw new DTypeError("torch.bool is not supported by torch.iinfo");
  const bits = 8 * bytes, isUnsigned = dtype === "uint8";
  return { dtype, bits, max: 2 ** (isUnsigned ? bits : bits - 1) - 1, min: isUnsigned ? 0 : -(2 ** (bits - 1)) };
}
