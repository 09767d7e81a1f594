/** @file `matmul` and `matmulBias`: products of matrices with two batch dims. What lies where; product/ has the kernels. */
import type { Kernel, PrimitiveAttrs, View } from "@adjoint/core/backend";
import { chunkOf, type WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { intWord } from "../pipelines.ts";
import { Products } from "./product/products.ts";
import { FEW } from "./product/plan.ts";
import { type Lie, type Lies, numbers, OPERANDS, type ProductText, type Side } from "./product/text.ts";

/** Words: how many matrices the second batch dim has; offset and strides (batches, then rows or columns or their places in the output, then the other) of each; of the bias offset and stride. */
const INNER = OPERANDS, X = INNER + 1, Y = X + 5, OUT = Y + 5, BIAS = OUT + 5, WORDS = BIAS + 2;

const matrix = (at: number): string => `${intWord(at)} + outer * ${intWord(at + 1)} + inner * ${intWord(at + 2)}`;

type Beginning = NonNullable<ProductText["beginning"]>;

function matmulText(slots: readonly [number, number, number], lies: Lies, along: Beginning["along"], bias: number | undefined): Omit<ProductText, "dtype"> {
  /** Places past the end read the last one. */
  const side = (name: string, slot: number, count: string, lie: Lie): Side => {
    const value = (i: number, c: number): string => `b${slot}[${name}${i} + ${name}Depth${c}]`;
    if (lie === "across") return { lie, value, places: (at, first) => `  let ${name}${at} = (${name} + min(${first}, (${count} - 1) & -4)) >> 2;` };
    return { lie, value, places: (at, first, n) => numbers(n).map((i) => `  let ${name}${at + i} = (${name} + min(${first} + ${i}, ${count} - 1) * ${name}Stride)${lie === "along" ? " >> 2" : ""};`).join("\n") };
  };
  /** A step of the depth, in what a buffer has: numbers, or vectors. */
  const depth = (name: string, c: number, k: string, lie: Lie): string => `let ${name}Depth${c} = ${lie === "scattered" ? `${k} * ${name}Step` : lie === "along" ? `${k} >> 2` : `${k} * (${name}Step >> 2)`};`;
  const wide = lies.isWide ? " >> 2" : "";
  return {
    label: "matmul",
    slots,
    ...(bias === undefined ? {} : { beginning: { slot: bias, along, value: (place: string) => `b${bias}[${intWord(BIAS)} + ${place} * ${intWord(BIAS + 1)}]` } }),
    uniformWords: WORDS,
    declarations: "",
    open: `  let outer = batch / ${intWord(INNER)}; let inner = batch - outer * ${intWord(INNER)};
  let x = ${matrix(X)}; let xStep = ${intWord(X + 4)};
  let y = ${matrix(Y)}; let yStep = ${intWord(Y + 4)};
  let out = ${matrix(OUT)}; let outRowStride = ${intWord(OUT + 3)}; let outColumnStride = ${intWord(OUT + 4)};
  let xStride = ${intWord(X + 3)}; let yStride = ${intWord(Y + 3)};`,
    rows: side("x", slots[0], "rowCount", lies.rows),
    columns: side("y", slots[1], "columnCount", lies.columns),
    begin: () => "",
    depth: (c, k) => `    ${depth("x", c, k, lies.rows)} ${depth("y", c, k, lies.columns)}`,
    next: () => "",
    resultRows: (at, first, n) => numbers(n).map((i) => `  let outRow${at + i} = (out + min(${first} + ${i}, rowCount - 1) * outRowStride)${wide};`).join("\n"),
    resultColumns: (at, first, n) => numbers(n).map((j) => `  let outColumn${at + j} = (min(${first} + ${j}, columnCount - 1) * outColumnStride)${wide};`).join("\n"),
    isWide: lies.isWide,
    result: (i, j) => `outRow${i} + outColumn${j}`,
  };
}

/** With a third input, the bias of each column, too. */
export function matmulKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["matmul"], WebGpuBuffer> {
  const products = new Products(device, "matmul");
  return (inputs, outputs) => {
    device.assertAlive();
    const [a, b, bias] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>, View<WebGpuBuffer>?], out = outputs[0]!;
    const [outer, inner, m, n] = out.shape as readonly [number, number, number, number];
    // The transposed product is as good, and rows are then the fewer. A block is a square, and its results go out as they lie.
    const isTransposed = m > n && (device.tuning === "registers" || n <= FEW);
    const [rows, columns] = isTransposed ? [b, a] : [a, b], [row, column] = isTransposed ? [3, 2] : [2, 3];
    products.run({
      rows, columns, beginnings: bias, out, variant: bias === undefined ? 0 : isTransposed ? 1 : 2,
      sizes: { rows: isTransposed ? n : m, columns: isTransposed ? m : n, depth: a.shape[3]!, batch: outer * inner },
      rowsAlong: nearer(rows, column, row),
      columnsAlong: nearer(columns, row, column),
      lies: (target) => ({ rows: lieOf(rows, row, column), columns: lieOf(columns, column, row), isWide: lieOf(target, column, row) === "across" && target.shape[column]! % 4 === 0 }),
      text: (slots, lies, begin) => ({ ...matmulText(slots, lies, isTransposed ? "rows" : "columns", begin), dtype: a.dtype }),
      write(ints, at, target) {
        ints[at + INNER] = inner;
        writeView(ints, at + X, rows, row, column);
        writeView(ints, at + Y, columns, column, row);
        writeView(ints, at + OUT, target, row, column);
        ints[at + BIAS] = bias?.offset ?? 0;
        ints[at + BIAS + 1] = bias?.strides[0] ?? 0;
      },
    });
  };
}

/** @param place, depth the dims of a matrix that are its rows or columns, and what is summed over */
function lieOf({ buffer, offset, shape, strides }: View<WebGpuBuffer>, place: number, depth: number): Lie {
  if (offset % 4 !== 0 || (shape[0] !== 1 && strides[0]! % 4 !== 0) || (shape[1] !== 1 && strides[1]! % 4 !== 0) || !chunkOf(buffer).isWhole) return "scattered";
  if (strides[depth] === 1 && strides[place]! % 4 === 0) return "along";
  return strides[place] === 1 && strides[depth]! % 4 === 0 ? "across" : "scattered";
}

const nearer = ({ strides }: View<WebGpuBuffer>, depth: number, place: number): boolean => Math.abs(strides[depth]!) < Math.abs(strides[place]!);

function writeView(ints: Int32Array, at: number, { offset, strides }: View<WebGpuBuffer>, second: number, third: number): void {
  ints[at] = offset;
  ints[at + 1] = strides[0]!;
  ints[at + 2] = strides[1]!;
  ints[at + 3] = strides[second]!;
  ints[at + 4] = strides[third]!;
}
