/** @file The orthogonal polynomials of torch.special, by their recurrences: as many steps as the largest degree asks. They have no derivative. */
import { refusing } from "../calculus/refusing.ts";
import { dtypes, isFloat } from "../dtype.ts";
import { add, div, eq, gt, lt, mul, sub, trunc, where } from "../elementwise/index.ts";
import { type Operand, resultType, to } from "../elementwise/elementwise.ts";
import { ArgumentError } from "../errors.ts";
import { composite, isTensor, noGrad, type Tensor } from "../op.ts";
import { amax } from "../composites/reductions.ts";
import { fullLike, onesLike } from "../creation/fill.ts";
import * as s from "../scalar/expr.ts";
import { broadcastShapes } from "../shape.ts";
import { hostNumbers } from "../views/host-numbers.ts";
import { expand } from "../views/views.ts";

/** The polynomial of degree 1, and that of degree k + 1 from those of degrees k, `q`, and k - 1, `p`. */
type Family = { readonly first: (x: Tensor) => Tensor; readonly next: (k: number, x: Tensor, q: Tensor, p: Tensor) => Tensor };
type Polynomial = (x: Operand, n: Operand) => Tensor;
const LARGEST = 16384;
/** On a device that is read later the degrees of a tensor are not known: so many steps are made, and larger degrees refused with the next read. */
const UNSEEN = 256;

const polynomial = (name: string, { first, next }: Family): Polynomial => {
  const refusal = (limit: number, where: string) => refusing((x) => s.not(s.isNan(x)), { error: "argument", text: `${name}: degrees up to ${limit}${where}, but where the polynomial is beyond the numbers` });
  const refuse = refusal(LARGEST, ""), refuseUnseen = refusal(UNSEEN, " in a tensor on a device that cannot be read at once");
  const run = composite(undefined, (x: Operand, n: Operand): Tensor => noGrad(() => {
    const common = resultType([x, n]), result = isFloat(common) ? common : "float32", dtype = dtypes[result].compute, beside = isTensor(x) ? x : n as Tensor;
    const tensorOf = (a: Operand): Tensor => (isTensor(a) ? to(a, dtype) : fullLike(beside, a, { dtype }));
    const shape = broadcastShapes(isTensor(x) ? x.shape : [], isTensor(n) ? n.shape : []);
    const at = expand(tensorOf(x), shape), given = trunc(expand(tensorOf(n), shape));
    const degree = where(lt(given, 2 ** 63), given, -1); // what is no 64-bit integer counts as negative, as in PyTorch
    let p = onesLike(at), q = first(at), out = where(lt(degree, 0), 0, where(eq(degree, 0), p, q));
    const unseen = isTensor(n) && n.device.readSync === undefined, limit = unseen ? UNSEEN : LARGEST;
    const largest = at.window.size === 0 ? 0 : unseen ? Infinity : isTensor(n) ? hostNumbers(name, amax(degree))[0]! : Number(n) < 2 ** 63 ? Math.trunc(Number(n)) : -1;
    for (let k = 1; k < Math.min(largest, limit); k++) {
      [p, q] = [q, next(k, at, q, p)];
      out = where(eq(degree, k + 1), q, out);
    }
    if (largest > limit) {
      const beyond = gt(degree, limit);
      (unseen ? refuseUnseen : refuse)(where(beyond, q, NaN)); // infinite less infinite: NaN is NaN in every degree from there on
      out = where(beyond, NaN, out);
    }
    return to(out, result);
  }));
  return (x, n) => {
    if (!isTensor(x) && !isTensor(n)) throw new ArgumentError(`${name}(): at least one operand must be a tensor`);
    return run(x, n);
  };
};
const twice = (x: Tensor): Tensor => mul(x, 2);
const shifted = (x: Tensor): Tensor => sub(mul(x, 4), 2);
const chebyshev = (turned: (x: Tensor) => Tensor, first: (x: Tensor) => Tensor): Family => ({ first, next: (_, x, q, p) => sub(mul(turned(x), q), p) });

/**
 * Chebyshev's polynomial of the first kind: T_n(cos t) = cos(n t), or T_(n + 1) = 2 x T_n - T_(n - 1) from 1 and x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.chebyshevPolynomialT(tensor([0.5]), 2) // [-0.5]
 */
export const chebyshevPolynomialT: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialT", /*@__PURE__*/ chebyshev(twice, (x) => x));
/**
 * Chebyshev's polynomial of the second kind: U_n(cos t) = sin((n + 1) t) / sin t, or U_(n + 1) = 2 x U_n - U_(n - 1) from 1 and 2 x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.chebyshevPolynomialU(tensor([0.5]), 3) // [-1]
 */
export const chebyshevPolynomialU: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialU", /*@__PURE__*/ chebyshev(twice, twice));
/**
 * Chebyshev's polynomial of the third kind: V_(n + 1) = 2 x V_n - V_(n - 1) from 1 and 2 x - 1. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.chebyshevPolynomialV(tensor([0.5]), 2) // [-1]
 */
export const chebyshevPolynomialV: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialV", /*@__PURE__*/ chebyshev(twice, (x) => sub(twice(x), 1)));
/**
 * Chebyshev's polynomial of the fourth kind: W_(n + 1) = 2 x W_n - W_(n - 1) from 1 and 2 x + 1. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.chebyshevPolynomialW(tensor([0.5]), 2) // [1]
 */
export const chebyshevPolynomialW: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialW", /*@__PURE__*/ chebyshev(twice, (x) => add(twice(x), 1)));
/**
 * Chebyshev's polynomial T_n, shifted to [0, 1]: T_n(2 x - 1). 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.shiftedChebyshevPolynomialT(tensor([0.75]), 2) // [-0.5]
 */
export const shiftedChebyshevPolynomialT: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialT", /*@__PURE__*/ chebyshev(shifted, (x) => sub(twice(x), 1)));
/**
 * Chebyshev's polynomial U_n, shifted to [0, 1]: U_n(2 x - 1). 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.shiftedChebyshevPolynomialU(tensor([0.75]), 3) // [-1]
 */
export const shiftedChebyshevPolynomialU: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialU", /*@__PURE__*/ chebyshev(shifted, shifted));
/**
 * Chebyshev's polynomial V_n, shifted to [0, 1]: V_n(2 x - 1). 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.shiftedChebyshevPolynomialV(tensor([0.75]), 2) // [-1]
 */
export const shiftedChebyshevPolynomialV: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialV", /*@__PURE__*/ chebyshev(shifted, (x) => sub(shifted(x), 1)));
/**
 * Chebyshev's polynomial W_n, shifted to [0, 1]: W_n(2 x - 1). 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.shiftedChebyshevPolynomialW(tensor([0.75]), 2) // [1]
 */
export const shiftedChebyshevPolynomialW: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialW", /*@__PURE__*/ chebyshev(shifted, (x) => add(shifted(x), 1)));
/**
 * Hermite's polynomial of physics: H_(n + 1) = 2 x H_n - 2 n H_(n - 1) from 1 and 2 x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.hermitePolynomialH(tensor([2]), 2) // [14]
 */
export const hermitePolynomialH: Polynomial = /*@__PURE__*/ polynomial("hermitePolynomialH", { first: twice, next: (k, x, q, p) => sub(mul(twice(x), q), mul(p, 2 * k)) });
/**
 * Hermite's polynomial of probability: He_(n + 1) = x He_n - n He_(n - 1) from 1 and x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.hermitePolynomialHe(tensor([2]), 2) // [3]
 */
export const hermitePolynomialHe: Polynomial = /*@__PURE__*/ polynomial("hermitePolynomialHe", { first: (x) => x, next: (k, x, q, p) => sub(mul(x, q), mul(p, k)) });
/**
 * Laguerre's polynomial: (n + 1) L_(n + 1) = (2 n + 1 - x) L_n - n L_(n - 1) from 1 and 1 - x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.laguerrePolynomialL(tensor([2]), 2) // [-1]
 */
export const laguerrePolynomialL: Polynomial = /*@__PURE__*/ polynomial("laguerrePolynomialL", { first: (x) => sub(1, x), next: (k, x, q, p) => div(sub(mul(sub(2 * k + 1, x), q), mul(p, k)), k + 1) });
/**
 * Legendre's polynomial: (n + 1) P_(n + 1) = (2 n + 1) x P_n - n P_(n - 1) from 1 and x. 0 for a negative degree.
 * @param x a number, or a tensor of any shape
 * @param n the degree: a whole number, or a tensor of them that broadcasts with x; one of both is a tensor
 * @returns their broadcast shape; a float keeps its dtype, integers and bools give float32
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for two numbers, and for degrees above 16,384, or above 64 in a tensor on a device that cannot be read at once
 * @example special.legendrePolynomialP(tensor([0.5]), 2) // [-0.125]
 */
export const legendrePolynomialP: Polynomial = /*@__PURE__*/ polynomial("legendrePolynomialP", { first: (x) => x, next: (k, x, q, p) => div(sub(mul(mul(x, 2 * k + 1), q), mul(p, k)), k + 1) });
