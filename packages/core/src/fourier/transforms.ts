/**
 * @file The three Fourier transforms of tensors, which are each other's derivatives: complex to complex, real to complex, complex to real. On the host in float64 where
 * the device can be read at once, else as matrix products.
 */
import { onHost } from "../calculus/host.ts";
import { decomposed } from "../composites/decomposed.ts";
import { withZeros } from "../complex/operands.ts";
import { conjPair } from "../complex/pairs.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { type Device, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import type { Shape } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { flip } from "../views/repeat.ts";
import { narrow, select } from "../views/views.ts";
import { fromHost, zeros } from "../creation/fill.ts";
import { encodeHost } from "../dtype.ts";
import { alongDims, interleaved, ofReal, parted, toReal } from "./host-transforms.ts";
import { byProducts } from "./products.ts";

const isReadable = (device: Device): boolean => device.backend.readSync !== undefined;
const resized = (shape: Shape, dim: number, size: number): number[] => shape.map((old, d) => (d === dim ? size : old));
const moved = (dims: readonly number[], { length }: Shape): readonly number[] => dims.map((d) => d + length);
const scaled = (x: Tensor, scale: number): Tensor => (scale === 1 ? x : mul(x, scale));

type ComplexAttrs = { readonly dims: readonly number[]; readonly inverse: boolean; readonly scale: number };
/** Of a pair, along several dims. Its matrix is symmetric: the gradient is the transform with the other sign. */
const complexOp: Op<ComplexAttrs> = {
  name: "fft",
  gradName: () => "FftC2CBackward0",
  run: (device, [x], { dims, inverse, scale }) => isReadable(device)
    ? onHost("fft", device, [x!], ([values]) => {
      const parts = parted(values!);
      alongDims(parts, x!.shape.slice(0, -1), dims, inverse);
      return [{ dtype: x!.dtype, shape: x!.shape, values: interleaved(parts, scale) }];
    })[0]!
    : decomposed([x!], (pair) => scaled(dims.reduce((y, dim) => byProducts(y, dim, inverse ? 1 : -1), pair), scale)),
  saves: () => savesNothing,
  vjp: ([grad], { attrs }) => [dispatch(complexOp, [grad!], { ...attrs, inverse: !attrs.inverse })],
  jvp: "linear",
  batched: ({ dims, ...rest }, lead) => ({ ...rest, dims: moved(dims, lead) }),
};
/** The transform of a pair along dims, by exp(-2 pi i k / n), or +; times `scale`. */
export const complexTransform = (pair: Tensor, dims: readonly number[], inverse: boolean, scale: number): Tensor =>
  dims.length === 0 ? scaled(pair, scale) : dispatch(complexOp, [pair], { dims, inverse, scale });

type RealAttrs = { readonly dim: number; readonly half: boolean; readonly scale: number };
/** Of real numbers, along one dim, by exp(-2 pi i k / n): all frequencies, or the first n / 2 + 1, of which the others are conjugates. */
const realOp: Op<RealAttrs> = {
  name: "rfft",
  gradName: () => "FftR2CBackward0",
  run(device, [x], { dim, half, scale }) {
    const n = x!.shape[dim]!, kept = half ? Math.floor(n / 2) + 1 : n;
    return isReadable(device)
      ? onHost("rfft", device, [x!], ([values]) => [{ dtype: x!.dtype, shape: [...resized(x!.shape, dim, kept), 2], values: interleaved(ofReal(values!, x!.shape, dim, kept), scale) }])[0]!
      : decomposed([x!], (real) => scaled(narrow(byProducts(withZeros(real), dim, -1), dim, 0, kept), scale));
  },
  saves: () => savesNothing,
  // The adjoint: what is left out are zeros, and of the inverse transform the real part.
  vjp([grad], node) {
    const { dim, scale } = node.attrs, n = node.shapeOf(0)[dim]!, whole = padded(grad!, dim, n);
    return [select(complexTransform(whole, [dim], true, scale), -1, 0)];
  },
  jvp: "linear",
  batched: ({ dim, ...rest }, { length }) => ({ ...rest, dim: dim + length }),
};
export const realTransform = (x: Tensor, dim: number, half: boolean, scale: number): Tensor => dispatch(realOp, [x], { dim, half, scale });

type InverseAttrs = { readonly dim: number; readonly n: number; readonly scale: number };
/** n real numbers of which these are the first n / 2 + 1 frequencies, by exp(+2 pi i k / n). */
const inverseOp: Op<InverseAttrs> = {
  name: "irfft",
  gradName: () => "FftC2RBackward0",
  run(device, [x], { dim, n, scale }) {
    return isReadable(device)
      ? onHost("irfft", device, [x!], ([values]) => [{ dtype: x!.dtype, shape: resized(x!.shape.slice(0, -1), dim, n), values: toReal(parted(values!), x!.shape.slice(0, -1), dim, n).map((v) => v * scale) }])[0]!
      : decomposed([x!], (pair) => scaled(select(byProducts(mirrored(pair, dim, n), dim, 1), -1, 0), scale));
  },
  saves: () => savesNothing,
  // Each frequency that has a mirror image counts twice.
  vjp([grad], { attrs: { dim, n, scale } }) {
    const half = realTransform(grad!, dim, true, scale), m = half.shape[dim]!;
    return [mul(half, countsOf(half, dim, n, m))];
  },
  jvp: "linear",
  batched: ({ dim, ...rest }, { length }) => ({ ...rest, dim: dim + length }),
};
export const inverseTransform = (pair: Tensor, dim: number, n: number, scale: number): Tensor => dispatch(inverseOp, [pair], { dim, n, scale });

/** 1 for the first frequency and, n even, the last; 2 for those between. */
function countsOf(pair: Tensor, dim: number, n: number, m: number): Tensor {
  const values = Float64Array.from({ length: m }, (_, k) => (k === 0 || 2 * k === n ? 1 : 2));
  return fromHost(encodeHost(pair.dtype, values), pair.shape.map((_, d) => (d === dim ? m : 1)), pair.dtype, { device: pair.device });
}
/** With zeros at the end of a dim. */
function padded(x: Tensor, dim: number, size: number): Tensor {
  const missing = size - x.shape[dim]!;
  return missing === 0 ? x : cat([x, zeros(resized(x.shape, dim, missing), { dtype: x.dtype, device: x.device })], dim);
}
/** All n frequencies from the first n / 2 + 1, the imaginary parts that must be 0 left out. */
function mirrored(pair: Tensor, dim: number, n: number): Tensor {
  const rest = n - pair.shape[dim]!, real = narrow(pair, dim, 0, 1), first = withZeros(select(real, -1, 0));
  const even = n % 2 === 0 && n > 1, between = narrow(pair, dim, 1, rest), last = even ? [withZeros(select(narrow(pair, dim, n / 2, 1), -1, 0))] : [];
  return cat([first, between, ...last, flip(conjPair(between), [dim])], dim);
}
