/** @file Numbers that decide a shape, read from a tensor: at once, where the device can. */
import { materialize } from "../calculus/call.ts";
import { bfloat16Value, float16Value } from "../narrow-float.ts";
import { alive, asRun, requireReadable, type Tensor } from "../op.ts";

/** The elements of a small tensor. Throws a DeviceError where the device cannot read at once: the caller then passes numbers. */
export function hostNumbers(op: string, x: Tensor): number[] {
  const { device } = alive(op, x);
  requireReadable(op, device, "the shape of the result depends on the tensor, so pass numbers instead, from await x.toArray()");
  if (x.window.size === 0) return [];
  return asRun(x.storage.device, () => {
    const { window } = x.window.dense ? x : materialize(x, x.shape);
    const decoded = window.dtype === "float16" ? float16Value : window.dtype === "bfloat16" ? bfloat16Value : Number;
    return Array.from(device.readSync!(window.buffer, window.offset, window.size), (word) => decoded(word));
  });
}
