/** @file The `scan` primitive: rows at any strides, a call for as many of them as lie one stride apart. */
import type { DType, Kernel, PrimitiveAttrs, ScanOp } from "@adjoint/core/backend";
import { emitScan, type ScanRun } from "../emit/scan.ts";
import { addressAt, CHUNK, type Engine } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import { Odometer } from "./odometer.ts";
import { call } from "./round.ts";

export function scanKernel(engine: Engine): Kernel<PrimitiveAttrs["scan"], WasmBuffer> {
  const kernels: { readonly [O in ScanOp]: Map<DType, ScanRun> } = { sum: new Map(), prod: new Map(), max: new Map(), min: new Map(), recurrence: new Map() };

  return (inputs, [output], { op, reverse }) => {
    engine.check();
    const [x] = inputs, y = inputs[1] ?? x, { dtype } = x;
    let run = kernels[op].get(dtype);
    if (run === undefined) kernels[op].set(dtype, (run = emitScan(engine, dtype, op)));
    const { shape } = output, last = shape.length - 1, row = last - 1, length = shape[last];
    const views = [x, y, output], first = reverse ? length - 1 : 0, next = reverse ? -1 : 1;
    const strides = views.map((view) => view.strides.map((stride) => stride * bytesOf(view.dtype)));
    const [xs, ys, os] = strides.map((of) => of[last] * next), [xr, yr, or] = strides.map((of) => (row >= 0 ? of[row] : 0));
    const bases = views.map((view) => addressAt(view, first * view.strides[last]));
    const odometer = new Odometer(shape.slice(0, Math.max(row, 0)), strides, bases);
    const count = row >= 0 ? shape[row] : 1, atOnce = Math.max(1, Math.floor(CHUNK / length)), pool = engine.sharing(output.size);
    do for (let r = 0; r < count; r += atOnce)
      call(pool, run, Math.min(atOnce, count - r), length, odometer.at[0] + r * xr, xr, xs, odometer.at[1] + r * yr, yr, ys, odometer.at[2] + r * or, or, os, first, next);
    while (odometer.next());
    pool?.run();
  };
}
