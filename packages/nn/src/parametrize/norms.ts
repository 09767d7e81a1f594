/** @file Weights divided by their norm: PyTorch's `nn.utils.parametrizations.spectral_norm` and `weight_norm`. */
import { clone, copy_, div, dot, flatten, IndexError, mul, mv, noGrad, normalize, permute, randn, scope, sqrt, square, sum, t, type Tensor } from "@adjoint/core/functional";
import { ModuleError } from "../errors.ts";
import { Module } from "../module.ts";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "../spatial/index.ts";
import { tensorOf } from "./orthogonal.ts";
import { apart } from "./parametrization-list.ts";
import { registerParametrization } from "./parametrize.ts";

const SpectralNorm = class _SpectralNorm extends Module {
  readonly nPowerIterations: number;
  readonly eps: number;
  readonly dim: number;
  /** The singular vectors of the largest singular value, nearly. */
  readonly _u: Tensor | null = null;
  readonly _v: Tensor | null = null;
  constructor(weight: Tensor, nPowerIterations: number, eps: number, dim: number) {
    super();
    this.nPowerIterations = nPowerIterations;
    this.eps = eps;
    this.dim = dim < 0 ? dim + weight.ndim : dim;
    if (weight.ndim < 2) return;
    const drawn = (size: number): Tensor => apart(() => normalize(randn([size], { dtype: weight.dtype, device: weight.device }), { dim: 0, eps })), rows = weight.shape[this.dim]!;
    this._u = this.registerBuffer("_u", drawn(rows));
    this._v = this.registerBuffer("_v", drawn(weight.shape.reduce((product, size) => product * size, 1) / rows));
    this.iterate(weight, 15);
  }
  /** The weight as a matrix, with `dim` in front. */
  private matrix(weight: Tensor): Tensor {
    return flatten(this.dim === 0 ? weight : permute(weight, [this.dim, ...[...weight.shape.keys()].filter((d) => d !== this.dim)]), 1);
  }
  private iterate(weight: Tensor, times: number): void {
    const inside = scope("spectralNorm"), u = this._u!, v = this._v!, to = { dim: 0, eps: this.eps };
    try {
      inside.run(() => noGrad(() => {
        const W = this.matrix(weight);
        for (let i = 0; i < times; i++) {
          copy_(u, normalize(mv(W, v), to));
          copy_(v, normalize(mv(t(W), u), to));
        }
      }));
    } finally {
      inside.close();
    }
  }
  override forward(weight: Tensor): Tensor {
    if (this._u === null || this._v === null) return normalize(weight, { dim: 0, eps: this.eps });
    if (this.training) this.iterate(weight, this.nPowerIterations);
    // Copies: the next step changes them, and backward reads these.
    return div(weight, dot(clone(this._u), mv(this.matrix(weight), clone(this._v))));
  }
  rightInverse(x: Tensor): Tensor {
    return x;
  }
};

export type SpectralNormOptions = {
  /** Steps of the power method a forward pass in training: 1 by default. */
  readonly nPowerIterations?: number;
  /** The least length that a vector is divided by: 1e-12 by default. */
  readonly eps?: number;
  /** The dim of the outputs: by default 1 for transposed convolutions, otherwise 0. */
  readonly dim?: number | null;
};
/**
 * Divides a weight of a module by its largest singular value (Miyato et al., 2018), which the power method follows from step to step. In evaluation it stands still. PyTorch's
 * `torch.nn.utils.parametrizations.spectral_norm`.
 * @param module whose weight it is
 * @param name of the weight, "weight" by default
 * @returns the module
 * @throws ModuleError for a name that the module does not have, or a number of iterations below 1
 * @throws IndexError for a dim out of range
 * @example nn.utils.parametrizations.spectralNorm(new nn.Linear(2, 3)).weight.shape // [3, 2]
 * @example
 * const layer = utils.parametrizations.spectralNorm(new Linear(20, 40));
 */
export function spectralNorm<M extends Module>(module: M, name: string = "weight", options: SpectralNormOptions = {}): M {
  const weight = tensorOf(module, name), { nPowerIterations = 1, eps = 1e-12 } = options, isTransposed = module instanceof ConvTranspose1d || module instanceof ConvTranspose2d || module instanceof ConvTranspose3d;
  const dim = options.dim ?? (isTransposed ? 1 : 0), { ndim } = weight;
  if (dim >= ndim || dim < -ndim) throw new IndexError(`Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`);
  if (!(nPowerIterations > 0)) throw new ModuleError(`Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`);
  return registerParametrization(module, name, new SpectralNorm(weight, nPowerIterations, eps, dim));
}

const WeightNorm = class _WeightNorm extends Module {
  readonly dim: number | null;
  constructor(dim: number | null) {
    super();
    this.dim = dim;
  }
  /** The norm over all dims but one, or over all. */
  private norm(x: Tensor): Tensor {
    const squares = square(x);
    return sqrt(this.dim === null ? sum(squares) : sum(squares, [...x.shape.keys()].filter((d) => d !== this.dim), { keepdim: true }));
  }
  override forward(...[size, direction]: readonly Tensor[]): Tensor {
    return mul(direction!, div(size!, this.norm(direction!)));
  }
  rightInverse(x: Tensor): readonly Tensor[] {
    return [apart(() => this.norm(x)), apart(() => mul(x, 1))];
  }
};
/**
 * Makes a weight of a module a size (`original0`) times a direction (`original1`), for each index of a dim (Salimans and Kingma, 2016). PyTorch's
 * `torch.nn.utils.parametrizations.weight_norm`.
 * @param module whose weight it is
 * @param name of the weight, "weight" by default
 * @param dim along which there are sizes, 0 by default; null for one size of all
 * @returns the module
 * @throws ModuleError for a name that the module does not have
 * @example nn.utils.parametrizations.weightNorm(new nn.Linear(2, 3)).weight.shape // [3, 2]
 */
export function weightNorm<M extends Module>(module: M, name: string = "weight", dim: number | null = 0): M {
  const weight = tensorOf(module, name);
  return registerParametrization(module, name, new WeightNorm(dim !== null && dim < 0 ? dim + weight.ndim : dim), { unsafe: true });
}
