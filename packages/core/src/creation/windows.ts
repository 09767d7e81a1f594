/** @file Window functions, by which a signal is cut out; periodic ones repeat seamlessly, others are symmetric. */
import { isFloat } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { i0Of } from "../elementwise/special/modified-bessel.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { type CreationOptions, generated } from "./fill.ts";

/** `position` runs from 0 to 1 over the whole window; `numbers` are those of the call. */
const family = (name: string, count: number, value: (position: Expr, numbers: readonly Expr[]) => Expr) => perDType((dtype, compute) => {
  const numbers = Array.from({ length: count }, (_, i) => s.param(i + 1, compute));
  return program(name, [], [compute, ...numbers.map(() => compute)], [s.cast(value(s.mul(s.cast(s.index, compute), s.param(0, compute)), numbers), dtype)]);
});
const cosine = (position: Expr, turns: number): Expr => s.cos(s.mul(position, 2 * Math.PI * turns));
const cosines = /*@__PURE__*/ family("cosineWindow", 3, (p, [a, b, c]) => s.add(s.sub(a!, s.mul(b!, cosine(p, 1))), s.mul(c!, cosine(p, 2))));
const triangle = /*@__PURE__*/ family("bartlettWindow", 0, (p) => s.sub(1, s.abs(s.sub(s.mul(p, 2), 1))));
const kaiser = /*@__PURE__*/ family("kaiserWindow", 1, (p, [beta]) => {
  const side = s.sub(s.mul(p, 2), 1);
  return s.div(i0Of(s.mul(beta!, s.sqrt(s.max(s.sub(1, s.mul(side, side)), 0)))), i0Of(beta!));
});

export type WindowOptions = CreationOptions & {
  /** True by default: the window is one element longer, and its last is left out. */
  readonly periodic?: boolean;
};
function windowOf(name: string, make: ReturnType<typeof family>, length: number, { periodic = true, ...options }: WindowOptions, numbers: readonly number[]): Tensor {
  if (!Number.isInteger(length) || length < 0) throw new ArgumentError(`${name} requires non-negative window_length, got window_length=${length}`);
  if (!isFloat(options.dtype ?? "float32")) throw new DTypeError(`${name} expects floating point dtypes, got: ${options.dtype}`);
  const last = periodic ? length : length - 1;
  // A window of one element is 1: the middle of the symmetric one.
  return length === 1 ? generated(name, cosines(options.dtype ?? "float32"), [0, 1, 0, 0], [1], options) : generated(name, make(options.dtype ?? "float32"), [last > 0 ? 1 / last : 0, ...numbers], [length], options);
}
/**
 * Hann's window, (1 - cos(2 pi t)) / 2, at t = i / length, or i / (length - 1) where it is not `periodic`.
 * @param length how many points
 * @returns a vector [length], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative length
 * @throws DTypeError for integers and bools
 * @example hannWindow(4) // [0, 0.5, 1, 0.5]
 */
export const hannWindow = (length: number, options: WindowOptions = {}): Tensor => windowOf("hann_window", cosines, length, options, [0.5, 0.5, 0]);
export type HammingOptions = WindowOptions & {
  /** The weight of the constant: 0.54 by default. */
  readonly alpha?: number;
  /** The weight of the cosine: 0.46 by default. */
  readonly beta?: number;
};
/**
 * Hamming's window, alpha - beta cos(2 pi t), at t = i / length, or i / (length - 1) where it is not `periodic`.
 * @param length how many points
 * @returns a vector [length], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative length
 * @throws DTypeError for integers and bools
 * @example hammingWindow(4) // [0.08, 0.54, 1, 0.54]
 */
export function hammingWindow(length: number, options: HammingOptions = {}): Tensor {
  const { alpha = 0.54, beta = 0.46, ...rest } = options;
  return windowOf("hamming_window", cosines, length, rest, [alpha, beta, 0]);
}
/**
 * Blackman's window, 0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t), at t = i / length, or i / (length - 1) where it is not `periodic`.
 * @param length how many points
 * @returns a vector [length], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative length
 * @throws DTypeError for integers and bools
 * @example blackmanWindow(4) // [0, 0.34, 1, 0.34]
 */
export const blackmanWindow = (length: number, options: WindowOptions = {}): Tensor => windowOf("blackman_window", cosines, length, options, [0.42, 0.5, 0.08]);
/**
 * Bartlett's window, the triangle 1 - |2 t - 1|, at t = i / length, or i / (length - 1) where it is not `periodic`.
 * @param length how many points
 * @returns a vector [length], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative length
 * @throws DTypeError for integers and bools
 * @example bartlettWindow(4) // [0, 0.5, 1, 0.5]
 */
export const bartlettWindow = (length: number, options: WindowOptions = {}): Tensor => windowOf("bartlett_window", triangle, length, options, []);
export type KaiserOptions = WindowOptions & {
  /** The larger, the lower the side lobes: 12 by default. */
  readonly beta?: number;
};
/**
 * Kaiser's window, i0(beta sqrt(1 - (2 t - 1)^2)) / i0(beta), at t = i / length, or i / (length - 1) where it is not `periodic`.
 * @param length how many points
 * @returns a vector [length], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative length
 * @throws DTypeError for integers and bools
 * @example kaiserWindow(4) // [0.0001, 0.2157, 1, 0.2157]
 */
export function kaiserWindow(length: number, options: KaiserOptions = {}): Tensor {
  const { beta = 12, ...rest } = options;
  return windowOf("kaiser_window", kaiser, length, rest, [beta]);
}
