/** @file Softmax and its kin along one dim. */
import { ArgumentError, logSoftmax, neg, softmax, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { leading } from "../options.ts";

type Dim = {
  /** Along which dim; without it, PyTorch's choice with a warning. */
  readonly dim?: number | null;
};

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

/**
 * exp(x) / sum(exp(x)) along a dim: PyTorch's `nn.Softmax`, by `softmax`. Keeps shape and dtype.
 * @param dim along which; without it, PyTorch's choice with a warning; or the options
 * @example new nn.Softmax(0).forward(tensor([0, 0])) // [0.5, 0.5]
 */
export class Softmax extends AlongDim {
  static override readonly name: string = "Softmax";
  override forward(x: Tensor): Tensor {
    return softmax(x, this.dim ?? undefined);
  }
}
/**
 * log(softmax(x)) along a dim: PyTorch's `nn.LogSoftmax`, by `logSoftmax`. Keeps shape and dtype.
 * @param dim along which; without it, PyTorch's choice with a warning; or the options
 * @example new nn.LogSoftmax(0).forward(tensor([0, 0])) // [-0.6931, -0.6931]
 */
export class LogSoftmax extends AlongDim {
  static override readonly name: string = "LogSoftmax";
  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim ?? undefined);
  }
}
/**
 * softmax(-x) along a dim: PyTorch's `nn.Softmin`, by `softmin`. Keeps shape and dtype.
 * @param dim along which; without it, PyTorch's choice with a warning; or the options
 * @example new nn.Softmin(0).forward(tensor([0, 0])) // [0.5, 0.5]
 */
export class Softmin extends AlongDim {
  static override readonly name: string = "Softmin";
  override forward(x: Tensor): Tensor {
    return softmax(neg(x), this.dim ?? undefined);
  }
}
/**
 * `softmax` over the channels at each place: PyTorch's `nn.Softmax2d`. x [n, c, h, w] or [c, h, w] -> the same shape.
 * @throws ArgumentError for another rank
 * @example new nn.Softmax2d().forward(zeros([2, 1, 1])) // [[[0.5]], [[0.5]]]
 */
export class Softmax2d extends Module {
  static override readonly name: string = "Softmax2d";
  override forward(x: Tensor): Tensor {
    if (x.ndim !== 3 && x.ndim !== 4) throw new ArgumentError("Softmax2d requires a 3D or 4D tensor as input");
    return softmax(x, -3);
  }
}
