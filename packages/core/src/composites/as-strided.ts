/** @file `asStrided`: any window onto a tensor's memory. Its derivative goes by the places in memory that input and result share. */
import { expand, reshape, zerosOn } from "../calculus/map-reduce.ts";
import { fromHost } from "../creation/fill.ts";
import { div } from "../elementwise/index.ts";
import { ArgumentError, NotSupportedError, ShapeError } from "../errors.ts";
import { composite, dispatchView, type Node, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import { gather, scatter, scatterAdd } from "../primitives/gather.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { extent, overlapsItself, restride, type View } from "../view.ts";

type Layout = { readonly shape: Shape; readonly strides: Shape; readonly offset: number };
/** How the input lay in memory, and how the result does; `span` elements of memory from the first on are enough for both. */
type Attrs = {
  readonly input: Layout; readonly result: Layout; readonly span: number;
  /** Of the input, several elements may share a place. */
  readonly overlaps: boolean;
  /** How many batch dims stand before: each example has a window as the first has it. */
  readonly lead: number;
  /** The elements of the memory. */
  readonly length: number;
};

/** Where each element lies, in logical order. */
function placesOf({ shape, strides, offset }: Layout): Int32Array<ArrayBuffer> {
  const table = new Int32Array(sizeOf(shape)), at = new Array<number>(shape.length).fill(0);
  let place = offset;
  for (let i = 0; i < table.length; i++) {
    table[i] = place;
    for (let d = shape.length - 1; d >= 0; d--) {
      place += strides[d]!;
      if (++at[d]! < shape[d]!) break;
      place -= strides[d]! * shape[d]!;
      at[d] = 0;
    }
  }
  return table;
}
const vector = (values: Int32Array<ArrayBuffer>, beside: Tensor): Tensor => fromHost(values, [values.length], "int32", { device: beside.device });

/** What lies at the places of `to`, after everything of `x` was added up at those of `from`, for each example. */
function carry(x: Tensor, from: Layout, to: Layout, { span, lead }: Attrs): Tensor {
  const outer = x.shape.slice(0, lead), count = sizeOf(outer);
  const table = (layout: Layout): Tensor => expand(vector(placesOf(layout), x), [count, sizeOf(layout.shape)]);
  const memory = scatterAdd(zerosOn(x.storage.device, x.dtype, [count, span]), 1, table(from), reshape(x, [count, sizeOf(from.shape)]));
  return reshape(gather(memory, 1, table(to)), [...outer, ...to.shape]);
}

/** How many elements of a layout lie at the place of each: 1 where nothing overlaps. */
function sharers(layout: Layout, span: number, beside: Tensor): Tensor {
  const places = placesOf(layout), count = new Int32Array(span);
  for (const place of places) count[place]!++;
  return reshape(vector(places.map((place) => count[place]!), beside), layout.shape);
}

const asStridedOp: ViewOp<Attrs> = {
  name: "as_strided",
  gradName: () => "AsStridedBackward0",
  view(view, { input, result, lead, length }) {
    const { shape, strides, offset } = view;
    if ((lead === 0 && offset !== input.offset) || strides.slice(lead).some((step, d) => step !== input.strides[d] && input.shape[d]! > 1))
      throw new NotSupportedError("as_strided: a change in place through it is recorded only where its base lies in memory from the first element on; clone() the base first");
    const seen = restride(view, [...shape.slice(0, lead), ...result.shape], [...strides.slice(0, lead), ...result.strides], result.offset + offset - input.offset);
    if (lead > 0 && reach(seen) > length)
      throw new ShapeError(`setStorage: sizes ${showShape(seen.shape)}, strides ${showShape(seen.strides)}, storage offset ${seen.offset}, requiring a storage size of ${reach(seen)} elements are out of bounds for storage of size ${length}`);
    return seen;
  },
  saves: () => savesNothing,
  // Elements of the input that share a place share its gradient, as in PyTorch.
  vjp([grad], node: Node<Attrs>) {
    const { input, result, span, overlaps } = node.attrs, whole = carry(grad!, result, input, node.attrs);
    return [overlaps ? div(whole, sharers(input, span, whole)) : whole];
  },
  // A view of the tangent where that lies in memory as the input does, so that a change in place reaches it.
  jvp: ([t], _, __, attrs) => [isParallel(t!.window, attrs) ? dispatchView(asStridedOp, t!, attrs) : carry(attrs.overlaps ? div(t!, sharers(attrs.input, attrs.span, t!)) : t!, attrs.input, attrs.result, attrs)],
  batched: (attrs, { length }) => ({ ...attrs, lead: attrs.lead + length }),
};

/** Whether a tangent lies in memory as the input does, without gaps from the first element on, and all that the result shows of the memory lies in it. */
const isParallel = (t: View, { input, result, lead, span }: Attrs): boolean =>
  lead === 0 && t.dense && t.offset === 0 && input.offset === 0 && sizeOf(result.shape) > 0 && span === t.size && t.strides.every((step, d) => step === input.strides[d] || t.shape[d] === 1);

function checkLayout(length: number, size: Shape, stride: Shape, offset: number): void {
  if (size.length !== stride.length) throw new ShapeError("mismatch in length of strides and shape");
  if (stride.some((step) => step < 0)) throw new ArgumentError(`as_strided: Negative strides are not supported at the moment, got strides: ${showShape(stride)}`);
  if (!Number.isInteger(offset) || offset < 0) throw new ArgumentError(`Tensor: invalid storage offset ${offset}`);
  if (sizeOf(size) === 0) return;
  const needed = offset + size.reduce((reach, n, d) => reach + (n - 1) * stride[d]!, 0) + 1;
  if (needed > length)
    throw new ShapeError(`setStorage: sizes ${showShape(size)}, strides ${showShape(stride)}, storage offset ${offset}, requiring a storage size of ${needed} elements are out of bounds for storage of size ${length}`);
}

const layoutOf = ({ shape, strides, offset }: View): Layout => ({ shape, strides, offset });
const reach = (view: View): number => (view.size === 0 ? 0 : extent(view)[1] + 1);

export type AsStridedOptions = {
  /** In elements from the beginning of the memory. */
  readonly storageOffset?: number;
};
/**
 * A window of these sizes and strides onto the memory of x; its elements may overlap.
 * @param x of any shape and dtype
 * @param size of each dim of the window
 * @param stride how many elements of the memory lie between neighbours along each dim
 * @returns a view of that shape and of x's dtype
 * @throws ShapeError where the window reaches beyond the memory, or sizes and strides are not of one number
 * @throws ArgumentError for negative strides or a negative offset
 * @example asStrided(arange(6), [2, 2], [1, 3]) // [[0, 3], [1, 4]]
 */
export function asStrided(x: Tensor, size: Shape, stride: Shape, options: AsStridedOptions = {}): Tensor {
  const { storageOffset = x.window.offset } = options;
  checkLayout(x.storage.length, size, stride, storageOffset);
  const result = restride(x.window, size.slice(), stride.slice(), storageOffset);
  return dispatchView(asStridedOp, x, { input: layoutOf(x.window), result: layoutOf(result), span: Math.max(reach(x.window), reach(result), 1), overlaps: overlapsItself(x.window), lead: 0, length: x.storage.length });
}
/**
 * A dense copy of x with `source` in the place of a window onto it, as of `asStrided`; where elements of the window overlap, any one is kept.
 * @param x of any shape and dtype
 * @param source of the window's shape
 * @param size of each dim of the window
 * @param stride how many elements lie between neighbours along each dim
 * @returns x's shape and dtype
 * @throws ShapeError where the window reaches beyond x, or `source` has another shape
 * @throws ArgumentError for negative strides or a negative offset
 * @example asStridedScatter(zeros([4]), ones([2]), [2], [2]) // [1, 0, 1, 0]
 */
export const asStridedScatter: (x: Tensor, source: Tensor, size: Shape, stride: Shape, options?: AsStridedOptions) => Tensor = /*@__PURE__*/ composite("AsStridedScatterBackward0", (x: Tensor, source: Tensor, size: Shape, stride: Shape, options: AsStridedOptions = {}): Tensor => {
  if (!sameShape(source.shape, size)) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(size)}`);
  const { storageOffset = 0 } = options, flat = reshape(x, [x.window.size]);
  checkLayout(x.window.size, size, stride, storageOffset);
  const places = vector(placesOf({ shape: size, strides: stride, offset: storageOffset }), x);
  return reshape(scatter(flat, 0, places, reshape(source, [source.window.size])), x.shape);
});
