/** @file Smooth activations and their piecewise linear relatives. */
import { type Elementwise, gelu, hardshrink, hardsigmoid, hardswish, logsigmoid, mish, python, sigmoid, silu, softplus, softshrink, softsign, tanh, tanhshrink, type Tensor } from "@adjoint/core/functional";
import { leading } from "../options.ts";
import { Activation, InplaceActivation } from "./activation.ts";

/**
 * (exp(x) - exp(-x)) / (exp(x) + exp(-x)): PyTorch's `nn.Tanh`, by `tanh`. Keeps shape and dtype.
 * @example new nn.Tanh().forward(tensor([0, 1])) // [0, 0.7616]
 */
export class Tanh extends Activation {
  static override readonly name: string = "Tanh";
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
/**
 * 1 / (1 + exp(-x)): PyTorch's `nn.Sigmoid`, by `sigmoid`. Keeps shape and dtype.
 * @example new nn.Sigmoid().forward(tensor([0, 1])) // [0.5, 0.7311]
 */
export class Sigmoid extends Activation {
  static override readonly name: string = "Sigmoid";
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
/**
 * log(sigmoid(x)): PyTorch's `nn.LogSigmoid`, by `logsigmoid`. Keeps shape and dtype.
 * @example new nn.LogSigmoid().forward(tensor([0])) // [-0.6931]
 */
export class LogSigmoid extends Activation {
  static override readonly name: string = "LogSigmoid";
  override forward(x: Tensor): Tensor {
    return logsigmoid(x);
  }
}
/**
 * x / (1 + |x|): PyTorch's `nn.Softsign`, by `softsign`. Keeps shape and dtype.
 * @example new nn.Softsign().forward(tensor([1, -3])) // [0.5, -0.75]
 */
export class Softsign extends Activation {
  static override readonly name: string = "Softsign";
  override forward(x: Tensor): Tensor {
    return softsign(x);
  }
}
/**
 * x - tanh(x): PyTorch's `nn.Tanhshrink`, by `tanhshrink`. Keeps shape and dtype.
 * @example new nn.Tanhshrink().forward(tensor([0, 1])) // [0, 0.2384]
 */
export class Tanhshrink extends Activation {
  static override readonly name: string = "Tanhshrink";
  override forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

/** An activation that is one elementwise op. */
abstract class Row extends InplaceActivation {
  protected abstract op(): Elementwise<readonly [x: Tensor]>;
  protected override compute(x: Tensor): Tensor {
    return this.op()(x);
  }
  protected override change(x: Tensor): Tensor {
    return this.op().into(x);
  }
}
/**
 * x * sigmoid(x): PyTorch's `nn.SiLU`, by `silu`. Keeps shape and dtype.
 * @example new nn.SiLU().forward(tensor([0, 1])) // [0, 0.7311]
 */
export class SiLU extends Row {
  static override readonly name: string = "SiLU";
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return silu;
  }
}
/**
 * x * tanh(softplus(x)) (Misra, 2019): PyTorch's `nn.Mish`, by `mish`. Keeps shape and dtype.
 * @example new nn.Mish().forward(tensor([0, 1])) // [0, 0.8651]
 */
export class Mish extends Row {
  static override readonly name: string = "Mish";
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return mish;
  }
}
/**
 * min(max(x + 3, 0), 6) / 6: PyTorch's `nn.Hardsigmoid`, by `hardsigmoid`. Keeps shape and dtype.
 * @example new nn.Hardsigmoid().forward(tensor([-4, 0, 4])) // [0, 0.5, 1]
 */
export class Hardsigmoid extends Row {
  static override readonly name: string = "Hardsigmoid";
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return hardsigmoid;
  }
  protected override extraRepr(): string {
    return "";
  }
}
/**
 * x * hardsigmoid(x): PyTorch's `nn.Hardswish`, by `hardswish`. Keeps shape and dtype.
 * @example new nn.Hardswish().forward(tensor([-4, 0, 4])) // [0, 0, 4]
 */
export class Hardswish extends Row {
  static override readonly name: string = "Hardswish";
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return hardswish;
  }
  protected override extraRepr(): string {
    return "";
  }
}

type Approximate = {
  /** "none" by default. */
  readonly approximate?: "none" | "tanh";
};
/**
 * x * Phi(x), Phi the normal distribution function; `"tanh"` as in GPT-2 (Hendrycks and Gimpel, 2016): PyTorch's `nn.GELU`, by `gelu`. Keeps shape and dtype.
 * @param approximate "none" by default, or "tanh"; or the options
 * @example new nn.GELU().forward(tensor([0, 1])) // [0, 0.8413]
 */
export class GELU extends Activation {
  static override readonly name: string = "GELU";
  readonly approximate: "none" | "tanh";
  constructor(approximate?: "none" | "tanh" | Approximate) {
    super();
    this.approximate = leading<"approximate", Approximate>("approximate", approximate, undefined).approximate ?? "none";
  }
  override forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
  protected override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

type SoftplusOptions = {
  /** 1 by default. */
  readonly beta?: number;
  /** 20 by default. */
  readonly threshold?: number;
};
/**
 * log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold: PyTorch's `nn.Softplus`, by `softplus`. Keeps shape and dtype.
 * @param beta 1 by default; or the options
 * @param threshold 20 by default
 * @example new nn.Softplus().forward(tensor([0, 30])) // [0.6931, 30]
 */
export class Softplus extends Activation {
  static override readonly name: string = "Softplus";
  readonly beta: number;
  readonly threshold: number;
  constructor(beta?: number | SoftplusOptions, threshold?: number) {
    super();
    const all = leading<"beta", SoftplusOptions>("beta", beta, threshold === undefined ? undefined : { threshold });
    this.beta = all.beta ?? 1;
    this.threshold = all.threshold ?? 20;
  }
  override forward(x: Tensor): Tensor {
    return softplus(x, this);
  }
  protected override extraRepr(): string {
    return `beta=${python.number(this.beta)}, threshold=${python.number(this.threshold)}`;
  }
}

type Lambd = {
  /** 0.5 by default. */
  readonly lambd?: number;
};
/**
 * x, and 0 where it is within lambd of 0: PyTorch's `nn.Hardshrink`, by `hardshrink`. Keeps shape and dtype.
 * @param lambd 0.5 by default; or the options
 * @example new nn.Hardshrink().forward(tensor([-1, 0.2])) // [-1, 0]
 */
export class Hardshrink extends Activation {
  static override readonly name: string = "Hardshrink";
  readonly lambd: number;
  constructor(lambd?: number | Lambd) {
    super();
    this.lambd = leading<"lambd", Lambd>("lambd", lambd, undefined).lambd ?? 0.5;
  }
  override forward(x: Tensor): Tensor {
    return hardshrink(x, this);
  }
  protected override extraRepr(): string {
    return python.float(this.lambd);
  }
}
/**
 * x moved towards 0 by lambd, and 0 where it is nearer than that: PyTorch's `nn.Softshrink`, by `softshrink`. Keeps shape and dtype.
 * @param lambd 0.5 by default; or the options
 * @example new nn.Softshrink().forward(tensor([-1, 0.2])) // [-0.5, 0]
 */
export class Softshrink extends Activation {
  static override readonly name: string = "Softshrink";
  readonly lambd: number;
  constructor(lambd?: number | Lambd) {
    super();
    this.lambd = leading<"lambd", Lambd>("lambd", lambd, undefined).lambd ?? 0.5;
  }
  override forward(x: Tensor): Tensor {
    return softshrink(x, this);
  }
  protected override extraRepr(): string {
    return python.float(this.lambd);
  }
}
