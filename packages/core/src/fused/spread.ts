/** @file Variance and standard deviation: two passes, and PyTorch's derivative, which reads the deviations alone and not the way to the mean. */
import { decomposed } from "../composites/decomposed.ts";
import { meanOver, sumOver } from "../composites/reductions.ts";
import { isFloat } from "../dtype.ts";
import { div, eq, mul, sqrt, square, sub, where } from "../elementwise/index.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { DTypeError } from "../errors.ts";
import { dispatch, type Jvp, type Node, type Op, savedTensors, type Tensor } from "../op.ts";
import { expand, reshape } from "../calculus/map-reduce.ts";
import { reducedShape } from "../calculus/call.ts";
import { sizeOf, wrapDims } from "../shape.ts";

export type VarOptions = {
  /** Keep reduced dims, with size 1. */
  readonly keepdim?: boolean;
  /** What n is lessened by before the division: 1 by default. */
  readonly correction?: number;
};
type Attrs = { readonly dims: readonly number[]; readonly keepdim: boolean; readonly correction: number; /** Over everything, without a dim being named. */ readonly all: boolean };

const kept = { keepdim: true } as const;
const countOf = (x: Tensor, dims: readonly number[]): number => sizeOf(dims.map((d) => x.shape[d]!));
const deviations = (x: Tensor, dims: readonly number[]): Tensor => sub(x, meanOver(x, dims, kept));
const batched = (attrs: Attrs, { length }: readonly number[]): Attrs => ({ ...attrs, dims: attrs.dims.map((d) => d + length) });

function variance(x: Tensor, { dims, keepdim, correction }: Attrs): Tensor {
  const y = wide(x);
  return div(sumOver(square(deviations(y, dims)), dims, { keepdim }), Math.max(0, countOf(x, dims) - correction));
}

/** The gradient of x from that of the variance: 2 / (n - correction) (x - mean) grad; PyTorch's infinity where n is the correction. */
function pull(x: Tensor, grad: Tensor, { dims, keepdim, correction, all }: Attrs): Tensor {
  const y = wide(x), g = keepdim ? grad : reshape(grad, reducedShape(x.shape, dims, true));
  if (all && countOf(x, dims) === correction) return expand(mul(g, Infinity), x.shape);
  return to(mul(mul(wide(g), 2 / (countOf(x, dims) - correction)), deviations(y, dims)), x.dtype);
}
/** The tangent of the variance: 2 / (n - correction) sum((x - mean) t). */
const push = (x: Tensor, t: Tensor, { dims, keepdim, correction }: Attrs): Tensor =>
  to(mul(sumOver(mul(deviations(wide(x), dims), wide(t)), dims, { keepdim }), 2 / (countOf(x, dims) - correction)), x.dtype);

/** A derivative of the standard deviation from that of the variance: over 2 std, 0 where that is 0. */
const overTwice = (grad: Tensor, std: Tensor): Tensor => where(eq(std, 0), 0, div(grad, mul(std, 2)));

const varOp: Op<Attrs> = {
  name: "var",
  gradName: () => "VarBackward0",
  run: (_, [given], attrs) => decomposed([given!], (x) => to(variance(x, attrs), x.dtype)),
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp: ([grad], node: Node<Attrs>) => [pull(savedTensors(node)[0]!, grad!, node.attrs)],
  jvp: (([t], [x], _, attrs) => [push(x!, t!, attrs)]) satisfies Jvp<Attrs>,
  batched,
};

const stdOp: Op<Attrs> = {
  name: "std",
  gradName: () => "StdBackward0",
  run: (_, [given], attrs) => decomposed([given!], (x) => to(sqrt(variance(x, attrs)), x.dtype)),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node: Node<Attrs>) {
    const [x, out] = savedTensors(node);
    return [pull(x!, overTwice(grad!, out!), node.attrs)];
  },
  jvp: (([t], [x], [out], attrs) => [overTwice(push(x!, t!, attrs), out!)]) satisfies Jvp<Attrs>,
  batched,
};

const along = (op: Op<Attrs>) => (x: Tensor, dim?: number | readonly number[], options: VarOptions = {}): Tensor => {
  if (!isFloat(x.dtype)) throw new DTypeError("std and var only support floating point and complex dtypes");
  const { keepdim = false, correction = 1 } = options;
  return dispatch(op, [x], { dims: wrapDims(dim, x.ndim), keepdim, correction, all: dim === undefined || x.ndim === 0 });
};
/**
 * The variance over dims, or over all: the sum of (x - mean)^2 divided by n - correction. In two passes. PyTorch's `var`, which is a word of the language here.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example var_(tensor([1, 2, 3])) // 1
 */
export const var_: (x: Tensor, dim?: number | readonly number[], options?: VarOptions) => Tensor = /*@__PURE__*/ along(varOp);
/**
 * The standard deviation over dims, or over all: the square root of the variance.
 * @param x of any shape; floats
 * @param dim one dim, or several; all by default
 * @returns x's shape without the dims, or with size 1 by `keepdim`; x's dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @throws ArgumentError where a dim is named twice
 * @example std(tensor([1, 2, 3])) // 1
 */
export const std: (x: Tensor, dim?: number | readonly number[], options?: VarOptions) => Tensor = /*@__PURE__*/ along(stdOp);
