/** @file Windows along dims as lists of places, and the maximum over them: what fixed, adaptive and other windows have in common. */
import { reshape } from "../../../calculus/map-reduce.ts";
import { fromHost } from "../../../creation/fill.ts";
import { noGrad, type Tensor } from "../../../op.ts";
import { argMaxOver } from "../../../primitives/arg-reduce.ts";
import { gather, indexSelect } from "../../../primitives/gather.ts";
import { type Shape, sizeOf } from "../../../shape.ts";
import { unfoldDim } from "../../../views/windows.ts";
import { expand, permute, slice } from "../../../views/views.ts";
import type { ValuesAndIndices } from "../../reductions.ts";

/**
 * For each element of the result along a dim: the places that its window sees, all lists of one length. `step` says that they are those of
 * `unfold`, each `step` after the one before and `dilation` apart.
 */
export type Window = { readonly places: readonly (readonly number[])[]; readonly regular?: { readonly step: number; readonly dilation: number } };

/** A window of fixed size that stays within `size`: a place beyond the ends is the first one that is not. */
export function fixedWindow(size: number, count: number, length: number, step: number, padding: number, dilation: number): Window {
  const places = Array.from({ length: count }, (_, o) => {
    const seen = Array.from({ length }, (_unused, k) => o * step - padding + k * dilation), first = seen.find((p) => p >= 0 && p < size) ?? 0;
    return seen.map((p) => (p >= 0 && p < size ? p : first));
  });
  const isInside = padding === 0 && (count - 1) * step + (length - 1) * dilation < size;
  return isInside ? { places, regular: { step, dilation } } : { places };
}

/** PyTorch's adaptive windows: from floor(o size / count) to ceil((o + 1) size / count); the shorter ones see their first place again. */
export function adaptiveWindow(size: number, count: number): Window & { readonly lengths: readonly number[] } {
  const starts = Array.from({ length: count }, (_, o) => Math.floor((o * size) / count));
  const lengths = starts.map((start, o) => Math.ceil(((o + 1) * size) / count) - start), longest = Math.max(0, ...lengths);
  return { places: starts.map((start, o) => Array.from({ length: longest }, (_, k) => start + (k < lengths[o]! ? k : 0))), lengths };
}

const intTensor = (like: Tensor, values: readonly number[], shape: Shape): Tensor => fromHost(Int32Array.from(values), shape, "int32", { device: like.device });

/** A dim taken apart: its windows in its place, what each sees as a last dim. */
export function windowed(x: Tensor, dim: number, { places, regular }: Window): Tensor {
  const length = places[0]?.length ?? 0, flat = places.flat(), { shape } = x;
  if (regular !== undefined && length > 0) {
    const all = unfoldDim(x, dim, (length - 1) * regular.dilation + 1, regular.step), seen = all.shape[dim] === places.length ? all : slice(all, dim, 0, places.length);
    return regular.dilation === 1 ? seen : slice(seen, -1, 0, Infinity, regular.dilation);
  }
  const isWhole = flat.length === shape[dim] && flat.every((place, i) => place === i);
  const picked = isWhole ? x : indexSelect(x, dim, intTensor(x, flat, [flat.length]));
  const apart = reshape(picked, [...shape.slice(0, dim), places.length, length, ...shape.slice(dim + 1)]);
  return permute(apart, [...apart.shape.keys()].filter((d) => d !== dim + 1).concat(dim + 1));
}

/** The maximum over windows of the last dims, and where in the flattened plane of these dims it lies. */
export function maxOver(x: Tensor, windows: readonly Window[]): ValuesAndIndices {
  const rank = windows.length, lead = x.shape.slice(0, -rank), plane = x.shape.slice(-rank), out = windows.map(({ places }) => places.length);
  // Only where the maximum lies is asked of the windows; values, and gradients, go by that.
  const found = noGrad(() => argMaxOver(windows.reduce((y, window, i) => windowed(y, lead.length + i, window), x), Array.from({ length: rank }, (_, k) => lead.length + rank + k)));
  const seen = windows.reduce<(readonly number[])[][]>((all, { places }) => all.flatMap((lists) => places.map((list) => [...lists, list])), [[]]);
  const places = seen.flatMap((lists) => seenFrom(lists, plane)), window = sizeOf(windows.map(({ places: [first] }) => first?.length ?? 0));
  const table = expand(intTensor(x, places, [...out, window]), [...lead, ...out, window]);
  const indices = reshape(gather(table, -1, reshape(found, [...lead, ...out, 1])), [...lead, ...out]);
  return { values: valuesAt(x, indices, rank), indices };
}

/** The row-major numbers, in a plane, of all combinations of places along its dims. */
const seenFrom = (lists: readonly (readonly number[])[], plane: Shape): number[] =>
  lists.reduce<number[]>((all, places, d) => all.flatMap((at) => places.map((place) => at * plane[d]! + place)), [0]);

/** The elements at row-major numbers of the plane of the last `rank` dims. */
export function valuesAt(x: Tensor, indices: Tensor, rank: number): Tensor {
  const lead = x.shape.slice(0, -rank), count = sizeOf(indices.shape.slice(lead.length));
  return reshape(gather(reshape(x, [...lead, sizeOf(x.shape.slice(-rank))]), -1, reshape(indices, [...lead, count])), indices.shape);
}
