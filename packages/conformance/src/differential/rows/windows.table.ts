/** @file More views (diagonals, windows, pieces), and the ops that copy elements to other places: one row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { sizeOf } from "@adjoint/core/backend";
import { indexTuples, type NaiveView, naiveGather, naivePermute, naiveReshape, naiveSelect, naiveSlice } from "../naive-view.ts";
import type { Random } from "../random.ts";
import { exact, row, type Row, type Variable } from "../row.ts";
import { at, ranked, someDim } from "./views.table.ts";

type Dim = { readonly dim: number };
const sizeAt = (x: Variable, dim: number): number => x.shape.at(dim) ?? 1;
/** Two different dims. */
const twoDims = (random: Random, rank: number): readonly [number, number] => {
  const [a = 0, b = 0] = random.order(rank);
  return [random.chance(0.3) ? a - rank : a, b];
};

function diagonal(v: NaiveView, offset: number, dim1: number, dim2: number): NaiveView {
  const [a, b] = [at(dim1, v.shape.length), at(dim2, v.shape.length)], rest = v.shape.filter((_, d) => d !== a && d !== b);
  const length = Math.max(0, offset >= 0 ? Math.min(v.shape[a]!, v.shape[b]! - offset) : Math.min(v.shape[a]! + offset, v.shape[b]!));
  return naiveGather(v, [...rest, length], (tuple) => {
    const along = tuple[tuple.length - 1]!, others = tuple.slice(0, -1);
    return v.shape.map((_, d) => (d === a ? along + Math.max(0, -offset) : d === b ? along + Math.max(0, offset) : others.shift()!));
  });
}
const unfold = (v: NaiveView, dim: number, size: number, step: number): NaiveView =>
  naiveGather(v, [...v.shape.map((s, d) => (d === dim ? Math.floor((s - size) / step) + 1 : s)), size], (tuple) =>
    tuple.slice(0, -1).map((i, d) => (d === dim ? i * step + tuple[tuple.length - 1]! : i)));
const moved = (v: NaiveView, source: number, destination: number): NaiveView => {
  const dims = v.shape.map((_, d) => d).filter((d) => d !== source);
  if (v.shape.length > 0) dims.splice(destination, 0, source);
  return naivePermute(v, dims);
};

export const windowRows: readonly Row[] = [
  row<{ readonly offset: number; readonly dim1: number; readonly dim2: number }>({
    op: "diagonal", weight: 2,
    draw(d) {
      const x = d.variable(ranked(2));
      if (x.shape.length < 2) return undefined;
      const [dim1, dim2] = twoDims(d.random, x.shape.length);
      return { inputs: [x], attrs: { offset: d.random.integer(-2, 2), dim1, dim2 } };
    },
    run: ([x], options) => A.diagonal(x!, options),
    views: (v, { offset, dim1, dim2 }) => [diagonal(v, offset, dim1, dim2)],
  }),
  row<Dim & { readonly size: number; readonly step: number }>({
    op: "unfold", weight: 2,
    draw(d) { const x = d.variable(ranked(1, 4)), dim = someDim(d.random, x.shape.length); return { inputs: [x], attrs: { dim, size: d.random.integer(1, Math.min(4, Math.max(1, sizeAt(x, dim)))), step: d.random.integer(1, 3) } }; },
    run: ([x], { dim, size, step }) => A.unfoldDim(x!, dim, size, step),
    views: (v, { dim, size, step }) => [unfold(v, at(dim, v.shape.length), size, step)],
  }),
  row<{ readonly source: number; readonly destination: number }>({
    op: "movedim",
    draw(d) { const x = d.variable(ranked(1)); return { inputs: [x], attrs: { source: someDim(d.random, x.shape.length), destination: someDim(d.random, x.shape.length) } }; },
    run: ([x], { source, destination }) => A.movedim(x!, source, destination),
    views: (v, { source, destination }) => [moved(v, at(source, v.shape.length), at(destination, v.shape.length))],
  }),
  row({
    op: "mT", draw: (d) => ({ inputs: [d.variable(ranked(2))], attrs: {} }), run: ([x]) => A.matrixTranspose(x!),
    views(v) { const rank = v.shape.length; return [naivePermute(v, v.shape.map((_, d) => (d === rank - 1 ? rank - 2 : d === rank - 2 ? rank - 1 : d)))]; },
  }),
  row<Dim>({
    op: "unbind",
    draw(d) { const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length); return sizeAt(x, dim) > 5 ? undefined : { inputs: [x], attrs: { dim } }; },
    run: ([x], { dim }) => A.unbind(x!, dim),
    views(v, { dim }) { const d = at(dim, v.shape.length); return Array.from({ length: v.shape[d]! }, (_, i) => naiveSelect(v, d, i)); },
  }),
  row<Dim & { readonly sections: number }>({
    op: "tensorSplit",
    draw(d) { const x = d.variable(ranked(1)); return { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length), sections: d.random.integer(1, 4) } }; },
    run: ([x], { dim, sections }) => A.tensorSplit(x!, sections, dim),
    views(v, { dim, sections }) {
      const d = at(dim, v.shape.length), size = v.shape[d]!, least = Math.floor(size / sections);
      let start = 0;
      return Array.from({ length: sections }, (_, i) => {
        const length = least + (i < size % sections ? 1 : 0);
        return naiveSlice(v, d, (start += length) - length, 1, length);
      });
    },
  }),
  row<Dim & { readonly sizes: readonly number[] }>({
    op: "unflatten",
    draw(d) {
      const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = sizeAt(x, dim), factor = d.random.pick([1, 2, 3].filter((f) => size % f === 0))!;
      return { inputs: [x], attrs: { dim, sizes: d.random.chance(0.5) && size > 0 ? [factor, -1] : [size / factor, factor] } };
    },
    run: ([x], { dim, sizes }) => A.unflatten(x!, dim, sizes),
    views(v, { dim, sizes }) {
      const d = at(dim, v.shape.length), full = sizes.map((s) => (s === -1 ? v.shape[d]! / sizes[0]! : s));
      return [naiveReshape(v, [...v.shape.slice(0, d), ...full, ...v.shape.slice(d + 1)])];
    },
  }),
];

const someDimsOf = (random: Random, rank: number): number[] => random.order(rank).slice(0, random.integer(1, Math.max(1, rank)));
const onMatrices = (op: string, run: (x: Tensor, diagonal: number) => Tensor): Row => row<{ readonly diagonal: number }>({
  op, draw(d) { return { inputs: [d.variable(ranked(2))], attrs: { diagonal: d.random.integer(-2, 2) } }; }, run: ([x], { diagonal: k }) => run(x!, k),
});

export const copyRows: readonly Row[] = exact([
  // Of a copy, since only there it is known how elements lie in memory.
  row<{ readonly shape: readonly number[]; readonly strides: readonly number[]; readonly offset: number; readonly copy: boolean }>({
    op: "asStrided", weight: 2,
    draw(d) {
      const x = d.variable({}), size = sizeOf(x.shape), rank = d.random.integer(0, 3), shape: number[] = [], strides: number[] = [];
      let left = size - 1;
      for (let k = 0; k < rank; k++) {
        const stride = d.random.integer(0, Math.min(5, Math.max(0, left))), n = d.random.integer(1, stride === 0 ? 2 : Math.min(4, 1 + Math.floor(left / stride)));
        left -= (n - 1) * stride;
        shape.push(n);
        strides.push(stride);
      }
      const places = indexTuples(shape).map((tuple) => tuple.reduce((place, i, k) => place + i * strides[k]!, 0)), copy = new Set(places).size < places.length;
      return { inputs: [x], attrs: { shape, strides, offset: d.random.integer(0, Math.max(0, left)), copy } };
    },
    run([x], { shape, strides, offset, copy }) {
      const view = A.asStrided(A.clone(x!), shape, strides, { storageOffset: offset });
      return copy ? A.clone(view) : view; // what overlaps is read, and not written
    },
  }),
  row<{ readonly dims: readonly number[] }>({ op: "flip", weight: 2, draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { dims: someDimsOf(d.random, x.shape.length) } }; }, run: ([x], { dims }) => A.flip(x!, dims) }),
  row<Dim & { readonly shift: number }>({ op: "roll", draw(d) { const x = d.variable(ranked(1)); return { inputs: [x], attrs: { shift: d.random.integer(-4, 4), dim: someDim(d.random, x.shape.length) } }; }, run: ([x], { shift, dim }) => A.roll(x!, shift, dim) }),
  row<{ readonly k: number }>({ op: "rot90", draw(d) { return { inputs: [d.variable(ranked(2))], attrs: { k: d.random.integer(-1, 4) } }; }, run: ([x], { k }) => A.rot90(x!, [0, 1], { k }).contiguous() }), // it is a transposed copy, as in PyTorch, and the model knows dense ones alone
  row<{ readonly repeats: readonly number[] }>({
    op: "repeat",
    draw(d) { const x = d.variable(ranked(0, 3)); return { inputs: [x], attrs: { repeats: [...(d.random.chance(0.3) ? [2] : []), ...x.shape.map(() => d.random.integer(0, 2))] } }; },
    run: ([x], { repeats }) => A.repeat(x!, repeats),
  }),
  row<Dim & { readonly repeats: number }>({ op: "repeatInterleave", draw(d) { const x = d.variable(ranked(1)); return { inputs: [x], attrs: { repeats: d.random.integer(0, 3), dim: someDim(d.random, x.shape.length) } }; }, run: ([x], { repeats, dim }) => A.repeatInterleave(x!, repeats, dim) }),
  onMatrices("tril", (x, diagonal) => A.tril(x, { diagonal })), onMatrices("triu", (x, diagonal) => A.triu(x, { diagonal })),
  row<{ readonly offset: number }>({ op: "diagEmbed", draw(d) { return { inputs: [d.variable(ranked(1, 3))], attrs: { offset: d.random.integer(-1, 1) } }; }, run: ([x], options) => A.diagEmbed(x!, options) }),
  row<Dim & { readonly index: number }>({
    op: "selectScatter",
    draw(d) {
      const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), size = sizeAt(x, dim);
      return { inputs: [x, d.variable({ dtype: x.dtype }, x.shape.filter((_, k) => k !== at(dim, x.shape.length)))], attrs: { dim, index: d.random.integer(-size, size - 1) } };
    },
    run: ([x, source], { dim, index }) => A.selectScatter(x!, source!, dim, index),
  }),
  row<Dim & { readonly start: number; readonly step: number }>({
    op: "sliceScatter",
    draw(d) {
      const x = d.variable(ranked(1)), dim = someDim(d.random, x.shape.length), k = at(dim, x.shape.length), size = x.shape[k] ?? 1, start = d.random.integer(0, size), step = d.random.integer(1, 2);
      return { inputs: [x, d.variable({ dtype: x.dtype }, x.shape.map((s, i) => (i === k ? Math.ceil((size - start) / step) : s)))], attrs: { dim, start, step } };
    },
    run: ([x, source], { dim, start, step }) => A.sliceScatter(x!, source!, dim, { start, step }),
  }),
]);
