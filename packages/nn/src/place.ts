/** @file Where the tensors of a module are made. */
import type { Backend, DType } from "@adjoint/core/functional";

/** Where the parameters are made, and of which dtype. */
export type PlaceOptions = { readonly device?: Backend; readonly dtype?: DType };
