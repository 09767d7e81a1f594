/** @file Layers that only change the shape. */
import { flatten, IndexError, python, reshape, type Shape, ShapeError, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { leading } from "../options.ts";

type FlattenOptions = {
  /** 1 by default. */
  readonly startDim?: number;
  /** The last by default. */
  readonly endDim?: number;
};

/**
 * Several dims as one: PyTorch's `nn.Flatten`, by `flatten`. x [n, a, b] -> [n, a b].
 * @param startDim the first of them, 1 by default; or the options
 * @param endDim the last of them, the last of all by default
 * @example new nn.Flatten().forward(ones([2, 3, 4])).shape // [2, 12]
 */
export class Flatten extends Module {
  static override readonly name: string = "Flatten";
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

/**
 * One dim as several: PyTorch's `nn.Unflatten`, by `unflatten`. x [n, a b] -> [n, a, b].
 * @param dim which
 * @param unflattenedSize theirs, of which one may be -1
 * @example new nn.Unflatten(1, [3, -1]).forward(ones([2, 12])).shape // [2, 3, 4]
 */
export class Unflatten extends Module {
  static override readonly name: string = "Unflatten";
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
