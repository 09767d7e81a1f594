/** @file Draws from distributions, of the counter-based stream: new tensors, and tensors overwritten. */
import { refusing } from "../calculus/refusing.ts";
import { add, ceil, clampMin, exp, log, logicalNot, lt, mul, neg, sub, tan, to, where } from "../elementwise/index.ts";
import { takeOver } from "../elementwise/take-over.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, noGrad, type Tensor } from "../op.ts";
import { sum } from "../composites/reductions.ts";
import { cumsum } from "../composites/cumulative.ts";
import { argsort } from "../composites/sorting.ts";
import { argmax } from "../primitives/arg-reduce.ts";
import { scatter } from "../primitives/gather.ts";
import { cat } from "../views/cat.ts";
import * as s from "../scalar/expr.ts";
import { narrow, unsqueeze } from "../views/views.ts";
import { type CreationOptions, finish, fullLike, zerosLike } from "./fill.ts";
import { randintLike } from "./like.ts";
import { rand, randLike, randn, randnLike } from "./random.ts";

const isOutside = (x: s.Expr): s.Expr => s.not(s.and(s.le(0, x), s.le(x, 1)));
const checkProbabilities = /*@__PURE__*/ refusing(isOutside, {
  error: "argument", text: "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
});
/**
 * 1 with the probability that each element says, 0 otherwise. Its gradient is 0.
 * @param x of any shape: floats in [0, 1], or with `p` of any dtype and content
 * @param p one probability for all
 * @returns x's shape and dtype
 * @throws ArgumentError for a probability beyond [0, 1]; of an element, on an asynchronous device, the next read rejects with it
 * @throws DTypeError for integers and bools without `p`
 * @example bernoulli(tensor([0, 1])) // [0, 1]
 */
export const bernoulli: (x: Tensor, p?: number) => Tensor = /*@__PURE__*/ composite("BernoulliBackward0", (x: Tensor, p?: number): Tensor => {
  if (p !== undefined && !(p >= 0 && p <= 1)) throw new ArgumentError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`);
  if (p === undefined && !isFloat(x.dtype)) throw new DTypeError(`"bernoulli_tensor_cpu_p_" not implemented for '${scalarTypeName[x.dtype]}'`);
  if (p === undefined) checkProbabilities(x);
  const drawn = randLike(x, { dtype: isFloat(x.dtype) ? x.dtype : "float32" });
  return add(to(lt(drawn, p ?? x), x.dtype), isFloat(x.dtype) && p === undefined ? zeroOf(x) : 0);
});
/** Zeros that stand on the tape as made of x, whatever is in it. */
const zeroOf = (x: Tensor): Tensor => where(lt(x, x), x, 0);

/**
 * Draws from normal distributions: mean + std * randn. Its gradient is 0, as PyTorch's.
 * @param mean a number, or floats of any shape
 * @param std the deviation, 1 by default: a number, or floats that broadcast with `mean`
 * @param shape of the result, where mean and std are numbers
 * @param options of two numbers alone: `dtype`, `device`, `requiresGrad`
 * @returns the broadcast shape of `mean` and `std`, or `shape`; the dtype of the tensors, or float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative std, and for two numbers without a shape
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example normal(0, 1, [2, 3]).shape // [2, 3]
 */
export function normal(mean: Tensor | number, std: Tensor | number = 1, shape?: readonly number[], options: CreationOptions = {}): Tensor {
  if (typeof std === "number" && std < 0) throw new ArgumentError(`normal expects std >= 0.0, but found std ${std}`);
  if (typeof mean === "object" || typeof std === "object") return (typeof mean === "number" ? aroundNumber : typeof std === "number" ? ofDeviation : around)(mean, std);
  if (shape === undefined) throw new ArgumentError("normal(): of two numbers, the shape has to be said");
  return scaled(randn(shape, { ...options, requiresGrad: false }), mean, std, options);
}
const refuseDeviations = /*@__PURE__*/ refusing((x) => s.not(s.le(0, x)), { error: "argument", text: "normal expects all elements of std >= 0.0" });
const normalAround = (gradName: string): ((mean: Tensor | number, std: Tensor | number) => Tensor) => composite(gradName, (mean: Tensor | number, std: Tensor | number): Tensor => {
  if (typeof std === "object") refuseDeviations(std);
  const out = noGrad(() => {
    const beside = (typeof mean === "object" ? (typeof std === "object" ? add(zerosLike(mean), zerosLike(std)) : mean) : std) as Tensor;
    return add(mul(randnLike(beside), std), mean);
  });
  return [mean, std].reduce<Tensor>((sum, x) => (typeof x === "object" && x.requiresGrad ? add(sum, zeroOf(x)) : sum), out);
});
const ofDeviation = /*@__PURE__*/ normalAround("NormalBackward1"), aroundNumber = /*@__PURE__*/ normalAround("NormalBackward2"), around = /*@__PURE__*/ normalAround("NormalBackward3");
function scaled(drawn: Tensor, mean: number, std: number, options: CreationOptions): Tensor {
  const out = composite(undefined, (x: Tensor): Tensor => add(mul(x, std), mean))(drawn);
  drawn.dispose();
  return finish(out, options);
}

/** @param node what the node of the change is called, which brings no gradient */
const overwritten = <A extends readonly unknown[]>(name: string, node: string | ((...rest: A) => string), make: (x: Tensor, ...rest: A) => Tensor) => composite(undefined, (x: Tensor, ...rest: A): Tensor => {
  if (name !== "random_" && name !== "bernoulli_" && !isFloat(x.dtype)) throw new DTypeError(`"${name}" not implemented for '${scalarTypeName[x.dtype]}'`);
  return takeOver(x, make(x, ...rest), typeof node === "string" ? node : node(...rest));
});
/**
 * Every element becomes a draw from the uniform distribution over [from, to).
 * @param x floats of any shape
 * @param from the least, 0 by default
 * @param to the upper bound, 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError where from is above to
 * @throws DTypeError for integers and bools
 * @throws AutogradError for a leaf that requires a gradient
 * @example uniform_(zeros([2]), 1, 2).ge(1) // [true, true]
 */
export const uniform_: (x: Tensor, from?: number, to?: number) => Tensor = /*@__PURE__*/ overwritten("check_uniform_bounds", "UniformBackward0", (x: Tensor, from: number = 0, end: number = 1): Tensor => {
  if (!(from <= end)) throw new ArgumentError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${end}`);
  return add(mul(randLike(x), end - from), from);
});
/**
 * Every element becomes a draw from the normal distribution.
 * @param x floats of any shape
 * @param mean 0 by default
 * @param std the deviation, 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError for a negative std
 * @throws DTypeError for integers and bools
 * @throws AutogradError for a leaf that requires a gradient
 */
export const normal_: (x: Tensor, mean?: number, std?: number) => Tensor = /*@__PURE__*/ overwritten("normal_kernel_cpu", "NormalBackward0", (x: Tensor, mean: number = 0, std: number = 1): Tensor => {
  if (!(std >= 0)) throw new ArgumentError(`normal expects std >= 0.0, but found std ${std}`);
  return add(mul(randnLike(x), std), mean);
});
/**
 * Every element becomes a draw from the exponential distribution, whose density is lambd exp(-lambd t).
 * @param x floats of any shape
 * @param lambd the rate, 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError for a negative rate
 * @throws DTypeError for integers and bools
 * @throws AutogradError for a leaf that requires a gradient
 * @example exponential_(zeros([2])).gt(0) // [true, true]
 */
export const exponential_: (x: Tensor, lambd?: number) => Tensor = /*@__PURE__*/ overwritten("exponential_cpu", "ExponentialBackward0", (x: Tensor, lambd: number = 1): Tensor => {
  if (!(lambd >= 0)) throw new ArgumentError(`exponential_ expects lambda >= 0.0, but found lambda=${lambd}`);
  return mul(neg(log(sub(1, randLike(x)))), 1 / lambd);
});
/**
 * Every element becomes a draw from the Cauchy distribution: median + sigma tan(pi (u - 1/2)), u uniform.
 * @param x floats of any shape
 * @param median 0 by default
 * @param sigma the scale, 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError unless sigma > 0
 * @throws DTypeError for integers and bools
 * @throws AutogradError for a leaf that requires a gradient
 * @example cauchy_(zeros([2])).isfinite() // [true, true]
 */
export const cauchy_: (x: Tensor, median?: number, sigma?: number) => Tensor = /*@__PURE__*/ overwritten("cauchy_cpu", "CauchyBackward0", (x: Tensor, median: number = 0, sigma: number = 1): Tensor => {
  if (!(sigma > 0)) throw new ArgumentError(`cauchy_ expects sigma > 0.0, but found sigma=${sigma}`);
  return add(mul(tan(mul(sub(randLike(x), 0.5), Math.PI)), sigma), median);
});
/**
 * Every element becomes exp of a draw from the normal distribution.
 * @param x floats of any shape
 * @param mean of the logarithms, 1 by default
 * @param std the deviation of the logarithms, 2 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError unless std > 0
 * @throws DTypeError for integers and bools
 * @throws AutogradError for a leaf that requires a gradient
 * @example logNormal_(zeros([2])).gt(0) // [true, true]
 */
export const logNormal_: (x: Tensor, mean?: number, std?: number) => Tensor = /*@__PURE__*/ overwritten("log_normal_cpu", "LogNormalBackward0", (x: Tensor, mean: number = 1, std: number = 2): Tensor => {
  if (!(std > 0)) throw new ArgumentError(`log_normal_ expects std > 0.0, but found std=${std}`);
  return exp(add(mul(randnLike(x), std), mean));
});
/**
 * Every element becomes the number of trials up to and with the first success: k with the probability (1 - p)^(k - 1) p, k = 1, 2 ...
 * @param x of any shape; numbers of any dtype
 * @param p the probability of success
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError unless 0 < p < 1
 * @throws DTypeError for bools
 * @throws AutogradError for a leaf that requires a gradient
 * @example geometric_(zeros([2], { dtype: "int32" }), 0.5).ge(1) // [true, true]
 */
export const geometric_: (x: Tensor, p: number) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, p: number): Tensor => {
  if (!(p > 0 && p < 1)) throw new ArgumentError(`geometric_ expects p to be in (0, 1), but got p=${p}`);
  if (x.dtype === "bool") throw new DTypeError("\"geometric_cpu\" not implemented for 'Bool'");
  const trials = ceil(mul(log(sub(1, rand(x.shape, { device: x.device }))), 1 / Math.log1p(-p)));
  return takeOver(x, to(clampMin(trials, 1), x.dtype), "GeometricBackward0");
});
/**
 * Every element becomes 1 with probability p, 0 otherwise.
 * @param x of any shape and dtype
 * @param p the probability, 0.5 by default
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @throws AutogradError for a leaf that requires a gradient
 */
export const bernoulli_: (x: Tensor, p?: number) => Tensor = /*@__PURE__*/ overwritten("bernoulli_", "BernoulliBackward2", (x: Tensor, p: number = 0.5): Tensor => {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`);
  return to(lt(rand(x.shape, { device: x.device }), p), x.dtype);
});
/**
 * Every element becomes a whole number from [from, to), each as likely as the others.
 * @param x of any shape and dtype
 * @param from the least, 0 by default; without `to` it is `to`
 * @param to above the largest: by default beyond the last number that the dtype tells from its neighbours, 2^24 of most
 * @returns x itself, of its shape and dtype
 * @throws ArgumentError for an empty range, or one beyond the dtype
 * @throws AutogradError for a leaf that requires a gradient
 * @example random_(zeros([2]), 3, 4) // [3, 3]
 */
export const random_: (x: Tensor, from?: number, to?: number) => Tensor = /*@__PURE__*/ overwritten("random_", (from?: number, end?: number) => `RandomBackward${from === undefined ? 2 : end === undefined ? 1 : 0}`, (x: Tensor, from?: number, end?: number): Tensor =>
  randintLike(x, end === undefined ? 0 : from ?? 0, end ?? from ?? endOf(x.dtype)));
const endOf = (dtype: DType): number => (dtype === "bool" ? 2 : dtype === "uint8" ? 256 : dtype === "int8" ? 128 : dtype === "float16" ? 2049 : dtype === "bfloat16" ? 257 : 2 ** 24);

export type MultinomialOptions = {
  /** Whether a place may be drawn several times. */
  readonly replacement?: boolean;
};
/**
 * Positions drawn with the weights along the last dim; without replacement distinct ones, in the order in which they are drawn.
 * @param x [k] or [n, k]: weights that are not negative and not all 0; floats
 * @param numSamples how many of each row
 * @returns [numSamples] or [n, numSamples], int32
 * @throws ShapeError for other than one or two dims
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for no samples, more than there are places without replacement, and for weights that are negative, not finite or all 0 (on an asynchronous device the next
 * read rejects with it)
 * @example multinomial(tensor([0, 1, 0]), 2, { replacement: true }) // [1, 1]
 */
export const multinomial: (x: Tensor, numSamples: number, options?: MultinomialOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, numSamples: number, { replacement = false }: MultinomialOptions = {}): Tensor => {
  if (x.ndim !== 1 && x.ndim !== 2) throw new ShapeError("prob_dist must be 1 or 2 dim");
  if (!isFloat(x.dtype)) throw new DTypeError(`multinomial only supports floating-point dtypes for input, got: ${scalarTypeName[x.dtype]}`);
  if (!(numSamples > 0)) throw new ArgumentError("cannot sample n_sample <= 0 samples");
  const count = x.shape[x.ndim - 1]!;
  if (!replacement && numSamples > count) throw new ArgumentError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  checkWeights(x, replacement);
  if (replacement) {
    const ends = cumsum(x, -1), total = narrow(ends, -1, count - 1, 1);
    const at = mul(rand([...x.shape.slice(0, -1), numSamples], { dtype: x.dtype, device: x.device }), total);
    const below = sum(to(logicalNot(lt(unsqueeze(at, -1), unsqueeze(ends, -2))), "int32"), -1);
    return where(lt(below, count), below, count - 1);
  }
  // The largest of log(weight) + Gumbel noise is a draw; without it the next largest is the next draw.
  let keys = sub(log(x), log(neg(log(sub(1, randLike(x))))));
  const drawn: Tensor[] = [];
  for (let k = 0; k < numSamples; k++) {
    const winner = argmax(keys, -1, { keepdim: true });
    drawn.push(winner);
    if (k + 1 < numSamples) keys = scatter(keys, x.ndim - 1, winner, fullLike(winner, -Infinity, { dtype: x.dtype }));
  }
  return drawn.length === 1 ? drawn[0]! : cat(drawn, -1);
});
const isNegative = (x: s.Expr): s.Expr => s.lt(x, 0), isStrange = (x: s.Expr): s.Expr => s.not(s.lt(s.abs(x), Infinity));
const invalid = (isBad: (x: s.Expr) => s.Expr, why: string) => refusing(isBad, { error: "argument", text: `invalid multinomial distribution (${why})` });
const refuseWeights = /*@__PURE__*/ refusing((x) => s.or(isNegative(x), isStrange(x)), { error: "argument", text: "probability tensor contains either `inf`, `nan` or element < 0" });
const refuseNegative = /*@__PURE__*/ invalid(isNegative, "encountering probability entry < 0");
const refuseStrange = /*@__PURE__*/ invalid(isStrange, "encountering probability entry = infinity or NaN");
const refuseEmpty = /*@__PURE__*/ invalid((total) => s.le(total, 0), "sum of probabilities <= 0");
function checkWeights(x: Tensor, replacement: boolean): void {
  if (!replacement) refuseWeights(x);
  else {
    refuseNegative(x);
    refuseStrange(x);
  }
  refuseEmpty(sum(x, -1));
}

/**
 * The numbers from 0 to n - 1 in random order, each order as likely as the others.
 * @param n how many
 * @returns [n], int32 unless `dtype` says otherwise
 * @throws ShapeError for a negative n
 * @example sort(randperm(3)).values // [0, 1, 2]
 */
export const randperm: (n: number, options?: CreationOptions) => Tensor = /*@__PURE__*/ composite(undefined, (n: number, options: CreationOptions = {}): Tensor => {
  const { dtype = "int32", ...rest } = options;
  return to(argsort(rand([n], rest)), dtype);
});
