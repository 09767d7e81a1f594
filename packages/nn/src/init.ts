/** @file Initial values of parameters, in place and unrecorded: PyTorch's `nn.init`. */
import { add_, ArgumentError, clamp_, copy_, diagonal, erf, erfinv, eye, fill_, full, mul, mul_, noGrad, qr, rand, randn, reshape, scope, type Shape, ShapeError, sign, sub, t, type Tensor, tensor, warn } from "@adjoint/core/functional";

function take(x: Tensor, draw: typeof rand, scale: number, shift: number): Tensor {
  noGrad(() => {
    const values = draw(x.shape, { dtype: x.dtype, device: x.device });
    copy_(x, add_(mul_(values, scale), shift));
    values.dispose();
  });
  return x;
}
/**
 * Draws from the uniform distribution on [a, b).
 * @param x a tensor, which is changed in place, unrecorded
 * @param a 0 by default
 * @param b 1 by default
 * @returns x itself, of its shape and dtype
 * @example nn.init.uniform_(zeros([2]), 3, 3) // [3, 3]
 */
export const uniform_ = (x: Tensor, a: number = 0, b: number = 1): Tensor => take(x, rand, b - a, a);
/**
 * Draws from the normal distribution.
 * @param x a tensor, which is changed in place, unrecorded
 * @param mean 0 by default
 * @param std the deviation, 1 by default
 * @returns x itself, of its shape and dtype
 * @example nn.init.normal_(zeros([2]), 3, 0) // [3, 3]
 */
export const normal_ = (x: Tensor, mean: number = 0, std: number = 1): Tensor => take(x, randn, std, mean);
/**
 * One value everywhere.
 * @param x a tensor, which is changed in place, unrecorded
 * @param value which
 * @returns x itself, of its shape and dtype
 * @example nn.init.constant_(zeros([2]), 3) // [3, 3]
 */
export const constant_ = (x: Tensor, value: number): Tensor => noGrad(() => fill_(x, value));
/**
 * 0 everywhere.
 * @param x a tensor, which is changed in place, unrecorded
 * @returns x itself, of its shape and dtype
 * @example nn.init.zeros_(ones([2])) // [0, 0]
 */
export const zeros_ = (x: Tensor): Tensor => constant_(x, 0);
/**
 * 1 everywhere.
 * @param x a tensor, which is changed in place, unrecorded
 * @returns x itself, of its shape and dtype
 * @example nn.init.ones_(zeros([2])) // [1, 1]
 */
export const ones_ = (x: Tensor): Tensor => constant_(x, 1);
/**
 * The identity, as far as it goes.
 * @param x [m, n], changed in place, unrecorded
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for other than two dims
 * @example nn.init.eye_(zeros([2, 3])) // [[1, 0, 0], [0, 1, 0]]
 */
export function eye_(x: Tensor): Tensor {
  if (x.ndim !== 2) throw new ShapeError("Only tensors with 2 dimensions are supported");
  noGrad(() => {
    const values = eye(x.shape[0]!, x.shape[1]!, { dtype: x.dtype, device: x.device });
    copy_(x, values);
    values.dispose();
  });
  return x;
}
/**
 * Draws from the normal distribution, as far as it lies in [a, b]. Nothing is read: it works on asynchronous devices.
 * @param x a tensor, which is changed in place, unrecorded
 * @param mean 0 by default
 * @param std the deviation, 1 by default
 * @param a the lower bound, -2 by default
 * @param b the upper bound, 2 by default
 * @returns x itself, of its shape and dtype
 * @example nn.init.truncNormal_(zeros([100])).abs().le(2).all() // true
 */
export function truncNormal_(x: Tensor, mean: number = 0, std: number = 1, a: number = -2, b: number = 2): Tensor {
  if (mean < a - 2 * std || mean > b + 2 * std) warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.");
  noGrad(() => {
    const place = { dtype: x.dtype, device: x.device };
    // The inverse of the distribution function, of numbers evenly between its values at a and b.
    const [low, high] = [a, b].map((bound) => erf(full([], (bound - mean) / (std * Math.SQRT2), place))) as [Tensor, Tensor], width = sub(high, low);
    const values = erfinv(add_(mul_(rand(x.shape, place), width), low));
    copy_(x, clamp_(add_(mul_(values, std * Math.SQRT2), mean), a, b));
    for (const used of [low, high, width, values]) used.dispose();
  });
  return x;
}
/**
 * Rows, or where there are more rows than columns columns, that are orthonormal, times `gain`; evenly among all such matrices (Saxe et al., 2013). Dims behind the first count as
 * one. It runs on the host, as `linalg.qr` does.
 * @param x of at least two dims, changed in place, unrecorded
 * @param options `gain`: 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DeviceError on a device that cannot read at once
 * @example const x = nn.init.orthogonal_(zeros([2, 3])); allcloseSync(x.matmul(x.t()), eye(2), { atol: 1e-5 }) // true
 */
export function orthogonal_(x: Tensor, options: { readonly gain?: number } = {}): Tensor {
  if (x.ndim < 2) throw new ShapeError("Only tensors with 2 or more dimensions are supported");
  if (x.shape.includes(0)) return x;
  const inside = scope("orthogonal_"), rows = x.shape[0]!, columns = x.shape.slice(1).reduce((product, n) => product * n, 1), isWide = rows < columns;
  try {
    inside.run(() => noGrad(() => {
      const { Q, R } = qr(randn(isWide ? [columns, rows] : [rows, columns], { dtype: x.dtype === "float64" ? "float64" : "float32", device: x.device }));
      const even = mul(Q, sign(diagonal(R))); // else the signs of R would favour some
      copy_(x, mul(reshape(isWide ? t(even) : even, x.shape), options.gain ?? 1));
    }));
  } finally {
    inside.close();
  }
  return x;
}
/**
 * Convolutions that keep as many channels as they can: 1 at the center of the kernel from each channel to itself, 0 elsewhere.
 * @param x [out, in, ...kernel], changed in place, unrecorded
 * @param groups in each of which this holds, 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for other than 3 to 5 dims
 * @throws ArgumentError for channels that the groups do not divide
 * @example nn.init.dirac_(zeros([1, 1, 3])) // [[[0, 1, 0]]]
 */
export function dirac_(x: Tensor, groups: number = 1): Tensor {
  if (x.ndim < 3 || x.ndim > 5) throw new ShapeError("Only tensors with 3, 4, or 5 dimensions are supported");
  const [out, into, ...kernel] = x.shape as [number, number, ...number[]];
  if (out % groups !== 0) throw new ArgumentError("dim 0 must be divisible by groups");
  const field = kernel.reduce((product, size) => product * size, 1), centre = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0), perGroup = out / groups;
  const values = new Float32Array(out * into * field);
  for (let g = 0; g < groups; g++) for (let d = 0; d < Math.min(perGroup, into); d++) values[((g * perGroup + d) * into + d) * field + centre] = 1;
  noGrad(() => {
    const made = tensor(values, { shape: x.shape, device: x.device });
    copy_(x, made);
    made.dispose();
  });
  return x;
}

/**
 * How many inputs an output reads, in * kernel, and how many outputs an input reaches, out * kernel.
 * @param shape [out, in, ...kernel]
 * @returns `{ fanIn, fanOut }`
 * @throws ShapeError for fewer than 2 dims
 * @example nn.init.fans([2, 3]) // { fanIn: 3, fanOut: 2 }
 */
export function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length < 2) throw new ShapeError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  const [out, into, ...kernel] = shape as [number, number, ...number[]];
  const field = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: into * field, fanOut: out * field };
}

export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";
/**
 * The recommended gain after a nonlinearity: sqrt(2) of relu, 5 / 3 of tanh, sqrt(2 / (1 + slope^2)) of leakyRelu, 3 / 4 of selu, else 1.
 * @param nonlinearity its name
 * @param slope of leakyRelu, 0.01 by default
 * @returns a number
 * @throws ArgumentError for another name
 * @example nn.init.calculateGain("relu") // 1.4142
 */
export function calculateGain(nonlinearity: Nonlinearity, slope: number = 0.01): number {
  const gains = { linear: 1, sigmoid: 1, tanh: 5 / 3, relu: Math.SQRT2, leakyRelu: Math.sqrt(2 / (1 + slope ** 2)), selu: 3 / 4 } satisfies Record<Nonlinearity, number>;
  if (!Object.hasOwn(gains, nonlinearity)) throw new ArgumentError(`Unsupported nonlinearity ${String(nonlinearity)}`);
  return gains[nonlinearity];
}

export type KaimingOptions = {
  /** The slope of leakyRelu, where that is the nonlinearity: 0 by default. */
  readonly a?: number;
  /** Which fan is kept: "fanIn" by default. */
  readonly mode?: "fanIn" | "fanOut";
  /** What follows: "leakyRelu" by default. */
  readonly nonlinearity?: Nonlinearity;
};
const kaimingStd = (x: Tensor, { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" }: KaimingOptions): number =>
  calculateGain(nonlinearity, a) / Math.sqrt(fans(x.shape)[mode]);
const symmetric = (x: Tensor, bound: number): Tensor => uniform_(x, -bound, bound);
/**
 * U(-b, b), b = gain * sqrt(3 / fan) (He et al., 2015).
 * @param x [out, in, ...kernel], changed in place, unrecorded
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws ArgumentError for another nonlinearity
 * @example nn.init.kaimingUniform_(zeros([2, 3])).shape // [2, 3]
 */
export const kaimingUniform_ = (x: Tensor, options: KaimingOptions = {}): Tensor => symmetric(x, Math.sqrt(3) * kaimingStd(x, options));
/**
 * N(0, gain^2 / fan) (He et al., 2015).
 * @param x [out, in, ...kernel], changed in place, unrecorded
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws ArgumentError for another nonlinearity
 * @example nn.init.kaimingNormal_(zeros([2, 3])).shape // [2, 3]
 */
export const kaimingNormal_ = (x: Tensor, options: KaimingOptions = {}): Tensor => normal_(x, 0, kaimingStd(x, options));

const xavierStd = (x: Tensor, gain: number): number => {
  const { fanIn, fanOut } = fans(x.shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
};
/**
 * U(-b, b), b = gain * sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010).
 * @param x [out, in, ...kernel], changed in place, unrecorded
 * @param options `gain`: 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @example nn.init.xavierUniform_(zeros([2, 3])).shape // [2, 3]
 */
export const xavierUniform_ = (x: Tensor, options: { readonly gain?: number } = {}): Tensor => symmetric(x, Math.sqrt(3) * xavierStd(x, options.gain ?? 1));
/**
 * N(0, gain^2 * 2 / (fanIn + fanOut)) (Glorot and Bengio, 2010).
 * @param x [out, in, ...kernel], changed in place, unrecorded
 * @param options `gain`: 1 by default
 * @returns x itself, of its shape and dtype
 * @throws ShapeError for fewer than 2 dims
 * @example nn.init.xavierNormal_(zeros([2, 3])).shape // [2, 3]
 */
export const xavierNormal_ = (x: Tensor, options: { readonly gain?: number } = {}): Tensor => normal_(x, 0, xavierStd(x, options.gain ?? 1));
