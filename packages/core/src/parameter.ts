/** @file Which tensors are parameters: a mark that printing shows and that modules look for. What it means is theirs. */
import { isTensor, type Tensor } from "./tensor.ts";

const marked = /*@__PURE__*/ new WeakSet<Tensor>();

/**
 * Marks a tensor as a parameter of a network: it prints as `Parameter containing:`, and modules find it among their properties.
 * @param x a tensor
 * @returns x itself
 */
export function markParameter(x: Tensor): Tensor {
  marked.add(x);
  return x;
}
/**
 * Whether a tensor is marked as a parameter, as `nn.parameter` does it.
 * @param value anything
 * @returns true or false
 */
export const isParameter = (value: unknown): value is Tensor => isTensor(value) && marked.has(value);
