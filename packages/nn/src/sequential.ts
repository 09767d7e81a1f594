/** @file One layer after another. */
import type { Tensor } from "@adjoint/core/functional";
import { Module } from "./module.ts";

/** A module from tensor to tensor. */
export type Layer = Module & { forward(x: Tensor): Tensor };

/**
 * Each layer takes what the one before gives: PyTorch's `nn.Sequential`. A record names the layers.
 * @example `new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 3))`
 */
export class Sequential extends Module implements Iterable<Layer> {
  readonly #layers: (readonly [name: string, layer: Layer])[];

  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    this.#layers = layers.length === 1 && !(first instanceof Module) ? Object.entries(first!) : (layers as readonly Layer[]).map((layer, i) => [String(i), layer]);
  }
  protected override members(): readonly (readonly [string, unknown])[] {
    return [...this.#layers, ...super.members()];
  }
  get length(): number {
    return this.#layers.length;
  }
  /** The layer at a position; negative ones count from the end. */
  at(index: number): Layer | undefined {
    return this.#layers.at(index)?.[1];
  }
  [Symbol.iterator](): Iterator<Layer> {
    return this.#layers.map(([, layer]) => layer)[Symbol.iterator]();
  }
  forward(x: Tensor): Tensor {
    return this.#layers.reduce((y, [, layer]) => layer.forward(y), x);
  }
}
