/** @file Kernels that take matrices with one batch dim, called on tensors with any number of them. */
import type { Tensor } from "../op.ts";
import { coalesce, restride, type View } from "../view.ts";

/** Calls `kernel` on views of one batch dim, once for each index of the batch dims that cannot be merged into it. */
export function overBatches(inputs: readonly Tensor[], outs: readonly Tensor[], kernel: (inputs: readonly View[], outs: readonly View[]) => void): void {
  const views = [...inputs, ...outs].map((x) => x.window), lead = views[0]!.shape.slice(0, -2);
  const merged = coalesce(lead, views.map((view) => view.strides.slice(0, -2)));
  const call = (dims: readonly number[], strides: readonly (readonly number[])[], offsets: readonly number[]): void => {
    if (dims.length > 1) {
      for (let i = 0; i < dims[0]!; i++) call(dims.slice(1), strides.map((of) => of.slice(1)), offsets.map((offset, k) => offset + i * strides[k]![0]!));
      return;
    }
    const planes = views.map((view, k) => restride(view, [dims[0] ?? 1, ...view.shape.slice(-2)], [strides[k]![0] ?? 0, ...view.strides.slice(-2)], offsets[k]!));
    kernel(planes.slice(0, inputs.length), planes.slice(inputs.length));
  };
  call(merged.shape, merged.strides, views.map(({ offset }) => offset));
}
