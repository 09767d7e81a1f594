/** @file `unfold`, windows of an image as columns, and `fold`, its adjoint: PyTorch's nn.functional functions, also called im2col and col2im. */
import { reshape, zerosOn } from "../../calculus/map-reduce.ts";
import { fromHost } from "../../creation/fill.ts";
import { where } from "../../elementwise/where.ts";
import { ArgumentError, ShapeError } from "../../errors.ts";
import { composite, deviceOf, type Tensor } from "../../op.ts";
import { indexSelect, scatterAdd } from "../../primitives/gather.ts";
import { type Shape, showShape, sizeOf } from "../../shape.ts";
import { expand } from "../../views/views.ts";
import type { Spatial } from "./arguments.ts";

export type FoldOptions = {
  /** How far the elements of a window are apart: 1 by default. */
  readonly dilation?: Spatial;
  /** How many zeros stand at each end: 0 by default. */
  readonly padding?: Spatial;
  /** How far windows are apart: 1 by default. */
  readonly stride?: Spatial;
};
type Pair = readonly [height: number, width: number];
type Windows = { readonly kernel: Pair; readonly dilation: Pair; readonly padding: Pair; readonly stride: Pair };

function pair(name: string, value: Spatial): Pair {
  const values = typeof value === "number" ? [value, value] : value.length === 1 ? [value[0]!, value[0]!] : value;
  if (values.length !== 2) throw new ShapeError(`It is expected ${name} equals to 2, but got size ${values.length}`);
  for (const v of values) if (!Number.isInteger(v)) throw new ArgumentError(`${name} must be of integers, got ${showShape(values)}`);
  return [values[0]!, values[1]!];
}

function windowsOf(kernelSize: Spatial, options: FoldOptions): Windows {
  const kernel = pair("kernel_size", kernelSize), dilation = pair("dilation", options.dilation ?? 1), padding = pair("padding", options.padding ?? 0), stride = pair("stride", options.stride ?? 1);
  const positive = (what: string, name: string, [h, w]: Pair): void => {
    if (h <= 0 || w <= 0) throw new ArgumentError(`${what} should be greater than zero, but got ${name}_height: ${h} ${name}_width: ${w}`);
  };
  positive("kernel size", "kernel", kernel);
  positive("stride", "stride", stride);
  positive("dilation", "dilation", dilation);
  if (padding[0] < 0 || padding[1] < 0) throw new ArgumentError(`padding should be non-negative, but got pad_height: ${padding[0]} pad_width: ${padding[1]}`);
  return { kernel, dilation, padding, stride };
}

/** How many windows fit along height and width. */
const blocksOf = (size: Pair, { kernel, dilation, padding, stride }: Windows): Pair => {
  const along = (d: 0 | 1): number => Math.floor((size[d] + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1) / stride[d]) + 1;
  return [along(0), along(1)];
};
const show = ([h, w]: Pair): string => `(${h}, ${w})`;
const showWindows = ({ kernel, dilation, padding }: Windows): string => `kernel_size=${show(kernel)}, dilation=${show(dilation)}, padding=${show(padding)}`;

/** For each element of a window and each window, [kh * kw, blocks]: its place in the plane, and whether it is in it. */
function table(x: Tensor, [height, width]: Pair, blocks: Pair, { kernel, dilation, padding, stride }: Windows): { readonly at: Tensor; readonly isInside: Tensor | undefined } {
  const count = blocks[0] * blocks[1], places = new Int32Array(kernel[0] * kernel[1] * count), inside = new Uint8Array(places.length);
  let k = 0;
  for (let i = 0; i < kernel[0]; i++) for (let j = 0; j < kernel[1]; j++) for (let p = 0; p < blocks[0]; p++) for (let q = 0; q < blocks[1]; q++, k++) {
    const row = p * stride[0] - padding[0] + i * dilation[0], column = q * stride[1] - padding[1] + j * dilation[1];
    if (row < 0 || row >= height || column < 0 || column >= width) continue;
    places[k] = row * width + column;
    inside[k] = 1;
  }
  const shape = [places.length], on = { device: x.device };
  return { at: fromHost(places, shape, "int32", on), isInside: inside.includes(0) ? fromHost(inside, shape, "bool", on) : undefined };
}

const isBatch = (x: Tensor, rank: number, what: string): boolean => {
  const batch = x.ndim === rank + 1;
  if ((!batch && x.ndim !== rank) || x.shape.some((size, d) => size === 0 && (d > 0 || !batch)))
    throw new ShapeError(`Expected ${rank}D or ${rank + 1}D (batch mode) tensor ${what} but got: ${showShape(x.shape)}`);
  return batch;
};

/**
 * The windows of an image as columns, zeros beyond the edges. PyTorch's `F.unfold`.
 * @param x [n, c, h, w] or [c, h, w]
 * @param kernelSize of a window, one number or [kh, kw]
 * @returns [n, c kh kw, windows] or [c kh kw, windows], of x's dtype
 * @throws ShapeError where sizes or ranks do not fit
 * @throws ArgumentError for sizes, a stride or a dilation of 0 or below, negative padding, or numbers that are not whole
 * @example unfold(arange(0, 4).float().reshape([1, 2, 2]), [1, 2]) // [[0, 2], [1, 3]]
 */
export const unfold: (x: Tensor, kernelSize: Spatial, options?: FoldOptions) => Tensor = /*@__PURE__*/ composite("Im2ColBackward0", (x: Tensor, kernelSize: Spatial, options: FoldOptions = {}): Tensor => {
  const windows = windowsOf(kernelSize, options), lead = isBatch(x, 3, "with possibly 0 batch size and other non-zero dimensions for input,") ? x.shape.slice(0, 1) : [];
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number], size: Pair = [height, width], blocks = blocksOf(size, windows);
  if (blocks[0] < 1 || blocks[1] < 1)
    throw new ShapeError(`Given input with spatial size ${show(size)}, ${showWindows(windows)}, calculated shape of the array of sliding blocks as ${show(blocks)}, but its components must be at least one.`);
  const { at, isInside } = table(x, size, blocks, windows), picked = indexSelect(reshape(x, [...lead, channels, height * width]), -1, at);
  const { kernel } = windows, shape: Shape = [...lead, channels * kernel[0] * kernel[1], blocks[0] * blocks[1]];
  return reshape(isInside === undefined ? picked : where(isInside, picked, 0), shape);
});

/**
 * The sum of overlapping windows, the adjoint of `unfold`. PyTorch's `F.fold`.
 * @param x [n, c kh kw, windows] or [c kh kw, windows]
 * @param outputSize of the image, one number or [h, w]
 * @param kernelSize of a window, one number or [kh, kw]
 * @returns [n, c, h, w] or [c, h, w], of x's dtype
 * @throws ShapeError where sizes or ranks do not fit
 * @throws ArgumentError for sizes, a stride or a dilation of 0 or below, negative padding, or numbers that are not whole
 * @example fold(ones([2, 2]), [1, 3], [1, 2]) // [[[1, 2, 1]]]
 */
export const fold: (x: Tensor, outputSize: Spatial, kernelSize: Spatial, options?: FoldOptions) => Tensor = /*@__PURE__*/ composite("Col2ImBackward0", (x: Tensor, outputSize: Spatial, kernelSize: Spatial, options: FoldOptions = {}): Tensor => {
  const size = pair("output_size", outputSize), windows = windowsOf(kernelSize, options), { kernel, stride } = windows, blocks = blocksOf(size, windows);
  const lead = isBatch(x, 2, "for input with possibly 0 batch size and non-zero dimensions for input,") ? x.shape.slice(0, 1) : [];
  const [rows, columns] = x.shape.slice(-2) as [number, number], window = sizeOf(kernel), count = blocks[0] * blocks[1];
  if (rows % window !== 0) throw new ShapeError(`Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=${show(kernel)}.`);
  const given = `Given output_size=${show(size)}, ${showWindows(windows)}, stride=${show(stride)}, `;
  if (blocks[0] < 1 || blocks[1] < 1) throw new ShapeError(`${given}calculated shape of the array of sliding blocks as ${show(blocks)}, which is too small (non-positive)`);
  if (columns !== count)
    throw new ShapeError(`${given}expected size of input's dimension 2 to match the calculated number of sliding blocks ${blocks[0]} * ${blocks[1]} = ${count}, but got input.size(2)=${columns}.`);
  const flat = [...lead, rows / window, window * count], { at, isInside } = table(x, size, blocks, windows), values = reshape(x, flat);
  const zeros = zerosOn(deviceOf(x.device), x.dtype, [...lead, rows / window, sizeOf(size)]);
  return reshape(scatterAdd(zeros, -1, expand(at, flat), isInside === undefined ? values : where(isInside, values, 0)), [...lead, rows / window, ...size]);
});
