/** @file Parameters: leaves that require grad, outlive every scope, and are found by the module that has them. */
import { detach, isParameter as isMarked, keep, markParameter, setRequiresGrad, type Tensor } from "@adjoint/core/functional";

/**
 * Marks a leaf as a parameter, PyTorch's `nn.Parameter`: it requires grad and lasts, even if it was made in a scope. Modules find it among their properties, and it prints as
 * `Parameter containing:`. Of the result of an op it takes the values, cut from the tape.
 * @param x of any shape
 * @param options `requiresGrad`: true by default
 * @returns x itself, or a leaf with its values
 * @throws AutogradError for integers and bools that should require a gradient
 * @example nn.parameter(ones([3])).requiresGrad // true
 */
export function parameter(x: Tensor, options: { readonly requiresGrad?: boolean } = {}): Tensor {
  const leaf = markParameter(x.isLeaf ? x : detach(x));
  setRequiresGrad(leaf, options.requiresGrad ?? true);
  return keep(leaf);
}

/**
 * Whether this is a parameter: a tensor that `parameter` made.
 * @param value anything
 * @returns true or false
 * @example nn.isParameter(nn.parameter(ones([1]))) // true
 */
export const isParameter: (value: unknown) => value is Tensor = isMarked;
