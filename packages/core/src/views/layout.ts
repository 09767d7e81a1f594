/** @file How a tensor lies in memory: copies in a memory format, windows of any strides, and a tensor whose memory is seen in another size. */
import { laidOut } from "../calculus/laid-out.ts";
import { clone as cloneOf } from "../calculus/map-reduce.ts";
import { isContiguousIn, type MemoryFormatOptions, orderOf } from "../memory-format.ts";
import { composite, type Tensor } from "../op.ts";
import { narrow } from "./views.ts";

/**
 * A copy of its own: row-major, or in the order of `memoryFormat`; "preserve_format" keeps the order in which the dims lie. PyTorch's `clone`, whose default
 * is to keep it.
 * @param x of any shape and dtype
 * @returns x's shape and dtype
 * @throws ShapeError if the format is of another rank
 * @example clone(tensor([1, 2])) // [1, 2]
 */
export const clone = (x: Tensor, { memoryFormat = "contiguous_format" }: MemoryFormatOptions = {}): Tensor => laidOut(x, orderOf(memoryFormat, x.window));

/**
 * The tensor itself where its elements lie side by side in row-major order, or in that of `memoryFormat`; else a copy for which this holds.
 * @param x of any shape and dtype
 * @returns x's shape and dtype
 * @throws ShapeError if the format is of another rank
 * @example contiguous(ones([2, 3]).t()).stride() // [2, 1]
 */
export function contiguous(x: Tensor, { memoryFormat = "contiguous_format" }: MemoryFormatOptions = {}): Tensor {
  return isContiguousIn(memoryFormat, x.window) ? x : clone(x, { memoryFormat });
}
/**
 * Whether the elements lie side by side in row-major order, or in that of `memoryFormat`.
 * @param x of any shape and dtype
 * @returns true or false, at once
 * @throws ArgumentError for the memory format "preserve_format"
 * @example isContiguous(ones([2, 3]).t()) // false
 */
export const isContiguous = (x: Tensor, { memoryFormat = "contiguous_format" }: MemoryFormatOptions = {}): boolean => isContiguousIn(memoryFormat, x.window);

/**
 * As `narrow`, with memory of its own.
 * @returns a copy of x's shape with `length` along the dim, of its dtype
 * @example narrowCopy(tensor([1, 2, 3]), 0, 1, 2) // [2, 3]
 */
export const narrowCopy: (x: Tensor, dim: number, start: number, length: number) => Tensor = /*@__PURE__*/ composite("NarrowCopyBackward0", (x: Tensor, dim: number, start: number, length: number): Tensor => cloneOf(narrow(x, dim, start, length)));
