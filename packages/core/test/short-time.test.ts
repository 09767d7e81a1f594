/** @file The short-time transform: what it is made of, that its inverse gives the signal back, and PyTorch's errors. */
import { cpu } from "@adjoint/backend-cpu-js";
import { describe, expect, it } from "vitest";
import * as A from "../src/index.ts";

A.setDefaultDevice(cpu());
const { fft, hannWindow, istft, stft } = A;
const signal = (...shape: readonly number[]): A.Tensor => A.randn(shape, { dtype: "float64" });
const hann = (length: number): A.Tensor => hannWindow(length, { dtype: "float64" });

describe("stft", () => {
  it("is the transform of each window", () => {
    const x = signal(40), window = hann(8), out = stft(x, 8, { hopLength: 4, window, center: false, returnComplex: true });
    expect([out.shape, out.dtype]).toEqual([[5, 9], "complex128"]);
    expect(out.select(1, 3).allcloseSync(fft.rfft(x.narrow(0, 12, 8).mul(window)), { atol: 1e-12 })).toBe(true);
    const centred = stft(x, 8, { hopLength: 4, window, returnComplex: true });
    expect([centred.shape, centred.narrow(1, 1, 9).allcloseSync(out)]).toEqual([[5, 11], true]);
    expect(stft(x, 8, { hopLength: 4, window }).allcloseSync(A.viewAsReal(centred))).toBe(true);
  });
  it("stands a short window in the middle, and takes complex signals and windows", () => {
    const x = signal(2, 30), short = hann(5), z = A.complex(x, signal(2, 30));
    const padded = A.pad(short, [1, 2]);
    expect(stft(x, 8, { winLength: 5, window: short, returnComplex: true }).allcloseSync(stft(x, 8, { window: padded, returnComplex: true }))).toBe(true);
    const both = stft(z, 8, { window: padded });
    expect(both.shape).toEqual([2, 8, 16]);
    expect(both.real().allcloseSync(stft(x, 8, { window: padded, onesided: false, returnComplex: true }).real().sub(stft(z.imag(), 8, { window: padded, onesided: false, returnComplex: true }).imag()), { atol: 1e-12 })).toBe(true);
    expect(stft(x, 8, { window: A.complex(padded, A.zerosLike(padded)), returnComplex: true }).shape).toEqual([2, 8, 16]);
  });
});

describe("istft", () => {
  it.each<readonly [string, A.IstftOptions & { readonly padMode?: A.PadMode }]>([
    ["hann, centred", { window: hann(16) }], ["a short window", { window: hann(12), winLength: 12, hopLength: 3 }], ["no window", { hopLength: 8 }], ["normalised", { window: hann(16), normalized: true }], ["both sides", { window: hann(16), onesided: false }],
    ["zeros beyond the edges", { hopLength: 4, padMode: "constant" }],
  ])("gives the signal back: %s", (_, { padMode = "reflect", ...options }) => {
    const x = signal(3, 64);
    expect(istft(stft(x, 16, { ...options, padMode, returnComplex: true }), 16, { ...options, length: 64 }).allcloseSync(x, { atol: 1e-12 })).toBe(true);
  });
  it("takes pairs, and gives complex signals back", () => {
    const z = A.complex(signal(32), signal(32)), window = hann(8);
    expect(istft(stft(z, 8, { window }), 8, { window, length: 32, returnComplex: true }).allcloseSync(z, { atol: 1e-12 })).toBe(true);
    expect(istft(stft(z.real(), 8, { window }), 8, { window }).allcloseSync(z.real(), { atol: 1e-12 })).toBe(true);
  });
  it("pads what is asked for beyond the windows, and says so", () => {
    const said: string[] = [], before = A.onWarning((text) => said.push(text));
    const x = signal(16), out = istft(stft(x, 8, { returnComplex: true }), 8, { length: 22 });
    A.onWarning(before);
    expect([out.shape, out.narrow(0, 0, 16).allcloseSync(x), out.narrow(0, 20, 2).toArraySync(), said.length]).toEqual([[22], true, [0, 0], 1]);
  });
});

it("refuses in PyTorch's words", () => {
  const x = A.ones([10]), pairs = A.ones([5, 3, 2]);
  expect(() => stft(x, 20, { center: false })).toThrow("stft(torch.FloatTensor[10], n_fft=20, hop_length=5, win_length=20, window=None, normalized=0, onesided=None, return_complex=None) : expected 0 < n_fft < 10, but got n_fft=20");
  expect(() => stft(x, 4, { hopLength: 0 })).toThrow("expected hop_length > 0, but got hop_length=0");
  expect(() => stft(x, 4, { winLength: 5 })).toThrow("expected 0 < win_length <= n_fft, but got win_length=5");
  expect(() => stft(x, 4, { window: A.ones([3]) })).toThrow("expected a 1D window tensor of size equal to win_length=4, but got window with size [3]");
  expect(() => stft(x.int(), 4)).toThrow("expected a tensor of floating point or complex values");
  expect(() => stft(A.complex(x, x), 4, { onesided: true })).toThrow("Cannot have onesided output if window or input is complex");
  expect(() => istft(pairs, 10)).toThrow("to match n_fft / 2 + 1 when onesided=True, but got 5");
  expect(() => istft(pairs, 8, { window: A.zeros([8]) })).toThrow("window overlap add min: 0");
  expect(() => istft(A.ones([5, 2]), 8)).toThrow("expected a tensor with 3 or 4 dimensions, but got 2");
});
