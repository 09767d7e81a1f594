/** @file Elementwise ops: one row each. */
import * as A from "@adjoint/core";
import type { Operand, Tensor } from "@adjoint/core";
import type { DType } from "@adjoint/core/backend";
import { type Domain, type Kind, row, type Row } from "../row.ts";

const all: readonly Kind[] = ["float", "int", "bool"], numbers: readonly Kind[] = ["float", "int"], floats: readonly Kind[] = ["float"];

export const unary = (op: string, run: (x: Tensor) => Tensor, kinds: readonly Kind[] = floats, domain: Domain = "any"): Row => row({
  op,
  draw: (d) => ({ inputs: [d.variable({ kinds, domain })], attrs: {} }),
  run: ([x]) => run(x!),
});

/** Two tensors that broadcast together, or a tensor and a number. */
export const binary = (op: string, run: (x: Tensor, y: Operand) => Tensor, kinds: readonly Kind[] = all, [first, second]: readonly [Domain, Domain] = ["any", "any"]): Row => row<{ readonly number?: number }>({
  op,
  draw(d) {
    const x = d.variable({ kinds, domain: first });
    if (d.random.chance(0.2)) return { inputs: [x], attrs: { number: second === "exponent" ? d.random.integer(0, 3) : d.random.pick([-1.5, -1, 0.5, 1, 2, 3]) } };
    return { inputs: [x, d.random.chance(0.1) && first === second ? x : d.partner(x.shape, { kinds, domain: second })], attrs: {} };
  },
  run: ([x, y], { number }) => run(x!, number ?? y!),
});

/** Two tensors that broadcast together, where no number may stand for one. */
export const pair = (op: string, run: (x: Tensor, y: Tensor) => Tensor, kinds: readonly Kind[] = all, second: Domain = "any"): Row => row({
  op,
  draw(d) { const x = d.variable({ kinds }); return { inputs: [x, d.partner(x.shape, { kinds, domain: second })], attrs: {} }; },
  run: ([x, y]) => run(x!, y!),
});

/** Three tensors of one dtype that broadcast together. */
const ternary = (op: string, run: (x: Tensor, y: Tensor, z: Tensor) => Tensor, kinds: readonly Kind[] = all, third: Domain = "any"): Row => row({
  op,
  draw(d) { const x = d.variable({ kinds }), { dtype } = x; return { inputs: [x, d.partner(x.shape, { dtype }, true), d.partner(x.shape, { dtype, domain: third }, true)], attrs: {} }; },
  run: ([x, y, z]) => run(x!, y!, z!),
});

const unaries: readonly Row[] = [
  unary("neg", A.neg, numbers), unary("abs", A.abs, numbers), unary("sign", A.sign, all), unary("square", A.square, numbers),
  unary("exp", A.exp, all, "exponent"), unary("expm1", A.expm1, floats, "exponent"), unary("log", A.log, numbers, "positive"), unary("log1p", A.log1p, floats, "positive"),
  unary("sqrt", A.sqrt, numbers, "positive"), unary("rsqrt", A.rsqrt, numbers, "positive"), unary("reciprocal", A.reciprocal, numbers, "away"),
  unary("sin", A.sin, numbers), unary("cos", A.cos, all), unary("tan", A.tan, floats, "unit"), unary("tanh", A.tanh, numbers), unary("erf", A.erf),
  unary("sigmoid", A.sigmoid, numbers), unary("relu", A.relu, numbers), unary("silu", A.silu), unary("softsign", A.softsign), unary("gelu", (x) => A.gelu(x)), unary("geluTanh", (x) => A.gelu(x, { approximate: "tanh" })),
  unary("floor", A.floor, numbers), unary("ceil", A.ceil, numbers), unary("trunc", A.trunc, numbers), unary("round", A.round, numbers),
  unary("asin", A.asin, floats, "unit"), unary("acos", A.acos, floats, "unit"), unary("atan", A.atan, numbers), unary("atanh", A.atanh, floats, "unit"),
  unary("sinh", A.sinh, floats, "exponent"), unary("cosh", A.cosh, numbers, "exponent"), unary("asinh", A.asinh), unary("sinc", A.sinc), unary("deg2rad", A.deg2rad, numbers), unary("rad2deg", A.rad2deg),
  unary("exp2", A.exp2, numbers, "exponent"), unary("log2", A.log2, numbers, "positive"), unary("log10", A.log10, floats, "positive"), unary("frac", A.frac), unary("sgn", A.sgn, all),
  unary("relu6", A.relu6, numbers), unary("hardtanh", (x) => A.hardtanh(x)), unary("leakyRelu", (x) => A.leakyRelu(x)), unary("elu", (x) => A.elu(x)), unary("celu", (x) => A.celu(x)), unary("selu", A.selu),
  unary("softplus", (x) => A.softplus(x)), unary("softshrink", (x) => A.softshrink(x)), unary("hardshrink", (x) => A.hardshrink(x)), unary("tanhshrink", A.tanhshrink), unary("hardsigmoid", A.hardsigmoid),
  unary("hardswish", A.hardswish), unary("mish", A.mish), unary("logsigmoid", A.logsigmoid), unary("threshold", (x) => A.threshold(x, 0.25, -1), numbers), unary("nanToNum", (x) => A.nanToNum(x)),
  unary("isfinite", A.isfinite, all), unary("isinf", A.isinf, all), unary("signbit", A.signbit, all, "finite"), unary("bitwiseNot", A.bitwiseNot, ["int", "bool"]),
  unary("isnan", A.isnan, all), unary("logicalNot", A.logicalNot, all), unary("clone", A.clone, all),
];

const binaries: readonly Row[] = [
  binary("add", A.add), binary("sub", A.sub, numbers), binary("mul", A.mul), binary("div", A.div, all, ["any", "away"]),
  pair("maximum", A.maximum), pair("minimum", A.minimum),
  binary("pow", A.pow, numbers, ["positive", "exponent"]),
  binary("remainder", A.remainder, numbers, ["any", "away"]), binary("fmod", A.fmod, numbers, ["any", "away"]),
  binary("floorDivide", A.floorDivide, numbers, ["any", "away"]), binary("divFloor", (x, y) => A.div(x, y, { roundingMode: "floor" }), numbers, ["any", "away"]), binary("divTrunc", (x, y) => A.div(x, y, { roundingMode: "trunc" }), numbers, ["any", "away"]),
  binary("rsub", (x, y) => A.rsub(x, y), numbers), binary("copysign", A.copysign, all, ["any", "finite"]), binary("xlogy", A.xlogy, numbers, ["any", "positive"]), binary("clampMin", A.clampMin, numbers), binary("clampMax", A.clampMax, numbers),
  pair("atan2", A.atan2, floats, "away"), pair("hypot", A.hypot, floats, "away"), pair("logaddexp", A.logaddexp, floats), pair("logaddexp2", A.logaddexp2, floats), pair("fmax", A.fmax), pair("fmin", A.fmin), pair("isclose", (x, y) => A.isclose(x, y), numbers),
  binary("bitwiseAnd", A.bitwiseAnd, ["int", "bool"]), binary("bitwiseOr", A.bitwiseOr, ["int", "bool"]), binary("bitwiseXor", A.bitwiseXor, ["int", "bool"]), pair("gcd", A.gcd, ["int"]), pair("lcm", A.lcm, ["int"], "away"), pair("ldexp", A.ldexp, floats, "unit"),
  binary("eq", A.eq), binary("ne", A.ne), binary("lt", A.lt), binary("le", A.le), binary("gt", A.gt), binary("ge", A.ge),
  pair("logicalAnd", A.logicalAnd), pair("logicalOr", A.logicalOr), pair("logicalXor", A.logicalXor),
];

const others: readonly Row[] = [
  row<{ readonly dtype: DType }>({
    op: "to", weight: 2,
    draw(d) {
      const dtype = d.random.pick(d.dtypes)!;
      // A float is cut off to an integer: what does not fit is as C has it, that is, anything.
      const x = d.variable({ accepts: (v) => v.dtype !== dtype, domain: dtype === "uint8" ? "positive" : "any" });
      return x.dtype === dtype ? undefined : { inputs: [x], attrs: { dtype } };
    },
    run: ([x], { dtype }, host) => A.to(x!, host.dtype(dtype)),
  }),
  row<{ readonly min: number | null; readonly max: number | null }>({
    op: "clamp",
    draw: (d) => ({ inputs: [d.variable({ kinds: numbers })], attrs: d.random.pick([{ min: -1, max: 1.5 }, { min: 0, max: null }, { min: null, max: 1 }, { min: -2, max: 2 }]) }),
    run: ([x], { min, max }) => A.clamp(x!, min ?? undefined, max ?? undefined),
  }),
  ternary("addcmul", (x, y, z) => A.addcmul(x, y, z, { value: 0.5 }), floats), ternary("addcdiv", (x, y, z) => A.addcdiv(x, y, z), floats, "away"), ternary("lerp", A.lerp, floats),
  row<{ readonly number: number }>({
    op: "maskedFill",
    draw(d) { const x = d.variable({}); return { inputs: [x, d.partner(x.shape, { dtype: "bool" }, true)], attrs: { number: d.random.integer(0, 2) } }; },
    run: ([x, mask], { number }) => A.maskedFill(x!, mask!, number),
  }),
  row<{ readonly number?: number }>({
    op: "where", weight: 3,
    draw(d) {
      const x = d.variable({}), condition = d.partner(x.shape, { kinds: ["bool"], dtype: "bool" });
      if (d.random.chance(0.2)) return { inputs: [condition, x], attrs: { number: d.random.pick([0, -1, 0.5]) } };
      return { inputs: [condition, x, d.partner(x.shape, {})], attrs: {} };
    },
    run: ([condition, x, y], { number }) => A.where(condition!, x!, number ?? y!),
  }),
];

/** Choices, changes of sign, steps, and the ops of one rounding. Division is not among them: a device may be an ulp off. */
const exactOps: ReadonlySet<string> = new Set([
  "neg", "abs", "sign", "sgn", "square", "relu", "relu6", "hardtanh", "hardshrink", "threshold", "floor", "ceil", "trunc", "round", "frac", "clone", "nanToNum",
  "add", "sub", "rsub", "mul", "maximum", "minimum", "fmax", "fmin", "fmod", "remainder", "clamp", "clampMin", "clampMax", "copysign", "ldexp", "to", "where", "maskedFill",
]);
const weighted = [...unaries, ...binaries.map((r) => ({ ...r, weight: r.op === "add" || r.op === "mul" ? 4 : 1.5 })), ...others];

export const elementwiseRows: readonly Row[] = weighted.map((r) => (exactOps.has(r.op) ? { ...r, exact: true } : r));
