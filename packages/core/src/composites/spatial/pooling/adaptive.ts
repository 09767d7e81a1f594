/** @file Pooling to a given size: windows of nearly equal lengths that cover everything. */
import { fromHost } from "../../../creation/fill.ts";
import { dtypes, isFloat, scalarTypeName } from "../../../dtype.ts";
import { where } from "../../../elementwise/where.ts";
import { div } from "../../../elementwise/division.ts";
import { to } from "../../../elementwise/elementwise.ts";
import { DTypeError, ShapeError } from "../../../errors.ts";
import { composite, type Tensor } from "../../../op.ts";
import { type Shape, showShape } from "../../../shape.ts";
import { mean, sum, type ValuesAndIndices } from "../../reductions.ts";
import type { Rank } from "../arguments.ts";
import { checkDims } from "./sizes.ts";
import { adaptiveWindow, maxAndPlaces, maxOver, windowed } from "./windows.ts";

/** One size for all spatial dims, or one for each; null keeps the input's. */
export type OutputSize = number | readonly (number | null)[];

function outputSizes(op: string, x: Tensor, rank: Rank, size: OutputSize): Shape {
  const wanted = typeof size === "number" ? Array<number>(rank).fill(size) : size.length === 1 && rank > 1 ? Array<number | null>(rank).fill(size[0]!) : size;
  if (wanted.length !== rank) throw new ShapeError(`${op}: output_size must be ${rank}`);
  return wanted.map((n, d) => n ?? x.shape[x.ndim - rank + d]!);
}

function check(op: string, x: Tensor, rank: Rank, isMax: boolean): void {
  if (rank === 1) checkDims(op, x, 2, 3);
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2) throw new ShapeError(`${op}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got${isMax ? ":" : ""} ${showShape(x.shape)}`);
  const empty = x.shape.findIndex((size, d) => d > 0 && size === 0);
  if (empty > 0)
    throw new ShapeError(`${op}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${showShape(x.shape)} with dimension ${empty} being empty`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"${rank === 1 ? op.replace("1d", "2d") : op}" not implemented for '${scalarTypeName[x.dtype]}'`);
}

/** The mean over the windows of one dim. Lists shorter than the longest end in places that do not count. */
function meanAlong(x: Tensor, dim: number, count: number): Tensor {
  const size = x.shape[dim]!, window = adaptiveWindow(size, count), { lengths } = window;
  if (count === 1) return mean(x, dim, { keepdim: true });
  const seen = windowed(x, dim, window), longest = seen.shape[seen.ndim - 1]!;
  if (lengths.every((n) => n === longest)) return mean(seen, -1);
  const column = (rows: number, columns: number): Shape => [rows, ...Array<number>(seen.ndim - dim - 2).fill(1), columns], device = { device: x.device };
  const counts = fromHost(Uint8Array.from(lengths.flatMap((n) => Array.from({ length: longest }, (_, k) => (k < n ? 1 : 0)))), column(count, longest), "bool", device);
  const by = fromHost(Float32Array.from(lengths), column(count, 1).slice(0, -1), "float32", device);
  return div(sum(where(counts, seen, 0), -1), to(by, x.dtype));
}

const averaged = (rank: Rank) => composite(undefined, (x: Tensor, outputSize: OutputSize): Tensor => {
  const op = `adaptive_avg_pool${rank}d`;
  check(op, x, rank, false);
  const sizes = outputSizes(op, x, rank, outputSize), first = x.ndim - rank, isMean = rank > 1 && sizes.every((n) => n === 1);
  const wide = to(x, dtypes[x.dtype].compute);
  const out = to(isMean ? mean(wide, sizes.map((_, d) => first + d), { keepdim: true }) : sizes.reduce((y, count, d) => meanAlong(y, first + d, count), wide), x.dtype);
  if (out.gradFn !== null) out.gradFn.label = rank === 1 ? "SqueezeBackward1" : isMean ? "MeanBackward1" : `AdaptiveAvgPool${rank}DBackward0`;
  return out;
});
type AdaptiveAvgPool = (x: Tensor, outputSize: OutputSize) => Tensor;

/**
 * The means over windows so large that the result has `outputSize`: element i is the mean from floor(i l / size) to ceil((i + 1) l / size).
 * @param x [n, c, l] or [c, l]; floats
 * @param outputSize of each spatial dim
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveAvgPool1d(tensor([[1, 2, 3]]), 2) // [[1.5, 2.5]]
 */
export const adaptiveAvgPool1d: AdaptiveAvgPool = /*@__PURE__*/ averaged(1);
/**
 * The means over windows so large that the result has `outputSize`, each dim as of `adaptiveAvgPool1d`.
 * @param x [n, c, h, w] or [c, h, w]; floats
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveAvgPool2d(tensor([[[1, 2], [3, 4]]]), 1) // [[[2.5]]]
 */
export const adaptiveAvgPool2d: AdaptiveAvgPool = /*@__PURE__*/ averaged(2);
/**
 * The means over windows so large that the result has `outputSize`, each dim as of `adaptiveAvgPool1d`.
 * @param x [n, c, d, h, w] or [c, d, h, w]; floats
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveAvgPool3d(ones([1, 2, 2, 2]), 1) // [[[[1]]]]
 */
export const adaptiveAvgPool3d: AdaptiveAvgPool = /*@__PURE__*/ averaged(3);

export type AdaptiveMaxPoolOptions = {
  /** Give `{ values, indices }`. */
  readonly returnIndices?: boolean;
};

const maxima = (rank: Rank) => composite(undefined, (x: Tensor, outputSize: OutputSize, options: AdaptiveMaxPoolOptions = {}): Tensor | ValuesAndIndices => {
  const op = `adaptive_max_pool${rank}d`;
  check(op, x, rank, true);
  const sizes = outputSizes(op, x, rank, outputSize), windows = sizes.map((count, d) => adaptiveWindow(x.shape[x.ndim - rank + d]!, count));
  const found = options.returnIndices === true ? maxAndPlaces(x, windows) : maxOver(x, windows), { gradFn } = "values" in found ? found.values : found;
  if (gradFn !== null) gradFn.label = rank === 1 ? "SqueezeBackward1" : `AdaptiveMaxPool${rank}DBackward0`;
  return found;
});
const line = /*@__PURE__*/ maxima(1), plane = /*@__PURE__*/ maxima(2), volume = /*@__PURE__*/ maxima(3);

/**
 * The maxima over the windows of `adaptiveAvgPool1d`.
 * @param x [n, c, l] or [c, l]; floats
 * @param outputSize of each spatial dim
 * @param options `returnIndices`: give `{ values, indices }`
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype; indices are int32, row-major numbers within a channel
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveMaxPool1d(tensor([[1, 2, 3]]), 1) // [[3]]
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize, options: { readonly returnIndices: true }): ValuesAndIndices;
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize, options?: { readonly returnIndices?: false }): Tensor;
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices;
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices {
  return line(x, outputSize, options);
}
/**
 * The maxima over the windows of `adaptiveAvgPool2d`.
 * @param x [n, c, h, w] or [c, h, w]; floats
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @param options `returnIndices`: give `{ values, indices }`
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype; indices are int32, row-major numbers within a channel
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveMaxPool2d(tensor([[[1, 2], [3, 4]]]), 1) // [[[4]]]
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize, options: { readonly returnIndices: true }): ValuesAndIndices;
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize, options?: { readonly returnIndices?: false }): Tensor;
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices;
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices {
  return plane(x, outputSize, options);
}
/**
 * The maxima over the windows of `adaptiveAvgPool3d`.
 * @param x [n, c, d, h, w] or [c, d, h, w]; floats
 * @param outputSize of each spatial dim, or one number for all; null keeps a size
 * @param options `returnIndices`: give `{ values, indices }`
 * @returns [n, c, ...outputSize] or [c, ...outputSize], of x's dtype; indices are int32, row-major numbers within a channel
 * @throws ShapeError for another rank, an empty dim, or another number of sizes
 * @throws DTypeError for integers and bools
 * @example adaptiveMaxPool3d(ones([1, 2, 2, 2]), 1) // [[[[1]]]]
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize, options: { readonly returnIndices: true }): ValuesAndIndices;
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize, options?: { readonly returnIndices?: false }): Tensor;
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices;
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize, options?: AdaptiveMaxPoolOptions): Tensor | ValuesAndIndices {
  return volume(x, outputSize, options);
}
