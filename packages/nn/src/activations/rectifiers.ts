/** @file Rectifiers: ReLU and its kin. */
import { ArgumentError, celu, celu_, elu, elu_, hardtanh_, hardtanh, leakyRelu, leakyRelu_, python, relu, relu6, selu, selu_, type Tensor, threshold, threshold_ } from "@adjoint/core/functional";
import { type InplaceOptions, leading } from "../options.ts";
import { InplaceActivation } from "./activation.ts";

/**
 * max(x, 0): PyTorch's `nn.ReLU`, by `relu`. Keeps shape and dtype.
 * @example new nn.ReLU().forward(tensor([-1, 2])) // [0, 2]
 */
export class ReLU extends InplaceActivation {
  static override readonly name: string = "ReLU";
  protected override compute(x: Tensor): Tensor {
    return relu(x);
  }
  protected override change(x: Tensor): Tensor {
    return relu.into(x);
  }
}
/**
 * min(max(x, 0), 6): PyTorch's `nn.ReLU6`, by `relu6`. Keeps shape and dtype.
 * @example new nn.ReLU6().forward(tensor([-1, 3, 9])) // [0, 3, 6]
 */
export class ReLU6 extends InplaceActivation {
  static override readonly name: string = "ReLU6";
  protected override compute(x: Tensor): Tensor {
    return relu6(x);
  }
  protected override change(x: Tensor): Tensor {
    return hardtanh_(x, { minVal: 0, maxVal: 6 });
  }
}
/**
 * x above 0, negativeSlope * x below: PyTorch's `nn.LeakyReLU`, by `leakyRelu`. Keeps shape and dtype.
 * @param negativeSlope 0.01 by default; or the options
 * @param options further ones
 * @example new nn.LeakyReLU(0.1).forward(tensor([-1, 2])) // [-0.1, 2]
 */
export class LeakyReLU extends InplaceActivation {
  static override readonly name: string = "LeakyReLU";
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

type Alpha = InplaceOptions & {
  /** 1 by default. */
  readonly alpha?: number;
};
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
/**
 * x above 0, alpha (exp(x) - 1) below (Clevert et al., 2015): PyTorch's `nn.ELU`, by `elu`. Keeps shape and dtype.
 * @param alpha 1 by default; or the options
 * @param options further ones
 * @example new nn.ELU().forward(tensor([-1, 2])) // [-0.6321, 2]
 */
export class ELU extends Exponential {
  static override readonly name: string = "ELU";
  protected override compute(x: Tensor): Tensor {
    return elu(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return elu_(x, this);
  }
}
/**
 * x above 0, alpha (exp(x / alpha) - 1) below (Barron, 2017): PyTorch's `nn.CELU`, by `celu`. Keeps shape and dtype.
 * @param alpha 1 by default; or the options
 * @param options further ones
 * @example new nn.CELU(2).forward(tensor([-1, 2])) // [-0.7869, 2]
 */
export class CELU extends Exponential {
  static override readonly name: string = "CELU";
  protected override compute(x: Tensor): Tensor {
    return celu(x, this);
  }
  protected override change(x: Tensor): Tensor {
    return celu_(x, this);
  }
}
/**
 * ELU with the constants that keep mean 0 and variance 1 (Klambauer et al., 2017): PyTorch's `nn.SELU`, by `selu`. Keeps shape and dtype.
 * @example new nn.SELU().forward(tensor([-1, 1])) // [-1.1113, 1.0507]
 */
export class SELU extends InplaceActivation {
  static override readonly name: string = "SELU";
  protected override compute(x: Tensor): Tensor {
    return selu(x);
  }
  protected override change(x: Tensor): Tensor {
    return selu_(x);
  }
}
/**
 * x above a threshold, one value elsewhere: PyTorch's `nn.Threshold`, by `threshold`. Keeps shape and dtype.
 * @param threshold above which x stays
 * @param value what stands elsewhere
 * @example new nn.Threshold(1, 0).forward(tensor([0.5, 2])) // [0, 2]
 */
export class Threshold extends InplaceActivation {
  static override readonly name: string = "Threshold";
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

type Bounds = InplaceOptions & {
  /** -1 by default. */
  readonly minVal?: number;
  /** 1 by default. */
  readonly maxVal?: number;
};
/**
 * x brought into [minVal, maxVal]: PyTorch's `nn.Hardtanh`, by `hardtanh`. Keeps shape and dtype.
 * @param minVal -1 by default; or the options
 * @param maxVal 1 by default
 * @param options further ones
 * @throws ArgumentError unless maxVal is above minVal
 * @example new nn.Hardtanh(-2, 2).forward(tensor([-3, 1])) // [-2, 1]
 */
export class Hardtanh extends InplaceActivation {
  static override readonly name: string = "Hardtanh";
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
