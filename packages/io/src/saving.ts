/** @file What all writers share: tensors are read from their devices at the call, before anything is awaited, so that a file holds one moment. */
import { ArgumentError, data, type DType, isTensor, OutOfMemoryError, type Shape, type Tensor } from "@adjoint/core/functional";
import { encodeElements } from "./elements.ts";
import type { FileKind } from "./errors.ts";
import { shown } from "./source.ts";

/** Tensors by name: a state dict. */
export type Tensors = Readonly<Record<string, Tensor>>;
export type Written = { readonly name: string; readonly dtype: DType; readonly shape: Shape; readonly bytes: Uint8Array<ArrayBuffer> };

/** @throws ArgumentError for a name that would be another one in the file, or that no reader takes */
export function checkName(file: FileKind, name: string): void {
  if (name === "__proto__") throw new ArgumentError(`${file}: the name '__proto__' is not taken, since records with it are not safe to copy; rename it`);
  if (!name.isWellFormed()) throw new ArgumentError(`${file}: the name ${shown(name)} has half of a surrogate pair, which UTF-8 cannot hold; rename it`);
}

/** @throws ArgumentError for what is no tensor */
export function checkTensors(file: FileKind, tensors: Tensors): [name: string, x: Tensor][] {
  if (typeof tensors !== "object" || tensors === null || isTensor(tensors)) throw new ArgumentError(`${file}: expected tensors by name, as of model.stateDict()`);
  for (const [name, x] of Object.entries(tensors))
    if (!isTensor(x)) throw new ArgumentError(`${file}: ${shown(name)} is no tensor; this format holds tensors by name alone, save() any nested values`);
    else checkName(file, name);
  return Object.entries(tensors);
}

/** The values as they are now. Every read begins before the first is awaited. */
export const written = (tensors: readonly (readonly [name: string, x: Tensor])[]): Promise<Written[]> =>
  Promise.all(tensors.map(async ([name, x]) => ({ name, dtype: x.dtype, shape: x.shape, bytes: encodeElements(await data(x)) })));

/**
 * Room on the host.
 * @throws OutOfMemoryError where the engine has no room for so much in one piece
 */
export function roomFor(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw new OutOfMemoryError(`${bytes} bytes in one piece are more than this engine can hold; divide them among several files`, { cause: error });
  }
}

/** The pieces one after the other. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = roomFor(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
