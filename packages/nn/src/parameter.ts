/** @file Parameters: leaves that require grad, outlive every scope, and are found by the module that has them. */
import { ArgumentError, isTensor, keep, setRequiresGrad, type Tensor } from "@adjoint/core/functional";

const marked = /*@__PURE__*/ new WeakSet<Tensor>();

/**
 * Marks a leaf as a parameter: it requires grad and lasts, even if it was made in a scope. Modules find it among their properties.
 * @example `class Scale extends Module { readonly weight = parameter(ones([3])); forward(x: Tensor) { return mul(x, this.weight); } }`
 */
export function parameter(x: Tensor, options: { readonly requiresGrad?: boolean } = {}): Tensor {
  if (!x.isLeaf) throw new ArgumentError("parameter: expected a leaf, got the result of an op; detach() it first");
  marked.add(x);
  setRequiresGrad(x, options.requiresGrad ?? true);
  return keep(x);
}

export const isParameter = (value: unknown): value is Tensor => isTensor(value) && marked.has(value);
