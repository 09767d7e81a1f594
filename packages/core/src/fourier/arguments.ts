/** @file What the functions of `fft` are given: lengths, dims, normalisation, with PyTorch's rules and errors. */
import { isComplex, scalarName } from "../complex/kind.ts";
import type { ComplexTensor } from "../complex/complex-tensor.ts";
import { withZeros } from "../complex/operands.ts";
import { zeros } from "../creation/fill.ts";
import { isFloat, isStoredOnly, scalarTypeName } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors.ts";
import { isTensor, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow } from "../views/views.ts";

/** "backward": the inverse is divided by n; "forward": the transform is; "ortho": both by the root of n. */
export type FftNorm = "backward" | "ortho" | "forward";
export type FftInput = Tensor | ComplexTensor;
export type FftOptions = {
  /** The length: the input is cut, or followed by zeros. Its own length if left out; of what gives real numbers, 2 (length - 1). */
  readonly n?: number | undefined;
  /** Where the factor 1 / n goes: "backward" (the inverse, by default), "ortho" (its root to both) or "forward". */
  readonly norm?: FftNorm | undefined;
};
export type FftnOptions = {
  /** The lengths along the dims, -1 for what they are. */
  readonly s?: readonly number[] | undefined;
  /** Where the factor 1 / n goes: "backward" (the inverse, by default), "ortho" (its root to both) or "forward". */
  readonly norm?: FftNorm | undefined;
};

/** What a transform of `count` numbers is multiplied by. */
export function scaleOf(norm: FftNorm | undefined, forward: boolean, count: number): number {
  if (norm === "ortho") return 1 / Math.sqrt(count);
  if (norm === undefined || norm === null || norm === "backward") return forward ? 1 : 1 / count;
  if (norm === "forward") return forward ? 1 / count : 1;
  throw new ArgumentError(`Invalid normalization mode: "${String(norm)}"`);
}
export const scaleAlong = (norm: FftNorm | undefined, forward: boolean, x: Tensor, dims: readonly number[]): number => scaleOf(norm, forward, dims.reduce((count, d) => count * x.shape[d]!, 1));

/** A real tensor that can be transformed: integers become float32. */
export function realInput(name: string, x: FftInput): Tensor {
  if (isComplex(x)) throw new DTypeError(`${name} expects a real input tensor, but got ${scalarName(x)}`);
  return floats(name, x);
}
function floats(name: string, x: Tensor): Tensor {
  if (!isTensor(x)) throw new ArgumentError(`${name}(): argument 'input' (position 1) must be Tensor, not ${python.typeName(x)}`);
  if (isFloat(x.dtype) && isStoredOnly(x.dtype)) throw new DTypeError(`Unsupported dtype ${scalarTypeName[x.dtype]}`);
  return isFloat(x.dtype) ? x : to(x, "float32");
}
/** The pair of a complex tensor, or a real one with zeros as its imaginary part. */
export const complexInput = (name: string, x: FftInput): Tensor => (isComplex(x) ? x.pair : withZeros(floats(name, x)));

/** A dim of a tensor that has some. */
export function dimOf(dim: number, rank: number): number {
  if (rank === 0) throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`);
  return wrapDim(dim, rank);
}
export function checkLength(n: number): number {
  if (!(n >= 1)) throw new ShapeError(`Invalid number of data points (${n}) specified`);
  return n;
}

/** The dims and their lengths. @param lengthOf the size of a dim of the input */
export function dimsOf(rank: number, lengthOf: (dim: number) => number, s: readonly number[] | undefined, dim: readonly number[] | undefined): { readonly dims: readonly number[]; readonly lengths: readonly number[] } {
  let dims = dim?.map((d) => dimOf(d, rank));
  if (dims !== undefined && new Set(dims).size < dims.length) throw new ArgumentError("FFT dims must be unique");
  if (s !== undefined) {
    if (dims !== undefined && dims.length !== s.length) throw new ArgumentError("When given, dim and shape arguments must have the same length");
    if (s.length > rank) throw new ShapeError(`Got shape with ${s.length} values but input tensor only has ${rank} dimensions.`);
    dims ??= s.map((_, k) => rank - s.length + k);
  }
  const chosen = dims ?? Array.from({ length: rank }, (_, d) => d), lengths = chosen.map((d, k) => (s === undefined || s[k] === -1 ? lengthOf(d) : s[k]!));
  lengths.forEach(checkLength);
  return { dims: chosen, lengths };
}

/** The tensor cut, or followed by zeros, to these lengths. */
export function fitted(x: Tensor, dims: readonly number[], lengths: readonly number[]): Tensor {
  return dims.reduce((y, d, k) => {
    const size = y.shape[d]!, length = lengths[k]!;
    if (size === length) return y;
    return size > length ? narrow(y, d, 0, length) : cat([y, zeros(y.shape.map((old, at) => (at === d ? length - size : old)), { dtype: y.dtype, device: y.device })], d);
  }, x);
}
