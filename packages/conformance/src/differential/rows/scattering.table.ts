/** @file Ops that write, add or look up by positions beyond gather and scatter, and that arrange by them: one row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { sizeOf } from "@adjoint/core/backend";
import { type Drawer, exact, type Host, type Kind, row, type Row, type Variable } from "../row.ts";
import { someDim } from "./views.table.ts";

const numbers: readonly Kind[] = ["float", "int"], floats: readonly Kind[] = ["float"];
const ranked = (least: number, most: number = 4) => (x: Variable): boolean => x.shape.length >= least && x.shape.length <= most;
const sizeAt = (x: Variable, dim: number): number => x.shape.at(dim) ?? 1;

/** Positions along a dim of x, distinct where which one comes last would matter. */
type Places = { readonly dim: number; readonly places: readonly number[] };
function somePlaces(d: Drawer, x: Variable, distinct: boolean): Places | undefined {
  const dim = someDim(d.random, x.shape.length), size = sizeAt(x, dim);
  if (size === 0 || x.shape.length === 0) return undefined;
  return { dim, places: distinct ? d.random.order(size).slice(0, d.random.integer(1, size)) : Array.from({ length: d.random.integer(1, 4) }, () => d.random.integer(0, size - 1)) };
}
const list = (places: readonly number[], host: Host, shape: readonly number[] = [places.length]): Tensor => host.leaf(places, shape, "int32", false);

/** An op that takes a slice of `source` for each place. */
const bySlices = (op: string, run: (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor, distinct: boolean): Row => row<Places>({
  op,
  draw(d) {
    const x = d.variable({ kinds: numbers, accepts: ranked(1) }), attrs = somePlaces(d, x, distinct);
    if (attrs === undefined) return undefined;
    const at = attrs.dim < 0 ? attrs.dim + x.shape.length : attrs.dim;
    return { inputs: [x, d.variable({ dtype: x.dtype }, x.shape.map((size, k) => (k === at ? attrs.places.length : size)))], attrs };
  },
  run: ([x, source], { dim, places }, host) => run(x!, dim, list(places, host), source!),
});

type Reduced = { readonly indices: readonly number[]; readonly reduce: "sum" | "mean" | "amax" | "amin"; readonly includeSelf: boolean };
/** Any place of the whole tensor. */
type Flat = { readonly places: readonly number[] };
const flat = (d: Drawer, x: Variable, distinct: boolean): Flat | undefined => {
  const size = sizeOf(x.shape);
  return size === 0 ? undefined : { places: distinct ? d.random.order(size).slice(0, d.random.integer(1, Math.min(4, size))) : Array.from({ length: d.random.integer(1, 4) }, () => d.random.integer(0, size - 1)) };
};
type Rows = { readonly places: readonly number[]; readonly mode: "sum" | "mean" | "max" };

export const scatteringRows: readonly Row[] = [
  ...exact([
    bySlices("indexAdd", A.indexAdd, false), bySlices("indexCopy", A.indexCopy, true),
    row<Places & { readonly number: number }>({
      op: "indexFill",
      draw(d) { const x = d.variable({ kinds: numbers, accepts: ranked(1) }), attrs = somePlaces(d, x, false); return attrs && { inputs: [x], attrs: { ...attrs, number: d.random.integer(0, 2) } }; },
      run: ([x], { dim, places, number }, host) => A.indexFill(x!, dim, list(places, host), number),
    }),
    row<Flat>({
      op: "take", draw(d) { const x = d.variable({}), attrs = flat(d, x, false); return attrs && { inputs: [x], attrs }; },
      run: ([x], { places }, host) => A.take(x!, list(places, host)),
    }),
    row<Flat & { readonly accumulate: boolean }>({
      op: "put",
      draw(d) {
        const x = d.variable({ kinds: numbers }), accumulate = d.random.chance(0.5), attrs = flat(d, x, !accumulate);
        return attrs && { inputs: [x, d.variable({ dtype: x.dtype }, [attrs.places.length])], attrs: { ...attrs, accumulate } };
      },
      run: ([x, source], { places, accumulate }, host) => A.put(x!, list(places, host), source!, { accumulate }),
    }),
    row<{ readonly diagonal: number }>({ op: "tril", draw: (d) => ({ inputs: [d.variable({ accepts: ranked(2) })], attrs: { diagonal: d.random.integer(-2, 2) } }), run: ([x], options) => A.tril(x!, options) }),
    row<{ readonly diagonal: number }>({ op: "triu", draw: (d) => ({ inputs: [d.variable({ accepts: ranked(2) })], attrs: { diagonal: d.random.integer(-2, 2) } }), run: ([x], options) => A.triu(x!, options) }),
    row({
      op: "diagonalScatter",
      draw(d) { const x = d.variable({ accepts: ranked(2, 2) }), [rows = 0, columns = 0] = x.shape; return { inputs: [x, d.variable({ dtype: x.dtype }, [Math.min(rows, columns)])], attrs: {} }; },
      run: ([x, source]) => A.diagonalScatter(x!, source!),
    }),
    row<{ readonly places: readonly number[] }>({
      op: "embedding",
      draw(d) { const w = d.variable({ kinds: floats, accepts: ranked(2, 2) }), rows = w.shape[0] ?? 0; return rows === 0 ? undefined : { inputs: [w], attrs: { places: Array.from({ length: d.random.integer(1, 4) }, () => d.random.integer(0, rows - 1)) } }; },
      run: ([w], { places }, host) => A.embedding(list(places, host), w!),
    }),
    row({ op: "meshgrid", draw: (d) => ({ inputs: [d.variable({ dtype: "float32", accepts: ranked(1, 1) }), d.variable({ dtype: "float32", accepts: ranked(1, 1) })], attrs: {} }), run: (axes) => A.meshgrid(axes, { indexing: "ij" }).map((x) => x.clone()) }),
    row({ op: "blockDiag", draw: (d) => ({ inputs: [d.variable({ dtype: "float32", accepts: ranked(1, 2) }), d.variable({ dtype: "float32", accepts: ranked(1, 2) })], attrs: {} }), run: (blocks) => A.blockDiag(...blocks) }),
    row<{ readonly memoryFormat: "contiguous_format" | "preserve_format" | "channels_last" }>({
      op: "cloneIn", draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { memoryFormat: d.random.pick(x.shape.length === 4 ? ["channels_last", "preserve_format"] : ["contiguous_format", "preserve_format"])! } }; },
      run: ([x], options) => A.contiguous(A.clone(x!, options)), // The model knows no memory of its own but row-major.
    }),
  ]),
  row<Reduced>({
    op: "scatterReduce",
    draw(d) {
      const x = d.variable({ dtype: "float32", accepts: (v) => v.shape.length === 1 && v.shape[0]! > 0 }), size = x.shape[0] ?? 0, length = d.random.integer(1, 5);
      if (x.shape.length !== 1 || size === 0) return undefined;
      return { inputs: [x, d.variable({ dtype: "float32" }, [length])], attrs: { indices: Array.from({ length }, () => d.random.integer(0, size - 1)), reduce: d.random.pick(["sum", "mean", "amax", "amin"])!, includeSelf: d.random.chance(0.6) } };
    },
    run: ([x, source], { indices, reduce, includeSelf }, host) => A.scatterReduce(x!, 0, list(indices, host), source!, reduce, { includeSelf }),
  }),
  row<Rows>({
    op: "embeddingBag",
    draw(d) { const w = d.variable({ kinds: floats, accepts: ranked(2, 2) }), rows = w.shape[0] ?? 0; return rows === 0 ? undefined : { inputs: [w], attrs: { places: Array.from({ length: 4 }, () => d.random.integer(0, rows - 1)), mode: d.random.pick(["sum", "mean", "max"])! } }; },
    run: ([w], { places, mode }, host) => A.embeddingBag(list(places, host, [2, 2]), w!, { mode }),
  }),
];
