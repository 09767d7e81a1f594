/** @file Draws of counts: from the Poisson and the binomial distribution. */
import { mapProgram } from "../calculus/map-reduce.ts";
import { refusing } from "../calculus/refusing.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { ndtriOf } from "../elementwise/special/error-function.ts";
import { stirlingRest } from "../elementwise/special/gamma.ts";
import { sidesOf } from "../elementwise/special/incomplete-gamma.ts";
import { DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { notDerived, perDType, program, type Underived } from "../scalar/program.ts";
import { broadcastShapes } from "../shape.ts";
import { draw, drawn, openUniform, SEED } from "./random.ts";

/** How many of the first probabilities p0, p0 times(1), p0 times(1) times(2) ... add up to no more than u. */
function countBelow(u: Expr, first: Expr, steps: number, times: (k: number) => Expr): Expr {
  let probability = first, sum = first, count: Expr = s.lit(0, u.dtype);
  for (let k = 1; k <= steps; k++) {
    count = s.add(count, s.select(s.le(sum, u), s.lit(1, u.dtype), 0));
    probability = s.mul(probability, times(k));
    sum = s.add(sum, probability);
  }
  return count;
}

/**
 * The smallest k with P(X <= k) > u, without rejection. A small rate is summed up; of a large one k is guessed by Cornish and Fisher's expansion, which is off by one at most,
 * and put right by the distribution function, P(X <= k) = Q(k + 1, rate).
 */
function poissonOf(rate: Expr): Expr {
  const isDouble = rate.dtype === "float64", edge = isDouble ? 20 : 12, steps = isDouble ? 58 : 40, u = openUniform(0, rate.dtype);
  const few = s.min(rate, edge), small = countBelow(u, s.exp(s.neg(few)), steps, (k) => s.mul(few, 1 / k));
  const many = s.max(rate, edge), z = ndtriOf(u), root = s.sqrt(many), square = s.mul(z, z);
  const spread = s.add(s.mul(root, z), s.add(s.mul(s.sub(square, 1), 1 / 6), s.div(s.mul(z, s.sub(1, square)), s.mul(72, root))));
  const guess = s.max(s.floor(s.add(many, s.add(spread, 0.5))), 0), { upper, weight } = sidesOf(s.max(guess, 1), many), none = s.lt(guess, 1);
  const below = s.select(none, 0, upper), here = s.select(none, s.exp(s.neg(many)), s.add(upper, weight)); // P(X < k) and P(X <= k)
  const large = s.select(s.lt(u, below), s.sub(guess, 1), s.select(s.lt(u, here), guess, s.add(guess, 1)));
  return s.select(s.lt(rate, edge), small, large);
}
const poissonProgram = /*@__PURE__*/ perDType((d) => program("poisson", [d], SEED, [s.cast(poissonOf(s.load(0, d)), d)], () => []));

const checkRates = /*@__PURE__*/ refusing((rate) => s.not(s.le(0, rate)), { error: "argument", text: "invalid Poisson rate, expected rate to be non-negative" });

/**
 * Draws from the Poisson distribution: k with the probability rate^k exp(-rate) / k!. The gradient is 0. In float32 the distribution is right to about 1e-6, from a rate of 1e6 on
 * to
 * 1e-5. PyTorch's `torch.poisson`; the numbers are not PyTorch's.
 * @param x the rates, of any shape; floats
 * @returns x's shape and dtype
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a rate that is negative or NaN; on an asynchronous device the next read rejects with it
 * @example poisson(tensor([0, 0])) // [0, 0]
 */
export function poisson(x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw new DTypeError(`"poisson_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  checkRates(x);
  return drawn([x], x.shape, ([whole]) => mapProgram(poissonProgram(x.dtype), [whole!], draw(x.storage.device)));
}

/** A round keeps its proposal with a probability of about 0.75 and more, so that the last one is taken as it comes in one case of 1e6 at most. */
const ROUNDS = 10;

/** log(k!) less Stirling's (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2. */
const gapOf = (k: Expr): Expr => s.select(s.lt(k, 1), 0.08106146679532726, s.select(s.lt(k, 2), 0.04134069595540929, stirlingRest(s.max(s.add(k, 1), 3))));

/** Hoermann's BTRS (The generation of binomial random variates, 1993) for n p >= 10 and p <= 1/2; the logarithm of f(k) / f(mode) in terms of k - mode, so that nothing large cancels. */
function manyOf(n: Expr, p: Expr): Expr {
  const q = s.sub(1, p), spread = s.sqrt(s.mul(s.mul(n, p), q)), b = s.add(1.15, s.mul(2.53, spread)), a = s.add(s.add(-0.0873, s.mul(0.0248, b)), s.mul(0.01, p));
  const center = s.add(s.mul(n, p), 0.5), alpha = s.mul(s.add(2.83, s.div(5.1, b)), spread);
  const mode = s.floor(s.mul(s.add(n, 1), p)), up = s.add(mode, 1), down = s.add(s.sub(n, mode), 1), modeGap = s.add(gapOf(mode), gapOf(s.sub(n, mode)));
  const tilt = s.log1p(s.div(s.sub(s.mul(s.div(p, q), down), up), up));
  let value: Expr | undefined;
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const u = s.sub(openUniform(2 * round, n.dtype), 0.5), v = openUniform(2 * round + 1, n.dtype), us = s.sub(0.5, s.abs(u));
    const k = s.floor(s.add(s.mul(s.add(s.div(s.mul(2, a), us), b), u), center)), isInside = s.and(s.le(0, k), s.le(k, n)), inside = s.max(s.min(k, n), 0);
    const step = s.sub(inside, mode), rest = s.sub(n, inside);
    const terms = s.sub(s.mul(step, tilt), s.add(s.mul(s.add(inside, 0.5), s.log1p(s.div(step, up))), s.mul(s.add(rest, 0.5), s.log1p(s.div(s.neg(step), down)))));
    const bound = s.add(terms, s.sub(modeGap, s.add(gapOf(inside), gapOf(rest))));
    const isKept = s.and(isInside, s.le(s.log(s.div(s.mul(v, alpha), s.add(s.div(a, s.mul(us, us)), b))), bound));
    value = value === undefined ? inside : s.select(isKept, inside, value);
  }
  return value!;
}
function binomialOf(n: Expr, p: Expr): Expr {
  const isHigh = s.lt(0.5, p), rare = s.select(isHigh, s.sub(1, p), p), isMany = s.le(10, s.mul(n, rare));
  const few = s.select(isMany, 1, n), odds = s.div(rare, s.sub(1, rare));
  const small = countBelow(openUniform(0, n.dtype), s.exp(s.mul(few, s.log1p(s.neg(rare)))), n.dtype === "float64" ? 54 : 38, (k) => s.mul(s.mul(s.sub(few, k - 1), 1 / k), odds));
  const count = s.select(isMany, manyOf(s.select(isMany, n, 40), s.select(isMany, rare, 0.5)), s.min(small, few)), successes = s.select(isHigh, s.sub(n, count), count);
  const isEmpty = s.or(s.le(n, 0), s.le(p, 0));
  return s.select(s.or(s.isNan(n), s.isNan(p)), NaN, s.select(isEmpty, 0, s.select(s.le(1, p), n, successes)));
}
/** As in PyTorch: that of the count and of the probability is not 0, but nobody has it. */
const underived: Underived = () => { throw notDerived("aten::binomial"); };
const binomialProgram = /*@__PURE__*/ perDType((d) => program("binomial", [d, d], SEED, [s.cast(binomialOf(s.load(0, d), s.load(1, d)), d)], () => [underived, underived]));

/**
 * Draws from the binomial distribution: how many of `count` trials succeed, each with the probability `prob`. PyTorch's `torch.binomial`; the numbers are not PyTorch's.
 * @param count how many trials; floats
 * @param prob the probability of success, of the dtype of `count`
 * @returns their broadcast shape and their dtype: 0 for a count or probability of 0 or below, the count for a probability of 1 or above, NaN where either is
 * @throws DTypeError for integers and bools, and for two dtypes
 * @throws ShapeError where shapes do not broadcast
 * @throws NotSupportedError in backward: PyTorch has no derivative either
 * @example binomial(tensor([10, 10]), tensor([0, 1])) // [0, 10]
 */
export function binomial(count: Tensor, prob: Tensor): Tensor {
  for (const { dtype } of [count, prob]) if (!isFloat(dtype)) throw new DTypeError(`"binomial_cpu" not implemented for '${scalarTypeName[dtype]}'`);
  if (count.dtype !== prob.dtype) throw new DTypeError(`binomial: count is ${count.dtype} and prob ${prob.dtype}: bring them to one dtype by .to(dtype)`);
  return drawn([count, prob], broadcastShapes(count.shape, prob.shape), ([n, p], shape) => mapProgram(binomialProgram(count.dtype), [n!, p!], draw(count.storage.device, 2 * ROUNDS), shape));
}
