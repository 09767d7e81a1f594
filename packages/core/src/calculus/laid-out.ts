/** @file Copies whose dims lie in another order in memory. */
import type { DimOrder } from "../memory-format.ts";
import { allocate, dispatch, handleOn, type Op, savesNothing, type Tensor } from "../op.ts";
import { restride } from "../view.ts";
import { copyView } from "./call.ts";
import { clone } from "./map-reduce.ts";

const layOutOp: Op<DimOrder> = {
  name: "clone",
  gradName: () => "CloneBackward0",
  run(device, [x], order) {
    const { shape } = x!.window, out = allocate(device, x!.dtype, order.map((d) => shape[d]!)), strides = new Array<number>(order.length);
    order.forEach((d, i) => { strides[d] = out.window.strides[i]!; });
    const seen = handleOn(out.storage, restride(out.window, shape, strides, 0));
    copyView(device.backend.kernels.copy, x!.window, seen.window, device.backend.limits.maxRank);
    return seen;
  },
  saves: () => savesNothing,
  vjp: ([grad]) => [grad],
  jvp: "linear",
  batched: (order, { length }) => [...Array(length).keys(), ...order.map((d) => d + length)],
};

/** A copy without gaps, its dims in this order in memory, the outermost first; row-major if none is given. */
export const laidOut = (x: Tensor, order: DimOrder | undefined): Tensor => (order === undefined ? clone(x) : dispatch(layOutOp, [x], order));
