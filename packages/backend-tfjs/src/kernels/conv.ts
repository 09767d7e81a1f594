/** @file `conv`: windows of x picked by positions that are computed on the host, then one matrix product for each group. */
import { DTypeError, type Kernel, type PrimitiveAttrs, sizeOf } from "@adjoint/core/backend";
import { concat, gather, reshape, type Tensor, type Tensor3D, transpose, zeros } from "@tensorflow/tfjs-core";
import { content, load, positions, store, type TfjsBuffer, type TfjsView } from "../buffer.ts";
import { dataTypeOf } from "../data-type.ts";
import { uploadPositions } from "../host.ts";
import { multiply } from "./matmul.ts";

type Attrs = PrimitiveAttrs["conv"];

export const conv: Kernel<PrimitiveAttrs["conv"], TfjsBuffer> = ([x, filter], [output], attrs) => {
  const { dtype, shape } = output!, [groups, examples, channels, ...size] = shape as [number, number, number, ...number[]];
  if (dtype === "bool") throw new DTypeError("tfjs: conv of bool; cast to int32 or float32");
  const length = sizeOf(filter!.shape.slice(2)), places = sizeOf(size);
  const weights: Tensor3D = reshape(load(filter!), [groups, channels, length]);
  const columns: Tensor3D = reshape(windows(x!, filter!, output!, attrs), [groups, length, examples * places]);
  store(output!, transpose(reshape(multiply(weights, columns), [groups, channels, examples, places]), [0, 2, 1, 3]));
};

/** `[g, c, ...window, n, ...out]`, flat; what is not in x is the zero put behind its buffer. */
function windows(x: TfjsView, filter: TfjsView, output: TfjsView, attrs: Attrs): Tensor {
  const [groups, examples] = output.shape as [number, number], channels = filter.shape[2]!, flat = content(x.buffer), zero = flat.size;
  const [xg, xn, xc] = x.strides as [number, number, number];
  const starts = positions({ shape: [groups, channels], strides: [xg, xc], offset: x.offset }), rows = positions({ shape: [examples], strides: [xn], offset: 0 });
  const [depth, height, width] = [0, 1, 2].map((d) => offsetsAlong(d, x, filter, output, attrs)) as [number[][], number[][], number[][]];
  const places = depth.flatMap((ds) => height.flatMap((hs) => width.map((ws) => ds.flatMap((d) => hs.flatMap((h) => ws.map((w) => d + h + w))))));
  const at = new Int32Array(starts.length * rows.length * places.length * places[0]!.length);
  let k = 0;
  for (const start of starts) for (const window of places) for (const row of rows) for (const offset of window) at[k++] = offset === offset ? start + row + offset : zero;
  return gather(concat([flat, zeros([1], dataTypeOf(x.dtype))]), uploadPositions(at));
}

/** For each element of the window along a spatial dim, and each of the output: how far into x they lead, or NaN where x has nothing. */
const offsetsAlong = (d: number, x: TfjsView, filter: TfjsView, output: TfjsView, { stride, padding, dilation, spread }: Attrs): number[][] =>
  Array.from({ length: filter.shape[d + 3]! }, (_, i) => Array.from({ length: output.shape[d + 3]! }, (_unused, q) => {
    const at = (q * stride[d]! - padding[d]! + i * dilation[d]!) / spread[d]!;
    return Number.isInteger(at) && at >= 0 && at < x.shape[d + 3]! ? at * x.strides[d + 3]! : NaN;
  }));
