/** @file Where the tensors of a module are made. */
import type { Backend, DType } from "@adjoint/core/functional";

/** Where the parameters are made, and of which dtype. */
export type PlaceOptions = {
  /** The default device, unless it is said. */
  readonly device?: Backend;
  /** float32 by default. */
  readonly dtype?: DType;
};
