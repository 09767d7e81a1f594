/** @file Running sums, products and extrema, and areas under sampled curves. */
import { type DType, isFloat } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { add, div, mul, sub } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { scanPositions, scanProduct, scanSum } from "../primitives/scan.ts";
import { wrapDim } from "../shape.ts";
import { narrow, reshape, select } from "../views/views.ts";
import { sum, type ValuesAndIndices } from "./reductions.ts";

export type CumulativeOptions = {
  /** What to cast to before; by default integers and bools become int32. */
  readonly dtype?: DType;
};

/** Sums and products of bools and integers are int32. */
const accumulate = (scan: (x: Tensor, dim: number, name: string) => Tensor, name: string) => (x: Tensor, dim: number, { dtype }: CumulativeOptions = {}): Tensor => {
  wrapDim(dim, x.ndim);
  const target = dtype ?? (isFloat(x.dtype) ? x.dtype : "int32");
  return target === "bool" ? to(scan(to(to(x, "bool"), "int32"), dim, name), "bool") : scan(to(x, target), dim, name);
};
/**
 * The sum of the elements up to each along a dim: y_i = x_0 + ... + x_i. PyTorch's `cumsum`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @example cumsum(tensor([1, 2, 3]), 0) // [1, 3, 6]
 */
export const cumsum: (x: Tensor, dim: number, options?: CumulativeOptions) => Tensor = /*@__PURE__*/ accumulate(scanSum, "CumsumBackward0");
/**
 * The product of the elements up to each along a dim: y_i = x_0 ... x_i. Its derivatives divide by nothing, so they are right at zeros too. PyTorch's `cumprod`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns x's shape; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @example cumprod(tensor([1, 2, 3]), 0) // [1, 2, 6]
 */
export const cumprod: (x: Tensor, dim: number, options?: CumulativeOptions) => Tensor = /*@__PURE__*/ accumulate(scanProduct, "CumprodBackward0");

const cumulativeExtremum = (op: "max" | "min", name: string) => /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number): ValuesAndIndices => {
  const indices = scanPositions(x, dim, op), values = gather(x, dim, indices);
  if (values.gradFn !== null) values.gradFn.label = name;
  return { values, indices };
});
/**
 * The largest of the elements up to each along a dim, and where it lies, the last of equals. From the first NaN on all is NaN. PyTorch's `cummax`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
 * @throws IndexError for a dim out of range
 * @example cummax(tensor([1, 3, 2]), 0) // { values: [1, 3, 3], indices: [0, 1, 1] }
 */
export const cummax: (x: Tensor, dim: number) => ValuesAndIndices = /*@__PURE__*/ cumulativeExtremum("max", "CummaxBackward0");
/**
 * The smallest of the elements up to each along a dim, and where it lies, the last of equals. From the first NaN on all is NaN. PyTorch's `cummin`.
 * @param x of any shape and dtype
 * @param dim along which
 * @returns `{ values, indices }` of x's shape; values keep the dtype, indices are int32
 * @throws IndexError for a dim out of range
 * @example cummin(tensor([2, 3, 1]), 0) // { values: [2, 2, 1], indices: [0, 0, 2] }
 */
export const cummin: (x: Tensor, dim: number) => ValuesAndIndices = /*@__PURE__*/ cumulativeExtremum("min", "CumminBackward0");

export type TrapezoidOptions = {
  /** How far the points are apart, where x does not say it: 1 by default. */
  readonly dx?: number;
  /** The last by default. */
  readonly dim?: number;
};

/** The areas between neighbouring samples along a dim, twice. */
function doubleAreas(name: string, y: Tensor, x: Tensor | undefined, { dx = 1, dim = -1 }: TrapezoidOptions): { readonly pieces: Tensor; readonly dim: number } {
  if (y.ndim === 0) {
    wrapDim(dim, 0);
    throw new ShapeError(`${name}(): y must have at least one dimension`);
  }
  const d = wrapDim(dim, y.ndim), n = y.shape[d]!;
  if (y.dtype === "bool" || x?.dtype === "bool") throw new DTypeError(`${name}: received a bool input for \`${y.dtype === "bool" ? "y" : "x"}\`, but bool is not supported`);
  const pairs = (z: Tensor, at: number, combine: (right: Tensor, left: Tensor) => Tensor): Tensor => {
    const size = z.shape[at]!;
    return size < 2 ? narrow(z, at, 0, 0) : combine(narrow(z, at, 1, size - 1), narrow(z, at, 0, size - 1));
  };
  if (n === 0) return { pieces: y, dim: d };
  const heights = pairs(y, d, (a, b) => add(a, b));
  if (x === undefined) return { pieces: mul(heights, dx), dim: d };
  if (x.ndim === 0) throw new ShapeError(`${name}(): x must have at least one dimension`);
  if (x.ndim === 1 && x.shape[0] !== n) throw new ShapeError(`${name}(): There must be one \`x\` value for each sample point`);
  // One x for all rows lies along the dim; any other broadcasts from the right.
  const points = x.ndim === 1 ? reshape(x, y.shape.map((_, k) => (k === d ? n : 1))) : x.ndim < y.ndim ? reshape(x, [...y.shape.slice(x.ndim).map(() => 1), ...x.shape]) : x;
  const widths = pairs(points, wrapDim(dim, points.ndim), (a, b) => sub(a, b));
  return { pieces: mul(widths, heights), dim: Math.max(d, wrapDim(dim, points.ndim)) };
}

const given = (name: string, x: Tensor | undefined, { dx }: TrapezoidOptions): void => {
  if (x !== undefined && dx !== undefined) throw new ArgumentError(`${name}() takes x or dx, not both`);
};
/**
 * The area under samples along a dim, by the trapezoid rule: sum of (x_(i + 1) - x_i) (y_i + y_(i + 1)) / 2. PyTorch's `trapezoid`.
 * @param y the samples, of at least one dim
 * @param x where they were taken: a vector, or a shape that broadcasts with y's; without it they are `dx` apart
 * @returns y's shape without the dim; a float keeps its dtype, integers give float32
 * @throws ShapeError where x does not fit y, or for a 0-d tensor
 * @throws DTypeError for bools
 * @throws ArgumentError for both x and `dx`
 * @throws IndexError for a dim out of range
 * @example trapezoid(tensor([1, 5, 10])) // 10.5
 */
export const trapezoid: (y: Tensor, x?: Tensor, options?: TrapezoidOptions) => Tensor = /*@__PURE__*/ composite(undefined, (y: Tensor, x: Tensor | undefined, options: TrapezoidOptions = {}): Tensor => {
  given("trapezoid", x, options);
  const { pieces, dim } = doubleAreas("trapezoid", y, x, options);
  if (x !== undefined || y.shape[dim] === 0) return div(sum(pieces, dim), 2);
  // As PyTorch: beside an infinite end there is none.
  const ends = add(select(y, dim, 0), select(y, dim, -1));
  return mul(sub(sum(y, dim), mul(ends, 0.5)), options.dx ?? 1);
});
/**
 * The areas under samples up to each but the first along a dim, as `trapezoid` gives that under all. PyTorch's `cumulative_trapezoid`.
 * @param y the samples, of at least one dim
 * @param x where they were taken: a vector, or a shape that broadcasts with y's; without it they are `dx` apart
 * @returns y's shape with one less along the dim; a float keeps its dtype, integers give float32
 * @throws ShapeError where x does not fit y, or for a 0-d tensor
 * @throws DTypeError for bools
 * @throws ArgumentError for both x and `dx`
 * @throws IndexError for a dim out of range
 * @example cumulativeTrapezoid(tensor([1, 5, 10])) // [3, 10.5]
 */
export const cumulativeTrapezoid: (y: Tensor, x?: Tensor, options?: TrapezoidOptions) => Tensor = /*@__PURE__*/ composite(undefined, (y: Tensor, x: Tensor | undefined, options: TrapezoidOptions = {}): Tensor => {
  given("cumulative_trapezoid", x, options);
  const { pieces, dim } = doubleAreas("cumulative_trapezoid", y, x, options);
  return div(cumsum(pieces, dim), 2);
});
