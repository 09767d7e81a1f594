/** @file Kernels that were compiled for programs, by program; their number is bounded. Knows no kernel. */
import type { Engine } from "./engine.ts";

/** A program's kernels. All are forgotten when the engine has linked many modules, and compiled again when they are needed. */
export class KernelCache<Key extends object, Kernels> {
  readonly #engine: Engine;
  #kernels = new WeakMap<Key, Kernels>();
  #age = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }
  get(key: Key): Kernels | undefined {
    if (this.#age !== this.#engine.age) {
      this.#age = this.#engine.age;
      this.#kernels = new WeakMap();
    }
    return this.#kernels.get(key);
  }
  set(key: Key, kernels: Kernels): void {
    this.#kernels.set(key, kernels);
  }
}
