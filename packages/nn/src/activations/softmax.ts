/** @file Softmax and its kin along one dim. */
import { ArgumentError, logSoftmax, neg, softmax, type Tensor, warn } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { leading } from "../options.ts";

type Dim = { readonly dim?: number | null };

/** The dim that PyTorch takes where none is given, with its warning. */
function chosen(name: string, dim: number | null, x: Tensor): number {
  if (dim !== null) return dim;
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1;
}

abstract class AlongDim extends Module {
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
    return softmax(x, chosen("softmax", this.dim, x));
  }
}
/** log(softmax(x)) along `dim`. */
export class LogSoftmax extends AlongDim {
  override forward(x: Tensor): Tensor {
    return logSoftmax(x, chosen("log_softmax", this.dim, x));
  }
}
/** softmax(-x) along `dim`. */
export class Softmin extends AlongDim {
  override forward(x: Tensor): Tensor {
    return softmax(neg(x), chosen("softmin", this.dim, x));
  }
}
/** Softmax over the channels at each place. x [n, c, h, w] or [c, h, w]. */
export class Softmax2d extends Module {
  override forward(x: Tensor): Tensor {
    if (x.ndim !== 3 && x.ndim !== 4) throw new ArgumentError("Softmax2d requires a 3D or 4D tensor as input");
    return softmax(x, -3);
  }
}
