/** @file Activations with a second part: a gate, a slope of its own for each channel, a random slope. */
import { rand } from "../creation/random.ts";
import { add, elementwise, type Elementwise, le, leakyRelu, mul, sigmoid, where } from "../elementwise/index.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { chunk, reshape } from "../views/views.ts";

/**
 * The first half along `dim` times the sigmoid of the second (Dauphin et al., 2017). The dim is halved; of floats.
 * @throws ShapeError for an odd size
 * @example glu(tensor([1, 2, 0, 0])) // [0.5, 1]
 */
export const glu: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ composite("GluBackward0", (x: Tensor, dim: number = -1): Tensor => {
  if (x.ndim === 0) throw new ShapeError("glu does not support 0-dimensional tensors");
  const d = wrapDim(dim, x.ndim), size = x.shape[d]!;
  if (size % 2 !== 0) throw new ShapeError(`Halving dimension must be even, but dimension ${d} is size ${size}`);
  const [value, gate] = chunk(x, 2, d) as [Tensor, Tensor];
  return mul(value, sigmoid(gate));
});

const sloped: Elementwise<readonly [x: Tensor, weight: Tensor]> = /*@__PURE__*/ elementwise("prelu", (x, w) => s.select(s.gt(x!, 0), x!, s.mul(w!, x!)), {
  gradient: (g, _, [x, w]) => [s.select(s.gt(x!, 0), g, s.mul(w!, g)), s.select(s.gt(x!, 0), 0, s.mul(x!, g))],
});
/**
 * x above 0, weight * x below (He et al., 2015). weight of one slope, or of one for each channel, dim 1.
 * @throws ShapeError if the number of slopes is another than that of channels
 * @example prelu(tensor([-2, 3]), tensor([0.5])) // [-1, 3]
 */
export const prelu: (x: Tensor, weight: Tensor) => Tensor = /*@__PURE__*/ composite("PreluBackward0", (x: Tensor, weight: Tensor): Tensor => {
  const count = weight.window.size;
  if (count === 1) return sloped(x, reshape(weight, []));
  if (x.ndim === 0) throw new ShapeError("Not allow zero-dim input tensor.");
  const channels = x.ndim > 1 ? x.shape[1]! : 1;
  if (channels !== count) throw new ShapeError(`Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`);
  return sloped(x, reshape(weight, x.shape.map((size, d) => (d === 1 ? size : 1))));
});

export type RreluOptions = { readonly lower?: number; readonly upper?: number; readonly training?: boolean };
/**
 * x above 0, a random slope between lower (1/8) and upper (1/3) times x below; their mean when not training (Xu et al., 2015).
 * @example rrelu(tensor([-2, 3]), { lower: 0.5, upper: 0.5 }) // [-1, 3]
 */
export const rrelu: (x: Tensor, options?: RreluOptions) => Tensor = /*@__PURE__*/ composite("RreluWithNoiseBackward0", (x: Tensor, options: RreluOptions = {}): Tensor => {
  const { lower = 1 / 8, upper = 1 / 3, training = false } = options;
  if (lower > upper) throw new ArgumentError("Lower bound should be less than or equal to the upper bound");
  if (!training) return leakyRelu(x, { negativeSlope: (lower + upper) / 2 });
  const slope = add(mul(rand(x.shape, { dtype: x.dtype, device: x.device }), upper - lower), lower);
  return where(le(x, 0), mul(x, slope), x);
});
