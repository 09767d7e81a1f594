/** @file Cross products, covariances and correlations, Vandermonde's matrix. */
import { refusing } from "../calculus/refusing.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { div, mul, sqrt, sub } from "../elementwise/index.ts";
import { clamp } from "../elementwise/bounds.ts";
import { to } from "../elementwise/elementwise.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { cat, stack } from "../views/cat.ts";
import { diagonal, type DiagonalOptions } from "../views/diagonal.ts";
import { broadcastTensors } from "../views/rearrange.ts";
import { flip, roll } from "../views/repeat.ts";
import { expand, narrow, reshape, squeeze, t, unsqueeze } from "../views/views.ts";
import { ones, onesLike } from "../creation/fill.ts";
import { cumprod } from "./cumulative.ts";
import { mean, sum } from "./reductions.ts";

function crossAlong(x: Tensor, y: Tensor, dim: number): Tensor {
  if (x.dtype === "bool" && y.dtype === "bool") throw new DTypeError("\"cross\" not implemented for 'Bool'");
  const turned = (a: Tensor, by: number): Tensor => roll(a, -by, dim);
  return sub(mul(turned(x, 1), turned(y, 2)), mul(turned(x, 2), turned(y, 1)));
}
/**
 * The cross product along a dim of size 3: out_0 = x_1 y_2 - x_2 y_1, and so on round.
 * @param x of any shape and dtype
 * @param y of a shape that broadcasts with x's
 * @param dim the first of size 3 by default
 * @returns the broadcast shape, of the promoted dtype
 * @throws ShapeError where no dim has size 3, or shapes do not broadcast
 * @throws IndexError for a dim out of range
 * @example cross(tensor([1, 0, 0]), tensor([0, 1, 0])) // [0, 0, 1]
 */
export const cross: (x: Tensor, y: Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("LinalgCrossBackward0", (x: Tensor, y: Tensor, dim?: number): Tensor => {
  const [a, b] = broadcastTensors(x, y) as [Tensor, Tensor];
  const d = dim === undefined ? a.shape.indexOf(3) : wrapDim(dim, a.ndim);
  if (d < 0) throw new ShapeError("no dimension of size 3 in input");
  if (a.shape[d] !== 3) throw new ShapeError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${x.shape[d]} and ${y.shape[d]}`);
  return crossAlong(a, b, d);
});
export type DimOption = {
  /** The last by default. */
  readonly dim?: number;
};
/**
 * The cross product along a dim of size 3: torch.linalg.cross.
 * @param x of any shape and dtype
 * @param y of x's rank and a shape that broadcasts with it
 * @returns the broadcast shape, of the promoted dtype
 * @throws ShapeError where the dim has not size 3, or ranks differ
 * @throws IndexError for a dim out of range
 * @example linalg.cross(tensor([1, 0, 0]), tensor([0, 1, 0])) // [0, 0, 1]
 */
export const linalgCross: (x: Tensor, y: Tensor, options?: DimOption) => Tensor = /*@__PURE__*/ composite("LinalgCrossBackward0", (x: Tensor, y: Tensor, { dim = -1 }: DimOption = {}): Tensor => {
  if (x.ndim !== y.ndim) throw new ShapeError("linalg.cross: inputs must have the same number of dimensions.");
  const d = wrapDim(dim, x.ndim);
  if (x.shape[d] !== 3 || y.shape[d] !== 3) throw new ShapeError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${x.shape[d]} and ${y.shape[d]}`);
  const [a, b] = broadcastTensors(x, y) as [Tensor, Tensor];
  return crossAlong(a, b, d);
});
/**
 * As `diagonal`, by default of the last two dims: torch.linalg.diagonal.
 * @returns a view [..., n] of [..., m, n], of x's dtype
 * @example linalg.diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
 */
export const diagonalOf = (x: Tensor, options: DiagonalOptions = {}): Tensor => diagonal(x, { dim1: -2, dim2: -1, ...options });

export type CovOptions = {
  /** What is taken from the number of observations: 1 by default. */
  readonly correction?: number;
  /** How often each observation counts: integers. */
  readonly fweights?: Tensor | undefined;
  /** How much each observation counts. */
  readonly aweights?: Tensor | undefined;
};
/**
 * The covariances of variables, the rows, over observations, the columns: sum of w (x_i - mean_i) (x_j - mean_j) over (sum of w - correction).
 * @param x [variables, observations], or one variable [observations]
 * @returns [variables, variables], or a 0-d tensor; a float keeps its dtype, integers give float32
 * @throws ShapeError for more than 2 dims, or weights that are not one for each observation
 * @throws DTypeError for bools, `fweights` that are no integers or `aweights` that are no floats
 * @throws ArgumentError for negative weights; on an asynchronous device the next read rejects with it
 * @example cov(tensor([[1, 2, 3], [3, 2, 1]])) // [[1, -1], [-1, 1]]
 */
export const cov: (x: Tensor, options?: CovOptions) => Tensor = /*@__PURE__*/ composite(undefined, covariances);
function covariances(x: Tensor, { correction = 1, fweights, aweights }: CovOptions = {}): Tensor {
  if (x.ndim > 2) throw new ShapeError(`cov(): expected input to have two or fewer dimensions but got an input with ${x.ndim} dimensions`);
  if (x.dtype === "bool") throw new DTypeError("cov(): bool dtype is not supported for input");
  const given = isFloat(x.dtype) ? x : to(x, "float32"), rows = given.ndim < 2 ? reshape(given, [1, given.window.size]) : given, count = rows.shape[1]!;
  checkWeights("fweights", fweights, count);
  checkWeights("aweights", aweights, count);
  const weights = fweights === undefined ? aweights : aweights === undefined ? fweights : mul(fweights, aweights);
  const scale = weights === undefined ? undefined : to(weights, rows.dtype), total = scale === undefined ? undefined : sum(scale);
  const average = scale === undefined ? mean(rows, 1, { keepdim: true }) : div(sum(mul(rows, scale), 1, { keepdim: true }), total!);
  const centred = sub(rows, average), weighted = scale === undefined ? centred : mul(centred, scale);
  const product = matmul(weighted, t(centred));
  const norm = total === undefined ? Math.max(0, count - correction)
    : aweights === undefined || correction === 0 ? sub(total, correction) : sub(total, div(mul(sum(mul(scale!, to(aweights, rows.dtype))), correction), total));
  return squeeze(typeof norm === "number" ? div(product, norm) : div(product, clamp(norm, 0)));
}
const refuseCounts = /*@__PURE__*/ refusing((x) => s.lt(x, 0), { error: "argument", text: "cov(): fweights cannot be negative" });
const refuseWeights = /*@__PURE__*/ refusing((x) => s.lt(x, 0), { error: "argument", text: "cov(): aweights cannot be negative" });
function checkWeights(name: string, weights: Tensor | undefined, count: number): void {
  if (weights === undefined) return;
  if (weights.ndim > 1) throw new ShapeError(`cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${weights.ndim} dimensions`);
  if (isFloat(weights.dtype) !== (name === "aweights"))
    throw new DTypeError(`cov(): expected ${name} to have ${name === "aweights" ? "floating point" : "integral"} dtype but got ${name} with ${scalarTypeName[weights.dtype]} dtype`);
  if (weights.window.size !== count) throw new ShapeError(`cov(): expected ${name} to have the same numel as there are observations in the input but got ${weights.window.size} != ${count}`);
  (name === "fweights" ? refuseCounts : refuseWeights)(weights);
}
/**
 * The correlations of variables, the rows: covariances divided by both deviations, in [-1, 1].
 * @param x [variables, observations], or one variable [observations]
 * @returns [variables, variables], or a 0-d tensor; a float keeps its dtype, integers give float32
 * @throws ShapeError for more than 2 dims
 * @throws DTypeError for bools
 * @example corrcoef(tensor([[1, 2, 3], [3, 2, 1]])) // [[1, -1], [-1, 1]]
 */
export const corrcoef: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor): Tensor => {
  if (x.ndim > 2) throw new ShapeError(`corrcoef(): expected input to have two or fewer dimensions but got an input with ${x.ndim} dimensions`);
  const c = covariances(x);
  if (c.ndim === 0) return div(c, c);
  const deviation = sqrt(diagonal(c));
  return clamp(div(div(c, unsqueeze(deviation, 1)), unsqueeze(deviation, 0)), -1, 1);
});

export type VanderOptions = {
  /** How many powers: as many as there are numbers by default. */
  readonly N?: number;
  /** From the power 0 up; by default down to it. */
  readonly increasing?: boolean;
};
/**
 * The powers of each element of a vector, as rows: x^(N - 1) ... x, 1, or 1, x ... by `increasing`.
 * @param x [n] of any dtype
 * @returns [n, N]; bools and small integers give int32, others keep the dtype
 * @throws ShapeError for other than a vector
 * @throws ArgumentError for a negative N
 * @example vander(tensor([1, 2, 3])) // [[1, 1, 1], [4, 2, 1], [9, 3, 1]]
 */
export const vander: (x: Tensor, options?: VanderOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { N, increasing = false }: VanderOptions = {}): Tensor => {
  if (x.ndim !== 1) throw new ShapeError(`x must be a one-dimensional tensor.`);
  const columns = N ?? x.shape[0]!;
  if (columns < 0) throw new ArgumentError("N must be non-negative.");
  if (columns === 0) return reshape(narrow(x, 0, 0, 0), [x.shape[0]!, 0]);
  const powers = [onesLike(x, { dtype: isFloat(x.dtype) ? x.dtype : "int32" })];
  for (let k = 1; k < columns; k++) powers.push(mul(powers[k - 1]!, x));
  const rows = stack(powers, 1);
  return increasing ? rows : flip(rows, 1);
});
/**
 * The powers of the numbers along the last dim, as rows of a new one: 1, x, x^2 ... PyTorch's `torch.linalg.vander`.
 * @param x [..., n]; floats or integers
 * @param options `N`: how many powers, as many as there are numbers by default
 * @returns [..., n, N], of x's dtype
 * @throws ArgumentError for fewer than two powers
 * @throws DTypeError for bools
 * @throws ShapeError for a 0-d tensor
 * @example linalg.vander(tensor([1, 2, 3])) // [[1, 1, 1], [1, 2, 4], [1, 3, 9]]
 */
export const linalgVander: (x: Tensor, options?: { readonly N?: number }) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, { N }: { readonly N?: number } = {}): Tensor => {
  if (x.dtype === "bool") throw new DTypeError("linalg.vander supports floating point, complex, and integer tensors, but got Bool");
  const rows = x.ndim === 0 ? unsqueeze(x, -1) : x, count = N ?? rows.shape[rows.ndim - 1]!;
  if (!(count > 1)) throw new ArgumentError("N must be greater than 1.");
  const powers = cumprod(expand(unsqueeze(rows, -1), [...rows.shape, count - 1]), -1);
  return cat([ones([...rows.shape, 1], { dtype: powers.dtype, device: x.device }), powers], -1);
});
