/** @file What the kernel tests share: random layouts, values, and the reference computed on the host. Knows no test framework. */
import { type Backend, type Buffer, type DType, dtypes, roundTo, type Shape, sizeOf, type TypedArray, View } from "@adjoint/core/backend";

/** A small deterministic generator (mulberry32): a failure can be run again. */
export class Random {
  #state: number;
  constructor(seed: number) { this.#state = seed; }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  /** From `low` to `high`, both included. */
  int(low: number, high: number): number { return low + Math.floor(this.next() * (high - low + 1)); }
  pick<T>(from: readonly T[]): T { return from[this.int(0, from.length - 1)]!; }
}

/** Corners of each dtype: zeros of both signs, NaN, infinities, ties, the ends of the range. */
const corners: { readonly [D in "float32" | "int32" | "bool"]: readonly number[] } = {
  float32: [0, -0, NaN, Infinity, -Infinity, 0.5, -1.5, 2.5, 3e9, -3e9, 1, -1, 16777217, 1e-30],
  int32: [0, 1, -1, 2147483647, -2147483648, 31, 33],
  bool: [0, 1],
};

export function valueOf(random: Random, dtype: DType): number {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") throw new Error(dtype);
  if (random.next() < 0.2) return roundTo(dtype, random.pick(corners[dtype]));
  return dtype === "float32" ? Math.fround(random.next() * 8 - 4) : dtype === "int32" ? random.int(-50, 50) : random.int(0, 1);
}

/** A view with the values of its logical elements, and the whole content of its buffer. */
export type Operand = { readonly view: View; readonly values: number[]; readonly host: number[] };

/** `aligned`: rows begin at multiples of four elements; `column`: one value for a row; `row`: one row for all. */
export type Layout = "dense" | "offset" | "transposed" | "stepped" | "negative" | "broadcast" | "aligned" | "column" | "row";
export const inputLayouts: readonly Layout[] = ["dense", "offset", "transposed", "stepped", "negative", "broadcast"];
export const outputLayouts: readonly Layout[] = ["dense", "offset", "transposed", "stepped"];

/** Strides, offset and the length of the buffer. */
export function place(random: Random, shape: Shape, layout: Layout): { strides: number[]; offset: number; length: number } {
  const order = shape.map((_, d) => d).reverse();
  if (layout === "transposed") order.reverse();
  const strides = new Array<number>(shape.length).fill(0), last = shape.length - 1;
  const isRepeated = (d: number): boolean => (layout === "column" && d === last) || (layout === "row" && d < last);
  const repeated = layout === "broadcast" && shape.length > 0 ? random.int(0, last) : -1;
  let step = layout === "stepped" ? 2 : 1;
  for (const d of order) {
    if (d === repeated || isRepeated(d)) continue;
    strides[d] = step;
    step *= shape[d]!;
    if (layout === "aligned") step = 4 * Math.ceil(step / 4) + 4 * random.int(0, 1);
  }
  let offset = layout === "dense" ? 0 : layout === "aligned" || layout === "row" ? 4 * random.int(0, 2) : random.int(1, 5);
  const length = offset + step + random.int(0, 3);
  if (layout === "negative" && shape.length > 0) {
    const d = random.int(0, shape.length - 1);
    offset += strides[d]! * (shape[d]! - 1);
    strides[d] = -strides[d]!;
  }
  return { strides, offset, length };
}

/** Where the elements of a view lie, in row-major order. */
export function positions({ shape, strides, offset }: { readonly shape: Shape; readonly strides: Shape; readonly offset: number }): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    let rest = i, at = offset;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % shape[d]!) * strides[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    return at;
  });
}

export function encode(dtype: DType, values: readonly number[]): TypedArray {
  const array = dtypes[dtype].hostArray(values.length);
  array.set(values);
  return array;
}

export function viewOf(buffer: Buffer, dtype: DType, shape: Shape, strides: Shape, offset: number): View {
  const at = positions({ shape, strides, offset });
  return new View(buffer, dtype, shape, strides, offset, at.length, at.every((p, i) => p === offset + i));
}

export function operand(device: Backend, random: Random, dtype: DType, shape: Shape, layout: Layout, value: () => number = () => valueOf(random, dtype)): Operand {
  const { strides, offset, length } = place(random, shape, layout);
  const buffer = device.allocate(dtype, length);
  const host = Array.from({ length }, value);
  device.write(buffer, 0, encode(dtype, host));
  return { view: viewOf(buffer, dtype, shape, strides, offset), values: positions({ shape, strides, offset }).map((p) => host[p]!), host };
}

/** A vector of these values in a buffer of its own. */
export function vector(device: Backend, dtype: DType, values: readonly number[]): View {
  const buffer = device.allocate(dtype, values.length);
  device.write(buffer, 0, encode(dtype, values));
  return viewOf(buffer, dtype, [values.length], [1], 0);
}

/** What the view shows now; throws if an element that it does not show has changed. */
export async function valuesOf(device: Backend, { view, host }: Operand): Promise<number[]> {
  const words = Array.from(await device.read(view.buffer, 0, host.length));
  const at = positions(view), shown = new Set(at);
  host.forEach((value, p) => { if (!shown.has(p) && !Object.is(words[p], value)) throw new Error(`element ${p}, not shown by the view, became ${words[p]}`); });
  return at.map((p) => words[p]!);
}

/** Equal within `ulps` of float32; NaN equals NaN; zeros are equal; below 1e-37 a device may flush to zero. */
export function near(actual: number, expected: number, ulps: number, scale: number = Math.abs(expected)): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (actual === expected) return true;
  return Math.abs(actual - expected) <= Math.max(ulps * 2 ** -23 * scale, 1.2e-38);
}

export function mismatch(what: string, actual: readonly number[], expected: readonly number[], ulps: number, scales?: readonly number[]): void {
  const wrong = expected.findIndex((x, i) => !near(actual[i]!, x, ulps, scales?.[i]));
  if (wrong >= 0 || actual.length !== expected.length) throw new Error(`${what}: element ${wrong} is ${actual[wrong]}, expected ${expected[wrong]}`);
}

/** A check of kernels on a device. */
export type KernelCheck = { readonly name: string; readonly run: (device: Backend) => Promise<void> };
export const types = ["float32", "int32", "bool"] as const satisfies readonly DType[];
export const readAll = async (device: Backend, { buffer, offset, size }: View): Promise<number[]> => Array.from(await device.read(buffer, offset, size));
