/** @file Batch dims: between a tensor that shows one example and the physical tensor whose leading dims are the examples. */
import { expand, reshape } from "../calculus/map-reduce.ts";
import { alias, join, takeFromFrame, Tensor } from "../op.ts";
import { permute } from "../views/views.ts";
import { batched, levelsOf, physicalOf, setTangent, type Trace, traceOf } from "./traced.ts";

/** One `vmap` that is running. */
export type BatchLevel = { readonly level: number; readonly size: number; readonly randomness: "error" | "same" | "different" };
export const active: BatchLevel[] = [];
export const sizesOf = (levels: readonly number[]): number[] => levels.map((level) => active.find((b) => b.level === level)!.size);

/** The levels of all, ascending. */
export const unionOf = (tensors: readonly Tensor[]): readonly number[] => {
  const all = new Set<number>();
  for (const x of tensors) for (const level of levelsOf(x)) all.add(level);
  return [...all].sort((a, b) => a - b);
};

const reordered = (x: Tensor, dims: readonly number[]): Tensor => (dims.every((d, i) => d === i) ? x : permute(x, dims));

/** The levels of its tangents, and of theirs, among `levels`: where a direction differs between examples although the value does not. */
export function hiddenLevels(x: Tensor, levels: readonly number[]): readonly number[] {
  const own = levelsOf(x), found = new Set<number>();
  const visit = (trace: Trace | null): void => {
    for (const { value } of trace?.tangents ?? []) {
      for (const level of levelsOf(value)) if (levels.includes(level) && !own.includes(level)) found.add(level);
      visit(traceOf(physicalOf(value)));
    }
  };
  visit(traceOf(physicalOf(x)));
  return found.size === 0 ? NONE : [...found].sort((a, b) => a - b);
}
const NONE: readonly number[] = [];

/** The same tensor with the batch dims that its tangents have, which then are ordinary dims of value and tangents alike. */
function revealed(x: Tensor, hidden: readonly number[]): Tensor {
  const own = levelsOf(x), now = [...hidden, ...own], sorted = [...now].sort((a, b) => a - b);
  const lead = sizesOf(hidden), order = sorted.map((level) => now.indexOf(level));
  const inOrder = (y: Tensor): Tensor => reordered(y, [...order, ...Array.from({ length: y.ndim - now.length }, (_, d) => now.length + d)]);
  const physical = physicalOf(x), bare = new Tensor(physical.window, physical.storage.retain(), physical.edge);
  join(bare, null);
  const wide = owned(inOrder(expand(bare, [...lead, ...bare.shape])));
  for (const { level, value } of traceOf(physical)?.tangents ?? []) setTangent(wide, level, owned(inOrder(lowered(value, hidden))));
  return batched(wide, sorted);
}

/**
 * The physical tensor with one leading dim for each of `levels`, which contain its own, and its example's shape brought to `rank`. Dims of
 * levels that it lacks are of size 1, or repeated where `full`.
 */
export function aligned(given: Tensor, levels: readonly number[], rank: number, full: boolean): Tensor {
  const hidden = hiddenLevels(given, levels), x = hidden.length === 0 ? given : revealed(given, hidden);
  const own = levelsOf(x), sizes = sizesOf(levels);
  const fill = new Array<number>(Math.max(0, rank - x.ndim)).fill(1);
  const narrow = [...levels.map((level, i) => (own.includes(level) ? sizes[i]! : 1)), ...fill, ...x.shape];
  const wide = reshape(physicalOf(x), narrow);
  return full ? expand(wide, [...sizes, ...fill, ...x.shape]) : wide;
}

/** Batch dims of `levels` as ordinary leading dims: what is left of other levels stays batched. */
export function lowered(x: Tensor, levels: readonly number[]): Tensor {
  if (levels.length === 0) return x;
  const union = unionOf([x]).concat(levels.filter((level) => !levelsOf(x).includes(level))).sort((a, b) => a - b);
  const rest = union.filter((level) => !levels.includes(level));
  const whole = aligned(x, union, x.ndim, true);
  const order = [...rest, ...levels].map((level) => union.indexOf(level));
  return batched(owned(reordered(whole, [...order, ...x.shape.map((_, d) => union.length + d)])), rest);
}

/** The leading dims of every example as batch dims of `levels`, beside those that it has. */
export function raised(x: Tensor, levels: readonly number[]): Tensor {
  if (levels.length === 0) return x;
  const own = levelsOf(x), now = [...own, ...levels], sorted = [...now].sort((a, b) => a - b);
  const physical = physicalOf(x), rest = physical.ndim - now.length;
  const order = sorted.map((level) => now.indexOf(level));
  return batched(owned(reordered(physical, [...order, ...Array.from({ length: rest }, (_, d) => now.length + d)])), sorted);
}

/** A handle that belongs to nobody: the one just made in the open frame, or a second one. */
export const owned = (x: Tensor): Tensor => (takeFromFrame(x) ? x : alias(x));
