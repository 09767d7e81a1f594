/** @file The forms in place of composites: the target takes over the values of the result, and its history. */
import { copy_, fill_ } from "../elementwise/overwrite.ts";
import { ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
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
  return copy_(x, result);
});
type InPlace<F> = F extends (x: Tensor, ...rest: infer A) => Tensor ? (x: Tensor, ...rest: A) => Tensor : never;

export const addbmm_: InPlace<typeof addbmm> = /*@__PURE__*/ inPlace(addbmm);
export const addmm_: InPlace<typeof addmm> = /*@__PURE__*/ inPlace(addmm);
export const addmv_: InPlace<typeof addmv> = /*@__PURE__*/ inPlace(addmv);
export const addr_: InPlace<typeof addr> = /*@__PURE__*/ inPlace(addr);
export const baddbmm_: InPlace<typeof baddbmm> = /*@__PURE__*/ inPlace(baddbmm);
export const cumprod_: InPlace<typeof cumprod> = /*@__PURE__*/ inPlace(cumprod);
export const cumsum_: InPlace<typeof cumsum> = /*@__PURE__*/ inPlace(cumsum);
export const indexAdd_: InPlace<typeof indexAdd> = /*@__PURE__*/ inPlace(indexAdd);
export const indexCopy_: InPlace<typeof indexCopy> = /*@__PURE__*/ inPlace(indexCopy);
export const indexFill_: InPlace<typeof indexFill> = /*@__PURE__*/ inPlace(indexFill);
export const indexReduce_: InPlace<typeof indexReduce> = /*@__PURE__*/ inPlace(indexReduce);
export const maskedScatter_: InPlace<typeof maskedScatter> = /*@__PURE__*/ inPlace(maskedScatter);
export const put_: InPlace<typeof put> = /*@__PURE__*/ inPlace(put);
export const renorm_: InPlace<typeof renorm> = /*@__PURE__*/ inPlace(renorm);
export const scatter_: InPlace<typeof scatter> = /*@__PURE__*/ inPlace(scatter);
export const scatterAdd_: InPlace<typeof scatterAdd> = /*@__PURE__*/ inPlace(scatterAdd);
export const scatterReduce_: InPlace<typeof scatterReduce> = /*@__PURE__*/ inPlace(scatterReduce);
export const tril_: InPlace<typeof tril> = /*@__PURE__*/ inPlace(tril);
export const triu_: InPlace<typeof triu> = /*@__PURE__*/ inPlace(triu);

export type FillDiagonalOptions = { /** Begin again below, with a row left out, in a matrix that is taller than wide. */ readonly wrap?: boolean };
/**
 * The main diagonal of a matrix becomes the value; of more dims, which are equal then, the elements whose indices are.
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
