/** @file Layer normalisation with its scale and shift. */
import { layerNorm, ones, python, type Shape, type Tensor, zeros } from "@adjoint/core/functional";
import { ones_, zeros_ } from "../init.ts";
import type { PlaceOptions } from "../place.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";

export type LayerNormOptions = PlaceOptions & { readonly eps?: number; readonly elementwiseAffine?: boolean; readonly bias?: boolean };

/** (x - mean) / sqrt(variance + eps) over the last dims, times weight, plus bias: PyTorch's `nn.LayerNorm`. */
export class LayerNorm extends Module {
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
