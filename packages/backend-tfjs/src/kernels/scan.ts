/** @file `scan`: float32 sums and products by tfjs, the rest on the host. */
import type { Kernel, PrimitiveAttrs, ScanOp } from "@adjoint/core/backend";
import { cumprod, cumsum, reshape, type Tensor2D } from "@tensorflow/tfjs-core";
import { load, store, type TfjsBuffer } from "../buffer.ts";
import { dataArray } from "../data-type.ts";
import { upload } from "../host.ts";

export const scan: Kernel<PrimitiveAttrs["scan"], TfjsBuffer> = (inputs, [output], { op, reverse }) => {
  const { shape, dtype, size } = output!, n = shape[shape.length - 1]!;
  const loaded = inputs.map(load);
  if (dtype === "float32" && (op === "sum" || op === "prod")) {
    const rows: Tensor2D = reshape(loaded[0]!, [size / n, n]);
    return store(output!, (op === "sum" ? cumsum : cumprod)(rows, 1, false, reverse));
  }
  const values = loaded.map((x) => x.dataSync()), results = dataArray(dtype, size), step = rows[op];
  for (let row = 0; row < size; row += n) {
    let state = NaN;
    for (let k = 0; k < n; k++) {
      const at = reverse ? n - 1 - k : k;
      results[row + at] = state = step(values, row, at, k === 0, state);
    }
  }
  store(output!, upload(dtype, results));
};

/** What comes at position `at` of the row that begins at `row`, after `state`. */
type Step = (values: readonly ArrayLike<number>[], row: number, at: number, isFirst: boolean, state: number) => number;
const furthest = (wins: (x: number, best: number) => boolean): Step => ([x], row, at, isFirst, best) => {
  const value = x![row + at]!;
  return isFirst || value !== value || wins(value, x![row + best]!) ? at : best;
};
const rows: { readonly [O in ScanOp]: Step } = {
  sum: ([x], row, at, isFirst, sum) => (isFirst ? x![row + at]! : (sum + x![row + at]!) | 0),
  prod: ([x], row, at, isFirst, product) => (isFirst ? x![row + at]! : Math.imul(product, x![row + at]!)),
  max: furthest((x, best) => x >= best),
  min: furthest((x, best) => x <= best),
  recurrence: ([a, b], row, at, isFirst, value) => (isFirst ? b![row + at]! : Math.fround(a![row + at]! * value + b![row + at]!)),
};
