/** @file Where each element of a resized dim comes from, and with which weight. Pure numbers. */

/** For each element of the result: places of the input, all lists of one length, and their weights (none: the element itself). */
export type Taps = { readonly places: readonly (readonly number[])[]; readonly weights?: readonly (readonly number[])[] };
export type Resize = {
  readonly size: number; readonly count: number;
  /** How much larger the result is, where the user said it. */
  readonly factor: number | undefined;
  readonly alignCorners: boolean;
  /** Rounds to what PyTorch computes positions in. */
  readonly round: (x: number) => number;
};

const clampTo = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);
/** The distance in the input from one element of the result to the next. */
const stepOf = ({ size, count, factor, alignCorners, round }: Resize): number =>
  round(alignCorners ? (count > 1 ? (size - 1) / (count - 1) : 0) : factor !== undefined && factor > 0 ? 1 / factor : size / count);
const positions = (resize: Resize): number[] => {
  const step = stepOf(resize), { count, alignCorners, round } = resize;
  return Array.from({ length: count }, (_, i) => (alignCorners ? round(step * i) : round(round(step * (i + 0.5)) - 0.5)));
};

/** The element at floor(i step); `shift` 0.5 is PyTorch's "nearest-exact". */
export function nearest(resize: Resize, shift: number): Taps {
  const { size, count, round } = resize, step = stepOf({ ...resize, alignCorners: false });
  return { places: Array.from({ length: count }, (_, i) => [Math.min(Math.floor(round(step * (i + shift))), size - 1)]) };
}

export function linear(resize: Resize): Taps {
  const { size, alignCorners } = resize, at = positions(resize).map((p) => (alignCorners ? p : Math.max(p, 0)));
  const low = at.map((p) => Math.min(Math.floor(p), size - 1));
  return { places: low.map((p) => [p, Math.min(p + 1, size - 1)]), weights: at.map((p, i) => { const t = Math.min(Math.max(p - low[i]!, 0), 1); return [1 - t, t]; }) };
}

/** Keys, 1981: the cubic kernel with slope `a` at distance 1. */
function cubicKernel(distance: number, a: number): number {
  const x = Math.abs(distance);
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}
/** Weights of the four elements around a position that lies `t` after the second of them. */
const cubicWeights = (t: number): number[] => [t + 1, t, 1 - t, 2 - t].map((d) => cubicKernel(d, -0.75));

export function cubic(resize: Resize): Taps {
  const at = positions(resize), low = at.map(Math.floor);
  return { places: low.map((p) => [-1, 0, 1, 2].map((d) => clampTo(p + d, resize.size))), weights: at.map((p, i) => cubicWeights(p - low[i]!)) };
}

/** Filters that grow with the step where the result is smaller, as in Pillow. */
const filters: { readonly [M in "bilinear" | "bicubic"]: { readonly reach: number; readonly at: (x: number) => number } } = {
  bilinear: { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, at: (x) => cubicKernel(x, -0.5) },
};

export function smoothed(resize: Resize, mode: keyof typeof filters): Taps {
  const { size, count } = resize, step = stepOf(resize), { reach, at } = filters[mode], wide = Math.max(step, 1), support = reach * wide;
  const rows = Array.from({ length: count }, (_, i) => {
    const center = step * (i + 0.5), from = Math.max(Math.trunc(center - support + 0.5), 0), end = Math.min(Math.trunc(center + support + 0.5), size);
    const raw = Array.from({ length: end - from }, (_unused, j) => at((j + from - center + 0.5) / wide)), total = raw.reduce((sum, w) => sum + w, 0);
    return { from, weights: raw.map((w) => (total === 0 ? w : w / total)) };
  });
  const longest = Math.max(1, ...rows.map(({ weights }) => weights.length));
  return {
    places: rows.map(({ from, weights }) => Array.from({ length: longest }, (_, j) => from + (j < weights.length ? j : 0))),
    weights: rows.map(({ weights }) => Array.from({ length: longest }, (_, j) => weights[j] ?? 0)),
  };
}
