/** @file Smooth activations and their piecewise linear relatives. */
import { type Elementwise, gelu, hardshrink, hardsigmoid, hardswish, logsigmoid, mish, python, sigmoid, silu, softplus, softshrink, softsign, tanh, tanhshrink, type Tensor } from "@adjoint/core/functional";
import { leading } from "../options.ts";
import { Activation, InplaceActivation } from "./activation.ts";

/** (exp(x) - exp(-x)) / (exp(x) + exp(-x)). */
export class Tanh extends Activation {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
/** 1 / (1 + exp(-x)). */
export class Sigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
/** log(sigmoid(x)). */
export class LogSigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return logsigmoid(x);
  }
}
/** x / (1 + |x|). */
export class Softsign extends Activation {
  override forward(x: Tensor): Tensor {
    return softsign(x);
  }
}
/** x - tanh(x). */
export class Tanhshrink extends Activation {
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
/** x * sigmoid(x). */
export class SiLU extends Row {
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return silu;
  }
}
/** x * tanh(softplus(x)). */
export class Mish extends Row {
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return mish;
  }
}
/** min(max(x + 3, 0), 6) / 6. */
export class Hardsigmoid extends Row {
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return hardsigmoid;
  }
  protected override extraRepr(): string {
    return "";
  }
}
/** x * hardsigmoid(x). */
export class Hardswish extends Row {
  protected override op(): Elementwise<readonly [x: Tensor]> {
    return hardswish;
  }
  protected override extraRepr(): string {
    return "";
  }
}

type Approximate = { readonly approximate?: "none" | "tanh" };
/** x * Phi(x); `approximate: "tanh"` as in GPT-2. */
export class GELU extends Activation {
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

type SoftplusOptions = { readonly beta?: number; readonly threshold?: number };
/** log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold. */
export class Softplus extends Activation {
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

type Lambd = { readonly lambd?: number };
/** x, and 0 where it is within lambd of 0. */
export class Hardshrink extends Activation {
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
/** x moved towards 0 by lambd, and 0 where it is nearer than that. */
export class Softshrink extends Activation {
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
