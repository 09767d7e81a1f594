/** @file Convolutions, pooling, resizing: one row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import type { Random } from "../random.ts";
import { type Domain, type Drawer, type Kind, row, type Row, type Variable } from "../row.ts";

const numbers: readonly Kind[] = ["float", "int"], floats: readonly Kind[] = ["float"];
const ofRank = (...ranks: readonly number[]) => (x: Variable): boolean => ranks.includes(x.shape.length);
const shaped = (shape: readonly number[]) => (x: Variable): boolean => x.shape.join() === shape.join();

/** An image or a line of few elements. */
const image = (d: Drawer, kinds: readonly Kind[], ranks: readonly number[], domain: Domain = "any"): Variable => {
  const { random } = d;
  return d.variable({ kinds, domain, accepts: ofRank(...ranks) }, Array.from({ length: random.chance(0.5) ? ranks[0]! : ranks.at(-1)! }, (_, d) => (d === 0 ? random.integer(0, 2) : random.integer(1, 5))));
};
const perDim = (random: Random, rank: number, low: number, high: number): number[] => Array.from({ length: rank }, () => random.integer(low, high));

type Conv = { readonly stride: readonly number[]; readonly padding: readonly number[]; readonly dilation: readonly number[]; readonly groups: number };
/** x of rank 3 is a batch of lines, of rank 4 a batch of images. Finite: a kernel may or may not multiply what is infinite by the zeros around x. */
const convolution = (op: string, isTransposed: boolean, run: (x: Tensor, weight: Tensor, options: Conv) => Tensor): Row => row<Conv>({
  op,
  draw(d) {
    const { random } = d, x = image(d, numbers, [3, 4], "finite"), rank = x.shape.length - 2, channels = x.shape[1]!, groups = channels % 2 === 0 && channels > 0 && random.chance(0.3) ? 2 : 1;
    const window = perDim(random, rank, 1, 3), shape = isTransposed ? [channels, random.integer(1, 2), ...window] : [groups * random.integer(1, 2), channels / groups, ...window];
    const weight = d.variable({ dtype: x.dtype, domain: "finite", accepts: shaped(shape) }, shape);
    return { inputs: [x, weight], attrs: { stride: perDim(random, rank, 1, 2), padding: perDim(random, rank, 0, 2), dilation: perDim(random, rank, 1, 2), groups } };
  },
  run: ([x, weight], attrs) => run(x!, weight!, attrs),
});

type Pool = { readonly kernel: number; readonly stride: number; readonly padding: number; readonly ceilMode: boolean };
const pooling = (op: string, run: (x: Tensor, pool: Pool) => Tensor | readonly Tensor[], ranks: readonly number[], kinds: readonly Kind[] = numbers): Row => row<Pool>({
  op,
  draw(d) {
    const kernel = d.random.integer(1, 3);
    return { inputs: [image(d, kinds, ranks)], attrs: { kernel, stride: d.random.integer(1, 3), padding: d.random.integer(0, kernel >> 1), ceilMode: d.random.chance(0.4) } };
  },
  run: ([x], pool) => run(x!, pool),
});
const sized = (op: string, run: (x: Tensor, size: number) => Tensor | readonly Tensor[], ranks: readonly number[]): Row => row<{ readonly size: number }>({
  op,
  draw: (d) => ({ inputs: [image(d, floats, ranks)], attrs: { size: d.random.integer(1, 5) } }),
  run: ([x], { size }) => run(x!, size),
});

export const spatialRows: readonly Row[] = [
  { ...convolution("conv", false, (x, w, options) => (x.ndim === 3 ? A.conv1d : A.conv2d)(x, w, options)), weight: 3 },
  { ...convolution("convTranspose", true, (x, w, options) => (x.ndim === 3 ? A.convTranspose1d : A.convTranspose2d)(x, w, options)), weight: 2 },
  pooling("maxPool1d", (x, { kernel, ...rest }) => { const { values, indices } = A.maxPool1d(x, kernel, { ...rest, returnIndices: true }); return [values, indices]; }, [2, 3]),
  pooling("maxPool2d", (x, { kernel, ...rest }) => A.maxPool2d(x, kernel, rest), [3, 4]), pooling("avgPool2d", (x, { kernel, ...rest }) => A.avgPool2d(x, kernel, { ...rest, countIncludePad: rest.ceilMode }), [3, 4]),
  pooling("unfoldImage", (x, { kernel, stride, padding }) => A.unfold(x, kernel, { stride, padding }), [3, 4], floats),
  sized("adaptiveAvgPool1d", (x, size) => A.adaptiveAvgPool1d(x, size), [2, 3]), sized("adaptiveMaxPool2d", (x, size) => A.adaptiveMaxPool2d(x, size), [3, 4]),
  sized("interpolate", (x, size) => A.interpolate(x, { size }), [3, 4]), sized("interpolateLinear", (x, size) => A.interpolate(x, { size, mode: x.ndim === 3 ? "linear" : "bicubic" }), [3, 4]),
];
