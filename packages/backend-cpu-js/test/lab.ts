/** @file Views in every layout with what they logically hold, and chance from a seed. Asserts nothing. */
import { type DType, roundTo, scalar, type Shape, sizeOf, type TypedArray, View } from "@adjoint/core/backend";
import { type CpuBuffer } from "../src/buffer.ts";
import { cpu } from "../src/index.ts";

export const device = cpu();

/** Uniform in [0, 1), the same in every run. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(next: () => number, from: readonly T[]): T => from[Math.floor(next() * from.length)]!;

/** Corners of float arithmetic: signed zeros, infinities, NaN, the ends of int32 and of float32. */
const corners = [0, -0, 1, -1, 0.5, 2, 2.5, -2.5, 3, NaN, Infinity, -Infinity, 2147483647, -2147483648, 4e9, 1e-40, 3e38, -3e38];

export function number(next: () => number, dtype: DType): number {
  if (dtype === "bool") return next() < 0.5 ? 0 : 1;
  if (next() < 0.25) {
    const corner = pick(next, corners);
    return dtype === "int32" && !Number.isFinite(corner) ? -7 : roundTo(dtype, corner);
  }
  return roundTo(dtype, dtype === "int32" ? Math.floor((next() - 0.5) * 20) : (next() - 0.5) * 8);
}

export type Layout = "dense" | "offset" | "permuted" | "negative" | "repeated" | "gaps";
export const inputLayouts: readonly Layout[] = ["dense", "offset", "permuted", "negative", "repeated", "gaps"];
export const outputLayouts: readonly Layout[] = ["dense", "offset", "permuted", "gaps"];

/** A view of `shape` on a fresh buffer, and its logical elements in row-major order. */
export function lay(next: () => number, dtype: DType, shape: Shape, layout: Layout = "dense", value: (next: () => number) => number = (n) => number(n, dtype)):
  { view: View<CpuBuffer>; values: number[] } {
  const order = shape.map((_, d) => d);
  if (layout === "permuted") order.reverse();
  const strides = shape.map(() => 0), repeats = layout === "repeated" ? Math.floor(next() * shape.length) : -1;
  let room = layout === "gaps" ? 3 : 1;
  for (const d of order.toReversed()) {
    if (d === repeats) continue;
    strides[d] = room;
    room *= shape[d]!;
    if (layout === "gaps") room += 2;
  }
  let offset = layout === "dense" ? 0 : 5;
  if (layout === "negative")
    strides.forEach((stride, d) => {
      if (next() < 0.3) return;
      offset += stride * (shape[d]! - 1);
      strides[d] = -stride;
    });
  const length = room + 16, buffer = device.allocate(dtype, length);
  const data = Array.from({ length }, () => value(next));
  device.write(buffer, 0, hostArray(dtype, data));
  const view = new View(buffer, dtype, shape, strides, offset, sizeOf(shape), layout === "dense" || layout === "offset");
  return { view, values: elements(view) };
}

export function hostArray(dtype: DType, data: readonly number[]): TypedArray {
  return dtype === "float32" ? Float32Array.from(data) : dtype === "float64" ? Float64Array.from(data)
    : dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data);
}

/** The logical elements in row-major order. */
export function elements(view: View<CpuBuffer>): number[] {
  const all = device.readSync!(view.buffer, 0, view.buffer.length);
  return Array.from({ length: view.size }, (_, i) => all[placeOf(view, i)]!);
}

/** Where logical element `at` lies. */
export function placeOf(view: View, at: number): number {
  let place = view.offset, rest = at;
  for (let d = view.shape.length - 1; d >= 0; d--) {
    place += (rest % view.shape[d]!) * view.strides[d]!;
    rest = Math.floor(rest / view.shape[d]!);
  }
  return place;
}

/** Everything of the buffer that the view does not show: kernels must leave it alone. */
export function surroundings(view: View<CpuBuffer>): number[] {
  const shown = new Set(Array.from({ length: view.size }, (_, i) => placeOf(view, i)));
  return [...device.readSync!(view.buffer, 0, view.buffer.length)].filter((_, i) => !shown.has(i));
}

export const args = (...types: DType[]): scalar.Operand[] => types.map((dtype, i) => scalar.arg(i, dtype));
