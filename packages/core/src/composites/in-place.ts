/** @file The forms in place of composites: the target takes over the values of the result, and its history. */
import { checkTarget } from "../calculus/in-place.ts";
import { clone } from "../calculus/map-reduce.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { floatPower, heaviside, ldexp, nextafter } from "../elementwise/blend.ts";
import { canCast, type Operand } from "../elementwise/elementwise.ts";
import { logit } from "../elementwise/exponential.ts";
import { fill_ } from "../elementwise/overwrite.ts";
import { takeOver } from "../elementwise/take-over.ts";
import { mvlgamma } from "../elementwise/special/gamma.ts";
import { polygamma } from "../elementwise/special/zeta.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isGradEnabled, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { diagonal, tril, triu } from "../views/diagonal.ts";
import { narrow } from "../views/views.ts";
import { scatterAdd } from "../primitives/gather.ts";
import { cumprod, cumsum } from "./cumulative.ts";
import { addbmm, addmm, addmv, addr, baddbmm } from "./matrix-products.ts";
import { renorm } from "./norms.ts";
import { indexAdd, indexCopy, indexFill, indexReduce, maskedScatter, put, scatter, scatterReduce } from "./scattering.ts";

/** An op that writes its result into its first operand, whose shape and dtype stay. */
const inPlace = <A extends readonly unknown[]>(op: (x: Tensor, ...rest: A) => Tensor) => composite(undefined, (x: Tensor, ...rest: A): Tensor => {
  const result = op(x, ...rest);
  if (!sameShape(result.shape, x.shape)) throw new ShapeError(`output with shape [${x.shape.join(", ")}] doesn't match the broadcast shape [${result.shape.join(", ")}]`);
  return takeOver(x, result, result.gradFn?.name);
});
/** The same of an op whose derivative reads what x was: that is kept as a copy, where there will be a derivative. */
const inPlaceOfCopy = <A extends readonly unknown[]>(op: (x: Tensor, ...rest: A) => Tensor) => inPlace((x: Tensor, ...rest: A): Tensor => op(x.requiresGrad && isGradEnabled() ? clone(x) : x, ...rest));
type InPlace<F> = F extends (x: Tensor, ...rest: infer A) => Tensor ? (x: Tensor, ...rest: A) => Tensor : never;

/** {@link addbmm}, written into x. */
export const addbmm_: InPlace<typeof addbmm> = /*@__PURE__*/ inPlace(addbmm);
/** {@link addmm}, written into x. */
export const addmm_: InPlace<typeof addmm> = /*@__PURE__*/ inPlace(addmm);
/** {@link addmv}, written into x. */
export const addmv_: InPlace<typeof addmv> = /*@__PURE__*/ inPlace(addmv);
/** {@link addr}, written into x. */
export const addr_: InPlace<typeof addr> = /*@__PURE__*/ inPlace(addr);
/** {@link baddbmm}, written into x. */
export const baddbmm_: InPlace<typeof baddbmm> = /*@__PURE__*/ inPlace(baddbmm);
/** {@link cumprod}, written into x. */
export const cumprod_: InPlace<typeof cumprod> = /*@__PURE__*/ inPlaceOfCopy(cumprod);
/** {@link cumsum}, written into x. */
export const cumsum_: InPlace<typeof cumsum> = /*@__PURE__*/ inPlace(cumsum);
/** {@link indexAdd}, written into x. */
export const indexAdd_: InPlace<typeof indexAdd> = /*@__PURE__*/ inPlace(indexAdd);
/** {@link indexCopy}, written into x. */
export const indexCopy_: InPlace<typeof indexCopy> = /*@__PURE__*/ inPlace(indexCopy);
/** {@link indexFill}, written into x. */
export const indexFill_: InPlace<typeof indexFill> = /*@__PURE__*/ inPlace(indexFill);
/** {@link indexReduce}, written into x. */
export const indexReduce_: InPlace<typeof indexReduce> = /*@__PURE__*/ inPlaceOfCopy(indexReduce);
/** {@link maskedScatter}, written into x. */
export const maskedScatter_: InPlace<typeof maskedScatter> = /*@__PURE__*/ inPlace(maskedScatter);
/** {@link put}, written into x. */
export const put_: InPlace<typeof put> = /*@__PURE__*/ inPlace(put);
/** {@link renorm}, written into x. */
export const renorm_: InPlace<typeof renorm> = /*@__PURE__*/ inPlaceOfCopy(renorm);
/** {@link scatter}, written into x. */
export const scatter_: InPlace<typeof scatter> = /*@__PURE__*/ inPlace(scatter);
/** {@link scatterAdd}, written into x. */
export const scatterAdd_: InPlace<typeof scatterAdd> = /*@__PURE__*/ inPlace(scatterAdd);
/** {@link scatterReduce}, written into x. */
export const scatterReduce_: InPlace<typeof scatterReduce> = /*@__PURE__*/ inPlaceOfCopy(scatterReduce);
/** {@link tril}, written into x. */
export const tril_: InPlace<typeof tril> = /*@__PURE__*/ inPlace(tril);
/** {@link triu}, written into x. */
export const triu_: InPlace<typeof triu> = /*@__PURE__*/ inPlace(triu);

/** As `inPlace`, of an op whose result may be of another dtype, which x cannot always hold. */
const inPlaceIfFits = <A extends readonly unknown[]>(op: (x: Tensor, ...rest: A) => Tensor) => inPlaceOfCopy((x: Tensor, ...rest: A): Tensor => {
  const result = op(x, ...rest);
  if (canCast(result.dtype, x.dtype)) return result;
  checkTarget(x, []); // PyTorch complains of the place first
  throw new DTypeError(`result type ${scalarTypeName[result.dtype]} can't be cast to the desired output type ${scalarTypeName[x.dtype]}`);
});
/** {@link heaviside}, written into x. */
export const heaviside_: InPlace<typeof heaviside> = /*@__PURE__*/ inPlace(heaviside);
/** {@link ldexp}, written into x. */
export const ldexp_: InPlace<typeof ldexp> = /*@__PURE__*/ inPlaceIfFits(ldexp);
/** {@link logit}, written into x. */
export const logit_: InPlace<typeof logit> = /*@__PURE__*/ inPlaceIfFits(logit);
/** {@link mvlgamma}, written into x. Of integers it is refused as PyTorch refuses it, whose steps of 1/2 are 0 then. */
export const mvlgamma_: InPlace<typeof mvlgamma> = /*@__PURE__*/ inPlaceIfFits((x: Tensor, p: number): Tensor => {
  if (!isFloat(x.dtype)) throw new ArgumentError("step must be nonzero");
  return mvlgamma(x, p);
});
/** {@link nextafter}, written into x. */
export const nextafter_: InPlace<typeof nextafter> = /*@__PURE__*/ inPlace(nextafter);
/** {@link polygamma} of order n, written into x. */
export const polygamma_: (x: Tensor, n: number) => Tensor = /*@__PURE__*/ inPlaceIfFits((x: Tensor, n: number): Tensor => polygamma(n, x));
/** {@link floatPower}, written into x, which is float64 then. */
export const floatPower_: (x: Tensor, y: Operand) => Tensor = /*@__PURE__*/ inPlaceOfCopy((x: Tensor, y: Operand): Tensor => {
  const result = floatPower(x, y);
  if (result.dtype !== x.dtype) throw new DTypeError(`the base given to float_power_ has dtype ${scalarTypeName[x.dtype]} but the operation's result requires dtype ${scalarTypeName[result.dtype]}`);
  return result;
});

export type FillDiagonalOptions = {
  /** Begin again below, with a row left out, in a matrix that is taller than wide. */
  readonly wrap?: boolean;
};
/**
 * The main diagonal of a matrix becomes one value; of more dims, which are equal then, the elements whose indices are all equal.
 * @param x of at least 2 dims and any dtype
 * @param value in each place, rounded or cut to the dtype
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims, or more that are not equal
 * @throws AutogradError for a leaf that requires a gradient
 * @example fillDiagonal_(zeros([2, 2]), 7) // [[7, 0], [0, 7]]
 */
export const fillDiagonal_: (x: Tensor, value: number, options?: FillDiagonalOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, value: number, { wrap = false }: FillDiagonalOptions = {}): Tensor => {
  if (x.ndim < 2) throw new ShapeError("dimensions must larger than 1");
  if (x.ndim > 2 && x.shape.some((n) => n !== x.shape[0])) throw new ShapeError("all dimensions of input must be of equal length");
  let line = diagonal(x);
  for (let rank = x.ndim - 1; rank > 1; rank--) line = diagonal(line, { dim1: 0, dim2: rank - 1 });
  fill_(line, value);
  const [rows, columns] = x.shape as [number, number];
  if (wrap && x.ndim === 2) for (let row = columns + 1; row < rows; row += columns + 1) fill_(diagonal(narrow(x, 0, row, rows - row)), value);
  return x;
});
