/** @file The transforms of tensors on the host: from interleaved or real values to the same. Pure. */
import { type Shape, sizeOf } from "../shape.ts";
import { transform } from "./numbers.ts";

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

/** Real to complex along `dim`: the first `kept` frequencies. Rows are taken two by two, one as the imaginary part of the other. */
export function ofReal(x: Float64Array, shape: Shape, dim: number, kept: number): Parts {
  const outer = sizeOf(shape.slice(0, dim)), n = shape[dim]!, inner = sizeOf(shape.slice(dim + 1)), block = n * inner;
  const out: Parts = { re: new Float64Array(outer * kept * inner), im: new Float64Array(outer * kept * inner) };
  const re = new Float64Array(block), im = new Float64Array(block);
  for (let o = 0; o < outer; o += 2) {
    re.set(x.subarray(o * block, (o + 1) * block));
    im.fill(0);
    const two = o + 1 < outer;
    if (two) im.set(x.subarray((o + 1) * block, (o + 2) * block));
    transform(re, im, 1, n, inner);
    for (let k = 0; k < kept; k++)
      for (let i = 0; i < inner; i++) {
        // X_k = (Z_k + conj Z_-k) / 2 of the one, (Z_k - conj Z_-k) / 2i of the other.
        const a = k * inner + i, b = ((n - k) % n) * inner + i, to = (o * kept + k) * inner + i;
        out.re[to] = (re[a]! + re[b]!) / 2;
        out.im[to] = (im[a]! - im[b]!) / 2;
        if (!two) continue;
        out.re[to + kept * inner] = (im[a]! + im[b]!) / 2;
        out.im[to + kept * inner] = (re[b]! - re[a]!) / 2;
      }
  }
  return out;
}

/** Complex to real along `dim`, with exp(+2 pi i): n numbers from the first n / 2 + 1 frequencies. What the imaginary part of the first (and, n even, the last) is does not matter. */
export function toReal({ re: fromRe, im: fromIm }: Parts, shape: Shape, dim: number, n: number): Float64Array {
  const outer = sizeOf(shape.slice(0, dim)), kept = shape[dim]!, inner = sizeOf(shape.slice(dim + 1)), block = n * inner;
  const out = new Float64Array(outer * block), re = new Float64Array(block), im = new Float64Array(block);
  for (let o = 0; o < outer; o += 2) {
    const two = o + 1 < outer;
    for (let k = 0; k < n; k++) {
      const mirrored = k >= kept, j = mirrored ? n - k : k, real = k === 0 || 2 * k === n, sign = real ? 0 : mirrored ? -1 : 1;
      for (let i = 0; i < inner; i++) {
        // Two spectra whose transforms are real, X + iY: one comes out as the real part, the other as the imaginary.
        const at = (o * kept + j) * inner + i, to = k * inner + i, next = at + kept * inner;
        re[to] = fromRe[at]! - (two && sign !== 0 ? sign * fromIm[next]! : 0);
        im[to] = (sign === 0 ? 0 : sign * fromIm[at]!) + (two ? fromRe[next]! : 0);
      }
    }
    transform(im, re, 1, n, inner);
    out.set(re, o * block);
    if (two) out.set(im, (o + 1) * block);
  }
  return out;
}
