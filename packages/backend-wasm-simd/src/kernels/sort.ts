/** @file The `sort` primitive: a call for each row, at any strides. */
import type { DType, Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { emitSort, type SortRun } from "../emit/sort.ts";
import { addressAt, type Engine } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import { Odometer } from "./odometer.ts";
import { Temporaries } from "./temporaries.ts";

export function sortKernel(engine: Engine): Kernel<PrimitiveAttrs["sort"], WasmBuffer> {
  const ascending = new Map<DType, SortRun>(), reversed = new Map<DType, SortRun>();

  return ([input], [output], { descending }) => {
    engine.check();
    const { dtype, shape } = input, last = shape.length - 1, length = shape[last], kernels = descending ? reversed : ascending;
    let run = kernels.get(dtype);
    if (run === undefined) kernels.set(dtype, (run = emitSort(engine, dtype, descending)));
    const temporaries = new Temporaries(engine.memory);
    try {
      // Two words for a key and its position, twice.
      const scratch = addressAt(temporaries.dense("int32", [4, length]), 0);
      const strides = [input, output].map((view) => view.strides.map((stride) => stride * bytesOf(view.dtype)));
      const odometer = new Odometer(shape.slice(0, last), strides, [addressAt(input, 0), addressAt(output, 0)]);
      do run(length, odometer.at[0], strides[0][last], odometer.at[1], strides[1][last], scratch);
      while (odometer.next());
    } finally {
      temporaries.free();
    }
  };
}
