/** @file The frequencies of a transform's results, and their order. */
import type { ComplexTensor } from "../complex/complex-tensor.ts";
import { isComplex } from "../complex/kind.ts";
import { type CreationOptions, tensor } from "../creation/fill.ts";
import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import { dimOf } from "./arguments.ts";
import { roll } from "../views/repeat.ts";

export type FrequencyOptions = CreationOptions & {
  /** The distance between samples: 1 by default. */
  readonly d?: number;
};
function counted(name: string, n: number, length: number, at: (k: number) => number, { d = 1, ...options }: FrequencyOptions): Tensor {
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError(`${name}: n must be a non-negative integer, got ${n}`);
  return tensor(Float64Array.from({ length }, (_, k) => at(k) * (1 / (n * d))), { dtype: "float32", ...options });
}
/**
 * The frequencies of `fft`'s results, in cycles a unit: [0, 1, ..., (n - 1) / 2, -(n / 2), ..., -1] / (d n).
 * @param n how many samples
 * @returns a vector [n], float32 unless `dtype` says otherwise
 * @throws ArgumentError for an n that is negative or not whole
 * @example fft.fftfreq(4) // [0, 0.25, -0.5, -0.25]
 */
export const fftfreq = (n: number, options: FrequencyOptions = {}): Tensor => counted("fftfreq", n, n, (k) => (k < n - Math.floor(n / 2) ? k : k - n), options);
/**
 * The frequencies of `rfft`'s results, in cycles a unit: [0, 1, ..., n / 2] / (d n).
 * @param n how many samples
 * @returns a vector [floor(n / 2) + 1], float32 unless `dtype` says otherwise
 * @throws ArgumentError for an n that is negative or not whole
 * @example fft.rfftfreq(4) // [0, 0.25, 0.5]
 */
export const rfftfreq = (n: number, options: FrequencyOptions = {}): Tensor => counted("rfftfreq", n, Math.floor(n / 2) + 1, (k) => k, options);

type Shift = {
  (x: ComplexTensor, dim?: number | readonly number[]): ComplexTensor;
  (x: Tensor, dim?: number | readonly number[]): Tensor;
};
const shifted = (by: (size: number) => number): Shift => {
  function shift(x: ComplexTensor, dim?: number | readonly number[]): ComplexTensor;
  function shift(x: Tensor, dim?: number | readonly number[]): Tensor;
  function shift(x: ComplexTensor | Tensor, dim?: number | readonly number[]): ComplexTensor | Tensor {
    const dims = dim === undefined ? x.shape.map((_, d) => d) : (typeof dim === "number" ? [dim] : dim).map((d) => dimOf(d, x.ndim)), shifts = dims.map((d) => by(x.shape[d]!));
    if (dims.length === 0) return x;
    return isComplex(x) ? x.roll(shifts, dims) : roll(x, shifts, dims);
  }
  return shift;
};
/**
 * The frequency 0 in the middle: dims rolled by half their sizes.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns a copy of x's shape and dtype
 * @throws IndexError for a dim out of range
 * @example fft.fftshift(tensor([0, 1, -2, -1])) // [-2, -1, 0, 1]
 */
export const fftshift: Shift = /*@__PURE__*/ shifted((size) => Math.floor(size / 2));
/**
 * The inverse of `fftshift`.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @returns a copy of x's shape and dtype
 * @throws IndexError for a dim out of range
 * @example fft.ifftshift(tensor([-2, -1, 0, 1])) // [0, 1, -2, -1]
 */
export const ifftshift: Shift = /*@__PURE__*/ shifted((size) => Math.floor((size + 1) / 2));
