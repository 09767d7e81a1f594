/** @file Float functions as formulas of simpler float32 instructions, for backends without an exact builtin. Knows no backend. */
import {
  abs, add, and, bitcast, cast, div, eq, type Expr, floor, gt, isNan, le, lit, lt, magnified, max, min, mul, neg, not, type Operand, or, rebuild,
  round, select, shl, shr, sqrt, sub, topologicalOrder, trunc, ushr, xor,
} from "./expr.ts";
import type { InstructionName } from "./instructions.ts";
import {
  ASIN, ATAN, ATANH, ERF_LARGE, ERF_SMALL, EXP, EXP2, EXP2_SHORT, EXP_SHORT, EXPM1, LN2, LOG, LOG2_3_2, PI, SIN, TAN, TWO_OVER_LN2,
} from "./polynomials.ts";
import { angleOf, halfTurns, HUGE } from "./reduction.ts";

/*
 * Every formula holds whether or not a backend contracts a product and a sum into one fma: where a sum must be exact, the
 * product in it is exact too, because its factors have few bits. Tests for special values compare, or look at bits.
 */

/** What the formulas need to know of the backend. */
type Target = {
  /** To the nearest integer; which one at a tie does not matter. */
  readonly nearest: (x: Expr) => Expr;
  /** The same, and 2^23 times it and `more` as int32; garbage where |x| is not far below 2^22. */
  readonly power: (x: Expr, more: number) => { readonly n: Expr; readonly shifted: Expr };
  readonly options: LowerOptions;
};
type Bounds = readonly [low: number, high: number];
/** @param bounds of x, unless it is NaN */
type Formula = (target: Target, x: Expr, y: Expr, bounds: Bounds) => Expr;

const SIGN_BIT = -0x80000000, INFINITY_BITS = 0x7f800000, SQRT_1_2_BITS = 0x3f3504f3, SQRT_3_4_BITS = 0x3f5db3d7;
/** pi/2 and what float32 leaves of it. */
const PI_2: readonly [number, number] = [1.5707963705062866, -4.371139000186241e-8];

/** Horner's rule. */
const polynomial = (coefficients: readonly Operand[], x: Expr): Expr =>
  coefficients.slice(0, -1).reduceRight<Operand>((sum, c) => add(mul(sum, x), c), coefficients.at(-1)!) as Expr;

/** `magnitude`, which is not negative, with the sign bit of `of`. */
const withSign = (magnitude: Expr, of: Expr): Expr => bitcast(or(bitcast(magnitude), and(bitcast(of), SIGN_BIT)));
/** `x`, negated where the integer `n` is odd. */
const negateIfOdd = (x: Expr, n: Expr): Expr => bitcast(xor(bitcast(x), shl(n, 31)));
/** Between which numbers a value lies for certain, unless it is NaN: of what is limited on purpose, and of what is -|x|. */
function boundsOf(x: Expr): Bounds {
  if (x.kind === "lit") return [x.value, x.value];
  if (x.kind !== "apply" || x.dtype !== "float32") return [-Infinity, Infinity];
  const [a, b, c] = x.operands as [Expr, Expr, Expr];
  switch (x.name) {
    case "min": case "max": {
      const of = Math[x.name], [low, high] = boundsOf(a), [otherLow, otherHigh] = boundsOf(b);
      return [of(low, otherLow), of(high, otherHigh)];
    }
    case "abs": return [0, Infinity];
    case "neg": { const [low, high] = boundsOf(a); return [-high, -low]; }
    case "select": return a === lt(b, 0) && c === neg(b) ? [-Infinity, 0] : [-Infinity, Infinity];
    default: return [-Infinity, Infinity];
  }
}
/** 2^n for an int32 n from -126 to 127. */
const powerOfTwo = (n: Expr): Expr => bitcast(shl(add(n, 127), 23));
/** x 2^n for a normal x whose result is normal. */
const scale = (x: Expr, n: Expr): Expr => scaleBy(x, shl(n, 23));
/** @param shifted 2^23 n */
const scaleBy = (x: Expr, shifted: Expr): Expr => bitcast(add(bitcast(x), shifted));
/** The low bits of `x + MAGIC` are those of the integer nearest to x. */
const MAGIC = 1.5 * 2 ** 23;
/** The leading 12 bits of x: products of two such are exact. */
const head = (x: Expr): Expr => bitcast(and(bitcast(x), -4096));
/** f(x), but x itself where x is a zero: most formulas lose the sign of -0. */
const keepZero = (x: Expr, result: Expr): Expr => select(eq(x, 0), x, result);
const f32 = (value: number): Expr => lit(value, "float32");

/** `times` x = n ln(2) + `times` r with |`times` r| <= ln(2)/2, and 2^(n + `more`) as bits less those of 1 where `more` is 0. */
function reduceByLn2({ power }: Target, x: Expr, more: number = 0, times: 1 | 2 = 1): { readonly shifted: Expr; readonly r: Expr } {
  const { n, shifted } = power(mul(x, times * Math.LOG2E), more);
  return { shifted, r: sub(sub(x, mul(n, LN2[0] / times)), mul(n, LN2[1] / times)) };
}

/** `times` the polynomial. */
const powerNear = (coefficients: readonly number[]) => (r: Expr, times: 1 | 2): Expr => polynomial(coefficients.map((c) => times * c), r);

/** Results below 2^-126 may be 0. Above the range infinity, and NaN of NaN. Of an argument that is known to be bounded half of it is enough. */
const exp: Formula = (target, x, _, [low, high]) => {
  const { strictSums, contracted } = target.options, near = powerNear(contracted ? EXP_SHORT : [1, ...EXP]);
  if (strictSums && high <= 88) { // n from -127 to 127, whose power is 0 at -127
    const { shifted, r } = reduceByLn2(target, low >= -88 ? x : max(x, -88), 127);
    return mul(near(r, 1), bitcast(shifted));
  }
  if (strictSums && low >= -86) { // n from -125 to 128, whose power is halved
    const { shifted, r } = reduceByLn2(target, min(x, 89), 126);
    return mul(near(r, 2), bitcast(shifted));
  }
  const { shifted, r } = reduceByLn2(target, x);
  return select(lt(x, 88.72284), select(lt(x, -87.33654), 0, scaleBy(near(r, 1), shifted)), mul(x, Infinity));
};

/** As exp, without rounding before the polynomial. */
const exp2: Formula = ({ power, options: { strictSums, contracted } }, x, _, [low, high]) => {
  const near = powerNear(contracted ? EXP2_SHORT : [1, ...EXP2]), split = (z: Expr, more: number) => { const { n, shifted } = power(z, more); return { shifted, r: sub(z, n) }; };
  if (strictSums && high <= 127) {
    const { shifted, r } = split(low >= -127 ? x : max(x, -127), 127);
    return mul(near(r, 1), bitcast(shifted));
  }
  if (strictSums && low >= -125) {
    const { shifted, r } = split(min(x, 129), 126);
    return mul(near(r, 2), bitcast(shifted));
  }
  const { shifted, r } = split(x, 0);
  return select(lt(x, 128), select(lt(x, -126), 0, scaleBy(near(r, 1), shifted)), mul(x, Infinity));
};

/** (e^x - 1) / 2, accurate however small it is, for x from -87 to 89; the sign of zero is lost. */
function halfExpm1(target: Target, x: Expr): Expr {
  const { shifted, r } = reduceByLn2(target, x, 126), halfPower = bitcast(shifted);
  const q = add(r, mul(mul(r, r), polynomial(EXPM1, r)));
  return add(mul(halfPower, q), sub(halfPower, 0.5)); // 2^n (1 + q) - 1, halved so that n may be 128
}
const expm1: Formula = (target, x) => keepZero(x, mul(halfExpm1(target, max(min(x, 89), -18)), 2));

/** tanh(a) = E / (E + 2), E = e^2a - 1, for a >= 0: there E's error is never magnified. */
const tanh: Formula = (target, x) => {
  const { shifted, r } = reduceByLn2(target, min(abs(x), 10), 127, 2), power = bitcast(shifted);
  // E / 2 = 2^n (q / 2) + (2^n / 2 - 1/2), q = e^2r - 1 = 2r + 4 r^2 P(2r)
  const half = add(mul(power, add(r, mul(mul(r, r), polynomial(EXPM1.map((c, k) => 2 ** (k + 1) * c), r)))), sub(mul(power, 0.5), 0.5));
  return withSign(div(half, add(half, 1)), x);
};

/** log(1 + f) + e ln(2), for 1 + f in [sqrt(1/2), sqrt(2)] and an integer e, both exact. */
function logOf(f: Expr, e: Expr): Expr {
  // log(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f)
  const s = div(f, add(f, 2)), z = mul(s, s), h = mul(mul(f, 0.5), f), tail = mul(s, add(h, mul(z, polynomial(LOG, z))));
  return add(mul(e, LN2[0]), sub(f, sub(h, add(tail, mul(e, LN2[1])))));
}

/** The e, as int32, with x = 2^e m, m in [from, 2 from); from the bits of a normal x > 0 and of `from`. */
const exponent = (bits: Expr, from: number): Expr => shr(sub(bits, from), 23);

/** x = 2^e m with m in [from, 2 from), for x > 0, subnormal too; e as float32. */
function splitExponent(x: Expr, from: number): { readonly m: Expr; readonly e: Expr } {
  const tiny = lt(x, 2 ** -126), bits = bitcast(select(tiny, magnified(x), x)), e = exponent(bits, from);
  return { m: bitcast(sub(bits, shl(e, 23))), e: cast(sub(e, select(tiny, lit(24, "int32"), 0)), "float32") };
}

const log: Formula = (_, x) => {
  const { m, e } = splitExponent(x, SQRT_1_2_BITS), bits = bitcast(x);
  const defined = select(eq(x, 0), -Infinity, select(lt(bits, 0), NaN, logOf(sub(m, 1), e)));
  return select(le(INFINITY_BITS, bits), x, defined); // infinity and NaN are their own logarithms
};

const log1p: Formula = (_, x) => {
  // With 2^e near 1 + x, f = x 2^-e + (2^-e - 1) is exact where it matters, and x itself where e is 0. k = 2^(2 - e) stays normal.
  const e = exponent(bitcast(add(x, 1)), SQRT_1_2_BITS), k = powerOfTwo(sub(2, e));
  const f = add(mul(mul(x, k), 0.25), sub(mul(k, 0.25), 1));
  const defined = select(eq(x, -1), -Infinity, select(lt(x, -1), NaN, logOf(f, cast(e, "float32"))));
  return select(or(eq(x, 0), le(INFINITY_BITS, bitcast(x))), x, defined);
};

/** x - n pi / divisor, rounded once. */
function subtractMultipleOfPi(x: Expr, n: Expr, divisor: 1 | 2): Expr {
  const [p0, p1, p2, p3] = PI, third = mul(n, p2 / divisor);
  const before = sub(sub(x, mul(n, p0 / divisor)), mul(n, p1 / divisor)), after = sub(before, third);
  return add(after, sub(sub(sub(before, after), third), mul(n, p3 / divisor)));
}
const sinOfReduced = (r: Expr): Expr => {
  const z = mul(r, r);
  return max(min(add(r, mul(mul(r, z), polynomial(SIN, z))), 1), -1);
};
/** Whether an angle is taken apart by the digits of 1/pi: of an infinite one the ordinary way makes NaN. */
const isHuge = (x: Expr): Expr => { const a = abs(x); return and(le(HUGE, a), lt(a, Infinity)); };
/** Within its bound for |x| <= 1e4; absolutely within 1e-7 for every x. */
const sin: Formula = ({ nearest }, x) => {
  const n = nearest(mul(x, 1 / Math.PI)), turns = halfTurns(x);
  const huge = negateIfOdd(sinOfReduced(angleOf(turns, 1)), ushr(add(turns, 2 ** 30), 31));
  const ordinary = keepZero(x, negateIfOdd(sinOfReduced(subtractMultipleOfPi(x, n, 1)), cast(n, "int32")));
  return select(isHuge(x), bitcast(xor(bitcast(huge), and(bitcast(x), SIGN_BIT))), ordinary);
};
/** As sin: cos(x) = (-1)^(n + 1) sin(x - (n + 1/2) pi). */
const cos: Formula = ({ nearest }, x) => {
  const n = nearest(sub(mul(x, 1 / Math.PI), 0.5)), turns = halfTurns(x);
  const huge = negateIfOdd(sinOfReduced(angleOf(sub(turns, 2 ** 30), 1)), add(ushr(turns, 31), 1));
  return select(isHuge(x), huge, negateIfOdd(sinOfReduced(subtractMultipleOfPi(x, add(n, 0.5), 1)), add(cast(n, "int32"), 1)));
};
/** Within its bound for |x| <= 1e4; beyond, as if x were within 6e-9. */
const tan: Formula = ({ nearest }, x) => {
  const n = nearest(mul(x, 2 / Math.PI)), turns = halfTurns(x);
  const huge = tanOfReduced(angleOf(turns, 2), ushr(add(turns, 2 ** 29), 30));
  return select(isHuge(x), bitcast(xor(bitcast(huge), and(bitcast(x), SIGN_BIT))), keepZero(x, tanOfReduced(subtractMultipleOfPi(x, n, 2), cast(n, "int32"))));
};
/** tan(r + n pi / 2). */
function tanOfReduced(r: Expr, n: Expr): Expr {
  const z = mul(r, r), t = add(r, mul(mul(r, z), polynomial(TAN, z)));
  return select(eq(and(n, 1), 0), t, div(f32(-1), t));
}

const asinOfReduced = (r: Expr, z: Expr): Expr => add(r, mul(mul(r, z), polynomial(ASIN, z)));
const asin: Formula = (_, x) => {
  // beyond 0.57: asin(a) = pi/2 - 2 asin(sqrt((1 - a)/2))
  const a = abs(x), big = lt(0.57, a), z = select(big, mul(sub(1, a), 0.5), mul(x, x)), t = asinOfReduced(select(big, sqrt(z), a), z);
  return withSign(select(big, sub(PI_2[0], sub(mul(t, 2), PI_2[1])), t), x);
};
const acos: Formula = (_, x) => {
  const a = abs(x), big = lt(0.57, a), z = select(big, mul(sub(1, a), 0.5), mul(x, x)), t = asinOfReduced(select(big, sqrt(z), x), z);
  const c = sub(PI_2[0], sub(t, PI_2[1]));
  return select(lt(0.57, x), mul(t, 2), select(big, mul(c, 2), c));
};

const atanOfReduced = (r: Expr): Expr => mul(r, polynomial(ATAN, mul(r, r)));
const atan: Formula = (_, x) => {
  const a = abs(x), big = lt(1, a), t = atanOfReduced(select(big, div(f32(1), a), a));
  return withSign(select(big, sub(PI_2[0], sub(t, PI_2[1])), t), x);
};
const atan2: Formula = (_, y, x) => {
  const ay = abs(y), ax = abs(x), steep = lt(ax, ay), small = select(steep, ax, ay), large = select(steep, ay, ax);
  // NaN of two infinities, which make 1, and of two zeros, as subnormal numbers are to the division of some devices.
  const quotient = div(small, large), ratio = select(isNan(quotient), select(eq(large, Infinity), f32(1), 0), quotient);
  const t = atanOfReduced(ratio), angle = select(steep, sub(PI_2[0], sub(t, PI_2[1])), t);
  const whole = select(lt(bitcast(x), 0), sub(2 * PI_2[0], sub(angle, 2 * PI_2[1])), angle);
  return withSign(select(or(isNan(x), isNan(y)), NaN, whole), y);
};

/** a + a p(a^2) near 0, 1 - 1/q(a)^8 further out: one polynomial, whose coefficients are selected. */
const erf: Formula = (_, x) => {
  const a = abs(x), near = lt(a, 1.1);
  const coefficients = ERF_SMALL.map((small, i) => select(near, f32(small), ERF_LARGE[i]!));
  const p = polynomial(coefficients, select(near, mul(a, a), a)), p2 = mul(p, p), p4 = mul(p2, p2);
  return withSign(select(near, add(a, mul(a, p)), sub(1, div(f32(1), mul(p4, p4)))), x);
};

const isWhole = (x: Expr): Expr => eq(floor(x), x);

/** Results below 2^-126 are 0. */
const pow: Formula = ({ nearest }, x, y) => {
  const a = abs(x), { m, e } = splitExponent(a, SQRT_3_4_BITS);
  // log2(m) = log2(c) + 2/ln(2) (s + w), c = 1 or 3/2, s = (m - c)/(m + c) = s1 + s2 with s1 of 12 bits, w = s R(s^2)
  const upper = lt(1.2247449, m), c = select(upper, f32(1.5), 1);
  const f = sub(m, c), d = add(m, c), d1 = head(d), d2 = sub(m, sub(d1, c)), inverse = div(f32(1), d);
  const s = mul(f, inverse), s1 = head(s), s2 = mul(sub(sub(f, mul(s1, d1)), mul(s1, d2)), inverse);
  const z = mul(s, s), w = mul(s, mul(z, polynomial(ATANH, z)));
  const p1 = mul(s1, TWO_OVER_LN2[0]), p2 = add(mul(s1, TWO_OVER_LN2[1]), mul(add(s2, w), 2 / Math.LN2));
  // log2(x) = e + log2(c) + p1 + p2 = l1 + l2 with l1 of 12 bits; y too is split, so that y1 l1 is exact
  const whole = add(e, select(upper, f32(LOG2_3_2[0]), 0)), h = add(whole, p1);
  const low = add(sub(p1, sub(h, whole)), add(p2, select(upper, f32(LOG2_3_2[1]), 0)));
  const l1 = head(add(h, low)), l2 = add(low, sub(h, l1));
  const by = max(min(y, 2 ** 31), -(2 ** 31)), y1 = head(by), y2 = sub(by, y1);
  const high = mul(y1, l1), rest = add(mul(by, l2), mul(y2, l1));
  const sum = add(high, rest), n = nearest(sum), r = add(sub(high, n), rest);
  const power = scale(add(mul(r, polynomial(EXP2, r)), 1), cast(n, "int32"));
  const finite = select(lt(sum, -126), 0, select(le(128, sum), Infinity, power));
  // 0 and infinity have no logarithm; x^0 = 1^y = 1 even for NaN
  const zero = eq(a, 0), infinite = eq(a, Infinity);
  const magnitude = select(or(zero, infinite), select(xor(zero, lt(y, 0)), f32(0), Infinity), finite);
  const half = mul(y, 0.5), odd = and(isWhole(y), not(isWhole(half))), negative = lt(bitcast(x), 0);
  const signed = select(and(negative, odd), neg(magnitude), magnitude);
  const outside = or(or(isNan(x), isNan(y)), and(and(lt(x, 0), not(isWhole(y))), not(infinite)));
  const result = select(or(eq(y, 0), eq(x, 1)), 1, select(outside, NaN, signed)), square = eq(y, 2);
  return select(or(eq(y, 1), square), mul(x, select(square, x, 1)), result); // exactly what x and x x are
};

/** Exact where |x / y| < 2^36; beyond that only the sign is right. */
const rem: Formula = (_, x, y) => {
  const ay = abs(y), y1 = head(ay), y2 = sub(ay, y1), ax = abs(x);
  /** `r` without the multiples of `unit` times y: at most 2^12 of them, so that the products are exact. */
  const takeAway = (r: Expr, unit: number): Expr => {
    const q = mul(trunc(mul(div(r, ay), 1 / unit)), unit), rest = sub(sub(r, mul(q, y1)), mul(q, y2)), by = mul(ay, unit);
    return select(lt(rest, 0), add(rest, by), select(le(by, rest), sub(rest, by), rest)); // the rounded quotient may be one off
  };
  const rest = takeAway(takeAway(takeAway(ax, 2 ** 24), 2 ** 12), 1);
  return withSign(select(lt(ax, ay), ax, select(eq(ay, 0), NaN, rest)), x);
};

const roundHalfEven: Formula = (_, x) => {
  const a = abs(x), below = floor(a), over = sub(a, below), odd = not(isWhole(mul(below, 0.5)));
  return withSign(select(or(lt(0.5, over), and(eq(over, 0.5), odd)), add(below, 1), below), x);
};
const sign: Formula = (_, x) => select(gt(x, 0), f32(1), select(lt(x, 0), f32(-1), 0));

export type LoweredName =
  | "exp" | "exp2" | "expm1" | "log" | "log1p" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "atan2" | "tanh" | "erf" | "pow" | "rem" | "round" | "sign" | "ceil";

const formulas: { readonly [I in LoweredName]: Formula } = {
  exp, exp2, expm1, log, log1p, sin, cos, tan, asin, acos, atan, atan2, tanh, erf, pow, rem, round: roundHalfEven, sign,
  ceil: (_, x) => neg(floor(neg(x))),
};

/**
 * How far a formula may be from the exact result, in units in the last place, whether or not products and sums are
 * contracted, where div and sqrt round correctly. sin, cos and tan: for |x| <= 1e4. Subnormal results may be 0.
 */
export const loweredUlp: { readonly [I in LoweredName]: number } = {
  exp: 2, exp2: 2, expm1: 2, log: 1, log1p: 2, sin: 2, cos: 2, tan: 3, asin: 2, acos: 2, atan: 2, atan2: 3, tanh: 3, erf: 3, pow: 3,
  rem: 0, round: 0, sign: 0, ceil: 0,
};

/** The nearest integer by way of the sum's last bits: fewer instructions than rounding and converting. */
const byMagic: Target["power"] = (x, more) => {
  const t = add(x, MAGIC + more);
  return { n: sub(t, MAGIC + more), shifted: shl(bitcast(t), 23) };
};

export type LowerOptions = {
  /** Sums are rounded as they are written: no compiler makes x of (x + c) - c, as those of GPUs may. */
  readonly strictSums?: boolean;
  /** Every product that a sum alone reads is rounded with that sum, once: then fewer terms keep the bounds. */
  readonly contracted?: boolean;
};

/**
 * Rewrites every instruction that is not in `builtin` into others, for float32.
 * The result uses only neg abs add sub mul div sqrt floor trunc round min max isNan, comparison, bits, select, cast, bitcast.
 */
export function lower(root: Expr, builtin: ReadonlySet<InstructionName>, options: LowerOptions = {}): Expr {
  const nearest = builtin.has("round") ? round : (x: Expr): Expr => floor(add(x, 0.5));
  const power: Target["power"] = (x, more) => { const n = nearest(x), whole = cast(n, "int32"); return { n, shifted: shl(more === 0 ? whole : add(whole, more), 23) }; };
  const target: Target = { nearest, options, power: options.strictSums === true ? byMagic : power };
  const lowered = new Map<Expr, Expr>();
  for (const expr of topologicalOrder([root])) {
    if (expr.kind !== "apply") {
      lowered.set(expr, expr);
      continue;
    }
    const operands = expr.operands.map((x) => lowered.get(x)!), table: { readonly [name: string]: Formula } = formulas, [x] = expr.operands;
    const formula = expr.dtype === "float32" && !builtin.has(expr.name) ? table[expr.name] : undefined;
    if (formula !== undefined) lowered.set(expr, formula(target, operands[0]!, operands[1]!, boundsOf(x!)));
    else if (expr.name === "neg" && x!.kind === "apply" && x!.name === "abs" && expr.dtype === "float32") lowered.set(expr, bitcast(or(bitcast(lowered.get(x!.operands[0]!)!), SIGN_BIT)));
    else lowered.set(expr, operands.some((y, i) => y !== expr.operands[i]) ? rebuild(expr, operands) : expr);
  }
  return lowered.get(root)!;
}
