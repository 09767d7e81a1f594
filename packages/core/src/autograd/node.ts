/** @file The tape as users look at it: what a node leads to, what it saved. */
import { savedTensors } from "../record.ts";
import { extrasOf, type Node } from "../tape.ts";
import type { Tensor } from "../tensor.ts";

/** How many inputs PyTorch's node has. */
export const arityOf = (node: Node): number => Math.max(node.edges.length, node.rule?.arity?.(node.attrs) ?? 0);

/**
 * The nodes that this one hands its gradients to, each with the number of the output that it is; null where no gradient is needed. PyTorch's `next_functions`.
 * @param node as `x.gradFn` gives it
 * @returns pairs, one for each input
 */
export function nextFunctions(node: Node): readonly (readonly [node: Node | null, output: number])[] {
  const found = node.edges.map((edge): readonly [Node | null, number] => (edge === null ? [null, 0] : [edge.node, edge.output]));
  for (const arity = arityOf(node); found.length < arity; ) found.push([null, 0]);
  return found;
}

/**
 * What this node saved for backward: inputs in order, then results.
 * @param node as `x.gradFn` gives it
 * @returns tensors with the values that they had
 * @throws AutogradError once it has been freed, or if it was changed since
 */
export const savedTensorsOf = (node: Node): readonly Tensor[] => savedTensors(node);

/**
 * Anything that a user wants to remember with a node. PyTorch's `Node.metadata`.
 * @param node as `x.gradFn` gives it
 * @returns a record, which is the node's own
 */
export const metadataOf = (node: Node): Record<string, unknown> => extrasOf(node).metadata;

/**
 * The leaf that a node accumulates into. PyTorch's `AccumulateGrad.variable`.
 * @param node as `x.gradFn` gives it
 * @returns the leaf, or null
 */
export const variableOf = (node: Node): Tensor | null => node.leaf;
