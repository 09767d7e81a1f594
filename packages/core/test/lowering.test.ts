/** @file The lowered float32 functions: within their published bounds, with products and sums contracted or not, and exact at the corners. */
import { describe, expect, test } from "vitest";
import { branched } from "../src/scalar/branches.ts";
import {
  abs, acos, type Apply, arg, asin, atan, atan2, ceil, cos, erf, exp, exp2, expm1, type Expr, log, log1p, max, min, mul, neg, pow, rem, round, sign, sin, tan, tanh,
  topologicalOrder,
} from "../src/scalar/expr.ts";
import { bitsFloat, evaluateInstruction, type InstructionName, instructions } from "../src/scalar/instructions.ts";
import { lower, type LoweredName, loweredUlp } from "../src/scalar/lowering.ts";
import { evaluate, program } from "../src/scalar/program.ts";

const f32 = Math.fround;
const x = arg(0, "float32"), y = arg(1, "float32");
const builders: { readonly [I in LoweredName]: Expr } = {
  exp: exp(x), exp2: exp2(x), expm1: expm1(x), log: log(x), log1p: log1p(x), sin: sin(x), cos: cos(x), tan: tan(x), asin: asin(x), acos: acos(x),
  atan: atan(x), atan2: atan2(x, y), tanh: tanh(x), erf: erf(x), pow: pow(x, y), rem: rem(x, y), round: round(x), sign: sign(x), ceil: ceil(x),
};
const names = Object.keys(builders) as LoweredName[];

/** What lower promises to use and nothing else; round only where it is builtin. */
const simple: ReadonlySet<InstructionName> = new Set<InstructionName>([
  "neg", "abs", "add", "sub", "mul", "div", "sqrt", "floor", "trunc", "min", "max", "isNan", "eq", "lt", "le",
  "not", "and", "or", "xor", "shl", "shr", "ushr", "select", "cast", "bitcast",
]);

type Arithmetic = "plain" | "contracted";

/** As `evaluate`, and with each float32 sum of a product rounded once where `contracted`: what a backend is free to do. */
function evaluator(root: Expr, arithmetic: Arithmetic): (x: number, y: number) => number {
  const order = topologicalOrder([root]), place = new Map(order.map((expr, i) => [expr, i]));
  const places = order.map((expr) => (expr.kind === "apply" ? expr.operands.map((o) => place.get(o)!) : []));
  const product = (expr: Expr): Apply | undefined =>
    arithmetic === "contracted" && expr.kind === "apply" && expr.name === "mul" && expr.dtype === "float32" ? expr : undefined;
  const values = new Float64Array(order.length);
  const factors = (of: Apply): number => values[place.get(of.operands[0]!)!]! * values[place.get(of.operands[1]!)!]!;
  const step = (expr: Expr, i: number): (() => number) => {
    if (expr.kind !== "apply") return () => values[i]!;
    const at = places[i]!, [a, b] = expr.operands as [Expr, Expr], left = at[0]!, right = at[1]!;
    if (expr.dtype === "float32" && (expr.name === "add" || expr.name === "sub")) {
      const sign = expr.name === "add" ? 1 : -1, first = product(a), second = product(b);
      if (second !== undefined) return () => f32(values[left]! + sign * factors(second));
      if (first !== undefined) return () => f32(factors(first) + sign * values[right]!);
    }
    const from = expr.operands[expr.name === "select" ? 1 : 0]!.dtype;
    return () => evaluateInstruction(expr.name, from, expr.dtype, at.map((k) => values[k]!));
  };
  const steps = order.map(step);
  return (first, second) => {
    order.forEach((expr, i) => { values[i] = expr.kind === "arg" ? (expr.index === 0 ? first : second) : expr.kind === "lit" ? expr.value : steps[i]!(); });
    return values[order.length - 1]!;
  };
}

const exact = (name: LoweredName, first: number, second: number): number => instructions[name].evaluate("float32", first, second, 0);

/** Distance to the exact result in units of its last place. Subnormal results may be flushed. */
function ulps(got: number, want: number): number {
  const rounded = f32(want);
  if (Number.isNaN(rounded) || Number.isNaN(got)) return Number.isNaN(rounded) && Number.isNaN(got) ? 0 : Infinity;
  if (got === rounded && Math.abs(got) === Infinity) return 0;
  if (Math.abs(rounded) < 2 ** -126) return Math.abs(got) <= 2 ** -126 ? 0 : Infinity;
  const exponent = Math.floor(Math.log2(Math.abs(want)));
  return Math.abs(got - want) / 2 ** (Math.min(exponent, 127) - 23);
}

/** A generator of its own, so that a failure repeats: xorshift32. */
function bits(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}
const next = bits(20240607);
const unit = (): number => (next() >>> 0) / 2 ** 32;
const anyFloat = (): number => bitsFloat(next());
const within = (from: number, to: number) => (): number => f32(from + unit() * (to - from));
/** All magnitudes between two alike, of both signs. */
const magnitude = (from: number, to: number) => (): number => f32((next() & 1 ? 1 : -1) * from * (to / from) ** unit());
const positive = (from: number, to: number) => (): number => Math.abs(magnitude(from, to)());
const near = (center: () => number, from: number, to: number) => (): number => f32(center() + magnitude(from, to)());
const whole = (from: number, to: number) => (): number => Math.round(from + unit() * (to - from));

type Sampler = () => readonly [number, number];
const one = (...samplers: (() => number)[]): Sampler[] => samplers.map((sample) => () => [sample(), 0]);
const two = (a: () => number, b: () => number): Sampler => () => [a(), b()];
/** Bases, each with an exponent that brings the result anywhere between 2^-126 and 2^128. */
const powers = (base: () => number): Sampler => () => {
  const b = base();
  return [b, f32((unit() * 254 - 126) / Math.log2(b))];
};
const quotients = (quotient: () => number): Sampler => () => {
  const divisor = magnitude(1e-18, 1e18)();
  return [f32(divisor * quotient()), divisor];
};
const multiples = (of: number, to: number) => (): number => f32(of * whole(-to / of, to / of)());
const periodic = (zero: number, until: number) =>
  one(within(-8, 8), within(-1e3, 1e3), within(-until, until), magnitude(1e-30, until), multiples(zero, until));

const samples: { readonly [I in LoweredName]: readonly Sampler[] } = {
  exp: one(anyFloat, within(-88, 89), within(-1, 1), near(() => 88.7228, 1e-6, 1e-3)),
  exp2: one(anyFloat, within(-127, 129), within(-1, 1), near(() => 128, 1e-6, 1e-2), () => whole(-126, 127)()),
  expm1: one(anyFloat, within(-20, 89), within(-2, 2), magnitude(1e-30, 1)),
  log: one(anyFloat, within(0, 4), near(() => 1, 1e-7, 0.5), positive(1e-44, 3e38)),
  log1p: one(anyFloat, within(-1, 4), magnitude(1e-30, 1), positive(1e-30, 3e38), near(() => -1, 1e-7, 0.5)),
  sin: periodic(Math.PI, 1e4),
  cos: periodic(Math.PI / 2, 1e4),
  tan: periodic(Math.PI / 2, 1e4),
  asin: one(anyFloat, within(-1, 1), magnitude(1e-30, 1), near(() => 1, 1e-7, 0.5)),
  acos: one(anyFloat, within(-1, 1), magnitude(1e-30, 1), near(() => 1, 1e-7, 0.5), near(() => -1, 1e-7, 0.5)),
  atan: one(anyFloat, within(-3, 3), magnitude(1e-30, 1e30)),
  atan2: [two(anyFloat, anyFloat), two(within(-2, 2), within(-2, 2)), two(magnitude(1e-5, 1), magnitude(1e-5, 1))],
  tanh: one(anyFloat, within(-10, 10), magnitude(1e-30, 1)),
  erf: one(anyFloat, within(-4, 4), magnitude(1e-30, 1), within(1, 1.3)),
  pow: [two(anyFloat, anyFloat), two(within(-10, 10), whole(-30, 30)), powers(positive(1e-44, 3e38)), powers(within(0.5, 2)),
    powers(within(1.1, 1.4)), powers(near(() => 1, 1e-6, 0.01))],
  rem: [two(within(-100, 100), within(-10, 10)), quotients(magnitude(0.1, 2 ** 35)), quotients(whole(-1000, 1000)), quotients(whole(-8e6, 8e6))],
  round: one(anyFloat, () => whole(-100, 100)() / 2, magnitude(1e-3, 1e8)),
  sign: one(anyFloat),
  ceil: one(anyFloat, within(-10, 10)),
};

/** Those that look at the last bits of a sum, where that is promised. */
const strict: readonly LoweredName[] = ["exp", "exp2", "expm1", "tanh"];
const cases = names.flatMap((name) => (["plain", "contracted"] as const).flatMap((arithmetic) =>
  [{}, ...(strict.includes(name) ? [{ strictSums: true }, ...(arithmetic === "contracted" ? [{ strictSums: true, contracted: true }] : [])] : [])].map((options) => [name, arithmetic, options] as const)));

test.each(cases)("%s is within its bound, %s %o", { timeout: 60_000 }, (name, arithmetic, options) => {
  const f = evaluator(lower(builders[name], simple, options), arithmetic);
  let worst = 0, at = "";
  for (const sample of samples[name]) {
    for (let i = 0; i < 1500; i++) {
      const [a, b] = sample(), got = f(a, b), error = ulps(got, exact(name, a, b));
      if (error <= worst) continue;
      worst = error;
      at = `${name}(${a}, ${b}) = ${got}, expected ${f32(exact(name, a, b))}`;
    }
  }
  expect(worst, at).toBeLessThanOrEqual(loweredUlp[name]);
});

const bounded: readonly (readonly [text: string, name: LoweredName, argument: Expr, of: (a: number) => number])[] = [
  ["exp(-|x|)", "exp", neg(abs(x)), (a) => -Math.abs(a)], ["exp(min(x, 3))", "exp", min(x, 3), (a) => Math.min(a, 3)], ["exp(max(x, -80))", "exp", max(x, -80), (a) => Math.max(a, -80)],
  ["exp(max(min(x, 50), -50))", "exp", max(min(x, 50), -50), (a) => Math.max(Math.min(a, 50), -50)],
  ["exp2(-|x|)", "exp2", neg(abs(x)), (a) => -Math.abs(a)], ["exp2(min(x, 1))", "exp2", min(x, 1), (a) => Math.min(a, 1)], ["exp2(max(x, -120))", "exp2", max(x, -120), (a) => Math.max(a, -120)],
];
test.each(bounded)("of an argument with bounds: %s", { timeout: 60_000 }, (_, name, argument, of) => {
  const allNan = bitsFloat(-1);
  for (const [arithmetic, options] of [["plain", { strictSums: true }], ["contracted", { strictSums: true }], ["contracted", { strictSums: true, contracted: true }], ["plain", {}]] as const) {
    const f = evaluator(lower(name === "exp" ? exp(argument) : exp2(argument), simple, options), arithmetic);
    for (const a of [...corners, allNan, ...samples[name].flatMap((sample) => Array.from({ length: 800 }, () => sample()[0]))])
      expect(ulps(f(a, 0), exact(name, of(a), 0)), `${name} of ${of(a)} = ${f(a, 0)}`).toBeLessThanOrEqual(loweredUlp[name]);
  }
});

/** Beyond the bound in ulp: every angle up to the largest float, to 1.3e-7 absolutely; tan as if the angle were moved by 2e-8, and rounded. */
test.each(["sin", "cos", "tan"] as const)("%s of huge angles", (name) => {
  const f = evaluator(lower(builders[name], simple), "contracted"), angles = [2 ** 15, f32(32767.998), f32(1e5), 2 ** 39, 2 ** 63, 2 ** 87, 2 ** 111, f32(3.4028234663852886e38)];
  for (let i = 0; i < 3000; i++) angles.push(magnitude(2 ** 13, 2 ** 127)());
  for (const angle of angles) {
    const got = f(angle, 0), want = exact(name, angle, 0), slope = name === "tan" ? 1 + want * want : 0;
    expect(Math.abs(got - want), `${name}(${angle}) = ${got}, expected ${want}`).toBeLessThanOrEqual(1.3e-7 * Math.max(1, Math.abs(want)) * (name === "tan" ? 3 : 1) + 2e-8 * slope);
  }
});

/** Numbers at which functions change their ways: zeros, infinities, units, ends of ranges, ties, thresholds. */
const corners = [
  0, 1, 2, 3, 0.5, 1.5, 2.5, 1 / 3, 10, 100, Infinity, NaN, 2 ** 128 - 2 ** 104, 2 ** -126, 2 ** -149, 88.72283172607422, 88.72283935546875, 87.33654,
  104, 2 ** 23 + 1, 2 ** 24, 2 ** 24 + 2, 1e30, 1 - 2 ** -24, 1 + 2 ** -23,
].flatMap((c) => [f32(c), -f32(c)]);

describe.each(["plain", "contracted"] as const)("corners, %s", { timeout: 60_000 }, (arithmetic) => {
  test.each(names)("%s", (name) => {
    const binary = instructions[name].arity === 2;
    const trigonometric = name === "sin" || name === "cos" || name === "tan";
    for (const strictSums of strict.includes(name) ? [false, true] : [false]) for (const a of corners) {
      const f = evaluator(lower(builders[name], simple, { strictSums }), arithmetic);
      if (trigonometric && Math.abs(a) > 1e4 && Math.abs(a) !== Infinity) continue;
      for (const b of binary ? corners : [0]) {
        if (name === "rem" && Math.abs(a / b) > 2 ** 36 && Math.abs(a / b) !== Infinity) continue;
        const got = f(a, b), want = f32(exact(name, a, b)), what = `${name}(${a}, ${b}) = ${got}, expected ${want}`;
        expect(ulps(got, exact(name, a, b)), what).toBeLessThanOrEqual(loweredUlp[name]);
        const special = want === 0 || Math.abs(want) === Infinity || Math.abs(want) === 1;
        if (special && want === exact(name, a, b)) expect(Object.is(got, want), what).toBe(true);
      }
    }
  });
});

test("results stay in the range of the function", { timeout: 60_000 }, () => {
  for (const arithmetic of ["plain", "contracted"] as const) {
    for (const name of ["sin", "cos", "tanh", "erf"] as const) {
      const f = evaluator(lower(builders[name], simple), arithmetic);
      for (const sample of [anyFloat, within(-1e5, 1e5), near(multiples(Math.PI / 2, 100), 1e-6, 1e-2)])
        for (let i = 0; i < 1500; i++) {
          const a = sample(), got = f(a, 0);
          expect(Math.abs(got) <= 1 || Number.isNaN(got), `${name}(${a}) = ${got}`).toBe(true);
        }
    }
  }
});

test("powers of small whole numbers are exact", { timeout: 60_000 }, () => {
  for (const arithmetic of ["plain", "contracted"] as const) {
    const f = evaluator(lower(builders.pow, simple), arithmetic);
    for (let exponent = 0; exponent <= 24; exponent++)
      for (let base = 2; base ** exponent <= 2 ** 24 && base < 300; base++) {
        expect(f(base, exponent)).toBe(base ** exponent);
        expect(f(-base, exponent)).toBe((-base) ** exponent);
      }
    for (let i = 0; i < 1000; i++) {
      const a = anyFloat();
      expect(f(a, 2)).toEqual(f32(a * a));
      expect(f(a, 1)).toEqual(a);
    }
  }
});

test("the fast evaluator agrees with the reference", () => {
  for (const name of names) {
    const lowered = lower(builders[name], simple), f = evaluator(lowered, "plain");
    const p = program(name, ["float32", "float32"], [], [lowered]);
    for (const sample of samples[name])
      for (let i = 0; i < 20; i++) {
        const [a, b] = sample();
        expect(evaluate(p, [a, b], [])[0]).toEqual(f(a, b));
      }
  }
});

describe("lower", () => {
  test("uses simple instructions only, and round where it is builtin", () => {
    for (const builtin of [simple, new Set<InstructionName>([...simple, "round"])])
      for (const name of names)
        for (const expr of topologicalOrder([lower(builders[name], builtin)])) if (expr.kind === "apply") expect(builtin).toContain(expr.name);
  });
  test("leaves builtins, and other dtypes, alone", () => {
    expect(lower(exp(x), new Set<InstructionName>(["exp"]))).toBe(exp(x));
    expect(lower(exp(arg(0, "float64")), simple)).toBe(exp(arg(0, "float64")));
    expect(lower(rem(arg(0, "int32"), arg(1, "int32")), simple)).toBe(rem(arg(0, "int32"), arg(1, "int32")));
  });
  test("reaches operands inside of operands", () => {
    expect(lower(mul(exp(log(x)), y), simple)).toBe(mul(lower(exp(log(x)), simple), y));
    for (const expr of topologicalOrder([lower(tanh(exp(log(x))), simple)])) if (expr.kind === "apply") expect(simple).toContain(expr.name);
  });
  test("is compact, what only huge angles need aside", () => {
    const budget: { readonly [I in LoweredName]: number } = {
      exp: 29, exp2: 29, expm1: 31, log: 39, log1p: 41, sin: 41, cos: 41, tan: 41, asin: 28, acos: 26, atan: 30, atan2: 45, tanh: 36, erf: 36, pow: 135,
      rem: 57, round: 18, sign: 4, ceil: 3,
    };
    for (const name of names) {
      const root = lower(builders[name], simple), steps = branched(topologicalOrder([root]).filter((expr) => expr.kind === "apply"), new Set([root]));
      expect(steps.filter((step) => step.kind !== "branch").length, name).toBeLessThanOrEqual(budget[name]);
    }
  });
});
