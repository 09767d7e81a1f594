/** @file Scratch memory of one kernel call. The call frees it all in a `finally`. */
import { type DType, denseView, type Shape, sizeOf } from "@adjoint/core/backend";
import type { WasmView } from "../engine.ts";
import type { Memory, WasmBuffer } from "../memory.ts";

export class Temporaries {
  readonly #memory: Memory;
  readonly #buffers: WasmBuffer[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  dense(dtype: DType, shape: Shape): WasmView {
    const buffer = this.#memory.allocate(dtype, sizeOf(shape));
    this.#buffers.push(buffer);
    return denseView(buffer, dtype, shape);
  }

  free(): void {
    for (const buffer of this.#buffers) this.#memory.free(buffer);
    this.#buffers.length = 0;
  }
}
