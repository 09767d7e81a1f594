/** @file How far two tensors are apart. */
import type { Tensor } from "@adjoint/core";

/** The largest difference between elements. */
export const difference = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().itemSync();
