/** @file How far two runs of one program are apart. */

/** max |a - b| / max(1, |b|); NaN where the counts differ. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.length !== b.length ? NaN : a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!) / Math.max(1, Math.abs(b[i]!))), 0);
}
