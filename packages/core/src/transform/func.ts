/** @file The namespace `func`: functions of functions, PyTorch's torch.func. Their functions are synchronous, and what they make inside dies. */
import { zerosOn } from "../calculus/map-reduce.ts";
import { eye } from "../creation/fill.ts";
import { ArgumentError, ShapeError, TransformError } from "../errors.ts";
import { alias, enableGrad, framed, isTensor, refusePromise, type Tensor } from "../op.ts";
import { sameShape, sizeOf, wrapDim } from "../shape.ts";
import { narrow, permute, reshape } from "../views/views.ts";
import { lowered, owned, raised } from "./batch.ts";
import { withBatch, withTangents } from "./interpreter.ts";
import { cut, fresh, gradients, leadsOutside } from "./reverse.ts";
import { batched, levelsOf, physicalOf, setTangent, tangentOf, withoutTangent } from "./traced.ts";
import { leavesOf, mapTree, type Tree, withLeaves } from "./tree.ts";

type Fn = (...args: never[]) => unknown;
/** Which arguments to differentiate in: one, whose derivative is given, or several, whose derivatives are given as an array. */
export type Argnums = number | readonly number[];
export type GradOptions = {
  readonly argnums?: Argnums;
  /** The function returns `[value, aux]`; aux is given back beside the derivative. */
  readonly hasAux?: boolean;
};
type Chosen<A extends readonly unknown[], N> = N extends readonly number[] ? { [K in keyof N]: A[N[K] & number] } : N extends number ? A[N] : A[0];

/** Runs in a frame: of what is made, the tensors of the result survive. */
const whole = <R>(run: () => R, also: readonly unknown[] = []): R => {
  let kept: Set<unknown> | undefined;
  return framed(run, (result, tensor) => (kept ??= new Set<unknown>([...leavesOf(result), ...also])).has(tensor));
};

const call = (what: string, fn: Fn, args: readonly unknown[]): unknown => refusePromise(what, (fn as (...args: readonly unknown[]) => unknown)(...args));

function indices(argnums: Argnums, count: number, what: string): number[] {
  return (typeof argnums === "number" ? [argnums] : argnums).map((n) => {
    const at = n < 0 ? n + count : n;
    if (!Number.isInteger(n) || at < 0 || at >= count) throw new ArgumentError(`${what}: Got argnum=${n}, but only ${count} positional inputs`);
    return at;
  });
}

/** The chosen arguments at places of their own on the tape. */
function differentiable(args: readonly unknown[], chosen: readonly number[]): { readonly all: unknown[]; readonly inputs: Tensor[] } {
  const all = [...args];
  for (const at of chosen) all[at] = mapTree(args[at], fresh);
  return { all, inputs: chosen.flatMap((at) => leavesOf(all[at])) };
}

/** Derivatives in the order of the inputs, as trees of the chosen arguments. */
function arrange(args: readonly unknown[], chosen: readonly number[], argnums: Argnums, flat: readonly unknown[]): unknown {
  let from = 0;
  const trees = chosen.map((at) => {
    const count = leavesOf(args[at]).length;
    return withLeaves(args[at], flat.slice(from, (from += count)));
  });
  return typeof argnums === "number" ? trees[0] : trees;
}

/**
 * The function that gives the gradient of a function of tensors whose value is one number, and the value.
 * @returns `(...args) => [gradient, value]`, with `hasAux` `[gradient, [value, aux]]`
 * @example `func.gradAndValue((x: Tensor) => x.square().sum())(tensor([1, 2]))`
 */
export function gradAndValue<A extends readonly unknown[], const N extends Argnums = 0>(fn: (...args: A) => unknown, options: { readonly argnums?: N; readonly hasAux?: boolean } = {}): (...args: A) => [gradient: Chosen<A, N>, value: Tree] {
  const { argnums = 0, hasAux = false } = options;
  return (...args: A) => whole(() => enableGrad(() => {
    const chosen = indices(argnums, args.length, "grad_and_value");
    const { all, inputs } = differentiable(args, chosen);
    const result = call("func.grad", fn as Fn, all);
    if (hasAux && !(Array.isArray(result) && result.length === 2)) throw new TransformError("grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True");
    const [value, aux] = hasAux ? (result as [unknown, unknown]) : [result, undefined];
    if (!isTensor(value)) throw new TransformError(`grad_and_value(f)(*args): Expected f(*args) to return a scalar tensor, got ${typeof value}`);
    if (value.ndim !== 0)
      throw new TransformError(`grad_and_value(f)(*args): Expected f(*args) to return a scalar tensor, got tensor with ${value.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?`);
    const outside = leadsOutside([value], inputs);
    const flat = gradients([value], inputs, [undefined], { createGraph: outside, retainGraph: outside });
    const outward = (x: Tensor): Tensor => (outside ? x : cut(x));
    const gradient = arrange(args, chosen, argnums, flat) as Chosen<A, N>;
    return [gradient, hasAux ? [outward(value), mapTree(aux, outward)] : outward(value)];
  }));
}

/**
 * The function that gives the gradient of a function of tensors whose value is one number. PyTorch's `torch.func.grad`.
 * @returns `(...args) => gradient`, of the argument `argnums` (0); with `hasAux` `[gradient, aux]`
 * @example `func.grad((x: Tensor) => x.sin().sum())(x) // cos(x)`
 */
export function grad<A extends readonly unknown[], const N extends Argnums = 0>(fn: (...args: A) => unknown, options: { readonly argnums?: N; readonly hasAux?: false } = {}): (...args: A) => Chosen<A, N> {
  const both = gradAndValue(fn, options);
  return (...args: A) => whole(() => {
    const [gradient, value] = both(...args);
    return (options.hasAux as boolean | undefined) === true ? [gradient, (value as [unknown, unknown])[1]] as never : gradient;
  });
}

/** Takes gradients of the value's shape to gradients of the arguments: one alone, or an array where there are several. */
export type VjpFn = (cotangents: Tree) => Tree;

/**
 * The value of a function, and the function that multiplies a vector by its Jacobian from the left. PyTorch's `torch.func.vjp`.
 * @example `const [y, pull] = func.vjp(f, x); pull(onesLike(y))`
 */
export function vjp<A extends readonly unknown[]>(fn: (...args: A) => unknown, ...primals: A): [value: Tree, pull: VjpFn] {
  const { value, roots, inputs, outside } = whole(() => enableGrad(() => {
    const { all, inputs } = differentiable(primals, primals.map((_, i) => i));
    const value = call("func.vjp", fn as Fn, all), roots = leavesOf(value);
    if (roots.length === 0) throw new TransformError("vjp(f, *primals): Expected f to be a function that has non-empty output (got output = ())");
    return { value, roots, inputs, outside: leadsOutside(roots, inputs) };
  }));
  const outward = outside ? value : mapTree(value, cut);
  const pull: VjpFn = (cotangents) => whole(() => {
    const given = leavesOf(cotangents);
    roots.forEach((root, i) => {
      if (given[i] === undefined || !sameShape(given[i].shape, root.shape))
        throw new ShapeError(`vjp: the cotangents must have the shapes of the value: [${root.shape.join(", ")}], got ${given[i] === undefined ? "none" : `[${given[i].shape.join(", ")}]`}`);
    });
    const flat = gradients(roots, inputs, given, { createGraph: outside, retainGraph: true });
    const trees = arrange(primals, primals.map((_, i) => i), primals.map((_, i) => i), flat) as unknown[];
    return trees.length === 1 ? trees[0] : trees;
  });
  return [outward, pull];
}

/** A tensor with a tangent at this level. */
function dual(x: Tensor, t: Tensor, level: number): Tensor {
  if (!sameShape(x.shape, t.shape) || x.dtype !== t.dtype)
    throw new ShapeError(`jvp: primals and tangents must agree: [${x.shape.join(", ")}] of ${x.dtype} and [${t.shape.join(", ")}] of ${t.dtype}`);
  const levels = levelsOf(x), physical = withoutTangent(physicalOf(x), level);
  setTangent(physical, level, owned(lowered(t, levels)));
  return batched(physical, levels, x.lifetime);
}

/**
 * The value of a function and its derivative in the direction of the tangents, by forward mode. PyTorch's `torch.func.jvp`.
 * @param primals the arguments, and `tangents` of the same shapes
 * @example `const [y, t] = func.jvp((x: Tensor) => x.sin(), [x], [onesLike(x)])`
 */
export function jvp<A extends readonly unknown[]>(fn: (...args: A) => unknown, primals: A, tangents: A): [value: Tree, tangent: Tree] {
  if (primals.length === 0 || primals.length !== tangents.length) throw new TransformError(`jvp: expected as many tangents as primals, got ${tangents.length} and ${primals.length}`);
  return whole(() => withTangents((level) => {
    const duals = primals.map((primal, i) => {
      const directions = leavesOf(tangents[i]);
      let next = 0;
      return mapTree(primal, (x) => dual(x, directions[next++] ?? zerosOn(x.storage.device, x.dtype, x.shape), level));
    });
    const value = call("func.jvp", fn as Fn, duals);
    return [mapTree(value, (x) => primalOf(x, level)), mapTree(value, (x) => directionOf(x, level))];
  }));
}

const primalOf = (x: Tensor, level: number): Tensor => batched(withoutTangent(physicalOf(x), level), levelsOf(x), x.lifetime);
function directionOf(x: Tensor, level: number): Tensor {
  const t = tangentOf(physicalOf(x), level);
  return t === undefined ? zerosOn(x.storage.device, x.dtype, x.shape) : raised(batched(alias(physicalOf(t)), levelsOf(t), x.lifetime), levelsOf(x));
}

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

/**
 * The function that gives the Jacobian, row by row in reverse mode, all rows in one pass. PyTorch's `torch.func.jacrev`.
 * @returns for each tensor of the value, and each of the argument, a tensor of shape [...value, ...argument]
 */
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
 * @returns as `jacrev`
 */
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

/** The function that gives the Hessian: forward mode over reverse mode. PyTorch's `torch.func.hessian`. */
export const hessian = <A extends readonly unknown[]>(fn: (...args: A) => unknown, options: { readonly argnums?: Argnums } = {}): Jacobian<A> => jacfwd(jacrev(fn, options), options);

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
 * @example `func.vmap((x: Tensor, y: Tensor) => x.dot(y))(xs, ys) // xs [n, 3], ys [n, 3] -> [n]`
 */
export function vmap<A extends readonly unknown[]>(fn: (...args: A) => unknown, options: VmapOptions = {}): (...args: A) => Tree {
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
      return mapTree(result, (x) => unbatched(x, level, typeof outDims === "number" ? outDims : outDims[at++] ?? 0));
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
