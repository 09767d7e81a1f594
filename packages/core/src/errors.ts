/** @file Every error that this package throws, as classes a caller can catch. */

/** The base of all errors thrown by Adjoint. */
export class AdjointError extends Error {
  override readonly name: string = "AdjointError";
}
/** Shapes that do not fit: PyTorch's RuntimeError about sizes. */
export class ShapeError extends AdjointError {
  override readonly name: string = "ShapeError";
}
/** A dtype that an op or a device does not take. */
export class DTypeError extends AdjointError {
  override readonly name: string = "DTypeError";
}
/** An argument that is out of its domain (a negative size, an unknown option). */
export class ArgumentError extends AdjointError {
  override readonly name: string = "ArgumentError";
}
/** An index or a dimension out of range: PyTorch's IndexError. */
export class IndexError extends AdjointError {
  override readonly name: string = "IndexError";
}
/** Tensors on different devices, or a device that is missing or disposed. */
export class DeviceError extends AdjointError {
  override readonly name: string = "DeviceError";
}
/** The device is lost; its tensors are gone. */
export class DeviceLostError extends DeviceError {
  override readonly name: string = "DeviceLostError";
}
/** A tensor, scope or graph that was freed is used again. */
export class FreedError extends AdjointError {
  override readonly name: string = "FreedError";
}
/** A matrix that a decomposition or a solver cannot work with: singular, not positive-definite. PyTorch's `torch.linalg.LinAlgError`. */
export class LinAlgError extends AdjointError {
  override readonly name: string = "LinAlgError";
}
/** A misuse of autograd: PyTorch's RuntimeError from the autograd engine. */
export class AutogradError extends AdjointError {
  override readonly name: string = "AutogradError";
}
/** A function transform (vmap, jvp, grad ...) that cannot be applied to this function or these arguments. */
export class TransformError extends AdjointError {
  override readonly name: string = "TransformError";
}
/** Something that PyTorch can do and this version cannot yet. The message says what to do instead. */
export class NotSupportedError extends AdjointError {
  override readonly name: string = "NotSupportedError";
}
/** The device has no room. It stays usable: free something and go on. */
export class OutOfMemoryError extends AdjointError {
  override readonly name: string = "OutOfMemoryError";
}
/** Two devices differ in a kernel: what `parity` found. */
export class ParityError extends AdjointError {
  override readonly name: string = "ParityError";
  /** A program that makes the call again: `run(core, backend)`, with everything of "@adjoint/core/backend" as `core`. */
  readonly reproduction: string;
  constructor(message: string, reproduction: string) {
    super(message);
    this.reproduction = reproduction;
  }
}
