/** @file View ops: one row each, with what the naive model says of it. */
import * as A from "@adjoint/core";
import { sizeOf } from "@adjoint/core/backend";
import { affineStrides, type NaiveView, naiveExpand, naivePermute, naiveReshape, naiveSelect, naiveSlice } from "../naive-view.ts";
import type { Random } from "../random.ts";
import { row, type Row, type Variable } from "../row.ts";

/** A dim as a user writes it: from either end. */
export const someDim = (random: Random, rank: number): number => {
  const dim = random.integer(0, Math.max(rank, 1) - 1);
  return random.chance(0.3) ? dim - Math.max(rank, 1) : dim;
};
export const at = (dim: number, rank: number): number => (dim < 0 ? dim + Math.max(rank, 1) : dim);
export const ranked = (least: number, most: number = 8) => ({ accepts: (x: Variable): boolean => x.shape.length >= least && x.shape.length <= most });

/** A shape of as many elements: factors put together anew. */
function reshaped(random: Random, shape: readonly number[]): number[] {
  const size = sizeOf(shape);
  if (size === 0) return random.chance(0.5) ? [...shape].reverse() : [0, random.integer(1, 3)];
  const sizes: number[] = [];
  let rest = size;
  while (rest > 1 && sizes.length < 3) {
    const factors = Array.from({ length: rest }, (_, i) => i + 1).filter((f) => rest % f === 0);
    const factor = random.pick(factors)!;
    sizes.push(factor);
    rest /= factor;
  }
  if (rest > 1 || random.chance(0.15)) sizes.push(rest);
  if (random.chance(0.2)) sizes.splice(random.integer(0, sizes.length), 0, 1);
  if (sizes.length > 0 && random.chance(0.2)) sizes[random.integer(0, sizes.length - 1)] = -1;
  return sizes;
}
const inferred = (shape: readonly number[], size: number): number[] => {
  const rest = shape.reduce((product, s) => (s === -1 ? product : product * s), 1);
  return shape.map((s) => (s === -1 ? size / rest : s));
};
/** The view of another shape, or undefined where strides cannot say it: then it is a copy. */
const reshapeOrCopy = (view: NaiveView, shape: readonly number[]): readonly (NaiveView | undefined)[] => {
  const other = naiveReshape(view, inferred(shape, view.positions.length));
  return [affineStrides(other) === undefined ? undefined : other];
};
const flatShape = (shape: readonly number[], from: number, to: number): number[] =>
  shape.length === 0 ? [1] : [...shape.slice(0, from), sizeOf(shape.slice(from, to + 1)), ...shape.slice(to + 1)];

function pieces(view: NaiveView, dim: number, sizes: readonly number[]): NaiveView[] {
  let start = 0;
  return sizes.map((size) => naiveSlice(view, dim, (start += size) - size, 1, size));
}
const evenly = (total: number, size: number): number[] => Array.from({ length: Math.max(1, Math.ceil(total / Math.max(size, 1))) }, (_, i) => Math.min(size, total - i * size));

type Dim = { readonly dim: number };

export const viewRows: readonly Row[] = [
  row<{ readonly dim0: number; readonly dim1: number }>({
    op: "transpose", weight: 2,
    draw(d) { const x = d.variable({}), rank = x.shape.length; return { inputs: [x], attrs: { dim0: someDim(d.random, rank), dim1: someDim(d.random, rank) } }; },
    run: ([x], { dim0, dim1 }) => A.transpose(x!, dim0, dim1),
    views(v, { dim0, dim1 }) {
      const a = at(dim0, v.shape.length), b = at(dim1, v.shape.length);
      return [naivePermute(v, v.shape.map((_, d) => (d === a ? b : d === b ? a : d)))];
    },
  }),
  row({ op: "t", draw: (d) => ({ inputs: [d.variable(ranked(0, 2))], attrs: {} }), run: ([x]) => A.t(x!), views: (v) => [naivePermute(v, v.shape.map((_, d) => v.shape.length - 1 - d))] }),
  row<{ readonly dims: readonly number[] }>({
    op: "permute", weight: 2,
    draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { dims: d.random.order(x.shape.length).map((dim) => (d.random.chance(0.1) ? dim - x.shape.length : dim)) } }; },
    run: ([x], { dims }) => A.permute(x!, dims),
    views: (v, { dims }) => [naivePermute(v, dims.map((dim) => at(dim, dims.length)))],
  }),
  row<Dim & { readonly start: number; readonly end: number; readonly step: number }>({
    op: "slice", weight: 4,
    draw(d) {
      const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = x.shape.at(dim) ?? 1;
      return { inputs: [x], attrs: { dim, start: d.random.integer(-size - 1, size), end: d.random.integer(-1, size + 2), step: d.random.pick([1, 1, 2, 3]) } };
    },
    run: ([x], { dim, start, end, step }) => A.slice(x!, dim, start, end, step),
    views(v, { dim, start, end, step }) {
      const d = at(dim, v.shape.length), kept = Array.from({ length: v.shape[d]! }, (_, i) => i).slice(start, end).filter((_, i) => i % step === 0);
      return [naiveSlice(v, d, kept[0] ?? 0, step, kept.length)];
    },
  }),
  row<Dim & { readonly index: number }>({
    op: "select", weight: 3,
    draw(d) { const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = x.shape.at(dim) ?? 1; return { inputs: [x], attrs: { dim, index: d.random.integer(-size, size - 1) } }; },
    run: ([x], { dim, index }) => A.select(x!, dim, index),
    views(v, { dim, index }) { const d = at(dim, v.shape.length); return [naiveSelect(v, d, index < 0 ? index + v.shape[d]! : index)]; },
  }),
  row<Dim & { readonly start: number; readonly length: number }>({
    op: "narrow", weight: 2,
    draw(d) {
      const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = x.shape.at(dim) ?? 1, start = d.random.integer(0, size), length = d.random.integer(0, size - start);
      return { inputs: [x], attrs: { dim, start: d.random.chance(0.2) ? start - size : start, length: d.random.chance(0.03) ? length + 9 : length } };
    },
    run: ([x], { dim, start, length }) => A.narrow(x!, dim, start, length),
    views(v, { dim, start, length }) { const d = at(dim, v.shape.length); return [naiveSlice(v, d, start < 0 ? start + v.shape[d]! : start, 1, length)]; },
  }),
  row<{ readonly shape: readonly number[] }>({
    op: "expand", weight: 3,
    draw(d) {
      const x = d.variable({}), sizes = x.shape.map((size) => (size === 1 ? d.random.integer(0, 4) : d.random.chance(0.2) ? -1 : size));
      return { inputs: [x], attrs: { shape: d.random.chance(0.3) ? [d.random.integer(1, 3), ...sizes] : sizes } };
    },
    run: ([x], { shape }) => A.expand(x!, shape),
    views: (v, { shape }) => [naiveExpand(v, shape.map((size, d) => (size === -1 ? v.shape[d - shape.length + v.shape.length]! : size)))],
  }),
  row<{ readonly shape: readonly number[] }>({
    op: "reshape", weight: 4,
    draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { shape: reshaped(d.random, x.shape) } }; },
    run: ([x], { shape }) => A.reshape(x!, shape),
    views: (v, { shape }) => reshapeOrCopy(v, shape),
  }),
  row<{ readonly shape: readonly number[] }>({
    op: "view", weight: 2,
    draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { shape: reshaped(d.random, x.shape) } }; },
    run: ([x], { shape }) => A.view(x!, shape),
    views: (v, { shape }) => reshapeOrCopy(v, shape),
  }),
  row<{ readonly startDim: number; readonly endDim: number }>({
    op: "flatten",
    draw(d) { const x = d.variable({}), from = d.random.integer(0, Math.max(0, x.shape.length - 1)); return { inputs: [x], attrs: { startDim: from, endDim: d.random.integer(from, Math.max(from, x.shape.length - 1)) } }; },
    run: ([x], { startDim, endDim }) => A.flatten(x!, startDim, endDim),
    views: (v, { startDim, endDim }) => reshapeOrCopy(v, flatShape(v.shape, startDim, endDim)),
  }),
  row({ op: "squeeze", draw: (d) => ({ inputs: [d.variable({})], attrs: {} }), run: ([x]) => A.squeeze(x!), views: (v) => [naiveReshape(v, v.shape.filter((size) => size !== 1))] }),
  row<Dim>({
    op: "squeezeDim",
    draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length) } }; },
    run: ([x], { dim }) => A.squeeze(x!, dim),
    views(v, { dim }) { const d = at(dim, v.shape.length); return [naiveReshape(v, v.shape.filter((size, k) => k !== d || size !== 1))]; },
  }),
  row<Dim>({
    op: "unsqueeze", weight: 2,
    draw(d) { const x = d.variable(ranked(0, 4)); return { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length + 1) } }; },
    run: ([x], { dim }) => A.unsqueeze(x!, dim),
    views(v, { dim }) { const d = at(dim, v.shape.length + 1); return [naiveReshape(v, [...v.shape.slice(0, d), 1, ...v.shape.slice(d)])]; },
  }),
  row<Dim & { readonly size: number }>({
    op: "split",
    draw(d) { const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = x.shape.at(dim) ?? 1; return { inputs: [x], attrs: { dim, size: d.random.integer(Math.max(1, Math.ceil(size / 4)), Math.max(1, size)) } }; },
    run: ([x], { dim, size }) => A.split(x!, size, dim),
    views(v, { dim, size }) { const d = at(dim, v.shape.length); return pieces(v, d, evenly(v.shape[d]!, size)); },
  }),
  row<Dim & { readonly sizes: readonly number[] }>({
    op: "splitSizes",
    draw(d) { const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = x.shape.at(dim) ?? 1, first = d.random.integer(0, size); return { inputs: [x], attrs: { dim, sizes: [first, size - first] } }; },
    run: ([x], { dim, sizes }) => A.split(x!, sizes, dim),
    views: (v, { dim, sizes }) => pieces(v, at(dim, v.shape.length), sizes),
  }),
  row<Dim & { readonly chunks: number }>({
    op: "chunk",
    draw(d) { const x = d.variable(ranked(1)); return { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length), chunks: d.random.integer(1, 4) } }; },
    run: ([x], { dim, chunks }) => A.chunk(x!, chunks, dim),
    views(v, { dim, chunks }) { const d = at(dim, v.shape.length); return pieces(v, d, evenly(v.shape[d]!, Math.max(1, Math.ceil(v.shape[d]! / chunks)))); },
  }),
  // As in PyTorch, what it gives is the tensor itself.
  row({ op: "positive", weight: 0.5, draw: (d) => ({ inputs: [d.variable({ kinds: ["float", "int"] })], attrs: {} }), run: ([x]) => A.positive(x!), views: (v) => [v] }),
  row({ op: "contiguous", draw: (d) => ({ inputs: [d.variable({})], attrs: {} }), run: ([x]) => A.contiguous(x!), views: (v) => [v.positions.every((p, i) => p === v.positions[0]! + i) ? v : undefined] }),
  row({ op: "detach", weight: 2, cuts: true, draw: (d) => ({ inputs: [d.variable({})], attrs: {} }), run: ([x]) => A.detach(x!), views: (v) => [v] }),
];
