/** @file Tensors made after another, and further ranges: `new_*`, `empty`, `logspace`, the places of triangles. */
import { ArgumentError } from "../errors.ts";
import { dtypes, isFloat } from "../dtype.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import type { Shape } from "../shape.ts";
import { orderOf } from "../memory-format.ts";
import { type CreationOptions, fromHost, full, generated, inFormat, laidOutLike, like, type LikeOptions, ones, tensor, type TensorData, zeros } from "./fill.ts";
import { randint } from "./random.ts";

/**
 * A tensor of any content: here, of zeros.
 * @param shape of the tensor
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws ShapeError for negative sizes
 * @throws ArgumentError for the memory format "preserve_format"
 * @example empty([2, 3]).shape // [2, 3]
 */
export function empty(shape: Shape, options: LikeOptions = {}): Tensor {
  const { memoryFormat = "contiguous_format", ...rest } = options;
  if (memoryFormat === "preserve_format") throw new ArgumentError("empty(): there is no tensor whose format could be preserved");
  return inFormat(orderOf(memoryFormat, { shape }), rest, (given) => zeros(shape, given));
}
/**
 * A tensor of any content that is otherwise as another.
 * @param x of any shape and dtype
 * @returns x's shape, and its dtype and device unless others are given
 * @throws DTypeError for a dtype that the device does not take
 * @example emptyLike(ones([2, 3])).shape // [2, 3]
 */
export const emptyLike = (x: Tensor, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => empty(x.shape, given));
/**
 * A tensor of any content, of another's dtype and device.
 * @param x of any shape and dtype
 * @param shape of the result
 * @returns a tensor of that shape, and of x's dtype unless another is given
 * @throws ShapeError for negative sizes
 * @example ones([1]).newEmpty([2]).shape // [2]
 */
export const newEmpty = (x: Tensor, shape: Shape, options: CreationOptions = {}): Tensor => empty(shape, like(x, options));
/**
 * A tensor filled with one value, of another's dtype and device.
 * @param x of any shape and dtype
 * @param shape of the result
 * @param value in each place, rounded or cut to the dtype
 * @returns a tensor of that shape, and of x's dtype unless another is given
 * @throws ShapeError for negative sizes
 * @example ones([1]).newFull([2], 7) // [7, 7]
 */
export const newFull = (x: Tensor, shape: Shape, value: number | boolean, options: CreationOptions = {}): Tensor => full(shape, value, like(x, options));
/**
 * A tensor filled with 1, of another's dtype and device.
 * @param x of any shape and dtype
 * @param shape of the result
 * @returns a tensor of that shape, and of x's dtype unless another is given
 * @throws ShapeError for negative sizes
 * @example zeros([1]).newOnes([2]) // [1, 1]
 */
export const newOnes = (x: Tensor, shape: Shape, options: CreationOptions = {}): Tensor => ones(shape, like(x, options));
/**
 * A tensor filled with 0, of another's dtype and device.
 * @param x of any shape and dtype
 * @param shape of the result
 * @returns a tensor of that shape, and of x's dtype unless another is given
 * @throws ShapeError for negative sizes
 * @example ones([1]).newZeros([2]) // [0, 0]
 */
export const newZeros = (x: Tensor, shape: Shape, options: CreationOptions = {}): Tensor => zeros(shape, like(x, options));
/**
 * A tensor of the given data, of another's dtype and device.
 * @param x of any shape and dtype
 * @param data as of `tensor`
 * @returns the data's shape, and x's dtype unless another is given
 * @throws ShapeError where arrays are ragged
 * @throws ArgumentError for anything but numbers and booleans
 * @example ones([1]).newTensor([1, 2]) // [1, 2]
 */
export const newTensor = (x: Tensor, data: TensorData, options: CreationOptions = {}): Tensor => tensor(data, like(x, options));
/**
 * Whole numbers from low up to, not including, high, each as likely as the others.
 * @param x of any shape and dtype
 * @param low the least, 0 if left out
 * @param high above the largest
 * @returns x's shape, and its dtype and device unless others are given
 * @throws ArgumentError for an empty range, or one beyond the dtype
 * @example randintLike(ones([2]), 1) // [0, 0]
 */
export function randintLike(x: Tensor, high: number, options?: LikeOptions): Tensor;
export function randintLike(x: Tensor, low: number, high: number, options?: LikeOptions): Tensor;
export function randintLike(x: Tensor, low: number, high?: number | LikeOptions, options: LikeOptions = {}): Tensor {
  const [from, to, rest] = typeof high === "number" ? [low, high, options] : [0, low, high ?? options];
  return laidOutLike(x, rest, (given) => randint(from, to, x.shape, given));
}

/** In what the numbers are worked out: floats in their own dtype, integers in float32. */
const powers = /*@__PURE__*/ perDType((dtype) => {
  const compute = isFloat(dtype) ? dtypes[dtype].compute : "float32";
  const [start, step, end, last, base] = [0, 1, 2, 3, 4].map((i) => s.param(i, compute)) as [s.Expr, s.Expr, s.Expr, s.Expr, s.Expr], at = s.cast(s.index, compute);
  const exponent = s.select(s.lt(s.mul(at, 2), s.add(last, 1)), s.add(start, s.mul(step, at)), s.sub(end, s.mul(step, s.sub(last, at))));
  return program("logspace", [], [compute, compute, compute, compute, compute], [s.cast(s.pow(base, exponent), dtype)]);
});
export type LogspaceOptions = CreationOptions & {
  /** 10 by default. */
  readonly base?: number;
};
/**
 * Powers of a base whose exponents are evenly spaced: base ** (start + i (end - start) / (steps - 1)).
 * @param start the first exponent
 * @param end the last exponent
 * @param steps how many
 * @returns a vector [steps], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative number of steps
 * @example logspace(0, 2, 3) // [1, 10, 100]
 */
export function logspace(start: number, end: number, steps: number, options: LogspaceOptions = {}): Tensor {
  const { base = 10, ...rest } = options;
  if (!Number.isInteger(steps) || steps < 0) throw new ArgumentError("number of steps must be non-negative");
  const dtype = rest.dtype ?? "float32", whole = (x: number): number => (isFloat(dtype) ? x : Math.trunc(x)), from = whole(start), to = whole(end);
  return generated("logspace", powers(dtype), [from, steps > 1 ? (to - from) / (steps - 1) : 0, to, steps - 1, base], [steps], rest);
}

const ramp = /*@__PURE__*/ perDType((dtype, compute) => program("range", [], [compute, compute], [s.cast(s.add(s.param(0, compute), s.mul(s.cast(s.index, compute), s.param(1, compute))), dtype)]));
export type RangeOptions = CreationOptions & {
  /** 1 by default. */
  readonly step?: number;
};
/**
 * The numbers start, start + step, ... up to end, which is included: PyTorch's older `range`.
 * @param start the first number
 * @param end beyond which to stop
 * @returns a vector [floor((end - start) / step) + 1], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a step of 0, one of the wrong sign, or bounds that are not finite
 * @example range(1, 3) // [1, 2, 3]
 */
export function range(start: number, end: number, options: RangeOptions = {}): Tensor {
  const { step = 1, ...rest } = options;
  if (step === 0) throw new ArgumentError("step must be nonzero");
  if (!Number.isFinite(start) || !Number.isFinite(end)) throw new ArgumentError(`unsupported range: ${start} -> ${end}`);
  if ((end - start) * step < 0) throw new ArgumentError("upper bound and larger bound inconsistent with step sign");
  return generated("range", ramp(rest.dtype ?? "float32"), [start, step], [Math.floor((end - start) / step) + 1], rest);
}

export type TriangleOptions = CreationOptions & {
  /** Which diagonal: above the main one by so much, 0 by default. */
  readonly offset?: number;
};
function places(rows: number, columns: number, options: TriangleOptions, keeps: (over: number, offset: number) => boolean): Tensor {
  const { offset = 0, ...rest } = options, at: [number[], number[]] = [[], []];
  if (rows < 0) throw new ArgumentError(`row must be non-negative, got${rows}`);
  if (columns < 0) throw new ArgumentError(`col must be non-negative, got${columns}`);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (keeps(j - i, offset)) { at[0].push(i); at[1].push(j); }
  return rest.dtype === undefined || rest.dtype === "int32"
    ? fromHost(Int32Array.from(at.flat()), [2, at[0].length], "int32", rest) : tensor(at.flat(), { ...rest, shape: [2, at[0].length] });
}
/**
 * Where the elements of a matrix on and below a diagonal lie, row by row.
 * @param rows of the matrix
 * @param columns of the matrix
 * @returns [2, n]: row numbers, then column numbers, int32 unless `dtype` says otherwise
 * @throws ArgumentError for negative sizes
 * @example trilIndices(2, 2) // [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndices = (rows: number, columns: number, options: TriangleOptions = {}): Tensor => places(rows, columns, options, (over, offset) => over <= offset);
/**
 * Where the elements of a matrix on and above a diagonal lie, row by row.
 * @param rows of the matrix
 * @param columns of the matrix
 * @returns [2, n]: row numbers, then column numbers, int32 unless `dtype` says otherwise
 * @throws ArgumentError for negative sizes
 * @example triuIndices(2, 2) // [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndices = (rows: number, columns: number, options: TriangleOptions = {}): Tensor => places(rows, columns, options, (over, offset) => over >= offset);
