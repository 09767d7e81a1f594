/** @file Layers without parameters: activations and dropout. */
import { ArgumentError, dropout, gelu, python, relu, sigmoid, silu, type Tensor, tanh } from "@adjoint/core/functional";
import { Module } from "./module.ts";

/** max(x, 0). */
export class ReLU extends Module {
  override forward(x: Tensor): Tensor {
    return relu(x);
  }
}
export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
/** x * sigmoid(x). */
export class SiLU extends Module {
  override forward(x: Tensor): Tensor {
    return silu(x);
  }
}
/** x * Phi(x); `approximate: "tanh"` as in GPT-2. */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";
  constructor(options: { readonly approximate?: "none" | "tanh" } = {}) {
    super();
    this.approximate = options.approximate ?? "none";
  }
  override forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
  protected override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}
/** In training zeroes each element with probability p and scales the others by 1 / (1 - p). */
export class Dropout extends Module {
  readonly p: number;
  constructor(p: number = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${p}`);
    this.p = p;
  }
  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, { training: this.training });
  }
  protected override extraRepr(): string {
    return `p=${python.float(this.p)}, inplace=False`;
  }
}
/** x itself. */
export class Identity extends Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
