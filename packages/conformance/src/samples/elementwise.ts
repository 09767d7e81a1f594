/** @file Sample calls of elementwise ops: one small row each; the corners are the goldens'. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type Draw, int, type OpSample, sample, x } from "./sample.ts";

const unaries: OpSample[] = ([
  ["asin", A.asin, "unit"], ["acos", A.acos, "unit"], ["atan", A.atan, "normal"], ["sinh", A.sinh, "away"], ["cosh", A.cosh, "normal"], ["asinh", A.asinh, "away"],
  ["acosh", (p) => A.acosh(p.abs().add(1.2)), "away"], ["atanh", A.atanh, "unit"],
  ["sinc", A.sinc, "away"], ["deg2rad", A.deg2rad, "normal"], ["rad2deg", A.rad2deg, "normal"], ["exp2", A.exp2, "normal"], ["log2", A.log2, "positive"],
  ["log10", A.log10, "positive"], ["frac", A.frac, "away"], ["sgn", A.sgn, "away"],
  ["logit", (p) => A.logit(p.sigmoid()), "normal"], ["logit with eps", (p) => A.logit(p.sigmoid(), { eps: 0.2 }), "normal"], ["nanToNum", A.nanToNum, "normal"], ["entr", A.special.entr, "positive"],
  ["hardtanh", (p) => A.hardtanh(p, { minVal: -0.31, maxVal: 0.62 }), "normal"], ["relu6", A.relu6, "away"], ["leakyRelu", A.leakyRelu, "away"],
  ["elu", (p) => A.elu(p, { alpha: 0.7 }), "away"], ["celu", (p) => A.celu(p, { alpha: 0.7 }), "away"], ["selu", A.selu, "away"],
  ["softplus", (p) => A.softplus(p, { beta: 1.5 }), "normal"], ["softshrink", A.softshrink, "away"], ["hardshrink", A.hardshrink, "away"], ["tanhshrink", A.tanhshrink, "normal"],
  ["hardsigmoid", A.hardsigmoid, "normal"], ["hardswish", A.hardswish, "normal"],
  ["mish", A.mish, "normal"], ["logsigmoid", A.logsigmoid, "normal"], ["threshold", (p) => A.threshold(p, 0.1, 2), "away"],
  ["round to decimals", (p) => A.round(p, { decimals: 1 }), "normal"], ["clamp by tensors", (p) => A.clamp(p, p.detach().mul(0.5), p.detach().mul(2)), "positive"],
] satisfies [string, (t: Tensor) => Tensor, Draw][]).map(([name, op, draw]) => sample(name, [x([2, 3], draw)], (p) => op(p)));

const binaries: OpSample[] = ([
  ["atan2", A.atan2, "away"], ["hypot", A.hypot, "away"], ["logaddexp", A.logaddexp, "normal"], ["logaddexp2", A.logaddexp2, "normal"], ["xlogy", A.xlogy, "positive"],
  ["xlog1py", A.special.xlog1py, "positive"], ["copysign", A.copysign, "away"],
  ["fmax", A.fmax, "distinct"], ["fmin", A.fmin, "distinct"], ["rsub", (p, q) => A.rsub(p, q, { alpha: 3 }), "normal"],
  ["add with alpha", (p, q) => A.add(p, q, { alpha: 3 }), "normal"], ["sub with alpha", (p, q) => A.sub(p, q, { alpha: 3 }), "normal"],
  ["clampMin", A.clampMin, "distinct"], ["clampMax", A.clampMax, "distinct"], ["lerp", (p, q) => A.lerp(p, q, 0.3), "normal"],
  ["addcmul", (p, q) => A.addcmul(p, p, q, { value: 2 }), "normal"], ["addcdiv", (p, q) => A.addcdiv(p, p, q, { value: 2 }), "away"],
  ["div rounded down", (p, q) => A.div(p, q, { roundingMode: "floor" }), "away"], ["ldexp", (p, q) => A.ldexp(p, q), "normal"], ["maskedFill", (p, q) => A.maskedFill(p, q.gt(0), 2), "normal"],
] satisfies [string, (p: Tensor, q: Tensor) => Tensor, Draw][]).flatMap(([name, op, draw]) => [
  sample(name, [x([2, 3], draw), x([2, 3], draw)], op), sample(`${name} of a column and a row`, [x([2, 1], draw), x([3], draw)], op),
]);

const integers: OpSample[] = ([
  ["bitwiseAnd", A.bitwiseAnd], ["bitwiseOr", A.bitwiseOr], ["bitwiseXor", A.bitwiseXor], ["gcd", A.gcd], ["lcm", A.lcm], ["floorDivide", A.floorDivide],
  ["bitwiseLeftShift", (p, q) => A.bitwiseLeftShift(p, q.abs().remainder(8))], ["bitwiseRightShift", (p, q) => A.bitwiseRightShift(p, q.abs().remainder(8))],
] satisfies [string, (p: Tensor, q: Tensor) => Tensor][]).map(([name, op]) => sample(name, [int([2, 4], [12, -18, 0, 5, 1836311, -7, 100, 99]), int([2, 4], [18, 4, 5, -15, 1134903, 3, 40, -1])], op, 0));

// NaN has no sign that an engine must keep; heaviside refuses to be derived
const predicates: OpSample[] = ([
  ["isfinite", A.isfinite], ["isinf", A.isinf], ["isposinf", A.isposinf], ["isneginf", A.isneginf], ["isreal", A.isreal], ["signbit", (p) => A.signbit(A.nanToNum(p))],
  ["isclose", (p) => A.isclose(p, p.mul(1.000001))], ["heaviside", (p) => A.heaviside(p.detach().sub(p.detach().amax()), A.onesLike(p))],
] satisfies [string, (t: Tensor) => Tensor][]).map(([name, op]) => sample(name, [x([2, 3])], (p) => op(A.cat([p, p.div(0), p.mul(0).neg()])), 0));

const inPlace: OpSample[] = [
  sample("functions in place", [x([3], "positive"), x([3])], (p, q) => p.mul(1).log_().atan2_(q).lerp_(q, 0.25).clamp_(-2, 2)),
  sample("arithmetic in place", [x([3], "away"), x([3], "away")], (p, q) => p.mul(1).addcmul_(q, q, { value: 2 }).addcdiv_(p, q).floorDivide_(2), 0),
  sample("maskedFill_", [x([3])], (p) => p.mul(1).maskedFill_(p.gt(0), -1)),
];

export const elementwiseSamples: readonly OpSample[] = [...unaries, ...binaries, ...integers, ...predicates, ...inPlace];
