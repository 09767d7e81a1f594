/** @file A linear layer that learns the size of its input from the first one that it sees. */
import type { Tensor } from "@adjoint/core/functional";
import { Linear } from "../layers/linear.ts";
import type { PlaceOptions } from "../place.ts";
import { materialize } from "./materialize.ts";

/**
 * As `Linear`, whose `inFeatures` are those of the first x, after which it is one; until then its parameters are empty, so make the optimizer afterwards: PyTorch's
 * `nn.LazyLinear`. x [..., in] -> [..., outFeatures].
 * @param outFeatures the size of the result's last dim
 * @param options `bias`: whether there is one, true by default; `device`, `dtype`
 * @example new nn.LazyLinear(3).forward(ones([4, 2])).shape // [4, 3]
 */
export class LazyLinear extends Linear {
  static override readonly name: string = "LazyLinear";
  constructor(outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super(0, outFeatures, options);
  }
  override forward(x: Tensor): Tensor {
    return Linear.prototype.forward.call(materialize(this, LazyLinear, Linear, "inFeatures", x.shape.at(-1)!), x);
  }
}
