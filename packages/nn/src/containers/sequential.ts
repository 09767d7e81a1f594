/** @file One layer after another. */
import type { Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { appended, at, itemsOf, slice } from "./items.ts";

/** A module from tensor to tensor. */
export type Layer = Module & { forward(x: Tensor): Tensor };

/**
 * Each layer takes what the one before gives: PyTorch's `nn.Sequential`. A record names the layers.
 * @example `new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 3))`
 */
export class Sequential extends Module implements Iterable<Layer> {
  static override readonly name: string = "Sequential";
  constructor(...layers: readonly Layer[] | readonly [Readonly<Record<string, Layer>>]) {
    super();
    const [first] = layers;
    if (layers.length === 1 && !(first instanceof Module)) for (const [name, layer] of Object.entries(first!)) this.addModule(name, layer);
    else appended(this, layers as readonly Layer[]);
  }
  /** How many layers. */
  get length(): number {
    return itemsOf(this).length;
  }
  /** The layer at a position; negative ones count from the end. */
  at(index: number): Layer {
    return at<Layer>(this, index);
  }
  /** The layers from `start` to before `end`, as a Sequential of their own. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.fromEntries(slice<Layer>(this, start, end)));
  }
  /** Puts a layer at the end. */
  append(layer: Layer): this {
    return appended(this, [layer]);
  }
  /** Puts layers at the end. */
  extend(layers: Iterable<Layer>): this {
    return appended(this, [...layers]);
  }
  [Symbol.iterator](): Iterator<Layer> {
    return itemsOf<Layer>(this).map(([, layer]) => layer)[Symbol.iterator]();
  }
  override forward(x: Tensor): Tensor {
    return itemsOf<Layer>(this).reduce((y, [, layer]) => layer.forward(y), x);
  }
}
