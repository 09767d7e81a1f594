/** @file PyTorch's `torch.fft`: transforms along one dim and along several, of complex and of real tensors. */
import { ComplexTensor } from "../complex/complex-tensor.ts";
import { conjPair } from "../complex/pairs.ts";
import { isComplex, scalarName } from "../complex/kind.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { checkLength, complexInput, dimOf, dimsOf, type FftInput, type FftnOptions, type FftOptions, fitted, realInput, scaleAlong, scaleOf } from "./arguments.ts";
import { complexTransform, inverseTransform, realTransform } from "./transforms.ts";

type Dims = number | readonly number[];
const listOf = (dim: Dims | undefined): readonly number[] | undefined => (typeof dim === "number" ? [dim] : dim);

// ---- One dim ---------------------------------------------------------------------------------------------------------------

const complexAlong = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: number, { n, norm }: FftOptions): Tensor => {
  const real = isComplex(x) ? undefined : realInput(name, x), input = real ?? complexInput(name, x), d = dimOf(dim, isComplex(x) ? x.ndim : x.ndim), length = checkLength(n ?? input.shape[d]!);
  const fit = fitted(input, [d], [length]), scale = scaleOf(norm, forward, length);
  if (real === undefined) return complexTransform(fit, [d], !forward, scale);
  const out = realTransform(fit, d, false, scale);
  return forward ? out : conjPair(out);
});
const fftPair = /*@__PURE__*/ complexAlong("fft", true), ifftPair = /*@__PURE__*/ complexAlong("ifft", false);
const halfAlong = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: number, { n, norm }: FftOptions): Tensor => {
  const input = realInput(name, x), d = dimOf(dim, input.ndim), length = checkLength(n ?? input.shape[d]!);
  const out = realTransform(fitted(input, [d], [length]), d, true, scaleOf(norm, forward, length));
  return forward ? out : conjPair(out);
});
const rfftPair = /*@__PURE__*/ halfAlong("rfft", true), ihfftPair = /*@__PURE__*/ halfAlong("ihfft", false);
const realAlong = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: number, { n, norm }: FftOptions): Tensor => {
  const input = complexInput(name, x), d = dimOf(dim, input.ndim - 1), length = checkLength(n ?? 2 * (input.shape[d]! - 1));
  const fit = n === undefined ? input : fitted(input, [d], [Math.floor(length / 2) + 1]);
  return inverseTransform(forward ? conjPair(fit) : fit, d, length, scaleOf(norm, forward, length));
});

/**
 * The discrete Fourier transform along a dim: X_k = sum of x_j exp(-2 pi i j k / n).
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with n along the dim; complex64, of float64 complex128
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for another normalization
 * @example viewAsReal(fft.fft(tensor([1, 2]))) // [[3, 0], [-1, 0]]
 */
export const fft = (x: FftInput, dim: number = -1, options: FftOptions = {}): ComplexTensor => new ComplexTensor(fftPair(x, dim, options));
/**
 * The inverse of `fft`: x_j = sum of X_k exp(2 pi i j k / n) / n.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with n along the dim; complex64, of float64 complex128
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for another normalization
 * @example viewAsReal(fft.ifft(tensor([1, 2]))) // [[1.5, 0], [-0.5, 0]]
 */
export const ifft = (x: FftInput, dim: number = -1, options: FftOptions = {}): ComplexTensor => new ComplexTensor(ifftPair(x, dim, options));
/**
 * The first n / 2 + 1 frequencies of `fft` of a real tensor; the others are their conjugates.
 * @param x a real tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with floor(n / 2) + 1 along the dim; complex64, of float64 complex128
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats, and a complex tensor
 * @throws ArgumentError for another normalization
 * @example viewAsReal(fft.rfft(tensor([1, 2, 3]))) // [[6, 0], [-1.5, 0.866]]
 */
export const rfft = (x: Tensor, dim: number = -1, options: FftOptions = {}): ComplexTensor => new ComplexTensor(rfftPair(x, dim, options));
/**
 * The inverse of `rfft`. An odd n must be said: two lengths have as many frequencies.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with n along the dim, 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for another normalization
 * @example fft.irfft(complex(tensor([3, -1]), tensor([0, 0]))) // [1, 2]
 */
export const irfft: (x: FftInput, dim?: number, options?: FftOptions) => Tensor = /*@__PURE__*/ defaults(realAlong("irfft", false));
/**
 * `fft` of a signal that is its own conjugate mirror image, given by its first half: real numbers.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with n along the dim, 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for another normalization
 * @example fft.hfft(complex(tensor([3, -1]), tensor([0, 0]))) // [2, 4]
 */
export const hfft: (x: FftInput, dim?: number, options?: FftOptions) => Tensor = /*@__PURE__*/ defaults(realAlong("hfft", true));
/**
 * The inverse of `hfft`: the conjugates of `rfft`, divided by n.
 * @param x a real tensor of at least one dim; no 16-bit float
 * @param dim along which, the last by default
 * @returns x's shape, with floor(n / 2) + 1 along the dim; complex64, of float64 complex128
 * @throws IndexError for a dim out of range, or a 0-d tensor
 * @throws ShapeError for a length below 1
 * @throws DTypeError for 16-bit floats, and a complex tensor
 * @throws ArgumentError for another normalization
 * @example viewAsReal(fft.ihfft(tensor([1, 2]))) // [[1.5, 0], [-0.5, 0]]
 */
export const ihfft = (x: Tensor, dim: number = -1, options: FftOptions = {}): ComplexTensor => new ComplexTensor(ihfftPair(x, dim, options));

function defaults(run: (x: FftInput, dim: number, options: FftOptions) => Tensor): (x: FftInput, dim?: number, options?: FftOptions) => Tensor {
  return (x, dim = -1, options = {}) => run(x, dim, options);
}

// ---- Several dims ----------------------------------------------------------------------------------------------------------

type Shaped = readonly number[] | undefined;
const sizeIn = (x: Tensor) => (d: number): number => x.shape[d]!;

const complexOver = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: Shaped, { s, norm }: FftnOptions): Tensor => {
  const input = complexInput(name, x), { dims, lengths } = dimsOf(input.ndim - 1, sizeIn(input), s, dim), fit = fitted(input, dims, lengths);
  return complexTransform(fit, dims, !forward, scaleAlong(norm, forward, fit, dims));
});
const fftnPair = /*@__PURE__*/ complexOver("fftn", true), ifftnPair = /*@__PURE__*/ complexOver("ifftn", false);

function atLeastOne(name: string, dims: readonly number[]): number {
  if (dims.length === 0) throw new ArgumentError(`${name} must transform at least one axis`);
  return dims.at(-1)!;
}
const halfOver = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: Shaped, { s, norm }: FftnOptions): Tensor => {
  if (isComplex(x)) throw new DTypeError(`${name} expects a real-valued input tensor, but got ${scalarName(x)}`);
  const input = realInput(name, x), { dims, lengths } = dimsOf(input.ndim, sizeIn(input), s, dim), last = atLeastOne(name, dims), fit = fitted(input, dims, lengths), scale = scaleAlong(norm, forward, fit, dims);
  const half = realTransform(fit, last, true, scale);
  return forward ? complexTransform(half, dims.slice(0, -1), false, 1) : complexTransform(conjPair(half), dims.slice(0, -1), true, 1);
});
const rfftnPair = /*@__PURE__*/ halfOver("rfftn", true), ihfftnPair = /*@__PURE__*/ halfOver("ihfftn", false);

const realOver = (name: string, forward: boolean) => composite(undefined, (x: FftInput, dim: Shaped, { s, norm }: FftnOptions): Tensor => {
  const input = complexInput(name, x), { dims, lengths } = dimsOf(input.ndim - 1, sizeIn(input), s, dim), last = atLeastOne(name, dims);
  const n = checkLength(s === undefined || s.at(-1) === -1 ? 2 * (input.shape[last]! - 1) : lengths.at(-1)!);
  const fit = fitted(input, dims, [...lengths.slice(0, -1), Math.floor(n / 2) + 1]), others = dims.slice(0, -1), scale = scaleOf(norm, forward, lengths.slice(0, -1).reduce((count, length) => count * length, n));
  const rest = complexTransform(fit, others, !forward, 1);
  return inverseTransform(forward ? conjPair(rest) : rest, last, n, scale);
});

/**
 * `fft` along several dims, one after the other.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims; complex64, of float64 complex128
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.fftn(eye(2)).real() // [[2, 0], [0, 2]]
 */
export const fftn = (x: FftInput, dim?: Dims, options: FftnOptions = {}): ComplexTensor => new ComplexTensor(fftnPair(x, listOf(dim), options));
/**
 * The inverse of `fftn`.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims; complex64, of float64 complex128
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.ifftn(eye(2)).real() // [[0.5, 0], [0, 0.5]]
 */
export const ifftn = (x: FftInput, dim?: Dims, options: FftnOptions = {}): ComplexTensor => new ComplexTensor(ifftnPair(x, listOf(dim), options));
/**
 * `fftn` of a real tensor: along the last of the dims the first n / 2 + 1 frequencies.
 * @param x a real tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims, along the last floor(n / 2) + 1; complex64, of float64 complex128
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats, and a complex tensor
 * @throws ArgumentError for no dims, a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.rfftn(eye(2)).real() // [[2, 0], [0, 2]]
 */
export const rfftn = (x: Tensor, dim?: Dims, options: FftnOptions = {}): ComplexTensor => new ComplexTensor(rfftnPair(x, listOf(dim), options));
/**
 * The inverse of `rfftn`. An odd last length must be said.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims, along the last 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.irfftn(complex(eye(2), zeros([2, 2]))) // [[0.5, 0], [0, 0.5]]
 */
export const irfftn: (x: FftInput, dim?: Dims, options?: FftnOptions) => Tensor = /*@__PURE__*/ over(realOver("irfftn", false));
/**
 * `hfft` along the last of the dims, `fft` along the others.
 * @param x a real or complex tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims, along the last 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats
 * @throws ArgumentError for a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.hfftn(complex(eye(2), zeros([2, 2]))) // [[2, 0], [0, 2]]
 */
export const hfftn: (x: FftInput, dim?: Dims, options?: FftnOptions) => Tensor = /*@__PURE__*/ over(realOver("hfftn", true));
/**
 * The inverse of `hfftn`.
 * @param x a real tensor of at least one dim; no 16-bit float
 * @param dim along which; all by default, or the last ones if `s` says their lengths
 * @returns x's shape, with the lengths along the dims, along the last floor(n / 2) + 1; complex64, of float64 complex128
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a length below 1, or more lengths than dims
 * @throws DTypeError for 16-bit floats, and a complex tensor
 * @throws ArgumentError for no dims, a dim named twice, dims and lengths that are not of one number, or another normalization
 * @example fft.ihfftn(eye(2)).real() // [[0.5, 0], [0, 0.5]]
 */
export const ihfftn = (x: Tensor, dim?: Dims, options: FftnOptions = {}): ComplexTensor => new ComplexTensor(ihfftnPair(x, listOf(dim), options));

function over(run: (x: FftInput, dim: Shaped, options: FftnOptions) => Tensor): (x: FftInput, dim?: Dims, options?: FftnOptions) => Tensor {
  return (x, dim, options = {}) => run(x, listOf(dim), options);
}

const PLANE: readonly number[] = [-2, -1];
/**
 * As `fft.fftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims; complex64, of float64 complex128
 * @example fft.fft2(eye(2)).real() // [[2, 0], [0, 2]]
 */
export const fft2 = (x: FftInput, dim: Dims = PLANE, options: FftnOptions = {}): ComplexTensor => fftn(x, dim, options);
/**
 * As `fft.ifftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims; complex64, of float64 complex128
 * @example fft.ifft2(eye(2)).real() // [[0.5, 0], [0, 0.5]]
 */
export const ifft2 = (x: FftInput, dim: Dims = PLANE, options: FftnOptions = {}): ComplexTensor => ifftn(x, dim, options);
/**
 * As `fft.rfftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims, along the last floor(n / 2) + 1; complex64, of float64 complex128
 * @example fft.rfft2(eye(2)).real() // [[2, 0], [0, 2]]
 */
export const rfft2 = (x: Tensor, dim: Dims = PLANE, options: FftnOptions = {}): ComplexTensor => rfftn(x, dim, options);
/**
 * As `fft.irfftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims, along the last 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @example fft.irfft2(complex(eye(2), zeros([2, 2]))) // [[0.5, 0], [0, 0.5]]
 */
export const irfft2 = (x: FftInput, dim: Dims = PLANE, options: FftnOptions = {}): Tensor => irfftn(x, dim, options);
/**
 * As `fft.hfftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims, along the last 2 (size - 1) by default; float32, of float64 and complex128 float64
 * @example fft.hfft2(complex(eye(2), zeros([2, 2]))) // [[2, 0], [0, 2]]
 */
export const hfft2 = (x: FftInput, dim: Dims = PLANE, options: FftnOptions = {}): Tensor => hfftn(x, dim, options);
/**
 * As `fft.ihfftn`, along two dims.
 * @param dim along which two, the last by default
 * @returns x's shape, with the lengths along the dims, along the last floor(n / 2) + 1; complex64, of float64 complex128
 * @example fft.ihfft2(eye(2)).real() // [[0.5, 0], [0, 0.5]]
 */
export const ihfft2 = (x: Tensor, dim: Dims = PLANE, options: FftnOptions = {}): ComplexTensor => ihfftn(x, dim, options);
