/** @file Which calls of `map` may go by four: every operand lies so that four elements side by side are one vector in memory, or one value. */
import type { Program, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import { lengthOf } from "../wgsl/expression.ts";

export const NO_QUADS = -1;
/** Instructions of a program beyond which it is inlined once, not four times: compilers take long enough. */
const LONG = 300;

/**
 * Bit k: operand k has one value for four elements that lie side by side; `NO_QUADS` where the call does not go by fours.
 * A last vector that is not full may be written whole where memory that nobody reads follows: at the end of a buffer, whose size is rounded up.
 */
export function quadsOf(p: Program, inputs: readonly View<WebGpuBuffer>[], outputs: readonly View<WebGpuBuffer>[], isDense: boolean, slots: readonly number[], chunks: readonly Chunk[]): number {
  const n = inputs.length, total = n + outputs.length, { shape, size } = outputs[0]!, last = shape.length - 1;
  const inner = isDense ? size : shape[last]!, hasTail = inner % 4 !== 0;
  if (total > 24 || (hasTail && !isDense && last > 0) || lengthOf(p) > LONG) return NO_QUADS;
  let splats = 0, wide = 0, narrow = 0;
  for (let k = 0; k < total; k++) {
    const view = k < n ? inputs[k]! : outputs[k - n]!, { strides, offset } = view, slot = 1 << slots[k]!;
    if (!isDense && strides[last] !== 1) {
      if (strides[last] !== 0) return NO_QUADS;
      splats |= 1 << k;
      narrow |= slot;
      continue;
    }
    wide |= slot;
    if (offset % 4 !== 0 || !chunks[slots[k]!]!.isWhole || (hasTail && k >= n && offset + size !== view.buffer.length)) return NO_QUADS;
    if (!isDense) for (let d = 0; d < last; d++) if (strides[d]! % 4 !== 0) return NO_QUADS;
  }
  // A buffer is declared once: as vectors, or as numbers.
  return (wide & narrow) === 0 ? splats : NO_QUADS;
}
