/** @file The free chunks of one size, taken oldest first: a loop that frees what it makes, in whatever order, gets the same chunks at the same places each round. */
import type { Chunk } from "./buffers.ts";

/** A binary heap by the chunks' numbers. */
export class FreeChunks {
  readonly #heap: Chunk[] = [];

  get length(): number {
    return this.#heap.length;
  }

  push(chunk: Chunk): void {
    const heap = this.#heap;
    let at = heap.push(chunk) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.id < chunk.id) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = chunk;
  }

  pop(): Chunk | undefined {
    const heap = this.#heap, first = heap[0], last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.id < heap[child]!.id) child++;
      if (last.id < heap[child]!.id) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  [Symbol.iterator](): Iterator<Chunk> {
    return this.#heap[Symbol.iterator]();
  }
}
