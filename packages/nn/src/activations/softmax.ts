/** @file Softmax and its kin along one dim. */
import { ArgumentError, logSoftmax, neg, softmax, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { leading } from "../options.ts";

type Dim = { readonly dim?: number | null };

abstract class AlongDim extends Module {
  /** null chooses one, with a warning. */
  readonly dim: number | null;
  constructor(dim?: number | Dim) {
    super();
    this.dim = leading<"dim", Dim>("dim", dim, undefined).dim ?? null;
  }
  protected override extraRepr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}

/** exp(x) / sum(exp(x)) along `dim`. */
export class Softmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return softmax(x, this.dim ?? undefined);
  }
}
/** log(softmax(x)) along `dim`. */
export class LogSoftmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim ?? undefined);
  }
}
/** softmax(-x) along `dim`. */
export class Softmin extends AlongDim {
  override forward(x: Tensor): Tensor {
    return softmax(neg(x), this.dim ?? undefined);
  }
}
/** Softmax over the channels at each place. x [n, c, h, w] or [c, h, w]. */
export class Softmax2d extends Module {
  override forward(x: Tensor): Tensor {
    if (x.ndim !== 3 && x.ndim !== 4) throw new ArgumentError("Softmax2d requires a 3D or 4D tensor as input");
    return softmax(x, -3);
  }
}
