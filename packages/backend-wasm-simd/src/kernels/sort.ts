/** @file The `sort` primitive: rows at any strides, a call for some that lie one stride apart. */
import type { DType, Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { emitSort, scratchBytes, type SortRun } from "../emit/sort.ts";
import { addressAt, CHUNK, type Engine } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import { Odometer } from "./odometer.ts";
import { call } from "./round.ts";
import { sampleBounds } from "./sample-bounds.ts";
import { Temporaries } from "./temporaries.ts";

/** What an element costs, in operations of a map, and the elements that are worth telling other threads of. */
const STEPS = 16, LEAST = 1024;

export function sortKernel(engine: Engine): Kernel<PrimitiveAttrs["sort"], WasmBuffer> {
  const ascending = new Map<DType, SortRun>(), reversed = new Map<DType, SortRun>();

  return ([input], [output], { descending, from }) => {
    engine.check();
    const { dtype, shape } = input, last = shape.length - 1, length = shape[last], part = output.shape[last], bounds = part < length ? sampleBounds(length, from, part) : undefined, kernels = descending ? reversed : ascending;
    let run = kernels.get(dtype);
    if (run === undefined) kernels.set(dtype, (run = emitSort(engine, dtype, descending)));
    const row = last - 1, count = row >= 0 ? shape[row] : 1, outer = shape.slice(0, Math.max(row, 0)), pool = engine.sharing(STEPS * input.size);
    const atOnce = pool === undefined ? Math.max(1, Math.floor(CHUNK / length)) : Math.max(Math.ceil(count / (4 * pool.threads)), Math.ceil(LEAST / length)), temporaries = new Temporaries(engine.memory);
    try {
      // Of calls at the same time each has scratch memory of its own.
      const scratch = Array.from({ length: pool === undefined ? 1 : Math.ceil(count / atOnce) }, () => addressAt(temporaries.dense("int32", [scratchBytes(length) / 4]), 0));
      const strides = [input, output].map((view) => view.strides.map((stride) => stride * bytesOf(view.dtype))), [inputRow, outputRow] = strides.map((of) => (row >= 0 ? of[row] : 0));
      const odometer = new Odometer(outer, strides, [addressAt(input, 0), addressAt(output, 0)]);
      do {
        for (let r = 0, k = 0; r < count; r += atOnce, k++)
          call(
            pool, run, Math.min(atOnce, count - r), inputRow, outputRow, length, odometer.at[0] + r * inputRow, strides[0][last], odometer.at[1] + r * outputRow, strides[1][last],
            scratch[pool === undefined ? 0 : k], from, part, bounds?.size ?? 0, bounds?.step ?? 0, bounds?.low ?? -1, bounds?.high ?? -1,
          );
        pool?.run();
      } while (odometer.next());
    } finally {
      temporaries.free();
    }
  };
}
