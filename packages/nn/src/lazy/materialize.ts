/** @file How a lazy layer becomes the layer that it stands for. */
import { keep, type Tensor, zeros } from "@adjoint/core/functional";
import type { Module } from "../module.ts";
import { isParameter, parameter } from "../parameter.ts";

type Class = { readonly prototype: Module };
type Resettable = Module & { resetParameters(): void };

/**
 * At its first call gives a layer the size that it lacked, in its property `name` and wherever its tensors have a dim of 0, fills them anew, and makes
 * it one of `base`. Afterwards it does nothing.
 * @param share how much of the size a tensor's dim has: 1 / groups of a convolution's channels
 */
export function materialize<M extends Resettable>(layer: M, lazy: Class, base: Class, name: keyof M & string, size: number, share: number = 1): M {
  if (Object.getPrototypeOf(layer) !== lazy.prototype) return layer;
  Reflect.set(layer, name, size);
  for (const { holder, key, tensor } of layer.slots()) {
    if (!tensor.shape.includes(0)) continue;
    const { dtype, device, requiresGrad } = tensor, fresh: Tensor = zeros(tensor.shape.map((n) => (n === 0 ? size * share : n)), { dtype, device });
    Reflect.set(holder, key, isParameter(tensor) ? parameter(fresh, { requiresGrad }) : keep(fresh));
    tensor.dispose();
  }
  Object.setPrototypeOf(layer, base.prototype);
  layer.resetParameters();
  return layer;
}
