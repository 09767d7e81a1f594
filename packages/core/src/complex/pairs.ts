/** @file Functions of complex numbers, on pairs: tensors whose last dim holds real and imaginary part. ComplexTensor calls them by their names. */
import { encodeHost } from "../dtype.ts";
import { fromHost } from "../creation/fill.ts";
import { elementwise } from "../elementwise/elementwise.ts";
import { add, div, eq, isnan, le, logicalAnd, logicalOr, mul, ne, neg, sub } from "../elementwise/arithmetic.ts";
import { coshOf, hypotOf, signBitOf, sinhOf } from "../elementwise/stable.ts";
import { where } from "../elementwise/where.ts";
import { all, any, meanOver, sumOver } from "../composites/reductions.ts";
import { type CloseOptions, isfinite } from "../elementwise/predicates.ts";
import { composite, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { wrapDims } from "../shape.ts";
import { matmul } from "../primitives/matmul.ts";
import { cat, stack } from "../views/cat.ts";
import { roll } from "../views/repeat.ts";
import { narrow, reshape, select, transpose, unsqueeze } from "../views/views.ts";
import { conjPair, holomorphic, mulPairs } from "./pair-op.ts";

export { conjPair, divPairs, mulPairs } from "./pair-op.ts";

const re = (x: Tensor): Tensor => select(x, -1, 0);
const im = (x: Tensor): Tensor => select(x, -1, 1);

const ofPoint = (f: (x: Expr, y: Expr) => Expr, slope: (g: Expr, out: Expr, x: Expr, y: Expr) => readonly [Expr, Expr]) => (name: string) =>
  elementwise<readonly [x: Tensor, y: Tensor]>(name, (x, y) => f(x!, y!), { rule: "float", gradient: (g, out, [x, y]) => slope(g, out, x!, y!) });
/** The length, whose gradient at 0 is 0. */
const length = /*@__PURE__*/ ofPoint(hypotOf, (g, out, x, y) => [s.select(s.eq(out, 0), 0, s.mul(g, s.div(x, out))), s.select(s.eq(out, 0), 0, s.mul(g, s.div(y, out)))])("abs");
/** d atan2(y, x) = (x dy - y dx) / (x^2 + y^2), and 0 at 0. */
const direction = /*@__PURE__*/ ofPoint((x, y) => s.atan2(y, x), (g, _, x, y) => {
  const h = hypotOf(x, y), still = s.eq(h, 0);
  return [s.select(still, 0, s.neg(s.mul(g, s.div(s.div(y, h), h)))), s.select(still, 0, s.mul(g, s.div(s.div(x, h), h)))];
})("angle");

export const absPair: (x: Tensor) => Tensor = /*@__PURE__*/ composite("AbsBackward0", (x: Tensor) => length(re(x), im(x)));
export const anglePair: (x: Tensor) => Tensor = /*@__PURE__*/ composite("AngleBackward0", (x: Tensor) => direction(re(x), im(x)));
/** x / |x|, and 0 at 0. */
export const sgnPair: (x: Tensor) => Tensor = /*@__PURE__*/ composite("SgnBackward0", (x: Tensor) => {
  const size = absPair(x), none = eq(size, 0);
  return where(unsqueeze(none, -1), 0, div(x, unsqueeze(where(none, 1, size), -1)));
});

/** 1 / (a + ib) = (a - ib) / (a^2 + b^2), scaled so that nothing overflows that need not. */
const over = (a: Expr, b: Expr, part: (scaledA: Expr, scaledB: Expr) => Expr): Expr => {
  const big = s.max(s.abs(a), s.abs(b)), x = s.div(a, big), y = s.div(b, big);
  return s.div(s.div(part(x, y), s.add(s.mul(x, x), s.mul(y, y))), big);
};
export const reciprocalPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("reciprocal", (a, b) => over(a!, b!, (x) => x), (a, b) => over(a!, b!, (_, y) => s.neg(y)), "result", (out) => neg(mulPairs(out, out)));
/** e^a (cos b + i sin b); of a real number real, also where e^a is infinite. */
export const expPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("exp", (a, b) => s.mul(s.exp(a!), s.cos(b!)), (a, b) => s.select(s.eq(b!, 0), b!, s.mul(s.exp(a!), s.sin(b!))), "result", (out) => out);
/** log |z|, to full precision where one part is small beside the other. */
const logLength = (a: Expr, b: Expr): Expr => {
  const p = s.abs(a), q = s.abs(b), big = s.max(p, q), ratio = s.div(s.min(p, q), big);
  return s.select(s.or(s.eq(big, 0), s.or(s.eq(p, Infinity), s.eq(q, Infinity))), s.log(big), s.add(s.log(big), s.mul(0.5, s.log1p(s.mul(ratio, ratio)))));
};
export const logPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("log", (a, b) => logLength(a!, b!), (a, b) => s.atan2(b!, a!), "input", (x) => reciprocalPair(x));
/** The root of the right half plane: t = sqrt((|a| + |z|) / 2) is its larger part, b / 2t the other. */
const root = (a: Expr, b: Expr): { readonly large: Expr; readonly small: Expr } => {
  const large = s.sqrt(s.add(s.mul(s.abs(a), 0.5), s.mul(hypotOf(a, b), 0.5)));
  return { large, small: s.select(s.eq(large, 0), 0, s.select(s.eq(s.abs(b), Infinity), s.abs(b), s.div(s.mul(s.abs(b), 0.5), large))) };
};
const withSign = (x: Expr, of: Expr): Expr => s.select(signBitOf(of), s.neg(x), x);
export const sqrtPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("sqrt",
  (a, b) => s.select(s.lt(a!, 0), root(a!, b!).small, root(a!, b!).large), (a, b) => withSign(s.select(s.lt(a!, 0), root(a!, b!).large, root(a!, b!).small), b!), "result", (out) => mul(reciprocalPair(out), 0.5));
export const sinPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("sin", (a, b) => s.mul(s.sin(a!), coshOf(b!)), (a, b) => s.mul(s.cos(a!), sinhOf(b!)), "input", (x) => cosPair(x));
export const cosPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("cos", (a, b) => s.mul(s.cos(a!), coshOf(b!)), (a, b) => s.neg(s.mul(s.sin(a!), sinhOf(b!))), "input", (x) => neg(sinPair(x)));

/** Whether both parts are equal. */
export const eqPairs: (x: Tensor, y: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor) => all(eq(x, y), -1));
export const sinhPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("sinh", (a, b) => s.mul(sinhOf(a!), s.cos(b!)), (a, b) => s.mul(coshOf(a!), s.sin(b!)), "input", (x) => coshPair(x));
export const coshPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("cosh", (a, b) => s.mul(coshOf(a!), s.cos(b!)), (a, b) => s.mul(sinhOf(a!), s.sin(b!)), "input", (x) => sinhPair(x));
/** With t = tanh of the one part and u = tan of the other: t (1 + u^2) and u (1 - t^2), both over 1 + t^2 u^2. */
const grown = (t: Expr, u: Expr): Expr => s.div(s.mul(t, s.add(1, s.mul(u, u))), s.add(1, s.mul(s.mul(t, t), s.mul(u, u))));
const shrunk = (t: Expr, u: Expr): Expr => s.div(s.mul(u, s.mul(s.sub(1, t), s.add(1, t))), s.add(1, s.mul(s.mul(t, t), s.mul(u, u))));
export const tanhPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("tanh", (a, b) => grown(s.tanh(a!), s.tan(b!)), (a, b) => shrunk(s.tanh(a!), s.tan(b!)), "result", (out) => onePlus(neg(mulPairs(out, out))));
export const tanPair: (x: Tensor) => Tensor = /*@__PURE__*/ holomorphic("tan", (a, b) => shrunk(s.tanh(b!), s.tan(a!)), (a, b) => grown(s.tanh(b!), s.tan(a!)), "result", (out) => onePlus(mulPairs(out, out)));
const onePlus = (x: Tensor): Tensor => add(x, unitOf(x));

export const nePairs: (x: Tensor, y: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor) => any(ne(x, y), -1));

type Dims = number | readonly number[];
const reduced = (name: string, reduce: typeof sumOver) => composite(name, (x: Tensor, dim: Dims | undefined, keepdim: boolean) => reduce(x, wrapDims(dim, x.ndim - 1), { keepdim }));
export const sumPair: (x: Tensor, dim: Dims | undefined, keepdim: boolean) => Tensor = /*@__PURE__*/ reduced("SumBackward0", sumOver);
export const meanPair: (x: Tensor, dim: Dims | undefined, keepdim: boolean) => Tensor = /*@__PURE__*/ reduced("MeanBackward0", meanOver);

/** x^w = exp(w log x); 0^w is 0, and 0^0 is 1. */
export const powPairs: (x: Tensor, w: Tensor) => Tensor = /*@__PURE__*/ composite("PowBackward1", (x: Tensor, w: Tensor) => {
  const none = unsqueeze(all(eq(x, 0), -1), -1), one = unitOf(x);
  return where(none, where(unsqueeze(all(eq(w, 0), -1), -1), one, 0), expPair(mulPairs(w, logPair(where(none, one, x)))));
});
/** 1 + 0i, of a shape that broadcasts. */
const unitOf = (x: Tensor): Tensor => fromHost(encodeHost(x.dtype, [1, 0]), [2], x.dtype, { device: x.device });
/** x^n of a real exponent: whole ones up to 16 by products, as PyTorch's C++ does. */
export const powPair: (x: Tensor, n: number) => Tensor = /*@__PURE__*/ composite("PowBackward0", (x: Tensor, n: number) => {
  if (n === 0.5) return sqrtPair(x);
  if (Number.isInteger(n) && n !== 0 && Math.abs(n) <= 16) {
    const base = n < 0 ? reciprocalPair(x) : x;
    let result: Tensor | undefined;
    for (let bits = Math.abs(n), square = base; bits > 0; bits >>= 1) {
      if (bits & 1) result = result === undefined ? square : mulPairs(result, square);
      if (bits > 1) square = mulPairs(square, square);
    }
    return result === x ? mul(x, 1) : result!;
  }
  return powPairs(x, fromHost(encodeHost(x.dtype, [n, 0]), [2], x.dtype, { device: x.device }));
});

/** x times i: (a + ib) i = -b + ia. */
const turned = (x: Tensor): Tensor => cat([neg(narrow(x, -1, 1, 1)), narrow(x, -1, 0, 1)], -1);
/**
 * The matrix product, as one real product of twice the rows and columns: the row (re, im) of the left times the matrix of pairs (c, d) over (-d, c).
 * A vector stands for one row (left) or one column (right).
 */
export const matmulPairs: (x: Tensor, y: Tensor) => Tensor = /*@__PURE__*/ composite("MmBackward0", (x: Tensor, y: Tensor) => {
  const k = x.shape[x.ndim - 2]!, vector = y.ndim === 2;
  const left = reshape(x, [...x.shape.slice(0, -2), 2 * k]);
  const both = stack([y, turned(y)], vector ? 1 : y.ndim - 2); // [..., k, 2, n, 2]
  const right = vector ? reshape(both, [2 * k, 2]) : reshape(both, [...y.shape.slice(0, -3), 2 * k, 2 * y.shape[y.ndim - 2]!]);
  const out = matmul(left, right), { shape } = out;
  return vector ? out : reshape(out, [...shape.slice(0, -1), shape.at(-1)! / 2, 2]);
});

/** |x - y| <= atol + rtol |y|, or equal. */
export const isclosePairs: (x: Tensor, y: Tensor, options: CloseOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, { rtol = 1e-5, atol = 1e-8, equalNan = false }: CloseOptions) => {
  const gap = absPair(sub(x, y)), near = logicalOr(eqPairs(x, y), logicalAnd(le(gap, add(mul(absPair(y), rtol), atol)), isfinite(gap)));
  return equalNan ? logicalOr(near, logicalAnd(any(isnan(x), -1), any(isnan(y), -1))) : near;
});

/** The last two dims exchanged, and conjugated. */
export const adjointPair: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor) => conjPair(transpose(x, -3, -2)));
/** Rolled as if it were flat. */
export const rollPair: (x: Tensor, shifts: number | readonly number[]) => Tensor = /*@__PURE__*/ composite("RollBackward0", (x: Tensor, shifts: number | readonly number[]) => reshape(roll(reshape(x, [x.window.size / 2, 2]), shifts, 0), x.shape));
/** What a predicate says of one part at least. */
export const anyPart: (predicate: (x: Tensor) => Tensor, x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (predicate: (x: Tensor) => Tensor, x: Tensor) => any(predicate(x), -1));
/** Whether both parts are finite. */
export const isfinitePair: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor) => all(isfinite(x), -1));
/** Whether the imaginary part is 0. */
export const isRealPair: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor) => eq(im(x), 0));
export const closeEverywhere: (x: Tensor, y: Tensor, options: CloseOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, options: CloseOptions) => all(isclosePairs(x, y, options)));
/** The same function of both parts, put together again. */
export const onParts: (x: Tensor, run: (part: Tensor, k: 0 | 1) => Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, run: (part: Tensor, k: 0 | 1) => Tensor) => stack([run(re(x), 0), run(im(x), 1)], -1));
/** x times i. */
export const timesI: (x: Tensor) => Tensor = /*@__PURE__*/ composite("MulBackward0", turned);
