/** @file A linear layer that learns the size of its input from the first one that it sees. */
import { type Tensor, zeros } from "@adjoint/core/functional";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { Linear } from "./linear.ts";

/**
 * PyTorch's `nn.LazyLinear`: a Linear whose parameters are made at the first call, after which it is a plain `Linear`. Until then they are empty:
 * make the optimizer afterwards.
 */
export class LazyLinear extends Linear {
  constructor(outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super(0, outFeatures, options);
  }
  override forward(x: Tensor): Tensor {
    const { weight, outFeatures } = this, inFeatures = x.shape.at(-1)!;
    Reflect.set(this, "inFeatures", inFeatures);
    Reflect.set(this, "weight", parameter(zeros([outFeatures, inFeatures], { dtype: weight.dtype, device: weight.device })));
    weight.dispose();
    Object.setPrototypeOf(this, Linear.prototype);
    this.resetParameters();
    return Linear.prototype.forward.call(this, x);
  }
}
