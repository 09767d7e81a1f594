/** @file Counts through the outer dims of several views at once, keeping the address of each. */
import type { Shape } from "@adjoint/core/backend";

export class Odometer {
  /** The address of each view at the present position. */
  readonly at: number[];
  readonly #shape: Shape;
  readonly #strides: readonly Shape[];
  readonly #digits: number[];

  /** @param strides of each view, in the unit of its address @param start the addresses at position 0 */
  constructor(shape: Shape, strides: readonly Shape[], start: readonly number[]) {
    this.at = [...start];
    this.#shape = shape;
    this.#strides = strides;
    this.#digits = new Array<number>(shape.length).fill(0);
  }

  /** Goes on to the next position in row-major order; false after the last. */
  next(): boolean {
    for (let d = this.#shape.length - 1; d >= 0; d--) {
      const isCarry = ++this.#digits[d] === this.#shape[d];
      for (let i = 0; i < this.at.length; i++) this.at[i] += this.#strides[i][d] * (isCarry ? 1 - this.#shape[d] : 1);
      if (!isCarry) return true;
      this.#digits[d] = 0;
    }
    return false;
  }
}
