/** @file Reverse mode as functions of functions: grad, gradAndValue, vjp. */
import { ShapeError, TransformError } from "../errors.ts";
import { enableGrad, isTensor, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { type Argnums, arrange, call, type Chosen, differentiable, type Fn, indices, whole } from "./arguments.ts";
import { cut, gradients, leadsOutside } from "./reverse.ts";
import { leavesOf, mapTree, type Tree } from "./tree.ts";

/**
 * The function that gives the gradient of a function of tensors whose value is one number, and the value.
 * @returns `(...args) => [gradient, value]`, with `hasAux` `[gradient, [value, aux]]`
 * @example `func.gradAndValue((x: Tensor) => x.square().sum())(tensor([1, 2]))`
 */
export function gradAndValue<A extends readonly unknown[], const N extends Argnums = 0, R = Tree>(fn: (...args: A) => R, options: { readonly argnums?: N; readonly hasAux?: boolean } = {}): (...args: A) => [gradient: Chosen<A, N>, value: R] {
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
    return [gradient, (hasAux ? [outward(value), mapTree(aux, outward)] : outward(value)) as R];
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
export function vjp<A extends readonly unknown[], R = Tree>(fn: (...args: A) => R, ...primals: A): [value: R, pull: VjpFn] {
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
  return [outward as R, pull];
}
