/** @file Products of vectors and matrices under PyTorch's names, all by `matmul`; and their sums with a third operand. */
import { addScaled, mul } from "../elementwise/arithmetic.ts";
import { numberIn } from "../elementwise/checks.ts";
import { to } from "../elementwise/elementwise.ts";
import { isFloat, promoteTypes, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { showShape } from "../shape.ts";
import { reshape as reshapeAs } from "../calculus/map-reduce.ts";
import { expand, permute, reshape, unsqueeze } from "../views/views.ts";
import { tensorsOf } from "../views/rearrange.ts";
import { sum } from "./reductions.ts";

type Product = (x: Tensor, y: Tensor) => Tensor;

/**
 * The product of two matrices, without broadcasting: out_ij = sum of x_ik y_kj.
 * @param x [m, k]
 * @param y [k, n], of x's dtype
 * @returns [m, n], of their dtype
 * @throws ShapeError if either is no matrix, or the inner sizes differ
 * @throws DTypeError where dtypes differ, and for bools
 * @example mm(tensor([[1, 2]]), tensor([[3], [4]])) // [[11]]
 */
export const mm: Product = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => {
  if (x.ndim !== 2) throw new ShapeError("self must be a matrix");
  if (y.ndim !== 2) throw new ShapeError("mat2 must be a matrix");
  return matmul(x, y);
});
/**
 * The products of two batches of matrices, without broadcasting.
 * @param x [b, m, k]
 * @param y [b, k, n], of x's dtype
 * @returns [b, m, n], of their dtype
 * @throws ShapeError if either is no batch of matrices, or sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example bmm(ones([2, 1, 3]), ones([2, 3, 1])) // [[[3]], [[3]]]
 */
export const bmm: Product = /*@__PURE__*/ composite("BmmBackward0", (x: Tensor, y: Tensor): Tensor => {
  checkBatches(x, y);
  return matmul(x, y);
});
function checkBatches(x: Tensor, y: Tensor): void {
  if (x.ndim !== 3) throw new ShapeError("batch1 must be a 3D tensor");
  if (y.ndim !== 3) throw new ShapeError("batch2 must be a 3D tensor");
  if (x.shape[0] !== y.shape[0] || x.shape[2] !== y.shape[1])
    throw new ShapeError(`Expected size for first two dimensions of batch2 tensor to be: [${x.shape[0]}, ${x.shape[2]}] but got: [${y.shape[0]}, ${y.shape[1]}].`);
}
/**
 * A matrix times a vector: out_i = sum of x_ij y_j.
 * @param x [m, n]
 * @param y [n], of x's dtype
 * @returns [m], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example mv(tensor([[1, 2], [3, 4]]), ones([2])) // [3, 7]
 */
export const mv: Product = /*@__PURE__*/ composite("MvBackward0", (x: Tensor, y: Tensor): Tensor => {
  if (x.ndim !== 2 || y.ndim !== 1) throw new ShapeError(`vector + matrix @ vector expected, got 1, ${x.ndim}, ${y.ndim}`);
  if (x.shape[1] !== y.shape[0]) throw new ShapeError(`size mismatch, got ${x.shape[0]}, ${x.shape[0]}x${x.shape[1]},${y.shape[0]}`);
  return matmul(x, y);
});
/**
 * The sum of the products of two vectors: sum of x_i y_i.
 * @param x [n]
 * @param y [n], of x's dtype
 * @returns a 0-d tensor of their dtype
 * @throws ShapeError for other than two vectors of one length
 * @throws DTypeError where dtypes differ, and for bools
 * @example dot(tensor([1, 2]), tensor([3, 4])) // 11
 */
export const dot: Product = /*@__PURE__*/ composite("DotBackward0", (x: Tensor, y: Tensor): Tensor => inProduct(x, y));
/**
 * As `dot`, as a real vector is its own conjugate.
 * @returns a 0-d tensor of their dtype
 * @example vdot(tensor([1, 2]), tensor([3, 4])) // 11
 */
export const vdot: Product = /*@__PURE__*/ composite("VdotBackward0", (x: Tensor, y: Tensor): Tensor => inProduct(x, y));
function inProduct(x: Tensor, y: Tensor): Tensor {
  if (x.ndim !== 1 || y.ndim !== 1) throw new ShapeError(`1D tensors expected, but got ${x.ndim}D and ${y.ndim}D tensors`);
  if (x.dtype !== y.dtype) throw new DTypeError(`dot : expected both vectors to have same dtype, but found ${scalarTypeName[x.dtype]} and ${scalarTypeName[y.dtype]}`);
  if (x.shape[0] !== y.shape[0])
    throw new ShapeError(`inconsistent tensor size, expected tensor ${showShape(x.shape)} and src ${showShape(y.shape)} to have the same number of elements, but got ${x.shape[0]} and ${y.shape[0]} elements respectively`);
  return matmul(x, y);
}
/**
 * The sums of products over the last dims of both: out[i..., j...] = sum of x[i..., k] y[j..., k]. A 0-d tensor multiplies.
 * @param x [i..., k]
 * @param y [j..., k], of x's dtype
 * @returns [i..., j...], of their dtype
 * @throws ShapeError where the last sizes differ
 * @throws DTypeError where dtypes differ, and for bools
 * @example inner(tensor([1, 2]), tensor([3, 4])) // 11
 */
export const inner: Product = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => {
  if (x.ndim === 0 || y.ndim === 0) return mul(x, y);
  const k = x.shape[x.ndim - 1]!;
  if (k !== y.shape[y.ndim - 1])
    throw new ShapeError(`inner() the last dimension must match on both input tensors but got shapes ${showShape(x.shape)} and ${showShape(y.shape)}`);
  return tensordot(x, y, [[-1], [-1]]);
});
/**
 * The products of all pairs of two vectors: out_ij = x_i y_j.
 * @param x [m] of any dtype
 * @param y [n] of any dtype
 * @returns [m, n], of the promoted dtype
 * @throws ShapeError for other than two vectors
 * @example outer(tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]
 */
export const outer: Product = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => {
  if (x.ndim !== 1) throw new ShapeError(`outer: Expected 1-D argument self, but got ${x.ndim}-D`);
  if (y.ndim !== 1) throw new ShapeError(`outer: Expected 1-D argument vec2, but got ${y.ndim}-D`);
  return mul(reshape(x, [x.shape[0]!, 1]), y);
});
/** `outer` under its other name in PyTorch. */
export const ger: Product = outer;

export type SumOptions = {
  /** The factor of the first operand; where it is 0, even its NaN counts for nothing. */
  readonly beta?: number;
  /** The factor of the product. */
  readonly alpha?: number;
};
/** beta * x + alpha * product; PyTorch's rule for beta 0 included. */
function plus(x: Tensor, product: Tensor, options: SumOptions): Tensor {
  const beta = numberIn([x], options.beta ?? 1), alpha = numberIn([x], options.alpha ?? 1);
  if (x.dtype !== product.dtype) throw new DTypeError(`self and mat2 must have the same dtype, got ${scalarTypeName[x.dtype]} and ${scalarTypeName[product.dtype]}`);
  const into = expand(x, product.shape);
  return to(beta === 0 ? mul(product, alpha) : addScaled(beta === 1 ? into : mul(into, beta), product, alpha), x.dtype);
}
type Summed = (x: Tensor, a: Tensor, b: Tensor, options?: SumOptions) => Tensor;
/**
 * beta * x + alpha * (the product of the matrices a and b).
 * @param x broadcasts to [m, n]
 * @param a [m, k], of x's dtype
 * @param b [k, n], of x's dtype
 * @returns [m, n], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example addmm(ones([1, 1]), tensor([[1, 2]]), tensor([[3], [4]])) // [[12]]
 */
export const addmm: Summed = /*@__PURE__*/ composite("AddmmBackward0", (x: Tensor, a: Tensor, b: Tensor, options: SumOptions = {}): Tensor => {
  if (a.ndim !== 2 || b.ndim !== 2) throw new ShapeError(`${a.ndim !== 2 ? "mat1" : "mat2"} must be a matrix, got ${(a.ndim !== 2 ? a : b).ndim}-D tensor`);
  return plus(x, matmul(a, b), options);
});
/**
 * beta * x + alpha * (the product of the matrix a and the vector b).
 * @param x broadcasts to [m]
 * @param a [m, n], of x's dtype
 * @param b [n], of x's dtype
 * @returns [m], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example addmv(ones([2]), tensor([[1, 2], [3, 4]]), ones([2])) // [4, 8]
 */
export const addmv: Summed = /*@__PURE__*/ composite("AddmvBackward0", (x: Tensor, a: Tensor, b: Tensor, options: SumOptions = {}): Tensor => {
  if (a.ndim !== 2 || b.ndim !== 1) throw new ShapeError(`vector + matrix @ vector expected, got ${x.ndim}, ${a.ndim}, ${b.ndim}`);
  return plus(x, mv(a, b), options);
});
/**
 * beta * x + alpha * (the products of two batches of matrices).
 * @param x broadcasts to [b, m, n]
 * @param a [b, m, k], of x's dtype
 * @param b [b, k, n], of x's dtype
 * @returns [b, m, n], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example baddbmm(ones([1, 1, 1]), ones([1, 1, 2]), ones([1, 2, 1])) // [[[3]]]
 */
export const baddbmm: Summed = /*@__PURE__*/ composite("BaddbmmBackward0", (x: Tensor, a: Tensor, b: Tensor, options: SumOptions = {}): Tensor => {
  checkBatches(a, b);
  return plus(x, matmul(a, b), options);
});
/**
 * beta * x + alpha * (the sum over a batch of the products of matrices).
 * @param x broadcasts to [m, n]
 * @param a [b, m, k], of x's dtype
 * @param b [b, k, n], of x's dtype
 * @returns [m, n], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ, and for bools
 * @example addbmm(zeros([1, 1]), ones([2, 1, 3]), ones([2, 3, 1])) // [[6]]
 */
export const addbmm: Summed = /*@__PURE__*/ composite("AddbmmBackward0", (x: Tensor, a: Tensor, b: Tensor, options: SumOptions = {}): Tensor => {
  checkBatches(a, b);
  return plus(x, sum(matmul(a, b), 0, { dtype: a.dtype }), options);
});
/**
 * beta * x + alpha * (the products of all pairs of two vectors).
 * @param x broadcasts to [m, n]
 * @param a [m] of any dtype
 * @param b [n] of any dtype
 * @returns [m, n], of the promoted dtype
 * @throws ShapeError where sizes do not fit
 * @example addr(zeros([2, 2]), tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]
 */
export const addr: Summed = /*@__PURE__*/ composite("AddrBackward0", (x: Tensor, a: Tensor, b: Tensor, options: SumOptions = {}): Tensor => {
  if (a.ndim !== 1) throw new ShapeError(`addr: Expected 1-D argument vec1, but got ${a.ndim}-D`);
  if (b.ndim !== 1) throw new ShapeError(`addr: Expected 1-D argument vec2, but got ${b.ndim}-D`);
  const product = outer(a, b), common = promoteTypes(x.dtype, product.dtype);
  return plus(to(x, common), to(product, common), options);
});

/** How many dims, or the pairs of dims: those of x, and those of y. */
export type TensordotDims = number | readonly [readonly number[], readonly number[]];
/**
 * The sum of products over pairs of dims, as `dims` says: so many of the last of x with the first of y (2 by default), or two lists.
 * @param x of any shape
 * @param y of x's dtype, with the same sizes along its dims of the pairs
 * @param dims how many, or `[of x, of y]`
 * @returns x's other sizes as a shape, then y's, of their dtype
 * @throws ShapeError where sizes differ, or lists are not of one length
 * @throws DTypeError where dtypes differ, and for bools
 * @throws ArgumentError for a negative number
 * @example tensordot(tensor([[1, 2], [3, 4]]), eye(2), 1) // [[1, 2], [3, 4]]
 */
export const tensordot: (x: Tensor, y: Tensor, dims?: TensordotDims) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, dims: TensordotDims = 2): Tensor => {
  if (typeof dims === "number" && dims < 0) throw new ArgumentError(`tensordot expects dims >= 0, but got dims=${dims}`);
  const count = typeof dims === "number" ? dims : 0;
  const [from, to] = typeof dims === "number" ? [Array.from({ length: count }, (_, i) => i - count), Array.from({ length: count }, (_, i) => i)] : dims;
  if (from.length !== to.length) throw new ShapeError("both dimension lists should have same length");
  const left = from.map((d) => (d < 0 ? d + x.ndim : d)), right = to.map((d) => (d < 0 ? d + y.ndim : d));
  for (const [i, d] of left.entries())
    if (x.shape[d] !== y.shape[right[i]!]) throw new ShapeError(`contracted dimensions need to match, but first has size ${x.shape[d]} in dim ${from[i]} and second has size ${y.shape[right[i]!]} in dim ${to[i]}`);
  const keptLeft = [...x.shape.keys()].filter((d) => !left.includes(d)), keptRight = [...y.shape.keys()].filter((d) => !right.includes(d));
  const sizes = (t: Tensor, list: readonly number[]): number => list.reduce((product, d) => product * t.shape[d]!, 1);
  const a = reshape(permute(x, [...keptLeft, ...left]), [sizes(x, keptLeft), sizes(x, left)]);
  const b = reshape(permute(y, [...right, ...keptRight]), [sizes(y, right), sizes(y, keptRight)]);
  return reshape(matmul(a, b), [...keptLeft.map((d) => x.shape[d]!), ...keptRight.map((d) => y.shape[d]!)]);
});
/**
 * The Kronecker product: each element of x times the whole of y.
 * @param x [a, b], or of any rank; dims of size 1 come in front of the smaller
 * @param y [c, d], or of any rank
 * @returns [a c, b d], of the promoted dtype
 * @example kron(eye(2), tensor([[1, 2]])) // [[1, 2, 0, 0], [0, 0, 1, 2]]
 */
export const kron: Product = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => {
  const rank = Math.max(x.ndim, y.ndim), padded = (t: Tensor): number[] => [...new Array<number>(rank - t.ndim).fill(1), ...t.shape];
  const a = padded(x), b = padded(y);
  const product = mul(reshape(x, a.flatMap((size) => [size, 1])), reshape(y, b.flatMap((size) => [1, size])));
  return reshapeAs(product, a.map((size, d) => size * b[d]!), "UnsafeViewBackward0");
});

/**
 * The product of several matrices, in the order that costs least (Cormen et al., "Introduction to Algorithms", 15.2).
 * @param matrices [a, b], [b, c], [c, d] ... of one dtype
 * @returns [a, d], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws ArgumentError for no matrices
 * @throws DTypeError where dtypes differ
 * @example chainMatmul(ones([1, 2]), ones([2, 3]), ones([3, 1])) // [[6]]
 */
export const chainMatmul: (...matrices: readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (...given: readonly Tensor[]): Tensor => {
  const matrices = tensorsOf(given);
  if (matrices.length === 0) throw new ArgumentError("chain_matmul(): Expected one or more matrices");
  for (const x of matrices) if (x.ndim !== 2) throw new ShapeError(`Tensor dimension is ${x.ndim}, expected 2 instead.`);
  return cheapest(matrices);
});
function cheapest(matrices: readonly Tensor[]): Tensor {
  const n = matrices.length, sizes = [matrices[0]!.shape[0]!, ...matrices.map((x) => x.shape[1]!)];
  if (n === 1) return matrices[0]!;
  const cost = Array.from({ length: n }, () => new Array<number>(n).fill(0)), cut = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 1; length < n; length++)
    for (let i = 0; i + length < n; i++) {
      const j = i + length;
      cost[i]![j] = Infinity;
      for (let k = i; k < j; k++) {
        const total = cost[i]![k]! + cost[k + 1]![j]! + sizes[i]! * sizes[k + 1]! * sizes[j + 1]!;
        if (total < cost[i]![j]!) [cost[i]![j], cut[i]![j]] = [total, k];
      }
    }
  const product = (i: number, j: number): Tensor => (i === j ? matrices[i]! : matmul(product(i, cut[i]![j]!), product(cut[i]![j]! + 1, j)));
  return product(0, n - 1);
}
/**
 * The product of several matrices, in the order that costs least: torch.linalg.multi_dot.
 * @param tensors [a, b], [b, c], [c, d] ... of one dtype; the first may be a vector [b], a row, and the last [c], a column
 * @returns [a, d] without the dims of vectors, of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws ArgumentError for fewer than two
 * @throws DTypeError where dtypes differ
 * @example linalg.multiDot([ones([1, 2]), ones([2, 3]), ones([3, 1])]) // [[6]]
 */
export const multiDot: (tensors: readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (tensors: readonly Tensor[]): Tensor => {
  if (tensors.length < 2) throw new ArgumentError(`multi_dot(): expected at least 2 tensors but got ${tensors.length}`);
  const first = tensors[0]!, last = tensors[tensors.length - 1]!;
  const out = cheapest(tensors.map((x, i) => {
    if (x.ndim === 1 && (i === 0 || i === tensors.length - 1)) return unsqueeze(x, i === 0 ? 0 : 1);
    if (x.ndim !== 2) throw new ShapeError(`multi_dot(): tensor ${i} must be ${i === 0 || i === tensors.length - 1 ? "1D or 2D" : "2D"} but got ${x.ndim}D`);
    return x;
  }));
  return reshape(out, [...(first.ndim === 1 ? [] : [first.shape[0]!]), ...(last.ndim === 1 ? [] : [last.shape[1]!])]);
});
export type DimOption = {
  /** The last by default. */
  readonly dim?: number;
};
/**
 * The sum of products along a dim: torch.linalg.vecdot.
 * @param x floats of any shape
 * @param y of its dtype; it broadcasts with x
 * @returns the broadcast shape without the dim, of their dtype
 * @throws DTypeError for integers and bools, and for two dtypes
 * @throws ShapeError where shapes do not broadcast
 * @throws IndexError for a dim out of range
 * @example linalg.vecdot(tensor([[1, 2], [3, 4]]), ones([2])) // [3, 7]
 */
export const vecdot: (x: Tensor, y: Tensor, options?: DimOption) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, { dim = -1 }: DimOption = {}): Tensor => {
  if (!isFloat(x.dtype)) throw new DTypeError(`linalg.vecdot: Expected a floating point or complex tensor as input. Got ${scalarTypeName[x.dtype]}`);
  if (x.dtype !== y.dtype) throw new DTypeError(`linalg.vecdot: Expected x and y to have the same dtype, but found x of type ${scalarTypeName[x.dtype]} and y of type ${scalarTypeName[y.dtype]} instead`);
  return sum(mul(x, y), dim);
});
