/** @file The words in which shaders note an index out of range, and the error made of them. */
import { type AdjointError, complain, type Complaint, outOfBounds } from "@adjoint/core/backend";
import { Chunk, usage } from "./buffers.ts";

export const INDEX_ERROR_BYTES = 20;

export class IndexErrors {
  readonly #chunk: Chunk;
  /** Whether a kernel ran that may have noted something since the words were last read. */
  #pending: boolean = false;
  /** Complaints by number, as shaders name them. */
  readonly #complaints: Complaint[] = [outOfBounds];

  constructor(device: GPUDevice) {
    const gpu = device.createBuffer({ size: INDEX_ERROR_BYTES, usage: usage.storage | usage.copySource | usage.copyTarget });
    this.#chunk = new Chunk(gpu, INDEX_ERROR_BYTES);
  }

  /** For a kernel that may note an error. */
  chunk(): Chunk {
    this.#pending = true;
    return this.#chunk;
  }

  numberOf(complaint: Complaint = outOfBounds): number {
    const known = this.#complaints.indexOf(complaint);
    return known >= 0 ? known : this.#complaints.push(complaint) - 1;
  }

  /** @param words how many, then index, dim, size and complaint of the first */
  errorOf([count, index, dim, size, complaint]: Int32Array): AdjointError | undefined {
    return count === 0 ? undefined : complain({ dim, complaint: this.#complaints[complaint] }, index, size);
  }

  /** The buffer to read along, once, if there may be something in it. */
  take(): Chunk | undefined {
    if (!this.#pending) return undefined;
    this.#pending = false;
    return this.#chunk;
  }

  /** What was taken was not read. */
  keep(): void {
    this.#pending = true;
  }

  dispose(): void {
    this.#chunk.gpu.destroy();
  }
}
