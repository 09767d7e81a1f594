/** @file `to` a dtype under PyTorch's names, and what may be asked of a dtype. */
import { type DType, dtypes, isFloat } from "../dtype.ts";
import type { MemoryFormatOptions } from "../memory-format.ts";
import type { Tensor } from "../op.ts";
import { to } from "./elementwise.ts";
import { toFormat } from "./to.ts";

type Conversion = (x: Tensor, options?: MemoryFormatOptions) => Tensor;
const conversion = (dtype: DType): Conversion => (x, options) => toFormat(x, dtype, options);
/**
 * The tensor in float16. Takes any shape and dtype.
 * @throws DTypeError on a device without the dtype
 * @example half(tensor([1])).dtype // "float16"
 */
export const half: Conversion = /*@__PURE__*/ conversion("float16");
/**
 * The tensor in bfloat16.
 * @example bfloat16(tensor([1])).dtype // "bfloat16"
 */
export const bfloat16: Conversion = /*@__PURE__*/ conversion("bfloat16");
/**
 * The tensor in float32. Takes any shape and dtype.
 * @throws DTypeError on a device without the dtype
 * @example float(tensor([true, false])) // [1, 0]
 */
export const float: Conversion = /*@__PURE__*/ conversion("float32");
/**
 * The tensor in float64. Takes any shape and dtype.
 * @throws DTypeError on a device without the dtype
 * @example double(tensor([1])).dtype // "float64"
 */
export const double: Conversion = /*@__PURE__*/ conversion("float64");
/**
 * The tensor in int8.
 * @example char(tensor([200])) // [-56]
 */
export const char: Conversion = /*@__PURE__*/ conversion("int8");
/**
 * The tensor in uint8.
 * @example byte(tensor([300])) // [44]
 */
export const byte: Conversion = /*@__PURE__*/ conversion("uint8");
/**
 * The tensor in int16.
 * @example short(tensor([1.5])) // [1]
 */
export const short: Conversion = /*@__PURE__*/ conversion("int16");
/**
 * The tensor in int32. Takes any shape and dtype.
 * @throws DTypeError on a device without the dtype
 * @example int(tensor([1.7, -1.7])) // [1, -1]
 */
export const int: Conversion = /*@__PURE__*/ conversion("int32");
/**
 * The tensor in int32, which stands for PyTorch's int64 too.
 * @example long(tensor([1.7])).dtype // "int32"
 */
export const long: Conversion = int;
/**
 * The tensor in bool: whether it is not zero. NaN is not. Takes any shape and dtype.
 * @throws ShapeError for a `memoryFormat` of another rank
 * @example bool(tensor([0, 2])) // [false, true]
 */
export const bool: Conversion = /*@__PURE__*/ conversion("bool");
/**
 * The tensor in the dtype of another.
 * @example typeAs(tensor([1.5]), tensor([true])) // [true]
 */
export const typeAs = (x: Tensor, other: Tensor): Tensor => to(x, other.dtype);
/**
 * How many bytes an element takes on the host; a device may give small dtypes more.
 * @example elementSize(ones([3], { dtype: "float16" })) // 2
 */
export const elementSize = (x: Tensor): number => dtypes[x.dtype].bytes;
/**
 * Whether the dtype is a float: only such tensors have gradients.
 * @example isFloatingPoint(ones([1])) // true
 */
export const isFloatingPoint = (x: Tensor): boolean => isFloat(x.dtype);
/**
 * Whether the dtype has negative numbers.
 * @example isSigned(ones([1], { dtype: "uint8" })) // false
 */
export const isSigned = (x: Tensor): boolean => x.dtype !== "uint8" && x.dtype !== "bool";
