/** @file Tensors of given strides, and a tensor whose memory is seen in another size. */
import { rawZeros } from "../calculus/map-reduce.ts";
import { copyView } from "../calculus/call.ts";
import { type DimOrder, type MemoryFormatOptions, orderOf } from "../memory-format.ts";
import { ArgumentError, AutogradError, NotSupportedError, ShapeError } from "../errors.ts";
import { alive, asRun, join, reseat, Tensor } from "../op.ts";
import { checkShape, denseStrides, type Shape, sizeOf } from "../shape.ts";
import { extent, restride, type View } from "../view.ts";
import { type CreationOptions, finish, like, zeros } from "./fill.ts";

/**
 * A tensor of these sizes and strides and of any content: here, zeros. Elements may share a place, but then nothing can be written.
 * @param size of each dim
 * @param stride how many elements lie between neighbours along each dim
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws ShapeError where sizes and strides are not of one number, or a size is negative
 * @throws ArgumentError for negative strides
 * @example emptyStrided([2, 3], [1, 2]).stride() // [1, 2]
 */
export function emptyStrided(size: Shape, stride: Shape, options: CreationOptions = {}): Tensor {
  const shape = checkShape("empty_strided", size);
  if (size.length !== stride.length) throw new ShapeError(`dimensionality of sizes (${size.length}) must match dimensionality of strides (${stride.length})`);
  if (stride.some((step) => !Number.isInteger(step) || step < 0)) throw new ArgumentError(`empty_strided: strides must be whole numbers, not negative, got [${stride.join(", ")}]`);
  const length = sizeOf(size) === 0 ? 0 : 1 + size.reduce((reach, n, d) => reach + (n - 1) * stride[d]!, 0);
  const memory = zeros([length], { ...options, requiresGrad: false });
  const seen = new Tensor(restride(memory.window, shape, stride.slice(), 0), memory.storage.retain(), null);
  memory.dispose();
  join(seen, null);
  return finish(seen, options);
}
/**
 * As `emptyStrided`, of another's dtype and device.
 * @param x of any shape and dtype
 * @returns a tensor of that shape, and of x's dtype unless another is given
 * @example ones([1]).newEmptyStrided([2, 3], [1, 2]).stride() // [1, 2]
 */
export const newEmptyStrided = (x: Tensor, size: Shape, stride: Shape, options: CreationOptions = {}): Tensor => emptyStrided(size, stride, like(x, options));

function stridesIn(order: DimOrder | undefined, shape: Shape): Shape {
  if (order === undefined) return denseStrides(shape);
  const dense = denseStrides(order.map((d) => shape[d]!)), strides = new Array<number>(shape.length);
  order.forEach((d, i) => { strides[d] = dense[i]!; });
  return strides;
}

/**
 * The tensor itself in another size: the memory it has, as far as it goes, seen row by row. Where that is too small it gets more, filled with zeros; this is
 * refused where other tensors look at the same memory. PyTorch's `resize_`.
 * @param x of any shape and dtype
 * @param size the new shape
 * @returns x itself, of that shape and its dtype
 * @throws AutogradError of a tensor that requires a gradient
 * @throws NotSupportedError of a view, or of a tensor that has views
 * @throws ArgumentError for the memory format "preserve_format"
 * @throws ShapeError for negative sizes
 * @example tensor([1, 2, 3, 4]).resize_([2, 2]) // [[1, 2], [3, 4]]
 */
export function resize_(x: Tensor, size: Shape, { memoryFormat = "contiguous_format" }: MemoryFormatOptions = {}): Tensor {
  if (memoryFormat === "preserve_format") throw new ArgumentError("Unsupported memory format Preserve");
  return resized(x, size, orderOf(memoryFormat, { shape: size }));
}
/**
 * As `resize_`, to the size of another tensor.
 * @param x of any shape and dtype
 * @param other whose size x gets
 * @returns x itself, of the other's shape and its own dtype
 * @example resizeAs_(tensor([1, 2, 3, 4]), zeros([2, 2])) // [[1, 2], [3, 4]]
 */
export function resizeAs_(x: Tensor, other: Tensor, { memoryFormat = "contiguous_format" }: MemoryFormatOptions = {}): Tensor {
  return resized(x, alive("resize_as_", other).shape, orderOf(memoryFormat, other.window));
}

function resized(x: Tensor, wantedSize: Shape, order: DimOrder | undefined): Tensor {
  alive("resize_", x);
  const size = checkShape("resize_", wantedSize);
  if (x.requiresGrad) throw new AutogradError("cannot resize variables that require grad");
  if (x.lineage !== null || x.traced !== null) throw new NotSupportedError("resize_: this tensor is a view, or has views, or is inside of a function transform: resize_ a clone() of it");
  const { device, length } = x.storage, { offset } = x.window;
  const wanted = restride(x.window, size, stridesIn(order, size), offset);
  if (wanted.size === 0 || extent(wanted)[1] < length) {
    reseat(x, wanted, x.storage.retain());
    return x;
  }
  if (!x.storage.unshared) throw new NotSupportedError("resize_: the memory would have to grow, and other tensors look at it too: resize_ a clone() of it");
  const more = asRun(device, () => {
    const zeroed = rawZeros(device, x.dtype, [offset + wanted.size]), line = (view: View): View => restride(view, [length], [1], 0);
    copyView(device.backend.kernels.copy, line(x.window), line(zeroed.window), device.backend.limits.maxRank);
    return zeroed;
  });
  reseat(x, restride(more.window, size, wanted.strides, offset), more.storage.retain());
  more.dispose();
  return x;
}
