/** @file `matmul`: batched rank-3 products. What lies where; product/ has the kernels. */
import type { Kernel, PrimitiveAttrs, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { intWord } from "../pipelines.ts";
import { Products } from "./product/products.ts";
import { numbers, OPERANDS, type ProductText, type Side } from "./product/text.ts";

/** Words: offset and strides (batch, then rows or columns or their places in the output, then the other) of each. */
const X = OPERANDS, Y = X + 4, OUT = Y + 4, WORDS = OUT + 4;

function matmulText(slots: readonly [number, number, number]): Omit<ProductText, "dtype"> {
  /** Places past the end read the last one. */
  const side = (name: string, slot: number, count: string): Side => ({
    places: (at, first, n) => numbers(n).map((i) => `  let ${name}${at + i} = ${name} + min(${first} + ${i}, ${count} - 1) * ${name}Stride;`).join("\n"),
    value: (i, c) => `b${slot}[${name}${i} + ${name}Depth${c}]`,
  });
  return {
    label: "matmul",
    slots,
    uniformWords: WORDS,
    declarations: "",
    open: `  let x = ${intWord(X)} + batch * ${intWord(X + 1)}; let xStep = ${intWord(X + 3)};
  let y = ${intWord(Y)} + batch * ${intWord(Y + 1)}; let yStep = ${intWord(Y + 3)};
  let out = ${intWord(OUT)} + batch * ${intWord(OUT + 1)}; let outRowStride = ${intWord(OUT + 2)}; let outColumnStride = ${intWord(OUT + 3)};
  let xStride = ${intWord(X + 2)}; let yStride = ${intWord(Y + 2)};`,
    rows: side("x", slots[0], "rowCount"),
    columns: side("y", slots[1], "columnCount"),
    begin: () => "",
    depth: (c, k) => `    let xDepth${c} = ${k} * xStep; let yDepth${c} = ${k} * yStep;`,
    next: () => "",
    resultRows: (at, first, n) => numbers(n).map((i) => `  let outRow${at + i} = out + min(${first} + ${i}, rowCount - 1) * outRowStride;`).join("\n"),
    resultColumns: (at, first, n) => numbers(n).map((j) => `  let outColumn${at + j} = min(${first} + ${j}, columnCount - 1) * outColumnStride;`).join("\n"),
    result: (i, j) => `outRow${i} + outColumn${j}`,
  };
}

export function matmulKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["matmul"], WebGpuBuffer> {
  const products = new Products(device, "matmul");
  return (inputs, outputs) => {
    device.assertAlive();
    const [a, b] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>], out = outputs[0]!;
    const [batch, m, n] = out.shape as readonly [number, number, number];
    // The transposed product is as good, and rows are then the fewer.
    const isTransposed = m > n;
    const [rows, columns] = isTransposed ? [b, a] : [a, b], [row, column] = isTransposed ? [2, 1] : [1, 2];
    products.run({
      rows, columns, out, variant: 0,
      sizes: { rows: Math.min(m, n), columns: Math.max(m, n), depth: a.shape[2]!, batch },
      rowsAlong: nearer(rows, column, row),
      columnsAlong: nearer(columns, row, column),
      text: (slots) => ({ ...matmulText(slots), dtype: a.dtype }),
      write(ints, at, target) {
        writeView(ints, at + X, rows, row, column);
        writeView(ints, at + Y, columns, column, row);
        writeView(ints, at + OUT, target, row, column);
      },
    });
  };
}

const nearer = ({ strides }: View<WebGpuBuffer>, depth: number, place: number): boolean => Math.abs(strides[depth]!) < Math.abs(strides[place]!);

function writeView(ints: Int32Array, at: number, { offset, strides }: View<WebGpuBuffer>, second: number, third: number): void {
  ints[at] = offset;
  ints[at + 1] = strides[0]!;
  ints[at + 2] = strides[second]!;
  ints[at + 3] = strides[third]!;
}
