/** @file Fourier transforms made of matrix products, for devices that the host cannot read at once: the lengths' factors one after the other. */
import { fromHost, zeros } from "../creation/fill.ts";
import { encodeHost } from "../dtype.ts";
import { mulPairs } from "../complex/pairs.ts";
import type { Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { cat } from "../views/cat.ts";
import { narrow, permute, reshape } from "../views/views.ts";
import { chirpLength, chirpRoots, factorsOf, turn } from "./numbers.ts";

/** Lengths up to this are one product with the matrix of the transform. */
const WHOLE = 64;
/** Prime lengths beyond this are a convolution. */
const LARGEST_PRIME = 512;

type Sign = 1 | -1;
const upload = (values: ArrayLike<number>, shape: readonly number[], like: Tensor): Tensor => fromHost(encodeHost(like.dtype, values), shape, like.dtype, { device: like.device });

/** The complex transform along `dim` of a pair, with exp(sign 2 pi i k / n). */
export function byProducts(pair: Tensor, dim: number, sign: Sign): Tensor {
  const last = pair.ndim - 2, order = [...pair.shape.keys()].filter((d) => d !== dim && d <= last).concat(dim, last + 1);
  const moved = permute(pair, order), out = rows(moved, sign);
  return permute(out, order.map((_, d) => order.indexOf(d)));
}

/** Along the dim before the pair. */
function rows(x: Tensor, sign: Sign): Tensor {
  const n = x.shape.at(-2)!, lead = x.shape.slice(0, -2);
  if (n <= 1) return x;
  const a = n <= WHOLE ? 1 : divisorOf(n);
  if (a === 1 && n > LARGEST_PRIME) return byChirp(x, sign);
  if (a === 1) return reshape(matmul(reshape(x, [...lead, 2 * n]), matrixOf(n, sign, x)), x.shape);
  // j = j1 b + j2, k = k1 + a k2: transforms of length a, a turn of each by j2 k1 / n, transforms of length b.
  const b = n / a, rank = lead.length;
  const columns = permute(reshape(x, [...lead, a, b, 2]), [...lead.keys(), rank + 1, rank, rank + 2]); // [..., j2, j1, 2]
  const turned = mulPairs(rows(columns, sign), turnsOf(b, a, n, sign, x)); // [..., j2, k1, 2]
  const done = rows(permute(turned, [...lead.keys(), rank + 1, rank, rank + 2]), sign); // [..., k1, k2, 2]
  return reshape(permute(done, [...lead.keys(), rank + 1, rank, rank + 2]), x.shape);
}
/** Of the divisors that are one product the one next to the root of n; else its smallest factor. 1 of a prime. */
function divisorOf(n: number): number {
  let best = 1;
  for (let d = 2; d <= WHOLE && d < n; d++) if (n % d === 0 && Math.max(d, n / d) < Math.max(best, n / best)) best = d;
  return best > 1 ? best : Math.min(...factorsOf(n)) % n || 1;
}

/** [2n, 2n]: the row (re, im) of a line times (cos, sin) over (-sin, cos). */
function matrixOf(n: number, sign: Sign, like: Tensor): Tensor {
  const values = new Float64Array(4 * n * n);
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++) {
      const [c, s] = turn((j * k) % n, n), at = 4 * n * j + 2 * k;
      values[at] = values[at + 2 * n + 1] = c;
      values[at + 1] = sign * s;
      values[at + 2 * n] = -sign * s;
    }
  return upload(values, [2 * n, 2 * n], like);
}
/** exp(sign 2 pi i j k / n) for j < rows, k < columns. */
function turnsOf(count: number, columns: number, n: number, sign: Sign, like: Tensor): Tensor {
  const values = new Float64Array(2 * count * columns);
  for (let j = 0; j < count; j++)
    for (let k = 0; k < columns; k++) {
      const [c, s] = turn(j * k, n), at = 2 * (j * columns + k);
      values[at] = c;
      values[at + 1] = sign * s;
    }
  return upload(values, [count, columns, 2], like);
}
/** Bluestein's: as a convolution of a power of 2. */
function byChirp(x: Tensor, sign: Sign): Tensor {
  const n = x.shape.at(-2)!, length = chirpLength(n), { re, im } = chirpRoots(n), factor = new Float64Array(2 * n), kernel = new Float64Array(2 * length);
  for (let k = 0; k < n; k++) {
    const s = -sign * im[k]!;
    factor[2 * k] = re[k]!;
    factor[2 * k + 1] = s;
    for (const at of [k, (length - k) % length]) {
      kernel[2 * at] = re[k]! / length;
      kernel[2 * at + 1] = -s / length;
    }
  }
  const c = upload(factor, [n, 2], x), padding = zeros([...x.shape.slice(0, -2), length - n, 2], { dtype: x.dtype, device: x.device });
  const spectrum = mulPairs(rows(cat([mulPairs(x, c), padding], -2), -1), rows(upload(kernel, [length, 2], x), -1));
  return mulPairs(narrow(rows(spectrum, 1), -2, 0, n), c);
}
