/** @file Arrays and plain objects of tensors, as function transforms take and give them: PyTorch's pytrees. */
import { isTensor, type Tensor } from "../op.ts";

/** A tensor, or arrays and plain objects of trees; anything else stands for itself and is passed on. */
export type Tree = unknown;

const isPlain = (x: unknown): x is { readonly [name: string]: unknown } => typeof x === "object" && x !== null && (Object.getPrototypeOf(x) === Object.prototype || Object.getPrototypeOf(x) === null);

/** The tensors of a tree in order: arrays by index, objects as their keys stand. */
export function leavesOf(tree: Tree): Tensor[] {
  if (isTensor(tree)) return [tree];
  if (Array.isArray(tree)) return tree.flatMap(leavesOf);
  return isPlain(tree) ? Object.values(tree).flatMap(leavesOf) : [];
}

/** The same tree with other tensors. */
export function mapTree(tree: Tree, change: (x: Tensor) => unknown): Tree {
  if (isTensor(tree)) return change(tree);
  if (Array.isArray(tree)) return tree.map((part) => mapTree(part, change));
  return isPlain(tree) ? Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, mapTree(part, change)])) : tree;
}

/** The same tree with these tensors in its tensors' places. */
export function withLeaves(tree: Tree, leaves: readonly unknown[]): Tree {
  let next = 0;
  return mapTree(tree, () => leaves[next++]);
}
