/** @file Which elements of a window meet which elements of the output along one dim, and where in x. Pure numbers. */

/**
 * Along one dim, for each i of `many`: the j of `each` for which `(i * iStep - padding + j * jStep) / spread` is a place in x. They are `count[i]`
 * from `first[i]` on, `step` apart, and meet x from `at[i]` on, `xStep` apart.
 */
export type Runs = { readonly first: Int32Array; readonly count: Int32Array; readonly at: Int32Array; readonly step: number; readonly xStep: number };

export function runsOf(many: number, each: number, iStep: number, jStep: number, padding: number, spread: number, size: number): Runs {
  const step = spread / commonDivisor(jStep, spread), xStep = (jStep * step) / spread;
  const first = new Int32Array(many), count = new Int32Array(many), at = new Int32Array(many);
  for (let i = 0; i < many; i++) {
    let j = 0;
    const start = i * iStep - padding;
    while (j < step && (start + j * jStep) % spread !== 0) j++;
    if (j === step) continue; // every place lies between the elements of x
    const from = (start + j * jStep) / spread, before = from < 0 ? Math.ceil(-from / xStep) : 0;
    first[i] = j + before * step;
    at[i] = from + before * xStep;
    count[i] = Math.max(0, Math.min(Math.floor((each - 1 - first[i]!) / step), Math.floor((size - 1 - at[i]!) / xStep)) + 1);
  }
  return { first, count, at, step, xStep };
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
