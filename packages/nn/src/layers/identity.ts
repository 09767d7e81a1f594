/** @file The layer that does nothing. */
import type { Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

/** x itself. Arguments are ignored, so that it stands in for any layer. */
export class Identity extends Module {
  constructor(..._: readonly unknown[]) {
    super();
  }
  override forward(x: Tensor): Tensor {
    return x;
  }
}
