/** @file `out`: the result of any op written into tensors that are there already. */
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { type WithOut, withOut } from "../elementwise/elementwise.ts";
import { copy_ } from "../elementwise/overwrite.ts";
import { ArgumentError, AutogradError, DTypeError, NotSupportedError } from "../errors.ts";
import { alive, isGradEnabled, isTensor, noGrad, refuseOverlap, type Tensor } from "../op.ts";
import { denseStrides, sameShape, showShape } from "../shape.ts";
import { extent, restride, type View } from "../view.ts";
import { warn } from "../warning.ts";
import { resize_ } from "../creation/strided.ts";
import { amax as amaxOf, amin as aminOf } from "./reductions.ts";

type Results = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };
/** One tensor for one result, an array of tensors for several, in their order. */
export type Targets<R> = R extends Tensor ? Tensor : readonly Tensor[];

const tensorsIn = (args: readonly unknown[]): Tensor[] => args.flatMap((x) => (isTensor(x) ? [x] : Array.isArray(x) ? tensorsIn(x as readonly unknown[]) : []));
const longName: { readonly [D in DType]: string } = { float32: "float", float64: "double", float16: "c10::Half", bfloat16: "c10::BFloat16", int32: "int", int16: "short int", int8: "signed char", uint8: "unsigned char", bool: "bool" };

/** Whether two windows have memory in common, as far as their first and last elements tell. */
function meets(a: View, b: View): boolean {
  if (a.buffer !== b.buffer || a.size === 0 || b.size === 0) return false;
  const [from, to] = extent(a), [first, last] = extent(b);
  return from <= last && first <= to;
}
function checkTarget(name: string, target: Tensor, inputs: readonly Tensor[]): void {
  alive(name, target);
  refuseOverlap(target);
  refuseMeeting(target.window, inputs);
}
function refuseMeeting(target: View, inputs: readonly Tensor[]): void {
  if (inputs.some((x) => meets(x.window, target)))
    throw new AutogradError("unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.");
}
function write(name: string, target: Tensor, result: Tensor, inputs: readonly Tensor[]): void {
  if (result.dtype !== target.dtype) throw new DTypeError(`Expected out tensor to have dtype ${longName[result.dtype]}, but got ${longName[target.dtype]} instead`);
  if (!sameShape(target.shape, result.shape)) {
    if (target.window.size !== 0) {
      refuseMeeting(restride(target.window, result.shape, denseStrides(result.shape), target.window.offset), inputs);
      warn(
        `An output with one or more elements was resized since it had shape ${showShape(target.shape)}, which does not match the required output shape ${showShape(result.shape)}. This behavior is deprecated, and in a future PyTorch release outputs ` +
        `will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0). (${name})`);
    }
    resize_(target, result.shape);
  }
  copy_(target, result);
}

/**
 * `op(...args)`, with what it gives written into `target`: PyTorch's `out=`. Nothing is recorded. Elementwise functions have it too as `add.out(target, x, y)`, which allocates
 * nothing.
 * @param op any operator
 * @param target a tensor for each result (an array where there are several), of its dtype; it gets its shape, with a warning if it had elements in another
 * @param args of the operator
 * @returns `target` itself, of the shapes and dtypes of the results
 * @throws AutogradError where a gradient would be lost, or targets overlap themselves or an input
 * @throws DTypeError where a target is of another dtype than its result
 * @throws ArgumentError where results and targets are not of one number
 * @throws NotSupportedError in a function transform
 * @example
 * ```ts
 * const z = zeros([2]);
 * out(gather, z, tensor([5, 6, 7]), 0, tensor([2, 0], { dtype: "int32" }));
 * z // tensor([7., 5.])
 * ```
 */
export function out<A extends readonly unknown[], R extends Results>(op: (...args: A) => R, target: Targets<R>, ...args: A): Targets<R> {
  const targets: readonly Tensor[] = isTensor(target) ? [target] : target, inputs = tensorsIn(args), name = op.name === "" ? "out" : op.name;
  for (const one of targets) checkTarget(name, one, inputs);
  if (isGradEnabled() && [...targets, ...inputs].some((x) => x.requiresGrad && isFloat(x.dtype)))
    throw new AutogradError(`${name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.`);
  if ([...targets, ...inputs].some((x) => x.traced !== null)) throw new NotSupportedError(`${name}(): out is not there inside of a function transform; use the op that returns a new tensor`);
  noGrad(() => {
    const result = op(...args), results: readonly Tensor[] = isTensor(result) ? [result] : Object.values(result);
    if (results.length !== targets.length) throw new ArgumentError(`${name}(): ${results.length} results, and ${targets.length} tensors to write them into`);
    results.forEach((one, k) => write(name, targets[k]!, one, inputs));
    for (const one of results) if (!inputs.includes(one)) one.dispose();
  });
  return target;
}

type Extremum = (x: Tensor, dim?: number | readonly number[], options?: { readonly keepdim?: boolean }) => Tensor;
const withOwnOut = (run: Extremum): WithOut<Parameters<Extremum>> => withOut((...args) => run(...args), (target, ...args) => {
  const [{ dtype }] = args;
  if (dtype !== target.dtype) throw new DTypeError(`Expected the dtype for input and out to match, but got ${scalarTypeName[dtype]} for input's dtype and ${scalarTypeName[target.dtype]} for out's dtype.`);
  return out(run, target, ...args);
});
/**
 * The maximum over dims, or over all; NaN if there is one. Ties share the gradient evenly.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @param options `keepdim`: keep the dims, with size 1
 * @returns x's shape without the dims, of its dtype
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ArgumentError where a dim is named twice
 * @example amax(tensor([[1, 3], [5, 2]]), 1) // [3, 5]
 */
export const amax: WithOut<Parameters<Extremum>> = /*@__PURE__*/ withOwnOut(amaxOf);
/**
 * The minimum over dims, or over all; NaN if there is one. Ties share the gradient evenly.
 * @param x of any shape and dtype
 * @param dim one dim, or several; all by default
 * @param options `keepdim`: keep the dims, with size 1
 * @returns x's shape without the dims, of its dtype
 * @throws IndexError for a dim out of range, or of size 0
 * @throws ArgumentError where a dim is named twice
 * @example amin(tensor([[1, 3], [5, 2]]), 1) // [1, 2]
 */
export const amin: WithOut<Parameters<Extremum>> = /*@__PURE__*/ withOwnOut(aminOf);
