/** @file Reverse mode as functions of functions: grad, gradAndValue, vjp. */
import { ShapeError, TransformError } from "../errors.ts";
import { enableGrad, isTensor, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { type Argnums, arrange, call, type Chosen, differentiable, type Fn, indices, whole } from "./arguments.ts";
import { cut, gradients, leadsOutside } from "./reverse.ts";
import { leavesOf, mapTree, type Tree } from "./tree.ts";

/**
 * The function that gives the gradient of a function of tensors whose value is one number, and the value. PyTorch's `torch.func.grad_and_value`.
 * @param fn a function whose value is a 0-d tensor
 * @param options `argnums`: of which argument, or arguments, 0 by default; `hasAux`: whether the value comes with something else, `[value, aux]`
 * @returns `(...args) => [gradient, value]`, of the argument's shape and dtype, and the value; with `hasAux` `[gradient, [value, aux]]`
 * @throws TransformError in the call, where the value is no 0-d tensor
 * @example func.gradAndValue(mean)(tensor([1, 3])) // [[0.5, 0.5], 2]
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
 * @param fn a function whose value is a 0-d tensor
 * @param options `argnums`: of which argument, or arguments, 0 by default; `hasAux`: whether the value comes with something else, `[value, aux]`
 * @returns `(...args) => gradient`, of the argument's shape and dtype; with `hasAux` `[gradient, aux]`
 * @throws TransformError in the call, where the value is no 0-d tensor
 * @example func.grad(mean)(tensor([1, 3])) // [0.5, 0.5]
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
 * The value of a function, and the function that multiplies a vector by its Jacobian from the left: v J. PyTorch's `torch.func.vjp`.
 * @param fn a function of tensors, or of trees of them, that is synchronous
 * @param primals its arguments
 * @returns the value, and a function of a gradient of the value's shape that gives those of the arguments, of their shapes and dtypes: one alone, or an array
 * @throws TransformError for a function without tensors in its value
 * @throws ShapeError in the second function, for a gradient of another shape
 * @example const [value, pull] = func.vjp(square, tensor([3])); [value, pull(tensor([1]))] // [[9], [6]]
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
