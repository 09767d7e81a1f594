/** @file Norms of vectors and matrices, with PyTorch's subgradients where they have no derivative; distances and directions. */
import { reduceProgram } from "../calculus/map-reduce.ts";
import { type DType, isFloat, promoteTypes, scalarTypeName } from "../dtype.ts";
import { abs, add, div, eq, gt, logicalOr, isnan, mul, ne, pow, sub, sqrt, where } from "../elementwise/index.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { clampMin } from "../elementwise/bounds.ts";
import { sgn } from "../elementwise/blend.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { wrapDim, wrapDims } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { broadcastTensors } from "../views/rearrange.ts";
import { narrow, reshape, unsqueeze } from "../views/views.ts";
import { decomposed } from "./decomposed.ts";
import { reducedShape } from "../calculus/call.ts";
import { amaxOver, aminOver, sum, sumOver } from "./reductions.ts";

type Dims = number | readonly number[];
type NormAttrs = { readonly p: number; readonly dims: readonly number[]; readonly keepdim: boolean; readonly name: string };

const squares = /*@__PURE__*/ perDType((d) => program("squares", [d], [], [s.mul(s.arg(0, d), s.arg(0, d))]));
const kept = { keepdim: true } as const;

const value = (x: Tensor, attrs: NormAttrs): Tensor => to(computed(wide(x), attrs), x.dtype);
function computed(x: Tensor, { p, dims, keepdim }: NormAttrs): Tensor {
  const options = { keepdim };
  if (p === Infinity) return amaxOver(abs(x), dims, options);
  if (p === -Infinity) return aminOver(abs(x), dims, options);
  if (dims.length === 0) return p === 0 ? to(ne(x, 0), x.dtype) : abs(x);
  if (p === 0) return sum(to(ne(x, 0), x.dtype), dims, options);
  if (p === 1) return sum(abs(x), dims, options);
  if (p === 2) return sqrt(reduceProgram("sum", squares(x.dtype), [x], [], dims, keepdim, "SumBackward1"));
  return pow(sum(pow(abs(x), p), dims, options), 1 / p);
}
const zeroWhere = (condition: Tensor, x: Tensor): Tensor => where(condition, 0, x);

const normOp: Op<NormAttrs> = {
  name: "norm",
  gradName: ({ name }) => name,
  run: (_, [x], attrs) => decomposed([x!], (bare) => value(bare, attrs)),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node) {
    const [x, out] = savedTensors(node) as [Tensor, Tensor], shape = reducedShape(x.shape, node.attrs.dims, true);
    return [mul(slope(x, reshape(out, shape), node.attrs), reshape(grad!, shape))];
  },
  jvp: ([tangent], [x], [out], attrs) =>
    [sumOver(mul(slope(x!, reshape(out!, reducedShape(x!.shape, attrs.dims, true)), attrs), tangent!), attrs.dims, { keepdim: attrs.keepdim })],
  batched: (attrs, { length }) => ({ ...attrs, dims: attrs.dims.map((d) => d + length) }),
};
/** d norm / dx, where it does not exist as PyTorch chooses: 0 at 0, and shared evenly among extrema. */
function slope(x: Tensor, norm: Tensor, { p, dims }: NormAttrs): Tensor {
  const none = eq(norm, 0);
  if (p === 0) return mul(x, 0);
  if (p === 1) return sgn(x);
  if (p === 2) return zeroWhere(none, div(x, norm)); // at 0 the second derivative is NaN, as in PyTorch
  if (Math.abs(p) === Infinity) {
    const size = abs(x), mask = to(logicalOr(eq(size, norm), isnan(size)), x.dtype);
    return mul(div(sgn(x), sumOver(mask, dims, kept)), mask);
  }
  if (p < 1) return mul(mul(sgn(x), zeroWhere(eq(x, 0), pow(abs(x), p - 1))), pow(norm, 1 - p));
  const length = where(none, 1, norm); // nothing is divided by 0, in no order of derivative
  return mul(p < 2 ? mul(sgn(x), pow(abs(x), p - 1)) : mul(x, pow(abs(x), p - 2)), zeroWhere(none, pow(length, 1 - p)));
}

export type NormOptions = {
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
  /** What to cast to before. */
  readonly dtype?: DType;
};

const floatsOnly = (op: string, dtype: DType): string => op === "norm"
  ? `norm(): input dtype should be either floating point or complex. Got ${scalarTypeName[dtype]} instead.`
  : `${op}: Expected a floating point or complex tensor as input. Got ${scalarTypeName[dtype]}`;
function vector(op: string, name: string, x: Tensor, p: number, dim: Dims | undefined, { keepdim = false, dtype }: NormOptions): Tensor {
  if (typeof p !== "number") throw new ArgumentError(`${op}: Expected a non-complex scalar as the order of norm.`);
  const input = dtype === undefined ? x : to(x, dtype);
  if (!isFloat(input.dtype)) throw new DTypeError(floatsOnly(op, input.dtype));
  const dims = wrapDims(dim, x.ndim);
  const order = p === Infinity ? "inf" : p === -Infinity ? "-inf" : p;
  if (x.window.size === 0 && (p < 0 || p === Infinity) && (dim === undefined || dims.some((d) => x.shape[d] === 0)))
    throw new ShapeError(dim === undefined
      ? `${op} cannot compute the ${order} norm on an empty tensor because the operation does not have an identity`
      : `${op} cannot compute the ${order} norm on the dimension ${dims.find((d) => x.shape[d] === 0)} because this dimension is empty and the operation does not have an identity`);
  return dispatch(normOp, [input], { p, dims, keepdim, name });
}
/**
 * (sum of |x| ** ord) ** (1 / ord) over dims, or over all: torch.linalg.vector_norm. Infinity is the largest, -Infinity the smallest, 0 the count of what is not zero.
 * @param x of any shape; floats
 * @param ord the order, 2 by default
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @throws ShapeError for a negative order, or that of Infinity, of no elements
 * @throws ArgumentError for an order that is no number
 * @example linalg.vectorNorm(tensor([3, -4]), 1) // 7
 */
export const vectorNorm = (x: Tensor, ord: number = 2, dim?: Dims | null, options: NormOptions = {}): Tensor =>
  vector("linalg.vector_norm", "LinalgVectorNormBackward0", x, ord, dim ?? undefined, options);

/** The p-norm of the elements, or "fro", the square root of the sum of squares: what PyTorch's older `norm` is beside the nuclear norm, which linalg/norms.ts adds. */
export function elementNorm(x: Tensor, p: number | string | null = "fro", dim?: Dims | null, options: NormOptions = {}): Tensor {
  if (typeof p === "string" && p !== "fro") throw new ArgumentError(`only valid string values are 'fro' and 'nuc', found ${p}`);
  return vector("norm", "NormBackward1", x, typeof p === "number" ? p : 2, dim ?? undefined, options);
}

export type DistanceOptions = {
  /** The order of the norm: 2 by default. */
  readonly p?: number;
};
/**
 * The p-norm of x - y, as one number.
 * @param x of any shape; floats
 * @param y floats that broadcast with x
 * @returns a 0-d tensor of the promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example dist(tensor([0, 0]), tensor([3, 4])) // 5
 */
export const dist: (x: Tensor, y: Tensor, options?: DistanceOptions) => Tensor = /*@__PURE__*/ composite("DistBackward0", (x: Tensor, y: Tensor, { p = 2 }: DistanceOptions = {}): Tensor => elementNorm(sub(x, y), p));
/**
 * The distances between all rows: out[..., i, j] = the p-norm of x[..., i, :] - y[..., j, :].
 * @param x [..., m, k]; floats
 * @param y [..., n, k]; floats
 * @returns [..., m, n], leading dims broadcast, of the promoted dtype
 * @throws ShapeError where k differs, or for fewer than 2 dims
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a negative p
 * @example cdist(tensor([[0, 0]]), tensor([[3, 4], [0, 1]])) // [[5, 1]]
 */
export const cdist: (x: Tensor, y: Tensor, options?: DistanceOptions) => Tensor = /*@__PURE__*/ composite("CdistBackward0", (x: Tensor, y: Tensor, { p = 2 }: DistanceOptions = {}): Tensor => {
  if (x.ndim < 2) throw new ShapeError(`cdist only supports at least 2D tensors, X1 got: ${x.ndim}D`);
  if (y.ndim < 2) throw new ShapeError(`cdist only supports at least 2D tensors, X2 got: ${y.ndim}D`);
  if (x.shape[x.ndim - 1] !== y.shape[y.ndim - 1]) throw new ShapeError(`X1 and X2 must have the same number of columns. X1: ${x.shape[x.ndim - 1]} X2: ${y.shape[y.ndim - 1]}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`cdist only supports floating-point dtypes, X1 got: ${scalarTypeName[x.dtype]}`);
  if (!(p >= 0)) throw new ArgumentError("cdist only supports non-negative p values");
  const difference = sub(unsqueeze(x, -2), unsqueeze(y, -3));
  return difference.shape[difference.ndim - 1] === 0 ? sum(difference, -1) : vector("cdist", "NormBackward1", difference, p, -1, {});
});
export type PairwiseOptions = {
  /** The order of the norm: 2 by default. */
  readonly p?: number;
  /** Added to each difference: 1e-6 by default. */
  readonly eps?: number;
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
};
/**
 * The p-norm of x - y + eps over the last dim.
 * @param x [..., d]
 * @param y [..., d], which broadcasts with x
 * @returns their broadcast shape without the last dim, or with size 1 by `keepdim`; a float dtype stays, integers give float32
 * @throws ShapeError where shapes do not broadcast
 * @example pairwiseDistance(tensor([[0, 0]]), tensor([[3, 4]])) // [5]
 */
export const pairwiseDistance: (x: Tensor, y: Tensor, options?: PairwiseOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, { p = 2, eps = 1e-6, keepdim = false }: PairwiseOptions = {}): Tensor => {
  const plain = add(sub(x, y), eps), difference = isFloat(plain.dtype) ? plain : to(plain, "float32");
  return elementNorm(difference, p, difference.ndim - 1, { keepdim });
});
/**
 * The distances between all pairs of rows of a matrix, in the order (0, 1), (0, 2) ... (1, 2) ...
 * @param x [n, d]; floats
 * @returns [n (n - 1) / 2], of x's dtype
 * @throws ShapeError for other than a matrix
 * @throws DTypeError for integers and bools
 * @throws ArgumentError for a negative p
 * @example pdist(tensor([[0, 0], [3, 4], [0, 1]])) // [5, 1, 4.2426]
 */
export const pdist: (x: Tensor, options?: DistanceOptions) => Tensor = /*@__PURE__*/ composite("PdistBackward0", (x: Tensor, { p = 2 }: DistanceOptions = {}): Tensor => {
  if (x.ndim !== 2) throw new ShapeError(`pdist only supports 2D tensors, got: ${x.ndim}D`);
  if (!(p >= 0)) throw new ArgumentError("pdist only supports non-negative p values");
  const n = x.shape[0]!, rows = Array.from({ length: Math.max(0, n - 1) }, (_, i) => vector("pdist", "NormBackward1", sub(narrow(x, 0, i, 1), narrow(x, 0, i + 1, n - i - 1)), p, -1, {}));
  return rows.length === 0 ? sum(narrow(x, 0, 0, 0), 1) : cat(rows);
});

export type CosineOptions = {
  /** The least that a norm counts: 1e-8 by default. */
  readonly eps?: number;
};
/**
 * The cosine of the angle between x and y along a dim: x y / (|x| |y|).
 * @param x of any shape; floats
 * @param y floats that broadcast with x
 * @param dim along which, 1 by default
 * @returns the broadcast shape without the dim, of the promoted dtype
 * @throws DTypeError for integers and bools, unless one is a float
 * @throws ShapeError where shapes do not broadcast
 * @throws IndexError for a dim out of range
 * @example cosineSimilarity(tensor([1, 0]), tensor([1, 1]), 0) // 0.7071
 */
export const cosineSimilarity: (x: Tensor, y: Tensor, dim?: number, options?: CosineOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, dim: number = 1, { eps = 1e-8 }: CosineOptions = {}): Tensor => {
  const common = promoteTypes(x.dtype, y.dtype);
  if (!isFloat(common)) throw new DTypeError(`expected common dtype to be floating point, yet common dtype is ${scalarTypeName[common]}`);
  const [a, b] = broadcastTensors(to(x, common), to(y, common)) as [Tensor, Tensor];
  const unit = (t: Tensor): Tensor => div(t, clampMin(vectorNorm(t, 2, dim, kept), eps));
  return sum(mul(unit(a), unit(b)), dim);
});
export type NormalizeOptions = {
  /** The order of the norm: 2 by default. */
  readonly p?: number;
  /** Along which dim, or over which dims: 1 by default. */
  readonly dim?: Dims;
  /** The least that a norm counts: 1e-12 by default. */
  readonly eps?: number;
};
/**
 * x divided by its p-norm along a dim: x / max(|x|, eps).
 * @param x of any shape; floats
 * @returns x's shape and dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example normalize(tensor([3, 4]), { dim: 0 }) // [0.6, 0.8]
 */
export const normalize: (x: Tensor, options?: NormalizeOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { p = 2, dim = 1, eps = 1e-12 }: NormalizeOptions = {}): Tensor =>
  div(x, clampMin(elementNorm(x, p, dim, kept), eps)));
/**
 * Each slice along a dim, scaled down to p-norm `maxnorm` where it is longer.
 * @param x of at least 2 dims; floats
 * @param p the order of the norm, above 0
 * @param dim along which the slices lie
 * @param maxnorm the largest norm that stays
 * @returns x's shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws ArgumentError for a p of 0 or below, or a negative maxnorm
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example renorm(tensor([[3, 4], [0, 1]]), 2, 0, 1) // [[0.6, 0.8], [0, 1]]
 */
export const renorm: (x: Tensor, p: number, dim: number, maxnorm: number) => Tensor = /*@__PURE__*/ composite("RenormBackward0", (x: Tensor, p: number, dim: number, maxnorm: number): Tensor => {
  if (x.ndim < 2) throw new ShapeError(`renorm: input needs at least 2 dimensions, got ${x.ndim} dimensions`);
  if (!(p > 0)) throw new ArgumentError("renorm: non-positive-norm not supported");
  if (maxnorm < 0) throw new ArgumentError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`);
  const d = wrapDim(dim, x.ndim), length = vectorNorm(x, p, [...x.shape.keys()].filter((k) => k !== d), kept);
  return mul(x, where(gt(length, maxnorm), div(maxnorm, add(length, 1e-7)), 1));
});
