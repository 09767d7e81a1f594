/** @file Activations with a second part: a gate, a slope of its own for each channel, a random slope. */
import { rand } from "../creation/random.ts";
import { add, elementwise, type Elementwise, le, leakyRelu, mul, sigmoid, where } from "../elementwise/index.ts";
import { scalarTypeName } from "../dtype.ts";
import { floatsOnly } from "../elementwise/checks.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { narrow, reshape } from "../views/views.ts";

/**
 * The first half along a dim times the sigmoid of the second (Dauphin et al., 2017).
 * @param x of at least one dim; floats
 * @param dim along which, the last by default
 * @returns x's shape with half the size along the dim, of its dtype
 * @throws ShapeError for an odd size, or a 0-d tensor
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example glu(tensor([1, 2, 0, 0])) // [0.5, 1]
 */
export const glu: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("GluBackward0", (x: Tensor, dim: number = -1): Tensor => {
  if (x.ndim === 0) throw new ShapeError("glu does not support scalars because halving size must be even");
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (size % 2 !== 0) throw new ShapeError(`Halving dimension must be even, but dimension ${d} is size ${size}`);
  floatsOnly("glu_cpu", x);
  return mul(narrow(x, d, 0, size / 2), sigmoid(narrow(x, d, size / 2, size / 2)));
});

const sloped: Elementwise<readonly [x: Tensor, weight: Tensor]> = /*@__PURE__*/ elementwise("prelu", (x, w) => s.select(s.gt(x!, 0), x!, s.mul(w!, x!)), {
  gradient: (g, _, [x, w]) => [s.select(s.gt(x!, 0), g, s.mul(w!, g)), s.select(s.gt(x!, 0), 0, s.mul(x!, g))],
});
/**
 * x above 0, weight * x below (He et al., 2015).
 * @param x [n, channels, ...]; floats
 * @param weight one slope, or [channels], of x's dtype
 * @returns x's shape and dtype
 * @throws ShapeError if the number of slopes is another than that of channels
 * @throws DTypeError for integers and bools, and where dtypes differ
 * @example prelu(tensor([-2, 3]), tensor([0.5])) // [-1, 3]
 */
export const prelu: (x: Tensor, weight: Tensor) => Tensor = /*@__PURE__*/ composite("PreluBackward0", (x: Tensor, weight: Tensor): Tensor => {
  floatsOnly("prelu_cpu", x);
  if (x.dtype !== weight.dtype) throw new DTypeError(`Found dtype ${scalarTypeName[weight.dtype]} but expected ${scalarTypeName[x.dtype]}`);
  const count = weight.window.size;
  if (count === 1) return sloped(x, reshape(weight, []));
  if (x.ndim === 0) throw new ShapeError("Not allow zero-dim input tensor.");
  const channels = x.ndim > 1 ? x.shape[1]! : 1;
  if (channels !== count) throw new ShapeError(`Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`);
  return sloped(x, reshape(weight, x.shape.map((size, d) => (d === 1 ? size : 1))));
});

export type RreluOptions = {
  /** The least slope: 1/8 by default. */
  readonly lower?: number;
  /** The greatest slope: 1/3 by default. */
  readonly upper?: number;
  /** Whether slopes are random; otherwise (by default) each is the mean of both bounds. */
  readonly training?: boolean;
};
/**
 * x above 0, a slope times x below: random between `lower` and `upper`, or their mean when not training (Xu et al., 2015).
 * @param x of any shape; floats
 * @returns x's shape and dtype
 * @throws ArgumentError for a lower bound above the upper one
 * @throws DTypeError for integers and bools
 * @example rrelu(tensor([-2, 3]), { lower: 0.5, upper: 0.5 }) // [-1, 3]
 */
export const rrelu: (x: Tensor, options?: RreluOptions) => Tensor = /*@__PURE__*/ composite("RreluWithNoiseBackward0", (x: Tensor, options: RreluOptions = {}): Tensor => {
  const { lower = 1 / 8, upper = 1 / 3, training = false } = options;
  if (lower > upper) throw new ArgumentError("Lower bound should be less than or equal to the upper bound");
  floatsOnly(training ? "rrelu_with_noise_out_cpu" : "leaky_relu_cpu", x);
  if (!training) return leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
  const slope = add(mul(rand(x.shape, { dtype: x.dtype, device: x.device }), upper - lower), lower);
  return where(le(x, 0), mul(x, slope), x);
});
