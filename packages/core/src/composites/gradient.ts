/** @file `gradient`: the slopes of samples, by central differences. */
import { add, div, mul, neg, sub } from "../elementwise/index.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isTensor, type Tensor } from "../op.ts";
import { wrapDim, wrapDims } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow, reshape, select } from "../views/views.ts";
import { diff } from "./difference.ts";

export type GradientOptions = {
  /** How far samples are apart: one number, one for each dim, or the coordinates of the samples along each dim. 1 by default. */
  readonly spacing?: number | readonly number[] | readonly Tensor[] | undefined;
  /** The dims to go along: all by default. */
  readonly dim?: number | readonly number[] | undefined;
  /** The order of the differences at both ends, 1 or 2. */
  readonly edgeOrder?: number;
};

function checkArguments(x: Tensor, spacings: number | undefined, dim: readonly number[] | undefined, edgeOrder: number): void {
  if (x.dtype === "uint8") throw new DTypeError("torch.gradient does not support uint8 input.");
  if (spacings !== undefined && dim === undefined && spacings !== x.ndim)
    throw new ArgumentError(`torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = ${x.ndim}', since dim argument was not given, but got a list of length ${spacings}`);
  if (spacings !== undefined && dim !== undefined && spacings !== dim.length)
    throw new ArgumentError(`torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, but got a spacing argument of length ${spacings} and a dim argument of length ${dim.length}.`);
  if (edgeOrder !== 1 && edgeOrder !== 2) throw new ArgumentError("torch.gradient only supports edge_order=1 and edge_order=2.");
  if (dim !== undefined && dim.length > 0) wrapDims(dim, x.ndim);
  for (const d of dim ?? x.shape.keys())
    if (x.shape[wrapDim(d, x.ndim)]! < edgeOrder + 1) throw new ShapeError("torch.gradient expected each dimension size to be at least edge_order+1");
}

/** a x + b y + c z. */
const weighed = (terms: readonly (readonly [weight: Tensor | number, x: Tensor])[]): Tensor => terms.map(([weight, x]) => mul(x, weight)).reduce((sum, term) => add(sum, term));

/** Samples at equal distances. */
function even(x: Tensor, d: number, step: number, edgeOrder: number): Tensor {
  const n = x.shape[d]!, at = (i: number): Tensor => narrow(x, d, i < 0 ? n + i : i, 1);
  const centre = div(div(sub(narrow(x, d, 2, n - 2), narrow(x, d, 0, n - 2)), step), 2);
  const [first, last] = edgeOrder === 1 ? [sub(at(1), at(0)), sub(at(-1), at(-2))] : [weighed([[-1.5, at(0)], [2, at(1)], [-0.5, at(2)]]), weighed([[0.5, at(-3)], [-2, at(-2)], [1.5, at(-1)]])];
  return cat([div(first, step), centre, div(last, step)], d);
}
/** Samples at given coordinates: weights of neighbours by which a parabola through three points has the right slope. */
function uneven(x: Tensor, d: number, coordinates: Tensor, edgeOrder: number): Tensor {
  if (coordinates.ndim !== 1) throw new ShapeError(`torch.gradient expected each element of spacing to have one dimension, but got an element with ${coordinates.ndim} dimensions!`);
  const n = x.shape[d]!, at = (i: number, length: number = 1): Tensor => narrow(x, d, i < 0 ? n + i : i, length), steps = diff(coordinates, 0);
  const step = (i: number): Tensor => select(steps, 0, i), along = (weights: Tensor): Tensor => reshape(weights, x.shape.map((_, k) => (k === d ? -1 : 1)));
  const left = narrow(steps, 0, 0, steps.shape[0]! - 1), right = narrow(steps, 0, 1, steps.shape[0]! - 1), both = add(left, right);
  const centre = weighed([
    [along(div(neg(right), mul(left, both))), at(0, n - 2)], [along(div(sub(right, left), mul(left, right))), at(1, n - 2)], [along(div(left, mul(right, both))), at(2, n - 2)],
  ]);
  if (edgeOrder === 1) return cat([div(sub(at(1), at(0)), step(0)), centre, div(sub(at(-1), at(-2)), step(-1))], d);
  const end = (near: Tensor, far: Tensor, sign: number, [a, b, c]: readonly [Tensor, Tensor, Tensor]): Tensor => weighed([
    [mul(div(add(mul(near, 2), far), mul(near, add(near, far))), -sign), a], [mul(div(add(near, far), mul(near, far)), sign), b], [mul(div(near, mul(far, add(near, far))), -sign), c],
  ]);
  return cat([end(step(0), step(1), 1, [at(0), at(1), at(2)]), centre, end(step(-1), step(-2), -1, [at(-1), at(-2), at(-3)])], d);
}

/**
 * The slopes of samples of a function along each dim: central differences inside, (x_(i + 1) - x_(i - 1)) / (2 spacing), and one-sided ones at both ends. PyTorch's `gradient`.
 * @param x the samples, of at least one dim
 * @returns a tensor of x's shape for each dim that is asked for; a float keeps its dtype, integers give float32
 * @throws ArgumentError where spacings and dims are not of one number, a dim is named twice, or for another `edgeOrder` than 1 and 2
 * @throws ShapeError along a dim of fewer than `edgeOrder + 1` samples
 * @throws DTypeError for uint8
 * @throws IndexError for a dim out of range
 * @example
 * ```ts
 * gradient(tensor([1, 4, 9, 16]))[0] // tensor([3., 4., 6., 7.])
 * ```
 */
export const gradient: (x: Tensor, options?: GradientOptions) => Tensor[] = /*@__PURE__*/ composite(undefined, (x: Tensor, { spacing = 1, dim, edgeOrder = 1 }: GradientOptions = {}): Tensor[] => {
  const dims = typeof dim === "number" ? [dim] : dim, list = typeof spacing === "number" ? undefined : spacing;
  checkArguments(x, list?.length, dims, edgeOrder);
  const samples = wide(x);
  return (dims ?? [...x.shape.keys()]).map((given, k) => {
    const step = list === undefined ? spacing as number : list[k]!, d = wrapDim(given, x.ndim);
    const slopes = isTensor(step) ? uneven(samples, d, wide(step), edgeOrder) : even(samples, d, step, edgeOrder);
    return isFloat(x.dtype) ? to(slopes, x.dtype) : slopes;
  });
});
