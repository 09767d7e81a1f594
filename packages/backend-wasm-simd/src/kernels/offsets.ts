/** @file Tables of offsets: where the elements of some dims lie, in row-major order. */
import { type Shape, sizeOf } from "@adjoint/core/backend";
import { addressAt } from "../engine.ts";
import type { Memory } from "../memory.ts";
import type { Temporaries } from "./temporaries.ts";

/** The address of a new table of offsets, in the unit of the strides, with `spare` more entries that repeat the last. */
export function offsetTable(memory: Memory, temporaries: Temporaries, shape: Shape, strides: Shape, spare: number = 0): number {
  const size = sizeOf(shape), address = addressAt(temporaries.dense("int32", [size + spare]), 0), at = address / 4, { words } = memory;
  words[at] = 0;
  for (let d = shape.length - 1, filled = 1; d >= 0; d--) {
    const step = strides[d], count = shape[d];
    for (let i = 1, to = at + filled; i < count; i++)
      for (let k = 0; k < filled; k++, to++) words[to] = words[at + k] + i * step;
    filled *= count;
  }
  words.fill(words[at + size - 1], at + size, at + size + spare);
  return address;
}
