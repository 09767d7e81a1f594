/** @file Memory formats: in which order the dims of a tensor lie in memory. Pure functions of shapes and strides. */
import { ArgumentError, ShapeError } from "./errors.ts";
import type { View } from "./view.ts";

/**
 * How the dims of a tensor lie in memory, under PyTorch's names: row-major; as another tensor's do; or, of `[n, channels, ...]`, with the channels
 * side by side.
 */
export type MemoryFormat = "contiguous_format" | "preserve_format" | "channels_last" | "channels_last_3d";
export type MemoryFormatOptions = {
  /** How the elements lie in memory. */
  readonly memoryFormat?: MemoryFormat;
};

/** The dims from the outermost in memory to the innermost. */
export type DimOrder = readonly number[];
const channelsLast: { readonly [format: string]: DimOrder } = { channels_last: [0, 2, 3, 1], channels_last_3d: [0, 2, 3, 4, 1] };

/**
 * The order that a format asks of a tensor like `view`; undefined for row-major.
 * @throws ShapeError if the format is of another rank
 */
export function orderOf(format: MemoryFormat, view: { readonly shape: View["shape"]; readonly strides?: View["strides"] }): DimOrder | undefined {
  if (format === "contiguous_format") return undefined;
  if (format === "preserve_format") return view.strides === undefined ? undefined : ownOrder(view.shape, view.strides);
  const order = Object.hasOwn(channelsLast, format) ? channelsLast[format] : undefined;
  if (order === undefined) throw new ArgumentError(`memoryFormat must be one of contiguous_format, preserve_format, channels_last, channels_last_3d, got ${String(format)}`);
  if (view.shape.length !== order.length) throw new ShapeError(`required rank ${order.length} tensor to use ${format} format`);
  return order;
}

/** The order in which dims lie, by their strides; undefined where it is the row-major one. Dims that are repeated stay in their place, as in PyTorch. */
function ownOrder(shape: View["shape"], strides: View["strides"]): DimOrder | undefined {
  const order = shape.map((_, d) => d);
  const isInside = (a: number, b: number): boolean => strides[a] !== 0 && strides[b] !== 0 && (strides[a]! < strides[b]! || (strides[a] === strides[b] && shape[a]! < shape[b]!));
  const isOutside = (a: number, b: number): boolean => strides[a] !== 0 && strides[b] !== 0 && strides[a]! > strides[b]!;
  // By insertion from the innermost dim on: pairs that cannot be told apart are passed over.
  for (let i = order.length - 2; i >= 0; i--)
    for (let at = i, k = i + 1; k < order.length; k++) {
      if (isInside(order[at]!, order[k]!)) {
        [order[at], order[k]] = [order[k]!, order[at]!];
        at = k;
      } else if (isOutside(order[at]!, order[k]!)) break;
    }
  return order.every((dim, d) => dim === d) ? undefined : order;
}

/** Whether the elements lie side by side in the order of a format. */
export function isContiguousIn(format: MemoryFormat, view: View): boolean {
  if (format === "contiguous_format") return view.dense;
  if (format === "preserve_format") throw new ArgumentError("preserve memory format is unsupported by the contiguous operator");
  const order = channelsLast[format];
  if (order === undefined || order.length !== view.shape.length) return false;
  let step = 1;
  for (const d of [...order].reverse()) {
    if (view.shape[d] === 1) continue;
    if (view.strides[d] !== step) return false;
    step *= view.shape[d]!;
  }
  return true;
}

/** Whether the strides grow in the order of a format, gaps or not; one channel alone lies in no order of channels. */
function liesAs(order: DimOrder, { shape, strides }: View): boolean {
  if (order.length !== shape.length || strides[1] === 0) return false;
  let least = 0;
  for (const d of [...order].reverse()) {
    if (shape[d] === 0 || strides[d]! < least || (d === 0 && least === strides[1])) return false;
    least = strides[d]! * Math.max(1, shape[d]!);
  }
  return true;
}
/** The format that a tensor is taken to be in already. */
export const formatOf = (view: View): MemoryFormat => (Object.keys(channelsLast) as MemoryFormat[]).find((format) => liesAs(channelsLast[format]!, view)) ?? "contiguous_format";
