/** @file Who keeps what backward will read: the tape by itself, or whoever packs it. */
import { AutogradError } from "./errors.ts";
import { refusePromise } from "./scope.ts";
import type { Packed } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** Takes a value that is being saved into its keeping. */
export type Packer = (tensor: Tensor) => Packed;

let packer: Packer | null = null;
/** Why nobody may pack, while that is so. */
let forbidden: string | null = null;

export const activePacker = (): Packer | null => packer;

/** Runs a synchronous function; what it saves for backward, `next` packs. null: the tape keeps it. */
export function packedBy<R>(what: string, next: Packer | null, run: () => R): R {
  if (next !== null && forbidden !== null) throw new AutogradError(forbidden);
  const before = packer;
  packer = next;
  try {
    return refusePromise(what, run());
  } finally {
    packer = before;
  }
}

/** Runs a synchronous function in which asking to pack is an error of this text. */
export function unpackable<R>(message: string, run: () => R): R {
  if (packer !== null) throw new AutogradError(message);
  const before = forbidden;
  forbidden = message;
  try {
    return refusePromise("disableSavedTensorsHooks", run());
  } finally {
    forbidden = before;
  }
}
