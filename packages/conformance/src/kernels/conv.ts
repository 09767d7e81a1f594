/** @file `conv`: every number of its geometry, groups and examples, all layouts, the views of the two gradients, integers. */
import { type DType, type PrimitiveAttrs, roundTo, type Shape, type Triple } from "@adjoint/core/backend";
import { roundoff } from "../accuracy.ts";
import type { Case } from "../case.ts";
import type { Device, Operand } from "../device.ts";
import type { Expected } from "../interval.ts";
import { type InputLayout, inputLayoutNames, inputLayouts, type Layout, type OutputLayout, outputLayouts } from "../samples/layouts.ts";
import { fractions, plain } from "../samples/numbers.ts";

/** Sizes [g, n, c, o], and by spatial dim: x, window, output. */
type Sizes = { readonly counts: readonly [g: number, n: number, c: number, o: number]; readonly x: Triple; readonly window: Triple; readonly out: Triple };
type Geometry = Partial<PrimitiveAttrs["conv"]>;
type Setting = { readonly x?: Layout; readonly filter?: Layout; readonly out?: Layout };

const ones: Triple = [1, 1, 1], none: Triple = [0, 0, 0];
const host = (x: Operand): number[] => x.positions.map((at) => x.block.host[at]!);

function checkConv(device: Device, dtype: DType, { counts: [g, n, c, o], x: size, window, out }: Sizes, geometry: Geometry = {}, setting: Setting = {}): void {
  const { x: xLayout = inputLayouts.dense, filter: filterLayout = inputLayouts.dense, out: outLayout = outputLayouts.dense } = setting;
  const { stride = ones, padding = none, dilation = ones, spread = ones } = geometry, values = dtype === "int32" ? plain : fractions;
  const x = device.input(dtype, xLayout([g, n, c, ...size]), values(dtype, 1)), filter = device.input(dtype, filterLayout([g, o, c, ...window]), values(dtype, 2));
  const output = device.output(dtype, outLayout([g, n, o, ...out])), xs = host(x), fs = host(filter), expected: Expected[] = [];
  const each = (shape: Shape, run: (...index: number[]) => void, head: readonly number[] = []): void => {
    if (head.length === shape.length) return run(...head);
    for (let i = 0; i < shape[head.length]!; i++) each(shape, run, [...head, i]);
  };
  each([g, n, o, ...out], (ig, inn, io, ...q) => {
    const pairs: [number, number][] = [];
    each([c, ...window], (ic, ...k) => {
      const met = k.map((i, d) => (q[d]! * stride[d]! - padding[d]! + i * dilation[d]!) / spread[d]!);
      if (met.some((p, d) => !Number.isInteger(p) || p < 0 || p >= size[d]!)) return;
      const at = (shape: Shape, index: readonly number[]): number => index.reduce((sum, i, d) => sum * shape[d]! + i, 0);
      pairs.push([xs[at([g, n, c, ...size], [ig!, inn!, ic!, ...met])]!, fs[at([g, o, c, ...window], [ig!, io!, ic!, ...k])]!]);
    });
    expected.push(innerProduct(dtype, pairs));
  });
  device.run("conv", [x, filter], [output], { stride, padding, dilation, spread });
  device.expect(`x [${[g, n, c, ...size].join(", ")}] with a window of [${window.join(", ")}]`, [{ output, expected }]);
}

/** In any order, contracted or not. */
function innerProduct(dtype: DType, pairs: readonly (readonly [number, number])[]): Expected {
  if (dtype === "int32") return pairs.reduce((sum, [a, b]) => (sum + Math.imul(a, b)) | 0, 0);
  const sum = pairs.reduce((s, [a, b]) => s + a * b, 0), magnitude = pairs.reduce((s, [a, b]) => s + Math.abs(a * b), 0);
  const slack = 1.01 * pairs.length * roundoff(dtype) * magnitude;
  return { low: roundTo(dtype, sum - slack), high: roundTo(dtype, sum + slack), nan: false };
}

const small: Sizes = { counts: [2, 2, 3, 5], x: [1, 6, 7], window: [1, 3, 2], out: [1, 4, 6] };
const geometries: readonly { readonly name: string; readonly sizes: Sizes; readonly geometry: Geometry }[] = [
  { name: "plain", sizes: small, geometry: {} },
  { name: "of one element", sizes: { counts: [1, 1, 1, 1], x: ones, window: ones, out: ones }, geometry: {} },
  { name: "by one point", sizes: { counts: [1, 3, 5, 6], x: [1, 4, 5], window: ones, out: [1, 4, 5] }, geometry: {} },
  { name: "padded", sizes: { ...small, out: [1, 7, 9] }, geometry: { padding: [0, 2, 1] } },
  { name: "padded beyond the window", sizes: { ...small, out: [3, 12, 9] }, geometry: { padding: [1, 4, 1] } },
  { name: "padded by less than nothing", sizes: { ...small, out: [1, 2, 3] }, geometry: { padding: [0, -1, -2] } },
  { name: "with stride", sizes: { ...small, out: [1, 2, 3] }, geometry: { stride: [3, 2, 2], padding: [0, 0, 1] } },
  { name: "dilated", sizes: { ...small, out: [1, 2, 4] }, geometry: { dilation: [2, 2, 3] } },
  { name: "spread", sizes: { ...small, out: [1, 11, 13] }, geometry: { spread: [2, 2, 2], padding: [0, 1, 0] } },
  { name: "spread and dilated", sizes: { ...small, out: [1, 9, 18] }, geometry: { spread: [1, 2, 3], dilation: [1, 2, 2], padding: [0, 1, 1] } },
  { name: "spread and dilated by numbers that share a divisor", sizes: { ...small, out: [1, 20, 20] }, geometry: { spread: [1, 4, 6], dilation: [1, 6, 4], padding: [0, 3, 3] } },
  { name: "spread, with stride", sizes: { ...small, out: [1, 5, 4] }, geometry: { spread: [1, 3, 2], stride: [1, 2, 4], padding: [0, 2, 1] } },
  { name: "of volumes", sizes: { counts: [1, 2, 2, 3], x: [4, 3, 5], window: [2, 3, 2], out: [4, 2, 3] }, geometry: { stride: [1, 2, 2], padding: [1, 1, 1], dilation: [2, 1, 1] } },
  { name: "depthwise", sizes: { counts: [6, 2, 1, 1], x: [1, 5, 9], window: [1, 3, 3], out: [1, 5, 9] }, geometry: { padding: [0, 1, 1] } },
  { name: "by a window larger than the output", sizes: { counts: [2, 3, 2, 4], x: [1, 9, 8], window: [1, 7, 6], out: [1, 3, 3] }, geometry: { dilation: ones } },
  { name: "of many channels", sizes: { counts: [1, 2, 19, 17], x: [1, 5, 6], window: [1, 2, 2], out: [1, 4, 5] }, geometry: {} },
  { name: "of many examples", sizes: { counts: [1, 33, 2, 3], x: [1, 3, 3], window: [1, 2, 2], out: [1, 2, 2] }, geometry: {} },
  { name: "with places that meet nothing", sizes: { counts: [1, 1, 2, 2], x: [1, 1, 2], window: [1, 1, 2], out: [1, 9, 9] }, geometry: { padding: [0, 4, 4] } },
];

/** Dims after the group exchanged: x and filter of the gradient of a filter. */
const exchanged: Layout = (shape) => {
  const [g, a, b, ...rest] = shape as [number, number, number, ...number[]], from = inputLayouts.offset([g, b, a, ...rest]);
  const [sg, sb, sa, ...tail] = from.strides as [number, number, number, ...number[]];
  return { ...from, shape, strides: [sg, sa, sb, ...tail] };
};
/** The groups between the examples and the channels, as they lie in `[n, groups * c, ...]`. */
const grouped: Layout = (shape) => {
  const [g, n, ...rest] = shape as [number, number, ...number[]], from = inputLayouts.offset([n, g, ...rest]);
  const [sn, sg, ...tail] = from.strides as [number, number, ...number[]];
  return { ...from, shape, strides: [sg, sn, ...tail] };
};
/** The window read from its end, input and output channels exchanged: the filter of the gradient of x. */
const flipped: Layout = (shape) => {
  const { strides, offset, length } = exchanged(shape);
  return { shape, strides: strides.map((s, d) => (d < 3 ? s : -s)), offset: offset + strides.reduce((sum, s, d) => (d < 3 ? sum : sum + (shape[d]! - 1) * s), 0), length };
};
const ins: { readonly [name: string]: Layout } = { ...Object.fromEntries(inputLayoutNames.map((name: InputLayout) => [name, inputLayouts[name]])), exchanged, grouped, flipped };
const outs: { readonly [name: string]: Layout } = { ...Object.fromEntries((Object.keys(outputLayouts) as OutputLayout[]).map((name) => [name, outputLayouts[name]])), exchanged, grouped };
const strided: Sizes = { ...small, out: [1, 4, 4] };

export const convCases: readonly Case[] = [
  ...(["float32", "float64", "int32"] as const).flatMap((dtype) => geometries.map(({ name, sizes, geometry }): Case => ({
    name: `conv ${dtype} ${name}`, needs: [dtype], run: (device) => checkConv(device, dtype, sizes, geometry),
  }))),
  ...Object.entries(ins).map(([name, layout]): Case => ({
    name: `conv layout ${name}`, needs: ["float32"],
    run: (device) => {
      checkConv(device, "float32", strided, { padding: [0, 1, 1], stride: [1, 2, 2] }, { x: layout });
      checkConv(device, "float32", small, {}, { x: layout, filter: layout });
      checkConv(device, "float32", { ...small, out: [1, 8, 9] }, { spread: [1, 2, 2], padding: [0, 1, 1] }, { x: layout, filter: flipped });
    },
  })),
  ...Object.entries(outs).map(([name, out]): Case => ({
    name: `conv into ${name}`, needs: ["float32"],
    run: (device) => {
      checkConv(device, "float32", strided, { padding: [0, 1, 1], stride: [1, 2, 2] }, { out });
      checkConv(device, "float32", { ...small, counts: [1, 2, 3, 5] }, {}, { out, x: exchanged, filter: exchanged });
    },
  })),
  {
    name: "conv int32 wraps", needs: ["int32"],
    run: (device) => {
      const sizes: Shape = [1, 1, 1, 1, 2, 3], x = device.input("int32", inputLayouts.dense(sizes), (i) => 2147483647 - i), filter = device.input("int32", inputLayouts.dense(sizes), (i) => 123456789 * (i + 1));
      const output = device.output("int32", outputLayouts.dense([1, 1, 1, 1, 1, 1]));
      device.run("conv", [x, filter], [output], { stride: ones, padding: none, dilation: ones, spread: ones });
      device.expect("a product of large numbers", [{ output, expected: [host(x).reduce((sum, v, i) => (sum + Math.imul(v, host(filter)[i]!)) | 0, 0)] }]);
    },
  },
  {
    name: "conv of x with itself", needs: ["float32"],
    run: (device) => {
      const x = device.input("float32", inputLayouts.dense([1, 1, 2, 1, 2, 3]), plain("float32")), output = device.output("float32", outputLayouts.dense([1, 1, 1, 1, 1, 1]));
      device.run("conv", [x, x], [output], { stride: ones, padding: none, dilation: ones, spread: ones });
      device.expect("x x", [{ output, expected: [host(x).reduce((sum, v) => sum + v * v, 0)] }]);
    },
  },
];
