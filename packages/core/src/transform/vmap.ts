/** @file vmap: a function of one example becomes a function of a batch. */
import { ArgumentError, TransformError } from "../errors.ts";
import { isTensor, type Tensor } from "../op.ts";
import { wrapDim } from "../shape.ts";
import { permute } from "../views/views.ts";
import { call, type Fn, whole } from "./arguments.ts";
import { lowered, raised } from "./batch.ts";
import { withBatch } from "./interpreter.ts";
import { leavesOf, mapTree, type Tree } from "./tree.ts";

type Dims = number | null | readonly Dims[] | { readonly [name: string]: Dims };
export type VmapOptions = {
  /** The batch dim of each argument, null for one that is the same for all; a number stands for all, an array for one each. */
  readonly inDims?: Dims;
  /** Where the batch dim of each result goes. */
  readonly outDims?: number | readonly number[];
  /** What random ops do: refuse, draw the same for all examples, or draw for each. */
  readonly randomness?: "error" | "same" | "different";
};

/**
 * A function of one example becomes a function of a batch, by running each op once on all examples. PyTorch's `torch.func.vmap`.
 * @param fn a function of tensors, or of trees of them, that is synchronous
 * @returns the function of batches: its results have the batch's size as first dim, or where `outDims` says, and the dtype that one example gives
 * @throws TransformError in the call, where batches have several sizes, no argument has a batch dim, or an op cannot be batched
 * @throws ArgumentError for `inDims` that do not fit the arguments, or another `randomness`
 * @example func.vmap(cosineSimilarity, { inDims: [0, 0, null] })(tensor([[1, 0], [0, 1]]), tensor([[1, 1], [0, 2]]), 0) // [0.7071, 1]
 */
export function vmap<A extends readonly unknown[], R = Tree>(fn: (...args: A) => R, options: VmapOptions = {}): (...args: A) => R {
  const { inDims = 0, outDims = 0, randomness = "error" } = options;
  if (randomness !== "error" && randomness !== "same" && randomness !== "different")
    throw new ArgumentError(`Only allowed values for randomness are 'error', 'different', or 'same'. Got ${String(randomness)}`);
  return (...args) => whole(() => {
    const dims = spread(args, inDims);
    const size = batchSize(leavesOf(args), dims);
    return withBatch(size, randomness, (level) => {
      let next = 0;
      const examples = args.map((tree) => mapTree(tree, (x) => {
        const dim = dims[next++]!;
        return dim === null ? x : raised(toFront(x, wrapDim(dim, x.ndim)), [level]);
      }));
      const result = call("func.vmap", fn as Fn, examples);
      if (leavesOf(result).length === 0 || !(isTensor(result) || Array.isArray(result) || typeof result === "object"))
        throw new TransformError(`vmap(fn, ...): \`fn\` must only return Tensors, got type ${typeof result} as a return.`);
      let at = 0;
      return mapTree(result, (x) => unbatched(x, level, typeof outDims === "number" ? outDims : outDims[at++] ?? 0)) as R;
    });
  });
}

const toFront = (x: Tensor, dim: number): Tensor => (dim === 0 ? x : permute(x, [dim, ...[...x.shape.keys()].filter((d) => d !== dim)]));

function unbatched(x: Tensor, level: number, outDim: number): Tensor {
  const wide = lowered(x, [level]);
  const to = wrapDim(outDim, wide.ndim);
  const rest = [...wide.shape.keys()].slice(1);
  return to === 0 ? wide : permute(wide, [...rest.slice(0, to), 0, ...rest.slice(to)]);
}

/** The batch dim of each tensor of the arguments. */
function spread(tree: Tree, dims: Dims | undefined): (number | null)[] {
  if (isTensor(tree)) {
    if (dims === null || dims === undefined) return [null];
    if (typeof dims !== "number") throw new ArgumentError("vmap: in_dims is not compatible with the structure of the inputs");
    if (tree.ndim === 0) throw new TransformError(`vmap(fn, in_dims=..., ...)(<inputs>): Got in_dim=${dims} for an input but the input is a Tensor of dimensionality 0 so expected in_dim to satisfy -0 <= in_dim < 0.`);
    return [dims];
  }
  if (leavesOf(tree).length === 0) return [];
  if (Array.isArray(tree)) {
    if (Array.isArray(dims) && dims.length !== tree.length)
      throw new ArgumentError(`vmap(fn, in_dims=[${dims.join(", ")}], ...)(<inputs>): in_dims is not compatible with the structure of inputs: ${tree.length} of them`);
    return tree.flatMap((part, i) => spread(part, Array.isArray(dims) ? (dims[i] as Dims) : dims));
  }
  return Object.entries(tree as object).flatMap(([name, part]) => spread(part, typeof dims === "object" && dims !== null ? (dims as { readonly [name: string]: Dims })[name] : dims));
}

function batchSize(tensors: readonly Tensor[], dims: readonly (number | null)[]): number {
  const sizes = tensors.flatMap((x, i) => (dims[i] === null ? [] : [x.shape[wrapDim(dims[i]!, x.ndim)]!]));
  if (sizes.length === 0) throw new TransformError("vmap: at least one input must have a batch dim: all in_dims are None, or no argument is a Tensor");
  if (new Set(sizes).size > 1) throw new TransformError(`vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [${sizes.join(", ")}] for the mapped dimension`);
  return sizes[0]!;
}
