/** @file Which operands may go by four: four elements side by side are one vector in memory, or one value. */
import type { Program, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import { lengthOf } from "../wgsl/expression.ts";

export const NO_QUADS = -1;
/** Instructions of a program beyond which it is inlined once, not four times: compilers take long enough. */
const LONG = 300;

/** Whether a program is short enough to be computed four times by one invocation. */
export const isShort = (p: Program): boolean => lengthOf(p) <= LONG;

const isAligned = ({ offset }: View<WebGpuBuffer>, chunk: Chunk): boolean => offset % 4 === 0 && chunk.isWhole;

export type Fours = "vector" | "value" | "neither";
/** How four elements that are next to each other along `dim` lie. Of all others the first of four is at a multiple of four, if these are. */
export function foursOf(view: View<WebGpuBuffer>, dim: number, chunk: Chunk): Fours {
  const { strides } = view;
  if (strides[dim] === 0) return "value";
  if (strides[dim] !== 1 || !isAligned(view, chunk)) return "neither";
  for (let d = 0; d < strides.length; d++) if (d !== dim && strides[d]! % 4 !== 0) return "neither";
  return "vector";
}

/**
 * Bit k: input k has one value for four elements along `dim`; `NO_QUADS` where an input does not go by fours.
 * @param wide slots that are declared as vectors already @param narrow those declared as numbers
 */
export function splatsOf(inputs: readonly View<WebGpuBuffer>[], dim: number, slots: readonly number[], chunks: readonly Chunk[], wide: number, narrow: number): number {
  let splats = 0;
  for (let k = 0; k < inputs.length; k++) {
    const slot = slots[k]!, fours = foursOf(inputs[k]!, dim, chunks[slot]!);
    if (fours === "neither") return NO_QUADS;
    if (fours === "vector") wide |= 1 << slot;
    else {
      splats |= 1 << k;
      narrow |= 1 << slot;
    }
  }
  // A buffer is declared once. Where all are values there is nothing to gain.
  return wide !== 0 && (wide & narrow) === 0 ? splats : NO_QUADS;
}

/** Whether a dense view goes by fours from its first element to its last, be it within a vector: what follows there, at the end of a buffer, nobody reads. */
export const isWholeQuads = (view: View<WebGpuBuffer>, chunk: Chunk): boolean => isAligned(view, chunk) && (view.size % 4 === 0 || view.offset + view.size === view.buffer.length);

/**
 * The same for a call of `map`, outputs included. A last vector that is not full may be written whole where memory that nobody reads follows: at the
 * end of a buffer, whose size is rounded up.
 */
export function quadsOf(p: Program, inputs: readonly View<WebGpuBuffer>[], outputs: readonly View<WebGpuBuffer>[], isDense: boolean, slots: readonly number[], chunks: readonly Chunk[]): number {
  const n = inputs.length, { shape, size } = outputs[0]!, last = shape.length - 1, inner = isDense ? size : shape[last]!, hasTail = inner % 4 !== 0;
  if (slots.length > 24 || (hasTail && !isDense && last > 0) || !isShort(p)) return NO_QUADS;
  let written = 0;
  for (let k = 0; k < outputs.length; k++) {
    const view = outputs[k]!, slot = slots[n + k]!;
    if (!(isDense ? isAligned(view, chunks[slot]!) : foursOf(view, last, chunks[slot]!) === "vector")) return NO_QUADS;
    if (hasTail && view.offset + size !== view.buffer.length) return NO_QUADS;
    written |= 1 << slot;
  }
  if (!isDense) return splatsOf(inputs, last, slots, chunks, written, 0);
  for (let k = 0; k < n; k++) if (!isAligned(inputs[k]!, chunks[slots[k]!]!)) return NO_QUADS;
  return 0;
}
