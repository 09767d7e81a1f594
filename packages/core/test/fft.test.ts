/** @file Fourier transforms: any length against the sum that defines them, PyTorch's rules for lengths, dims and normalisation, and its errors. */
import { cpu } from "@adjoint/backend-cpu-js";
import { describe, expect, it } from "vitest";
import * as A from "../src/index.ts";
import { byProducts } from "../src/fourier/products.ts";

A.setDefaultDevice(cpu());
const { fft, tensor, viewAsComplex } = A;
const wide = { dtype: "float64" } as const;
const draw = (...shape: readonly number[]): A.ComplexTensor => viewAsComplex(A.randn([...shape, 2], wide));

/** The sum itself, along dim 1 of [outer, n, inner]. */
function defined(z: A.ComplexTensor, sign: number): A.ComplexTensor {
  const n = z.size(1), jk = Array.from({ length: n }, (_, j) => Array.from({ length: n }, (_, k) => (2 * Math.PI * ((j * k) % n)) / n)), angles = tensor(jk, wide);
  return A.complex(angles.cos(), angles.sin().mul(sign)).matmul(z);
}

describe("the transform of any length", () => {
  // Powers of 2 and 4, odd factors, primes with a step of their own (to 61), primes by convolution (67 and more), and lengths of several of these.
  it.each([1, 2, 3, 4, 5, 7, 8, 11, 12, 16, 30, 36, 49, 61, 64, 67, 77, 100, 121, 128, 131, 134, 243, 256, 262])("is the sum that defines it: %i", (n) => {
    const z = draw(3, n, 2), close = { rtol: 0, atol: 1e-12 * n };
    expect(fft.fft(z, 1).allcloseSync(defined(z, -1), close)).toBe(true);
    expect(fft.ifft(z, 1, { norm: "forward" }).allcloseSync(defined(z, 1), close)).toBe(true);
    expect(fft.ifft(fft.fft(z, 1), 1).allcloseSync(z, close)).toBe(true);
    const x = z.real(), half = fft.rfft(x, 1);
    expect(half.allcloseSync(fft.fft(A.complex(x, A.zerosLike(x)), 1).narrow(1, 0, half.size(1)), close)).toBe(true);
    expect(fft.irfft(half, 1, { n }).allcloseSync(x, close)).toBe(true);
  });
  // What devices do that cannot be read at once.
  it.each([1, 2, 63, 64, 65, 66, 67, 96, 127, 1000, 1021, 2 * 521])("made of products is the same: %i", (n) => {
    const z = draw(2, n, 3);
    expect(viewAsComplex(byProducts(z.pair, 1, -1)).allcloseSync(fft.fft(z, 1), { rtol: 0, atol: 1e-10 })).toBe(true);
    expect(viewAsComplex(byProducts(z.pair, 1, 1)).allcloseSync(fft.ifft(z, 1, { norm: "forward" }), { rtol: 0, atol: 1e-10 })).toBe(true);
  });
});

// Rows of one batch know nothing of each other: neither NaN nor rounding passes between them.
it.each([3, 4])("keeps a row apart from others, however large they are: %i", (n) => {
  const small = A.randn([n], wide), alone = fft.rfft(small), x = A.stack([A.full([n], NaN, wide), small, A.full([n], 1e30, wide), small]), half = fft.rfft(x), whole = fft.irfft(half, -1, { n });
  for (const row of [1, 3]) {
    expect(half.select(0, row).allcloseSync(alone, { rtol: 1e-14, atol: 1e-14 })).toBe(true);
    expect(whole.select(0, row).allcloseSync(small, { rtol: 0, atol: 1e-14 })).toBe(true);
  }
});

describe("lengths, dims and normalisation", () => {
  it("cuts, fills up, and says by what it divides", () => {
    const x = tensor([1, 2, 3, 4]);
    expect(String(fft.fft(x))).toBe("tensor([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j])");
    expect(fft.fft(x, -1, { n: 2 }).toArraySync()).toEqual([[3, 0], [-1, 0]]);
    expect(fft.rfft(x, 0, { n: 6 }).shape).toEqual([4]);
    expect(fft.fft(x, 0, { norm: "ortho" }).select(0, 0).itemSync().re).toBe(5);
    expect(fft.fft(x, 0, { norm: "forward" }).select(0, 0).itemSync().re).toBe(2.5);
    expect(fft.irfft(fft.rfft(tensor([1, 2, 3])), 0, { n: 3 }).toArraySync()).toEqual([1, 2, 3].map((v) => expect.closeTo(v, 6)));
    expect(fft.fft(tensor([1, 2], { dtype: "int32" })).dtype).toBe("complex64");
    expect(fft.rfft(tensor([1, 2], wide)).dtype).toBe("complex128");
  });
  it("goes over several dims as over one after the other", () => {
    const z = draw(2, 3, 4), x = z.real();
    expect(fft.fftn(z, [0, 2], { s: [4, -1] }).allcloseSync(fft.fft(fft.fft(z, 0, { n: 4 }), 2))).toBe(true);
    expect(fft.fft2(x).allcloseSync(fft.fftn(x, [-2, -1]))).toBe(true);
    expect(fft.irfftn(fft.rfftn(x, [2, 1]), [2, 1], { s: [4, 3] }).allcloseSync(x, { atol: 1e-12 })).toBe(true);
    expect(fft.hfftn(fft.ihfftn(x), undefined, { s: [2, 3, 4] }).allcloseSync(x, { atol: 1e-12 })).toBe(true);
    expect(fft.fftn(x, undefined, { s: [2, 2] }).shape).toEqual([2, 2, 2]);
  });
  it("tells the frequencies and turns them", () => {
    expect([fft.fftfreq(5).toArraySync(), fft.fftfreq(4, { d: 0.5 }).toArraySync(), fft.rfftfreq(4).toArraySync()]).toEqual([[0, 0.2, 0.4, -0.4, -0.2].map((v) => expect.closeTo(v, 6)), [0, 0.5, -1, -0.5], [0, 0.25, 0.5]]);
    expect([fft.fftshift(tensor([0, 1, 2, 3, 4])).toArraySync(), fft.ifftshift(fft.fftshift(tensor([0, 1, 2, 3, 4]))).toArraySync()]).toEqual([[3, 4, 0, 1, 2], [0, 1, 2, 3, 4]]);
  });
});

it("refuses in PyTorch's words", () => {
  const x = A.ones([2, 3]), z = A.complex(x, x);
  expect(() => fft.rfft(z as never)).toThrow("rfft expects a real input tensor, but got ComplexFloat");
  expect(() => fft.rfftn(z as never)).toThrow("rfftn expects a real-valued input tensor, but got ComplexFloat");
  expect(() => fft.fft(x, 0, { n: 0 })).toThrow("Invalid number of data points (0) specified");
  expect(() => fft.irfft(A.ones([1]))).toThrow("Invalid number of data points (0) specified");
  expect(() => fft.fft(x, 2)).toThrow("Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  expect(() => fft.fft(tensor(1))).toThrow("Dimension specified as -1 but tensor has no dimensions");
  expect(() => fft.fftn(x, [0, 0])).toThrow("FFT dims must be unique");
  expect(() => fft.fftn(x, [0], { s: [1, 2] })).toThrow("When given, dim and shape arguments must have the same length");
  expect(() => fft.fftn(x, undefined, { s: [1, 2, 3] })).toThrow("Got shape with 3 values but input tensor only has 2 dimensions.");
  expect(() => fft.rfftn(x, [])).toThrow("rfftn must transform at least one axis");
  expect(() => fft.fft(x, 0, { norm: "half" as never })).toThrow('Invalid normalization mode: "half"');
  expect(() => fft.fft(x.half())).toThrow("Unsupported dtype Half");
});
