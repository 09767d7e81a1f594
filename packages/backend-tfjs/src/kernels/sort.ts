/** @file `sort`: the order of each row, found on the host; tfjs has none that is stable. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { load, store, type TfjsBuffer } from "../buffer.ts";
import { uploadPositions } from "../host.ts";

export const sort: Kernel<PrimitiveAttrs["sort"], TfjsBuffer> = ([input], [output], { descending, from }) => {
  const { shape, size } = output!, last = shape.length - 1, count = shape[last]!, n = input!.shape[last]!, values = load(input!).dataSync(), results = new Int32Array(size), sign = descending ? -1 : 1;
  for (let row = 0, to = 0; to < size; row += n, to += count) {
    const order = Array.from({ length: n }, (_, k) => k).sort((i, j) => {
      const x = values[row + i]!, y = values[row + j]!;
      return sign * (x < y ? -1 : x > y ? 1 : Number(x !== x) - Number(y !== y)); // NaN is the largest
    });
    results.set(order.slice(from, from + count), to);
  }
  store(output!, uploadPositions(results));
};
