/** @file A bilinear form for each output. */
import { bilinear, python, type Tensor, zeros } from "@adjoint/core/functional";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

/**
 * out_k = x^T W_k y + b_k: PyTorch's `nn.Bilinear`, by `bilinear`. x [..., in1Features] and y [..., in2Features] -> [..., outFeatures].
 * @param in1Features the size of x's last dim
 * @param in2Features the size of y's last dim
 * @param outFeatures the size of the result's
 * @param options `bias`: whether there is one, true by default; `device`, `dtype`
 * @example new nn.Bilinear(2, 3, 4).forward(ones([5, 2]), ones([5, 3])).shape // [5, 4]
 */
export class Bilinear extends Module {
  static override readonly name: string = "Bilinear";
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  /** [outFeatures, in1Features, in2Features] */
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  constructor(in1Features: number, in2Features: number, outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super();
    const { bias = true, ...place } = options;
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = parameter(zeros([outFeatures, in1Features, in2Features], place));
    this.bias = bias ? parameter(zeros([outFeatures], place)) : null;
    this.resetParameters();
  }
  /** U(-1 / sqrt(in1Features), 1 / sqrt(in1Features)), weight and bias. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }
  override forward(x: Tensor, y: Tensor): Tensor {
    return bilinear(x, y, this.weight, { bias: this.bias });
  }
  protected override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${python.bool(this.bias !== null)}`;
  }
}
