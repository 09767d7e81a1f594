/** @file The namespace `autograd.functional`: derivatives of a function at a point, PyTorch's torch.autograd.functional. */
import { asList } from "../calculus/backward.ts";
import { onesLike, zerosLike } from "../creation/fill.ts";
import { AutogradError } from "../errors.ts";
import { enableGrad, framed, isTensor, type Tensor } from "../op.ts";
import { reshape } from "../views/views.ts";
import { sameShape, showShape } from "../shape.ts";
import { jacfwd, jacrev, jvp as forward, vjp as reverse } from "./func.ts";
import { cut, fresh, reaches } from "./reverse.ts";
import { leavesOf, mapTree } from "./tree.ts";

/** One tensor, or several. */
export type Inputs = Tensor | readonly Tensor[];
export type FunctionalOptions = {
  /** Record the result, so that it can be differentiated; without it the result stands alone. */
  readonly createGraph?: boolean;
  /** An error, instead of zeros, where an output does not depend on an input. */
  readonly strict?: boolean;
};
export type JacobianOptions = FunctionalOptions & {
  /** How it is worked out: row by row, or column by column. The numbers are the same. */
  readonly strategy?: "reverse-mode" | "forward-mode";
};
type UserFunction = (...inputs: Tensor[]) => unknown;

/** As many as went in: one alone, or an array. */
const asGiven = <T>(inputs: Inputs, each: readonly T[]): T | readonly T[] => (isTensor(inputs) ? each[0]! : each);

/** Runs on inputs that stand alone unless the graph is wanted, and gives results that do. */
function apart<R>(inputs: Inputs, { createGraph = false }: FunctionalOptions, run: (inputs: readonly Tensor[]) => R): R {
  let kept: Set<unknown> | undefined;
  return framed(
    () => createGraph ? run(asList(inputs)) : mapTree(run(asList(inputs).map(cut)), (x) => (x.requiresGrad ? cut(x) : x)) as R,
    (result, tensor) => (kept ??= new Set<unknown>(leavesOf(result))).has(tensor));
}

function outputsOf(what: string, value: unknown): readonly Tensor[] {
  const outputs = isTensor(value) ? [value] : Array.isArray(value) ? value : [];
  if (outputs.length === 0 || !outputs.every(isTensor))
    throw new TypeError(`The outputs of the user-provided function given to ${what} must be either a Tensor or a tuple of Tensors but the given outputs of the user-provided function has type ${typeof value}.`);
  return outputs;
}

/** In strict mode, refuses an output on which an input has no influence. */
function checkStrict(what: string, fn: UserFunction, inputs: readonly Tensor[], strict: boolean): void {
  if (!strict) return;
  framed(() => {
    const places = inputs.map(fresh);
    outputsOf(what, enableGrad(() => fn(...places))).forEach((output, i) => places.forEach((place, k) => {
      if (!reaches(output, place)) throw new AutogradError(`Output ${i} of the user-provided function is independent of input ${k}. This is not allowed in strict mode.`);
    }));
  }, () => false);
}

/** The vectors for values of these shapes; one value of one element needs none. */
function vectors(v: Inputs | undefined, like: readonly Tensor[], whose: string): readonly Tensor[] {
  if (v === undefined) {
    if (like.length !== 1 || like[0]!.window.size !== 1) throw new AutogradError(`The vector v can only be None if ${whose} a single Tensor with a single element.`);
    return [onesLike(like[0]!)];
  }
  const given = asList(v);
  if (given.length !== like.length) throw new AutogradError(`v is a tuple of invalid length: should be ${like.length} but got ${given.length}.`);
  given.forEach((x, i) => {
    if (!sameShape(x.shape, like[i]!.shape))
      throw new AutogradError(`${given.length > 1 ? `Entry ${i} in v` : "v"} has invalid size: should be torch.Size(${showShape(like[i]!.shape)}) but got torch.Size(${showShape(x.shape)}).`);
  });
  return given;
}

/** The Jacobian of `fn` at `inputs`: for each output and each input a tensor of shape [...output, ...input]. */
export function jacobian(fn: UserFunction, inputs: Inputs, options: JacobianOptions = {}): unknown {
  return apart(inputs, options, (at) => {
    checkStrict("jacobian", fn, at, options.strict ?? false);
    const checked = (...args: Tensor[]): unknown => {
      const value = fn(...args);
      outputsOf("jacobian", value);
      return value;
    };
    const by = options.strategy === "forward-mode" ? jacfwd : jacrev;
    return by(checked, { argnums: isTensor(inputs) ? 0 : at.map((_, i) => i) })(...at);
  });
}

function scalarOf(what: string, fn: UserFunction): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    const outputs = outputsOf(what, fn(...inputs));
    if (outputs.length !== 1) throw new AutogradError(`The function given to ${what} should return a single Tensor`);
    if (outputs[0]!.window.size !== 1) throw new AutogradError(`The Tensor returned by the function given to ${what} should contain a single element`);
    return outputs[0]!;
  };
}

/** The Hessian of `fn`, whose value is one number, at `inputs`. */
export const hessian = (fn: UserFunction, inputs: Inputs, options: JacobianOptions = {}): unknown => apart(inputs, options, (at) => {
  const scalar = scalarOf("hessian", fn), argnums = isTensor(inputs) ? 0 : at.map((_, i) => i);
  checkStrict("hessian", scalar, at, options.strict ?? false);
  const flat = (...args: Tensor[]): Tensor => reshape(scalar(...args), []);
  return jacrev((options.strategy === "forward-mode" ? jacfwd : jacrev)(flat, { argnums }) as UserFunction, { argnums })(...at);
});

/** The value of `fn` and the product of a vector `v`, of the value's shape, with the Jacobian. */
export const vjp = (fn: UserFunction, inputs: Inputs, v?: Inputs, options: FunctionalOptions = {}): [value: unknown, product: unknown] => apart(inputs, options, (at) => {
  checkStrict("vjp", fn, at, options.strict ?? false);
  const [value, pull] = reverse(fn, ...at), outputs = outputsOf("vjp", value);
  return [value, asGiven(inputs, leavesOf(pull(vectors(v, outputs, "the user-provided function returns"))))];
});

/** The value of `fn` and the product of the Jacobian with a vector `v`, of the inputs' shapes: by forward mode. */
export const jvp = (fn: UserFunction, inputs: Inputs, v?: Inputs, options: FunctionalOptions = {}): [value: unknown, product: unknown] => apart(inputs, options, (at) => {
  checkStrict("jvp", fn, at, options.strict ?? false);
  const [value, product] = forward(fn, at as Tensor[], vectors(v, at, "the input to the user-provided function is") as Tensor[]);
  outputsOf("jvp", value);
  return [value, product];
});

const gradientOf = (what: string, fn: UserFunction) => (...inputs: Tensor[]): [gradient: Tensor[], value: Tensor] => {
  const [value, pull] = reverse(scalarOf(what, fn), ...inputs);
  return [leavesOf(pull(onesLike(value as Tensor))), value as Tensor];
};

/** The value of `fn`, one number, and the product of its Hessian with a vector `v` of the inputs' shapes. */
export const hvp = (fn: UserFunction, inputs: Inputs, v?: Inputs, options: FunctionalOptions = {}): [value: Tensor, product: unknown] => apart(inputs, options, (at) => {
  checkStrict("hvp", fn, at, options.strict ?? false);
  const [[, value], [product]] = forward(gradientOf("hvp", fn), at as Tensor[], vectors(v, at, "the input to the user-provided function is") as Tensor[]) as [[Tensor[], Tensor], [Tensor[], Tensor]];
  return [value, asGiven(inputs, product)] as [Tensor, unknown];
});

/** The value of `fn`, one number, and the product of a vector `v` of the inputs' shapes with its Hessian. */
export const vhp = (fn: UserFunction, inputs: Inputs, v?: Inputs, options: FunctionalOptions = {}): [value: Tensor, product: unknown] => apart(inputs, options, (at) => {
  checkStrict("vhp", fn, at, options.strict ?? false);
  const [[, value], pull] = reverse(gradientOf("vhp", fn), ...at) as unknown as [[Tensor[], Tensor], (cotangents: unknown) => unknown];
  const product = pull([vectors(v, at, "the input to the user-provided function is"), zerosLike(value)]);
  return [value, asGiven(inputs, leavesOf(product))] as [Tensor, unknown];
});
