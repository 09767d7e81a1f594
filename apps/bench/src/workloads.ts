/** @file What is measured, as a table. Sizes and numbers are here; how a library says it is in `peers/`. */
import type { Input, Kind } from "./peer.ts";

export type Workload = {
  readonly name: string;
  readonly what: string;
  readonly kind: Kind;
  readonly inputs: () => readonly Input[];
  /** Results of two peers agree when they differ by at most this, relative to the largest number of the result. */
  readonly tolerance: number;
};

/** The transformer step: batch, sequence length, width, heads. Peers read these, so that all build the same block. */
export const block = { batch: 4, time: 64, width: 64, heads: 4 } as const;
/** For the layer norms of the block, PyTorch's. */
export const epsilon = 1e-5;
/** How many additions the two workloads of additions make. */
export const additions = 1000;
/** How many graphs the workload of tiny graphs builds: enough that waiting for the device at the end of a run does not count. */
export const graphs = 100;

/** Mulberry32: the same numbers on every machine. */
const random = (seed: number): (() => number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** Uniform in [centre - spread, centre + spread). */
const uniform = (seed: number, shape: readonly number[], spread = 1, centre = 0): Input => {
  const next = random(seed);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => centre + spread * (2 * next() - 1)) };
};

const matmul = (n: number): Workload => ({
  name: `matmul ${n}`, what: `[${n}, ${n}] x [${n}, ${n}]`, kind: "matmul", tolerance: 1e-5, inputs: () => [uniform(1, [n, n]), uniform(2, [n, n])],
});

/** x [n, height, width, channels] and a filter [height, width, in, out], as libraries have it that keep channels last. */
const image = (n: number, size: number, channels: number, out: number): readonly Input[] => [uniform(5, [n, size, size, channels]), uniform(6, [3, 3, channels, out], 0.1)];

/** x, then the parameters in the order of the block: norm, qkv, out, norm, up, down; matrices are [in, out]. */
const transformerInputs = (): readonly Input[] => {
  const { batch, time, width } = block;
  const norm = (seed: number): Input[] => [uniform(seed, [width], 0.1, 1), uniform(seed + 1, [width], 0.1)];
  const layer = (seed: number, from: number, to: number): Input[] => [uniform(seed, [from, to], from ** -0.5), uniform(seed + 1, [to], from ** -0.5)];
  return [uniform(10, [batch * time, width]), ...norm(11), ...layer(13, width, 3 * width), ...layer(15, width, width), ...norm(17), ...layer(19, width, 4 * width), ...layer(21, 4 * width, width)];
};

export const workloads: readonly Workload[] = [
  { name: "adds", what: `${additions} additions of 4 floats, one after the other`, kind: "adds", tolerance: 1e-5, inputs: () => [uniform(3, [4])] },
  { name: "adds recorded", what: "the same, recorded for a gradient that is not asked for", kind: "addsRecorded", tolerance: 1e-5, inputs: () => [uniform(3, [4])] },
  { name: "tiny graphs", what: `${graphs} times, one after the other: x = ones(2, 2); ((x + 2)^2 * 3).mean(), and its gradient`, kind: "tiny", tolerance: 1e-6, inputs: () => [] },
  matmul(64),
  matmul(256),
  matmul(512),
  { name: "conv 3x3", what: "[4, 16, 28, 28] with 32 filters of 3x3, padded", kind: "conv", tolerance: 1e-5, inputs: () => image(4, 28, 16, 32) },
  { name: "conv 3x3 step", what: "the same: mean of squares, and both gradients", kind: "convStep", tolerance: 1e-4, inputs: () => image(4, 28, 16, 32) },
  { name: "softmax", what: "over the rows of [1024, 1024]", kind: "softmax", tolerance: 1e-5, inputs: () => [uniform(4, [1024, 1024], 4)] },
  {
    name: "transformer step", kind: "transformer", tolerance: 1e-4, inputs: transformerInputs,
    what: `one pre-norm block (attention, relu), width ${block.width}, ${block.heads} heads, batch ${block.batch} x ${block.time}: mean of squares, and all gradients`,
  },
];
