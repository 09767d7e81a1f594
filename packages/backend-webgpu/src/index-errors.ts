/** @file The words in which shaders note an index out of range, and the error made of them. */
import { IndexError } from "@adjoint/core/backend";
import { Chunk, usage } from "./buffers.ts";

export const INDEX_ERROR_BYTES = 16;

export class IndexErrors {
  readonly #chunk: Chunk;
  /** Whether a kernel ran that may have noted something since the words were last read. */
  #pending: boolean = false;

  constructor(device: GPUDevice) {
    const gpu = device.createBuffer({ size: INDEX_ERROR_BYTES, usage: usage.storage | usage.copySource | usage.copyTarget });
    this.#chunk = new Chunk(gpu, INDEX_ERROR_BYTES);
  }

  /** For a kernel that may note an error. */
  chunk(): Chunk {
    this.#pending = true;
    return this.#chunk;
  }

  /** The buffer to read along, once, if there may be something in it. */
  take(): GPUBuffer | undefined {
    if (!this.#pending) return undefined;
    this.#pending = false;
    return this.#chunk.gpu;
  }

  dispose(): void {
    this.#chunk.gpu.destroy();
  }
}

/** @param words how many, then index, dim and size of the first */
export function indexErrorOf(words: Int32Array): IndexError | undefined {
  return words[0] === 0 ? undefined : new IndexError(`index ${words[1]} is out of bounds for dimension ${words[2]} with size ${words[3]}`);
}
