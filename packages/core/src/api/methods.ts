/** @file PyTorch's methods of Tensor, each a call of the function of the same name. What they take and say is in tensor-methods.table.ts. */
import * as f from "../functional.ts";
import type { BackwardOptions } from "../calculus/backward.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { typeName } from "../python.ts";
import { toString as toText } from "./reading.ts";
import { setRequiresGrad, type Tensor } from "../tensor.ts";
import { type Shape, wrapDim } from "../shape.ts";
import type { FunctionMethods } from "./tensor-methods.table.ts";

const method = <R extends unknown[], O>(fn: (x: Tensor, ...rest: R) => O) => function (this: Tensor, ...rest: R): O { return fn(this, ...rest); };

/** The functions that are methods under their own name: one line a letter. Their declarations are made from the functions; the table says how. */
const methodNames = [
  "abs", "abs_", "absolute", "absolute_", "acos", "acos_", "acosh", "acosh_", "add", "add_", "addbmm", "addbmm_", "addcdiv", "addcdiv_", "addcmul", "addcmul_", "addmm", "addmm_", "addmv", "addmv_", "addr", "addr_", "adjoint", "all", "allclose", "allcloseSync", "amax", "amin", "aminmax", "angle", "any", "arccos", "arccos_", "arccosh", "arccosh_", "arcsin", "arcsin_", "arcsinh", "arcsinh_", "arctan", "arctan_", "arctan2", "arctan2_", "arctanh", "arctanh_", "argmax", "argmin", "argsort", "argwhere", "asin", "asin_", "asinh", "asinh_", "asStrided", "asStridedScatter", "atan", "atan_", "atan2", "atan2_", "atanh", "atanh_",
  "baddbmm", "baddbmm_", "bernoulli", "bernoulli_", "bfloat16", "bincount", "bitwiseAnd", "bitwiseAnd_", "bitwiseLeftShift", "bitwiseLeftShift_", "bitwiseNot", "bitwiseNot_", "bitwiseOr", "bitwiseOr_", "bitwiseRightShift", "bitwiseRightShift_", "bitwiseXor", "bitwiseXor_", "bmm", "bool", "broadcastTo", "byte",
  "cauchy_", "ceil", "ceil_", "char", "cholesky", "choleskyInverse", "choleskySolve", "chunk", "clamp", "clamp_", "clampMax", "clampMax_", "clampMin", "clampMin_", "clip", "clip_", "clone", "conj", "conjPhysical", "contiguous", "copy_", "copysign", "copysign_", "corrcoef", "cos", "cos_", "cosh", "cosh_", "countNonzero", "cov", "cross", "cummax", "cummin", "cumprod", "cumprod_", "cumsum", "cumsum_",
  "data", "dataSync", "deg2rad", "deg2rad_", "det", "detach", "detach_", "diag", "diagEmbed", "diagflat", "diagonal", "diagonalScatter", "diff", "digamma", "digamma_", "dist", "div", "div_", "divide", "divide_", "dot", "double", "dsplit",
  "elementSize", "eq", "eq_", "equal", "equalSync", "erf", "erf_", "erfc", "erfc_", "erfinv", "erfinv_", "exp", "exp_", "exp2", "exp2_", "expand", "expandAs", "expm1", "expm1_", "exponential_",
  "fill_", "fillDiagonal_", "fix", "fix_", "flatten", "flip", "fliplr", "flipud", "float", "floatPower", "floatPower_", "floor", "floor_", "floorDivide", "floorDivide_", "fmax", "fmin", "fmod", "fmod_", "format", "frac", "frac_", "frexp",
  "gather", "gcd", "gcd_", "ge", "ge_", "geometric_", "geqrf", "ger", "greater", "greater_", "greaterEqual", "greaterEqual_", "gt", "gt_",
  "half", "hardshrink", "heaviside", "heaviside_", "histc", "histogram", "hsplit", "hypot", "hypot_",
  "i0", "i0_", "igamma", "igamma_", "igammac", "igammac_", "index", "indexAdd", "indexAdd_", "indexAsync", "indexCopy", "indexCopy_", "indexFill", "indexFill_", "indexPut", "indexPut_", "indexPutAsync_", "indexReduce", "indexReduce_", "indexSelect", "inner", "int", "inverse", "isclose", "isContiguous", "isfinite", "isFloatingPoint", "isin", "isinf", "isInference", "isnan", "isneginf", "isNonzero", "isNonzeroSync", "isposinf", "isreal", "isSameSize", "isSigned", "item", "itemSync",
  "keep", "kron", "kthvalue",
  "lcm", "lcm_", "ldexp", "ldexp_", "le", "le_", "lerp", "lerp_", "less", "less_", "lessEqual", "lessEqual_", "lgamma", "lgamma_", "log", "log_", "log10", "log10_", "log1p", "log1p_", "log2", "log2_", "logaddexp", "logaddexp2", "logcumsumexp", "logdet", "logicalAnd", "logicalAnd_", "logicalNot", "logicalNot_", "logicalOr", "logicalOr_", "logicalXor", "logicalXor_", "logit", "logit_", "logNormal_", "logSoftmax", "logsumexp", "long", "lt", "lt_", "luSolve",
  "maskedFill", "maskedFill_", "maskedScatter", "maskedScatter_", "maskedSelect", "matmul", "matrixExp", "matrixPower", "maximum", "mean", "minimum", "mm", "mode", "moveaxis", "movedim", "msort", "mul", "mul_", "multinomial", "multiply", "multiply_", "mv", "mvlgamma", "mvlgamma_",
  "nanmean", "nanquantile", "nansum", "nanToNum", "nanToNum_", "narrow", "narrowCopy", "ne", "ne_", "neg", "neg_", "negative", "negative_", "newEmpty", "newEmptyStrided", "newFull", "newOnes", "newTensor", "newZeros", "nextafter", "nextafter_", "nonzero", "norm", "normal_", "notEqual", "notEqual_",
  "orgqr", "ormqr", "outer",
  "permute", "pinverse", "polygamma_", "positive", "pow", "pow_", "prelu", "prod", "put", "put_",
  "qr", "quantile",
  "rad2deg", "rad2deg_", "random_", "ravel", "real", "reciprocal", "reciprocal_", "registerHook", "registerPostAccumulateGradHook", "relu", "relu_", "remainder", "remainder_", "renorm", "renorm_", "repeat", "repeatInterleave", "reshape", "reshapeAs", "resize_", "resizeAs_", "resolveConj", "resolveNeg", "retainGrad", "roll", "rot90", "round", "round_", "rsqrt", "rsqrt_",
  "scatter", "scatter_", "scatterAdd", "scatterAdd_", "scatterReduce", "scatterReduce_", "select", "selectScatter", "sgn", "sgn_", "short", "sigmoid", "sigmoid_", "sign", "sign_", "signbit", "silu", "silu_", "sin", "sin_", "sinc", "sinc_", "sinh", "sinh_", "slice", "sliceScatter", "slogdet", "softmax", "sort", "split", "sqrt", "sqrt_", "square", "square_", "squeeze", "squeeze_", "std", "sub", "sub_", "subtract", "subtract_", "sum", "sumToSize", "svd", "swapaxes", "swapaxes_", "swapdims", "swapdims_", "symeig",
  "t", "t_", "take", "takeAlongDim", "tan", "tan_", "tanh", "tanh_", "tensorSplit", "tile", "toArray", "toArraySync", "topk", "trace", "transpose", "transpose_", "triangularSolve", "tril", "tril_", "triu", "triu_", "trueDivide", "trueDivide_", "trunc", "trunc_", "typeAs",
  "unbind", "unflatten", "uniform_", "unsqueeze", "unsqueeze_", "untracked",
  "vdot", "view", "viewAs", "vsplit",
  "xlogy", "xlogy_",
  "zero_",
] as const satisfies readonly (keyof FunctionMethods)[];

/** All methods: those of `methodNames` and `renamed` with the comments of their functions, and what is no function, here. */
export interface TensorMethods extends FunctionMethods {
  /**
   * The element itself where the condition holds, else that of `y`; as the function `where`, with the condition first.
   * @param condition a bool tensor; shapes of all three broadcast
   * @param y a number, or a tensor; dtypes are promoted
   * @returns the broadcast shape, the promoted dtype
   * @throws ShapeError where shapes do not broadcast
   * @throws DTypeError for a condition that is neither bool nor uint8
   * @example tensor([-1, 2]).where(tensor([false, true]), 0) // [0, 2]
   */
  where(condition: Tensor, y: f.Operand): Tensor;
  /**
   * Adds the gradient of this tensor to the `.grad` of every leaf that it was made of.
   * @param gradient that of what follows, of this tensor's shape and dtype; a tensor of one element needs none
   * @param options `retainGraph`: run it again later; `createGraph`: gradients have gradients; `inputs`: only these get one
   * @throws AutogradError where more than one element has no gradient given, nothing needs one, the graph has been freed, or what it saved was changed in place
   * @throws ShapeError for a gradient of another shape
   * @example
   * ```ts
   * const x = tensor([1, 2], { requiresGrad: true });
   * x.square().sum().backward();
   * x.grad // [2, 4]
   * ```
   */
  backward(gradient?: f.Cotangent, options?: BackwardOptions): void;
  /**
   * Whether operations on this leaf are recorded, so that `backward` gives it a gradient.
   * @param value true, unless said
   * @returns the tensor itself
   * @throws AutogradError for integers and bools, and where a computed tensor is to need none: that is `detach()`
   * @example tensor([1, 2]).requiresGrad_().requiresGrad // true
   */
  requiresGrad_(value?: boolean): Tensor;
  /** All dims in reverse order. A view. */
  readonly T: Tensor;
  /** The transpose of a matrix. A view. */
  readonly H: Tensor;
  /** The last two dims exchanged. A view. */
  readonly mT: Tensor;
  /** The last two dims exchanged. A view. */
  readonly mH: Tensor;
  /** The number of elements. */
  numel(): number;
  /** The number of elements. */
  nelement(): number;
  /** The number of dims. */
  dim(): number;
  /** The number of dims. */
  ndimension(): number;
  /**
   * The derivative of order n of digamma.
   * @param n the order, 0 or more
   * @returns x's shape; integers and bools give float32
   * @throws ArgumentError for an order that is no integer, or is negative
   * @example tensor([1]).polygamma(1) // [1.6449]
   */
  polygamma(n: number): Tensor;
  /** What PyTorch calls the type, "torch.FloatTensor". */
  type(): string;
  /** The tensor in another dtype, as `to(dtype)`. */
  type(dtype: f.DType): Tensor;
  /** The slices along dim 0, as `unbind()` has them: `for (const row of x)`. ShapeError for a tensor without dims. */
  [Symbol.iterator](): IterableIterator<Tensor>;
  /** The size of each dim: `shape`. */
  size(): Shape;
  /** The size of a dim; IndexError for one out of range. */
  size(dim: number): number;
  /** How many elements of memory lie between neighbours along each dim. */
  stride(): Shape;
  /** How many elements of memory lie between neighbours along a dim; IndexError for one out of range. */
  stride(dim: number): number;
  /** Where in memory the first element lies, in elements. */
  storageOffset(): number;
  /** As PyTorch prints it. Of a device that cannot be read at once, what is known without waiting: `await x.format()` prints it all. */
  toString(): string;
}

/** Methods that have another name as functions, or an order of overloads of their own. */
const renamed = { istft: f.istft, lu: f.lu, stft: f.stft, median: f.median, nanmedian: f.nanmedian, unique: f.unique, uniqueConsecutive: f.uniqueConsecutive, var: f.var_, max: f.max, min: f.min, to: f.to, unfold: f.unfoldDim };

/** Puts the methods on the prototype. Called once, by the entry "." */
export function installMethods(prototype: object): void {
  for (const [name, fn] of [...methodNames.map((name) => [name, f[name]] as const), ...Object.entries(renamed)])
    define(prototype, name, method(fn as (x: Tensor, ...rest: unknown[]) => unknown));
  for (const [name, get] of Object.entries({ T: f.numpyT, H: f.conjugateTranspose, mT: f.matrixTranspose, mH: (x: Tensor) => f.matrixTranspose(x, "mH") }))
    Object.defineProperty(prototype, name, { get(this: Tensor) { return get(this); }, configurable: true });
  define(prototype, "backward", function (this: Tensor, gradient?: f.Cotangent, options?: BackwardOptions) { f.backward(this, gradient, options); });
  define(prototype, "where", function (this: Tensor, condition: Tensor, y: f.Operand) { return f.where(condition, this, y); });
  define(prototype, "requiresGrad_", function (this: Tensor, value: boolean = true) { setRequiresGrad(this, value); return this; });
  for (const name of ["numel", "nelement"]) define(prototype, name, function (this: Tensor) { return this.window.size; });
  for (const name of ["dim", "ndimension"]) define(prototype, name, function (this: Tensor) { return this.ndim; });
  define(prototype, "polygamma", function (this: Tensor, n: number) { return f.polygamma(n, this); });
  define(prototype, "type", function (this: Tensor, dtype?: f.DType) { return dtype === undefined ? typeName(this) : f.to(this, dtype); });
  define(prototype, Symbol.iterator, function (this: Tensor) {
    if (this.ndim === 0) throw new ShapeError("iteration over a 0-d tensor");
    return f.unbind(this).values();
  });
  define(prototype, "stride", function (this: Tensor, dim?: number) { return dim === undefined ? [...this.window.strides] : this.window.strides[wrapDim(dim, this.ndim)]; });
  define(prototype, "storageOffset", function (this: Tensor) { return this.window.offset; });
  define(prototype, "size", function (this: Tensor, dim?: number) { return dim === undefined ? this.shape : this.shape[wrapDim(dim, this.ndim)]; });
  define(prototype, "toString", function (this: Tensor) { return toText(this); });
  define(prototype, Symbol.toPrimitive, function (this: Tensor, hint: string) {
    if (hint === "number") throw new ArgumentError("a tensor is no number for JavaScript's operators: write x.mul(y), x.gt(y), or read one with await x.item()");
    return toText(this);
  });
  define(prototype, Symbol.for("nodejs.util.inspect.custom"), function (this: Tensor) { return toText(this); });
}
const define = (prototype: object, name: string | symbol, value: unknown): void =>
  void Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
