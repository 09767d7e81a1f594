/** @file Layer normalisation with its scale and shift. */
import { layerNorm, ones, python, type Shape, type Tensor, zeros } from "@adjoint/core/functional";
import { ones_, zeros_ } from "../init.ts";
import type { PlaceOptions } from "../place.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";

export type LayerNormOptions = PlaceOptions & {
  /** Added to the variance: 1e-5 by default. */
  readonly eps?: number;
  /** Whether there is a weight, and a bias: true by default. */
  readonly elementwiseAffine?: boolean;
  /** Whether there is one beside the weight: true by default. */
  readonly bias?: boolean;
};

/**
 * (x - mean) / sqrt(variance + eps) * weight + bias, over the last dims (Ba et al., 2016): PyTorch's `nn.LayerNorm`, by `layerNorm`. x [..., ...normalizedShape] -> the same
 * shape.
 * @param normalizedShape the sizes of the last dims, or of the last
 * @example new nn.LayerNorm(2).forward(tensor([[1, 3]])) // [[-1, 1]]
 */
export class LayerNorm extends Module {
  static override readonly name: string = "LayerNorm";
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true, ...place } = options;
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.eps = eps;
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape, place)) : null;
    this.bias = elementwiseAffine && bias ? parameter(zeros(this.normalizedShape, place)) : null;
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, { weight: this.weight ?? undefined, bias: this.bias ?? undefined, eps: this.eps });
  }
  protected override extraRepr(): string {
    return `${python.tuple(this.normalizedShape)}, eps=${python.float(this.eps)}, elementwise_affine=${python.bool(this.weight !== null)}`;
  }
}
