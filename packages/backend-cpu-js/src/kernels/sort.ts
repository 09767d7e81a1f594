/** @file `sort`: the order of each row, or a part of it, by merging. Numbers are sorted as float64 beside their positions; NaN is set apart. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { advance, zeros } from "../rows.ts";

/** Runs this long are sorted by insertion. */
const RUN = 16;
/** So often at most a part is looked for on one side of an element. */
const PASSES = 24;

/** Numbers and their positions. */
type Keyed = { readonly keys: Float64Array; readonly places: Int32Array };
const room = (n: number): Keyed => ({ keys: new Float64Array(n), places: new Int32Array(n) });

export const sort: Kernel<PrimitiveAttrs["sort"], CpuBuffer> = (inputs, outputs, { descending, from }) => {
  const input = inputs[0]!, output = outputs[0]!, { shape } = output, last = shape.length - 1, n = input.shape[last]!, end = from + shape[last]!;
  const x = input.buffer.values, out = output.buffer.values, step = input.strides[last]!, outStep = output.strides[last]!;
  const bases = [input.offset, output.offset], strides = [input.strides, output.strides], counters = zeros(shape.length);
  const row = room(n), other = room(n), sign = descending ? -1 : 1;
  do {
    // NaN is the largest: the NaNs, in their order, are last, or first.
    const numbers = load(n, row, x, bases[0]!, step, sign), lead = descending ? n - numbers : 0;
    const { count, below } = select(row, numbers, Math.max(from - lead, 0), Math.min(end - lead, numbers)), { places } = merged(row, other, count);
    for (let k = from - lead, o = bases[1]!; k < end - lead; k++, o += outStep) out[o] = k < 0 ? row.places[k + n]! : k < numbers ? places[k - below]! : row.places[k]!;
  } while (advance(counters, shape, 0, last, bases, strides));
};

/** Numbers first, with their positions, then the positions of the NaNs, each in order. Returns how many numbers there are. */
function load(n: number, { keys, places }: Keyed, x: TypedArray, at: number, step: number, sign: number): number {
  let numbers = 0;
  for (let k = 0, from = at; k < n; k++, from += step) {
    const value = x[from]!;
    if (value !== value) continue;
    keys[numbers] = value * sign;
    places[numbers++] = k;
  }
  if (numbers === n) return n;
  let next = numbers;
  for (let k = 0, from = at; k < n; k++, from += step) if (x[from]! !== x[from]!) places[next++] = k;
  return numbers;
}

/**
 * Leaves, in their order, elements among which are those from `from` to `end` of the order, and says how many, and how many come before all of them: again and again
 * those on one side of the middle element, as long as it does not part what is wanted, and no longer than keeps the time bounded.
 */
function select({ keys, places }: Keyed, n: number, from: number, end: number): { readonly count: number; readonly below: number } {
  let count = n, below = 0;
  for (let pass = 0; count > RUN && pass < PASSES; pass++) {
    const pivot = keys[count >> 1]!;
    let less = below;
    for (let k = 0; k < count; k++) less += Number(keys[k]! < pivot);
    const isLess = end <= less, size = count;
    if (!isLess && (from < less || less === below)) break;
    if (!isLess) below = less;
    count = 0;
    for (let k = 0; k < size; k++) {
      const key = keys[k]!;
      keys[count] = key;
      places[count] = places[k]!;
      count += Number((key < pivot) === isLess); // without a branch, which could not be foretold
    }
  }
  return { count, below };
}

/** The first `n` elements in order: in `from`, or in `to`. */
function merged(from: Keyed, to: Keyed, n: number): Keyed {
  for (let at = 0; at < n; at += RUN) insertion(from, at, Math.min(at + RUN, n));
  for (let width = RUN; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) merge(from, to, low, Math.min(low + width, n), Math.min(low + 2 * width, n));
    [from, to] = [to, from];
  }
  return from;
}

function insertion({ keys, places }: Keyed, low: number, high: number): void {
  for (let i = low + 1; i < high; i++) {
    const key = keys[i]!, place = places[i]!;
    let j = i;
    for (; j > low && keys[j - 1]! > key; j--) {
      keys[j] = keys[j - 1]!;
      places[j] = places[j - 1]!;
    }
    keys[j] = key;
    places[j] = place;
  }
}

/** Of equal keys that of the left run comes first. */
function merge({ keys, places }: Keyed, to: Keyed, low: number, middle: number, high: number): void {
  const toKeys = to.keys, toPlaces = to.places;
  let i = low, j = middle;
  for (let k = low; k < high; k++) {
    const left = j >= high || (i < middle && keys[i]! <= keys[j]!), at = left ? i++ : j++;
    toKeys[k] = keys[at]!;
    toPlaces[k] = places[at]!;
  }
}
