/** @file Brings the views of a kernel call into the contract's normal form. Pure, but for the copies it asks for. */
import { sameShape, type Shape, sizeOf } from "./shape.ts";
import { broadcastStrides, coalesce, extent, restride, type View } from "./view.ts";

/** Whether all views are dense and of this shape: the common case, passed on as it is. */
export function allDense(views: readonly View[], shape: Shape): boolean {
  for (let i = 0; i < views.length; i++) {
    const view = views[i]!;
    if (!view.dense || !(view.shape === shape || sameShape(view.shape, shape))) return false;
  }
  return true;
}

/**
 * Broadcasts `views` to `shape`, merges dims, keeps the last `reduced` dims apart from the others.
 * @param order a permutation of the dims applied first, or undefined for none
 */
export function normalForm(views: readonly View[], shape: Shape, order?: readonly number[], reduced: number = 0):
  { views: View[]; shape: number[]; reduced: number } {
  const strides = views.map((view) => broadcastStrides(view, shape));
  const permuted = order === undefined ? shape : order.map((d) => shape[d]!);
  const permutedStrides = order === undefined ? strides : strides.map((s) => order.map((d) => s[d]!));
  const merged = coalesce(permuted, permutedStrides, shape.length - reduced);
  return {
    views: views.map((view, k) => restride(view, merged.shape, merged.strides[k]!, view.offset)),
    shape: merged.shape,
    reduced: merged.trailing,
  };
}

/** Whether writing `out` could change what is still to be read of `input`. The very same view is in place, and allowed. */
export function clashes(out: View, input: View): boolean {
  if (out.buffer !== input.buffer || sizeOf(input.shape) === 0 || sizeOf(out.shape) === 0) return false;
  if (out === input || (out.offset === input.offset && sameShape(out.shape, input.shape) && sameShape(out.strides, input.strides))) return false;
  const [a, b] = extent(out), [c, d] = extent(input);
  return a <= d && c <= b;
}
