/** @file Which views of a call share a buffer: each distinct one is bound once and whole, since WebGPU refuses one buffer bound for reading and for writing. */
import type { DType, View } from "@adjoint/core/backend";
import { type Chunk, chunkOf, type WebGpuBuffer } from "./buffers.ts";
import type { Binding } from "./pipelines.ts";
import { storedType } from "./wgsl/expression.ts";

/** The distinct buffers of a call and the binding of each view. One object is used again by every call of a kernel. */
export class Operands {
  readonly chunks: Chunk[] = [];
  /** For each view, inputs first: its binding. */
  readonly slots: number[] = [];
  /** The slots as one number (a text beyond 12 views): part of the key of a pipeline. */
  pattern: number | string = 0;

  collect(inputs: readonly View<WebGpuBuffer>[], outputs: readonly View<WebGpuBuffer>[]): this {
    const { chunks, slots } = this;
    const n = inputs.length, total = n + outputs.length;
    chunks.length = 0;
    slots.length = 0;
    let pattern = 0;
    for (let k = 0; k < total; k++) {
      const chunk = chunkOf((k < n ? inputs[k]! : outputs[k - n]!).buffer);
      let slot = chunks.indexOf(chunk);
      if (slot < 0) slot = chunks.push(chunk) - 1;
      slots.push(slot);
      pattern = pattern * 16 + slot;
    }
    this.pattern = total <= 12 ? pattern : slots.join();
    return this;
  }
}

/** The binding of each buffer, where a kernel has few or makes some itself. Distinct ones are added to `chunks`. */
export function slotsOf(buffers: readonly WebGpuBuffer[], chunks: Chunk[]): number[] {
  return buffers.map((buffer) => {
    const chunk = chunkOf(buffer), known = chunks.indexOf(chunk);
    return known >= 0 ? known : chunks.push(chunk) - 1;
  });
}

/** The declarations of the buffers that `slots` name: written ones are read_write. `types` overrides what an element is. */
export function bindingsOf(slots: readonly number[], dtypes: readonly DType[], inputs: number, types?: (slot: number) => string | undefined): Binding[] {
  const bindings: Binding[] = [];
  slots.forEach((slot, k) => {
    const written = k >= inputs || bindings[slot]?.access === "read_write";
    bindings[slot] = { type: types?.(slot) ?? storedType(dtypes[k]!), access: written ? "read_write" : "read" };
  });
  return bindings;
}
