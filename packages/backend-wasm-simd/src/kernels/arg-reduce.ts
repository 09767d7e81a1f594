/** @file The `argReduce` primitive: rows of one contiguous reduced dim; all else is packed into that form. */
import { type DType, type Kernel, type PrimitiveAttrs, sizeOf, View } from "@adjoint/core/backend";
import { type ArgReduceRun, emitArgReduce } from "../emit/arg-reduce.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Pool } from "../threads/pool.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";
import type { WindowExtrema } from "./window-extremum.ts";

export function argReduceKernel(engine: Engine, copier: Copier, extrema: WindowExtrema): Kernel<PrimitiveAttrs["argReduce"], WasmBuffer> {
  const kernels: { readonly [O in "max" | "min"]: Map<DType, ArgReduceRun> } = { max: new Map(), min: new Map() };

  return ([input], [output], { op, reduced }) => {
    engine.check();
    const { dtype } = input;
    if (extrema.run(op, "place", input, output, reduced)) return;
    let run = kernels[op].get(dtype);
    if (run === undefined) kernels[op].set(dtype, (run = emitArgReduce(engine, dtype, op)));
    const temporaries = new Temporaries(engine.memory);
    try {
      const kept = input.shape.length - reduced, length = sizeOf(input.shape.slice(kept));
      let rowsOf: WasmView = input;
      if (reduced > 1 || (reduced === 1 && input.strides[kept] !== 1)) {
        rowsOf = temporaries.dense(dtype, input.shape);
        copier.copy(input, rowsOf);
      }
      const shape = input.shape.slice(0, kept), bytes = bytesOf(dtype);
      rows(engine.sharing(input.size), run, length, new View(rowsOf.buffer, dtype, shape, rowsOf.strides.slice(0, kept).map((s) => s * bytes), rowsOf.offset, 0, false), output);
    } finally {
      temporaries.free();
    }
  };
}

/** @param input the first element of each row; strides in bytes */
function rows(pool: Pool | undefined, run: ArgReduceRun, length: number, input: WasmView, output: WasmView): void {
  const { shape } = input, last = shape.length - 1, outer = shape.slice(0, Math.max(last, 0));
  const strides = output.strides.map((stride) => 4 * stride);
  const count = last >= 0 ? shape[last] : 1, inputRow = last >= 0 ? input.strides[last] : 0, outputRow = last >= 0 ? strides[last] : 0;
  const odometer = new Odometer(outer, [input.strides, strides], [addressAt(input, 0), addressAt(output, 0)]);
  const atOnce = Math.max(1, Math.floor(CHUNK / length));
  do for (let row = 0; row < count; row += atOnce)
    call(pool, run, Math.min(atOnce, count - row), length, odometer.at[0] + row * inputRow, inputRow, odometer.at[1] + row * outputRow, outputRow);
  while (odometer.next());
  pool?.run();
}
