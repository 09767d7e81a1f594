/** @file Reverse mode for function transforms: fresh tensors to differentiate in, and gradients that know of batch dims. */
import { grad } from "../calculus/backward.ts";
import { zerosOn } from "../calculus/map-reduce.ts";
import { ones } from "../creation/fill.ts";
import { TransformError } from "../errors.ts";
import { alive, enableGrad, join, type Node, Tensor } from "../op.ts";
import { setRequiresGrad } from "../tensor.ts";
import { permute } from "../views/views.ts";
import { active, aligned, lowered, owned, raised } from "./batch.ts";
import { batched, levelsOf, physicalOf, traceOf } from "./traced.ts";

/**
 * The same value at a place of its own on the tape. It has the batch dims of every vmap that runs, so that each example gets a gradient
 * of its own; what its value depends on stays connected.
 */
export function fresh(x: Tensor): Tensor {
  alive("func", x);
  const levels = active.map(({ level }) => level);
  const wide = levels.length === 0 ? x : aligned(x, levels, x.ndim, true);
  return batched(wide.edge === null ? leaf(wide) : owned(enableGrad(() => permute(wide, wide.shape.map((_, d) => d)))), levels, x.lifetime);
}

function leaf(x: Tensor): Tensor {
  const out = new Tensor(x.window, x.storage.retain(), null);
  out.traced = traceOf(x)?.twin() ?? null;
  setRequiresGrad(out, true);
  return out;
}

const nodeOf = (x: Tensor): Node<never> | undefined => physicalOf(x).edge?.node;

/** Walks the graph of the roots until `found` says so; what `stops` names is not walked through. */
function search(roots: readonly Tensor[], stops: ReadonlySet<Node<never>>, found: (node: Node<never>) => boolean): boolean {
  const seen = new Set<Node<never>>(), stack = roots.flatMap((root) => nodeOf(root) ?? []);
  for (let node; (node = stack.pop()) !== undefined; ) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (found(node)) return true;
    if (stops.has(node)) continue;
    for (const edge of node.edges) if (edge !== null) stack.push(edge.node);
  }
  return false;
}

/** Whether the graph of the roots leads to anything that wants a gradient but these fresh tensors. */
export function leadsOutside(roots: readonly Tensor[], fresh: readonly Tensor[]): boolean {
  const stops = new Set(fresh.map((x) => nodeOf(x)!));
  return fresh.some((x) => nodeOf(x)!.leaf === null) || search(roots, stops, (node) => node.leaf !== null && !stops.has(node));
}
/** Whether a gradient of the root leads to this tensor. */
export const reaches = (root: Tensor, x: Tensor): boolean => search([root], new Set(), (node) => node === nodeOf(x));

/**
 * The gradients of the roots in the fresh tensors, zeros where nothing depends on them.
 * @param cotangents of the shapes of the roots; they may have batch dims that the roots lack
 */
export function gradients(roots: readonly Tensor[], inputs: readonly Tensor[], cotangents: readonly (Tensor | undefined)[], options: { readonly createGraph: boolean; readonly retainGraph: boolean }): Tensor[] {
  const used = roots.map((root, i) => [root, cotangents[i]] as const).filter(([root]) => physicalOf(root).edge !== null);
  const found = used.length === 0 ? inputs.map(() => null) : grad(
    used.map(([root]) => physicalOf(root)), inputs.map(physicalOf),
    { ...options, allowUnused: true, gradOutputs: used.map(([root, cotangent]) => seedOf(root, cotangent, inputs)) });
  return inputs.map((x, i) => {
    const g = found[i];
    if (g === null || g === undefined) return zerosOn(x.storage.device, x.dtype, x.shape);
    return raised(g, levelsOf(x));
  });
}

function seedOf(root: Tensor, cotangent: Tensor | undefined, inputs: readonly Tensor[]): Tensor | undefined {
  const levels = levelsOf(root);
  if (levels.some((level) => inputs.some((x) => !levelsOf(x).includes(level))))
    throw new TransformError("func: a gradient in a tensor from outside of a vmap is asked for inside of it; take the gradient inside, or outside, of the whole");
  if (cotangent !== undefined) return lowered(cotangent, levels);
  if (levels.length === 0) return undefined;
  return lowered(onesLike(root), levels);
}

const onesLike = (x: Tensor): Tensor => ones(x.shape, { dtype: x.dtype, device: x.device });

/** The same value, cut from the tape; a handle in its own right. */
export function cut(x: Tensor): Tensor {
  const physical = physicalOf(x);
  const out = new Tensor(physical.window, physical.storage.retain(), null);
  if (x !== physical) return batched(out, levelsOf(x), x.lifetime);
  out.traced = traceOf(x)?.twin() ?? null;
  join(out, x.lifetime);
  return out;
}
