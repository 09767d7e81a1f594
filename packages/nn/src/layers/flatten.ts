/** @file Layers that only change the shape. */
import { flatten, IndexError, python, reshape, type Shape, ShapeError, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { leading } from "../options.ts";

type FlattenOptions = { readonly startDim?: number; readonly endDim?: number };

/** The dims from `startDim` to `endDim` as one: all but the first by default. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;
  constructor(startDim?: number | FlattenOptions, endDim?: number) {
    super();
    const all = leading<"startDim", FlattenOptions>("startDim", startDim, endDim === undefined ? undefined : { endDim });
    this.startDim = all.startDim ?? 1;
    this.endDim = all.endDim ?? -1;
  }
  override forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }
  protected override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/** One dim as several. One of the sizes may be -1. */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: Shape;
  constructor(dim: number, unflattenedSize: Shape) {
    super();
    if (!Array.isArray(unflattenedSize)) throw new ShapeError(`unflattened_size must be a tuple of ints, but found type ${python.typeName(unflattenedSize)}`);
    this.dim = dim;
    this.unflattenedSize = [...unflattenedSize];
  }
  override forward(x: Tensor): Tensor {
    const { dim, unflattenedSize } = this, d = dim < 0 ? dim + x.ndim : dim, size = x.shape[d];
    if (size === undefined) throw new IndexError(`Dimension out of range (expected to be in range of [${-x.ndim}, ${x.ndim - 1}], but got ${dim})`);
    const known = unflattenedSize.reduce((product, n) => (n === -1 ? product : product * n), 1);
    const sizes = unflattenedSize.map((n) => (n === -1 ? size / known : n));
    if (sizes.reduce((product, n) => product * n, 1) !== size)
      throw new ShapeError(`unflatten: Provided sizes ${python.list(unflattenedSize)} don't multiply up to the size of dim ${d} (${size}) in the input tensor`);
    return reshape(x, [...x.shape.slice(0, d), ...sizes, ...x.shape.slice(d + 1)]);
  }
  protected override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${python.tuple(this.unflattenedSize)}`;
  }
}
