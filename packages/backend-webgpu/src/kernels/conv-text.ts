/** @file A convolution as text: how places and depths of its product become addresses. The words that say its numbers lie beside it. */
import type { DType, PrimitiveAttrs, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import { intWord } from "../pipelines.ts";
import { storedType } from "../wgsl/expression.ts";
import { numbers, OPERANDS, type Places, type ProductText } from "./product/text.ts";

/** By spatial dim, then three views: offset, then strides of group, example or channel, channel, depth, height, width; then the bias: offset, strides of group and channel. */
const WINDOW = OPERANDS, INPUT = WINDOW + 3, SIZE = INPUT + 3, STRIDE = SIZE + 3, PADDING = STRIDE + 3, DILATION = PADDING + 3, SPREAD = DILATION + 3;
const X = SPREAD + 3, FILTER = X + 7, OUT = FILTER + 7, BIAS = OUT + 7, WORDS = BIAS + 3;
const LETTERS = ["D", "H", "W"] as const;

type Conv = PrimitiveAttrs["conv"];

/** Whether no place meets anything but its own element of x in the first spatial dim, as if it were not there. */
export const isPlanar = (x: View<WebGpuBuffer>, filter: View<WebGpuBuffer>, out: View<WebGpuBuffer>, { stride, padding, spread }: Conv): boolean =>
  filter.shape[3] === 1 && out.shape[3]! <= x.shape[3]! && padding[0] === 0 && stride[0] === 1 && spread[0] === 1;

export function convWords(ints: Int32Array, at: number, x: View<WebGpuBuffer>, filter: View<WebGpuBuffer>, out: View<WebGpuBuffer>, bias: View<WebGpuBuffer> | undefined, { stride, padding, dilation, spread }: Conv): void {
  for (let d = 0; d < 3; d++) {
    ints[at + WINDOW + d] = filter.shape[d + 3]!;
    ints[at + INPUT + d] = x.shape[d + 3]!;
    ints[at + SIZE + d] = out.shape[d + 3]!;
    ints[at + STRIDE + d] = stride[d]!;
    ints[at + PADDING + d] = padding[d]!;
    ints[at + DILATION + d] = dilation[d]!;
    ints[at + SPREAD + d] = spread[d]!;
  }
  writeView(ints, at + X, x);
  writeView(ints, at + FILTER, filter);
  writeView(ints, at + OUT, out);
  if (bias === undefined) return;
  ints[at + BIAS] = bias.offset;
  ints[at + BIAS + 1] = bias.strides[0]!;
  ints[at + BIAS + 2] = bias.strides[1]!;
}

function writeView(ints: Int32Array, at: number, { offset, strides }: View<WebGpuBuffer>): void {
  ints[at] = offset;
  for (let d = 0; d < 6; d++) ints[at + 1 + d] = strides[d]!;
}

/**
 * @param planar for windows of one element in the first spatial dim, see `isPlanar`
 * @param spread where elements of x lie apart: each place is divided, which is dear
 * @param bias its binding, if there is one
 */
export function convText(slots: readonly [number, number, number], dtype: DType, planar: boolean, spread: boolean, bias: number | undefined): Omit<ProductText, "dtype"> {
  const [filter, x] = slots, type = storedType(dtype);
  const dims = planar ? [1, 2] : [0, 1, 2];
  const sum = (terms: (d: number) => string): string => dims.map(terms).join(" + ");
  const L = (d: number): string => LETTERS[d]!;

  /** Names example and coordinates of neighbouring places of the output: the first is divided out, the others follow it; past the end all are the last. */
  const coordinates = (prefix: string): Places => (at, first, n) => numbers(n).map((i) => {
    const [own, before] = [at + i, at + i - 1], name = (what: string, of: number): string => `${prefix}${what}${of}`;
    if (i === 0) return `  let ${name("first", own)} = min(${first}, columnCount - 1); let ${name("Q", own)} = ${name("first", own)} / sizeW; let ${name("W", own)} = ${name("first", own)} % sizeW;
  let ${name("R", own)} = ${name("Q", own)} / sizeH; let ${name("H", own)} = ${name("Q", own)} % sizeH; let ${name("N", own)} = ${name("R", own)} / sizeD; let ${name("D", own)} = ${name("R", own)} % sizeD;`;
    const moved = (letter: string, carry: string, next: string): string => `let over${name(letter, own)} = ${name(letter, before)} + ${name(carry, own)} == size${letter};
  let ${name(letter, own)} = select(${name(letter, before)} + ${name(carry, own)}, 0i, over${name(letter, own)}); let ${name(next, own)} = select(0i, 1i, over${name(letter, own)});`;
    return `  let ${name("w", own)} = select(0i, 1i, ${first} + ${i} < columnCount);
  ${moved("W", "w", "h")}
  ${moved("H", "h", "d")}
  ${moved("D", "d", "n")}
  let ${name("N", own)} = ${name("N", before)} + ${name("n", own)};`;
  }).join("\n");

  /** A value outside of x is 0; an address there is read all the same, which is safe, and not used. */
  const inside = (i: number, c: number): string => dims.map((d) => `(bitcast<u32>(x${L(d)}${i} + step${L(d)}${c}) < input${L(d)})`).join(" & ");
  const spreadAt = (d: number): string => `  let q${L(d)} = t${L(d)} / ${intWord(SPREAD + d)};`;

  return {
    label: `conv${planar ? " 2d" : ""}${spread ? " spread" : ""}`,
    slots,
    ...(bias === undefined ? {} : { beginning: { slot: bias, along: "rows" as const, value: (row: string) => `b${bias}[${intWord(BIAS)} + batch * ${intWord(BIAS + 1)} + ${row} * ${intWord(BIAS + 2)}]` } }),
    uniformWords: WORDS,
    declarations: spread ? `fn conv_x(at: i32, ${dims.map((d) => `t${L(d)}: i32`).join(", ")}) -> ${type} {
${dims.map(spreadAt).join("\n")}
  let isThere = ${dims.map((d) => `(t${L(d)} >= 0i) & (q${L(d)} * ${intWord(SPREAD + d)} == t${L(d)}) & (q${L(d)} < ${intWord(INPUT + d)})`).join(" & ")};
  return select(${type}(0), b${x}[at + ${dims.map((d) => `q${L(d)} * ${intWord(X + 4 + d)}`).join(" + ")}], isThere);
}` : "",
    open: `  let xBatch = ${intWord(X)} + batch * ${intWord(X + 1)}; let filterBatch = ${intWord(FILTER)} + batch * ${intWord(FILTER + 1)}; let outBatch = ${intWord(OUT)} + batch * ${intWord(OUT + 1)};
  let xExample = ${intWord(X + 2)}; let xChannel = ${intWord(X + 3)}; let filterChannel = ${intWord(FILTER + 3)}; let filterRow = ${intWord(FILTER + 2)};
  let outExample = ${intWord(OUT + 2)}; let outChannel = ${intWord(OUT + 3)};
${[0, 1, 2].map((d) => `  let size${L(d)} = ${intWord(SIZE + d)}; let stride${L(d)} = ${intWord(STRIDE + d)}; let padding${L(d)} = ${intWord(PADDING + d)};
  let x${L(d)}Stride = ${intWord(X + 4 + d)}; let out${L(d)}Stride = ${intWord(OUT + 4 + d)};`).join("\n")}
${dims.map((d) => `  let dilation${L(d)} = ${intWord(DILATION + d)}; let input${L(d)} = bitcast<u32>(${intWord(INPUT + d)});
  let window${L(d)} = ${intWord(WINDOW + d)}; let filter${L(d)}Stride = ${intWord(FILTER + 4 + d)};`).join("\n")}`,
    rows: {
      lie: "scattered",
      places: (at, first, n) => numbers(n).map((i) => `  let filter${at + i} = filterBatch + min(${first} + ${i}, rowCount - 1) * filterRow;`).join("\n"),
      value: (i, c) => `b${filter}[filter${i} + filterStep${c}]`,
    },
    columns: {
      lie: "scattered",
      places: (at, first, n) => `${coordinates("p")(at, first, n)}
${numbers(n).map((j) => {
    const i = at + j;
    return `${dims.map((d) => `  let x${L(d)}${i} = p${L(d)}${i} * stride${L(d)} - padding${L(d)};`).join("\n")}
  let x${i} = xBatch + pN${i} * xExample${planar ? ` + pD${i} * xDStride` : ""}${spread ? "" : ` + ${sum((d) => `x${L(d)}${i} * x${L(d)}Stride`)}`};`;
  }).join("\n")}`,
      value: (i, c) => (spread
        ? `conv_x(x${i} + xStep${c}, ${dims.map((d) => `x${L(d)}${i} + step${L(d)}${c}`).join(", ")})`
        : `select(${type}(0), b${x}[x${i} + xStep${c}], ${inside(i, c)})`),
    },
    begin: (k) => `  var kW = ${k} % windowW; var kH = ${k} / windowW; var kC = kH / windowH; kH = kH % windowH;${planar ? "" : " var kD = kC % windowD; kC = kC / windowD;"}`,
    depth: (c) => `${dims.map((d) => `    let step${L(d)}${c} = k${L(d)} * dilation${L(d)};`).join("\n")}
    let xStep${c} = kC * xChannel${spread ? "" : ` + ${sum((d) => `step${L(d)}${c} * x${L(d)}Stride`)}`};
    let filterStep${c} = kC * filterChannel + ${sum((d) => `k${L(d)} * filter${L(d)}Stride`)};`,
    next: (c) => {
      const carry = (name: string, to: string): string => `let over${name}${c} = k${name} == window${name};
    k${name} = select(k${name}, 0i, over${name}${c}); k${to} = k${to} + select(0i, 1i, over${name}${c});`;
      return `    kW = kW + 1; ${carry("W", "H")} ${planar ? carry("H", "C") : `${carry("H", "D")} ${carry("D", "C")}`}`;
    },
    resultRows: (at, first, n) => numbers(n).map((i) => `  let outRow${at + i} = outBatch + min(${first} + ${i}, rowCount - 1) * outChannel;`).join("\n"),
    resultColumns: (at, first, n) => `${coordinates("o")(at, first, n)}
${numbers(n).map((j) => `  let outColumn${at + j} = oN${at + j} * outExample + ${[0, 1, 2].map((d) => `o${L(d)}${at + j} * out${L(d)}Stride`).join(" + ")};`).join("\n")}`,
    isWide: false,
    result: (i, j) => `outRow${i} + outColumn${j}`,
  };
}
