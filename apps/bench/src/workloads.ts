/** @file What is measured, as a table. Sizes and numbers are here; how a library says it is in `peers/`. */
import type { Input, Kind } from "./peer.ts";

export type Workload = {
  readonly name: string;
  readonly what: string;
  readonly kind: Kind;
  readonly inputs: () => readonly Input[];
  /** Results of two peers agree when they differ by at most this, relative to the largest number of the result. */
  readonly tolerance: number;
  /** Of a size that only a graphics card is for: measured with `--gpu` alone. */
  readonly isLarge: boolean;
};

/** The transformer block. Peers read these, so that all build the same one. */
export const block = { batch: 8, time: 128, width: 256, heads: 4 } as const;
/** For every layer norm, PyTorch's. */
export const epsilon = 1e-5;
/** How many additions the two workloads of additions make. */
export const additions = 1000;
/** How many graphs the workload of tiny graphs builds: enough that waiting for the device at the end of a run does not count. */
export const graphs = 100;
/** Of the plain SGD of the two training steps. */
export const learningRate = 0.01;
/** How many of each row `topk` asks for, and into how many rows `scatter add` adds. */
export const picked = { most: 16, rows: 1000 } as const;
/** gelu by its tanh approximation: 0.5 x (1 + tanh(scale (x + cubic x^3))). */
export const gelu = { scale: 0.7978845608028654, cubic: 0.044715 } as const;

/** What a loss over a million elements may differ by: jax-js adds them up one by one in float32. */
const summed = 1e-3;

/** Mulberry32: the same numbers on every machine. */
const random = (seed: number): (() => number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Uniform in [centre - spread, centre + spread). */
const uniform = (seed: number, shape: readonly number[], spread = 1, centre = 0): Input => {
  const next = random(seed);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => centre + spread * (2 * next() - 1)) };
};
/** Whole numbers from 0 to classes - 1. */
const labels = (seed: number, count: number, classes: number): Input => {
  const next = random(seed);
  return { shape: [count], data: Float32Array.from({ length: count }, () => Math.floor(classes * next())) };
};
/** A matrix [in, out] and its bias, in the range that PyTorch's Linear starts with. */
const layer = (seed: number, from: number, to: number): readonly Input[] => [uniform(seed, [from, to], from ** -0.5), uniform(seed + 1, [to], from ** -0.5)];
/** A filter [height, width, in, out] and its bias. */
const filter = (seed: number, from: number, to: number, window = 3): readonly Input[] => [uniform(seed, [window, window, from, to], (window * window * from) ** -0.5), uniform(seed + 1, [to], 0.1)];

const workload = (name: string, what: string, kind: Kind, tolerance: number, inputs: () => readonly Input[]): Workload => ({ name, what, kind, tolerance, inputs, isLarge: false });
const large = (of: Workload): Workload => ({ ...of, isLarge: true });

const matmul = (name: string, left: readonly number[], right: readonly number[]): Workload =>
  workload(name, `[${left.join(", ")}] x [${right.join(", ")}]`, "matmul", 1e-5, () => [uniform(1, left), uniform(2, right)]);
const square = (n: number): Workload => matmul(`matmul ${n}`, [n, n], [n, n]);

/** Images as libraries have them that keep channels last, [n, height, width, channels], and a filter [3, 3, in, out]. */
const conv = (name: string, kind: "conv" | "convStep", n: number, size: number, channels: number, out: number): Workload =>
  workload(name, `[${n}, ${channels}, ${size}, ${size}] with ${out} filters of 3x3, padded${kind === "conv" ? "" : ": mean of squares, and both gradients"}`, kind, kind === "conv" ? 1e-5 : summed,
    () => [uniform(5, [n, size, size, channels]), uniform(6, [3, 3, channels, out], 0.1)]);
/** A filter [3, 3, channels]. */
const depthwise = (name: string, kind: "depthwise" | "depthwiseStep"): Workload =>
  workload(name, `[8, 64, 28, 28], 3x3, padded${kind === "depthwise" ? "" : ": mean of squares, and both gradients"}`, kind, kind === "depthwise" ? 1e-5 : summed, () => [uniform(7, [8, 28, 28, 64]), uniform(8, [3, 3, 64], 0.3)]);
const maxpool = (name: string, kind: "maxpool" | "maxpoolStep"): Workload =>
  workload(name, `[8, 64, 28, 28], 2x2${kind === "maxpool" ? "" : ": mean of squares, and the gradient"}`, kind, summed, () => [uniform(9, [8, 28, 28, 64])]);

const millions = (seed: number, count: number): Input => uniform(seed, [count * 2 ** 20]);
const million = (seed: number, spread = 1): Input => uniform(seed, [2 ** 20], spread);
const table = (): readonly Input[] => [uniform(4, [1024, 1024], 4)];

/** x, then the parameters in the order of the block: norm, qkv, out, norm, up, down; matrices are [in, out]. */
const transformerInputs = (): readonly Input[] => {
  const { batch, time, width } = block;
  const norm = (seed: number): Input[] => [uniform(seed, [width], 0.1, 1), uniform(seed + 1, [width], 0.1)];
  return [uniform(10, [batch * time, width]), ...norm(11), ...layer(13, width, 3 * width), ...layer(15, width, width), ...norm(17), ...layer(19, width, 4 * width), ...layer(21, 4 * width, width)];
};

export const workloads: readonly Workload[] = [
  square(64), square(128), square(256), square(512), square(1024),
  large(square(2048)), large(square(4096)),
  matmul("batched matmul", [32, 128, 64], [32, 64, 128]),
  matmul("gemv", [1, 4096], [4096, 4096]),
  workload("add 1M", "two vectors of 2^20 floats", "add", 1e-6, () => [million(3), million(4)]),
  large(workload("add 32M", "two vectors of 2^25 floats", "add", 1e-6, () => [millions(3, 32), millions(4, 32)])),
  workload("gelu chain", "0.5 x (1 + tanh(...)) written with primitives, 2^20 floats", "geluChain", 1e-5, () => [million(3, 3)]),
  workload("gelu chain step", "the same, its sum, and the gradient", "geluChainStep", summed, () => [million(3, 3)]),
  workload("gelu", "the library's own, by tanh, 2^20 floats", "gelu", 1e-5, () => [million(3, 3)]),
  workload("sum dim 0", "of [1024, 1024]", "sumDim0", 1e-5, table),
  workload("sum dim 1", "of [1024, 1024]", "sumDim1", 1e-5, table),
  workload("sum all", "of [1024, 1024]", "sumAll", 1e-4, () => [uniform(4, [1024, 1024], 1, 0.5)]),
  workload("softmax", "over the rows of [1024, 1024]", "softmax", 1e-5, table),
  workload("layer norm", "over the rows of [1024, 768], with weight and bias", "layerNorm", 1e-5, () => [uniform(4, [1024, 768], 4), uniform(5, [768], 0.1, 1), uniform(6, [768], 0.1)]),
  conv("conv c3", "conv", 8, 32, 3, 32),
  conv("conv c3 step", "convStep", 8, 32, 3, 32),
  conv("conv c64", "conv", 8, 28, 64, 64),
  conv("conv c64 step", "convStep", 8, 28, 64, 64),
  depthwise("depthwise", "depthwise"),
  depthwise("depthwise step", "depthwiseStep"),
  maxpool("maxpool", "maxpool"),
  maxpool("maxpool step", "maxpoolStep"),
  workload("sort 64k", "the values of a vector of 2^16 floats in order", "sort", 0, () => [uniform(50, [2 ** 16], 4)]),
  workload("topk", `the ${picked.most} largest of each row of [1024, 1024]`, "topk", 0, table),
  workload("argmax", "of each row of [1024, 1024]", "argmax", 0, table),
  workload("cumsum", "along the rows of [1024, 1024]", "cumsum", 1e-4, table),
  workload("gather rows", "16,384 rows of [10,000, 64], as an embedding does", "gatherRows", 0, () => [uniform(51, [10_000, 64]), labels(52, 16_384, 10_000)]),
  workload("scatter add", `16,384 rows of 64 added into ${picked.rows} rows, as an embedding's gradient does`, "scatterAdd", 1e-5, () => [uniform(53, [16_384, 64]), labels(54, 16_384, picked.rows)]),
  workload("adds", `${additions} additions of 4 floats, one after the other`, "adds", 1e-5, () => [uniform(3, [4])]),
  workload("adds recorded", "the same, recorded for a gradient that is not asked for", "addsRecorded", 1e-5, () => [uniform(3, [4])]),
  workload("tiny graphs", `${graphs} times, one after the other: x = ones(2, 2); ((x + 2)^2 * 3).mean(), and its gradient`, "tiny", 1e-6, () => []),
  workload("mlp step", "784-512-256-10, batch 128, relu, cross entropy: loss, gradients, SGD", "mlp", 1e-4,
    () => [uniform(30, [128, 784]), labels(31, 128, 10), ...layer(32, 784, 512), ...layer(34, 512, 256), ...layer(36, 256, 10)]),
  workload("cnn step", "conv 16, pool, conv 32, pool, linear on 28x28, batch 64, relu, cross entropy: loss, gradients, SGD", "cnn", 1e-4,
    () => [uniform(40, [64, 28, 28, 1]), labels(41, 64, 10), ...filter(42, 1, 16), ...filter(44, 16, 32), ...layer(46, 7 * 7 * 32, 10)]),
  workload("transformer step", `one pre-norm block (attention, relu), width ${block.width}, ${block.heads} heads, batch ${block.batch} x ${block.time}: mean of squares, and all gradients`, "transformer", 1e-4, transformerInputs),
];
