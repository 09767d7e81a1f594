/** @file Normalisation over groups of channels, and over neighbouring channels. */
import { ArgumentError, groupNorm, localResponseNorm, ones, python, type Tensor, zeros } from "@adjoint/core/functional";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, for each group of channels over its channels and places (Wu and He, 2018): PyTorch's `nn.GroupNorm`, by `groupNorm`. x [n,
 * channels, ...] -> the same shape.
 * @param numGroups how many groups
 * @param numChannels how many channels
 * @param options `eps`: added to the variance, 1e-5 by default; `affine`: whether there are weight and bias, true by default; `device`, `dtype`
 * @throws ArgumentError for channels that the groups do not divide
 * @example new nn.GroupNorm(2, 4).forward(ones([1, 4, 3])).shape // [1, 4, 3]
 */
export class GroupNorm extends Module {
  static override readonly name: string = "GroupNorm";
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  constructor(numGroups: number, numChannels: number, options: PlaceOptions & { readonly eps?: number; readonly affine?: boolean } = {}) {
    super();
    const { eps = 1e-5, affine = true, ...place } = options;
    if (numChannels % numGroups !== 0) throw new ArgumentError("num_channels must be divisible by num_groups");
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? parameter(ones([numChannels], place)) : null;
    this.bias = affine ? parameter(zeros([numChannels], place)) : null;
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  override forward(x: Tensor): Tensor {
    return groupNorm(x, this.numGroups, this);
  }
  protected override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${python.float(this.eps)}, affine=${python.bool(this.weight !== null)}`;
  }
}

/**
 * x / (k + alpha * mean of x^2 over the channels around)^beta (Krizhevsky et al., 2012): PyTorch's `nn.LocalResponseNorm`, by `localResponseNorm`. x [n, channels, ...] -> the
 * same shape.
 * @param size how many channels around count
 * @param options `alpha`: 1e-4 by default; `beta`: 0.75; `k`: 1
 * @example new nn.LocalResponseNorm(2).forward(ones([1, 4, 3])).shape // [1, 4, 3]
 */
export class LocalResponseNorm extends Module {
  static override readonly name: string = "LocalResponseNorm";
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
  constructor(size: number, options: { readonly alpha?: number; readonly beta?: number; readonly k?: number } = {}) {
    super();
    this.size = size;
    this.alpha = options.alpha ?? 1e-4;
    this.beta = options.beta ?? 0.75;
    this.k = options.k ?? 1;
  }
  override forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this);
  }
  protected override extraRepr(): string {
    return `${this.size}, alpha=${python.float(this.alpha)}, beta=${python.float(this.beta)}, k=${python.float(this.k)}`;
  }
}
