/** @file Fused kernels against what they stand for: the same calls with and without them, forward and backward, and a count that says they ran. */
import {
  adamStep, type AttentionOptions, batchNorm, cat, conv2d, crossEntropy, groupNorm, layerNorm, linear, logSoftmax, maxPool2d, rmsNorm, scaledDotProductAttention, scope, type Shape, softmax, stack,
  tensor, type Tensor, unfused,
} from "@adjoint/core";
import type { Backend, FusedName } from "@adjoint/core/backend";
import { type Case, check } from "../case.ts";
import { uniform } from "../samples/numbers.ts";

type Inputs = readonly [x: Tensor, ...others: Tensor[]];
type Sample = {
  readonly name: string;
  /** Which kernel must have run, and how often at least: forward and backward, if nothing is said. */
  readonly kernel: FusedName;
  readonly calls?: number;
  /** And at most, where several calls would be a loop that the kernel is to have. */
  readonly most?: number;
  /** The tensors of its backward, sums of columns apart, where those are more than WebGPU's lowest limit: with fewer at once, a device runs that as reductions and maps. */
  readonly operands?: number;
  /** What stands beside x: its shapes. */
  readonly beside: (shape: Shape) => readonly Shape[];
  readonly run: (...inputs: Inputs) => Tensor;
  readonly shapes?: readonly Shape[];
  /** What is masked takes no part, and a NaN does not reach it; without the kernel 0 times NaN does. */
  readonly isFinite?: boolean;
};

const row = (shape: Shape): Shape => shape.slice(-1);
const samples: readonly Sample[] = [
  { name: "softmax", kernel: "rows", beside: () => [], run: (x) => softmax(x, -1) },
  { name: "logSoftmax", kernel: "rows", beside: () => [], run: (x) => logSoftmax(x, -1) },
  { name: "layerNorm", kernel: "rows", beside: (shape) => [row(shape), row(shape)], run: (x, weight, bias) => layerNorm(x, row(x.shape), { weight: weight!, bias: bias! }) },
  { name: "layerNorm without bias", kernel: "rows", beside: (shape) => [row(shape)], run: (x, weight) => layerNorm(x, row(x.shape), { weight: weight! }) },
  { name: "layerNorm alone", kernel: "rows", beside: () => [], run: (x) => layerNorm(x, row(x.shape)) },
  { name: "rmsNorm", kernel: "rows", beside: (shape) => [row(shape)], run: (x, weight) => rmsNorm(x, row(x.shape), { weight: weight! }) },
  { name: "groupNorm", kernel: "rows", beside: () => [], run: (x) => groupNorm(x.reshape([1, x.shape[0]!, x.shape[1]!]), x.shape[0]!) },
  {
    name: "batchNorm of one example", kernel: "rows", operands: 10, beside: (shape) => [shape.slice(0, 1), shape.slice(0, 1)],
    run: (x, weight, bias) => batchNorm(x.reshape([1, ...x.shape]), null, null, { weight: weight!, bias: bias!, training: true }),
  },
  {
    name: "crossEntropy", kernel: "rows", calls: 1, beside: () => [],
    run: (x) => crossEntropy(x, tensor(Int32Array.from({ length: x.shape[0]! }, (_, i) => (i % 3 === 1 ? -100 : (7 * i) % x.shape[1]!)), { device: x.device }), { reduction: "sum" }),
  },
];

/** Windows side by side, what they leave over, and several planes. */
const windowSamples: readonly Sample[] = ([[2, 2], [1, 2], [3, 3], [2, 5], [4, 1]] as const).flatMap((window) => ([1, 3] as const).map((planes): Sample => ({
  name: `the gradient of maxima of ${planes === 1 ? "" : `${planes} planes of `}${window.join(" by ")}`, kernel: "windowMaxGrad", calls: 1, beside: () => [],
  run: (x) => maxPool2d(x.unsqueeze(0).expand([planes, ...x.shape]), window),
  shapes: [[4, 5], [5, 7], [4, 10], [9, 31], [6, 64], [40, 33]],
})));

/** One channel a group, several, and many, with windows of each kind; sizes that leave rests. */
const convolutionSamples: readonly Sample[] = ([
  ["one channel a group", 7, 7, 14, [3, 3], 1], ["few channels", 3, 1, 5, [3, 3], 1], ["many channels", 16, 1, 17, [3, 3], 1], ["a stride", 4, 2, 6, [2, 1], 2],
] as const).map(([name, channels, groups, out, window, stride]): Sample => ({
  name: `a convolution of ${name}, and its bias`, kernel: "convBias", calls: 1, beside: () => [[out, channels / groups, ...window], [out]],
  run: (x, weight, bias) => conv2d(x.unsqueeze(0).expand([2, channels, ...x.shape]), weight!, { bias: bias!, groups, stride, padding: 1 }), shapes: [[3, 5], [9, 31], [17, 20]],
}));

type Heads = { readonly of: (x: Tensor) => Tensor; readonly width: number; readonly shapes: readonly Shape[] };
/** Few results and many, of rows side by side and of batches. */
const layerSamples: readonly Sample[] = ([["one output", 1, false], ["few outputs", 5, false], ["few outputs, in batches", 5, true], ["many outputs", 40, false]] as const).map(([name, out, isBatch]): Sample => ({
  name: `a layer of ${name}, and its bias`, kernel: "matmulBias", calls: 1, beside: (shape) => [[out, shape[1]!], [out]],
  run: (x, weight, bias) => linear(isBatch ? x.unsqueeze(0).expand([2, ...x.shape]) : x, weight!, bias!), shapes: [[1, 6], [3, 5], [20, 31], [33, 300]],
}));

/** x [l, d] as two heads, whose rows lie apart: [2, l, d / 2]. */
const heads: Heads = { of: (x) => x.reshape([x.shape[0]!, 2, x.shape[1]! / 2]).transpose(0, 1), width: 2, shapes: [[1, 2], [3, 4], [5, 6], [7, 32], [40, 8], [130, 16], [300, 6]] };
/** As three heads of two batches, which do not merge: [2, 3, l, d / 6]. */
const batchesOfHeads: Heads = { of: (x) => x.reshape([x.shape[0]!, 3, 2, x.shape[1]! / 6]).permute([2, 1, 0, 3]), width: 6, shapes: [[1, 6], [3, 12], [5, 48], [40, 24], [100, 6], [130, 12]] };
const attention = (name: string, options: (l: number, s: number, x: Tensor) => AttentionOptions, longer = 3, { of, width, shapes }: Heads = heads): Sample[] =>
  (["attention", "attentionGrad"] as const).map((kernel): Sample => ({
    name: `${name}${kernel === "attention" ? "" : ", backward"}`, kernel, calls: 1, most: 1, beside: ([l, d]) => [[l! + longer, d!], [l! + longer, d! + width]],
    run: (q, k, v) => scaledDotProductAttention(of(q), of(k!), of(v!), options(q.shape[0]!, k!.shape[0]!, q)),
    shapes, isFinite: name.startsWith("causal"),
  }));
/** Which columns each row attends to: the first always. */
const visible = (s: number, x: Tensor, ...lead: readonly number[]): Tensor =>
  tensor(Uint8Array.from({ length: lead.reduce((a, b) => a * b, s) }, (_, at) => Number(at % s === 0 || uniform(at, 11) > 0.4)), { shape: [...lead, s], dtype: "bool", device: x.device });
const added = (x: Tensor, ...shape: readonly number[]): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => (at === 3 ? -Infinity : uniform(at, 12))), { shape, device: x.device });
const attentionSamples: readonly Sample[] = [
  ...attention("attention", () => ({})),
  ...attention("causal attention", () => ({ isCausal: true })), ...attention("causal attention to fewer", () => ({ isCausal: true }), 0),
  ...attention("attention where a mask says", (l, s, x) => ({ attnMask: visible(s, x, l) })),
  ...attention("attention with a sum", (l, s, x) => ({ attnMask: added(x, 2, s, l).transpose(1, 2), scale: 0.3 })),
  ...([
    ["attention of batches of heads", () => ({})],
    ["causal attention of batches of heads", () => ({ isCausal: true })],
    ["attention of batches of heads, a mask for each row", (l, s, x) => ({ attnMask: visible(s, x, l) })],
    ["attention of batches of heads, a mask for each batch", (_, s, x) => ({ attnMask: visible(s, x, 2, 1, 1) })],
    ["attention of batches of heads, a mask for each row of a batch", (l, s, x) => ({ attnMask: visible(s, x, 2, 1, l) })],
    ["attention of batches of heads, a sum for each head", (l, s, x) => ({ attnMask: added(x, 1, 3, l, s) })],
    ["attention of batches of heads, a sum for each row of a batch", (l, s, x) => ({ attnMask: added(x, 2, 1, l, s) })],
  ] satisfies [string, (l: number, s: number, x: Tensor) => AttentionOptions][]).flatMap(([name, options]) => attention(name, options, 3, batchesOfHeads)),
];

/** Parts along each dim, more than a call may bind, strided ones, and gradients that leave places empty. */
const concatSamples: readonly Sample[] = ([
  ["columns", ([rows]) => [[rows!, 4]], (x, y) => cat([x, y!, x], 1)],
  ["rows", ([, n]) => [[4, n!]], (x, y) => cat([x, y!.flip(0), x])],
  ["the same twice, a number apart", (shape) => [shape], (x, y) => stack([x, y!], -1)],
  ["rows of both by turns", (shape) => [shape], (x, y) => stack([x, y!], 1)],
  ["columns that were rows", (shape) => [shape], (x, y) => cat([x.t(), y!.t()], 1)],
  ["numbers that are repeated", ([rows]) => [[rows!, 1]], (x, y) => cat([y!.expand(x.shape), x], 1)],
  ["dims in another order", () => [[4, 2, 3, 8]], (x, y) => cat([y!.permute([2, 0, 3, 1]), y!.permute([2, 0, 3, 1]).narrow(1, 1, 2)], 1).mul(x.sum())],
  ["more than a call may bind", () => [], (x) => stack(Array.from({ length: 20 }, (_, i) => x.mul(i)), 1)],
  ["many parts of one tensor", () => [], (x) => cat([x, ...Array.from({ length: 130 }, (_, i) => x.detach().narrow(1, i % x.shape[1]!, 1))], 1)],
  ["the gradient of rows of which most are not used", () => [], (x) => { const parts = x.unbind(); return parts[0]!.mul(parts.at(-1)!); }],
  ["the gradient of pieces of which one is not used", () => [], (x) => {
    const [first, , last] = x.tensorSplit([1, 1 + (x.shape[1]! >> 1)], 1) as [Tensor, Tensor, Tensor];
    return x.split([1, x.shape[1]! - 1], 1)[1]!.sum(1).mul(first.sum(1)).add(last.sum(1));
  }],
  ["the gradient of a slice", () => [], (x) => x.narrow(1, 1, x.shape[1]! - 1)],
] satisfies [string, Sample["beside"], Sample["run"]][]).map(([name, beside, run]): Sample => ({
  name: `side by side: ${name}`, kernel: "concat", calls: 1, beside, run, shapes: [[1, 2], [3, 3], [4, 8], [5, 16], [7, 31], [64, 32], [40, 33]],
}));

/** Short, odd, around multiples of the lanes and of the pieces; few long rows, many short ones. */
const shapes: readonly Shape[] = [[1, 2], [3, 3], [5, 4], [2, 5], [7, 31], [3, 64], [4, 129], [1, 4097], [2, 4098], [3, 4099], [2, 20_001], [700, 33], [5000, 2]];
const largest = 200_000;

/** Numbers that look random; `special` puts a NaN, both infinities, and a row that is masked out as a whole among them. */
const values = (shape: Shape, special: boolean): Float32Array<ArrayBuffer> => {
  const [rows, n] = shape as [number, number];
  return Float32Array.from({ length: rows * n }, (_, at) => {
    const i = Math.floor(at / n), j = at % n;
    if (special && i === 0 && j === 1) return NaN;
    if (special && i === 1) return -Infinity;
    if (special && i === 2 && j === 0) return Infinity;
    if (special && i === 3 && j < n / 2) return -Infinity;
    return 6 * uniform(at, 3) - 3;
  });
};

/** The result, and the gradients of it times fixed weights, without a graph of their own: those that fused kernels compute. */
async function resultsOf({ run, beside }: Sample, device: Backend, shape: Shape, kind: Kind): Promise<number[][]> {
  const s = scope("fused");
  try {
    const parts = s.run(() => {
      const [rows, n] = shape as [number, number], wide = [rows, n + 3];
      const whole = kind === "cut" ? tensor(values(wide, false), { shape: wide, device, requiresGrad: true }) : tensor(values(shape, kind === "special"), { shape, device, requiresGrad: true });
      const others = beside(shape).map((of, i) => tensor(Float32Array.from({ length: of.reduce((a, b) => a * b, 1) }, (_, at) => 0.5 + uniform(at, 5 + i)), { shape: of, device, requiresGrad: true }));
      const out = run(kind === "cut" ? whole.narrow(1, 1, n) : whole, ...others);
      const weights = tensor(Float32Array.from({ length: out.numel() }, (_, at) => uniform(at, 9) - 0.4), { shape: out.shape, device });
      out.backward(weights);
      return [out.detach(), ...[whole, ...others].map((x) => x.grad!)];
    });
    return await Promise.all(parts.map(async (x) => [...(await x.data())].map(Number)));
  } finally {
    s.close();
  }
}
/** `cut`: rows lie further apart than they are long. */
type Kind = "plain" | "special" | "cut";

/** Within a few roundings of the largest number of the result; what is not finite is the same. */
function compare(what: string, got: readonly number[], want: readonly number[]): void {
  const scale = want.reduce((most, w) => (Number.isFinite(w) ? Math.max(most, Math.abs(w)) : most), 1);
  got.forEach((g, i) => {
    const w = want[i]!;
    const close = Number.isFinite(w) ? Math.abs(g - w) <= 4e-6 * scale : Object.is(g, w);
    if (!close) throw new Error(`${what}[${i}] is ${g}, without the fused kernel ${w}`);
  });
}

const fusedCase = (sample: Sample, kind: Kind): Case => ({
  name: `fused: ${sample.name}${kind === "plain" ? "" : kind === "cut" ? " of a part of each row" : " of NaN and infinities"}`,
  needs: ["float32", "int32", "bool"],
  async run({ backend }) {
    if (backend.kernels[sample.kernel] === undefined) return;
    for (const shape of sample.shapes ?? shapes) {
      if (kind !== "plain" && shape[0]! * shape[1]! > largest / 10) continue;
      const isWhole = backend.limits.maxBindings >= (sample.operands ?? 0), { reduce } = backend.calls;
      const before = backend.calls[sample.kernel], got = await resultsOf(sample, backend, shape, kind), fused = backend.calls[sample.kernel] - before;
      const isAsOften = isWhole ? fused >= (sample.calls ?? 2) && fused <= (sample.most ?? Infinity) : fused === 1 && backend.calls.reduce > reduce;
      check(isAsOften, `${sample.name} of [${shape.join()}]: the kernel ${sample.kernel} ran ${fused} times, reduce ${backend.calls.reduce - reduce}`);
      const after = backend.calls[sample.kernel], want = await resultsOf(sample, unfused(backend), shape, kind);
      check(backend.calls[sample.kernel] === after, `${sample.name}: unfused() has a fused kernel`);
      got.forEach((part, k) => compare(`${sample.name} of [${shape.join()}], ${k === 0 ? "the result" : `gradient ${k}`}`, part, want[k]!));
    }
  },
});

/** Two steps of Adam on parameters of several sizes; of the last three the kernel takes none, as one is not dense and the others share their memory. */
async function stepped(device: Backend): Promise<number[][]> {
  const s = scope("steps");
  try {
    const state = s.run(() => {
      const numbers = (size: number, salt: number): Tensor => tensor(Float32Array.from({ length: size }, (_, at) => (size === 3 && at === 1 ? NaN : uniform(at, salt) - 0.5)), { device });
      const whole = (salt: number, size = 12): Tensor[] => { const x = numbers(size, salt); return [x.narrow(0, 0, 5), x.narrow(0, 5, 7)]; };
      const tensors = (salt: number): Tensor[] => [...[1, 3, 64, 4097, 5000, 40_001, 0].map((size) => numbers(size, salt)), numbers(6, salt).reshape([2, 3]).t(), ...whole(salt)];
      const [params, firsts, seconds, grads] = [tensors(21), tensors(22), tensors(23).map((x) => x.abs()), tensors(24)] as [Tensor[], Tensor[], Tensor[], Tensor[]];
      for (const step of [3, 4]) adamStep(params, grads, firsts, seconds, undefined, { lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, maximize: false, decoupled: false, step });
      return [...params, ...firsts, ...seconds];
    });
    return await Promise.all(state.map(async (x) => [...(await x.data())].map(Number)));
  } finally {
    s.close();
  }
}
const eachCase: Case = {
  name: "fused: the step of an optimizer, of several parameters",
  needs: ["float32"],
  async run({ backend }) {
    if (backend.kernels.mapEach === undefined) return;
    const before = backend.calls.mapEach, got = await stepped(backend);
    check(backend.calls.mapEach - before === 2, "the kernel mapEach did not run once a step");
    const after = backend.calls.mapEach, want = await stepped(unfused(backend));
    check(backend.calls.mapEach === after, "unfused() has a fused kernel");
    got.forEach((part, k) => part.forEach((x, i) => check(Object.is(x, want[k]![i]), `tensor ${k}[${i}] is ${x}, without the fused kernel ${want[k]![i]}`)));
  },
};

const rowsOfHeads: Case = {
  name: "fused: attention of heads that are a part of rows gives rows, and copies nothing",
  needs: ["float32"],
  async run({ backend }) {
    if (backend.kernels.attention === undefined || backend.kernels.attentionGrad === undefined) return;
    const s = scope("heads");
    try {
      s.run(() => {
        const xs = [0, 1, 2].map((salt) => tensor(Float32Array.from({ length: 120 }, (_, at) => uniform(at, salt)), { shape: [10, 12], device: backend, requiresGrad: true }));
        const before = backend.calls.copy, [q, k, v] = xs.map((x) => x.reshape([2, 5, 3, 4]).transpose(1, 2)) as [Tensor, Tensor, Tensor];
        const out = scaledDotProductAttention(q, k, v).transpose(1, 2).reshape([10, 12]);
        out.backward(out.detach());
        check(xs.every(({ grad }) => grad!.isContiguous()), "a gradient is not dense");
        check(backend.calls.copy === before, `${backend.calls.copy - before} copies`);
      });
    } finally {
      s.close();
    }
  },
};

/** Every fused kernel that a backend has; nothing for one that has none. */
export const fusedSuite = (): readonly Case[] => [
  eachCase, rowsOfHeads,
  ...[...samples, ...attentionSamples, ...windowSamples, ...convolutionSamples, ...concatSamples, ...layerSamples].flatMap((sample) =>
    (sample.isFinite === true ? ["plain", "cut"] as const : ["plain", "special", "cut"] as const).map((kind) => fusedCase(sample, kind))),
];
