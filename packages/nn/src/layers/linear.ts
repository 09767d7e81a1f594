/** @file Affine maps. */
import { linear, python, type Tensor, zeros } from "@adjoint/core/functional";
import { kaimingUniform_, uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

/**
 * x W^T + b: PyTorch's `nn.Linear`, by `linear`. x [..., inFeatures] -> [..., outFeatures].
 * @param inFeatures the size of x's last dim
 * @param outFeatures the size of the result's
 * @param options `bias`: whether there is one, true by default; `device`, `dtype`
 * @example new nn.Linear(2, 3).forward(ones([4, 2])).shape // [4, 3]
 */
export class Linear extends Module {
  static override readonly name: string = "Linear";
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures] */
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  constructor(inFeatures: number, outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super();
    const { bias = true, ...place } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = parameter(zeros([outFeatures, inFeatures], place));
    this.bias = bias ? parameter(zeros([outFeatures], place)) : null;
    this.resetParameters();
  }
  /** U(-1 / sqrt(inFeatures), 1 / sqrt(inFeatures)), weight and bias. */
  resetParameters(): void {
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    if (this.inFeatures > 0) kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }
  override forward(x: Tensor): Tensor {
    return this.bias === null ? linear(x, this.weight) : linear(x, this.weight, this.bias);
  }
  protected override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${python.bool(this.bias !== null)}`;
  }
}
