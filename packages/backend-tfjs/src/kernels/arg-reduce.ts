/** @file `argReduce`: where the first extremum of each row lies. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { any, argMax, argMin, cast, isNaN, reshape, type Tensor2D, where } from "@tensorflow/tfjs-core";
import { load, store, type TfjsBuffer } from "../buffer.ts";

export const argReduce: Kernel<PrimitiveAttrs["argReduce"], TfjsBuffer> = ([input], [output], { op }) => {
  const loaded = load(input!), values = input!.dtype === "bool" ? cast(loaded, "int32") : loaded;
  const rows: Tensor2D = reshape(values, [output!.size, input!.size / output!.size]);
  const found = op === "max" ? argMax(rows, 1) : argMin(rows, 1);
  if (input!.dtype !== "float32") return store(output!, found);
  // tfjs passes over NaN; here the first one wins.
  const nans = isNaN(rows);
  store(output!, where(any(nans, 1), argMax(cast(nans, "int32"), 1), found));
};
