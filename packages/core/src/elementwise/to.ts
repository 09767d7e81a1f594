/** @file A tensor in another dtype, and in another memory format. */
import { laidOut } from "../calculus/laid-out.ts";
import type { DType } from "../dtype.ts";
import { type DimOrder, formatOf, type MemoryFormatOptions, orderOf } from "../memory-format.ts";
import { composite, type Tensor } from "../op.ts";
import { to } from "./elementwise.ts";

export type ToOptions = MemoryFormatOptions & {
  /** A copy even where the tensor is as asked already. */
  readonly copy?: boolean;
};

/** The tensor in a dtype and a memory format; itself if it is so already. */
export function toFormat(x: Tensor, dtype: DType, { memoryFormat = "preserve_format", copy = false }: ToOptions = {}): Tensor {
  const order = orderOf(memoryFormat, x.window), cast = x.dtype !== dtype;
  if (cast && (order === undefined || memoryFormat === "preserve_format")) return to(x, dtype);
  if (!cast && !copy && (memoryFormat === "preserve_format" || memoryFormat === formatOf(x.window))) return x;
  return copied(to(x, dtype), order);
}
const copied: (x: Tensor, order: DimOrder | undefined) => Tensor = /*@__PURE__*/ composite("ToCopyBackward0", (x: Tensor, order: DimOrder | undefined): Tensor => laidOut(x, order));
