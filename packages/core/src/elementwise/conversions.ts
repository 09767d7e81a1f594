/** @file `to` a dtype under PyTorch's names, and what may be asked of a dtype. */
import { type DType, dtypes, isFloat } from "../dtype.ts";
import type { MemoryFormatOptions } from "../memory-format.ts";
import type { Tensor } from "../op.ts";
import { to } from "./elementwise.ts";
import { toFormat } from "./to.ts";

type Conversion = (x: Tensor, options?: MemoryFormatOptions) => Tensor;
const conversion = (dtype: DType): Conversion => (x, options) => toFormat(x, dtype, options);
/**
 * The tensor in float16.
 * @param x of any shape and dtype
 * @returns x's shape, float16; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example half(tensor([1])).dtype // "float16"
 */
export const half: Conversion = /*@__PURE__*/ conversion("float16");
/**
 * The tensor in bfloat16.
 * @param x of any shape and dtype
 * @returns x's shape, bfloat16; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example bfloat16(tensor([1])).dtype // "bfloat16"
 */
export const bfloat16: Conversion = /*@__PURE__*/ conversion("bfloat16");
/**
 * The tensor in float32.
 * @param x of any shape and dtype
 * @returns x's shape, float32; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example float(tensor([true, false])) // [1, 0]
 */
export const float: Conversion = /*@__PURE__*/ conversion("float32");
/**
 * The tensor in float64.
 * @param x of any shape and dtype
 * @returns x's shape, float64; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example double(tensor([1])).dtype // "float64"
 */
export const double: Conversion = /*@__PURE__*/ conversion("float64");
/**
 * The tensor in int8.
 * @param x of any shape and dtype
 * @returns x's shape, int8; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example char(tensor([200])) // [-56]
 */
export const char: Conversion = /*@__PURE__*/ conversion("int8");
/**
 * The tensor in uint8.
 * @param x of any shape and dtype
 * @returns x's shape, uint8; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example byte(tensor([300])) // [44]
 */
export const byte: Conversion = /*@__PURE__*/ conversion("uint8");
/**
 * The tensor in int16.
 * @param x of any shape and dtype
 * @returns x's shape, int16; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example short(tensor([1.5])) // [1]
 */
export const short: Conversion = /*@__PURE__*/ conversion("int16");
/**
 * The tensor in int32.
 * @param x of any shape and dtype
 * @returns x's shape, int32; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example int(tensor([1.7, -1.7])) // [1, -1]
 */
export const int: Conversion = /*@__PURE__*/ conversion("int32");
/**
 * The tensor in int32, as `int` gives it: it stands for PyTorch's int64 too.
 * @param x of any shape and dtype
 * @returns x's shape, int32; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example long(tensor([1.7])).dtype // "int32"
 */
export const long: Conversion = int;
/**
 * The tensor in bool: whether an element is not zero. NaN is not.
 * @param x of any shape and dtype
 * @returns x's shape, bool; x itself where it is so already
 * @throws DTypeError for a device that does not take the dtype
 * @throws ShapeError for a memory format of another rank
 * @example bool(tensor([0, 2])) // [false, true]
 */
export const bool: Conversion = /*@__PURE__*/ conversion("bool");
/**
 * The tensor in the dtype of another.
 * @param x of any shape and dtype
 * @param other whose dtype it is
 * @returns x's shape, the other's dtype; x itself where it is so already
 * @example typeAs(tensor([1.5]), tensor([true])) // [true]
 */
export const typeAs = (x: Tensor, other: Tensor): Tensor => to(x, other.dtype);
/**
 * How many bytes an element takes on the host; a device may give small dtypes more.
 * @param x of any shape and dtype
 * @returns a number
 * @example elementSize(ones([3], { dtype: "float16" })) // 2
 */
export const elementSize = (x: Tensor): number => dtypes[x.dtype].bytes;
/**
 * Whether the dtype is a float: only such tensors have gradients.
 * @param x of any shape and dtype
 * @returns true or false
 * @example isFloatingPoint(ones([1])) // true
 */
export const isFloatingPoint = (x: Tensor): boolean => isFloat(x.dtype);
/**
 * Whether the dtype has negative numbers.
 * @param x of any shape and dtype
 * @returns true or false
 * @example isSigned(ones([1], { dtype: "uint8" })) // false
 */
export const isSigned = (x: Tensor): boolean => x.dtype !== "uint8" && x.dtype !== "bool";
