/** @file A buffer seen through shape, strides and offset. Pure index arithmetic; a view owns nothing. */
import { type DType } from "./dtype.ts";
import { denseStrides, type Shape, sizeOf } from "./shape.ts";

/** Device memory of one dtype. Opaque: only the backend that allocated it knows what it is. */
export type Buffer = object;

/**
 * An immutable window onto a buffer. Element `(i, j, ...)` lies at `offset + i * strides[0] + j * strides[1] + ...`,
 * counted in elements. Kernels may keep views; nothing is ever pooled or changed.
 */
export class View<B extends Buffer = Buffer> {
  readonly buffer: B;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
  /** The number of elements. */
  readonly size: number;
  /** Row-major and without gaps: the elements are `offset ... offset + size - 1`, in logical order. */
  readonly dense: boolean;

  constructor(buffer: B, dtype: DType, shape: Shape, strides: Shape, offset: number, size: number, dense: boolean) {
    this.buffer = buffer;
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.size = size;
    this.dense = dense;
  }
}

/** A dense view of a whole buffer. */
export function denseView<B extends Buffer>(buffer: B, dtype: DType, shape: Shape): View<B> {
  return new View(buffer, dtype, shape, sharedStrides(shape), 0, sizeOf(shape), true);
}

/** Those of the last dense view: most tensors are shaped like the one before, and then share them. */
let latest: Shape = [];
function sharedStrides(shape: Shape): Shape {
  if (!isRowMajor(shape, latest)) latest = denseStrides(shape);
  return latest;
}
function isRowMajor(shape: Shape, strides: Shape): boolean {
  if (strides.length !== shape.length) return false;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/** Another window onto the same buffer. */
export function restride<B extends Buffer>(view: View<B>, shape: Shape, strides: Shape, offset: number): View<B> {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return new View(view.buffer, view.dtype, shape, strides, offset, size, isDense(shape, strides, size));
}

function isDense(shape: Shape, strides: Shape, size: number): boolean {
  if (size === 0) return true;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 1) continue; // the stride of a dim of size 1 is never used
    if (strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/** The strides that show `view` as `shape`: 0 along every dim that is repeated. The shapes must be compatible. */
export function broadcastStrides(view: View, shape: Shape): number[] {
  const lead = shape.length - view.shape.length;
  const strides = new Array<number>(shape.length);
  for (let i = 0; i < shape.length; i++)
    strides[i] = i < lead || (view.shape[i - lead] === 1 && shape[i] !== 1) ? 0 : view.strides[i - lead]!;
  return strides;
}

/**
 * Drops dims of size 1 and merges neighbours that are contiguous in every operand, without changing the logical order.
 * @param groups where merging must stop: dims before and from `groups` on are never merged together (reduce keeps its
 * reduced dims apart). Returns how many of the remaining dims lie at or after it.
 */
export function coalesce(shape: Shape, strides: readonly Shape[], groups: number = shape.length):
  { shape: number[]; strides: number[][]; trailing: number } {
  const outShape: number[] = [];
  const outStrides: number[][] = strides.map(() => []);
  let trailing = 0, barrier = 0;
  for (let d = 0; d < shape.length; d++) {
    if (d === groups) barrier = outShape.length;
    const size = shape[d]!;
    if (size === 1) continue;
    const last = outShape.length - 1;
    const mergeable = last >= 0 && !(d >= groups && last < barrier)
      && strides.every((s, k) => outStrides[k]![last] === s[d]! * size);
    if (mergeable) {
      outShape[last]! *= size;
      for (let k = 0; k < strides.length; k++) outStrides[k]![last] = strides[k]![d]!;
    } else {
      outShape.push(size);
      for (let k = 0; k < strides.length; k++) outStrides[k]!.push(strides[k]![d]!);
      if (d >= groups) trailing++;
    }
  }
  return { shape: outShape, strides: outStrides, trailing };
}

/**
 * Strides that show the same elements under another shape without moving them, or undefined when there are none.
 * PyTorch's rule for `view`: each new dim must lie inside one run of dims that are contiguous with one another.
 */
export function reshapeStrides(view: View, shape: Shape): number[] | undefined {
  if (view.dense) return denseStrides(shape);
  const from = coalesce(view.shape, [view.strides]);
  const strides = new Array<number>(shape.length).fill(0);
  let d = shape.length - 1;
  for (let k = from.shape.length - 1; k >= 0; k--) {
    let step = from.strides[0]![k]!, covered = 1;
    while (d >= 0 && (covered < from.shape[k]! || shape[d] === 1)) {
      strides[d] = step;
      step *= shape[d]!;
      covered *= shape[d]!;
      d--;
    }
    if (covered !== from.shape[k]) return undefined;
  }
  for (; d >= 0; d--) strides[d] = 1; // what remains is of size 1
  return strides;
}

/** The lowest and highest element that a non-empty view reaches, both included. */
export function extent(view: View): [low: number, high: number] {
  let low = view.offset, high = view.offset;
  for (let i = 0; i < view.shape.length; i++) {
    const span = (view.shape[i]! - 1) * view.strides[i]!;
    if (span < 0) low += span;
    else high += span;
  }
  return [low, high];
}

/** Whether two logical elements can lie at one place. Exact for what views of views produce; may say yes wrongly otherwise. */
export function overlapsItself(view: View): boolean {
  if (view.dense) return false;
  const dims = view.shape.map((size, i) => ({ size, stride: Math.abs(view.strides[i]!) })).filter((dim) => dim.size > 1);
  dims.sort((a, b) => a.stride - b.stride);
  let reach = 0;
  for (const { size, stride } of dims) {
    if (stride <= reach) return true;
    reach += (size - 1) * stride;
  }
  return false;
}
