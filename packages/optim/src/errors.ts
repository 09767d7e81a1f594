/** @file What an optimizer or a scheduler refuses, as classes a caller can catch. */
import { AdjointError } from "@adjoint/core/functional";

/** An argument of an optimizer that is out of its domain: PyTorch's ValueError. */
export class OptimizerError extends AdjointError {
  override readonly name: string = "OptimizerError";
}
/** An argument of a learning rate scheduler that is out of its domain: PyTorch's ValueError. */
export class SchedulerError extends AdjointError {
  override readonly name: string = "SchedulerError";
}
