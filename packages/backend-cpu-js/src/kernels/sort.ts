/** @file `sort`: the order of each row, by merging. Numbers are sorted as float64 beside their positions; NaN is set apart. */
import type { Kernel, PrimitiveAttrs, TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer } from "../buffer.ts";
import { advance, zeros } from "../rows.ts";

/** Runs this long are sorted by insertion. */
const RUN = 16;

export const sort: Kernel<PrimitiveAttrs["sort"], CpuBuffer> = (inputs, outputs, { descending }) => {
  const input = inputs[0]!, output = outputs[0]!, { shape } = output, last = shape.length - 1, n = shape[last]!;
  const x = input.buffer.values, out = output.buffer.values, step = input.strides[last]!, outStep = output.strides[last]!;
  const bases = [input.offset, output.offset], strides = [input.strides, output.strides], counters = zeros(shape.length);
  const keys = new Float64Array(n), places = new Int32Array(n), otherKeys = new Float64Array(n), otherPlaces = new Int32Array(n), sign = descending ? -1 : 1;
  do {
    const numbers = load(n, keys, places, x, bases[0]!, step, sign);
    const nans = n - numbers, from = descending ? nans : 0;
    // NaN is the largest: the NaNs, in their order, are last, or first.
    store(nans, out, bases[1]! + (descending ? 0 : numbers) * outStep, outStep, places, numbers);
    for (let at = 0; at < numbers; at += RUN) insertion(keys, places, at, Math.min(at + RUN, numbers));
    let a = keys, ap = places, b = otherKeys, bp = otherPlaces;
    for (let width = RUN; width < numbers; width *= 2) {
      for (let low = 0; low < numbers; low += 2 * width) merge(a, ap, b, bp, low, Math.min(low + width, numbers), Math.min(low + 2 * width, numbers));
      [a, ap, b, bp] = [b, bp, a, ap];
    }
    store(numbers, out, bases[1]! + from * outStep, outStep, ap, 0);
  } while (advance(counters, shape, 0, last, bases, strides));
};

/** Numbers first, with their positions, then the positions of the NaNs, each in order. Returns how many numbers there are. */
function load(n: number, keys: Float64Array, places: Int32Array, x: TypedArray, at: number, step: number, sign: number): number {
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

function store(n: number, out: TypedArray, o: number, step: number, places: Int32Array, from: number): void {
  for (let k = 0; k < n; k++, o += step) out[o] = places[from + k]!;
}

function insertion(keys: Float64Array, places: Int32Array, low: number, high: number): void {
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
function merge(keys: Float64Array, places: Int32Array, toKeys: Float64Array, toPlaces: Int32Array, low: number, middle: number, high: number): void {
  let i = low, j = middle;
  for (let k = low; k < high; k++) {
    const left = j >= high || (i < middle && keys[i]! <= keys[j]!), at = left ? i++ : j++;
    toKeys[k] = keys[at]!;
    toPlaces[k] = places[at]!;
  }
}
