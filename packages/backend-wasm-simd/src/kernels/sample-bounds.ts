/** @file How to find part of an order without sorting all of it: a sample, sorted, says between which values the part lies. Numbers only: what looks for them is emitted. */

/** The size of the sample, how far apart its elements are, and which of them, sorted, bound the part; undefined where nothing bounds it on that side. */
export type SampleBounds = { readonly size: number; readonly step: number; readonly low: number | undefined; readonly high: number | undefined };

/** Standard deviations of a rank in a sample. Where that was not enough, which the elements found between the bounds tell, all are sorted. */
const DEVIATIONS = 1.5;

/**
 * Bounds for the `count` elements after the first `from` of `length` in order: with few exceptions they lie between these elements of a sample, both included, and few others do.
 * After Floyd and Rivest, "Expected time bounds for selection" (1975).
 * @returns undefined where sorting all costs no more
 */
export function sampleBounds(length: number, from: number, count: number): SampleBounds | undefined {
  const size = Math.ceil(length ** (2 / 3) / 2), end = from + count - 1;
  const margin = (rank: number): number => DEVIATIONS * Math.sqrt(size * (rank / length) * (1 - rank / length)) + 0.5;
  const low = Math.floor((from / length) * size - margin(from)), high = Math.ceil((end / length) * size + margin(end));
  if (Math.min(high, size) - Math.max(low, 0) > size / 2) return undefined;
  // An odd step meets all parts of what repeats itself every so many elements, a power of two mostly.
  return { size, step: (Math.floor(length / size) - 1) | 1, low: low < 0 ? undefined : low, high: high >= size ? undefined : high };
}
