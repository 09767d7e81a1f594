/** @file `asStrided`: any window onto a tensor's memory. Its derivative goes by the places in memory that input and result share. */
import { reshape, zerosOn } from "../calculus/map-reduce.ts";
import { fromHost } from "../creation/fill.ts";
import { div } from "../elementwise/index.ts";
import { ArgumentError, NotSupportedError, ShapeError } from "../errors.ts";
import { composite, dispatchView, type Node, savesNothing, type Tensor, type ViewOp } from "../op.ts";
import { gather, scatter, scatterAdd } from "../primitives/gather.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { extent, overlapsItself, restride, type View } from "../view.ts";

type Layout = { readonly shape: Shape; readonly strides: Shape; readonly offset: number };
/** How the input lay in memory, and how the result does; `span` elements of memory from the first on are enough for both. */
type Attrs = { readonly input: Layout; readonly result: Layout; readonly span: number; /** Of the input, several elements may share a place. */ readonly overlaps: boolean };

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

/** What lies at the places of `to`, after everything of `x` was added up at those of `from`. */
function carry(x: Tensor, from: Layout, to: Layout, span: number): Tensor {
  const memory = scatterAdd(zerosOn(x.storage.device, x.dtype, [span]), 0, vector(placesOf(from), x), reshape(x, [sizeOf(from.shape)]));
  return reshape(gather(memory, 0, vector(placesOf(to), x)), to.shape);
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
  view(view, { input, result }) {
    if (view.offset !== input.offset || view.strides.some((step, d) => step !== input.strides[d] && view.shape[d]! > 1))
      throw new NotSupportedError("as_strided: a change in place through it is recorded only where its base lies in memory from the first element on; clone() the base first");
    return restride(view, result.shape, result.strides, result.offset);
  },
  saves: () => savesNothing,
  // Elements of the input that share a place share its gradient, as in PyTorch.
  vjp([grad], node: Node<Attrs>) {
    const { input, result, span, overlaps } = node.attrs, whole = carry(grad!, result, input, span);
    return [overlaps ? div(whole, sharers(input, span, whole)) : whole];
  },
  jvp: ([t], _, __, { input, result, span, overlaps }) => [overlaps ? carry(div(t!, sharers(input, span, t!)), input, result, span) : carry(t!, input, result, span)],
};

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

export type AsStridedOptions = { /** In elements from the beginning of the memory. */ readonly storageOffset?: number };
/**
 * A window of these sizes and strides, in elements, onto the memory of x, from `storageOffset` on (that of x by default). A view.
 * Strides are not negative; elements may overlap.
 */
export function asStrided(x: Tensor, size: Shape, stride: Shape, options: AsStridedOptions = {}): Tensor {
  const { storageOffset = x.window.offset } = options;
  checkLayout(x.storage.length, size, stride, storageOffset);
  const result = restride(x.window, size, stride, storageOffset);
  return dispatchView(asStridedOp, x, { input: layoutOf(x.window), result: layoutOf(result), span: Math.max(reach(x.window), reach(result), 1), overlaps: overlapsItself(x.window) });
}
/** A dense copy of x with `source` in the place of such a window onto it; where elements of the window overlap, any one is kept. */
export const asStridedScatter: (x: Tensor, source: Tensor, size: Shape, stride: Shape, options?: AsStridedOptions) => Tensor = /*@__PURE__*/ composite("AsStridedScatterBackward0", (x: Tensor, source: Tensor, size: Shape, stride: Shape, options: AsStridedOptions = {}): Tensor => {
  if (!sameShape(source.shape, size)) throw new ShapeError(`expected src to have a size equal to the slice of self. src size = ${showShape(source.shape)}, slice size = ${showShape(size)}`);
  const { storageOffset = 0 } = options, flat = reshape(x, [x.window.size]);
  checkLayout(x.window.size, size, stride, storageOffset);
  const places = vector(placesOf({ shape: size, strides: stride, offset: storageOffset }), x);
  return reshape(scatter(flat, 0, places, reshape(source, [source.window.size])), x.shape);
});
