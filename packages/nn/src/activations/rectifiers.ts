/** @file Rectifiers: ReLU and its kin. */
import { ArgumentError, celu, celu_, elu, elu_, hardtanh_, hardtanh, leakyRelu, leakyRelu_, python, relu, relu6, selu, selu_, type Tensor, threshold, threshold_ } from "@adjoint/core/functional";
import { type InplaceOptions, leading } from "../options.ts";
import { InplaceActivation } from "./activation.ts";

/** max(x, 0). */
export class ReLU extends InplaceActivation {
  protected override compute(x: Tensor): Tensor {
    return relu(x);
  }
  protected override change(x: Tensor): Tensor {
    return relu.into(x);
  }
}
/** min(max(x, 0), 6). */
export class ReLU6 extends InplaceActivation {
  protected override compute(x: Tensor): Tensor {
    return relu6(x);
  }
  protected override change(x: Tensor): Tensor {
    return hardtanh_(x, { minVal: 0, maxVal: 6 });
  }
}
/** x above 0, negativeSlope x below: 0.01 by default. */
export class LeakyReLU extends InplaceActivation {
  readonly negativeSlope: number;
  constructor(negativeSlope?: number | (InplaceOptions & { readonly negativeSlope?: number }), options?: InplaceOptions) {
    const all = leading<"negativeSlope", InplaceOptions & { readonly negativeSlope?: number }>("negativeSlope", negativeSlope, options);
    super(all);
    this.negativeSlope = all.negativeSlope ?? 0.01;
  }
  protected override compute(x: Tensor): Tensor {
    return leakyRelu(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return leakyRelu_(x, this);
  }
  protected override extraRepr(): string {
    return this.withInplace(`negative_slope=${python.float(this.negativeSlope)}`);
  }
}

type Alpha = InplaceOptions & { readonly alpha?: number };
/** An exponential below 0, whose limit is -alpha. */
abstract class Exponential extends InplaceActivation {
  readonly alpha: number;
  constructor(alpha?: number | Alpha, options?: InplaceOptions) {
    const all = leading<"alpha", Alpha>("alpha", alpha, options);
    super(all);
    this.alpha = all.alpha ?? 1;
  }
  protected override extraRepr(): string {
    return this.withInplace(`alpha=${python.float(this.alpha)}`);
  }
}
/** x above 0, alpha (exp(x) - 1) below. */
export class ELU extends Exponential {
  protected override compute(x: Tensor): Tensor {
    return elu(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return elu_(x, this);
  }
}
/** x above 0, alpha (exp(x / alpha) - 1) below. */
export class CELU extends Exponential {
  protected override compute(x: Tensor): Tensor {
    return celu(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return celu_(x, this);
  }
}
/** ELU with the constants that keep mean 0 and variance 1. */
export class SELU extends InplaceActivation {
  protected override compute(x: Tensor): Tensor {
    return selu(x);
  }
  protected override change(x: Tensor): Tensor {
    return selu_(x);
  }
}
/** x above the threshold, `value` elsewhere. */
export class Threshold extends InplaceActivation {
  readonly threshold: number;
  readonly value: number;
  constructor(threshold: number, value: number, options: InplaceOptions = {}) {
    super(options);
    this.threshold = threshold;
    this.value = value;
  }
  protected override compute(x: Tensor): Tensor {
    return threshold(x, this.threshold, this.value);
  }
  protected override change(x: Tensor): Tensor {
    return threshold_(x, this.threshold, this.value);
  }
  protected override extraRepr(): string {
    return this.withInplace(`threshold=${python.float(this.threshold)}, value=${python.float(this.value)}`);
  }
}

type Bounds = InplaceOptions & { readonly minVal?: number; readonly maxVal?: number };
/** Into [minVal, maxVal]: [-1, 1] by default. */
export class Hardtanh extends InplaceActivation {
  readonly minVal: number;
  readonly maxVal: number;
  constructor(minVal?: number | Bounds, maxVal?: number, options?: InplaceOptions) {
    const all = leading<"minVal", Bounds>("minVal", minVal, { ...options, ...(maxVal === undefined ? {} : { maxVal }) });
    super(all);
    this.minVal = all.minVal ?? -1;
    this.maxVal = all.maxVal ?? 1;
    if (!(this.maxVal > this.minVal)) throw new ArgumentError(`Hardtanh: max_val must be greater than min_val, got min_val=${this.minVal} and max_val=${this.maxVal}`);
  }
  protected override compute(x: Tensor): Tensor {
    return hardtanh(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return hardtanh_(x, this);
  }
  protected override extraRepr(): string {
    return this.withInplace(`min_val=${python.float(this.minVal)}, max_val=${python.float(this.maxVal)}`);
  }
}
