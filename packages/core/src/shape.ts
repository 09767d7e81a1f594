/** @file Arithmetic on shapes: sizes, dims, broadcasting. Pure functions of number arrays. */
import { ArgumentError, IndexError, ShapeError } from "./errors.ts";

export type Shape = readonly number[];

/** The number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Row-major strides, in elements. */
export function denseStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** The shape as PyTorch prints it inside messages: `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** A dim counted from either end, as a non-negative number. */
export function wrapDim(dim: number, rank: number): number {
  const range = Math.max(rank, 1);
  if (!Number.isInteger(dim)) throw new ArgumentError(`dim must be an integer, got ${dim}`);
  if (dim < -range || dim >= range)
    throw new IndexError(`Dimension out of range (expected to be in range of [${-range}, ${range - 1}], but got ${dim})`);
  return dim < 0 ? dim + range : dim;
}

/** Distinct non-negative dims in ascending order; none given means all of them. */
export function wrapDims(dims: number | readonly number[] | undefined, rank: number): readonly number[] {
  if (rank > 64) throw new ShapeError("only tensors with up to 64 dims are supported");
  if (dims === undefined) return allDims(rank);
  if (typeof dims === "number") {
    const one = wrapDim(dims, rank);
    return rank === 0 ? NO_DIMS : [one];
  }
  if (dims.length === 0) return allDims(rank);
  const wrapped = new Array<number>(dims.length);
  let ascends = true;
  for (let i = 0; i < dims.length; i++) {
    wrapped[i] = wrapDim(dims[i]!, rank);
    if (i > 0 && wrapped[i]! <= wrapped[i - 1]!) ascends = false;
  }
  if (!ascends) wrapped.sort((a, b) => a - b);
  for (let i = 1; i < wrapped.length; i++)
    if (wrapped[i] === wrapped[i - 1]) throw new ArgumentError(`dim ${wrapped[i]} appears multiple times in the list of dims`);
  return rank === 0 ? NO_DIMS : wrapped;
}
const NO_DIMS: readonly number[] = [];
function allDims(rank: number): readonly number[] {
  if (rank === 0) return NO_DIMS;
  const all = new Array<number>(rank);
  for (let d = 0; d < rank; d++) all[d] = d;
  return all;
}

/** PyTorch's `broadcast_shapes` of two shapes. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (b.length === 0 || sameShape(a, b)) return a;
  if (a.length === 0) return b;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = rank - 1; i >= 0; i--) {
    const x = a[a.length - rank + i] ?? 1, y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new ShapeError(
        `The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${i}`);
    out[i] = x === 1 ? y : x;
  }
  return out;
}

/** Whether a tensor of shape `from` broadcasts to `to`. */
export function isExpandable(from: Shape, to: Shape): boolean {
  const lead = to.length - from.length;
  if (lead < 0) return false;
  for (let d = 0; d < from.length; d++) if (from[d] !== 1 && from[d] !== to[lead + d]) return false;
  return true;
}

/** Sizes and dims come as one array, not one by one as Python allows. */
export function checkSizes(op: string, sizes: readonly number[]): void {
  if (!Array.isArray(sizes)) throw new ArgumentError(`${op}(): expected an array, as in ${op}([2, 3]), got ${String(sizes)}`);
}

/** Sizes, or places along a dim. */
export function checkIntegers(op: string, sizes: readonly number[]): void {
  if (!sizes.every(Number.isInteger)) throw new ArgumentError(`${op}(): sizes must be integers, got ${showShape(sizes)}`);
}

/** A user's shape, checked: non-negative integers whose product is a safe integer. A copy, since arrays of users may change. */
export function checkShape(op: string, shape: Shape): Shape {
  checkSizes(op, shape);
  checkIntegers(op, shape);
  let size = 1;
  for (const dim of shape) {
    if (dim < 0) throw new ShapeError(`Trying to create tensor with negative dimension ${dim}: ${showShape(shape)}`);
    size *= dim;
  }
  if (!Number.isSafeInteger(size)) throw new ShapeError(`${op}(): ${showShape(shape)} has more elements than can be counted`);
  return shape.slice();
}
