/** @file What pooling asks of its numbers and shapes, in PyTorch's words. */
import { ArgumentError, ShapeError } from "../../../errors.ts";
import type { Tensor } from "../../../op.ts";
import { type Shape, showShape } from "../../../shape.ts";
import { perWindowDim, type Rank, type Spatial } from "../arguments.ts";

export type PoolOptions = {
  /** Default: the size of the window, so that windows lie side by side. */
  readonly stride?: Spatial | undefined;
  /** How far windows begin before the first element, half of one at most: 0 by default. */
  readonly padding?: Spatial;
  /** Whether a last window that is not full counts too. */
  readonly ceilMode?: boolean;
};
/** One number for each spatial dim. */
export type Pooling = { readonly rank: Rank; readonly kernel: Shape; readonly stride: Shape; readonly padding: Shape; readonly dilation: Shape; readonly out: Shape };

const letters = ["T", "H", "W"] as const;
const named = (prefix: string, values: Shape): string => values.map((v, d) => `${prefix}${letters[d + 3 - values.length]}: ${v}`).join(" ");
const positive = (what: string, prefix: string, values: Shape): void => {
  if (values.some((v) => v <= 0)) throw new ArgumentError(`${what} should be greater than zero, but got ${named(prefix, values)}`);
};

/** The numbers of a call, checked, and the sizes of its result. */
export function poolingOf(op: string, x: Tensor, rank: Rank, kernelSize: Spatial, options: PoolOptions & { readonly dilation?: Spatial }): Pooling {
  const kernel = perWindowDim(op, "kernel_size", kernelSize, rank, []), none = kernel.map(() => 0);
  const stride = perWindowDim(op, "stride", options.stride, rank, kernel), padding = perWindowDim(op, "padding", options.padding, rank, none);
  const dilation = perWindowDim(op, "dilation", options.dilation, rank, none.map(() => 1));
  if (kernel.length === 0) throw new ShapeError(`${op}: kernel_size must not be empty`);
  if (rank > 1 && x.ndim !== rank + 1 && x.ndim !== rank + 2) throw new ShapeError(`non-empty ${rank + 1}D or ${rank + 2}D (batch mode) tensor expected for input`);
  kernel.forEach((size, d) => {
    if (stride[d] === 0) throw new ArgumentError("stride should not be zero");
    if (padding[d]! < 0) throw new ArgumentError(`pad must be non-negative, but got pad: ${padding[d]}`);
    if (padding[d]! > size / 2) throw new ArgumentError(`pad should be at most half of kernel size, but got pad=${padding[d]} and kernel_size=${size}`);
  });
  positive("kernel size", "k", kernel);
  positive("stride", "d", stride);
  positive("dilation", "dilation", dilation);
  checkNotEmpty(op, x, rank);
  const sizes = x.shape.slice(-rank), out = sizes.map((size, d) => outputSize(size, kernel[d]!, stride[d]!, padding[d]!, dilation[d]!, options.ceilMode ?? false));
  if (out.some((n) => n < 1)) {
    const channels = x.shape[x.ndim - rank - 1]!, show = (shape: Shape): string => `(${[channels, ...shape].join("x")})`;
    throw new ShapeError(`Given input size: ${show(sizes)}. Calculated output size: ${show(out)}. Output size is too small`);
  }
  return { rank, kernel, stride, padding, dilation, out };
}

/** Only the batch may be empty. */
function checkNotEmpty(op: string, x: Tensor, rank: Rank): void {
  const first = x.ndim === rank + 2 ? 1 : 0, empty = x.shape.findIndex((size, d) => d >= first && size === 0);
  if (empty < 0) return;
  throw new ShapeError(rank === 3
    ? `${op}(): Expected input's non-batch dimensions to have positive length, but input has a shape of ${showShape(x.shape)} and non-batch dimension ${empty} has length zero!`
    : `Expected ${rank + 1}D or ${rank + 2}D (batch mode) tensor with optional 0 dim batch size for input, but got:${showShape(x.shape)}`);
}

function outputSize(size: number, kernel: number, stride: number, padding: number, dilation: number, ceils: boolean): number {
  const span = size + 2 * padding - dilation * (kernel - 1) - 1, count = (ceils ? Math.ceil(span / stride) : Math.floor(span / stride)) + 1;
  // The last window must begin in the input or its left padding.
  return ceils && (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** "Expected 2 to 3 dimensions", as PyTorch's argument checks say it. */
export function checkDims(op: string, x: Tensor, low: number, high: number): void {
  if (x.ndim >= low && x.ndim <= high) return;
  throw new ShapeError(`Expected ${low} to ${high} dimensions, but got ${x.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for ${op})`);
}
