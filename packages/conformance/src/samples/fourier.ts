/** @file Sample calls of Fourier transforms: each function in each normalisation, lengths that are cut, filled up, prime, and of one. */
import * as A from "@adjoint/core";
import type { ComplexTensor, Tensor } from "@adjoint/core";
import { complexOf, pairOf } from "./complex.ts";
import { type OpSample, sample, x } from "./sample.ts";

const { fft } = A, norms = ["backward", "ortho", "forward"] as const;
const real = (p: Tensor): Tensor => (p.dtype === "float64" ? p : p.float());

type OfComplex = (z: ComplexTensor, dim?: number, options?: A.fft.FftOptions) => ComplexTensor | Tensor;
const ofComplex: OpSample[] = ([["fft", fft.fft], ["ifft", fft.ifft], ["hfft", fft.hfft], ["irfft", fft.irfft]] satisfies [string, OfComplex][]).flatMap(([name, op]) => [
  ...norms.map((norm) => sample(`${name} ${norm}`, [x([2, 5, 2])], (p) => pairOf(op(complexOf(p), -1, { norm }), p))),
  sample(`${name} along 0, longer`, [x([3, 2, 2])], (p) => pairOf(op(complexOf(p), 0, { n: 7 }), p)), sample(`${name} cut`, [x([2, 9, 2])], (p) => pairOf(op(complexOf(p), 1, { n: 4 }), p)),
  sample(`${name} of real numbers`, [x([2, 4])], (p) => pairOf(op(real(p) as never), p)), sample(`${name} of a transposed view`, [x([4, 3, 2])], (p) => pairOf(op(complexOf(p).transpose(0, 1)), p)),
]);
const ofReal: OpSample[] = ([["rfft", fft.rfft], ["ihfft", fft.ihfft]] satisfies [string, (z: Tensor, dim?: number, options?: A.fft.FftOptions) => ComplexTensor][]).flatMap(([name, op]) => [
  ...norms.map((norm) => sample(`${name} ${norm}`, [x([3, 5])], (p) => pairOf(op(real(p), -1, { norm }), p))),
  sample(`${name} along 0, longer`, [x([3, 2])], (p) => pairOf(op(real(p), 0, { n: 8 }), p)), sample(`${name} cut to one`, [x([2, 3])], (p) => pairOf(op(real(p), 1, { n: 1 }), p)),
]);
const overDims: OpSample[] = [
  sample("fftn", [x([2, 3, 2, 2])], (p) => pairOf(fft.fftn(complexOf(p)), p)), sample("ifftn of some dims", [x([2, 3, 2, 2])], (p) => pairOf(fft.ifftn(complexOf(p), [0, 2], { s: [3, -1], norm: "ortho" }), p)),
  sample("rfftn", [x([2, 3, 4])], (p) => pairOf(fft.rfftn(real(p), [0, 2]), p)), sample("irfftn", [x([2, 3, 3, 2])], (p) => pairOf(fft.irfftn(complexOf(p), [0, 1], { s: [2, 5] }), p)),
  sample("hfftn", [x([3, 3, 2])], (p) => pairOf(fft.hfftn(complexOf(p)), p)), sample("ihfftn", [x([3, 4])], (p) => pairOf(fft.ihfftn(real(p)), p)),
  sample("fft2 then ifft2", [x([2, 3, 4])], (p) => pairOf(fft.ifft2(fft.fft2(real(p)).square()), p)), sample("rfft2 then irfft2", [x([3, 4])], (p) => pairOf(fft.irfft2(fft.rfft2(real(p)).square()), p)),
  sample("fftshift", [x([3, 4])], (p) => fft.fftshift(p).square()), sample("ifftshift of complex", [x([3, 4, 2])], (p) => pairOf(fft.ifftshift(complexOf(p), 0).square(), p)),
];
/** A window that is not symmetric, so that its place shows. */
const windowed = (p: Tensor, w: Tensor): [Tensor, Tensor] => [real(p), real(w).add(2)];
const shortTime: OpSample[] = [
  sample("stft", [x([12])], (p) => real(p).stft(4).to(p.dtype)), sample("stft of a batch, not centred", [x([2, 10])], (p) => real(p).stft(4, { hopLength: 2, center: false, normalized: true }).to(p.dtype)),
  sample("stft with a short window", [x([2, 12]), x([3], "unit")], (p, w) => {
    const [signal, window] = windowed(p, w);
    return pairOf(signal.stft(5, { hopLength: 3, winLength: 3, window, padMode: "constant", returnComplex: true }), p);
  }),
  sample("stft of both sides", [x([12]), x([4], "unit")], (p, w) => { const [signal, window] = windowed(p, w); return pairOf(signal.stft(4, { onesided: false, window, returnComplex: true }), p); }),
  sample("stft of complex numbers", [x([9, 2]), x([4], "unit")], (p, w) => pairOf(A.stft(complexOf(p), 4, { window: real(w).add(2) }), p)),
  sample("istft", [x([3, 4, 2])], (p) => real(p).istft(4, { hopLength: 2 }).to(p.dtype)),
  sample("istft of a given length", [x([2, 4, 3, 2]), x([3], "unit")], (p, w) => {
    const [pairs, window] = windowed(p, w);
    return pairs.istft(4, { hopLength: 2, winLength: 3, window, length: 5, normalized: true }).to(p.dtype);
  }),
  sample("istft of complex numbers", [x([4, 3, 2]), x([4], "unit")], (p, w) => pairOf(A.istft(complexOf(p), 4, { hopLength: 1, window: real(w).add(2), returnComplex: true, center: false }), p)),
];
/** Lengths whose transforms go other ways: one product, several, a convolution. */
const lengths: OpSample[] = [1, 2, 16, 60, 67, 77, 128, 131, 521].map((n) => sample(`fft of length ${n}`, [x([n, 2])], (p) => pairOf(fft.fft(complexOf(p), -1, { norm: "ortho" }), p), n <= 16 ? 2 : 1));
export const fourierSamples: readonly OpSample[] = [...ofComplex, ...ofReal, ...overDims, ...shortTime, ...lengths];
