/** @file The memory of this backend: a buffer is a flat tensor that is replaced when it is written to. Views are read and written here. */
import { DeviceError, type DType, sizeOf, type Shape, type View } from "@adjoint/core/backend";
import { clone, concat, gather, keep, type Rank, reshape, slice, type Tensor, type Tensor1D, zeros } from "@tensorflow/tfjs-core";
import { dataTypeOf } from "./data-type.ts";
import { uploadPositions } from "./host.ts";

/** Elements of one dtype. Its tensor is never changed: a read that began before a write still sees the old one. */
export class TfjsBuffer {
  readonly dtype: DType;
  readonly length: number;
  /** Undefined until something is written. */
  tensor: Tensor1D | undefined = undefined;
  freed: boolean = false;

  constructor(dtype: DType, length: number) {
    this.dtype = dtype;
    this.length = length;
  }
}

export type TfjsView = View<TfjsBuffer>;

// Everything below runs inside tf.tidy, which disposes what is not kept.

/** All elements; zeros where nothing was written. Belongs to the buffer: use it, dispose of nothing. */
export function content(buffer: TfjsBuffer): Tensor1D {
  if (buffer.freed) throw new DeviceError("tfjs: use of a buffer that was freed");
  return buffer.tensor ?? zeros([buffer.length], dataTypeOf(buffer.dtype));
}

/** Elements `from ... from + count - 1`. */
export const range = (flat: Tensor1D, from: number, count: number): Tensor1D =>
  from === 0 && count === flat.size ? flat : slice(flat, [from], [count]);

/** A view's elements in row-major order, packed. */
export function load(view: TfjsView): Tensor1D {
  const flat = content(view.buffer);
  return view.dense ? range(flat, view.offset, view.size) : gather(flat, uploadPositions(positions(view)));
}

/** Makes these the view's elements, in row-major order; what lies beside them stays. */
export function store(view: TfjsView, values: Tensor): void {
  const packed = reshape<Rank.R1>(values, [view.size]);
  if (view.dense) storeRange(view.buffer, view.offset, packed);
  else storePositions(view.buffer, positions(view), packed);
}

export function storeRange(buffer: TfjsBuffer, from: number, values: Tensor1D): void {
  const { length } = buffer, end = from + values.size;
  if (values.size === length) return replace(buffer, values);
  const flat = content(buffer);
  const parts = [range(flat, 0, from), values, range(flat, end, length - end)];
  replace(buffer, concat(parts.filter((part) => part.size > 0)));
}

/** Where a position comes twice, the last of its values is kept. */
export function storePositions(buffer: TfjsBuffer, at: Int32Array, values: Tensor1D): void {
  // Picked from the old elements and the new ones: tf.tensorScatterUpdate of the cpu backend overwrites its input.
  const { length } = buffer, from = new Int32Array(length);
  for (let i = 0; i < length; i++) from[i] = i;
  for (let k = 0; k < at.length; k++) from[at[k]!] = length + k;
  replace(buffer, gather(concat([content(buffer), values]), uploadPositions(from)));
}

/** A clone costs no memory: `values` may be the tensor of another buffer, or of two results. */
function replace(buffer: TfjsBuffer, values: Tensor1D): void {
  const before = buffer.tensor;
  buffer.tensor = keep(clone(values));
  before?.dispose();
}

/** Where a view's elements lie in its buffer, in row-major order. */
export function positions({ shape, strides, offset }: { readonly shape: Shape; readonly strides: Shape; readonly offset: number }): Int32Array {
  const out = new Int32Array(sizeOf(shape));
  out[0] = offset;
  // Each dim, from the last on, repeats what is there at further offsets.
  for (let dim = shape.length - 1, filled = 1; dim >= 0; filled *= shape[dim]!, dim--)
    for (let i = 1, o = filled; i < shape[dim]!; i++)
      for (let k = 0; k < filled; k++) out[o++] = out[k]! + i * strides[dim]!;
  return out;
}
