/** @file The fused kernel `windowMaxGrad`. */
import type { FusedAttrs, Kernel } from "@adjoint/core/backend";
import { linkWindowMaxGrad } from "../emit/window-max-grad.ts";
import { addressAt, type Engine } from "../engine.ts";
import type { WasmBuffer } from "../memory.ts";
import { call } from "./round.ts";

/** Elements of x in a call: some 20 microseconds. */
const AT_ONCE = 2 ** 15;

export function windowMaxGradKernel(engine: Engine): Kernel<FusedAttrs["windowMaxGrad"], WasmBuffer> {
  const linked: { [C in "pairs" | "any"]?: (...args: number[]) => number } = {};
  return ([x, grad], [out], { window: [high, wide] }) => {
    engine.check();
    const columns = wide === 2 ? "pairs" : "any", run = (linked[columns] ??= linkWindowMaxGrad(engine, columns)), [planes, rows, width] = grad.shape;
    const [x0, x1] = x.strides.map((s) => 4 * s), [g0, g1] = grad.strides.map((s) => 4 * s), [o0, o1] = out.strides.map((s) => 4 * s), from = addressAt(x, 0), by = addressAt(grad, 0), to = addressAt(out, 0);
    // what no window sees
    if (rows * high < out.shape[1] || width * wide < out.shape[2]) engine.clear(to, 4 * out.size);
    const pool = engine.sharing(x.size), most = Math.max(1, Math.ceil(AT_ONCE / (x.shape[1] * x.shape[2])));
    for (let p = 0; p < planes; p += most) call(pool, run, Math.min(most, planes - p), rows, width, high, wide, from + p * x0, x0, x1, by + p * g0, g0, g1, to + p * o0, o0, o1);
    pool?.run();
  };
}
