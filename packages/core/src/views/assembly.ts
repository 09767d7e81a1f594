/** @file Many views of one tensor, and one tensor of many: `split` beside `cat`, `unbind` beside `stack`. Each is the other's adjoint. */
import { sideBySide } from "../calculus/side-by-side.ts";
import { dispatch, dispatchView, dispatchViews, type Node, type Op, savesNothing, type Tensor, type ViewsOp } from "../op.ts";
import { restride, type View } from "../view.ts";
import { type SelectAttrs, selectOp, type SliceAttrs, sliceOp } from "./views.ts";

/** Pieces along a dim of `total` elements, of which some may be left out. */
export type Pieces = { readonly dim: number; readonly starts: readonly number[]; readonly sizes: readonly number[]; readonly total: number; readonly name: string };
/** Slices at these places along a dim of `total` elements. */
export type Slices = { readonly dim: number; readonly places: readonly number[]; readonly total: number; readonly name: string };

/** The pieces of these sizes, one after the other, and all that there are. */
export function piecesOf(dim: number, sizes: readonly number[], name: string): Pieces {
  let total = 0;
  const starts = sizes.map((size) => (total += size) - size);
  return { dim, starts, sizes, total, name };
}
/** The slices at all places. */
export const slicesOf = (dim: number, total: number, name: string): Slices => ({ dim, places: Array.from({ length: total }, (_, i) => i), total, name });

const pieceAt = ({ dim, starts, sizes, total }: Pieces, k: number): SliceAttrs => ({ dim, start: starts[k]!, step: 1, length: sizes[k]!, size: total });
const sliceAt = ({ dim, places, total }: Slices, k: number): SelectAttrs => ({ dim, index: places[k]!, size: total });

const needsAll = (node: Pick<Node, "edges">): boolean => node.edges.every((edge) => edge !== null);

/** The gradients that are there, and what keeps of `all` what belongs to them. */
function arrived(grads: readonly (Tensor | undefined)[]): readonly [given: Tensor[], kept: (all: readonly number[]) => readonly number[]] {
  const given = grads.filter((grad) => grad !== undefined);
  return [given, (all) => (given.length === grads.length ? all : all.filter((_, k) => grads[k] !== undefined))];
}

/** What no piece covers is 0: so it is the adjoint of a split whose pieces are not all used, too. */
export const catOp: Op<Pieces> = {
  name: "cat",
  gradName: ({ name }) => name,
  run: (device, inputs, { dim, starts, total }) =>
    sideBySide(device, inputs[0]!.dtype, inputs[0]!.shape.map((size, d) => (d === dim ? total : size)), dim, inputs.map((x) => x.window), starts),
  saves: () => savesNothing,
  vjp: ([grad], node) => (needsAll(node) ? dispatchViews(splitOp, grad!, { ...node.attrs, name: "SplitWithSizesBackward0" })
    : node.edges.map((_, k) => (node.needs(k) ? dispatchView(sliceOp, grad!, pieceAt(node.attrs, k)) : undefined))),
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** So many zeros along a dim before and after a tensor. */
export const amidZeros = (x: Tensor, dim: number, before: number, after: number): Tensor =>
  dispatch(catOp, [x], { dim, starts: [before], sizes: [x.shape[dim]!], total: before + x.shape[dim]! + after, name: "ConstantPadNdBackward0" });

export const splitOp: ViewsOp<Pieces, SliceAttrs> = {
  name: "split",
  gradName: ({ name }) => name,
  part: sliceOp,
  parts: (attrs) => attrs.sizes.map((_, k) => pieceAt(attrs, k)),
  saves: () => savesNothing,
  vjp(grads, { attrs }) {
    const [given, kept] = arrived(grads), sizes = kept(attrs.sizes);
    return [sizes.length === 1 && sizes[0] === attrs.total ? given[0]! : dispatch(catOp, given, { ...attrs, starts: kept(attrs.starts), sizes, name: "CatBackward0" })];
  },
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** Between the places it is 0. */
export const stackOp: Op<Slices> = {
  name: "stack",
  gradName: ({ name }) => name,
  run(device, inputs, { dim, places, total }) {
    const inserted = (all: readonly number[], one: number): number[] => [...all.slice(0, dim), one, ...all.slice(dim)];
    const thick = ({ window }: Tensor): View => restride(window, inserted(window.shape, 1), inserted(window.strides, 0), window.offset);
    return sideBySide(device, inputs[0]!.dtype, inserted(inputs[0]!.shape, total), dim, inputs.map(thick), places);
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => (needsAll(node) ? dispatchViews(unbindOp, grad!, { ...node.attrs, name: "UnbindBackward0" })
    : node.edges.map((_, k) => (node.needs(k) ? dispatchView(selectOp, grad!, sliceAt(node.attrs, k)) : undefined))),
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

export const unbindOp: ViewsOp<Slices, SelectAttrs> = {
  name: "unbind",
  gradName: ({ name }) => name,
  part: selectOp,
  parts: (attrs) => attrs.places.map((_, k) => sliceAt(attrs, k)),
  saves: () => savesNothing,
  vjp(grads, { attrs }) {
    const [given, kept] = arrived(grads);
    return [dispatch(stackOp, given, { ...attrs, places: kept(attrs.places), name: "StackBackward0" })];
  },
  jvp: "linear",
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};
