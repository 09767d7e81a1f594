/** @file The short-time Fourier transform and its inverse: spectra of a signal's overlapping windows. */
import { ComplexTensor } from "../complex/complex-tensor.ts";
import { isComplex, isComplexDType } from "../complex/kind.ts";
import { withZeros } from "../complex/operands.ts";
import { divPairs, mulPairs, onParts } from "../complex/pairs.ts";
import { pad, type PadMode } from "../composites/pad.ts";
import { amin } from "../composites/reductions.ts";
import { fold, unfold } from "../composites/spatial/fold.ts";
import { dataSync } from "../api/reading.ts";
import { ones } from "../creation/fill.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { abs, div, mul, square } from "../elementwise/arithmetic.ts";
import { ArgumentError } from "../errors.ts";
import { composite, framed, noGrad, type Tensor } from "../op.ts";
import { expand, narrow, reshape, transpose } from "../views/views.ts";
import { warn } from "../warning.ts";
import type { FftInput } from "./arguments.ts";
import { complexTransform, inverseTransform, realTransform } from "./transforms.ts";

type Common = {
  /** From window to window: nFft / 4 by default. */
  readonly hopLength?: number | undefined;
  /** The length of `window`: nFft by default. A shorter one stands in the middle of nFft zeros. */
  readonly winLength?: number | undefined;
  /** What each window is multiplied by: ones by default; see `hannWindow` and its kin. */
  readonly window?: FftInput | undefined;
  /** Whether the k-th window has its middle, and not its beginning, at k * hopLength: true by default. */
  readonly center?: boolean | undefined;
  /** Whether transforms are divided by the root of nFft. */
  readonly normalized?: boolean | undefined;
  /** Whether only the first nFft / 2 + 1 frequencies are there: by default, of real signals. */
  readonly onesided?: boolean | undefined;
};
export type StftOptions = Common & {
  /** What lies beyond the ends of a signal whose windows are centred: "reflect" by default. */
  readonly padMode?: PadMode | undefined;
  /** Whether the result is complex: if not, pairs in a last dim of 2. By default only that of a complex signal or window is. */
  readonly returnComplex?: boolean | undefined;
};
export type IstftOptions = Common & {
  /** The length of the signal: by default, as long as the windows reach. */
  readonly length?: number | undefined;
  /** Whether the signal was complex. */
  readonly returnComplex?: boolean | undefined;
};

// ---- Arguments -------------------------------------------------------------------------------------------------------------

const typeOf = (x: FftInput): string => `torch.${isComplex(x) ? (x.dtype === "complex128" ? "ComplexDouble" : "ComplexFloat") : scalarTypeName[x.dtype]}Tensor`;
const flag = (x: boolean | undefined): string => (x === undefined ? "None" : x ? "1" : "0");
/** The call as PyTorch's messages write it. */
function written(name: string, x: FftInput, nFft: number, hop: number, win: number, window: FftInput | undefined, ...rest: readonly string[]): string {
  const shown = window === undefined ? "None" : `${typeOf(window)}{[${window.shape.join(", ")}]}`;
  return `${name}(${typeOf(x)}[${x.shape.join(", ")}], n_fft=${nFft}, hop_length=${hop}, win_length=${win}, window=${shown}, ${rest.join(", ")}) `;
}
/** The window as a tensor of nFft, with zeros around a shorter one; undefined where it is ones. */
function windowOf(window: Tensor | undefined, win: number, nFft: number, like: Tensor): Tensor | undefined {
  if (window === undefined && win === nFft) return undefined;
  const left = Math.floor((nFft - win) / 2), given = window ?? ones([win], { dtype: like.dtype, device: like.device });
  return win === nFft ? given : pad(given, [left, nFft - win - left]);
}
/** The same of a pair. */
const pairWindow = (window: FftInput, win: number, nFft: number, like: Tensor): Tensor =>
  isComplex(window) ? onParts(window.pair, (part) => windowOf(part, win, nFft, like) ?? part) : withZeros(windowOf(window, win, nFft, like) ?? window);

// ---- There -----------------------------------------------------------------------------------------------------------------

/** [batch, length] -> [batch, windows, nFft]. */
const windowsOf = (x: Tensor, nFft: number, hop: number): Tensor => transpose(unfold(reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]), [1, nFft], { stride: [1, hop] }), 1, 2);
const extended = (x: Tensor, by: number, mode: PadMode): Tensor => reshape(pad(reshape(x, [1, ...x.shape]), [by, by], { mode }), [x.shape[0]!, x.shape[1]! + 2 * by]);

const stftPair = /*@__PURE__*/ composite("TransposeBackward1", (given: FftInput, nFft: number, options: StftOptions): Tensor => {
  const { hopLength: hop = Math.floor(nFft / 4), winLength: win = nFft, window, center = true, padMode = "reflect", normalized = false, onesided, returnComplex } = options;
  const call = written("stft", given, nFft, hop, win, window, `normalized=${flag(normalized)}`, `onesided=${flag(onesided)}`, `return_complex=${flag(returnComplex)}`);
  if (!isComplexDType(given.dtype) && !isFloat(given.dtype)) throw new ArgumentError(`${call}: expected a tensor of floating point or complex values`);
  if (given.ndim > 2 || given.ndim < 1) throw new ArgumentError(`${call}: expected a 1D or 2D tensor`);
  const real = isComplex(given) ? undefined : given, signal = real ?? (given as ComplexTensor).pair, batched = given.ndim === 2 ? signal : reshape(signal, [1, ...signal.shape]);
  const each = (run: (part: Tensor) => Tensor, x: Tensor): Tensor => (real === undefined ? onParts(x, run) : run(x));
  const long = center ? each((part) => extended(part, Math.floor(nFft / 2), padMode), batched) : batched, length = long.shape[1]!;
  if (nFft <= 0 || nFft > length) throw new ArgumentError(`${call}: expected 0 < n_fft < ${length}, but got n_fft=${win}`);
  if (hop <= 0) throw new ArgumentError(`${call}: expected hop_length > 0, but got hop_length=${hop}`);
  if (win <= 0 || win > nFft) throw new ArgumentError(`${call}: expected 0 < win_length <= n_fft, but got win_length=${win}`);
  if (window !== undefined && (window.ndim !== 1 || window.shape[0] !== win)) throw new ArgumentError(`${call}: expected a 1D window tensor of size equal to win_length=${win}, but got window with size [${window.shape.join(", ")}]`);
  const frames = each((part) => windowsOf(part, nFft, hop), long), scale = normalized ? 1 / Math.sqrt(nFft) : 1;
  let spectra: Tensor;
  if (real !== undefined && !isComplex(window)) {
    const weights = windowOf(window, win, nFft, real);
    spectra = realTransform(weights === undefined ? frames : mul(frames, weights), 2, onesided ?? true, scale);
  } else {
    if (onesided === true) throw new ArgumentError("Cannot have onesided output if window or input is complex");
    const numbers = real === undefined ? frames : withZeros(frames), weights = window === undefined && win === nFft ? undefined : pairWindow(window ?? ones([win], { dtype: numbers.dtype, device: numbers.device }), win, nFft, numbers);
    spectra = complexTransform(weights === undefined ? numbers : mulPairs(numbers, weights), [2], false, scale);
  }
  const turned = transpose(spectra, 1, 2);
  return given.ndim === 1 ? reshape(turned, turned.shape.slice(1)) : turned;
});

/**
 * The spectra of a signal's overlapping windows: `fft` of x[k hopLength + j] window[j], j < n. PyTorch's `torch.stft`.
 * @param x the signal, [length] or [batch, length], complex or float
 * @param nFft n, the length of a spectrum
 * @returns [(batch,) frequencies, windows]: complex if x or `window` is, or `returnComplex` says so; else pairs in a last dim, of x's dtype
 * @throws ArgumentError for another rank, integers and bools, lengths that do not fit, or one side of complex numbers
 * @throws ShapeError where the padding does not fit the signal
 * @example stft(ones([4]), 4, { center: false, returnComplex: true }).abs().flatten() // [4, 0, 0]
 */
export function stft(x: ComplexTensor, nFft: number, options?: StftOptions & { readonly returnComplex?: true | undefined }): ComplexTensor;
export function stft(x: Tensor, nFft: number, options: StftOptions & { readonly returnComplex: true }): ComplexTensor;
export function stft(x: Tensor, nFft: number, options?: StftOptions): Tensor;
export function stft(x: FftInput, nFft: number, options: StftOptions = {}): FftInput {
  const pair = stftPair(x, nFft, options);
  if (options.returnComplex ?? (isComplex(x) || isComplex(options.window))) return new ComplexTensor(pair);
  if (pair.gradFn !== null) pair.gradFn.label = "ViewAsRealBackward0";
  return pair;
}

// ---- And back --------------------------------------------------------------------------------------------------------------

/** [batch, nFft, windows] -> [batch, length]: overlapping windows added. */
const added = (x: Tensor, length: number, nFft: number, hop: number): Tensor => reshape(fold(x, [1, length], [1, nFft], { stride: [1, hop] }), [x.shape[0]!, length]);

/** PyTorch's refusal of windows that leave a place of the signal out. A device that cannot be read at once gives infinities there. */
function checkEnvelope(call: string, envelope: Tensor): void {
  if (envelope.device.readSync === undefined || (envelope.traced?.physical ?? null) !== null || envelope.window.size === 0) return;
  const least = framed(() => noGrad(() => dataSync(amin(abs(envelope)))[0]!), () => false);
  if (!(least > 1e-11)) throw new ArgumentError(`${call}window overlap add min: ${least}`);
}

const istftPair = /*@__PURE__*/ composite("SqueezeBackward1", (given: FftInput, nFft: number, options: IstftOptions): Tensor => {
  const { hopLength: hop = Math.floor(nFft / 4), winLength: win = nFft, window, center = true, normalized = false, length, returnComplex = false } = options;
  const pair = isComplex(given) ? given.pair : given, rank = pair.ndim;
  const call = written("istft", given, nFft, hop, win, window, `center=${flag(center)}`, `normalized=${flag(normalized)}`, `onesided=${flag(options.onesided)}`, `length=${length ?? "None"}`, `return_complex=${flag(returnComplex)}`);
  if (pair.shape.includes(0)) throw new ArgumentError(`${call}: input tensor cannot be empty.`);
  if (rank !== 3 && rank !== 4) throw new ArgumentError(`${call}: expected a tensor with 3 or 4 dimensions, but got ${rank}`);
  if (pair.shape.at(-1) !== 2) throw new ArgumentError(`${call}: expected the last dimension to be 2 (corresponding to real and imaginary parts), but got ${pair.shape.at(-1)}`);
  const frames = pair.shape.at(-2)!, frequencies = pair.shape.at(-3)!, onesided = options.onesided ?? frequencies !== nFft, reach = nFft + hop * (frames - 1);
  const expected = onesided ? Math.floor(nFft / 2) + 1 : nFft;
  if (frequencies !== expected)
    throw new ArgumentError(`${call}: expected the frequency dimension (3rd to the last) of the input tensor to match n_fft${onesided ? " / 2 + 1" : ""} when onesided=${onesided ? "True" : "False"}, but got ${frequencies}`);
  if (!(hop > 0 && hop <= win)) throw new ArgumentError(`${call}: expected 0 < hop_length <= win_length`);
  if (!(win > 0 && win <= nFft)) throw new ArgumentError(`${call}: expected 0 < win_length <= n_fft`);
  if (window !== undefined && (window.ndim !== 1 || window.shape[0] !== win)) throw new ArgumentError(`${call}: Invalid window shape. window has to be 1D and length of \`win_length\``);
  if (returnComplex && onesided) throw new ArgumentError("Cannot have onesided output if window or input is complex");
  if (!returnComplex && isComplex(window)) throw new ArgumentError("Complex windows are incompatible with return_complex=False");
  const turned = transpose(rank === 3 ? reshape(pair, [1, ...pair.shape]) : pair, 1, 2), scale = normalized ? 1 / Math.sqrt(nFft) : 1 / nFft;
  const start = center ? Math.floor(nFft / 2) : 0, end = length !== undefined ? start + length : center ? reach - Math.floor(nFft / 2) : reach, kept = Math.max(0, Math.min(end, reach) - start);
  const onLine = (x: Tensor): Tensor => narrow(added(transpose(x, 1, 2), reach, nFft, hop), 1, start, kept);
  let signal: Tensor;
  if (returnComplex) {
    const weights = pairWindow(window ?? ones([win], { dtype: pair.dtype, device: pair.device }), win, nFft, pair);
    const sum = onParts(mulPairs(complexTransform(turned, [2], true, scale), weights), onLine);
    const envelope = onParts(expand(mulPairs(weights, weights), [1, frames, nFft, 2]), onLine);
    signal = isComplex(window) ? divPairs(sum, envelope) : overEnvelope(call, sum, envelope);
  } else {
    const half = onesided ? turned : narrow(turned, 2, 0, Math.floor(nFft / 2) + 1), y = inverseTransform(half, 2, nFft, scale);
    const weights = windowOf(window as Tensor | undefined, win, nFft, pair) ?? ones([nFft], { dtype: pair.dtype, device: pair.device }), envelope = onLine(expand(square(weights), [1, frames, nFft]));
    checkEnvelope(call, envelope);
    signal = div(onLine(mul(y, weights)), envelope);
  }
  const whole = rank === 3 ? reshape(signal, signal.shape.slice(1)) : signal;
  return end > reach ? longer(whole, end - reach, returnComplex) : whole;
});
/** Of a real window the envelope is real: it divides both parts. */
function overEnvelope(call: string, sum: Tensor, envelope: Tensor): Tensor {
  const real = narrow(envelope, -1, 0, 1);
  checkEnvelope(call, real);
  return div(sum, real);
}
function longer(x: Tensor, by: number, complex: boolean): Tensor {
  warn("The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. Please check your center and hop_length settings.");
  return complex ? onParts(x, (part) => pad(part, [0, by])) : pad(x, [0, by]);
}

/**
 * The signal of which x is the `stft`, by least squares where windows overlap: the sum of the windows' inverse transforms times the window, over that of its squares. PyTorch's
 * `torch.istft`.
 * @param x [(batch,) frequencies, windows], complex, or pairs in a last dim
 * @param nFft the length of a spectrum
 * @returns [(batch,) length], of the dtype of x's parts, or by `returnComplex` complex
 * @throws ArgumentError where the windows leave a place of the signal out, and for sizes that do not fit
 * @example istft(stft(ones([8]), 4, { returnComplex: false, window: ones([4]) }), 4, { window: ones([4]) }) // [1, 1, 1, 1, 1, 1, 1, 1]
 */
export function istft(x: FftInput, nFft: number, options: IstftOptions & { readonly returnComplex: true }): ComplexTensor;
export function istft(x: FftInput, nFft: number, options?: IstftOptions): Tensor;
export function istft(x: FftInput, nFft: number, options: IstftOptions = {}): FftInput {
  const signal = istftPair(x, nFft, options);
  return options.returnComplex === true ? new ComplexTensor(signal) : signal;
}
