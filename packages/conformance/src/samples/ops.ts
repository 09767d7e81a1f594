/** @file Sample calls of the ops: shapes with zeros and ones, broadcasts, views, corners. One row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";

import { arrangementSamples } from "./arrangement.ts";
import { complexSamples } from "./complex.ts";
import { fourierSamples } from "./fourier.ts";
import { convolutionSamples } from "./convolution.ts";
import { decompositionSamples } from "./decompositions.ts";
import { elementwiseSamples } from "./elementwise.ts";
import { linearSystemSamples } from "./linear-systems.ts";
import { lossSamples } from "./losses.ts";
import { normalizationSamples } from "./normalization.ts";
import { cumulativeSamples } from "./cumulative.ts";
import { placeSamples } from "./places.ts";
import { productSamples } from "./products.ts";
import { poolingSamples } from "./pooling.ts";
import { shapeSamples } from "./shapes.ts";
import { resizingSamples } from "./resizing.ts";
import { maskedSamples } from "./masked.ts";
import { sortingSamples } from "./sorting.ts";
import { specialSamples } from "./special.ts";
import { type Draw, int, type OpSample, sample, x } from "./sample.ts";

const unaries: OpSample[] = ([
  ["neg", A.neg, "normal"], ["abs", A.abs, "away"], ["sign", A.sign, "away"], ["square", A.square, "normal"], ["exp", A.exp, "normal"], ["expm1", A.expm1, "normal"],
  ["log", A.log, "positive"], ["log1p", A.log1p, "positive"],
  ["sqrt", A.sqrt, "positive"], ["rsqrt", A.rsqrt, "positive"], ["reciprocal", A.reciprocal, "away"], ["sin", A.sin, "normal"], ["cos", A.cos, "normal"], ["tan", A.tan, "unit"],
  ["tanh", A.tanh, "normal"], ["erf", A.erf, "normal"],
  ["sigmoid", A.sigmoid, "normal"], ["relu", A.relu, "away"], ["silu", A.silu, "normal"], ["softsign", A.softsign, "away"], ["gelu", A.gelu, "normal"],
  ["floor", A.floor, "normal"], ["ceil", A.ceil, "normal"], ["trunc", A.trunc, "normal"], ["round", A.round, "normal"],
] satisfies [string, (t: Tensor) => Tensor, Draw][]).flatMap(([name, op, draw]) => {
  return [
    sample(name, [x([2, 3], draw)], (a) => op(a)), sample(`${name} of a 0-d tensor`, [x([], draw)], (a) => op(a)),
    sample(`${name} of a transposed view`, [x([3, 5], draw)], (a) => op(a.t())), sample(`${name} of nothing`, [x([0, 3], draw)], (a) => op(a)),
  ];
});

/** maximum and minimum take no number. */
const tensorOf = (beside: Tensor, y: Tensor | number): Tensor => (typeof y === "number" ? A.fullLike(beside, y) : y);
const binaries: OpSample[] = ([
  ["add", A.add, "normal"], ["sub", A.sub, "normal"], ["mul", A.mul, "normal"], ["div", A.div, "away"], ["pow", A.pow, "positive"],
  ["maximum", (a, b) => A.maximum(a, tensorOf(a, b)), "distinct"], ["minimum", (a, b) => A.minimum(a, tensorOf(a, b)), "distinct"],
] satisfies [string, (a: Tensor, b: Tensor | number) => Tensor, Draw][]).flatMap(([name, op, draw]) => {
  return ([[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [2, 2]], [[4, 1, 3], [2, 1]], [[0, 3], [3]]] as const).map(([a, b]) =>
    sample(`${name} ${JSON.stringify(a)} ${JSON.stringify(b)}`, [x(a, draw), x(b, draw)], (p, q) => op(p, q)))
    .concat([sample(`${name} with itself`, [x([3], draw)], (p) => op(p, p)), sample(`${name} with a number`, [x([2, 2], draw)], (p) => op(p, 1.5))]);
});

const comparisons: OpSample[] = ([
  ["eq", A.eq], ["ne", A.ne], ["lt", A.lt], ["le", A.le], ["gt", A.gt], ["ge", A.ge], ["logicalAnd", A.logicalAnd], ["logicalOr", A.logicalOr], ["logicalXor", A.logicalXor],
] satisfies [string, (a: Tensor, b: Tensor) => Tensor][]).map(([name, op]) =>
  sample(name, [x([2, 3]), x([3])], (p, q) => op(p, q), 0));

const reductions: OpSample[] = ([undefined, 0, 1, -1, [0, 2]] as const).flatMap((dim) => ([false, true] as const).flatMap((keepdim) => {
  const at = `${JSON.stringify(dim) ?? "all"}${keepdim ? " keepdim" : ""}`;
  return [
    sample(`sum ${at}`, [x([2, 3, 4])], (p) => p.sum(dim, { keepdim })), sample(`mean ${at}`, [x([2, 3, 4])], (p) => p.mean(dim, { keepdim })),
    sample(`amax ${at}`, [x([2, 3, 4], "distinct")], (p) => p.amax(dim, { keepdim })), sample(`amin ${at}`, [x([2, 3, 4], "distinct")], (p) => p.amin(dim, { keepdim })),
    sample(`std ${at}`, [x([2, 3, 4])], (p) => p.std(dim, { keepdim })), sample(`var ${at}`, [x([2, 3, 4])], (p) => p.var(dim, { keepdim })),
    sample(`all ${at}`, [x([2, 3, 4])], (p) => p.gt(0).all(dim, { keepdim }), 0),
    sample(`sum to bool ${at}`, [x([2, 3, 4])], (p) => p.gt(0.5).sum(dim, { keepdim, dtype: "bool" }), 0),
    sample(`any ${at}`, [x([2, 3, 4])], (p) => p.gt(1).any(dim, { keepdim }), 0),
  ];
}));

const views: OpSample[] = [
  sample("reshape", [x([2, 6])], (p) => p.reshape([3, -1]).mul(2)), sample("reshape of a transpose", [x([2, 6])], (p) => p.t().reshape([4, 3]).mul(p.reshape([4, 3]))),
  sample("permute", [x([2, 3, 4])], (p) => p.permute([2, 0, 1]).exp()), sample("transpose", [x([2, 3, 4])], (p) => p.transpose(0, -1).exp()),
  sample("expand", [x([3, 1])], (p) => p.expand([2, 3, 4]).exp()), sample("squeeze", [x([1, 3, 1])], (p) => p.squeeze().exp()), sample("unsqueeze", [x([3])], (p) => p.unsqueeze(0).exp()),
  sample("slice", [x([7, 2])], (p) => p.slice(0, 1, 6, 2).exp()), sample("select", [x([3, 4])], (p) => p.select(1, -1).exp()), sample("narrow", [x([5])], (p) => p.narrow(0, 1, 3).square()),
  sample("split", [x([5, 2])], (p) => { const [a, b] = p.split([2, 3]) as [Tensor, Tensor]; return a.sum().mul(b.square().sum()); }),
  sample("chunk", [x([5, 2])], (p) => { const [a, b] = p.chunk(2) as [Tensor, Tensor]; return a.sum().mul(b.square().sum()); }),
  sample("split of which some are not used", [x([2, 6])], (p) => { const [a, , c] = p.split(2, 1) as [Tensor, Tensor, Tensor]; return a.mul(c.square()); }),
  sample("unbind of which some are not used", [x([4, 2])], (p) => { const [, b, , d] = p.unbind() as [Tensor, Tensor, Tensor, Tensor]; return b.mul(d.square()); }),
  sample("one of several", [x([3, 4])], (p) => p.chunk(2, 1)[1]!.square().add(p.unbind(1)[0]!.unsqueeze(1).pow(3))),
  sample("iteration", [x([3, 2])], (p) => A.stack([...p].reverse(), 1).square()), sample("split and cat again", [x([3, 4])], (p) => A.cat(p.split([1, 3], 1).reverse(), 1).pow(3)),
  sample("cat", [x([2, 3]), x([1, 3])], (p, q) => A.cat([p, q, p.mul(2)]).square()), sample("cat along 1", [x([2, 3]), x([2, 1])], (p, q) => A.cat([p, q], 1).square()),
  sample("stack", [x([2, 3]), x([2, 3])], (p, q) => A.stack([p, q], -1).square()), sample("flatten", [x([2, 3, 2])], (p) => p.flatten(1).square()),
  sample("to and fro", [x([4])], (p) => p.to("float32").to(p.dtype).mul(1), 0),
];

const products: OpSample[] = ([[[2, 3], [3, 4]], [[3], [3]], [[2, 3], [3]], [[3], [3, 2]], [[2, 2, 3], [3, 4]], [[2, 2, 3], [2, 3, 4]], [[2, 1, 2, 3], [3, 3, 2]], [[0, 3], [3, 2]], [[2, 0], [0, 3]]] as const)
  .map(([a, b]) => sample(`matmul ${JSON.stringify(a)} ${JSON.stringify(b)}`, [x(a), x(b)], (p, q) => A.matmul(p, q)));
/** Of two batch dims that do not merge, as heads have them, and of three. */
const productsOfHeads: OpSample[] = [
  sample("matmul of heads", [x([2, 3, 2, 2]), x([2, 2, 2, 2])], (p, q) => A.matmul(p.transpose(1, 2), q.permute([0, 2, 3, 1]))),
  sample("matmul of batches of heads", [x([2, 2, 3, 1, 2]), x([2, 2, 2, 2])], (p, q) => A.matmul(p.permute([1, 3, 0, 2, 4]), q.unsqueeze(1).transpose(0, 2))),
];

const indexing: OpSample[] = [
  sample("gather", [x([3, 4]), int([3, 2], [0, 1, 3, 3, 2, 0])], (p, i) => p.gather(1, i)), sample("gather along 0", [x([3, 2]), int([2, 2], [2, 0, 2, 2])], (p, i) => p.gather(0, i)),
  sample("scatterAdd", [x([3, 4]), int([2, 2], [0, 0, 3, 1]), x([2, 2])], (p, i, s) => p.scatterAdd(1, i, s)), sample("scatter", [x([3, 4]), int([2, 2], [0, 2, 3, 1]), x([2, 2])], (p, i, s) => p.scatter(1, i, s)),
  sample("indexSelect", [x([3, 4]), int([3], [2, 0, 2])], (p, i) => p.indexSelect(0, i)), sample("embedding", [x([5, 3]), int([2, 2], [4, 0, 4, 1])], (w, i) => A.embedding(i, w)),
  sample("where", [x([2, 3]), x([3])], (p, q) => A.where(p.gt(0), p, q)), sample("clamp", [x([2, 3], "away")], (p) => p.clamp(-1.05, 1.05)),
  sample("max along a dim", [x([2, 3], "distinct")], (p) => p.max(1).values), sample("min along a dim", [x([2, 3], "distinct")], (p) => p.min(0).values),
  sample("argmax", [x([2, 3], "distinct")], (p) => p.argmax(1), 0), sample("argmin", [x([2, 3], "distinct")], (p) => p.argmin(), 0),
];

const networks: OpSample[] = [
  sample("softmax", [x([2, 5])], (p) => p.softmax(-1)), sample("softmax along 0", [x([3, 2])], (p) => p.softmax(0)), sample("logSoftmax", [x([2, 5])], (p) => p.logSoftmax(1)),
  sample("layerNorm", [x([3, 4]), x([4]), x([4])], (p, weight, bias) => A.layerNorm(p, [4], { weight, bias })),
  sample("linear", [x([2, 3]), x([4, 3]), x([4])], (p, w, b) => A.linear(p, w, b)),
  sample("crossEntropy", [x([3, 4]), int([3], [1, 0, 3])], (p, target) => A.crossEntropy(p, target)),
  sample("crossEntropy ignoring and smoothing", [x([3, 4]), int([3], [1, -100, 3])], (p, target) => A.crossEntropy(p, target, { labelSmoothing: 0.1 })),
  sample("mseLoss", [x([3]), x([3])], (p, q) => A.mseLoss(p, q)), sample("gelu by tanh", [x([5])], (p) => A.gelu(p, { approximate: "tanh" })),
  sample("attention", [x([2, 3, 4]), x([2, 3, 4]), x([2, 3, 4])], (q, k, v) => A.scaledDotProductAttention(q, k, v)),
  sample("causal attention", [x([2, 3, 4]), x([2, 3, 4]), x([2, 3, 4])], (q, k, v) => A.scaledDotProductAttention(q, k, v, { isCausal: true })),
  sample("dropout", [x([4, 4])], (p) => { A.manualSeed(3); return A.dropout(p, 0.4); }),
  sample("in place", [x([3]), x([3])], (p, q) => p.mul(1).mul_(q).add_(q, { alpha: 2 }).div_(2).sub_(p)),
];

/** Those that work element by element, where a zero keeps its sign. */
export const pointwiseSamples: readonly OpSample[] = [...unaries, ...binaries, ...comparisons, ...elementwiseSamples];

export const opSamples: readonly OpSample[] = [
  ...pointwiseSamples, ...reductions, ...views, ...products, ...productsOfHeads, ...indexing, ...networks,
  ...arrangementSamples,
  ...convolutionSamples.map((one): OpSample => ({ ...one, isPadded: true })),
  ...cumulativeSamples,
  ...decompositionSamples,
  ...linearSystemSamples,
  ...lossSamples,
  ...normalizationSamples,
  ...poolingSamples,
  ...placeSamples,
  ...productSamples,
  ...specialSamples, ...complexSamples, ...fourierSamples,
  ...shapeSamples,
  ...resizingSamples,
  ...maskedSamples,
  ...sortingSamples,
];
