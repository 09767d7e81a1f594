/** @file Discrete Fourier transforms of any length, in float64 on the host. Pure functions of number arrays. */

/** exp(-2 pi i k / n), k < n. */
type Roots = { readonly re: Float64Array; readonly im: Float64Array };
type Plan = { readonly factors: readonly number[]; readonly roots: Roots; readonly chirp: Chirp | null };
/** Bluestein's: a transform of length n as a convolution of length `length`, a power of 2. */
type Chirp = { readonly length: number; readonly factor: Roots; readonly kernel: Roots };

/** Prime factors beyond this are not worth their square: 2 transforms of four times the length are cheaper. */
const LARGEST_PRIME = 61;
/** How many roots all plans together keep. */
const KEPT_ROOTS = 1 << 21;
const plans = /*@__PURE__*/ new Map<number, Plan>();
let kept = 0;

/** The plan of a length, kept until others that were asked for later need its room. */
function planOf(n: number): Plan {
  const known = plans.get(n);
  if (known !== undefined) {
    plans.delete(n);
    plans.set(n, known);
    return known;
  }
  const factors = factorsOf(n), plan: Plan = { factors, roots: rootsOf(n), chirp: Math.max(1, ...factors) > LARGEST_PRIME ? chirpOf(n) : null };
  for (const [length, old] of plans) {
    if (kept + costOf(n, plan) <= KEPT_ROOTS) break;
    plans.delete(length);
    kept -= costOf(length, old);
  }
  if (costOf(n, plan) <= KEPT_ROOTS) {
    plans.set(n, plan);
    kept += costOf(n, plan);
  }
  return plan;
}
const costOf = (n: number, { chirp }: Plan): number => n + (chirp === null ? 0 : n + chirp.length);

/** 4s before 2s: a step of 4 needs fewer products than two of 2. */
export function factorsOf(n: number): number[] {
  const factors: number[] = [];
  for (const p of [4, 2, 3]) while (n % p === 0) { factors.push(p); n /= p; }
  for (let p = 5; p * p <= n; p += 2) while (n % p === 0) { factors.push(p); n /= p; }
  if (n > 1) factors.push(n);
  return factors;
}
/** cos and sin of 2 pi k / n, from angles of an eighth of the circle at most: exact where they can be. */
export function turn(k: number, n: number): readonly [cos: number, sin: number] {
  const eighth = Math.floor((8 * k) / n), corner = Math.ceil(eighth / 2), angle = (2 * Math.PI * (4 * k - corner * n)) / (4 * n);
  const c = Math.cos(angle), s = Math.sin(angle);
  switch (corner & 3) {
    case 0: return [c, s];
    case 1: return [-s, c];
    case 2: return [-c, -s];
    default: return [s, -c];
  }
}
function rootsOf(n: number): Roots {
  const re = new Float64Array(n), im = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const [c, s] = turn(k, n);
    re[k] = c;
    im[k] = -s;
  }
  return { re, im };
}
/** exp(-pi i k^2 / n), k < n: the square modulo 2n, so that the angle stays exact. */
export function chirpRoots(n: number): Roots {
  const re = new Float64Array(n), im = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const [c, s] = turn((k * k) % (2 * n), 2 * n);
    re[k] = c;
    im[k] = -s;
  }
  return { re, im };
}
export const chirpLength = (n: number): number => 2 ** Math.ceil(Math.log2(2 * n - 1));
function chirpOf(n: number): Chirp {
  const length = chirpLength(n), factor = chirpRoots(n), re = new Float64Array(length), im = new Float64Array(length);
  for (let k = 0; k < n; k++) {
    // The conjugate, at k and at -k; the length of the convolution divides it once and for all.
    re[k] = re[(length - k) % length] = factor.re[k]! / length;
    im[k] = im[(length - k) % length] = -factor.im[k]! / length;
  }
  transformLine(re, im, planOf(length), 1, new Float64Array(length), new Float64Array(length));
  return { length, factor, kernel: { re, im } };
}

/**
 * Transforms along a dim, in place: `outer` blocks of n rows of `inner` elements. Forward, by exp(-2 pi i k / n), and not scaled; the
 * inverse is the same with real and imaginary part exchanged.
 */
export function transform(re: Float64Array, im: Float64Array, outer: number, n: number, inner: number): void {
  if (n <= 1 || inner === 0) return;
  const plan = planOf(n), block = n * inner;
  if (plan.chirp !== null) return transformByChirp(re, im, outer, n, inner, plan.chirp);
  const spareRe = new Float64Array(block), spareIm = new Float64Array(block);
  for (let o = 0; o < outer; o++) transformLine(re.subarray(o * block, (o + 1) * block), im.subarray(o * block, (o + 1) * block), plan, inner, spareRe, spareIm);
}

/**
 * Stockham's autosorting transform, a factor p a step. Before a step the array is [l, r]: the transforms of length l of the r subsequences that
 * take each r-th element; after it [l p, r / p]:
 * out[q + l c][k] = sum_s w_p^(s c) w_(l p)^(s q) in[q][k + (r / p) s].
 */
function transformLine(re: Float64Array, im: Float64Array, { factors, roots }: Plan, inner: number, spareRe: Float64Array, spareIm: Float64Array): void {
  const n = roots.re.length;
  let fromRe = re, fromIm = im, toRe = spareRe, toIm = spareIm;
  for (let step = 0, l = 1, r = n * inner; step < factors.length; step++) {
    const p = factors[step]!, width = r / p;
    (p === 2 ? step2 : p === 4 ? step4 : stepAny)(fromRe, fromIm, toRe, toIm, roots, l, width, p);
    [fromRe, toRe] = [toRe, fromRe];
    [fromIm, toIm] = [toIm, fromIm];
    l *= p;
    r = width;
  }
  if (fromRe === re) return;
  re.set(fromRe);
  im.set(fromIm);
}

type Step = (re: Float64Array, im: Float64Array, outRe: Float64Array, outIm: Float64Array, roots: Roots, l: number, width: number, p: number) => void;

const step2: Step = (re, im, outRe, outIm, roots, l, width) => {
  const stride = roots.re.length / (2 * l), jump = l * width;
  for (let q = 0; q < l; q++) {
    const wr = roots.re[q * stride]!, wi = roots.im[q * stride]!, from = 2 * q * width, to = q * width;
    for (let k = 0; k < width; k++) {
      const a = from + k, b = a + width, br = re[b]! * wr - im[b]! * wi, bi = re[b]! * wi + im[b]! * wr;
      outRe[to + k] = re[a]! + br;
      outIm[to + k] = im[a]! + bi;
      outRe[to + jump + k] = re[a]! - br;
      outIm[to + jump + k] = im[a]! - bi;
    }
  }
};

const step4: Step = (re, im, outRe, outIm, roots, l, width) => {
  const stride = roots.re.length / (4 * l), jump = l * width;
  for (let q = 0; q < l; q++) {
    const ur = roots.re[q * stride]!, ui = roots.im[q * stride]!, vr = roots.re[2 * q * stride]!, vi = roots.im[2 * q * stride]!, wr = roots.re[3 * q * stride]!, wi = roots.im[3 * q * stride]!;
    const from = 4 * q * width, to = q * width;
    for (let k = 0; k < width; k++) {
      const a = from + k, b = a + width, c = b + width, d = c + width;
      const br = re[b]! * ur - im[b]! * ui, bi = re[b]! * ui + im[b]! * ur, cr = re[c]! * vr - im[c]! * vi, ci = re[c]! * vi + im[c]! * vr, dr = re[d]! * wr - im[d]! * wi, di = re[d]! * wi + im[d]! * wr;
      const evenRe = re[a]! + cr, evenIm = im[a]! + ci, oddRe = re[a]! - cr, oddIm = im[a]! - ci, sumRe = br + dr, sumIm = bi + di, gapRe = br - dr, gapIm = bi - di;
      const x = to + k, y = x + jump, z = y + jump, w = z + jump;
      outRe[x] = evenRe + sumRe;
      outIm[x] = evenIm + sumIm;
      outRe[y] = oddRe + gapIm; // times -i
      outIm[y] = oddIm - gapRe;
      outRe[z] = evenRe - sumRe;
      outIm[z] = evenIm - sumIm;
      outRe[w] = oddRe - gapIm;
      outIm[w] = oddIm + gapRe;
    }
  }
};

/** Elements s and p - s are taken together: their sum has the cosines, their difference the sines. */
const stepAny: Step = (re, im, outRe, outIm, roots, l, width, p) => {
  const n = roots.re.length, stride = n / (p * l), jump = l * width, half = (p - 1) / 2;
  const plusRe = new Float64Array(half + 1), plusIm = new Float64Array(half + 1), minusRe = new Float64Array(half + 1), minusIm = new Float64Array(half + 1);
  const cos = new Float64Array((half + 1) * (half + 1)), sin = new Float64Array((half + 1) * (half + 1)), wr = new Float64Array(p), wi = new Float64Array(p);
  for (let c = 1; c <= half; c++)
    for (let s = 1; s <= half; s++) {
      const root = ((s * c) % p) * (n / p);
      cos[c * (half + 1) + s] = roots.re[root]!;
      sin[c * (half + 1) + s] = roots.im[root]!;
    }
  for (let q = 0; q < l; q++) {
    const from = p * q * width, to = q * width;
    for (let s = 0; s < p; s++) {
      wr[s] = roots.re[s * q * stride]!;
      wi[s] = roots.im[s * q * stride]!;
    }
    for (let k = 0; k < width; k++) {
      const firstRe = re[from + k]!, firstIm = im[from + k]!;
      let totalRe = firstRe, totalIm = firstIm;
      for (let s = 1; s <= half; s++) {
        const u = from + k + s * width, v = from + k + (p - s) * width, other = p - s;
        const ar = re[u]! * wr[s]! - im[u]! * wi[s]!, ai = re[u]! * wi[s]! + im[u]! * wr[s]!, br = re[v]! * wr[other]! - im[v]! * wi[other]!, bi = re[v]! * wi[other]! + im[v]! * wr[other]!;
        totalRe += plusRe[s] = ar + br;
        totalIm += plusIm[s] = ai + bi;
        minusRe[s] = ar - br;
        minusIm[s] = ai - bi;
      }
      outRe[to + k] = totalRe;
      outIm[to + k] = totalIm;
      for (let c = 1; c <= half; c++) {
        const row = c * (half + 1);
        let ar = firstRe, ai = firstIm, br = 0, bi = 0;
        for (let s = 1; s <= half; s++) {
          ar += cos[row + s]! * plusRe[s]!;
          ai += cos[row + s]! * plusIm[s]!;
          br -= sin[row + s]! * minusIm[s]!;
          bi += sin[row + s]! * minusRe[s]!;
        }
        const x = to + k + c * jump, y = to + k + (p - c) * jump;
        outRe[x] = ar + br;
        outIm[x] = ai + bi;
        outRe[y] = ar - br;
        outIm[y] = ai - bi;
      }
    }
  }
};

/** X_k = c_k sum_j (x_j c_j) conj(c_(k - j)) with c_k = exp(-pi i k^2 / n), since 2 j k = j^2 + k^2 - (k - j)^2. */
function transformByChirp(re: Float64Array, im: Float64Array, outer: number, n: number, inner: number, { length, factor, kernel }: Chirp): void {
  const plan = planOf(length), xr = new Float64Array(length), xi = new Float64Array(length), spareRe = new Float64Array(length), spareIm = new Float64Array(length);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const start = o * n * inner + i;
      for (let j = 0; j < n; j++) {
        const a = re[start + j * inner]!, b = im[start + j * inner]!, c = factor.re[j]!, d = factor.im[j]!;
        xr[j] = a * c - b * d;
        xi[j] = a * d + b * c;
      }
      xr.fill(0, n);
      xi.fill(0, n);
      transformLine(xr, xi, plan, 1, spareRe, spareIm);
      for (let k = 0; k < length; k++) {
        const a = xr[k]!, b = xi[k]!, c = kernel.re[k]!, d = kernel.im[k]!;
        xr[k] = a * c - b * d;
        xi[k] = a * d + b * c;
      }
      transformLine(xi, xr, plan, 1, spareRe, spareIm); // Parts exchanged: the inverse.
      for (let k = 0; k < n; k++) {
        const a = xr[k]!, b = xi[k]!, c = factor.re[k]!, d = factor.im[k]!;
        re[start + k * inner] = a * c - b * d;
        im[start + k * inner] = a * d + b * c;
      }
    }
}
