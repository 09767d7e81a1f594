/** @file Tensors, and copies, whose dims lie in another order in memory. */
import type { DType } from "../dtype.ts";
import type { DimOrder } from "../memory-format.ts";
import { allocate, type Device, dispatch, handleOn, type Op, savesNothing, type Tensor } from "../op.ts";
import type { Shape } from "../shape.ts";
import { restride } from "../view.ts";
import { copyView } from "./call.ts";
import { clone } from "./map-reduce.ts";

/** A fresh tensor without gaps, its dims in this order in memory, the outermost first. Owned by the caller. */
export function allocateIn(device: Device, dtype: DType, shape: Shape, order: DimOrder): Tensor {
  const out = allocate(device, dtype, order.map((d) => shape[d]!)), strides = new Array<number>(order.length);
  order.forEach((d, i) => { strides[d] = out.window.strides[i]!; });
  return handleOn(out.storage, restride(out.window, shape, strides, 0));
}

const layOutOp: Op<DimOrder> = {
  name: "clone",
  gradName: () => "CloneBackward0",
  run(device, [x], order) {
    const out = allocateIn(device, x!.dtype, x!.shape, order);
    copyView(device.backend.kernels.copy, x!.window, out.window, device.backend.limits.maxRank);
    return out;
  },
  saves: () => savesNothing,
  vjp: ([grad]) => [grad],
  jvp: "linear",
  batched: (order, { length }) => [...Array(length).keys(), ...order.map((d) => d + length)],
};

/** A copy without gaps, its dims in this order in memory, the outermost first; row-major if none is given. */
export const laidOut = (x: Tensor, order: DimOrder | undefined): Tensor => (order === undefined ? clone(x) : dispatch(layOutOp, [x], order));
