/** @file The naive model of views: a list of base positions, one for each index tuple. The oracle of all view arithmetic; knows no strides. */

/** A view: what lies at its i-th index tuple, in row-major order, is what lies at `positions[i]` of its base. */
export type NaiveView = { readonly shape: readonly number[]; readonly positions: readonly number[] };

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Every index tuple of a shape, in row-major order. */
export function indexTuples(shape: readonly number[]): number[][] {
  let tuples: number[][] = [[]];
  for (const size of shape) tuples = tuples.flatMap((tuple) => Array.from({ length: size }, (_, i) => [...tuple, i]));
  return tuples;
}

/** The base itself, from position `start` on. */
export const naiveBase = (shape: readonly number[], start: number = 0): NaiveView => ({ shape, positions: Array.from({ length: count(shape) }, (_, i) => start + i) });

/** The view whose element at a tuple is the one that `view` has at `from(tuple)`. */
export function naiveGather(view: NaiveView, shape: readonly number[], from: (tuple: readonly number[]) => readonly number[]): NaiveView {
  const places = new Map(indexTuples(view.shape).map((tuple, i) => [tuple.join(), view.positions[i]!]));
  return { shape, positions: indexTuples(shape).map((tuple) => places.get(from(tuple).join())!) };
}

const replaced = (list: readonly number[], at: number, value: number): number[] => list.map((x, i) => (i === at ? value : x));

export const naivePermute = (view: NaiveView, dims: readonly number[]): NaiveView =>
  naiveGather(view, dims.map((d) => view.shape[d]!), (tuple) => view.shape.map((_, d) => tuple[dims.indexOf(d)]!));

/** `length` indices along a dim, from `start` by `step`, which may be negative. */
export const naiveSlice = (view: NaiveView, dim: number, start: number, step: number, length: number): NaiveView =>
  naiveGather(view, replaced(view.shape, dim, length), (tuple) => replaced(tuple, dim, start + tuple[dim]! * step));

export const naiveSelect = (view: NaiveView, dim: number, index: number): NaiveView =>
  naiveGather(view, view.shape.filter((_, d) => d !== dim), (tuple) => [...tuple.slice(0, dim), index, ...tuple.slice(dim)]);

/** Sizes of 1 repeated, and leading dims added. */
export const naiveExpand = (view: NaiveView, shape: readonly number[]): NaiveView =>
  naiveGather(view, shape, (tuple) => tuple.slice(shape.length - view.shape.length).map((i, d) => (view.shape[d] === 1 ? 0 : i)));

/** Another shape of as many elements: the list stays. Strides may not be able to say it: `affineStrides` knows. */
export const naiveReshape = (view: NaiveView, shape: readonly number[]): NaiveView => ({ shape, positions: view.positions });

/**
 * The strides that a list of positions follows, or undefined if it follows none. Dims of size 1, and all dims of a view
 * without elements, may have any stride: 0 here.
 */
export function affineStrides({ shape, positions }: NaiveView): number[] | undefined {
  if (positions.length === 0) return shape.map(() => 0);
  const steps = shape.map((_, d) => count(shape.slice(d + 1)));
  const strides = shape.map((size, d) => (size === 1 ? 0 : positions[steps[d]!]! - positions[0]!));
  const follows = indexTuples(shape).every((tuple, i) => positions[i] === tuple.reduce((at, index, d) => at + index * strides[d]!, positions[0]!));
  return follows ? strides : undefined;
}

/** Whether two index tuples show one element. */
export const naiveOverlaps = ({ positions }: NaiveView): boolean => new Set(positions).size < positions.length;
