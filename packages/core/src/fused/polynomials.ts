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
 * Chebyshev's polynomial of the first kind, T_n(x).
 * @example special.chebyshevPolynomialT(tensor([0.5]), 2) // [-0.5]
 */
export const chebyshevPolynomialT: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialT", /*@__PURE__*/ chebyshev(twice, (x) => x));
/**
 * Chebyshev's polynomial of the second kind, U_n(x).
 * @example special.chebyshevPolynomialU(tensor([0.5]), 3) // [-1]
 */
export const chebyshevPolynomialU: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialU", /*@__PURE__*/ chebyshev(twice, twice));
/**
 * Chebyshev's polynomial of the third kind, V_n(x).
 * @example special.chebyshevPolynomialV(tensor([0.5]), 2) // [-1]
 */
export const chebyshevPolynomialV: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialV", /*@__PURE__*/ chebyshev(twice, (x) => sub(twice(x), 1)));
/**
 * Chebyshev's polynomial of the fourth kind, W_n(x).
 * @example special.chebyshevPolynomialW(tensor([0.5]), 2) // [1]
 */
export const chebyshevPolynomialW: Polynomial = /*@__PURE__*/ polynomial("chebyshevPolynomialW", /*@__PURE__*/ chebyshev(twice, (x) => add(twice(x), 1)));
/**
 * T_n(2 x - 1).
 * @example special.shiftedChebyshevPolynomialT(tensor([0.75]), 2) // [-0.5]
 */
export const shiftedChebyshevPolynomialT: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialT", /*@__PURE__*/ chebyshev(shifted, (x) => sub(twice(x), 1)));
/**
 * U_n(2 x - 1).
 * @example special.shiftedChebyshevPolynomialU(tensor([0.75]), 3) // [-1]
 */
export const shiftedChebyshevPolynomialU: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialU", /*@__PURE__*/ chebyshev(shifted, shifted));
/**
 * V_n(2 x - 1).
 * @example special.shiftedChebyshevPolynomialV(tensor([0.75]), 2) // [-1]
 */
export const shiftedChebyshevPolynomialV: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialV", /*@__PURE__*/ chebyshev(shifted, (x) => sub(shifted(x), 1)));
/**
 * W_n(2 x - 1).
 * @example special.shiftedChebyshevPolynomialW(tensor([0.75]), 2) // [1]
 */
export const shiftedChebyshevPolynomialW: Polynomial = /*@__PURE__*/ polynomial("shiftedChebyshevPolynomialW", /*@__PURE__*/ chebyshev(shifted, (x) => add(shifted(x), 1)));
/**
 * Hermite's polynomial of physics, H_n(x).
 * @example special.hermitePolynomialH(tensor([2]), 2) // [14]
 */
export const hermitePolynomialH: Polynomial = /*@__PURE__*/ polynomial("hermitePolynomialH", { first: twice, next: (k, x, q, p) => sub(mul(twice(x), q), mul(p, 2 * k)) });
/**
 * Hermite's polynomial of probability, He_n(x).
 * @example special.hermitePolynomialHe(tensor([2]), 2) // [3]
 */
export const hermitePolynomialHe: Polynomial = /*@__PURE__*/ polynomial("hermitePolynomialHe", { first: (x) => x, next: (k, x, q, p) => sub(mul(x, q), mul(p, k)) });
/**
 * Laguerre's polynomial, L_n(x).
 * @example special.laguerrePolynomialL(tensor([2]), 2) // [-1]
 */
export const laguerrePolynomialL: Polynomial = /*@__PURE__*/ polynomial("laguerrePolynomialL", { first: (x) => sub(1, x), next: (k, x, q, p) => div(sub(mul(sub(2 * k + 1, x), q), mul(p, k)), k + 1) });
/**
 * Legendre's polynomial, P_n(x).
 * @example special.legendrePolynomialP(tensor([0.5]), 2) // [-0.125]
 */
export const legendrePolynomialP: Polynomial = /*@__PURE__*/ polynomial("legendrePolynomialP", { first: (x) => x, next: (k, x, q, p) => div(sub(mul(mul(x, 2 * k + 1), q), mul(p, k)), k + 1) });
