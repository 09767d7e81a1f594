/** @file What data sets, samplers and loaders refuse, as a class a caller can catch. */
import { AdjointError } from "@adjoint/core/functional";

/** An argument that is out of its domain, or elements that do not fit together. */
export class DataError extends AdjointError {
  override readonly name: string = "DataError";
}
