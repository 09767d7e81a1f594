/** @file PyTorch's functions of complex numbers, of which a real tensor is its own answer. */
import type { Tensor } from "../op.ts";

/** The tensor itself: it is real. */
export const real = (x: Tensor): Tensor => x;
/** The tensor itself: it is real. */
export const conj = (x: Tensor): Tensor => x;
/** The tensor itself: it is real. */
export const conjPhysical = (x: Tensor): Tensor => x;
/** The tensor itself: it is real. */
export const resolveConj = (x: Tensor): Tensor => x;
/** The tensor itself: nothing is left to be negated. */
export const resolveNeg = (x: Tensor): Tensor => x;
