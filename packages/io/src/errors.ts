/** @file What a file is refused for, as classes a caller can catch. */
import { AdjointError } from "@adjoint/core/functional";

/** The kinds of files that are read here. */
export type FileKind = "safetensors" | "npy" | "npz" | "torch";

/** A file that is damaged, hostile, or beyond a limit. The message names the kind of file, the tensor, the rule, and what to do. No memory of a device was taken. */
export class FormatError extends AdjointError {
  override readonly name: string = "FormatError";
  /** What the file was read as. */
  readonly file: FileKind;
  constructor(file: FileKind, message: string) {
    super(`${file}: ${message}`);
    this.file = file;
  }
}

/** A file that may be in order, of which something cannot be read or written here: a dtype, a Python object, an older format. */
export class UnsupportedFormatError extends FormatError {
  override readonly name: string = "UnsupportedFormatError";
}
