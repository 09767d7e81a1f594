/** @file Activations with a second part: a gate, a learned slope, a random slope. */
import { copy_, full, glu, prelu, python, rrelu, type Tensor } from "@adjoint/core/functional";
import { constant_ } from "../init.ts";
import { Module } from "../module.ts";
import { type InplaceOptions, leading } from "../options.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { InplaceActivation } from "./activation.ts";

/**
 * The first half along a dim times the sigmoid of the second: PyTorch's `nn.GLU`, by `glu`. x [..., 2 n] -> [..., n].
 * @param dim along which, the last by default; or the options
 * @example new nn.GLU().forward(tensor([1, 0])) // [0.5]
 */
export class GLU extends Module {
  static override readonly name: string = "GLU";
  readonly dim: number;
  constructor(dim?: number | { readonly dim?: number }) {
    super();
    this.dim = leading<"dim", { readonly dim?: number }>("dim", dim, undefined).dim ?? -1;
  }
  override forward(x: Tensor): Tensor {
    return glu(x, this.dim);
  }
  protected override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

type PReLUOptions = PlaceOptions & {
  /** 1 (by default), or as many as there are channels. */
  readonly numParameters?: number;
  /** The slopes to begin with: 0.25 by default. */
  readonly init?: number;
};
/**
 * x above 0, a learned slope times x below, one slope or one for each channel (He et al., 2015): PyTorch's `nn.PReLU`, by `prelu`. x [n, channels, ...] -> the same shape.
 * @param numParameters how many slopes, 1 by default; or the options
 * @param options further ones
 * @example new nn.PReLU().forward(tensor([-4, 2])) // [-1, 2]
 */
export class PReLU extends Module {
  static override readonly name: string = "PReLU";
  readonly numParameters: number;
  readonly init: number;
  readonly weight: Tensor;
  constructor(numParameters?: number | PReLUOptions, options?: PReLUOptions) {
    super();
    const { numParameters: count = 1, init = 0.25, ...place } = leading<"numParameters", PReLUOptions>("numParameters", numParameters, options);
    this.numParameters = count;
    this.init = init;
    this.weight = parameter(full([count], init, place));
  }
  resetParameters(): void {
    constant_(this.weight, this.init);
  }
  override forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
  protected override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

type RReLUOptions = InplaceOptions & {
  /** The least slope: 1/8 by default. */
  readonly lower?: number;
  /** The greatest slope: 1/3 by default. */
  readonly upper?: number;
};
/**
 * x above 0, a random slope times x below, its mean outside training (Xu et al., 2015): PyTorch's `nn.RReLU`, by `rrelu`. Keeps shape and dtype.
 * @param lower the least slope, 1/8 by default; or the options
 * @param upper the greatest slope, 1/3 by default
 * @param options further ones
 * @example new nn.RReLU(0.5, 0.5).forward(tensor([-4, 2])) // [-2, 2]
 */
export class RReLU extends InplaceActivation {
  static override readonly name: string = "RReLU";
  readonly lower: number;
  readonly upper: number;
  constructor(lower?: number | RReLUOptions, upper?: number, options?: InplaceOptions) {
    const all = leading<"lower", RReLUOptions>("lower", lower, { ...options, ...(upper === undefined ? {} : { upper }) });
    super(all);
    this.lower = all.lower ?? 1 / 8;
    this.upper = all.upper ?? 1 / 3;
  }
  protected override compute(x: Tensor): Tensor {
    return rrelu(x, { lower: this.lower, upper: this.upper, training: this.training });
  }
  protected override change(x: Tensor): Tensor {
    return copy_(x, this.compute(x));
  }
  protected override extraRepr(): string {
    return this.withInplace(`lower=${python.float(this.lower)}, upper=${python.float(this.upper)}`);
  }
}
