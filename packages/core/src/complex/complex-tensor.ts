/** @file The complex tensor: a handle on a real tensor whose last dim holds real and imaginary part, with PyTorch's methods. */
import { data, dataSync, detach, moveTo } from "../api/reading.ts";
import type { Backend } from "../backend.ts";
import { backward, type BackwardOptions } from "../calculus/backward.ts";
import { clone } from "../calculus/map-reduce.ts";
import { cumsum } from "../composites/cumulative.ts";
import { index } from "../composites/indexing.ts";
import type { IndexTerm } from "../composites/index-terms.ts";
import { add, div, isnan, mul, neg, sub } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { type CloseOptions, isinf } from "../elementwise/predicates.ts";
import { where } from "../elementwise/where.ts";
import { ArgumentError, AutogradError, DTypeError, ShapeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import { type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { cat, stack } from "../views/cat.ts";
import { split, unbind } from "../views/pieces.ts";
import { flip, roll } from "../views/repeat.ts";
import { expand, narrow, permute, reshape, select, slice, unsqueeze } from "../views/views.ts";
import { ComplexHandle } from "./handle.ts";
import { type ComplexDType, type ComplexNumber, isComplex, partsOf, scalarName } from "./kind.ts";
import { onPairs, scaling } from "./operands.ts";
import * as f from "./pairs.ts";

/** What complex arithmetic takes beside a complex tensor. */
export type ComplexOperand = ComplexTensor | Tensor | ComplexNumber | number;
type Dims = number | readonly number[];
type Keep = { readonly keepdim?: boolean };

/**
 * A tensor of complex numbers: PyTorch's complex64 and complex128. Make one with `complex`, `polar` or `viewAsComplex`, or get it from `fft.fft`.
 *
 * Its gradient is PyTorch's: real and imaginary part are the gradients of the real and the imaginary part. An op that is not here is not defined for complex tensors, and refuses them;
 * `real()`, `imag()` and `pair` are ordinary tensors, on which everything is.
 * @example `complex(tensor([1, 2]), tensor([0, -1])).mul({ re: 0, im: 1 }).abs()`
 */
export class ComplexTensor extends ComplexHandle {
  /** The accumulated gradient, or null. It lives as long as its tensor. */
  get grad(): ComplexTensor | null {
    const { grad } = this.pair;
    return grad === null ? null : new ComplexTensor(grad);
  }
  set grad(value: ComplexTensor | null) {
    this.pair.grad = value === null ? null : value.pair;
  }
  /** Adds to the `.grad` of every leaf its gradient. @param gradient that of what follows: a complex result has no implicit one */
  backward(gradient?: ComplexTensor, options?: BackwardOptions): void {
    if (gradient === undefined) throw new AutogradError(`grad can be implicitly created only for real scalar outputs but got ${scalarName(this)}`);
    backward(this.pair, gradient.pair, options);
  }
  /** The same memory, with no place on the tape. */
  detach(): ComplexTensor {
    return new ComplexTensor(detach(this.pair));
  }
  /** A dense copy, recorded. */
  clone(): ComplexTensor {
    return new ComplexTensor(clone(this.pair));
  }
  /** In another dtype at once, or on another device by way of the host. */
  to(dtype: ComplexDType): ComplexTensor;
  to(device: Backend): Promise<ComplexTensor>;
  to(target: ComplexDType | Backend): ComplexTensor | Promise<ComplexTensor> {
    if (typeof target !== "string") return moveTo(this.pair, target).then((pair) => (pair === this.pair ? this : new ComplexTensor(pair)));
    return target === this.dtype ? this : new ComplexTensor(to(this.pair, partsOf(target)));
  }

  // ---- Parts ---------------------------------------------------------------------------------------------------------------

  /** The real part: a view. */
  real(): Tensor {
    return select(this.pair, -1, 0);
  }
  /** The imaginary part: a view. */
  imag(): Tensor {
    return select(this.pair, -1, 1);
  }
  /** The absolute value. Its gradient at 0 is 0. */
  abs(): Tensor {
    return f.absPair(this.pair);
  }
  /** The angle, in [-pi, pi]. */
  angle(): Tensor {
    return f.anglePair(this.pair);
  }
  /** The conjugate, a - bi, computed at once. */
  conj(): ComplexTensor {
    return new ComplexTensor(f.conjPair(this.pair));
  }
  /** As `conj`. */
  conjPhysical(): ComplexTensor {
    return this.conj();
  }
  /** The tensor itself: `conj` has computed what PyTorch would still have to. */
  resolveConj(): this {
    return this;
  }
  /** z / |z|, and 0 at 0. */
  sgn(): ComplexTensor {
    return new ComplexTensor(f.sgnPair(this.pair));
  }
  /** A function that is linear over the real numbers, of both parts: padding, resizing, a convolution with real weights. */
  onParts(run: (part: Tensor, k: 0 | 1) => Tensor): ComplexTensor {
    return new ComplexTensor(f.onParts(this.pair, run));
  }
  /** Whether the imaginary part is 0. */
  isreal(): Tensor {
    return f.isRealPair(this.pair);
  }

  // ---- Arithmetic: operands broadcast, and are promoted as PyTorch promotes them -------------------------------------------

  /** The sum. */
  add(other: ComplexOperand): ComplexTensor {
    return new ComplexTensor(onPairs(add, this, other));
  }
  /** The difference. */
  sub(other: ComplexOperand): ComplexTensor {
    return new ComplexTensor(onPairs(sub, this, other));
  }
  /** The product. What is real scales both parts. */
  mul(other: ComplexOperand): ComplexTensor {
    return new ComplexTensor(scaling(mul, f.mulPairs, this, other));
  }
  /** The quotient. What is real scales both parts. */
  div(other: ComplexOperand): ComplexTensor {
    return new ComplexTensor(scaling(div, f.divPairs, this, other));
  }
  /** this ** exponent, 0 ** 0 being 1. */
  pow(exponent: ComplexOperand): ComplexTensor {
    return new ComplexTensor(typeof exponent === "number" ? f.powPair(this.pair, exponent) : onPairs(f.powPairs, this, exponent));
  }
  /** -z. */
  neg(): ComplexTensor {
    return new ComplexTensor(neg(this.pair));
  }
  /** z * z. */
  square(): ComplexTensor {
    return this.pow(2);
  }
  /** 1 / z. */
  reciprocal(): ComplexTensor {
    return new ComplexTensor(f.reciprocalPair(this.pair));
  }
  /** e ** z. */
  exp(): ComplexTensor {
    return new ComplexTensor(f.expPair(this.pair));
  }
  /** The natural logarithm, with its cut along the negative real axis. */
  log(): ComplexTensor {
    return new ComplexTensor(f.logPair(this.pair));
  }
  /** The root whose real part is not negative. */
  sqrt(): ComplexTensor {
    return new ComplexTensor(f.sqrtPair(this.pair));
  }
  /** The sine. */
  sin(): ComplexTensor {
    return new ComplexTensor(f.sinPair(this.pair));
  }
  /** The cosine. */
  cos(): ComplexTensor {
    return new ComplexTensor(f.cosPair(this.pair));
  }
  /** The tangent. */
  tan(): ComplexTensor {
    return new ComplexTensor(f.tanPair(this.pair));
  }
  /** The hyperbolic sine. */
  sinh(): ComplexTensor {
    return new ComplexTensor(f.sinhPair(this.pair));
  }
  /** The hyperbolic cosine. */
  cosh(): ComplexTensor {
    return new ComplexTensor(f.coshPair(this.pair));
  }
  /** The hyperbolic tangent. */
  tanh(): ComplexTensor {
    return new ComplexTensor(f.tanhPair(this.pair));
  }
  /** The sums up to each element along a dim. */
  cumsum(dim: number): ComplexTensor {
    return new ComplexTensor(cumsum(this.pair, wrapDim(dim, this.ndim)));
  }
  /** The sum over dims, or of all elements; `keepdim` keeps the dims, with size 1. */
  sum(dim?: Dims, { keepdim = false }: Keep = {}): ComplexTensor {
    return new ComplexTensor(f.sumPair(this.pair, dim, keepdim));
  }
  /** The mean over dims, or of all elements; `keepdim` keeps the dims, with size 1. */
  mean(dim?: Dims, { keepdim = false }: Keep = {}): ComplexTensor {
    return new ComplexTensor(f.meanPair(this.pair, dim, keepdim));
  }
  /** The matrix product; both are complex and of one dtype. A vector stands for one row (left) or one column (right). */
  matmul(other: ComplexTensor): ComplexTensor {
    if (!isComplex(other) || other.dtype !== this.dtype) throw new DTypeError(`expected m1 and m2 to have the same dtype, but got: ${this.dtype} != ${String(Reflect.get(other, "dtype"))}`);
    if (this.ndim === 0 || other.ndim === 0) throw new ShapeError(`both arguments to matmul need to be at least 1D, but they are ${this.ndim}D and ${other.ndim}D`);
    const k = this.shape.at(-1)!, k2 = other.shape[Math.max(0, other.ndim - 2)]!;
    if (k !== k2) throw new ShapeError(`matmul: inner dimensions differ, ${showShape(this.shape)} x ${showShape(other.shape)}: ${k} and ${k2}`);
    return new ComplexTensor(f.matmulPairs(this.pair, other.pair));
  }

  /** @internal An op on pairs of operands of which this is one. */
  among(op: (...pairs: Tensor[]) => Tensor, ...operands: readonly ComplexOperand[]): ComplexTensor {
    return new ComplexTensor(onPairs(op, ...operands));
  }

  // ---- Comparison ----------------------------------------------------------------------------------------------------------

  /** Where both parts are equal; bool. */
  eq(other: ComplexOperand): Tensor {
    return onPairs(f.eqPairs, this, other);
  }
  /** Where either part differs; bool. */
  ne(other: ComplexOperand): Tensor {
    return onPairs(f.nePairs, this, other);
  }
  /** Whether a part is NaN. */
  isnan(): Tensor {
    return f.anyPart(isnan, this.pair);
  }
  /** Whether a part is infinite. */
  isinf(): Tensor {
    return f.anyPart(isinf, this.pair);
  }
  /** Whether both parts are finite. */
  isfinite(): Tensor {
    return f.isfinitePair(this.pair);
  }
  /** |x - y| <= atol + rtol |y|, element by element, or equal. */
  isclose(other: ComplexTensor, options: CloseOptions = {}): Tensor {
    if (other.dtype !== this.dtype) throw new DTypeError(`${this.dtype} did not match ${other.dtype}`);
    return f.isclosePairs(this.pair, other.pair, options);
  }
  /** Whether all elements are close. */
  async allclose(other: ComplexTensor, options: CloseOptions = {}): Promise<boolean> {
    const answer = everywhere(this, other, options);
    try {
      return (await data(answer))[0] !== 0;
    } finally {
      answer.dispose();
    }
  }
  /** As `allclose`, at once: on devices that can. */
  allcloseSync(other: ComplexTensor, options: CloseOptions = {}): boolean {
    const answer = everywhere(this, other, options);
    try {
      return dataSync(answer)[0] !== 0;
    } finally {
      answer.dispose();
    }
  }
  /** The element itself where the condition holds, else that of `other`. */
  where(condition: Tensor, other: ComplexOperand): ComplexTensor {
    return this.among((x, y) => where(unsqueeze(condition, -1), x!, y!), this, other);
  }

  // ---- Views ---------------------------------------------------------------------------------------------------------------

  /** The same elements in another shape, of which one size may be -1; a view where it can be. */
  reshape(shape: Shape): ComplexTensor {
    const open = shape.indexOf(-1), known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    return new ComplexTensor(reshape(this.pair, [...(open >= 0 && known > 0 && this.numel() % known === 0 ? shape.map((size) => (size === -1 ? this.numel() / known : size)) : shape), 2]));
  }
  /** The dims from `startDim` to `endDim` as one. */
  flatten(startDim: number = 0, endDim: number = -1): ComplexTensor {
    if (this.ndim === 0) return this.reshape([1]);
    const from = wrapDim(startDim, this.ndim), last = wrapDim(endDim, this.ndim);
    if (from > last) throw new ShapeError("flatten() has invalid args: start_dim cannot come after end_dim");
    return this.reshape([...this.shape.slice(0, from), sizeOf(this.shape.slice(from, last + 1)), ...this.shape.slice(last + 1)]);
  }
  /** The dims in another order. A view. */
  permute(dims: readonly number[]): ComplexTensor {
    if (dims.length !== this.ndim) throw new ShapeError(`permute: ${dims.length} dims given of a tensor of ${this.ndim}`);
    return new ComplexTensor(permute(this.pair, [...dims.map((d) => wrapDim(d, this.ndim)), this.ndim]));
  }
  /** Two dims exchanged. A view. */
  transpose(dim0: number, dim1: number): ComplexTensor {
    if (this.ndim === 0) return this;
    const a = wrapDim(dim0, this.ndim), b = wrapDim(dim1, this.ndim);
    return this.permute(this.shape.map((_, d) => (d === a ? b : d === b ? a : d)));
  }
  /** The transpose of a matrix, or a vector as it is. A view. */
  t(): ComplexTensor {
    if (this.ndim > 2) throw new ShapeError(`t() expects a tensor with <= 2 dimensions, but self is ${this.ndim}D`);
    return this.ndim < 2 ? this : this.transpose(0, 1);
  }
  /** The last two dims exchanged. */
  get mT(): ComplexTensor {
    return this.transpose(-2, -1);
  }
  /** The last two dims exchanged, and conjugated. */
  get mH(): ComplexTensor {
    return new ComplexTensor(f.adjointPair(this.pair));
  }
  /** Dims of size 1 repeated up to the sizes given, -1 for as it is. A view. */
  expand(shape: Shape): ComplexTensor {
    return new ComplexTensor(expand(this.pair, [...shape, 2]));
  }
  /** Every `step`-th place along a dim, from `start` up to `end`. A view. */
  slice(dim: number, start?: number, end?: number, step?: number): ComplexTensor {
    return new ComplexTensor(slice(this.pair, wrapDim(dim, this.ndim), start, end, step));
  }
  /** The places from `start` on along a dim, `length` of them. A view. */
  narrow(dim: number, start: number, length: number): ComplexTensor {
    return new ComplexTensor(narrow(this.pair, wrapDim(dim, this.ndim), start, length));
  }
  /** The slice at a place along a dim, which goes. A view. */
  select(dim: number, at: number): ComplexTensor {
    if (this.ndim === 0) throw new ShapeError("select() cannot be applied to a 0-dim tensor.");
    return new ComplexTensor(select(this.pair, wrapDim(dim, this.ndim), at));
  }
  /** Without the dims of size 1, or without those of them that are named. A view. */
  squeeze(dim?: Dims): ComplexTensor {
    const among = dim === undefined ? undefined : (typeof dim === "number" ? [dim] : dim).map((d) => wrapDim(d, this.ndim));
    return this.reshape(this.shape.filter((size, d) => size !== 1 || (among !== undefined && !among.includes(d))));
  }
  /** The slices along a dim, which goes. */
  unbind(dim: number = 0): ComplexTensor[] {
    return unbind(this.pair, wrapDim(dim, this.ndim)).map((pair) => new ComplexTensor(pair));
  }
  /** Pieces of a size, the last one smaller, or of the sizes given. */
  split(size: number | readonly number[], dim: number = 0): ComplexTensor[] {
    return split(this.pair, size, wrapDim(dim, this.ndim)).map((pair) => new ComplexTensor(pair));
  }
  /** With a dim of size 1 more. A view. */
  unsqueeze(dim: number): ComplexTensor {
    return new ComplexTensor(unsqueeze(this.pair, wrapDim(dim, this.ndim + 1)));
  }
  /** What stands between the brackets of `z[...]`, as of a real tensor; no masks. */
  index(...terms: IndexTerm[]): ComplexTensor {
    return new ComplexTensor(index(this.pair, ...terms, ...(terms.includes("...") ? [":"] : [])));
  }
  /** The order along dims reversed. */
  flip(dims: Dims): ComplexTensor {
    return new ComplexTensor(flip(this.pair, (typeof dims === "number" ? [dims] : dims).map((d) => wrapDim(d, this.ndim))));
  }
  /** The elements moved along dims, round the end; without dims, of the flattened tensor. */
  roll(shifts: Dims, dims?: Dims): ComplexTensor {
    if (dims === undefined) return new ComplexTensor(f.rollPair(this.pair, shifts));
    return new ComplexTensor(roll(this.pair, shifts, (typeof dims === "number" ? [dims] : dims).map((d) => wrapDim(d, this.ndim))));
  }
  /** Joins complex tensors along a dim. */
  static cat(tensors: readonly ComplexTensor[], dim: number = 0): ComplexTensor {
    if (tensors.length === 0) throw new ArgumentError("torch.cat(): expected a non-empty list of Tensors");
    return new ComplexTensor(cat(tensors.map((z) => z.pair), wrapDim(dim, tensors[0]!.ndim)));
  }
  /** Joins complex tensors of one shape along a new dim. */
  static stack(tensors: readonly ComplexTensor[], dim: number = 0): ComplexTensor {
    if (tensors.length === 0) throw new ArgumentError("stack expects a non-empty TensorList");
    return new ComplexTensor(stack(tensors.map((z) => z.pair), wrapDim(dim, tensors[0]!.ndim + 1)));
  }

}

function everywhere(x: ComplexTensor, y: ComplexTensor, options: CloseOptions): Tensor {
  if (y.dtype !== x.dtype) throw new DTypeError(`${x.dtype} did not match ${y.dtype}`);
  return f.closeEverywhere(x.pair, y.pair, options);
}
