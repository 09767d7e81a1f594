/** @file Complex numbers and Fourier transforms, from real tensors to pairs and back: one row each. */
import * as A from "@adjoint/core";
import type { ComplexTensor, Tensor } from "@adjoint/core";
import { type Domain, row, type Row, type Variable } from "../row.ts";
import { someDim } from "./views.table.ts";

const flat = (z: ComplexTensor | Tensor): Tensor => (A.isComplex(z) ? A.viewAsReal(z) : z);
const want = (domain: Domain, most: number = 3) => ({ dtype: "float32", domain, accepts: (x: Variable) => x.shape.length <= most } as const);

/** Of complex numbers whose parts are two tensors that broadcast. */
const ofParts = (op: string, run: (z: ComplexTensor) => ComplexTensor | Tensor, domain: Domain = "finite"): Row => row({
  op, draw(d) { const x = d.variable(want(domain)); return { inputs: [x, d.partner(x.shape, want(domain))], attrs: {} }; }, run: ([x, y]) => flat(run(A.complex(x!, y!))),
});
/** Of pairs: a tensor whose last dim is 2, if there is one; else an error on every device. */
const ofPair = (op: string, run: (z: ComplexTensor) => ComplexTensor | Tensor): Row => row({
  op, draw: (d) => ({ inputs: [d.existing({ ...want("finite", 4), accepts: (x) => x.shape.at(-1) === 2 }) ?? d.variable(want("finite"), [d.random.integer(1, 4), 2])], attrs: {} }), run: ([x]) => flat(run(A.viewAsComplex(x!))),
});
const along = (op: string, run: (x: Tensor, dim: number, norm: A.fft.FftNorm) => ComplexTensor | Tensor): Row => row<{ readonly dim: number; readonly norm: A.fft.FftNorm }>({
  op, draw(d) { const x = d.variable(want("finite")); return x.shape.length === 0 ? undefined : { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length), norm: d.random.pick(["backward", "ortho", "forward"] as const) } }; },
  run: ([x], { dim, norm }) => flat(run(x!, dim, norm)),
});

export const complexRows: readonly Row[] = [
  ofParts("complexMul", (z) => z.mul(z.add({ re: 1, im: -2 }))), ofParts("complexDiv", (z) => z.sub(1).div(z), "away"), ofParts("complexExp", (z) => z.exp(), "unit"), ofParts("complexLog", (z) => z.log(), "positive"), ofParts("complexSqrt", (z) => z.sqrt(), "positive"),
  ofParts("complexSgn", (z) => z.sgn(), "away"), ofPair("complexAbs", (z) => z.abs()), ofPair("complexConj", (z) => z.conj()), ofPair("complexSquare", (z) => z.square()), ofPair("ifft", (z) => A.fft.ifft(z.reshape([-1]))),
  along("fft", (x, dim, norm) => A.fft.fft(x, dim, { norm })), along("rfft", (x, dim, norm) => A.fft.rfft(x, dim, { norm })), along("irfft", (x, dim, norm) => A.fft.irfft(x, dim, { norm, n: 5 })), along("hfft", (x, dim, norm) => A.fft.hfft(x, dim, { norm, n: 4 })),
  along("fftshift", (x, dim) => A.fft.fftshift(x, dim)), row({ op: "stft", draw: (d) => ({ inputs: [d.variable(want("finite"), [d.random.integer(4, 12)])], attrs: {} }), run: ([x]) => A.stft(x!, 4).contiguous() }),
];
