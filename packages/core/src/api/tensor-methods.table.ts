/**
 * @file What the methods of Tensor that are functions take, give and say. Made from the functions; methods.ts says which.
 * When it is behind: `npm test -- --project node packages/conformance/test/methods.test.ts -u`.
 */
import type * as f from "../functional.ts";
import type { Tensor } from "../tensor.ts";

export interface FunctionMethods {
  /**
   * |x|. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([-1, 2]).abs() // [1, 2]
   */
  abs(): Tensor;
  /** {@link FunctionMethods.abs | abs}, written into x. */
  abs_(): Tensor;
  /** `abs` under another name. */
  absolute(): Tensor;
  /** `abs_` under another name. */
  absolute_(): Tensor;
  /**
   * The angle whose cosine is x, in [0, pi]; NaN outside of [-1, 1]. Of any shape; integers and bools give float32.
   * @example tensor([1, 0]).acos() // [0, 1.5708]
   */
  acos(): Tensor;
  /** {@link FunctionMethods.acos | acos}, written into x. */
  acos_(): Tensor;
  /**
   * log(x + sqrt(x^2 - 1)); NaN below 1. Of any shape; integers and bools give float32.
   * @example tensor([1, 2]).acosh() // [0, 1.317]
   */
  acosh(): Tensor;
  /** {@link FunctionMethods.acosh | acosh}, written into x. */
  acosh_(): Tensor;
  /**
   * x + alpha * y. Of integers, alpha is an integer. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).add(tensor([3, 4]), { alpha: 10 }) // [31, 42]
   */
  add(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /** x += alpha * y. */
  add_(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /**
   * beta * x + alpha * (the sum over a batch of the products of matrices).
   * @param x this tensor: broadcasts to [m, n]
   * @param a [b, m, k], of x's dtype
   * @param b [b, k, n], of x's dtype
   * @returns [m, n], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example zeros([1, 1]).addbmm(ones([2, 1, 3]), ones([2, 3, 1])) // [[6]]
   */
  addbmm(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /** {@link FunctionMethods.addbmm | addbmm}, written into x. */
  addbmm_(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /**
   * x + value * y / z.
   * @param x this tensor: the sum begins with it
   * @param y the dividend
   * @param z the divisor; it or y is a float
   * @returns the broadcast shape of the three, their promoted dtype
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers divided by integers
   * @example tensor([1]).addcdiv(tensor([6]), tensor([3])) // [3]
   */
  addcdiv(y: Tensor, z: Tensor, options?: f.ValueOptions): Tensor;
  /** As `addcdiv`, in place. */
  addcdiv_(y: Tensor, z: Tensor, options?: f.ValueOptions): Tensor;
  /**
   * x + value * y * z. Shapes of all three broadcast, and dtypes are promoted.
   * @param x this tensor: the sum begins with it
   * @param y a factor
   * @param z the other factor
   * @returns the broadcast shape of the three, their promoted dtype
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1]).addcmul(tensor([2]), tensor([3])) // [7]
   */
  addcmul(y: Tensor, z: Tensor, options?: f.ValueOptions): Tensor;
  /** As `addcmul`, in place. */
  addcmul_(y: Tensor, z: Tensor, options?: f.ValueOptions): Tensor;
  /**
   * beta * x + alpha * (the product of the matrices a and b).
   * @param x this tensor: broadcasts to [m, n]
   * @param a [m, k], of x's dtype
   * @param b [k, n], of x's dtype
   * @returns [m, n], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example ones([1, 1]).addmm(tensor([[1, 2]]), tensor([[3], [4]])) // [[12]]
   */
  addmm(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /** {@link FunctionMethods.addmm | addmm}, written into x. */
  addmm_(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /**
   * beta * x + alpha * (the product of the matrix a and the vector b).
   * @param x this tensor: broadcasts to [m]
   * @param a [m, n], of x's dtype
   * @param b [n], of x's dtype
   * @returns [m], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example ones([2]).addmv(tensor([[1, 2], [3, 4]]), ones([2])) // [4, 8]
   */
  addmv(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /** {@link FunctionMethods.addmv | addmv}, written into x. */
  addmv_(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /**
   * beta * x + alpha * (the products of all pairs of two vectors).
   * @param x this tensor: broadcasts to [m, n]
   * @param a [m] of any dtype
   * @param b [n] of any dtype
   * @returns [m, n], of the promoted dtype
   * @throws ShapeError where sizes do not fit
   * @example zeros([2, 2]).addr(tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]
   */
  addr(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /** {@link FunctionMethods.addr | addr}, written into x. */
  addr_(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /**
   * The last two dims exchanged, as a real tensor is its own conjugate.
   * @param x this tensor: [..., m, n] of any dtype, or a 0-d tensor
   * @returns a view [..., n, m] of x's dtype
   * @throws ShapeError for one dim
   * @example tensor([[1, 2], [3, 4]]).adjoint() // [[1, 3], [2, 4]]
   */
  adjoint(): Tensor;
  /**
   * Whether all elements over dims, or all of all, are not zero.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @param options `keepdim`: keep the dims, with size 1
   * @returns x's shape without the dims; bool, of uint8 uint8
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([true, false]).all() // false
   */
  all(dim?: number | readonly number[], options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * Whether all elements are close: |x - y| <= atol + rtol |y|.
   * @param x this tensor: of any shape
   * @param y of x's dtype
   * @returns a promise of true or false
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError where dtypes differ
   * @example await tensor([1]).allclose(tensor([1.000001])) // true
   */
  allclose(y: Tensor, options?: f.CloseOptions): Promise<boolean>;
  /**
   * As `allclose`, at once.
   * @returns true or false
   * @throws DeviceError on a device that cannot read at once
   * @example tensor([1]).allcloseSync(tensor([1.1])) // false
   */
  allcloseSync(y: Tensor, options?: f.CloseOptions): boolean;
  /**
   * The maximum over dims, or over all; NaN if there is one. Ties share the gradient evenly.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @param options `keepdim`: keep the dims, with size 1
   * @returns x's shape without the dims, of its dtype
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ArgumentError where a dim is named twice
   * @example tensor([[1, 3], [5, 2]]).amax(1) // [3, 5]
   */
  amax(dim?: number | readonly number[], options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * The minimum over dims, or over all; NaN if there is one. Ties share the gradient evenly.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @param options `keepdim`: keep the dims, with size 1
   * @returns x's shape without the dims, of its dtype
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ArgumentError where a dim is named twice
   * @example tensor([[1, 3], [5, 2]]).amin(1) // [1, 2]
   */
  amin(dim?: number | readonly number[], options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * The smallest and the largest along a dim, or of all; NaN if there is one.
   * @param x this tensor: of any shape and dtype
   * @returns `{ min, max }`, of x's shape without the dim and of its dtype
   * @throws IndexError for a dim out of range, or no elements
   * @example tensor([3, 1, 2]).aminmax() // { min: 1, max: 3 }
   */
  aminmax(options?: f.AminmaxOptions): f.MinAndMax;
  /**
   * The angle of a real number: 0, or pi below 0; NaN of NaN. Of any shape; integers and bools give float32.
   * @example tensor([1, -1]).angle() // [0, 3.1416]
   */
  angle(): Tensor;
  /**
   * Whether any element over dims, or any of all, is not zero.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @param options `keepdim`: keep the dims, with size 1
   * @returns x's shape without the dims; bool, of uint8 uint8
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([true, false]).any() // true
   */
  any(dim?: number | readonly number[], options?: { readonly keepdim?: boolean; }): Tensor;
  /** `acos` under another name. */
  arccos(): Tensor;
  /** `acos_` under another name. */
  arccos_(): Tensor;
  /** `acosh` under another name. */
  arccosh(): Tensor;
  /** `acosh_` under another name. */
  arccosh_(): Tensor;
  /** `asin` under another name. */
  arcsin(): Tensor;
  /** `asin_` under another name. */
  arcsin_(): Tensor;
  /** `asinh` under another name. */
  arcsinh(): Tensor;
  /** `asinh_` under another name. */
  arcsinh_(): Tensor;
  /** `atan` under another name. */
  arctan(): Tensor;
  /** `atan2` under another name. */
  arctan2(y: Tensor): Tensor;
  /** `atan2_` under another name. */
  arctan2_(y: f.Operand): Tensor;
  /** `atan_` under another name. */
  arctan_(): Tensor;
  /** `atanh` under another name. */
  arctanh(): Tensor;
  /** `atanh_` under another name. */
  arctanh_(): Tensor;
  /**
   * The place of the first maximum along a dim, or in the flattened tensor; NaN counts as the largest.
   * @param x this tensor: of any shape; of any dtype but bool
   * @param dim along which; all elements, in row-major order, by default
   * @returns x's shape without the dim, or with size 1 by `keepdim`; int32
   * @throws IndexError for a dim out of range, or of size 0
   * @throws DTypeError for bools
   * @example tensor([1, 3, 2]).argmax() // 1
   */
  argmax(dim?: number, options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * The place of the first minimum along a dim, or in the flattened tensor; NaN counts as the smallest.
   * @param x this tensor: of any shape; of any dtype but bool
   * @param dim along which; all elements, in row-major order, by default
   * @returns x's shape without the dim, or with size 1 by `keepdim`; int32
   * @throws IndexError for a dim out of range, or of size 0
   * @throws DTypeError for bools
   * @example tensor([2, 1, 3]).argmin() // 1
   */
  argmin(dim?: number, options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * Where the elements along a dim come from in ascending order: as `sort`, the indices alone. PyTorch's `argsort`.
   * @returns x's shape, int32
   * @example tensor([3, 1, 2]).argsort() // [1, 2, 0]
   */
  argsort(dim?: number, options?: f.SortOptions): Tensor;
  /**
   * As `nonzero`: where x is not zero. PyTorch's `argwhere`.
   * @returns a promise of int32 [n, dims]: the places, one in each row
   * @example await tensor([0, 1, 1]).argwhere() // [[1], [2]]
   */
  argwhere(): Promise<Tensor>;
  /**
   * A window of these sizes and strides onto the memory of x; its elements may overlap.
   * @param x this tensor: of any shape and dtype
   * @param size of each dim of the window
   * @param stride how many elements of the memory lie between neighbours along each dim
   * @returns a view of that shape and of x's dtype
   * @throws ShapeError where the window reaches beyond the memory, or sizes and strides are not of one number
   * @throws ArgumentError for negative strides or a negative offset
   * @example arange(6).asStrided([2, 2], [1, 3]) // [[0, 3], [1, 4]]
   */
  asStrided(size: f.Shape, stride: f.Shape, options?: f.AsStridedOptions): Tensor;
  /**
   * A dense copy of x with `source` in the place of a window onto it, as of `asStrided`; where elements of the window overlap, any one is kept.
   * @param x this tensor: of any shape and dtype
   * @param source of the window's shape
   * @param size of each dim of the window
   * @param stride how many elements lie between neighbours along each dim
   * @returns x's shape and dtype
   * @throws ShapeError where the window reaches beyond x, or `source` has another shape
   * @throws ArgumentError for negative strides or a negative offset
   * @example zeros([4]).asStridedScatter(ones([2]), [2], [2]) // [1, 0, 1, 0]
   */
  asStridedScatter(source: Tensor, size: f.Shape, stride: f.Shape, options?: f.AsStridedOptions): Tensor;
  /**
   * The angle whose sine is x, in [-pi/2, pi/2]; NaN outside of [-1, 1]. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).asin() // [0, 1.5708]
   */
  asin(): Tensor;
  /** {@link FunctionMethods.asin | asin}, written into x. */
  asin_(): Tensor;
  /**
   * log(x + sqrt(x^2 + 1)). Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).asinh() // [0, 0.8814]
   */
  asinh(): Tensor;
  /** {@link FunctionMethods.asinh | asinh}, written into x. */
  asinh_(): Tensor;
  /**
   * The angle whose tangent is x, in [-pi/2, pi/2]. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).atan() // [0, 0.7854]
   */
  atan(): Tensor;
  /**
   * The angle of the point (x = `x`, y = `y`), in [-pi, pi]: `atan2(y, x)`. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1]).atan2(tensor([-1])) // [2.3562]
   */
  atan2(y: Tensor): Tensor;
  /** {@link FunctionMethods.atan2 | atan2}, written into x. */
  atan2_(y: f.Operand): Tensor;
  /** {@link FunctionMethods.atan | atan}, written into x. */
  atan_(): Tensor;
  /**
   * log((1 + x) / (1 - x)) / 2; infinite at -1 and 1, NaN beyond. Of any shape; integers and bools give float32.
   * @example tensor([0, 0.5]).atanh() // [0, 0.5493]
   */
  atanh(): Tensor;
  /** {@link FunctionMethods.atanh | atanh}, written into x. */
  atanh_(): Tensor;
  /**
   * beta * x + alpha * (the products of two batches of matrices).
   * @param x this tensor: broadcasts to [b, m, n]
   * @param a [b, m, k], of x's dtype
   * @param b [b, k, n], of x's dtype
   * @returns [b, m, n], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example ones([1, 1, 1]).baddbmm(ones([1, 1, 2]), ones([1, 2, 1])) // [[[3]]]
   */
  baddbmm(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /** {@link FunctionMethods.baddbmm | baddbmm}, written into x. */
  baddbmm_(a: Tensor, b: Tensor, options?: f.SumOptions): Tensor;
  /**
   * 1 with the probability that each element says, 0 otherwise. Its gradient is 0.
   * @param x this tensor: of any shape: floats in [0, 1], or with `p` of any dtype and content
   * @param p one probability for all
   * @returns x's shape and dtype
   * @throws ArgumentError for a probability beyond [0, 1]; of an element, on an asynchronous device, the next read rejects with it
   * @throws DTypeError for integers and bools without `p`
   * @example tensor([0, 1]).bernoulli() // [0, 1]
   */
  bernoulli(p?: number): Tensor;
  /**
   * Every element becomes 1 with probability p, 0 otherwise.
   * @param x this tensor: of any shape and dtype
   * @param p the probability, 0.5 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError for a p beyond [0, 1]
   * @throws AutogradError for a leaf that requires a gradient
   */
  bernoulli_(p?: number): Tensor;
  /**
   * The tensor in bfloat16.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, bfloat16; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1]).bfloat16().dtype // "bfloat16"
   */
  bfloat16(options?: f.MemoryFormatOptions): Tensor;
  /**
   * How often each non-negative integer occurs, or the sum of what it weighs. PyTorch's `bincount`.
   * @param x this tensor: [n] of integers, not negative
   * @returns a promise of [largest + 1], or of `minlength` if that is more: int32, of weights float32 where they are, else float64
   * @throws ShapeError for what is no vector, or weights of another length
   * @throws ArgumentError for negative integers, or a negative minlength
   * @throws DTypeError for floats and bools
   * @example await tensor(Int32Array.of(1, 3, 1)).bincount() // [0, 2, 0, 1]
   */
  bincount(options?: f.BincountOptions): Promise<Tensor>;
  /**
   * x & y, of integers or bools. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats
   * @example tensor(Int32Array.of(6)).bitwiseAnd(tensor(Int32Array.of(3))) // [2]
   */
  bitwiseAnd(y: f.Operand): Tensor;
  /** {@link FunctionMethods.bitwiseAnd | bitwiseAnd}, written into x. */
  bitwiseAnd_(y: f.Operand): Tensor;
  /**
   * x * 2 ** y as the bits say, of integers; a count is taken modulo 32. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats and bools
   * @example tensor(Int32Array.of(1)).bitwiseLeftShift(3) // [8]
   */
  bitwiseLeftShift(y: f.Operand): Tensor;
  /** {@link FunctionMethods.bitwiseLeftShift | bitwiseLeftShift}, written into x. */
  bitwiseLeftShift_(y: f.Operand): Tensor;
  /**
   * ~x: each bit of an integer turned, or a bool. Of any shape; keeps the dtype.
   * @throws DTypeError for floats
   * @example tensor(Int32Array.of(6)).bitwiseNot() // [-7]
   */
  bitwiseNot(): Tensor;
  /** {@link FunctionMethods.bitwiseNot | bitwiseNot}, written into x. */
  bitwiseNot_(): Tensor;
  /**
   * x | y, of integers or bools. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats
   * @example tensor(Int32Array.of(6)).bitwiseOr(tensor(Int32Array.of(3))) // [7]
   */
  bitwiseOr(y: f.Operand): Tensor;
  /** {@link FunctionMethods.bitwiseOr | bitwiseOr}, written into x. */
  bitwiseOr_(y: f.Operand): Tensor;
  /**
   * x / 2 ** y, rounded down, of integers; a count is taken modulo 32. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats and bools
   * @example tensor(Int32Array.of(8)).bitwiseRightShift(2) // [2]
   */
  bitwiseRightShift(y: f.Operand): Tensor;
  /** {@link FunctionMethods.bitwiseRightShift | bitwiseRightShift}, written into x. */
  bitwiseRightShift_(y: f.Operand): Tensor;
  /**
   * x ^ y, of integers or bools. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats
   * @example tensor(Int32Array.of(6)).bitwiseXor(tensor(Int32Array.of(3))) // [5]
   */
  bitwiseXor(y: f.Operand): Tensor;
  /** {@link FunctionMethods.bitwiseXor | bitwiseXor}, written into x. */
  bitwiseXor_(y: f.Operand): Tensor;
  /**
   * The products of two batches of matrices, without broadcasting.
   * @param x this tensor: [b, m, k]
   * @param y [b, k, n], of x's dtype
   * @returns [b, m, n], of their dtype
   * @throws ShapeError if either is no batch of matrices, or sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example ones([2, 1, 3]).bmm(ones([2, 3, 1])) // [[[3]], [[3]]]
   */
  bmm(y: Tensor): Tensor;
  /**
   * The tensor in bool: whether an element is not zero. NaN is not.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, bool; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([0, 2]).bool() // [false, true]
   */
  bool(options?: f.MemoryFormatOptions): Tensor;
  /**
   * As `expand`: PyTorch's other name of it.
   * @returns a view of that shape and of x's dtype
   * @example tensor([1, 2]).broadcastTo([2, 2]) // [[1, 2], [1, 2]]
   */
  broadcastTo(shape: f.Shape): Tensor;
  /**
   * The tensor in uint8.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, uint8; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([300]).byte() // [44]
   */
  byte(options?: f.MemoryFormatOptions): Tensor;
  /**
   * Every element becomes a draw from the Cauchy distribution: median + sigma tan(pi (u - 1/2)), u uniform.
   * @param x this tensor: floats of any shape
   * @param median 0 by default
   * @param sigma the scale, 1 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError unless sigma > 0
   * @throws DTypeError for integers and bools
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).cauchy_().isfinite() // [true, true]
   */
  cauchy_(median?: number, sigma?: number): Tensor;
  /**
   * The smallest integer that is not below x. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([0.5, -0.5]).ceil() // [1, 0]
   */
  ceil(): Tensor;
  /** {@link FunctionMethods.ceil | ceil}, written into x. */
  ceil_(): Tensor;
  /**
   * The tensor in int8.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, int8; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([200]).char() // [-56]
   */
  char(options?: f.MemoryFormatOptions): Tensor;
  /**
   * As `linalg.cholesky`: PyTorch's older name of it.
   * @returns [..., n, n], lower triangular, or upper by `upper`, of A's dtype
   * @example tensor([[4, 2], [2, 2]]).cholesky() // [[2, 0], [1, 1]]
   */
  cholesky(options?: f.linalg.UpperOption): Tensor;
  /**
   * The inverse of A from its Cholesky factor: PyTorch's `torch.cholesky_inverse`.
   * @param L this tensor: [..., n, n], as `linalg.cholesky` gives it; float32 or float64
   * @returns [..., n, n], of L's dtype
   * @throws LinAlgError where a diagonal element is 0
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[2, 0], [0, 1]]).choleskyInverse() // [[0.25, 0], [0, 1]]
   */
  choleskyInverse(options?: f.linalg.UpperOption): Tensor;
  /**
   * The solution X of A X = B by the Cholesky factor of A. PyTorch's `torch.cholesky_solve`.
   * @param B this tensor: [..., n, k]; float32 or float64
   * @param L [..., n, n], as `linalg.cholesky` gives it, of B's dtype
   * @returns [..., n, k], the batch dims broadcast, of their dtype
   * @throws ShapeError where sizes do not fit, or for fewer than 2 dims
   * @throws DTypeError for anything but float32 and float64, and where dtypes differ
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[4], [1]]).choleskySolve(tensor([[2, 0], [0, 1]])) // [[1], [1]]
   */
  choleskySolve(L: Tensor, options?: f.linalg.UpperOption): Tensor;
  /**
   * At most so many pieces of equal size along a dim, the last perhaps shorter.
   * @param x this tensor: of any shape and dtype
   * @param chunks how many at most
   * @param dim along which, 0 by default
   * @returns views of x's shape with ceil(size / chunks) along the dim, of its dtype
   * @throws ArgumentError for no pieces
   * @throws ShapeError for a 0-d tensor
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).chunk(2) // [[1, 2], [3]]
   */
  chunk(chunks: number, dim?: number): Tensor[];
  /**
   * x brought into [min, max]: min(max(x, min), max). The gradient passes where x lies within, bounds included.
   * @param x this tensor: of any shape and dtype
   * @param min a number, or a tensor that broadcasts; null for none
   * @param max a number, or a tensor that broadcasts; null for none
   * @returns the broadcast shape, the promoted dtype
   * @throws ArgumentError for no bound at all
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([-2, 0.5, 2]).clamp(-1, 1) // [-1, 0.5, 1]
   */
  clamp(min?: f.Operand | null, max?: f.Operand | null): Tensor;
  /**
   * The smaller of x and a number or tensor; x's gradient passes where x is at most `max`. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([-2, 2]).clampMax(0) // [-2, 0]
   */
  clampMax(bound: f.Operand): Tensor;
  /** {@link FunctionMethods.clampMax | clampMax}, written into x. */
  clampMax_(y: f.Operand): Tensor;
  /**
   * The larger of x and a number or tensor; x's gradient passes where x is at least `min`. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([-2, 2]).clampMin(0) // [0, 2]
   */
  clampMin(bound: f.Operand): Tensor;
  /** {@link FunctionMethods.clampMin | clampMin}, written into x. */
  clampMin_(y: f.Operand): Tensor;
  /** As `clamp`, in place. */
  clamp_(min?: f.Operand | null, max?: f.Operand | null): Tensor;
  /** `clamp` under another name. */
  clip(min?: f.Operand | null, max?: f.Operand | null): Tensor;
  /** `clamp_` under another name. */
  clip_(min?: f.Operand | null, max?: f.Operand | null): Tensor;
  /**
   * A copy of its own: row-major, or in the order of `memoryFormat`; "preserve_format" keeps the order in which the dims lie. PyTorch's `clone`, whose default
   * is to keep it.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape and dtype
   * @throws ShapeError if the format is of another rank
   * @example tensor([1, 2]).clone() // [1, 2]
   */
  clone(options?: f.MemoryFormatOptions): Tensor;
  /**
   * The conjugate: re - i im.
   * @param x this tensor: a complex tensor, or a real one of any dtype
   * @returns the same shape and dtype; a real tensor itself
   * @example tensor([1, 2]).conj() // [1, 2]
   */
  conj(): Tensor;
  /** `conj` under its other name in PyTorch. */
  conjPhysical(): Tensor;
  /**
   * The tensor itself where its elements lie side by side in row-major order, or in that of `memoryFormat`; else a copy for which this holds.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape and dtype
   * @throws ShapeError if the format is of another rank
   * @example ones([2, 3]).t().contiguous().stride() // [2, 1]
   */
  contiguous(options?: f.MemoryFormatOptions): Tensor;
  /**
   * Every element becomes that of another tensor.
   * @param x this tensor: of any shape and dtype
   * @param source what it becomes, of any dtype; it broadcasts to x's shape
   * @returns x itself, of its shape and dtype
   * @throws ShapeError where shapes do not broadcast
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).copy_(tensor([5, 6])) // [5, 6]
   */
  copy_(source: Tensor): Tensor;
  /**
   * |x| with the sign bit of y; integers give float32. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).copysign(tensor([-3, 4])) // [-1, 2]
   */
  copysign(y: f.Operand): Tensor;
  /** {@link FunctionMethods.copysign | copysign}, written into x. */
  copysign_(y: f.Operand): Tensor;
  /**
   * The correlations of variables, the rows: covariances divided by both deviations, in [-1, 1].
   * @param x this tensor: [variables, observations], or one variable [observations]
   * @returns [variables, variables], or a 0-d tensor; a float keeps its dtype, integers give float32
   * @throws ShapeError for more than 2 dims
   * @throws DTypeError for bools
   * @example tensor([[1, 2, 3], [3, 2, 1]]).corrcoef() // [[1, -1], [-1, 1]]
   */
  corrcoef(): Tensor;
  /**
   * The cosine of an angle in radians. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).cos() // [1, 0.5403]
   */
  cos(): Tensor;
  /** {@link FunctionMethods.cos | cos}, written into x. */
  cos_(): Tensor;
  /**
   * (exp(x) + exp(-x)) / 2. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).cosh() // [1, 1.5431]
   */
  cosh(): Tensor;
  /** {@link FunctionMethods.cosh | cosh}, written into x. */
  cosh_(): Tensor;
  /**
   * How many elements over dims, or of all, are not zero.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, int32
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([0, 2, 3]).countNonzero() // 2
   */
  countNonzero(dim?: number | readonly number[]): Tensor;
  /**
   * The covariances of variables, the rows, over observations, the columns: sum of w (x_i - mean_i) (x_j - mean_j) over (sum of w - correction).
   * @param x this tensor: [variables, observations], or one variable [observations]
   * @returns [variables, variables], or a 0-d tensor; a float keeps its dtype, integers give float32
   * @throws ShapeError for more than 2 dims, or weights that are not one for each observation
   * @throws DTypeError for bools, `fweights` that are no integers or `aweights` that are no floats
   * @throws ArgumentError for negative weights; on an asynchronous device the next read rejects with it
   * @example tensor([[1, 2, 3], [3, 2, 1]]).cov() // [[1, -1], [-1, 1]]
   */
  cov(options?: f.CovOptions): Tensor;
  /**
   * The cross product along a dim of size 3: out_0 = x_1 y_2 - x_2 y_1, and so on round.
   * @param x this tensor: of any shape and dtype
   * @param y of a shape that broadcasts with x's
   * @param dim the first of size 3 by default
   * @returns the broadcast shape, of the promoted dtype
   * @throws ShapeError where no dim has size 3, or shapes do not broadcast
   * @throws IndexError for a dim out of range
   * @example tensor([1, 0, 0]).cross(tensor([0, 1, 0])) // [0, 0, 1]
   */
  cross(y: Tensor, dim?: number): Tensor;
  /**
   * The largest of the elements up to each along a dim, and where it lies, the last of equals. From the first NaN on all is NaN. PyTorch's `cummax`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
   * @throws IndexError for a dim out of range
   * @example tensor([1, 3, 2]).cummax(0) // { values: [1, 3, 3], indices: [0, 1, 1] }
   */
  cummax(dim: number): f.ValuesAndIndices;
  /**
   * The smallest of the elements up to each along a dim, and where it lies, the last of equals. From the first NaN on all is NaN. PyTorch's `cummin`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
   * @throws IndexError for a dim out of range
   * @example tensor([2, 3, 1]).cummin(0) // { values: [2, 2, 1], indices: [0, 0, 2] }
   */
  cummin(dim: number): f.ValuesAndIndices;
  /**
   * The product of the elements up to each along a dim: y_i = x_0 ... x_i. Its derivatives divide by nothing, so they are right at zeros too. PyTorch's `cumprod`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).cumprod(0) // [1, 2, 6]
   */
  cumprod(dim: number, options?: f.CumulativeOptions): Tensor;
  /** {@link FunctionMethods.cumprod | cumprod}, written into x. */
  cumprod_(dim: number, options?: f.CumulativeOptions): Tensor;
  /**
   * The sum of the elements up to each along a dim: y_i = x_0 + ... + x_i. PyTorch's `cumsum`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).cumsum(0) // [1, 3, 6]
   */
  cumsum(dim: number, options?: f.CumulativeOptions): Tensor;
  /** {@link FunctionMethods.cumsum | cumsum}, written into x. */
  cumsum_(dim: number, options?: f.CumulativeOptions): Tensor;
  /**
   * The elements in row-major order, in the host layout: bool one byte each, float16 and bfloat16 their 16-bit words. `toArray` and `item` give numbers.
   * @param x this tensor: of any shape and dtype
   * @returns a promise of a fresh typed array
   * @throws DeviceLostError where the device was lost
   * @example await tensor([1, 2]).data() // [1, 2]
   */
  data(): Promise<f.TypedArray>;
  /**
   * As `data`, at once.
   * @param x this tensor: of any shape and dtype
   * @returns a fresh typed array
   * @throws DeviceError on a device that cannot read at once
   * @example tensor([1, 2]).dataSync() // [1, 2]
   */
  dataSync(): f.TypedArray;
  /**
   * Degrees to radians. Of any shape; integers and bools give float32.
   * @example tensor([180]).deg2rad() // [3.1416]
   */
  deg2rad(): Tensor;
  /** {@link FunctionMethods.deg2rad | deg2rad}, written into x. */
  deg2rad_(): Tensor;
  /**
   * The determinant of matrices. Its derivatives, of every order, are exact for singular matrices too. PyTorch's `torch.linalg.det`.
   * @param A this tensor: [..., n, n]; float32 or float64
   * @returns [...], of A's dtype
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[1, 2], [3, 4]]).det() // -2
   */
  det(): Tensor;
  /**
   * The same memory, cut from the tape.
   * @param x this tensor: of any shape and dtype
   * @returns a view of x's shape and dtype that needs no gradient
   * @throws TransformError in a function transform
   * @example tensor([1], { requiresGrad: true }).mul(2).detach().requiresGrad // false
   */
  detach(): Tensor;
  /** Cuts the tensor itself from the tape: PyTorch's `detach_`. */
  detach_(): Tensor;
  /**
   * Of a vector the matrix with it on a diagonal, zeros elsewhere; of a matrix its diagonal.
   * @param x this tensor: of one or two dims, of any dtype
   * @returns [n, n] of [n], with room for the diagonal; [min(m, n)] of [m, n]: a copy, of x's dtype
   * @throws ShapeError for other than one or two dims
   * @throws ArgumentError for a diagonal that is no integer
   * @example tensor([1, 2]).diag() // [[1, 0], [0, 2]]
   */
  diag(options?: f.DiagOptions): Tensor;
  /**
   * Matrices of zeros with the last dim of x on a diagonal: out[..., i, i + offset] = x[..., i].
   * @param x this tensor: of any shape and dtype
   * @returns [..., n, n] of [..., n], with room for the offset and the two dims where `dim1` and `dim2` say (the last by default), of x's dtype
   * @throws IndexError for a dim out of range
   * @throws ShapeError where both dims are one
   * @throws ArgumentError for an offset that is no integer
   * @example tensor([1, 2]).diagEmbed() // [[1, 0], [0, 2]]
   */
  diagEmbed(options?: f.DiagonalOptions): Tensor;
  /**
   * The matrix with all elements of x on a diagonal, zeros elsewhere.
   * @param x this tensor: of any shape and dtype
   * @param options `offset`: which diagonal, above the main one by so much, 0 by default
   * @returns [n, n] of n elements, with room for the offset, of x's dtype
   * @throws ArgumentError for an offset that is no integer
   * @example tensor([[1], [2]]).diagflat() // [[1, 0], [0, 2]]
   */
  diagflat(options?: { readonly offset?: number; }): Tensor;
  /**
   * The diagonal of the matrices that two dims make: out[..., i] = x[..., i, i + offset].
   * @param x this tensor: of any shape and dtype
   * @returns a view of x's shape without the two dims and with the diagonal as last, of its dtype
   * @throws IndexError for a dim out of range
   * @throws ShapeError where both dims are one
   * @throws ArgumentError for an offset that is no integer
   * @example tensor([[1, 2], [3, 4]]).diagonal() // [1, 4]
   */
  diagonal(options?: f.DiagonalOptions): Tensor;
  /**
   * A copy of x with another diagonal.
   * @param x this tensor: of any shape and dtype
   * @param source what stands there, of the shape of `diagonal(x, options)`
   * @returns x's shape and dtype
   * @throws IndexError for a dim out of range
   * @throws ShapeError where both dims are one, or `source` does not fit
   * @throws ArgumentError for an offset that is no integer
   * @example zeros([2, 2]).diagonalScatter(tensor([1, 2])) // [[1, 0], [0, 2]]
   */
  diagonalScatter(source: Tensor, options?: f.DiagonalOptions): Tensor;
  /**
   * The differences of neighbours along a dim: out_i = x_(i + 1) - x_i, `n` times over; of bools whether they differ. PyTorch's `diff`.
   * @param x this tensor: of at least one dim and any dtype
   * @param dim along which, the last by default
   * @returns x's shape with `n` less along the dim (and what was joined to it more), of its dtype
   * @throws ShapeError for a tensor without dims, or where what is joined does not fit
   * @throws ArgumentError for a negative n
   * @throws IndexError for a dim out of range
   * @example tensor([1, 3, 2]).diff() // [2, -1]
   */
  diff(dim?: number, options?: f.DiffOptions): Tensor;
  /**
   * The derivative of lgamma. Of any shape; integers and bools give float32.
   * @example tensor([1, 0.5]).digamma() // [-0.5772, -1.9635]
   */
  digamma(): Tensor;
  /** {@link FunctionMethods.digamma | digamma}, written into x. */
  digamma_(): Tensor;
  /**
   * The p-norm of x - y, as one number.
   * @param x this tensor: of any shape; floats
   * @param y floats that broadcast with x
   * @returns a 0-d tensor of the promoted dtype
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @example tensor([0, 0]).dist(tensor([3, 4])) // 5
   */
  dist(y: Tensor, options?: f.DistanceOptions): Tensor;
  /**
   * x / y. Without rounding, integers give a float; the derivative of a rounded quotient is 0. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @throws ArgumentError for another rounding mode, and for integers divided by 0 with one; on an asynchronous device the next read rejects with it
   * @example tensor([7, -7]).div(2, { roundingMode: "trunc" }) // [3, -3]
   */
  div(y: f.Operand, options?: f.DivideOptions): Tensor;
  /** x /= y, rounded as `div` does. */
  div_(y: f.Operand, options?: f.DivideOptions): Tensor;
  /** `div` under another name. */
  divide(y: f.Operand, options?: f.DivideOptions): Tensor;
  /** `div_` under another name. */
  divide_(y: f.Operand, options?: f.DivideOptions): Tensor;
  /**
   * The sum of the products of two vectors: sum of x_i y_i.
   * @param x this tensor: [n]
   * @param y [n], of x's dtype
   * @returns a 0-d tensor of their dtype
   * @throws ShapeError for other than two vectors of one length
   * @throws DTypeError where dtypes differ, and for bools
   * @example tensor([1, 2]).dot(tensor([3, 4])) // 11
   */
  dot(y: Tensor): Tensor;
  /**
   * The tensor in float64.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, float64; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1]).double().dtype // "float64"
   */
  double(options?: f.MemoryFormatOptions): Tensor;
  /**
   * Pieces along dim 2.
   * @param x this tensor: of at least three dims, of any dtype
   * @param sections how many, all equal, or the places where they end
   * @returns views of x's shape with those sizes along the dim, of its dtype
   * @throws ShapeError for fewer than 3 dims, or pieces that are not equal
   * @throws ArgumentError for anything but numbers
   * @example ones([1, 1, 4]).dsplit(2).map((x) => x.shape) // [[1, 1, 2], [1, 1, 2]]
   */
  dsplit(sections: number | readonly number[]): Tensor[];
  /**
   * How many bytes an element takes on the host; a device may give small dtypes more.
   * @param x this tensor: of any shape and dtype
   * @returns a number
   * @example ones([3], { dtype: "float16" }).elementSize() // 2
   */
  elementSize(): number;
  /**
   * bool: x = y. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).eq(2) // [false, true]
   */
  eq(y: f.Operand): Tensor;
  /** {@link FunctionMethods.eq | eq}, written into x. */
  eq_(y: f.Operand): Tensor;
  /**
   * Whether two tensors have one shape and equal elements. NaN equals nothing.
   * @param x this tensor: of any shape and dtype
   * @param y of x's dtype
   * @returns a promise of true or false
   * @throws DTypeError where dtypes differ
   * @example await tensor([1, 2]).equal(tensor([1, 2])) // true
   */
  equal(y: Tensor): Promise<boolean>;
  /**
   * As `equal`, at once.
   * @returns true or false
   * @throws DeviceError on a device that cannot read at once
   * @example tensor([1, 2]).equalSync(tensor([1, 3])) // false
   */
  equalSync(y: Tensor): boolean;
  /**
   * The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).erf() // [0, 0.8427]
   */
  erf(): Tensor;
  /** {@link FunctionMethods.erf | erf}, written into x. */
  erf_(): Tensor;
  /**
   * 1 - erf(x), element by element, to full relative precision however small it is. Its derivative is -2 / sqrt(pi) exp(-x^2).
   * Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).erfc() // [1, 0.1573]
   */
  erfc(): Tensor;
  /** {@link FunctionMethods.erfc | erfc}, written into x. */
  erfc_(): Tensor;
  /**
   * The inverse of erf: infinite at -1 and 1, NaN beyond. Its derivative is sqrt(pi) / 2 exp(erfinv(x)^2). Of any shape; integers and bools give float32.
   * @example tensor([0, 0.5]).erfinv() // [0, 0.4769]
   */
  erfinv(): Tensor;
  /** {@link FunctionMethods.erfinv | erfinv}, written into x. */
  erfinv_(): Tensor;
  /**
   * e to the power of x. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).exp() // [1, 2.7183]
   */
  exp(): Tensor;
  /**
   * 2 ** x. Of any shape; integers and bools give float32.
   * @example tensor([0, 3]).exp2() // [1, 8]
   */
  exp2(): Tensor;
  /** {@link FunctionMethods.exp2 | exp2}, written into x. */
  exp2_(): Tensor;
  /** {@link FunctionMethods.exp | exp}, written into x. */
  exp_(): Tensor;
  /**
   * Repeats dims of size 1, and adds leading dims, without copying.
   * @param x this tensor: of any shape and dtype
   * @param shape the new one; -1 keeps a size
   * @returns a view of that shape and of x's dtype, whose repeated elements share memory
   * @throws ShapeError where another size than 1 would change, or there are fewer sizes than dims
   * @example tensor([[1], [2]]).expand([2, 3]) // [[1, 1, 1], [2, 2, 2]]
   */
  expand(shape: f.Shape): Tensor;
  /**
   * As `expand`, to the shape of another tensor.
   * @param other whose shape it is
   * @returns a view of the other's shape and of x's dtype
   * @example tensor([1, 2]).expandAs(ones([2, 2])) // [[1, 2], [1, 2]]
   */
  expandAs(other: Tensor): Tensor;
  /**
   * exp(x) - 1, accurate near 0. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).expm1() // [0, 1.7183]
   */
  expm1(): Tensor;
  /** {@link FunctionMethods.expm1 | expm1}, written into x. */
  expm1_(): Tensor;
  /**
   * Every element becomes a draw from the exponential distribution, whose density is lambd exp(-lambd t).
   * @param x this tensor: floats of any shape
   * @param lambd the rate, 1 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError for a negative rate
   * @throws DTypeError for integers and bools
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).exponential_().gt(0) // [true, true]
   */
  exponential_(lambd?: number): Tensor;
  /**
   * The main diagonal of a matrix becomes one value; of more dims, which are equal then, the elements whose indices are all equal.
   * @param x this tensor: of at least 2 dims and any dtype
   * @param value in each place, rounded or cut to the dtype
   * @returns x itself, of its shape and dtype
   * @throws ShapeError for fewer than 2 dims, or more that are not equal
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2, 2]).fillDiagonal_(7) // [[7, 0], [0, 7]]
   */
  fillDiagonal_(value: number, options?: f.FillDiagonalOptions): Tensor;
  /**
   * Every element becomes one value.
   * @param x this tensor: of any shape and dtype
   * @param value a number or a boolean, rounded or cut to the dtype
   * @returns x itself, of its shape and dtype
   * @throws AutogradError for a leaf that requires a gradient
   * @throws ArgumentError for anything else
   * @example zeros([2]).fill_(7) // [7, 7]
   */
  fill_(value: number | boolean): Tensor;
  /** `trunc` under another name. */
  fix(): Tensor;
  /** `trunc_` under another name. */
  fix_(): Tensor;
  /**
   * The dims from `startDim` to `endDim` made one.
   * @param x this tensor: of any shape and dtype
   * @param startDim the first of them, 0 by default
   * @param endDim the last of them, x's last by default
   * @returns x's shape with one size, their product, for theirs, and x's dtype; a view where strides allow it, else a copy
   * @throws ShapeError where startDim comes after endDim
   * @throws IndexError for a dim out of range
   * @example tensor([[1, 2], [3, 4]]).flatten() // [1, 2, 3, 4]
   */
  flatten(startDim?: number, endDim?: number): Tensor;
  /**
   * The order along dims reversed: out[i] = x[n - 1 - i].
   * @param x this tensor: of any shape and dtype
   * @param dims one dim, or several
   * @returns a copy of x's shape and dtype
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([1, 2, 3]).flip(0) // [3, 2, 1]
   */
  flip(dims: number | readonly number[]): Tensor;
  /**
   * The columns, dim 1, in reverse order.
   * @param x this tensor: [m, n, ...] of any dtype
   * @returns a copy of x's shape and dtype
   * @throws ShapeError for fewer than 2 dims
   * @example tensor([[1, 2], [3, 4]]).fliplr() // [[2, 1], [4, 3]]
   */
  fliplr(): Tensor;
  /**
   * The rows, dim 0, in reverse order.
   * @param x this tensor: [m, ...] of any dtype
   * @returns a copy of x's shape and dtype
   * @throws ShapeError for a 0-d tensor
   * @example tensor([[1, 2], [3, 4]]).flipud() // [[3, 4], [1, 2]]
   */
  flipud(): Tensor;
  /**
   * The tensor in float32.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, float32; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([true, false]).float() // [1, 0]
   */
  float(options?: f.MemoryFormatOptions): Tensor;
  /**
   * x ** y computed in float64, whatever the dtypes. Shapes broadcast, and dtypes are promoted; gives float64.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([2, 3]).floatPower(2) // [4, 9]
   */
  floatPower(y: f.Operand): Tensor;
  /** {@link FunctionMethods.floatPower | floatPower}, written into x, which is float64 then. */
  floatPower_(y: f.Operand): Tensor;
  /**
   * The largest integer that is not above x. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([0.5, -0.5]).floor() // [0, -1]
   */
  floor(): Tensor;
  /**
   * x / y rounded down; of integers an integer. No derivative. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for bools
   * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
   * @example tensor([7, -7]).floorDivide(2) // [3, -4]
   */
  floorDivide(y: f.Operand): Tensor;
  /** {@link FunctionMethods.floorDivide | floorDivide}, written into x. */
  floorDivide_(y: f.Operand): Tensor;
  /** {@link FunctionMethods.floor | floor}, written into x. */
  floor_(): Tensor;
  /**
   * The larger; a number where the other is NaN. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([NaN, 1]).fmax(tensor([2, 3])) // [2, 3]
   */
  fmax(y: Tensor): Tensor;
  /**
   * The smaller; a number where the other is NaN. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([NaN, 1]).fmin(tensor([2, 3])) // [2, 1]
   */
  fmin(y: Tensor): Tensor;
  /**
   * The remainder with the sign of x, as C's fmod. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for bools
   * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
   * @example tensor([-3, 5]).fmod(2) // [-1, 1]
   */
  fmod(y: f.Operand): Tensor;
  /** {@link FunctionMethods.fmod | fmod}, written into x. */
  fmod_(y: f.Operand): Tensor;
  /**
   * As PyTorch prints it, digit for digit.
   * @param x this tensor: of any shape and dtype
   * @returns a promise of the text
   */
  format(): Promise<string>;
  /**
   * x - trunc(x), with the sign of x. Of any shape; keeps the dtype.
   * @throws DTypeError for integers and bools
   * @example tensor([1.5, -1.25]).frac() // [0.5, -0.25]
   */
  frac(): Tensor;
  /** {@link FunctionMethods.frac | frac}, written into x. */
  frac_(): Tensor;
  /**
   * Every element as mantissa * 2^exponent: the mantissa has a magnitude from 1/2 up to, not including, 1. Of 0, infinities and NaN it is the number itself, and the exponent 0. The
   * gradient of the mantissa is grad / 2^exponent. PyTorch's `frexp`.
   * @param x this tensor: of any shape; floats
   * @returns `{ mantissa, exponent }` of x's shape: x's dtype, and int32
   * @throws DTypeError for integers and bools
   * @example tensor([6]).frexp() // { mantissa: [0.75], exponent: [3] }
   */
  frexp(): { readonly mantissa: Tensor; readonly exponent: Tensor; };
  /**
   * Elements at the places along a dim that `index` names: for dim 0, out[i][j] = x[index[i][j]][j].
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index int32, of x's rank, and no larger than x but along the dim
   * @returns the index's shape, x's dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError where ranks differ, or the index is larger than x
   * @throws DTypeError for an index that is not int32
   * @example tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" })) // [[2], [3]]
   */
  gather(dim: number, index: Tensor): Tensor;
  /**
   * The greatest common divisor of integers, not negative. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats and bools
   * @example tensor(Int32Array.of(12)).gcd(tensor(Int32Array.of(18))) // [6]
   */
  gcd(y: Tensor): Tensor;
  /** {@link FunctionMethods.gcd | gcd}, written into x. */
  gcd_(y: f.Operand): Tensor;
  /**
   * bool: x >= y. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).ge(2) // [false, true]
   */
  ge(y: f.Operand): Tensor;
  /** {@link FunctionMethods.ge | ge}, written into x. */
  ge_(y: f.Operand): Tensor;
  /**
   * Every element becomes the number of trials up to and with the first success: k with the probability (1 - p)^(k - 1) p, k = 1, 2 ...
   * @param x this tensor: of any shape; numbers of any dtype
   * @param p the probability of success
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError unless 0 < p < 1
   * @throws DTypeError for bools
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2], { dtype: "int32" }).geometric_(0.5).ge(1) // [true, true]
   */
  geometric_(p: number): Tensor;
  /**
   * The QR factors as LAPACK keeps them: reflections I - tau v v' whose product is Q. PyTorch's `torch.geqrf`.
   * @param x this tensor: [..., m, n]; float32 or float64
   * @returns `{ a, tau }`: [..., m, n], R on and above the diagonal and the vectors v below it; [..., min(m, n)]; of x's dtype
   * @throws ShapeError for fewer than 2 dims
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @throws NotSupportedError in backward: `linalg.qr` has a gradient
   * @example tensor([[3, 1], [4, 2]]).geqrf().a.triu().abs() // [[5, 2.2], [0, 0.4]]
   */
  geqrf(): { readonly a: Tensor; readonly tau: Tensor; };
  /** `outer` under its other name in PyTorch. */
  ger(y: Tensor): Tensor;
  /** `gt` under another name. */
  greater(y: f.Operand): Tensor;
  /** `ge` under another name. */
  greaterEqual(y: f.Operand): Tensor;
  /** `ge_` under another name. */
  greaterEqual_(y: f.Operand): Tensor;
  /** `gt_` under another name. */
  greater_(y: f.Operand): Tensor;
  /**
   * bool: x > y. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).gt(1) // [false, true]
   */
  gt(y: f.Operand): Tensor;
  /** {@link FunctionMethods.gt | gt}, written into x. */
  gt_(y: f.Operand): Tensor;
  /**
   * The tensor in float16.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, float16; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1]).half().dtype // "float16"
   */
  half(options?: f.MemoryFormatOptions): Tensor;
  /**
   * x, and 0 where it is within lambd (0.5) of 0. Of any shape; keeps the dtype.
   * @throws DTypeError for integers and bools
   * @example tensor([-1, 0.2, 1]).hardshrink() // [-1, 0, 1]
   */
  hardshrink(options?: f.ShrinkOptions): Tensor;
  /**
   * 0 below 0, 1 above, and `values` at 0. Both have one dtype. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([-1, 0, 2]).heaviside(tensor(0.5)) // [0, 0.5, 1]
   */
  heaviside(values: Tensor): Tensor;
  /** {@link FunctionMethods.heaviside | heaviside}, written into x. */
  heaviside_(values: Tensor): Tensor;
  /**
   * How many elements fall into each of equal bins from min to max, both included; what lies outside does not count. PyTorch's `histc`.
   * @param x this tensor: of any shape; float32 or float64
   * @returns [bins], of x's dtype
   * @throws DTypeError for integers, bools and 16-bit floats
   * @throws ArgumentError for no bins, bounds that are not finite, or min above max
   * @example tensor([1, 2, 1]).histc({ bins: 2, min: 0, max: 4 }) // [2, 1]
   */
  histc(options?: f.HistcOptions): Tensor;
  /**
   * How many elements fall into each bin, or what they weigh, and the edges of the bins. A bin begins at its left edge; the last ends with its right edge. Without gradients.
   * PyTorch's `histogram`.
   * @param x this tensor: of any shape; float32 or float64
   * @param bins how many equal ones, 100 by default; or the edges, an ascending vector of x's dtype
   * @returns `{ hist, binEdges }`: [bins] and [bins + 1], of x's dtype
   * @throws DTypeError for integers, bools, 16-bit floats, and edges of another dtype
   * @throws ShapeError for a weight of another shape than x's, or edges that are no vector
   * @throws ArgumentError for no bins, or a range that is none
   * @example tensor([1, 2, 1]).histogram(2, { range: [0, 4] }) // { hist: [2, 1], binEdges: [0, 2, 4] }
   */
  histogram(bins?: Tensor | number, options?: f.HistogramOptions): { readonly hist: Tensor; readonly binEdges: Tensor; };
  /**
   * Pieces along dim 1, of a vector along dim 0.
   * @param x this tensor: of any shape and dtype
   * @param sections how many, all equal, or the places where they end
   * @returns views of x's shape with those sizes along the dim, of its dtype
   * @throws ShapeError for a 0-d tensor, or pieces that are not equal
   * @throws ArgumentError for anything but numbers
   * @example tensor([1, 2, 3, 4]).hsplit(2) // [[1, 2], [3, 4]]
   */
  hsplit(sections: number | readonly number[]): Tensor[];
  /**
   * sqrt(x^2 + y^2), without overflow in between. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @example tensor([3]).hypot(tensor([4])) // [5]
   */
  hypot(y: Tensor): Tensor;
  /** {@link FunctionMethods.hypot | hypot}, written into x. */
  hypot_(y: f.Operand): Tensor;
  /**
   * The modified Bessel function of the first kind of order 0, element by element. Integers and bools give float32; to a few ulp in float32 and about 1e-15 in float64,
   * relatively. Its derivative is I1(x). Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).i0() // [1, 1.2661]
   */
  i0(): Tensor;
  /** {@link FunctionMethods.i0 | i0}, written into x. */
  i0_(): Tensor;
  /**
   * The lower regularised incomplete gamma function P(a, x): the integral of t^(a-1) exp(-t) from 0 to x over gamma(a). To about 1e-6 in float32 and 1e-14 in float64. The
   * derivative of x is x^(a-1) exp(-x) / gamma(a); of a there is none, as in PyTorch.
   * @param a this tensor: the exponent, of any shape; floats
   * @param x where the integral ends, of any shape that broadcasts; floats
   * @returns the broadcast shape, the promoted dtype; NaN where either is negative
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @throws ArgumentError for a number
   * @throws NotSupportedError in backward, where a needs a gradient
   * @example tensor([2]).igamma(tensor([1])) // [0.2642]
   */
  igamma(x: Tensor): Tensor;
  /** {@link FunctionMethods.igamma | igamma}, written into the first. */
  igamma_(x: Tensor): Tensor;
  /**
   * The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x), of small values right relatively; see `igamma`.
   * @param a this tensor: the exponent, of any shape; floats
   * @param x where the integral ends, of any shape that broadcasts; floats
   * @returns the broadcast shape, the promoted dtype; NaN where either is negative
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @throws ArgumentError for a number
   * @throws NotSupportedError in backward, where a needs a gradient
   * @example tensor([2]).igammac(tensor([1])) // [0.7358]
   */
  igammac(x: Tensor): Tensor;
  /** {@link FunctionMethods.igammac | igammac}, written into the first. */
  igammac_(x: Tensor): Tensor;
  /**
   * PyTorch's `x[...]`. What holds no tensor is a view.
   * @param x this tensor: of any shape and dtype
   * @param terms one for each dim: a number, a slice ("1:", "::2" or `{ start, stop, step }`), null for a new dim, "..." for all dims between, or an int32 tensor of positions,
   * which may be negative; tensors broadcast together
   * @returns a tensor of the shape that NumPy's rules give, of x's dtype
   * @throws IndexError for a position out of range, too many terms, tensors that do not broadcast together, or a mask that does not fit
   * @throws DTypeError for a tensor that is neither int32 nor bool
   * @throws ArgumentError for a mask, of which `indexAsync` knows, and for what is no term
   * @example tensor([[1, 2], [3, 4]]).index(":", 0) // [1, 3]
   */
  index(...terms: f.IndexTerm[]): Tensor;
  /**
   * A copy of x with alpha * the slices of `source` added at positions along a dim; equal positions all count. On webgpu floats that meet at one place are added in any order, so that their last digits may differ from run to run.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the positions, an int32 vector as long as `source` along the dim
   * @param source of x's dtype, and its shape but for the dim
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ
   * @example zeros([3]).indexAdd(0, tensor(Int32Array.of(2, 2)), tensor([1, 5])) // [0, 0, 6]
   */
  indexAdd(dim: number, index: Tensor, source: Tensor, options?: f.AlphaOption): Tensor;
  /** {@link FunctionMethods.indexAdd | indexAdd}, written into x. */
  indexAdd_(dim: number, index: Tensor, source: Tensor, options?: f.AlphaOption): Tensor;
  /**
   * As `index`, with masks too: bool tensors of the shape of the dims they stand for, whose values are read first.
   * @returns a promise of a tensor of the shape that NumPy's rules give, of x's dtype
   * @example await tensor([1, 2, 3]).indexAsync(tensor([true, false, true])) // [1, 3]
   */
  indexAsync(...terms: f.IndexTerm[]): Promise<Tensor>;
  /**
   * A copy of x with the slices of `source` set at positions along a dim.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the positions, an int32 vector as long as `source` along the dim
   * @param source of x's dtype, and its shape but for the dim
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range, an index that is no int32 vector, or where sizes do not fit
   * @throws ShapeError where slices are of another shape
   * @throws DTypeError where dtypes differ
   * @example zeros([3]).indexCopy(0, tensor(Int32Array.of(2, 0)), tensor([1, 5])) // [5, 0, 1]
   */
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor;
  /** {@link FunctionMethods.indexCopy | indexCopy}, written into x. */
  indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor;
  /**
   * A copy of x with one value at positions along a dim.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the positions, an int32 vector
   * @param value a number, or a 0-d tensor
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
   * @throws ShapeError for a value with dims
   * @example zeros([3]).indexFill(0, tensor(Int32Array.of(2, 0)), 7) // [7, 0, 7]
   */
  indexFill(dim: number, index: Tensor, value: Tensor | number | boolean): Tensor;
  /** {@link FunctionMethods.indexFill | indexFill}, written into x. */
  indexFill_(dim: number, index: Tensor, value: number | boolean | Tensor): Tensor;
  /**
   * As `indexPut_`, out of place.
   * @returns a copy of x's shape and dtype
   * @example zeros([3]).indexPut([tensor(Int32Array.of(0, 2))], tensor([5, 6])) // [5, 0, 6]
   */
  indexPut(terms: readonly f.IndexTerm[], value: Tensor | number | boolean, options?: f.IndexPutOptions): Tensor;
  /**
   * As `indexPut_`, with masks of any kind, whose values are read first.
   * @returns a promise of x itself, of its shape and dtype
   * @example await tensor([1, 2]).indexPutAsync_([tensor([true, false])], 9) // [9, 2]
   */
  indexPutAsync_(terms: readonly f.IndexTerm[], value: Tensor | number | boolean, options?: f.IndexPutOptions): Promise<Tensor>;
  /**
   * Changes in place what `x.index(...terms)` names. PyTorch's `x[terms] = value` and `index_put_`. A mask alone with a value of one element needs no promise.
   * @param x this tensor: of any shape and dtype
   * @param terms as of `index`, in an array
   * @param value a number, or a tensor that broadcasts to the shape of the places
   * @returns x itself, of its shape and dtype
   * @throws IndexError for an index out of range, or too many terms
   * @throws ShapeError for a value that does not broadcast to the places
   * @throws ArgumentError for a mask among others, of which `indexPutAsync_` knows
   * @throws AutogradError for a leaf that requires a gradient
   * @example `x.indexPut_([0, "1:3"], 7)`, `x.indexPut_([rows, columns], values, { accumulate: true })`
   */
  indexPut_(terms: readonly f.IndexTerm[], value: Tensor | number | boolean, options?: f.IndexPutOptions): Tensor;
  /**
   * A copy of x in which whole slices of `source` are combined with what is there, at positions along a dim.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the positions, an int32 vector as long as `source` along the dim
   * @param source of x's dtype, and its shape but for the dim
   * @param reduce "prod", "mean", "amax" or "amin"
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range, or an index that is no int32 vector
   * @throws DTypeError where dtypes differ
   * @throws ArgumentError for another reduction
   * @example ones([3]).indexReduce(0, tensor(Int32Array.of(2, 2)), tensor([2, 5]), "prod") // [1, 1, 10]
   */
  indexReduce(dim: number, index: Tensor, source: Tensor, reduce: Exclude<f.ScatterReduction, "sum">, options?: f.IndexReduceOptions): Tensor;
  /** {@link FunctionMethods.indexReduce | indexReduce}, written into x. */
  indexReduce_(dim: number, index: Tensor, source: Tensor, reduce: "prod" | "mean" | "amax" | "amin", options?: f.ScatterReduceOptions): Tensor;
  /**
   * The slices of x at positions along a dim: for dim 0, out[i] = x[index[i]].
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the positions, an int32 vector
   * @returns x's shape with the index's length along the dim, of its dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError for an index that is no vector
   * @throws DTypeError for an index that is not int32
   * @example tensor([5, 6, 7]).indexSelect(0, tensor(Int32Array.of(2, 0))) // [7, 5]
   */
  indexSelect(dim: number, index: Tensor): Tensor;
  /**
   * The sums of products over the last dims of both: out[i..., j...] = sum of x[i..., k] y[j..., k]. A 0-d tensor multiplies.
   * @param x this tensor: [i..., k]
   * @param y [j..., k], of x's dtype
   * @returns [i..., j...], of their dtype
   * @throws ShapeError where the last sizes differ
   * @throws DTypeError where dtypes differ, and for bools
   * @example tensor([1, 2]).inner(tensor([3, 4])) // 11
   */
  inner(y: Tensor): Tensor;
  /**
   * The tensor in int32.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, int32; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1.7, -1.7]).int() // [1, -1]
   */
  int(options?: f.MemoryFormatOptions): Tensor;
  /** `linalg.inv` under its other name in PyTorch. */
  inverse(): Tensor;
  /**
   * Whether the elements lie side by side in row-major order, or in that of `memoryFormat`.
   * @param x this tensor: of any shape and dtype
   * @returns true or false, at once
   * @throws ArgumentError for the memory format "preserve_format"
   * @example ones([2, 3]).t().isContiguous() // false
   */
  isContiguous(options?: f.MemoryFormatOptions): boolean;
  /**
   * Whether the dtype is a float: only such tensors have gradients.
   * @param x this tensor: of any shape and dtype
   * @returns true or false
   * @example ones([1]).isFloatingPoint() // true
   */
  isFloatingPoint(): boolean;
  /**
   * Whether a tensor was made in `inferenceMode`.
   * @param x this tensor: of any shape and dtype
   * @returns true or false
   */
  isInference(): boolean;
  /**
   * Whether the only element of a tensor is not zero.
   * @param x this tensor: of one element, of any dtype
   * @returns a promise of true or false
   * @throws ArgumentError for more elements, or none
   * @example await tensor([3]).isNonzero() // true
   */
  isNonzero(): Promise<boolean>;
  /**
   * As `isNonzero`, at once.
   * @returns true or false
   * @throws DeviceError on a device that cannot read at once
   * @example tensor([0]).isNonzeroSync() // false
   */
  isNonzeroSync(): boolean;
  /**
   * Whether two tensors have one shape.
   * @param x this tensor: of any shape and dtype
   * @param other of any shape and dtype
   * @returns true or false, at once
   * @example ones([2]).isSameSize(zeros([2])) // true
   */
  isSameSize(other: Tensor): boolean;
  /**
   * Whether the dtype has negative numbers.
   * @param x this tensor: of any shape and dtype
   * @returns true or false
   * @example ones([1], { dtype: "uint8" }).isSigned() // false
   */
  isSigned(): boolean;
  /**
   * |x - y| <= atol + rtol |y|, element by element, or equal. Both have one dtype. Shapes broadcast; of any dtypes, gives bools.
   * @throws DTypeError where dtypes differ
   * @throws ArgumentError for negative tolerances
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).isclose(tensor([1.000001, 2.1])) // [true, false]
   */
  isclose(y: Tensor, options?: f.CloseOptions): Tensor;
  /**
   * Neither infinite nor NaN. Of any shape and dtype; gives bools.
   * @example tensor([1, Infinity, NaN]).isfinite() // [true, false, false]
   */
  isfinite(): Tensor;
  /**
   * Whether each element is among others. NaN is not even among NaNs. PyTorch's `isin`.
   * @param elements this tensor: a number, or a tensor of any shape
   * @param among a number, or a tensor of any shape; one of both is a tensor
   * @returns the elements' shape, bool
   * @throws ArgumentError for two numbers
   * @throws DTypeError for bools
   * @example tensor([1, 2, 3]).isin(tensor([3, 1])) // [true, false, true]
   */
  isin(among: Tensor | number, options?: f.IsinOptions): Tensor;
  /**
   * Infinity or -Infinity. Of any shape and dtype; gives bools.
   * @example tensor([1, -Infinity]).isinf() // [false, true]
   */
  isinf(): Tensor;
  /**
   * bool: whether x is NaN. Of any shape and dtype; gives bools.
   * @example tensor([1, NaN]).isnan() // [false, true]
   */
  isnan(): Tensor;
  /**
   * -Infinity. Of any shape and dtype; gives bools.
   * @example tensor([Infinity, -Infinity]).isneginf() // [false, true]
   */
  isneginf(): Tensor;
  /**
   * Infinity. Of any shape and dtype; gives bools.
   * @example tensor([Infinity, -Infinity]).isposinf() // [true, false]
   */
  isposinf(): Tensor;
  /**
   * Always true of a real tensor; of a complex one it is a method. Of any shape and dtype; gives bools.
   * @example tensor([1, 2]).isreal() // [true, true]
   */
  isreal(): Tensor;
  /**
   * The signal of which x is the `stft`, by least squares where windows overlap: the sum of the windows' inverse transforms times the window, over that of its squares. PyTorch's
   * `torch.istft`.
   * @param x this tensor: [(batch,) frequencies, windows], complex, or pairs in a last dim
   * @param nFft the length of a spectrum
   * @returns [(batch,) length], of the dtype of x's parts, or by `returnComplex` complex
   * @throws ArgumentError where the windows leave a place of the signal out, and for sizes that do not fit
   * @example stft(ones([8]), 4, { returnComplex: false, window: ones([4]) }).istft(4, { window: ones([4]) }) // [1, 1, 1, 1, 1, 1, 1, 1]
   */
  istft(nFft: number, options: f.IstftOptions & { readonly returnComplex: true; }): f.ComplexTensor;
  /**
   * The signal of which x is the `stft`, by least squares where windows overlap: the sum of the windows' inverse transforms times the window, over that of its squares. PyTorch's
   * `torch.istft`.
   * @param x this tensor: [(batch,) frequencies, windows], complex, or pairs in a last dim
   * @param nFft the length of a spectrum
   * @returns [(batch,) length], of the dtype of x's parts, or by `returnComplex` complex
   * @throws ArgumentError where the windows leave a place of the signal out, and for sizes that do not fit
   * @example stft(ones([8]), 4, { returnComplex: false, window: ones([4]) }).istft(4, { window: ones([4]) }) // [1, 1, 1, 1, 1, 1, 1, 1]
   */
  istft(nFft: number, options?: f.IstftOptions): Tensor;
  /**
   * The value of a tensor of one element.
   * @param x this tensor: of one element, of any dtype
   * @returns a promise of a number; a bool is 0 or 1
   * @throws ArgumentError for more elements, or none
   * @example await tensor(5).item() // 5
   */
  item(): Promise<number>;
  /**
   * As `item`, at once.
   * @param x this tensor: of one element, of any dtype
   * @returns a number; a bool is 0 or 1
   * @throws ArgumentError for more elements, or none
   * @throws DeviceError on a device that cannot read at once
   * @example tensor(5).itemSync() // 5
   */
  itemSync(): number;
  /**
   * Takes a tensor out of its scope: it lasts until it is disposed or nobody holds it.
   * @param x this tensor: of any shape and dtype
   * @returns x itself
   */
  keep(): Tensor;
  /**
   * The Kronecker product: each element of x times the whole of y.
   * @param x this tensor: [a, b], or of any rank; dims of size 1 come in front of the smaller
   * @param y [c, d], or of any rank
   * @returns [a c, b d], of the promoted dtype
   * @example eye(2).kron(tensor([[1, 2]])) // [[1, 2, 0, 0], [0, 0, 1, 2]]
   */
  kron(y: Tensor): Tensor;
  /**
   * The k-th smallest element along a dim, counted from 1, and where it is. NaN is the largest. PyTorch's `kthvalue`.
   * @param x this tensor: of any shape; of any dtype but bool
   * @param k which
   * @param dim along which, the last by default
   * @returns `{ values, indices }` of x's shape without the dim, or with size 1 by `keepdim`; values keep the dtype, indices are int32
   * @throws IndexError for a dim out of range, or without elements
   * @throws ArgumentError where there are not k of them
   * @throws DTypeError for bools
   * @example tensor([3, 1, 2]).kthvalue(2) // { values: 2, indices: 2 }
   */
  kthvalue(k: number, dim?: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /**
   * The least common multiple of integers, not negative; 0 where either is. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for floats and bools
   * @example tensor(Int32Array.of(4)).lcm(tensor(Int32Array.of(6))) // [12]
   */
  lcm(y: Tensor): Tensor;
  /** {@link FunctionMethods.lcm | lcm}, written into x. */
  lcm_(y: f.Operand): Tensor;
  /**
   * x * 2 ** y. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1.5]).ldexp(tensor([3])) // [12]
   */
  ldexp(y: Tensor): Tensor;
  /** {@link FunctionMethods.ldexp | ldexp}, written into x. */
  ldexp_(y: Tensor): Tensor;
  /**
   * bool: x <= y. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).le(1) // [true, false]
   */
  le(y: f.Operand): Tensor;
  /** {@link FunctionMethods.le | le}, written into x. */
  le_(y: f.Operand): Tensor;
  /**
   * x + weight * (end - x).
   * @param x this tensor: of any shape; floats
   * @param end what a weight of 1 gives, of x's dtype; it broadcasts
   * @param weight a number, or a tensor of x's dtype that broadcasts
   * @returns the broadcast shape, x's dtype
   * @throws DTypeError for integers and bools, and where dtypes differ
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([0, 10]).lerp(tensor([10, 20]), 0.25) // [2.5, 12.5]
   */
  lerp(end: Tensor, weight: f.Operand): Tensor;
  /** x += weight * (end - x). */
  lerp_(end: Tensor, weight: f.Operand): Tensor;
  /** `lt` under another name. */
  less(y: f.Operand): Tensor;
  /** `le` under another name. */
  lessEqual(y: f.Operand): Tensor;
  /** `le_` under another name. */
  lessEqual_(y: f.Operand): Tensor;
  /** `lt_` under another name. */
  less_(y: f.Operand): Tensor;
  /**
   * The logarithm of |gamma(x)|: infinite at 0, -1, -2 ... Of any shape; integers and bools give float32.
   * @example tensor([1, 0.5]).lgamma() // [0, 0.5724]
   */
  lgamma(): Tensor;
  /** {@link FunctionMethods.lgamma | lgamma}, written into x. */
  lgamma_(): Tensor;
  /**
   * The natural logarithm; NaN below 0. Of any shape; integers and bools give float32.
   * @example tensor([1, 2]).log() // [0, 0.6931]
   */
  log(): Tensor;
  /**
   * The logarithm to base 10. Of any shape; integers and bools give float32.
   * @example tensor([1, 100]).log10() // [0, 2]
   */
  log10(): Tensor;
  /** {@link FunctionMethods.log10 | log10}, written into x. */
  log10_(): Tensor;
  /**
   * log(1 + x), accurate near 0. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).log1p() // [0, 0.6931]
   */
  log1p(): Tensor;
  /** {@link FunctionMethods.log1p | log1p}, written into x. */
  log1p_(): Tensor;
  /**
   * The logarithm to base 2, exact for powers of 2. Of any shape; integers and bools give float32.
   * @example tensor([1, 8]).log2() // [0, 3]
   */
  log2(): Tensor;
  /** {@link FunctionMethods.log2 | log2}, written into x. */
  log2_(): Tensor;
  /**
   * Every element becomes exp of a draw from the normal distribution.
   * @param x this tensor: floats of any shape
   * @param mean of the logarithms, 1 by default
   * @param std the deviation of the logarithms, 2 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError unless std > 0
   * @throws DTypeError for integers and bools
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).logNormal_().gt(0) // [true, true]
   */
  logNormal_(mean?: number, std?: number): Tensor;
  /**
   * x - log(sum(exp(x))) along a dim, shifted by the maximum so that nothing overflows.
   * @param x this tensor: of any shape; floats
   * @param dim along which; without it, PyTorch's choice with a warning: dim 0 of none, one or three dims, else 1
   * @returns x's shape and dtype
   * @throws IndexError for a dim out of range
   * @throws DTypeError for integers and bools
   * @example tensor([0, 0]).logSoftmax(0) // [-0.6931, -0.6931]
   */
  logSoftmax(dim?: number): Tensor;
  /** {@link FunctionMethods.log | log}, written into x. */
  log_(): Tensor;
  /**
   * log(exp(x) + exp(y)), without overflow. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @example tensor([0]).logaddexp(tensor([0])) // [0.6931]
   */
  logaddexp(y: Tensor): Tensor;
  /**
   * log2(2 ** x + 2 ** y), without overflow. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @example tensor([0]).logaddexp2(tensor([0])) // [1]
   */
  logaddexp2(y: Tensor): Tensor;
  /**
   * log(exp(x_0) + ... + exp(x_i)) along a dim, without overflow. PyTorch's `logcumsumexp`.
   * @param x this tensor: of any shape; floats
   * @param dim along which
   * @returns x's shape and dtype
   * @throws DTypeError for integers and bools
   * @throws IndexError for a dim out of range
   * @example tensor([0, 0]).logcumsumexp(0) // [0, 0.6931]
   */
  logcumsumexp(dim: number): Tensor;
  /**
   * The logarithm of the determinant: NaN where that is negative, -Infinity where it is 0. PyTorch's `torch.logdet`.
   * @param A this tensor: [..., n, n]; float32 or float64
   * @returns [...], of A's dtype
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[2, 0], [0, 4]]).logdet() // 2.0794
   */
  logdet(): Tensor;
  /**
   * bool: whether neither is 0. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([true, true]).logicalAnd(tensor([true, false])) // [true, false]
   */
  logicalAnd(y: Tensor): Tensor;
  /** {@link FunctionMethods.logicalAnd | logicalAnd}, written into x. */
  logicalAnd_(y: f.Operand): Tensor;
  /**
   * bool: whether x is 0. Of any shape and dtype; gives bools.
   * @example tensor([true, false]).logicalNot() // [false, true]
   */
  logicalNot(): Tensor;
  /** {@link FunctionMethods.logicalNot | logicalNot}, written into x. */
  logicalNot_(): Tensor;
  /**
   * bool: whether one of them, or both, is not 0. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([true, false]).logicalOr(tensor([false, false])) // [true, false]
   */
  logicalOr(y: Tensor): Tensor;
  /** {@link FunctionMethods.logicalOr | logicalOr}, written into x. */
  logicalOr_(y: f.Operand): Tensor;
  /**
   * bool: whether exactly one of them is not 0. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([true, true]).logicalXor(tensor([true, false])) // [false, true]
   */
  logicalXor(y: Tensor): Tensor;
  /** {@link FunctionMethods.logicalXor | logicalXor}, written into x. */
  logicalXor_(y: f.Operand): Tensor;
  /**
   * log(x / (1 - x)), the inverse of sigmoid; with `eps`, x is first brought into [eps, 1 - eps]. Of any shape; integers and bools give float32.
   * @param options `eps`: by default x is taken as it is
   * @example tensor([0.5, 0.75]).logit() // [0, 1.0986]
   */
  logit(options?: { readonly eps?: number; }): Tensor;
  /** {@link FunctionMethods.logit | logit}, written into x. */
  logit_(options?: { readonly eps?: number; }): Tensor;
  /**
   * log(sum(exp(x))) over dims, shifted by the maximum so that nothing overflows.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several
   * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give float32
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([0, 0]).logsumexp(0) // 0.6931
   */
  logsumexp(dim: number | readonly number[], options?: { readonly keepdim?: boolean; }): Tensor;
  /**
   * The tensor in int32, as `int` gives it: it stands for PyTorch's int64 too.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, int32; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1.7]).long().dtype // "int32"
   */
  long(options?: f.MemoryFormatOptions): Tensor;
  /**
   * bool: x < y. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).lt(2) // [true, false]
   */
  lt(y: f.Operand): Tensor;
  /** {@link FunctionMethods.lt | lt}, written into x. */
  lt_(y: f.Operand): Tensor;
  /**
   * As `linalg.luFactor`, with `info` where it is asked for: PyTorch's older `torch.lu`.
   * @returns `{ LU, pivots }` or `{ LU, pivots, info }`: [..., m, n] of A's dtype, [..., min(m, n)] and [...], int32
   * @example tensor([[1, 2], [2, 2]]).lu() // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
   */
  lu(options: f.LuOptions & { readonly getInfos: true; }): f.linalg.LuInfo;
  /**
   * As `linalg.luFactor`, with `info` where it is asked for: PyTorch's older `torch.lu`.
   * @returns `{ LU, pivots }` or `{ LU, pivots, info }`: [..., m, n] of A's dtype, [..., min(m, n)] and [...], int32
   * @example tensor([[1, 2], [2, 2]]).lu() // { LU: [[2, 2], [0.5, 1]], pivots: [2, 2] }
   */
  lu(options?: f.LuOptions): f.linalg.LuFactors;
  /**
   * As `linalg.luSolve`, with the operands in the order of PyTorch's older `torch.lu_solve`.
   * @returns [..., n, k], the batch dims broadcast, of their dtype
   * @example
   * ```ts
   * const { LU, pivots } = linalg.luFactor(tensor([[2, 0], [0, 2]]));
   * tensor([[4], [2]]).luSolve(LU, pivots) // [[2], [1]]
   * ```
   */
  luSolve(LU: Tensor, pivots: Tensor): Tensor;
  /**
   * x with one value where a mask is true; they broadcast together.
   * @param x this tensor: of any shape and dtype
   * @param mask bool
   * @param value a number, or a 0-d tensor
   * @returns the broadcast shape of x and mask, x's dtype
   * @throws DTypeError for a mask that is not bool
   * @throws ShapeError where shapes do not broadcast, or the value has dims
   * @throws ArgumentError for a complex number in a real tensor
   * @example tensor([1, 2]).maskedFill(tensor([true, false]), 0) // [0, 2]
   */
  maskedFill(mask: Tensor, value: f.Operand): Tensor;
  /** As `maskedFill`, in place; the mask broadcasts to x. */
  maskedFill_(mask: Tensor, value: f.Operand): Tensor;
  /**
   * A copy of x in which the elements where a mask is true are those of `source`, in row-major order.
   * @param x this tensor: of any shape and dtype
   * @param mask bool, which broadcasts with x
   * @param source of x's dtype, with an element for each true at least
   * @returns the broadcast shape of x and mask, x's dtype
   * @throws ShapeError where `source` has too few elements (on an asynchronous device the next read rejects with it), or shapes do not broadcast
   * @throws DTypeError for a mask that is not bool, or where dtypes differ
   * @example zeros([3]).maskedScatter(tensor([true, false, true]), tensor([1, 2])) // [1, 0, 2]
   */
  maskedScatter(mask: Tensor, source: Tensor): Tensor;
  /** {@link FunctionMethods.maskedScatter | maskedScatter}, written into x. */
  maskedScatter_(mask: Tensor, source: Tensor): Tensor;
  /**
   * The elements of x where a mask is true, in row-major order; they broadcast together. Its size depends on values, so it is a promise on every device.
   * @param x this tensor: of any shape and dtype
   * @param mask bool
   * @returns a promise of a vector of x's dtype
   * @throws ArgumentError for a mask that is not bool
   * @throws ShapeError where shapes do not broadcast
   * @example await tensor([1, 2, 3]).maskedSelect(tensor([true, false, true])) // [1, 3]
   */
  maskedSelect(mask: Tensor): Promise<Tensor>;
  /**
   * The matrix product: out_ij = sum of a_ik b_kj; of batches, one for each pair. PyTorch's `matmul`.
   * @param a this tensor: [..., m, k], or a vector [k], which counts as a row
   * @param b [..., k, n], or a vector [k], which counts as a column; of a's dtype
   * @returns [..., m, n], leading dims broadcast, without the dims of vectors; of their dtype
   * @throws ShapeError where the inner sizes differ, leading dims do not broadcast, or for a 0-d tensor
   * @throws DTypeError where dtypes differ, and for bools
   * @example tensor([[1, 2], [3, 4]]).matmul(tensor([1, 1])) // [3, 7]
   */
  matmul(b: Tensor): Tensor;
  /**
   * The exponential of matrices, I + A + A A / 2 + A A A / 6 + ... PyTorch's `torch.matrix_exp`.
   * @param A this tensor: [..., n, n]; float32 or float64
   * @returns A's shape and dtype
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example zeros([2, 2]).matrixExp() // [[1, 0], [0, 1]]
   */
  matrixExp(): Tensor;
  /**
   * Matrices multiplied n times with themselves; for a negative n, their inverses. PyTorch's `torch.linalg.matrix_power`.
   * @param x this tensor: [..., n, n]; for a negative n float32 or float64
   * @param n a whole number
   * @returns x's shape and dtype
   * @throws ShapeError for other than square matrices
   * @throws ArgumentError for an n that is not whole
   * @throws LinAlgError for a negative n, where a matrix is singular
   * @throws DTypeError for a negative n of anything but float32 and float64
   * @example tensor([[1, 1], [0, 1]]).matrixPower(3) // [[1, 3], [0, 1]]
   */
  matrixPower(n: number): Tensor;
  /**
   * PyTorch's overloads: the maximum of all, the maxima along a dim with their places, or the larger of two tensors, element by element. NaN is the largest.
   * @param x this tensor: of any shape and dtype
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).max(1) // { values: [3, 5], indices: [1, 0] }
   */
  max(): Tensor;
  /**
   * PyTorch's overloads: the maximum of all, the maxima along a dim with their places, or the larger of two tensors, element by element. NaN is the largest.
   * @param x this tensor: of any shape and dtype
   * @param dim along which; or `other`, a tensor that broadcasts
   * @param options `keepdim`: keep the dim, with size 1
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).max(1) // { values: [3, 5], indices: [1, 0] }
   */
  max(dim: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /**
   * PyTorch's overloads: the maximum of all, the maxima along a dim with their places, or the larger of two tensors, element by element. NaN is the largest.
   * @param x this tensor: of any shape and dtype
   * @param other a tensor that broadcasts with x
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).max(1) // { values: [3, 5], indices: [1, 0] }
   */
  max(other: Tensor): Tensor;
  /**
   * The larger; NaN if either is; a tie shares its gradient. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 4]).maximum(tensor([3, 2])) // [3, 4]
   */
  maximum(y: Tensor): Tensor;
  /**
   * The mean over dims, or over all: the sum divided by the number of elements.
   * @param x this tensor: of any shape; floats
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
   * @throws DTypeError for integers and bools, unless `dtype` is a float
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([[1, 2], [3, 4]]).mean(0) // [2, 3]
   */
  mean(dim?: number | readonly number[], options?: f.ReduceOptions): Tensor;
  /**
   * The median of all elements, or along a dim with its place: of an even number the lower one of the middle two; NaN if there is a NaN. PyTorch's `median`.
   * Of no elements at all it is NaN, or the least integer.
   * @param x this tensor: of any shape; of any dtype but bool
   * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
   * @throws IndexError for a dim out of range, or without elements
   * @throws DTypeError for bools
   * @example tensor([3, 1, 2]).median() // 2
   */
  median(): Tensor;
  /**
   * The median of all elements, or along a dim with its place: of an even number the lower one of the middle two; NaN if there is a NaN. PyTorch's `median`.
   * Of no elements at all it is NaN, or the least integer.
   * @param x this tensor: of any shape; of any dtype but bool
   * @param dim along which; all elements by default
   * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
   * @throws IndexError for a dim out of range, or without elements
   * @throws DTypeError for bools
   * @example tensor([3, 1, 2]).median() // 2
   */
  median(dim: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /**
   * PyTorch's overloads: the minimum of all, the minima along a dim with their places, or the smaller of two tensors, element by element. NaN is the smallest.
   * @param x this tensor: of any shape and dtype
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).min(1) // { values: [1, 2], indices: [0, 1] }
   */
  min(): Tensor;
  /**
   * PyTorch's overloads: the minimum of all, the minima along a dim with their places, or the smaller of two tensors, element by element. NaN is the smallest.
   * @param x this tensor: of any shape and dtype
   * @param dim along which; or `other`, a tensor that broadcasts
   * @param options `keepdim`: keep the dim, with size 1
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).min(1) // { values: [1, 2], indices: [0, 1] }
   */
  min(dim: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /**
   * PyTorch's overloads: the minimum of all, the minima along a dim with their places, or the smaller of two tensors, element by element. NaN is the smallest.
   * @param x this tensor: of any shape and dtype
   * @param other a tensor that broadcasts with x
   * @returns of all a 0-d tensor; of a dim `{ values, indices }` of x's shape without it, indices int32; of two their broadcast shape. Values have x's dtype, of two the promoted
   * one
   * @throws IndexError for a dim out of range, or of size 0
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([[1, 3], [5, 2]]).min(1) // { values: [1, 2], indices: [0, 1] }
   */
  min(other: Tensor): Tensor;
  /**
   * The smaller; NaN if either is; a tie shares its gradient. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 4]).minimum(tensor([3, 2])) // [1, 2]
   */
  minimum(y: Tensor): Tensor;
  /**
   * The product of two matrices, without broadcasting: out_ij = sum of x_ik y_kj.
   * @param x this tensor: [m, k]
   * @param y [k, n], of x's dtype
   * @returns [m, n], of their dtype
   * @throws ShapeError if either is no matrix, or the inner sizes differ
   * @throws DTypeError where dtypes differ, and for bools
   * @example tensor([[1, 2]]).mm(tensor([[3], [4]])) // [[11]]
   */
  mm(y: Tensor): Tensor;
  /**
   * The most frequent element along a dim, the smallest of several, and where it is (one of them). PyTorch's `mode`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which, the last by default
   * @returns `{ values, indices }` of x's shape without the dim, or with size 1 by `keepdim`; values keep the dtype, indices are int32
   * @throws IndexError for a dim out of range, or without elements
   * @example tensor([3, 1, 3]).mode() // { values: 3, indices: 2 }
   */
  mode(dim?: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /** `movedim` under its other name in PyTorch. */
  moveaxis(source: number | readonly number[], destination: number | readonly number[]): Tensor;
  /**
   * Dims moved to other places; the others keep their order.
   * @param x this tensor: of any shape and dtype
   * @param source a dim, or several
   * @param destination where each stands in the result
   * @returns a view of x's sizes in that order, of its dtype
   * @throws IndexError for a dim out of range
   * @throws ShapeError where a dim is named twice, or source and destination are not of one number
   * @example ones([2, 3, 4]).movedim(0, 2).shape // [3, 4, 2]
   */
  movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor;
  /**
   * The elements along the first dim in ascending order. PyTorch's `msort`.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape and dtype
   * @example tensor([[3, 1], [2, 4]]).msort() // [[2, 1], [3, 4]]
   */
  msort(): Tensor;
  /**
   * x * y. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).mul(tensor([3, 4])) // [3, 8]
   */
  mul(y: f.Operand): Tensor;
  /** {@link FunctionMethods.mul | mul}, written into x. */
  mul_(y: f.Operand): Tensor;
  /**
   * Positions drawn with the weights along the last dim; without replacement distinct ones, in the order in which they are drawn.
   * @param x this tensor: [k] or [n, k]: weights that are not negative and not all 0; floats
   * @param numSamples how many of each row
   * @returns [numSamples] or [n, numSamples], int32
   * @throws ShapeError for other than one or two dims
   * @throws DTypeError for integers and bools
   * @throws ArgumentError for no samples, more than there are places without replacement, and for weights that are negative, not finite or all 0 (on an asynchronous device the next
   * read rejects with it)
   * @example tensor([0, 1, 0]).multinomial(2, { replacement: true }) // [1, 1]
   */
  multinomial(numSamples: number, options?: f.MultinomialOptions): Tensor;
  /** `mul` under another name. */
  multiply(y: f.Operand): Tensor;
  /** `mul_` under another name. */
  multiply_(y: f.Operand): Tensor;
  /**
   * A matrix times a vector: out_i = sum of x_ij y_j.
   * @param x this tensor: [m, n]
   * @param y [n], of x's dtype
   * @returns [m], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError where dtypes differ, and for bools
   * @example tensor([[1, 2], [3, 4]]).mv(ones([2])) // [3, 7]
   */
  mv(y: Tensor): Tensor;
  /**
   * The logarithm of the multivariate gamma function: p (p - 1) / 4 log(pi) + the sum of lgamma(x - j / 2), j < p.
   * @param x this tensor: above (p - 1) / 2, of any shape
   * @param p the number of dims, 1 or more
   * @returns x's shape; a float keeps its dtype, integers and bools give float32
   * @throws ArgumentError for a p below 1
   * @example tensor([2, 3]).mvlgamma(2) // [0.4516, 1.5502]
   */
  mvlgamma(p: number): Tensor;
  /** {@link FunctionMethods.mvlgamma | mvlgamma}, written into x. Of integers it is refused as PyTorch refuses it, whose steps of 1/2 are 0 then. */
  mvlgamma_(p: number): Tensor;
  /**
   * NaN replaced by `nan` (0), infinities by the given numbers, or by the largest of the dtype. Of any shape; keeps the dtype.
   * @example tensor([NaN, 2]).nanToNum() // [0, 2]
   */
  nanToNum(options?: f.NanToNumOptions): Tensor;
  /** As `nanToNum`, in place. */
  nanToNum_(options?: f.NanToNumOptions): Tensor;
  /**
   * The mean over dims, or of all, of what is not NaN.
   * @param x this tensor: of any shape; floats
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
   * @throws DTypeError for integers and bools
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([1, NaN, 3]).nanmean() // 2
   */
  nanmean(dim?: number | readonly number[], options?: f.ReduceOptions): Tensor;
  /**
   * As `median`, of what is not NaN. PyTorch's `nanmedian`.
   * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
   * @example tensor([3, NaN, 1]).nanmedian() // 1
   */
  nanmedian(): Tensor;
  /**
   * As `median`, of what is not NaN. PyTorch's `nanmedian`.
   * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
   * @example tensor([3, NaN, 1]).nanmedian() // 1
   */
  nanmedian(dim: number, options?: { readonly keepdim?: boolean; }): f.ValuesAndIndices;
  /**
   * As `quantile`, of what is not NaN. PyTorch's `nanquantile`.
   * @returns x's shape without the dim, or with size 1 by `keepdim`, and before it the length of a vector q; x's dtype
   * @example tensor([1, NaN, 3]).nanquantile(0.5) // 2
   */
  nanquantile(q: Tensor | number, dim?: number, options?: f.QuantileOptions): Tensor;
  /**
   * The sum over dims, or over all, with NaN as 0.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([1, NaN, 3]).nansum() // 4
   */
  nansum(dim?: number | readonly number[], options?: f.ReduceOptions): Tensor;
  /**
   * So many elements along a dim, side by side.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param start the first, from the end where it is negative: a number, or a 0-d tensor of integers that is read at once
   * @param length how many
   * @returns a view of x's shape with `length` along the dim, of its dtype
   * @throws IndexError for a start or a dim out of range
   * @throws ShapeError where the piece reaches beyond the end, or for a 0-d tensor
   * @throws ArgumentError for a negative length, or numbers that are not whole
   * @example tensor([1, 2, 3]).narrow(0, 1, 2) // [2, 3]
   */
  narrow(dim: number, start: number | Tensor, length: number): Tensor;
  /**
   * As `narrow`, with memory of its own.
   * @returns a copy of x's shape with `length` along the dim, of its dtype
   * @example tensor([1, 2, 3]).narrowCopy(0, 1, 2) // [2, 3]
   */
  narrowCopy(dim: number, start: number, length: number): Tensor;
  /**
   * bool: x is not y; true of NaN. Shapes broadcast; of any dtypes, gives bools.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).ne(2) // [true, false]
   */
  ne(y: f.Operand): Tensor;
  /** {@link FunctionMethods.ne | ne}, written into x. */
  ne_(y: f.Operand): Tensor;
  /**
   * -x. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([1, -2]).neg() // [-1, 2]
   */
  neg(): Tensor;
  /** {@link FunctionMethods.neg | neg}, written into x. */
  neg_(): Tensor;
  /** `neg` under another name. */
  negative(): Tensor;
  /** `neg_` under another name. */
  negative_(): Tensor;
  /**
   * A tensor of any content, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @param shape of the result
   * @returns a tensor of that shape, and of x's dtype unless another is given
   * @throws ShapeError for negative sizes
   * @example ones([1]).newEmpty([2]).shape // [2]
   */
  newEmpty(shape: f.Shape, options?: f.CreationOptions): Tensor;
  /**
   * As `emptyStrided`, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @returns a tensor of that shape, and of x's dtype unless another is given
   * @example ones([1]).newEmptyStrided([2, 3], [1, 2]).stride() // [1, 2]
   */
  newEmptyStrided(size: f.Shape, stride: f.Shape, options?: f.CreationOptions): Tensor;
  /**
   * A tensor filled with one value, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @param shape of the result
   * @param value in each place, rounded or cut to the dtype
   * @returns a tensor of that shape, and of x's dtype unless another is given
   * @throws ShapeError for negative sizes
   * @example ones([1]).newFull([2], 7) // [7, 7]
   */
  newFull(shape: f.Shape, value: number | boolean, options?: f.CreationOptions): Tensor;
  /**
   * A tensor filled with 1, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @param shape of the result
   * @returns a tensor of that shape, and of x's dtype unless another is given
   * @throws ShapeError for negative sizes
   * @example zeros([1]).newOnes([2]) // [1, 1]
   */
  newOnes(shape: f.Shape, options?: f.CreationOptions): Tensor;
  /**
   * A tensor of the given data, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @param data as of `tensor`
   * @returns the data's shape, and x's dtype unless another is given
   * @throws ShapeError where arrays are ragged
   * @throws ArgumentError for anything but numbers and booleans
   * @example ones([1]).newTensor([1, 2]) // [1, 2]
   */
  newTensor(data: f.TensorData, options?: f.CreationOptions): Tensor;
  /**
   * A tensor filled with 0, of another's dtype and device.
   * @param x this tensor: of any shape and dtype
   * @param shape of the result
   * @returns a tensor of that shape, and of x's dtype unless another is given
   * @throws ShapeError for negative sizes
   * @example ones([1]).newZeros([2]) // [0, 0]
   */
  newZeros(shape: f.Shape, options?: f.CreationOptions): Tensor;
  /**
   * The next number after x towards y. Floats only, no derivative. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for integers and bools
   * @example tensor([1]).nextafter(tensor([2])).gt(1) // [true]
   */
  nextafter(y: Tensor): Tensor;
  /** {@link FunctionMethods.nextafter | nextafter}, written into x. */
  nextafter_(y: Tensor): Tensor;
  /**
   * Where x is not zero, in row-major order. Its size depends on values, so it is a promise on every device.
   * @param x this tensor: of any shape and dtype
   * @returns a promise of int32 [n, dims]: the places, one in each row
   * @example await tensor([0, 1, 1]).nonzero() // [[1], [2]]
   */
  nonzero(): Promise<Tensor>;
  /**
   * PyTorch's older norm: a number or "fro" is the norm of the elements over dims, (sum of |x|^p)^(1 / p); "nuc" is the sum of the singular values of matrices.
   * @param x this tensor: of any shape; floats
   * @param p the order, "fro" by default, which is 2
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype, or `dtype`
   * @throws DTypeError for integers and bools
   * @throws ArgumentError for another string
   * @throws IndexError for a dim out of range
   * @example tensor([3, 4]).norm() // 5
   */
  norm(p?: number | string | null, dim?: (number | readonly number[]) | null, options?: f.NormOptions): Tensor;
  /**
   * Every element becomes a draw from the normal distribution.
   * @param x this tensor: floats of any shape
   * @param mean 0 by default
   * @param std the deviation, 1 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError for a negative std
   * @throws DTypeError for integers and bools
   * @throws AutogradError for a leaf that requires a gradient
   */
  normal_(mean?: number, std?: number): Tensor;
  /** `ne` under another name. */
  notEqual(y: f.Operand): Tensor;
  /** `ne_` under another name. */
  notEqual_(y: f.Operand): Tensor;
  /**
   * The first n columns of the product of the reflections I - tau v v' that `geqrf` gives. PyTorch's `torch.linalg.householder_product`, and `orgqr`.
   * @param x this tensor: [..., m, n], m >= n, with the vectors below the diagonal; float32 or float64
   * @param tau [..., k], k <= n, of x's dtype
   * @returns [..., m, n], of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError for anything but float32 and float64, and where dtypes differ
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[1], [1]]).orgqr(tensor([1])) // [[0], [-1]]
   */
  orgqr(tau: Tensor): Tensor;
  /**
   * Q times `other`, with Q the whole product, m by m, of the reflections that `geqrf` makes. PyTorch's `torch.ormqr`.
   * @param x this tensor: [..., m, n]; float32 or float64
   * @param tau [..., k], of x's dtype
   * @param other [..., m, p], or by `left: false` [..., p, m], of x's dtype
   * @returns the shape and dtype of `other`
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError for anything but float32 and float64, and where dtypes differ
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[1], [1]]).ormqr(tensor([1]), eye(2)) // [[0, -1], [-1, 0]]
   */
  ormqr(tau: Tensor, other: Tensor, options?: f.OrmqrOptions): Tensor;
  /**
   * The products of all pairs of two vectors: out_ij = x_i y_j.
   * @param x this tensor: [m] of any dtype
   * @param y [n] of any dtype
   * @returns [m, n], of the promoted dtype
   * @throws ShapeError for other than two vectors
   * @example tensor([1, 2]).outer(tensor([3, 4])) // [[3, 4], [6, 8]]
   */
  outer(y: Tensor): Tensor;
  /**
   * The dims in another order: out.shape[i] = x.shape[dims[i]].
   * @param x this tensor: of any shape and dtype
   * @param dims every dim of x once
   * @returns a view of that shape and of x's dtype
   * @throws ShapeError where dims are left out or named twice
   * @throws IndexError for a dim out of range
   * @example ones([2, 3, 4]).permute([2, 0, 1]).shape // [4, 2, 3]
   */
  permute(dims: readonly number[]): Tensor;
  /**
   * The pseudo-inverse: PyTorch's older `torch.pinverse`.
   * @param x this tensor: [..., m, n]; float32 or float64
   * @param options `rcond`: up to how much of the largest a singular value is zero, 1e-15 by default
   * @returns [..., n, m], of x's dtype
   * @throws ShapeError for fewer than 2 dims
   * @throws LinAlgError for infinities and NaN
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[2, 0], [0, 4]]).pinverse() // [[0.5, 0], [0, 0.25]]
   */
  pinverse(options?: { readonly rcond?: number; }): Tensor;
  /** {@link polygamma} of order n, written into x. */
  polygamma_(n: number): Tensor;
  /**
   * The tensor itself; a bool is refused. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([1, -2]).positive() // [1, -2]
   */
  positive(): Tensor;
  /**
   * x ** y, with C's corners: x ** 0 and 1 ** y are 1. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for bools
   * @throws ArgumentError for integers to the power of a negative whole number
   * @example tensor([2, 3]).pow(2) // [4, 9]
   */
  pow(y: f.Operand): Tensor;
  /** {@link FunctionMethods.pow | pow}, written into x. With a number that would change the dtype it is refused in words of its own. */
  pow_(y: f.Operand): Tensor;
  /**
   * x above 0, weight * x below (He et al., 2015).
   * @param x this tensor: [n, channels, ...]; floats
   * @param weight one slope, or [channels], of x's dtype
   * @returns x's shape and dtype
   * @throws ShapeError if the number of slopes is another than that of channels
   * @throws DTypeError for integers and bools, and where dtypes differ
   * @example tensor([-2, 3]).prelu(tensor([0.5])) // [-1, 3]
   */
  prelu(weight: Tensor): Tensor;
  /**
   * The product over a dim, or of all elements; 1 of none. Its derivatives divide by nothing, so they are right at zeros too. PyTorch's `prod`.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim; all by default
   * @returns x's shape without the dim, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
   * @throws IndexError for a dim out of range
   * @example tensor([2, 3, 4]).prod() // 24
   */
  prod(dim?: number, options?: f.ProdOptions): Tensor;
  /**
   * A copy of x with the elements of `source` set, or added by `accumulate`, at positions in the flattened x.
   * @param x this tensor: of any shape and dtype
   * @param index the positions, int32 of any shape
   * @param source of x's dtype, with as many elements as the index
   * @returns x's shape and dtype
   * @throws IndexError for an index out of range
   * @throws ShapeError where the numbers of elements differ
   * @throws DTypeError for an index that is not int32, or where dtypes differ
   * @example zeros([2, 2]).put(tensor(Int32Array.of(1, 2)), tensor([5, 6])) // [[0, 5], [6, 0]]
   */
  put(index: Tensor, source: Tensor, options?: f.PutOptions): Tensor;
  /** {@link FunctionMethods.put | put}, written into x. */
  put_(index: Tensor, source: Tensor, options?: f.PutOptions): Tensor;
  /**
   * As `linalg.qr`, in mode "reduced", or with `some: false` in mode "complete": PyTorch's older `torch.qr`.
   * @param x this tensor: [..., m, n]; float32 or float64
   * @param options `some`: true by default
   * @returns `{ Q, R }`: [..., m, k] and [..., k, n], k = min(m, n) or m; of x's dtype
   * @example eye(2).qr().R.abs() // [[1, 0], [0, 1]]
   */
  qr(options?: { readonly some?: boolean; }): f.linalg.QrFactors;
  /**
   * The q-th quantiles of all elements, or along a dim: what lies q of the way through them in ascending order. NaN where there is a NaN. PyTorch's `quantile`.
   * @param x this tensor: of any shape; float32 or float64
   * @param q from 0 to 1: a number, a 0-d tensor, or a vector of x's dtype
   * @param dim along which; all elements by default
   * @returns x's shape without the dim, or with size 1 by `keepdim`, and before it the length of a vector q; x's dtype
   * @throws DTypeError for integers, bools and 16-bit floats, and for a q of another dtype
   * @throws ArgumentError for a q out of range (of a tensor, on an asynchronous device, the next read rejects with it), or another interpolation
   * @throws ShapeError for no elements, or a q of more than one dim
   * @throws IndexError for a dim out of range
   * @example tensor([0, 1, 2, 3]).quantile(0.5) // 1.5
   */
  quantile(q: Tensor | number, dim?: number, options?: f.QuantileOptions): Tensor;
  /**
   * Radians to degrees. Of any shape; integers and bools give float32.
   * @example tensor([Math.PI]).rad2deg() // [180]
   */
  rad2deg(): Tensor;
  /** {@link FunctionMethods.rad2deg | rad2deg}, written into x. */
  rad2deg_(): Tensor;
  /**
   * Every element becomes a whole number from [from, to), each as likely as the others.
   * @param x this tensor: of any shape and dtype
   * @param from the least, 0 by default; without `to` it is `to`
   * @param to above the largest: by default beyond the last number that the dtype tells from its neighbours, 2^24 of most
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError for an empty range, or one beyond the dtype
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).random_(3, 4) // [3, 3]
   */
  random_(from?: number, to?: number): Tensor;
  /**
   * All elements in one dim, row-major.
   * @param x this tensor: of any shape and dtype
   * @returns a vector of x's dtype; a view where the elements lie side by side, else a copy
   * @example tensor([[1, 2], [3, 4]]).ravel() // [1, 2, 3, 4]
   */
  ravel(): Tensor;
  /**
   * The real part.
   * @param x this tensor: a complex tensor, or a real one of any dtype
   * @returns a view of the same shape, float32 of complex64 and float64 of complex128; a real tensor itself
   * @example tensor([1, 2]).real() // [1, 2]
   */
  real(): Tensor;
  /**
   * 1 / x. Of any shape; integers and bools give float32.
   * @example tensor([2, 4]).reciprocal() // [0.5, 0.25]
   */
  reciprocal(): Tensor;
  /** {@link FunctionMethods.reciprocal | reciprocal}, written into x. */
  reciprocal_(): Tensor;
  /**
   * Calls `hook` with each complete gradient of this tensor; what it returns takes the gradient's place. PyTorch's `register_hook`.
   * Hooks run in the order of their registration, in `backward` and in `autograd.grad`. A hook stays with the value that it was put on: after a change
   * in place it sees the gradient of the old value.
   * @param x this tensor: a tensor that requires a gradient
   * @param hook may give a tensor of the gradient's shape, dtype and device, or nothing
   * @returns a handle whose `remove` takes the hook away
   * @throws AutogradError for a tensor that requires none, and in backward for a gradient of another shape, dtype or device
   * @example `const handle = x.registerHook((grad) => grad.mul(2)); ...; handle.remove()`
   */
  registerHook(hook: (grad: Tensor) => f.autograd.Replacement<Tensor>): f.autograd.HookHandle;
  /**
   * Calls `hook` with this leaf each time its `.grad` has been brought up to date: to step an optimizer as backward goes, say.
   * PyTorch's `register_post_accumulate_grad_hook`.
   * @param x this tensor: a leaf that requires a gradient
   * @param hook gives nothing
   * @returns a handle whose `remove` takes the hook away
   * @throws AutogradError for a tensor that is no such leaf, and in backward for a hook that gives something
   */
  registerPostAccumulateGradHook(hook: (leaf: Tensor) => void): f.autograd.HookHandle;
  /**
   * max(x, 0), and its derivative 0 at 0. NaN stays NaN. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([-1, 2]).relu() // [0, 2]
   */
  relu(): Tensor;
  /** {@link FunctionMethods.relu | relu}, written into x. */
  relu_(): Tensor;
  /**
   * The remainder with the sign of y, as Python's %. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for bools
   * @throws ArgumentError for integers divided by 0; on an asynchronous device the next read rejects with it
   * @example tensor([-3, 5]).remainder(2) // [1, 1]
   */
  remainder(y: f.Operand): Tensor;
  /** {@link FunctionMethods.remainder | remainder}, written into x. */
  remainder_(y: f.Operand): Tensor;
  /**
   * Each slice along a dim, scaled down to p-norm `maxnorm` where it is longer.
   * @param x this tensor: of at least 2 dims; floats
   * @param p the order of the norm, above 0
   * @param dim along which the slices lie
   * @param maxnorm the largest norm that stays
   * @returns x's shape and dtype
   * @throws ShapeError for fewer than 2 dims
   * @throws ArgumentError for a p of 0 or below, or a negative maxnorm
   * @throws DTypeError for integers and bools
   * @throws IndexError for a dim out of range
   * @example tensor([[3, 4], [0, 1]]).renorm(2, 0, 1) // [[0.6, 0.8], [0, 1]]
   */
  renorm(p: number, dim: number, maxnorm: number): Tensor;
  /** {@link FunctionMethods.renorm | renorm}, written into x. */
  renorm_(p: number, dim: number, maxnorm: number): Tensor;
  /**
   * The tensor laid side by side, so many times along each dim.
   * @param x this tensor: of any shape and dtype
   * @param repeats a number for each dim; what there is more adds leading dims
   * @returns a copy of x's sizes times the numbers, of its dtype
   * @throws ShapeError for fewer numbers than dims, or negative ones
   * @example tensor([1, 2]).repeat([2]) // [1, 2, 1, 2]
   */
  repeat(repeats: readonly number[]): Tensor;
  /**
   * Each element, or each slice along a dim, several times in a row.
   * @param x this tensor: of any shape and dtype
   * @param repeats how often: one number for all; or one for each slice, as an array, or as a tensor of integers that the device must be able to read at once
   * @param dim along which; the flattened tensor by default
   * @returns a copy of x's shape with the sum of the numbers along the dim, of its dtype
   * @throws ShapeError where numbers are neither one nor as many as slices
   * @throws ArgumentError for negative numbers
   * @throws DeviceError for a tensor on a device that cannot read at once
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2]).repeatInterleave(2) // [1, 1, 2, 2]
   */
  repeatInterleave(repeats: number | readonly number[] | Tensor, dim?: number): Tensor;
  /**
   * The same elements, in row-major order, in another shape.
   * @param x this tensor: of any shape and dtype
   * @param shape the new one, of which one size may be -1: what is left for it
   * @returns a tensor of that shape and of x's dtype; a view where strides allow it, else a copy
   * @throws ShapeError where the number of elements differs, or two sizes are -1
   * @example arange(4).reshape([2, -1]) // [[0, 1], [2, 3]]
   */
  reshape(shape: f.Shape): Tensor;
  /**
   * As `reshape`, to the shape of another tensor.
   * @param other whose shape it is
   * @returns a tensor of the other's shape and of x's dtype
   * @example tensor([1, 2]).reshapeAs(ones([2, 1])) // [[1], [2]]
   */
  reshapeAs(other: Tensor): Tensor;
  /**
   * As `resize_`, to the size of another tensor.
   * @param x this tensor: of any shape and dtype
   * @param other whose size x gets
   * @returns x itself, of the other's shape and its own dtype
   * @example tensor([1, 2, 3, 4]).resizeAs_(zeros([2, 2])) // [[1, 2], [3, 4]]
   */
  resizeAs_(other: Tensor, options?: f.MemoryFormatOptions): Tensor;
  /**
   * The tensor itself in another size: the memory it has, as far as it goes, seen row by row. Where that is too small it gets more, filled with zeros; this is
   * refused where other tensors look at the same memory. PyTorch's `resize_`.
   * @param x this tensor: of any shape and dtype
   * @param size the new shape
   * @returns x itself, of that shape and its dtype
   * @throws AutogradError of a tensor that requires a gradient
   * @throws NotSupportedError of a view, or of a tensor that has views
   * @throws ArgumentError for the memory format "preserve_format"
   * @throws ShapeError for negative sizes
   * @example tensor([1, 2, 3, 4]).resize_([2, 2]) // [[1, 2], [3, 4]]
   */
  resize_(size: f.Shape, options?: f.MemoryFormatOptions): Tensor;
  /**
   * The tensor itself: a conjugate is computed at once.
   * @param x this tensor: a complex tensor, or a real one of any dtype
   * @returns x itself, of its shape and dtype
   * @example tensor([1, 2]).resolveConj() // [1, 2]
   */
  resolveConj(): Tensor;
  /** `resolveConj` under another name: nothing is left to be negated either. */
  resolveNeg(): Tensor;
  /**
   * Makes a result keep its gradient in `.grad`, as leaves do: PyTorch's `retain_grad`.
   * @param tensor this tensor: a result that requires a gradient
   * @returns the tensor itself
   * @throws AutogradError for one that requires none
   */
  retainGrad(): Tensor;
  /**
   * The elements moved along dims, and round the end: out[i] = x[(i - shift) mod n].
   * @param x this tensor: of any shape and dtype
   * @param shifts by how many places: a number, or one for each dim
   * @param dims along which; the flattened tensor by default
   * @returns a copy of x's shape and dtype
   * @throws ShapeError where shifts and dims are not of one number
   * @throws ArgumentError for no shifts
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).roll(1) // [3, 1, 2]
   */
  roll(shifts: number | readonly number[], dims?: number | readonly number[]): Tensor;
  /**
   * The plane of two dims rotated by quarter turns, from the first towards the second.
   * @param x this tensor: of at least two dims, of any dtype
   * @param dims the two, by default the first
   * @returns a copy of x's dtype and shape, with the two sizes exchanged where `k` is odd
   * @throws ShapeError for other than two different dims that x has
   * @example tensor([[1, 2], [3, 4]]).rot90() // [[2, 4], [1, 3]]
   */
  rot90(dims?: readonly number[], options?: f.Rot90Options): Tensor;
  /**
   * To the nearest integer, or multiple of 10 ** -decimals; half to even. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([0.5, 1.5, -1.2]).round() // [0, 2, -1]
   */
  round(options?: f.RoundOptions): Tensor;
  /** As `round`, in place. */
  round_(options?: f.RoundOptions): Tensor;
  /**
   * 1 / sqrt(x). Of any shape; integers and bools give float32.
   * @example tensor([4, 1]).rsqrt() // [0.5, 1]
   */
  rsqrt(): Tensor;
  /** {@link FunctionMethods.rsqrt | rsqrt}, written into x. */
  rsqrt_(): Tensor;
  /**
   * A copy of x with the elements of `source` set at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] = source[i][j]. Of equal places any one wins, unless
   * `reduce` combines them.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index int32, of x's rank
   * @param source one number, or a tensor of x's dtype that is as large as the index at least
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError where ranks differ, or the index is larger than x or `source`
   * @throws DTypeError for an index that is not int32, or where dtypes differ
   * @throws ArgumentError for another reduction
   * @example zeros([3]).scatter(0, tensor(Int32Array.of(2, 0)), tensor([1, 5])) // [5, 0, 1]
   */
  scatter(dim: number, index: Tensor, source: Tensor | number | boolean, options?: f.ScatterOptions): Tensor;
  /**
   * A copy of x with the elements of `source` added at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] += source[i][j]. On webgpu floats that meet at one place are added in any order, so that their last digits may differ from run to run.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index int32, of x's rank, and no larger than x (but along the dim) and `source`
   * @param source of x's dtype
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError where ranks differ, or the index is larger than x or `source`
   * @throws DTypeError for an index that is not int32, or where dtypes differ
   * @example zeros([2]).scatterAdd(0, tensor(Int32Array.of(1, 1)), tensor([3, 4])) // [0, 7]
   */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor;
  /** {@link FunctionMethods.scatterAdd | scatterAdd}, written into x. */
  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /**
   * A copy of x in which the elements of `source` are combined with what is there, at the places along a dim that `index` names: for dim 0, out[index[i][j]][j] with source[i][j].
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index int32, of x's rank
   * @param source of x's dtype, as large as the index at least
   * @param reduce "sum", "prod", "mean", "amax" or "amin"
   * @returns x's shape and dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError where ranks differ, or the index is larger than x or `source`
   * @throws DTypeError for an index that is not int32, or where dtypes differ
   * @throws ArgumentError for another reduction
   * @example ones([2]).scatterReduce(0, tensor(Int32Array.of(0, 0)), tensor([3, 5]), "sum") // [9, 1]
   */
  scatterReduce(dim: number, index: Tensor, source: Tensor, reduce: f.ScatterReduction, options?: f.ScatterReduceOptions): Tensor;
  /** {@link FunctionMethods.scatterReduce | scatterReduce}, written into x. */
  scatterReduce_(dim: number, index: Tensor, source: Tensor, reduce: f.ScatterReduction, options?: f.ScatterReduceOptions): Tensor;
  /** {@link FunctionMethods.scatter | scatter}, written into x. */
  scatter_(dim: number, index: Tensor, source: number | boolean | Tensor, options?: f.ScatterOptions): Tensor;
  /**
   * The elements at one place along a dim, which goes.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param index the place, from the end where it is negative
   * @returns a view of x's shape without the dim, of its dtype
   * @throws IndexError for an index or a dim out of range, or a 0-d tensor
   * @example tensor([[1, 2], [3, 4]]).select(0, 1) // [3, 4]
   */
  select(dim: number, index: number): Tensor;
  /**
   * A copy of x with other elements at one place along a dim.
   * @param x this tensor: of any shape and dtype
   * @param source what stands there, of x's shape without the dim
   * @param dim along which
   * @param index the place, from the end where it is negative
   * @returns x's shape and dtype
   * @throws ShapeError where `source` does not fit
   * @throws IndexError for an index or a dim out of range
   * @example zeros([2, 2]).selectScatter(tensor([1, 2]), 0, 1) // [[0, 0], [1, 2]]
   */
  selectScatter(source: Tensor, dim: number, index: number): Tensor;
  /**
   * The sign; of real numbers the same as `sign`. Of any shape; keeps the dtype.
   * @example tensor([-2, 0, 3]).sgn() // [-1, 0, 1]
   */
  sgn(): Tensor;
  /** {@link FunctionMethods.sgn | sgn}, written into x. */
  sgn_(): Tensor;
  /**
   * The tensor in int16.
   * @param x this tensor: of any shape and dtype
   * @returns x's shape, int16; x itself where it is so already
   * @throws DTypeError for a device that does not take the dtype
   * @throws ShapeError for a memory format of another rank
   * @example tensor([1.5]).short() // [1]
   */
  short(options?: f.MemoryFormatOptions): Tensor;
  /**
   * 1 / (1 + exp(-x)). Its derivative out * (1 - out) is stated: the derived one is NaN at -800. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).sigmoid() // [0.5, 0.7311]
   */
  sigmoid(): Tensor;
  /** {@link FunctionMethods.sigmoid | sigmoid}, written into x. */
  sigmoid_(): Tensor;
  /**
   * -1, 0 or 1. Of any shape; keeps the dtype.
   * @example tensor([-2, 0, 3]).sign() // [-1, 0, 1]
   */
  sign(): Tensor;
  /** {@link FunctionMethods.sign | sign}, written into x. */
  sign_(): Tensor;
  /**
   * Whether the sign bit is set: of negative numbers and of -0. Of any shape and dtype; gives bools.
   * @example tensor([-1, 1]).signbit() // [true, false]
   */
  signbit(): Tensor;
  /**
   * x * sigmoid(x). Of any shape; keeps the dtype.
   * @throws DTypeError for integers and bools
   * @example tensor([0, 1]).silu() // [0, 0.7311]
   */
  silu(): Tensor;
  /** {@link FunctionMethods.silu | silu}, written into x. */
  silu_(): Tensor;
  /**
   * The sine of an angle in radians. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).sin() // [0, 0.8415]
   */
  sin(): Tensor;
  /** {@link FunctionMethods.sin | sin}, written into x. */
  sin_(): Tensor;
  /**
   * sin(pi x) / (pi x), and 1 at 0. Of any shape; integers and bools give float32.
   * @example tensor([0, 0.5]).sinc() // [1, 0.6366]
   */
  sinc(): Tensor;
  /** {@link FunctionMethods.sinc | sinc}, written into x. */
  sinc_(): Tensor;
  /**
   * (exp(x) - exp(-x)) / 2. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).sinh() // [0, 1.1752]
   */
  sinh(): Tensor;
  /** {@link FunctionMethods.sinh | sinh}, written into x. */
  sinh_(): Tensor;
  /**
   * The elements start, start + step ... before end along a dim; negative bounds count from the end, and bounds beyond it are brought back, as in Python.
   * @param x this tensor: of any shape and dtype
   * @param dim along which
   * @param start the first, 0 by default
   * @param end before which to stop, the end by default
   * @param step how far they are apart, 1 by default
   * @returns a view of x's shape with so many elements along the dim, of its dtype
   * @throws ArgumentError for a step below 1, or bounds that are no whole numbers
   * @throws IndexError for a dim out of range, or a 0-d tensor
   * @example tensor([1, 2, 3, 4]).slice(0, 0, 4, 2) // [1, 3]
   */
  slice(dim: number, start?: number, end?: number, step?: number): Tensor;
  /**
   * A copy of x with another slice.
   * @param x this tensor: of any shape and dtype
   * @param source what stands there, of the shape of the slice
   * @param dim along which, 0 by default
   * @returns x's shape and dtype
   * @throws ShapeError where `source` does not fit
   * @throws ArgumentError for a step below 1
   * @throws IndexError for a dim out of range
   * @example zeros([4]).sliceScatter(tensor([1, 2]), 0, { start: 1, end: 3 }) // [0, 1, 2, 0]
   */
  sliceScatter(source: Tensor, dim?: number, options?: f.SliceScatterOptions): Tensor;
  /**
   * The sign of the determinant and the logarithm of its absolute value: 0 and -Infinity for a singular matrix. PyTorch's `torch.linalg.slogdet`.
   * @param A this tensor: [..., n, n]; float32 or float64
   * @returns `{ sign, logabsdet }`, each [...] of A's dtype
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[-2, 0], [0, 4]]).slogdet() // { sign: -1, logabsdet: 2.0794 }
   */
  slogdet(): f.linalg.SignAndLog;
  /**
   * exp(x) / sum(exp(x)) along a dim, shifted by the maximum so that nothing overflows.
   * @param x this tensor: of any shape; floats
   * @param dim along which; without it, PyTorch's choice with a warning: dim 0 of none, one or three dims, else 1
   * @returns x's shape and dtype
   * @throws IndexError for a dim out of range
   * @throws DTypeError for integers and bools
   * @example tensor([0, 1]).softmax(0) // [0.2689, 0.7311]
   */
  softmax(dim?: number): Tensor;
  /**
   * The elements along a dim in ascending order, and where they were; equal elements keep their order and NaN is the largest. PyTorch's `sort`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which, the last by default
   * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
   * @throws IndexError for a dim out of range
   * @example tensor([3, 1, 2]).sort() // { values: [1, 2, 3], indices: [1, 2, 0] }
   */
  sort(dim?: number, options?: f.SortOptions): f.ValuesAndIndices;
  /**
   * Pieces along a dim, one after the other.
   * @param x this tensor: of any shape and dtype
   * @param size of each piece, the last perhaps shorter; or the sizes of all, which sum up to the dim's
   * @param dim along which, 0 by default
   * @returns views of x's shape with those sizes along the dim, of its dtype
   * @throws ShapeError where the sizes do not add up or are negative, or for a 0-d tensor
   * @throws ArgumentError for sizes that are no whole numbers
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).split(2) // [[1, 2], [3]]
   */
  split(size: number | readonly number[], dim?: number): Tensor[];
  /**
   * The square root; NaN below 0. Of any shape; integers and bools give float32.
   * @example tensor([4, 2]).sqrt() // [2, 1.4142]
   */
  sqrt(): Tensor;
  /** {@link FunctionMethods.sqrt | sqrt}, written into x. */
  sqrt_(): Tensor;
  /**
   * x * x. Of any shape; bools give int32.
   * @example tensor([2, -3]).square() // [4, 9]
   */
  square(): Tensor;
  /** {@link FunctionMethods.square | square}, written into x. */
  square_(): Tensor;
  /**
   * Without dims of size 1.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several, that go where they have size 1; all such dims by default
   * @returns a view of x's shape without them, of its dtype
   * @throws IndexError for a dim out of range
   * @example ones([1, 2, 1]).squeeze().shape // [2]
   */
  squeeze(dim?: number | readonly number[]): Tensor;
  /** The handle without dims of size 1. */
  squeeze_(dim?: number | readonly number[]): Tensor;
  /**
   * The standard deviation over dims, or over all: the square root of the variance.
   * @param x this tensor: of any shape; floats
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype
   * @throws DTypeError for integers and bools
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([1, 2, 3]).std() // 1
   */
  std(dim?: number | readonly number[], options?: f.VarOptions): Tensor;
  /**
   * The spectra of a signal's overlapping windows: `fft` of x[k hopLength + j] window[j], j < n. PyTorch's `torch.stft`.
   * @param x this tensor: the signal, [length] or [batch, length], complex or float
   * @param nFft n, the length of a spectrum
   * @returns [(batch,) frequencies, windows]: complex if x or `window` is, or `returnComplex` says so; else pairs in a last dim, of x's dtype
   * @throws ArgumentError for another rank, integers and bools, lengths that do not fit, or one side of complex numbers
   * @throws ShapeError where the padding does not fit the signal
   * @example ones([4]).stft(4, { center: false, returnComplex: true }).abs().flatten() // [4, 0, 0]
   */
  stft(nFft: number, options: f.StftOptions & { readonly returnComplex: true; }): f.ComplexTensor;
  /**
   * The spectra of a signal's overlapping windows: `fft` of x[k hopLength + j] window[j], j < n. PyTorch's `torch.stft`.
   * @param x this tensor: the signal, [length] or [batch, length], complex or float
   * @param nFft n, the length of a spectrum
   * @returns [(batch,) frequencies, windows]: complex if x or `window` is, or `returnComplex` says so; else pairs in a last dim, of x's dtype
   * @throws ArgumentError for another rank, integers and bools, lengths that do not fit, or one side of complex numbers
   * @throws ShapeError where the padding does not fit the signal
   * @example ones([4]).stft(4, { center: false, returnComplex: true }).abs().flatten() // [4, 0, 0]
   */
  stft(nFft: number, options?: f.StftOptions): Tensor;
  /**
   * x - alpha * y. Of integers, alpha is an integer. Shapes broadcast, and dtypes are promoted.
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for bools
   * @example tensor([5, 6]).sub(1) // [4, 5]
   */
  sub(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /** x -= alpha * y. */
  sub_(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /** `sub` under another name. */
  subtract(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /** `sub_` under another name. */
  subtract_(y: f.Operand, options?: f.ScaleOptions): Tensor;
  /**
   * The sum over dims, or over all.
   * @param x this tensor: of any shape and dtype
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([[1, 2], [3, 4]]).sum(0) // [4, 6]
   */
  sum(dim?: number | readonly number[], options?: f.ReduceOptions): Tensor;
  /**
   * The sum of x over what broadcasting would repeat: PyTorch's `sum_to_size`.
   * @param x this tensor: of any shape and dtype
   * @param size a shape that broadcasts to x's
   * @returns a tensor of that shape; a float keeps its dtype, integers and bools that are summed give int32
   * @throws ShapeError where the shape does not broadcast to x's
   * @example ones([2, 3]).sumToSize([1, 3]) // [[2, 2, 2]]
   */
  sumToSize(size: readonly number[]): Tensor;
  /**
   * As `linalg.svd`, but with V where that has its transpose, and without what `fullMatrices` adds: PyTorch's older `torch.svd`.
   * @param x this tensor: [..., m, n]; float32 or float64
   * @returns `{ U, S, V }`: [..., m, k], [..., k] and [..., n, k], k = min(m, n); of x's dtype
   * @example tensor([[3, 0], [0, 2]]).svd().S // [3, 2]
   */
  svd(options?: f.TorchSvdOptions): f.TorchSvdFactors;
  /** `transpose` under its other name in PyTorch. */
  swapaxes(dim0: number, dim1: number): Tensor;
  /** As `transpose_`. */
  swapaxes_(axis0: number, axis1: number): Tensor;
  /** `transpose` under its other name in PyTorch. */
  swapdims(dim0: number, dim1: number): Tensor;
  /** As `transpose_`. */
  swapdims_(dim0: number, dim1: number): Tensor;
  /**
   * As `linalg.eigh`, of the upper triangle: PyTorch's older `torch.symeig`. Without `eigenvectors: true` these are empty, and there is no gradient.
   * @param x this tensor: [..., n, n]; float32 or float64
   * @returns `{ eigenvalues, eigenvectors }`: [..., n], ascending, and [..., n, n] or [0]; of x's dtype
   * @throws ShapeError for other than square matrices
   * @throws DTypeError for anything but float32 and float64
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[2, 0], [0, 1]]).symeig().eigenvalues // [1, 2]
   */
  symeig(options?: f.SymeigOptions): f.linalg.SymmetricEigen;
  /**
   * The transpose of a matrix: out_ij = x_ji; a vector stays as it is.
   * @param x this tensor: of at most two dims, of any dtype
   * @returns a view [n, m] of [m, n], of x's dtype
   * @throws ShapeError for more than 2 dims
   * @example tensor([[1, 2], [3, 4]]).t() // [[1, 3], [2, 4]]
   */
  t(): Tensor;
  /** A matrix's transpose, of the handle itself. */
  t_(): Tensor;
  /**
   * The elements of x, as if it were flattened, at positions.
   * @param x this tensor: of any shape and dtype
   * @param index the positions, int32 of any shape, which may be negative
   * @returns the index's shape, x's dtype
   * @throws IndexError for an index out of range
   * @throws DTypeError for an index that is not int32
   * @example tensor([[1, 2], [3, 4]]).take(tensor(Int32Array.of(3, 0))) // [4, 1]
   */
  take(index: Tensor): Tensor;
  /**
   * As `gather`, of an index that broadcasts with x in all other dims; without a dim, of the flattened tensors.
   * @param dim along which
   * @returns the broadcast shape, with the index's size along the dim, of x's dtype
   * @throws IndexError for an index or a dim out of range
   * @throws ShapeError where ranks differ, or shapes do not broadcast
   * @throws DTypeError for an index that is not int32
   * @example tensor([[3, 1], [2, 4]]).takeAlongDim(tensor([[1], [0]], { dtype: "int32" }), 1) // [[1], [2]]
   */
  takeAlongDim(index: Tensor, dim?: number): Tensor;
  /**
   * The tangent of an angle in radians. Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).tan() // [0, 1.5574]
   */
  tan(): Tensor;
  /** {@link FunctionMethods.tan | tan}, written into x. */
  tan_(): Tensor;
  /**
   * (exp(x) - exp(-x)) / (exp(x) + exp(-x)). Of any shape; integers and bools give float32.
   * @example tensor([0, 1]).tanh() // [0, 0.7616]
   */
  tanh(): Tensor;
  /** {@link FunctionMethods.tanh | tanh}, written into x. */
  tanh_(): Tensor;
  /**
   * Pieces of nearly equal size along a dim, the first ones longer by one; or pieces that end at given places.
   * @param x this tensor: of any shape and dtype
   * @param given how many, or the places: numbers, or a tensor of int32 that is read at once
   * @param dim along which, 0 by default
   * @returns views of x's shape with those sizes along the dim, of its dtype
   * @throws ShapeError for a 0-d tensor, or places in more than one dim
   * @throws ArgumentError for no pieces
   * @throws DeviceError for a tensor on a device that cannot read at once
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).tensorSplit(2) // [[1, 2], [3]]
   */
  tensorSplit(given: number | readonly number[] | Tensor, dim?: number): Tensor[];
  /**
   * As `repeat`, but numbers that are fewer than dims count from the last.
   * @param dims a number for each of the last dims
   * @returns a copy of x's sizes times the numbers, of its dtype
   * @example tensor([1, 2]).tile([2]) // [1, 2, 1, 2]
   */
  tile(dims: readonly number[]): Tensor;
  /**
   * `x.to("float64")` casts at once, `x.to(other)` to the dtype of another tensor, `x.to({ memoryFormat: "channels_last" })` lays out anew; `await x.to(device)` moves.
   * @param x this tensor: of any shape and dtype
   * @param target a dtype, a tensor whose dtype it is, a device, or options alone, among which is `dtype` too
   * @param options `copy`: a copy even where the tensor is as asked already; `memoryFormat`: how the elements lie
   * @returns a tensor of x's shape and the dtype, x itself where it is so already; of a device, a promise of it
   * @throws DTypeError for a dtype that the device does not take
   * @throws AutogradError where a recorded tensor is moved between devices
   * @example tensor([1.5]).to("int32") // [1]
   */
  to(target: f.DType | Tensor, options?: f.ToOptions): Tensor;
  /**
   * `x.to("float64")` casts at once, `x.to(other)` to the dtype of another tensor, `x.to({ memoryFormat: "channels_last" })` lays out anew; `await x.to(device)` moves.
   * @param x this tensor: of any shape and dtype
   * @param options `copy`: a copy even where the tensor is as asked already; `memoryFormat`: how the elements lie
   * @returns a tensor of x's shape and the dtype, x itself where it is so already; of a device, a promise of it
   * @throws DTypeError for a dtype that the device does not take
   * @throws AutogradError where a recorded tensor is moved between devices
   * @example tensor([1.5]).to("int32") // [1]
   */
  to(options: f.ToOptions & { readonly dtype?: f.DType; }): Tensor;
  /**
   * `x.to("float64")` casts at once, `x.to(other)` to the dtype of another tensor, `x.to({ memoryFormat: "channels_last" })` lays out anew; `await x.to(device)` moves.
   * @param x this tensor: of any shape and dtype
   * @param target a dtype, a tensor whose dtype it is, a device, or options alone, among which is `dtype` too
   * @returns a tensor of x's shape and the dtype, x itself where it is so already; of a device, a promise of it
   * @throws DTypeError for a dtype that the device does not take
   * @throws AutogradError where a recorded tensor is moved between devices
   * @example tensor([1.5]).to("int32") // [1]
   */
  to(target: f.Backend): Promise<Tensor>;
  /**
   * The values in nested arrays.
   * @param x this tensor: of any shape and dtype
   * @returns a promise of arrays of numbers or booleans, nested as the shape says; of a 0-d tensor the bare value
   * @throws DeviceLostError where the device was lost
   * @example await tensor([[1, 2]]).toArray() // [[1, 2]]
   */
  toArray(): Promise<f.NestedArray>;
  /**
   * As `toArray`, at once.
   * @param x this tensor: of any shape and dtype
   * @returns arrays of numbers or booleans
   * @throws DeviceError on a device that cannot read at once
   * @example tensor([[1, 2]]).toArraySync() // [[1, 2]]
   */
  toArraySync(): f.NestedArray;
  /**
   * The k largest elements along a dim in descending order, or the smallest in ascending order, and where they are. NaN is the largest. PyTorch's `topk`.
   * @param x this tensor: of any shape; of any dtype but bool
   * @param k how many
   * @param dim along which, the last by default
   * @returns `{ values, indices }` of x's shape with k along the dim; values keep the dtype, indices are int32
   * @throws ArgumentError where there are not k of them
   * @throws DTypeError for bools
   * @throws IndexError for a dim out of range
   * @example tensor([3, 1, 2]).topk(2) // { values: [3, 2], indices: [0, 2] }
   */
  topk(k: number, dim?: number, options?: f.TopkOptions): f.ValuesAndIndices;
  /**
   * The sum of the main diagonal of a matrix: sum of x_ii.
   * @param x this tensor: [m, n] of any dtype
   * @returns a 0-d tensor; a float keeps its dtype, integers and bools give int32
   * @throws ShapeError for other than a matrix
   * @throws DTypeError for bools
   * @example tensor([[1, 2], [3, 4]]).trace() // 5
   */
  trace(): Tensor;
  /**
   * Two dims exchanged.
   * @param x this tensor: of any shape and dtype
   * @param dim0 one dim
   * @param dim1 the other
   * @returns a view of x's shape with the two sizes exchanged, of its dtype
   * @throws IndexError for a dim out of range
   * @example tensor([[1, 2], [3, 4]]).transpose(0, 1) // [[1, 3], [2, 4]]
   */
  transpose(dim0: number, dim1: number): Tensor;
  /** Two dims exchanged, of the handle itself. */
  transpose_(dim0: number, dim1: number): Tensor;
  /**
   * The solution X of A X = B, A triangular, and a copy of A: PyTorch's older `torch.triangular_solve`.
   * @param B this tensor: [..., n, k]; float32 or float64
   * @param A [..., n, n], of which one triangle is read, of B's dtype
   * @returns `{ solution, clonedCoefficient }`: [..., n, k] and [..., n, n], the batch dims broadcast, of their dtype
   * @throws ShapeError where sizes do not fit
   * @throws DTypeError for anything but float32 and float64, and where dtypes differ
   * @throws DeviceError on a device that cannot read at once: it is computed on the host
   * @example tensor([[2], [4]]).triangularSolve(tensor([[2, 0], [0, 4]])) // { solution: [[1], [1]], clonedCoefficient: [[2, 0], [0, 4]] }
   */
  triangularSolve(A: Tensor, options?: f.TriangularSolveOptions): f.TriangularSolution;
  /**
   * The matrices with zeros above a diagonal: x_ij where j - i <= diagonal.
   * @param x this tensor: [..., m, n] of any dtype
   * @returns x's shape and dtype
   * @throws ShapeError for fewer than 2 dims
   * @throws ArgumentError for a diagonal that is no integer
   * @example ones([2, 2]).tril() // [[1, 0], [1, 1]]
   */
  tril(options?: f.DiagOptions): Tensor;
  /** {@link FunctionMethods.tril | tril}, written into x. */
  tril_(options?: f.DiagOptions): Tensor;
  /**
   * The matrices with zeros below a diagonal: x_ij where j - i >= diagonal.
   * @param x this tensor: [..., m, n] of any dtype
   * @returns x's shape and dtype
   * @throws ShapeError for fewer than 2 dims
   * @throws ArgumentError for a diagonal that is no integer
   * @example ones([2, 2]).triu() // [[1, 1], [0, 1]]
   */
  triu(options?: f.DiagOptions): Tensor;
  /** {@link FunctionMethods.triu | triu}, written into x. */
  triu_(options?: f.DiagOptions): Tensor;
  /**
   * As `div` without a rounding mode: x / y. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([1, 2]).trueDivide(4) // [0.25, 0.5]
   */
  trueDivide(y: f.Operand): Tensor;
  /** {@link FunctionMethods.trueDivide | trueDivide}, written into x. */
  trueDivide_(y: f.Operand): Tensor;
  /**
   * x without its fraction. Of any shape; keeps the dtype.
   * @throws DTypeError for bools
   * @example tensor([1.5, -1.5]).trunc() // [1, -1]
   */
  trunc(): Tensor;
  /** {@link FunctionMethods.trunc | trunc}, written into x. */
  trunc_(): Tensor;
  /**
   * The tensor in the dtype of another.
   * @param x this tensor: of any shape and dtype
   * @param other whose dtype it is
   * @returns x's shape, the other's dtype; x itself where it is so already
   * @example tensor([1.5]).typeAs(tensor([true])) // [true]
   */
  typeAs(other: Tensor): Tensor;
  /**
   * The slices along a dim, which goes.
   * @param x this tensor: of any shape and dtype
   * @param dim along which, 0 by default
   * @returns views of x's shape without the dim, as many as it is long, of its dtype
   * @throws IndexError for a dim out of range, or a 0-d tensor
   * @example tensor([[1, 2], [3, 4]]).unbind() // [[1, 2], [3, 4]]
   */
  unbind(dim?: number): Tensor[];
  /**
   * One dim made into several.
   * @param x this tensor: of any shape and dtype
   * @param dim which
   * @param sizes theirs, of which one may be -1: what is left for it
   * @returns a view of x's shape with them for the dim, of its dtype
   * @throws ShapeError where the sizes do not make up the dim
   * @throws ArgumentError for no sizes
   * @throws IndexError for a dim out of range
   * @example arange(4).unflatten(0, [2, -1]) // [[0, 1], [2, 3]]
   */
  unflatten(dim: number, sizes: f.Shape): Tensor;
  /**
   * Windows along a dim, as a last dim: out[..., i, ..., j] = x[..., i step + j, ...]. PyTorch's method `unfold`.
   * @param x this tensor: of any shape and dtype
   * @param dimension along which
   * @param size of a window
   * @param step how far windows are apart
   * @returns a view of x's shape with floor((n - size) / step) + 1 along the dim and a last dim of `size`, of its dtype
   * @throws ShapeError for a size larger than the dim
   * @throws ArgumentError for a negative size, a step of 0 or below, or numbers that are not whole
   * @throws IndexError for a dim out of range
   * @example tensor([1, 2, 3]).unfold(0, 2, 1) // [[1, 2], [2, 3]]
   */
  unfold(dimension: number, size: number, step: number): Tensor;
  /**
   * Every element becomes a draw from the uniform distribution over [from, to).
   * @param x this tensor: floats of any shape
   * @param from the least, 0 by default
   * @param to the upper bound, 1 by default
   * @returns x itself, of its shape and dtype
   * @throws ArgumentError where from is above to
   * @throws DTypeError for integers and bools
   * @throws AutogradError for a leaf that requires a gradient
   * @example zeros([2]).uniform_(1, 2).ge(1) // [true, true]
   */
  uniform_(from?: number, to?: number): Tensor;
  /**
   * The distinct elements in ascending order, or the distinct slices along a dim. NaN is never the same as another. Without gradients. PyTorch's `unique`.
   * @param x this tensor: of any shape and dtype
   * @param dim along which; the elements by default
   * @param options `returnInverse`, `returnCounts`: also which of them each element is, and how often each occurs
   * @returns a promise of a vector of x's dtype, or of x's shape with as many as there are along the dim; with options `{ values, inverse, counts }`, the last two int32
   * @throws IndexError for a dim out of range, or of a tensor without dims
   * @throws ShapeError where slices have no elements
   * @example await tensor([2, 1, 2]).unique() // [1, 2]
   */
  unique<O extends f.UniqueOptions>(dim?: number, options?: O): Promise<f.Unique<O>>;
  /**
   * As `unique`, of what follows on its like only, in the order of x. PyTorch's `unique_consecutive`.
   * @returns a promise of a vector of x's dtype, or of x's shape with as many as there are along the dim; with options `{ values, inverse, counts }`, the last two int32
   * @example await tensor([1, 1, 2, 1]).uniqueConsecutive() // [1, 2, 1]
   */
  uniqueConsecutive<O extends f.UniqueConsecutiveOptions>(dim?: number, options?: O): Promise<f.Unique<O>>;
  /**
   * With a new dim of size 1.
   * @param x this tensor: of any shape and dtype
   * @param dim where it stands in the result
   * @returns a view of x's shape with it, of its dtype
   * @throws IndexError for a dim out of range
   * @example ones([2]).unsqueeze(0).shape // [1, 2]
   */
  unsqueeze(dim: number): Tensor;
  /** The handle with a dim of size 1 at `dim`. */
  unsqueeze_(dim: number): Tensor;
  /**
   * The same memory, cut from the tape, whose changes in place go unnoticed by backward: PyTorch's `x.data`. A value that backward needs and that is changed
   * through it makes wrong gradients; `detach()` would make an error.
   * @param x this tensor: of any shape and dtype
   * @returns a view of x's shape and dtype that needs no gradient
   * @throws TransformError in a function transform
   */
  untracked(): Tensor;
  /**
   * The variance over dims, or over all: the sum of (x - mean)^2 divided by n - correction. In two passes. PyTorch's `var`, which is a word of the language here.
   * @param x this tensor: of any shape; floats
   * @param dim one dim, or several; all by default
   * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype
   * @throws DTypeError for integers and bools
   * @throws IndexError for a dim out of range
   * @throws ArgumentError where a dim is named twice
   * @example tensor([1, 2, 3]).var() // 1
   */
  var(dim?: number | readonly number[], options?: f.VarOptions): Tensor;
  /**
   * As `dot`, as a real vector is its own conjugate.
   * @returns a 0-d tensor of their dtype
   * @example tensor([1, 2]).vdot(tensor([3, 4])) // 11
   */
  vdot(y: Tensor): Tensor;
  /**
   * As `reshape`, but never a copy.
   * @param x this tensor: of any shape and dtype
   * @param shape the new one, of which one size may be -1: what is left for it
   * @returns a view of that shape and of x's dtype
   * @throws ShapeError where the number of elements differs, or strides do not allow a view
   * @example arange(4).view([2, 2]) // [[0, 1], [2, 3]]
   */
  view(shape: f.Shape): Tensor;
  /**
   * As `view`, in the shape of another tensor.
   * @param other whose shape it is
   * @returns a view of the other's shape and of x's dtype
   * @example tensor([1, 2]).viewAs(ones([2, 1])) // [[1], [2]]
   */
  viewAs(other: Tensor): Tensor;
  /**
   * Pieces along dim 0.
   * @param x this tensor: of at least two dims, of any dtype
   * @param sections how many, all equal, or the places where they end
   * @returns views of x's shape with those sizes along the dim, of its dtype
   * @throws ShapeError for fewer than 2 dims, or pieces that are not equal
   * @throws ArgumentError for anything but numbers
   * @example tensor([[1, 2], [3, 4]]).vsplit(2) // [[[1, 2]], [[3, 4]]]
   */
  vsplit(sections: number | readonly number[]): Tensor[];
  /**
   * x * log(y), and 0 where x is 0 and y is no NaN. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
   * @throws ShapeError where shapes do not broadcast
   * @example tensor([0, 2]).xlogy(tensor([0, 3])) // [0, 2.1972]
   */
  xlogy(y: f.Operand): Tensor;
  /** {@link FunctionMethods.xlogy | xlogy}, written into x. */
  xlogy_(y: f.Operand): Tensor;
  /**
   * Every element becomes 0.
   * @param x this tensor: of any shape and dtype
   * @returns x itself, of its shape and dtype
   * @throws AutogradError for a leaf that requires a gradient
   * @example ones([2]).zero_() // [0, 0]
   */
  zero_(): Tensor;
}
