/** @file Layers that drop elements at random while training. */
import { ArgumentError, copy_, dropout, python, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { type InplaceOptions, leading } from "../options.ts";

type DropoutOptions = InplaceOptions & { readonly p?: number };

/** What the dropouts share: a probability, and that nothing happens outside training. */
abstract class Dropping extends Module {
  readonly p: number;
  readonly inplace: boolean;
  /** `p` is 0.5 by default. */
  constructor(p?: number | DropoutOptions, options?: InplaceOptions) {
    super();
    const all = leading<"p", DropoutOptions>("p", p, options);
    this.p = all.p ?? 0.5;
    this.inplace = all.inplace ?? false;
    if (!(this.p >= 0 && this.p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${python.number(this.p)}`);
  }
  protected abstract dropped(x: Tensor): Tensor;
  override forward(x: Tensor): Tensor {
    if (!this.training) return x;
    return this.inplace ? copy_(x, this.dropped(x)) : this.dropped(x);
  }
  protected override extraRepr(): string {
    return `p=${python.float(this.p)}, inplace=${python.bool(this.inplace)}`;
  }
}

/** In training zeroes each element with probability p and scales the others by 1 / (1 - p) (Hinton et al., 2012). */
export class Dropout extends Dropping {
  protected override dropped(x: Tensor): Tensor {
    return dropout(x, this.p);
  }
}
