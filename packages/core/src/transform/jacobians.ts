/** @file All rows, or all columns, of a derivative in one batch: jacrev, jacfwd, hessian. */
import { eye } from "../creation/fill.ts";
import type { Tensor } from "../op.ts";
import { sizeOf } from "../shape.ts";
import { narrow, permute, reshape } from "../views/views.ts";
import { type Argnums, arrange, call, type Fn, type GradOptions, indices, whole } from "./arguments.ts";
import { jvp } from "./directions.ts";
import { vjp } from "./gradients.ts";
import { cut } from "./reverse.ts";
import { leavesOf, mapTree, type Tree, withLeaves } from "./tree.ts";
import { vmap } from "./vmap.ts";

/** For each tensor of a tree the part of an identity: [n, ...shape], n the elements of all. */
function identities(tensors: readonly Tensor[]): Tensor[] {
  const sizes = tensors.map((x) => sizeOf(x.shape)), n = sizes.reduce((a, b) => a + b, 0);
  let from = 0;
  return tensors.map((x, i) => {
    const part = narrow(eye(n, n, { dtype: x.dtype, device: x.device }), 1, (from += sizes[i]!) - sizes[i]!, sizes[i]!);
    return reshape(part, [n, ...x.shape]);
  });
}

/** Rows of derivatives [n, ...shape], n the elements of all `parts`, cut up among them: [...part, ...shape] of each. */
function cutRows(rows: Tensor, parts: readonly Tensor[]): Tensor[] {
  let from = 0;
  return parts.map((part) => {
    const size = sizeOf(part.shape);
    return reshape(narrow(rows, 0, (from += size) - size, size), [...part.shape, ...rows.shape.slice(1)]);
  });
}

type Jacobian<A extends readonly unknown[]> = (...args: A) => Tree;
/** Of a tensor by a tensor: a tensor. */
type One = readonly [Tensor, ...unknown[]];

/**
 * The function that gives the Jacobian, row by row in reverse mode, all rows in one pass. PyTorch's `torch.func.jacrev`.
 * @param fn a function of tensors
 * @param options `argnums`: by which argument, or arguments, 0 by default; `hasAux`: whether the value comes with something else, `[value, aux]`
 * @returns for each tensor of the value, and each of the argument, a tensor of shape [...value, ...argument], of the value's dtype
 * @throws TransformError in the call, where an op cannot be batched, and says why
 * @example func.jacrev(square)(tensor([1, 2])) // [[2, 0], [0, 4]]
 */
export function jacrev<A extends One>(fn: (...args: A) => Tensor): (...args: A) => Tensor;
export function jacrev<A extends readonly unknown[]>(fn: (...args: A) => unknown, options?: GradOptions): Jacobian<A>;
export function jacrev<A extends readonly unknown[]>(fn: (...args: A) => unknown, options: GradOptions = {}): Jacobian<A> {
  const { argnums = 0, hasAux = false } = options;
  return (...args) => whole(() => {
    const chosen = indices(argnums, args.length, "jacrev");
    let aux: Tree;
    const [value, pull] = vjp((...picked: unknown[]) => {
      const all: unknown[] = [...args];
      chosen.forEach((at, i) => { all[at] = picked[i]; });
      const result = call("func.jacrev", fn as Fn, all);
      if (!hasAux) return result;
      aux = mapTree((result as [unknown, unknown])[1], cut);
      return (result as [unknown, unknown])[0];
    }, ...chosen.map((at) => args[at]));
    const outs = leavesOf(value), flat = leavesOf(args.filter((_, i) => chosen.includes(i)));
    const rows = leavesOf(vmap((...seeds: Tensor[]) => leavesOf(pull(withLeaves(value, seeds))))(...identities(outs)));
    const blocks = rows.map((row) => cutRows(row, outs)); // blocks[input][output]
    const jacobian = withLeaves(value, outs.map((_, k) => arrange(args, chosen, argnums, flat.map((_, i) => blocks[i]![k]))));
    return hasAux ? [jacobian, aux] : jacobian;
  });
}

/**
 * The function that gives the Jacobian, column by column in forward mode, all columns in one pass. PyTorch's `torch.func.jacfwd`.
 * @param fn a function of tensors
 * @param options `argnums`: by which argument, or arguments, 0 by default; `hasAux`: whether the value comes with something else, `[value, aux]`
 * @returns for each tensor of the value, and each of the argument, a tensor of shape [...value, ...argument], of the value's dtype
 * @throws TransformError in the call, where an op cannot be batched or has no forward mode, and says why
 * @example func.jacfwd(square)(tensor([1, 2])) // [[2, 0], [0, 4]]
 */
export function jacfwd<A extends One>(fn: (...args: A) => Tensor): (...args: A) => Tensor;
export function jacfwd<A extends readonly unknown[]>(fn: (...args: A) => unknown, options?: GradOptions): Jacobian<A>;
export function jacfwd<A extends readonly unknown[]>(fn: (...args: A) => unknown, options: GradOptions = {}): Jacobian<A> {
  const { argnums = 0, hasAux = false } = options;
  return (...args) => whole(() => {
    const chosen = indices(argnums, args.length, "jacfwd"), picked = chosen.map((at) => args[at]), inputs = leavesOf(picked);
    let value: Tree, aux: Tree;
    const columns = leavesOf(vmap((...seeds: Tensor[]) => {
      const [out, tangent] = jvp((...moved: unknown[]) => {
        const all: unknown[] = [...args];
        chosen.forEach((at, i) => { all[at] = moved[i]; });
        return call("func.jacfwd", fn as Fn, all);
      }, picked, withLeaves(picked, seeds) as unknown[]);
      [value, aux] = hasAux ? (out as [unknown, unknown]) : [out, undefined];
      return leavesOf(hasAux ? (tangent as [unknown, unknown])[0] : tangent);
    })(...identities(inputs)));
    const blocks = columns.map((column) => cutRows(column, inputs).map((block, i) => toBack(block, inputs[i]!.ndim))); // blocks[output][input]
    let next = 0;
    const jacobian = mapTree(value, () => arrange(args, chosen, argnums, blocks[next++]!));
    return hasAux ? [jacobian, aux] : jacobian;
  });
}

/** The first `count` dims behind the others. */
const toBack = (x: Tensor, count: number): Tensor => permute(x, [...x.shape.keys()].map((d) => (d + count) % x.ndim));

/**
 * The function that gives the Hessian, forward mode over reverse mode. PyTorch's `torch.func.hessian`.
 * @param fn a function of tensors
 * @param options `argnums`: by which argument, or arguments, 0 by default
 * @returns a tensor of shape [...value, ...argument, ...argument], of the value's dtype
 * @throws TransformError in the call, where an op cannot be batched or has no forward mode, and says why
 * @example func.hessian(prod)(tensor([2, 3])) // [[0, 1], [1, 0]]
 */
export function hessian<A extends One>(fn: (...args: A) => Tensor): (...args: A) => Tensor;
export function hessian<A extends readonly unknown[]>(fn: (...args: A) => unknown, options?: { readonly argnums?: Argnums }): Jacobian<A>;
export function hessian<A extends readonly unknown[]>(fn: (...args: A) => unknown, options: { readonly argnums?: Argnums } = {}): Jacobian<A> {
  return jacfwd(jacrev(fn, options), options);
}
