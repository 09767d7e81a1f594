/** @file `sort`: the order of each row, found on the host; tfjs has none that is stable. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { load, store, type TfjsBuffer } from "../buffer.ts";
import { uploadPositions } from "../host.ts";

export const sort: Kernel<PrimitiveAttrs["sort"], TfjsBuffer> = ([input], [output], { descending }) => {
  const { shape, size } = output!, n = shape[shape.length - 1]!, values = load(input!).dataSync(), results = new Int32Array(size), sign = descending ? -1 : 1;
  for (let row = 0; row < size; row += n) {
    const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => {
      const x = values[row + i]!, y = values[row + j]!;
      return sign * (x < y ? -1 : x > y ? 1 : Number(x !== x) - Number(y !== y)); // NaN is the largest
    });
    results.set(order, row);
  }
  store(output!, uploadPositions(results));
};
