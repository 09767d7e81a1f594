/** @file Bind groups, by layout and buffers: a loop whose buffers come from the pool finds those of the round before. To make one costs as much as three dispatches. */
import type { Chunk } from "./buffers.ts";
import { type Call, describeCall } from "./calls.ts";
import { type Faults, validationErrors } from "./faults.ts";

/** What pipelines share that bind the same way. */
export type Layout = { readonly id: number; readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout; readonly uniformBytes: number };

export type BoundChunks = { readonly layout: Layout; readonly chunks: readonly Chunk[]; readonly group: GPUBindGroup };
/** More than a step of a large model needs. */
const MOST = 1 << 14;

export class BindGroups {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #ring: GPUBuffer;
  /** By a hash of layout and chunks; of two with one hash the later stays. */
  readonly #known: Map<number, BoundChunks> = new Map();

  /** @param ring where uniforms lie, at dynamic offsets */
  constructor(device: GPUDevice, faults: Faults, ring: GPUBuffer) {
    this.#device = device;
    this.#faults = faults;
    this.#ring = ring;
  }

  /** @param label of the pipeline, and @param call: who asks, for the case that the device refuses it */
  of(layout: Layout, chunks: readonly Chunk[], label: string, call: Call | undefined): BoundChunks {
    let hash = layout.id;
    for (let i = 0; i < chunks.length; i++) hash = Math.imul(hash ^ chunks[i]!.id, 0x9e3779b1);
    hash = (hash ^ (hash >>> 15)) & 0x3fffffff;
    const known = this.#known.get(hash);
    if (known !== undefined && known.layout === layout && areSame(known.chunks, chunks)) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    const bound = { layout, chunks: chunks.slice(), group: this.#make(layout, chunks, label, call) };
    this.#known.set(hash, bound);
    return bound;
  }

  /** Buffers were destroyed: what was made of them keeps them alive. */
  clear(): void {
    this.#known.clear();
  }

  #make(layout: Layout, chunks: readonly Chunk[], label: string, call: Call | undefined): GPUBindGroup {
    const entries: GPUBindGroupEntry[] = [{ binding: 0, resource: { buffer: this.#ring, offset: 0, size: layout.uniformBytes } }];
    for (let k = 0; k < chunks.length; k++) entries.push({ binding: k + 1, resource: { buffer: chunks[k]!.gpu } });
    return this.#faults.watch(() => describeCall(label, call), () => this.#device.createBindGroup({ layout: layout.group, entries }), validationErrors);
  }
}

function areSame(known: readonly Chunk[], chunks: readonly Chunk[]): boolean {
  if (known.length !== chunks.length) return false;
  for (let i = 0; i < chunks.length; i++) if (known[i] !== chunks[i]) return false;
  return true;
}
