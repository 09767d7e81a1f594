/** @file What goes wrong with modules themselves, as classes a caller can catch. */
import { AdjointError } from "@adjoint/core/functional";

/** A misuse of a module: a name that is taken, something that is not there, no `forward`. Changes nothing. */
export class ModuleError extends AdjointError {
  override readonly name: string = "ModuleError";
}
