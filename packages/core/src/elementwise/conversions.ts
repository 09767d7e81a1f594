/** @file `to` a dtype under PyTorch's names, and what may be asked of a dtype. */
import { isFloat } from "../dtype.ts";
import type { Tensor } from "../op.ts";
import { to } from "./elementwise.ts";

/** The tensor in float16. */
export const half = (x: Tensor): Tensor => to(x, "float16");
/** The tensor in bfloat16. */
export const bfloat16 = (x: Tensor): Tensor => to(x, "bfloat16");
/** The tensor in float32. */
export const float = (x: Tensor): Tensor => to(x, "float32");
/** The tensor in float64. */
export const double = (x: Tensor): Tensor => to(x, "float64");
/** The tensor in int8. */
export const char = (x: Tensor): Tensor => to(x, "int8");
/** The tensor in uint8. */
export const byte = (x: Tensor): Tensor => to(x, "uint8");
/** The tensor in int16. */
export const short = (x: Tensor): Tensor => to(x, "int16");
/** The tensor in int32. */
export const int = (x: Tensor): Tensor => to(x, "int32");
/** The tensor in bool: whether it is not zero. NaN is not. */
export const bool = (x: Tensor): Tensor => to(x, "bool");
/** The tensor in the dtype of another. */
export const typeAs = (x: Tensor, other: Tensor): Tensor => to(x, other.dtype);
/** Whether the dtype is a float: only such tensors have gradients. */
export const isFloatingPoint = (x: Tensor): boolean => isFloat(x.dtype);
/** Whether the dtype has negative numbers. */
export const isSigned = (x: Tensor): boolean => x.dtype !== "uint8" && x.dtype !== "bool";
