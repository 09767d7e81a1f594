/** @file The transforms of tensors on the host: from interleaved or real values to the same. Pure. */
import { type Shape, sizeOf } from "../shape.ts";
import { transform, turn } from "./numbers.ts";

type Parts = { readonly re: Float64Array; readonly im: Float64Array };

export function parted(values: Float64Array): Parts {
  const count = values.length / 2, re = new Float64Array(count), im = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    re[i] = values[2 * i]!;
    im[i] = values[2 * i + 1]!;
  }
  return { re, im };
}
export function interleaved({ re, im }: Parts, scale: number): Float64Array {
  const values = new Float64Array(2 * re.length);
  for (let i = 0; i < re.length; i++) {
    values[2 * i] = re[i]! * scale;
    values[2 * i + 1] = im[i]! * scale;
  }
  return values;
}

/** Complex to complex, along several dims, in place. */
export function alongDims({ re, im }: Parts, shape: Shape, dims: readonly number[], inverse: boolean): void {
  for (const d of dims) {
    const outer = sizeOf(shape.slice(0, d)), inner = sizeOf(shape.slice(d + 1));
    if (inverse) transform(im, re, outer, shape[d]!, inner);
    else transform(re, im, outer, shape[d]!, inner);
  }
}

/** exp(-2 pi i k / n) for k <= n / 2. */
const turnsOf = (n: number): readonly (readonly [cos: number, sin: number])[] => Array.from({ length: n / 2 + 1 }, (_, k) => turn(k, n));

/** Real to complex along `dim`: the first `kept` frequencies. An even n goes by a transform of n / 2 numbers, every other element as the imaginary part of the one before. */
export function ofReal(x: Float64Array, shape: Shape, dim: number, kept: number): Parts {
  const outer = sizeOf(shape.slice(0, dim)), n = shape[dim]!, inner = sizeOf(shape.slice(dim + 1)), block = n * inner, out: Parts = { re: new Float64Array(outer * kept * inner), im: new Float64Array(outer * kept * inner) };
  const isEven = n % 2 === 0, m = isEven ? n / 2 : n, turns = isEven ? turnsOf(n) : [], re = new Float64Array(m * inner), im = new Float64Array(m * inner);
  for (let o = 0; o < outer; o++) {
    if (isEven) split(x.subarray(o * block, (o + 1) * block), re, im, inner);
    else {
      re.set(x.subarray(o * block, (o + 1) * block));
      im.fill(0);
    }
    transform(re, im, 1, m, inner);
    for (let k = 0; k < kept; k++) {
      const mirrored = 2 * k > n, j = mirrored ? n - k : k, sign = mirrored ? -1 : 1, [cos, sin] = isEven ? turns[j]! : [1, 0];
      for (let i = 0; i < inner; i++) {
        const a = (j % m) * inner + i, to = (o * kept + k) * inner + i;
        if (!isEven) {
          out.re[to] = re[a]!;
          out.im[to] = j === 0 ? 0 : sign * im[a]!;
          continue;
        }
        // Even elements: E_j = (Z_j + conj Z_-j) / 2; odd ones: O_j = (Z_j - conj Z_-j) / 2i; X_j = E_j + exp(-2 pi i j / n) O_j.
        const b = ((m - j) % m) * inner + i, p = (im[a]! + im[b]!) / 2, q = (re[b]! - re[a]!) / 2;
        out.re[to] = (re[a]! + re[b]!) / 2 + p * cos + q * sin;
        out.im[to] = sign * ((im[a]! - im[b]!) / 2 + q * cos - p * sin);
      }
    }
  }
  return out;
}
function split(x: Float64Array, re: Float64Array, im: Float64Array, inner: number): void {
  for (let to = 0, from = 0; to < re.length; from += inner)
    for (let i = 0; i < inner; i++, from++, to++) {
      re[to] = x[from]!;
      im[to] = x[from + inner]!;
    }
}

/** Complex to real along `dim`, with exp(+2 pi i): n numbers from the first n / 2 + 1 frequencies. What the imaginary part of the first (and, n even, the last) is does not matter. */
export function toReal({ re: fromRe, im: fromIm }: Parts, shape: Shape, dim: number, n: number): Float64Array {
  const outer = sizeOf(shape.slice(0, dim)), kept = shape[dim]!, inner = sizeOf(shape.slice(dim + 1)), block = n * inner, out = new Float64Array(outer * block);
  const isEven = n % 2 === 0, m = isEven ? n / 2 : n, turns = isEven ? turnsOf(n) : [], re = new Float64Array(m * inner), im = new Float64Array(m * inner);
  const imaginary = (k: number, at: number): number => (k === 0 || 2 * k === n ? 0 : fromIm[at]!);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < m; k++) {
      const j = isEven || k < kept ? k : n - k, sign = j === k ? 1 : -1, [cos, sin] = isEven ? turns[k]! : [1, 0];
      for (let i = 0; i < inner; i++) {
        const a = (o * kept + j) * inner + i, to = k * inner + i;
        if (!isEven) {
          re[to] = fromRe[a]!;
          im[to] = sign * imaginary(j, a);
          continue;
        }
        // Z_k = E_k + i O_k, the transform of even elements as real and odd ones as imaginary parts: E_k = X_k + conj X_(m - k), O_k = (X_k - conj X_(m - k)) exp(2 pi i k / n).
        const b = (o * kept + m - k) * inner + i, c = imaginary(k, a), d = imaginary(m - k, b), p = fromRe[a]! - fromRe[b]!, q = c + d;
        re[to] = fromRe[a]! + fromRe[b]! - (q * cos + p * sin);
        im[to] = c - d + p * cos - q * sin;
      }
    }
    transform(im, re, 1, m, inner);
    if (isEven) join(re, im, out.subarray(o * block, (o + 1) * block), inner);
    else out.set(re, o * block);
  }
  return out;
}
function join(re: Float64Array, im: Float64Array, out: Float64Array, inner: number): void {
  for (let from = 0, to = 0; from < re.length; to += inner)
    for (let i = 0; i < inner; i++, from++, to++) {
      out[to] = re[from]!;
      out[to + inner] = im[from]!;
    }
}
