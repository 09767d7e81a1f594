/** @file The layer that does nothing. */
import type { Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/**
 * x itself: PyTorch's `nn.Identity`. x [...] -> the same tensor.
 * @param _ ignored, so that it stands in for any layer
 * @example new nn.Identity(3, { bias: false }).forward(tensor([1])) // [1]
 */
export class Identity extends Module {
  static override readonly name: string = "Identity";
  constructor(..._: readonly unknown[]) {
    super();
  }
  override forward(x: Tensor): Tensor {
    return x;
  }
}
