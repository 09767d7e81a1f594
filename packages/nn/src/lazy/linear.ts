/** @file A linear layer that learns the size of its input from the first one that it sees. */
import type { Tensor } from "@adjoint/core/functional";
import { Linear } from "../layers/linear.ts";
import type { PlaceOptions } from "../place.ts";
import { materialize } from "./materialize.ts";

/**
 * PyTorch's `nn.LazyLinear`: a Linear whose parameters are made at the first call, after which it is a plain `Linear`. Until then they are empty:
 * make the optimizer afterwards.
 */
export class LazyLinear extends Linear {
  constructor(outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super(0, outFeatures, options);
  }
  override forward(x: Tensor): Tensor {
    return Linear.prototype.forward.call(materialize(this, LazyLinear, Linear, "inFeatures", x.shape.at(-1)!), x);
  }
}
