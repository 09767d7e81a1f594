/** @file Kernels that take matrices with one batch dim or two, called on tensors with any number of them. */
import type { Tensor } from "../op.ts";
import { coalesce, restride, type View } from "../view.ts";

type Merged = { readonly shape: readonly number[]; readonly strides: readonly (readonly number[])[] };

const merge = (views: readonly View[]): Merged => coalesce(views[0]!.shape.slice(0, -2), views.map((view) => view.strides.slice(0, -2)));
const missing = (kept: readonly number[], dims: number, value: number): number[] => new Array<number>(Math.max(0, dims - kept.length)).fill(value);
const planes = (view: View, dims: number, shape: readonly number[], strides: readonly number[], offset: number): View =>
  restride(view, [...missing(shape, dims, 1), ...shape, ...view.shape.slice(-2)], [...missing(shape, dims, 0), ...strides, ...view.strides.slice(-2)], offset);

/** Views whose batch dims are two, the first of size 1 if one is enough; undefined where more are left when all that merge in every view are merged. */
export function inTwoBatches(views: readonly View[]): View[] | undefined {
  const { shape, strides } = merge(views);
  return shape.length > 2 ? undefined : views.map((view, k) => planes(view, 2, shape, strides[k]!, view.offset));
}

/** Calls `kernel` on views of `dims` batch dims, once for each index of those that cannot be merged into them. */
export function overBatches(dims: 1 | 2, inputs: readonly Tensor[], outs: readonly Tensor[], kernel: (inputs: readonly View[], outs: readonly View[]) => void): void {
  const views = [...inputs, ...outs].map((x) => x.window), merged = merge(views);
  const call = (shape: readonly number[], strides: Merged["strides"], offsets: readonly number[]): void => {
    if (shape.length > dims) {
      for (let i = 0; i < shape[0]!; i++) call(shape.slice(1), strides.map((of) => of.slice(1)), offsets.map((offset, k) => offset + i * strides[k]![0]!));
      return;
    }
    const seen = views.map((view, k) => planes(view, dims, shape, strides[k]!, offsets[k]!));
    kernel(seen.slice(0, inputs.length), seen.slice(inputs.length));
  };
  call(merged.shape, merged.strides, views.map(({ offset }) => offset));
}
