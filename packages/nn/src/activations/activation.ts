/** @file What activations share: a function of one tensor, in place if asked. */
import type { Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import type { InplaceOptions } from "../options.ts";

/** A function of one tensor without options. */
export abstract class Activation extends Module {
  abstract override forward(x: Tensor): Tensor;
}

/** An activation that can change its input instead of making a tensor. It prints `inplace=True` when it does. */
export abstract class InplaceActivation extends Module {
  readonly inplace: boolean;
  constructor(options: InplaceOptions = {}) {
    super();
    this.inplace = options.inplace ?? false;
  }
  protected abstract compute(x: Tensor): Tensor;
  protected abstract change(x: Tensor): Tensor;
  override forward(x: Tensor): Tensor {
    return this.inplace ? this.change(x) : this.compute(x);
  }
  protected override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
  /** The text of options, and `inplace=True` after it. */
  protected withInplace(text: string): string {
    return this.inplace ? `${text}, inplace=True` : text;
  }
}
