/** @file Derivatives against finite differences, for users: PyTorch's gradcheck and gradgradcheck. */
import { requireReadable } from "../device.ts";
import { formatTensor } from "../format.ts";
import { type OneOrMore, asList, grad } from "../calculus/backward.ts";
import { ArgumentError, AdjointError, AutogradError } from "../errors.ts";
import { Lifetime, outsideFrames, within } from "../scope.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { warn } from "../warning.ts";
import { type Checked, differentiable, directions, type Jacobian, jacobians, like, type Method, project, undefinedGradients } from "./jacobians.ts";

/** What gradcheck found wrong. */
export class GradcheckError extends AdjointError {
  override readonly name: string = "GradcheckError";
}

export type GradcheckOptions = {
  /** The step of the finite differences. Default: 1e-6. */
  readonly eps?: number;
  /** Allowed is `atol + rtol * |numerical|`. Default: 1e-5 and 1e-3. */
  readonly atol?: number;
  readonly rtol?: number;
  /** Throw a GradcheckError; otherwise the result says whether all is well. Default: true. */
  readonly raiseException?: boolean;
  /** By how much two runs of the same derivative may differ. Default: 0. */
  readonly nondetTol?: number;
  /** Whether results without a gradient must count as zeros. Default: true. */
  readonly checkUndefinedGrad?: boolean;
  /** Also by vmap over gradients. Default: false. */
  readonly checkBatchedGrad?: boolean;
  /** Also forward mode. Default: false. */
  readonly checkForwardAd?: boolean;
  readonly checkBackwardAd?: boolean;
  /** Along random directions instead of element by element: two runs for each input, whatever its size. Default: false. */
  readonly fastMode?: boolean;
};
export type GradgradcheckOptions = GradcheckOptions & {
  /** The gradients of the outputs, in which the derivative is checked too. Default: random ones. */
  readonly gradOutputs?: OneOrMore<Tensor>;
};

/**
 * Compares the derivative of `fn` at `inputs` with finite differences: PyTorch's `gradcheck`.
 * @param fn a function of the inputs that gives a tensor, or several
 * @param inputs float64 tensors on a device that reads synchronously; those that require a gradient are varied
 * @param options tolerances, and what else is checked; each says its default
 * @returns true; false where they differ and `raiseException` is off
 * @throws GradcheckError where they differ: it shows both Jacobians
 * @throws ArgumentError where no input requires a gradient
 * @example `gradcheck((x) => Exp.apply(x), tensor([1, 2], { dtype: "float64", requiresGrad: true }))`
 */
export function gradcheck(fn: Checked, inputs: OneOrMore<Tensor>, options: GradcheckOptions = {}): boolean {
  const all = readable("gradcheck", inputs);
  return judged(options, () => check(fn, all, options));
}

/** They are read at once. */
function readable(what: string, inputs: OneOrMore<Tensor>): readonly Tensor[] {
  const all = asList(inputs);
  for (const x of all) if (isTensor(x)) requireReadable(what, x.device, "check on the cpu device, in float64");
  return all;
}

/** As `gradcheck`, of the gradient: it also varies the gradients of the outputs. PyTorch's `gradgradcheck`. */
export function gradgradcheck(fn: Checked, inputs: OneOrMore<Tensor>, options: GradgradcheckOptions = {}): boolean {
  const all = readable("gradgradcheck", inputs), { gradOutputs, ...rest } = options;
  return judged(options, () => {
    const given = gradOutputs === undefined
      ? differentiable(fn(...all)).map((out, i) => setRequiresGradOf(like(out, directions(i, out.window.size))))
      : asList(gradOutputs);
    const first: Checked = (...args) => {
      const at = args.slice(0, all.length), cotangents = args.slice(all.length);
      const wanted = at.filter((x) => x.requiresGrad);
      return grad(differentiable(fn(...at)), wanted, { gradOutputs: cotangents, createGraph: true, allowUnused: true }).filter((g): g is Tensor => g !== null);
    };
    check(first, [...all, ...given], rest);
  });
}

function setRequiresGradOf(x: Tensor): Tensor {
  x.requiresGrad = true;
  return x;
}

/** Runs in a lifetime of its own, and turns what was found into the result that was asked for. */
function judged({ raiseException = true }: GradcheckOptions, run: () => void): boolean {
  const lifetime = new Lifetime("gradcheck");
  try {
    outsideFrames(() => within(lifetime, run));
    return true;
  } catch (error) {
    if (raiseException || !(error instanceof GradcheckError)) throw error;
    return false;
  } finally {
    lifetime.close();
  }
}

function check(fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions): void {
  const { eps = 1e-6, nondetTol = 0, checkUndefinedGrad = true, checkBatchedGrad = false, checkForwardAd = false, checkBackwardAd = true, fastMode = false } = options;
  const varied = checkInputs(inputs);
  const outputs = differentiable(fn(...inputs));
  const inDirections = fastMode ? varied.map((x, i) => directions(i, x.window.size)) : undefined;
  const outDirections = fastMode ? outputs.map((x, i) => directions(i + inputs.length, x.window.size)) : undefined;
  const run = (method: Method): Jacobian[][] => jacobians(method, fn, inputs, varied, { eps, inDirections, outDirections });
  const numerical = run("numerical");
  const compare = (method: Method, mode: string): Jacobian[][] => {
    const analytical = run(method);
    numerical.forEach((row, i) => row.forEach((n, j) => {
      if (!close(analytical[i]![j]!, n, options)) throw new GradcheckError(mismatch(mode, i, j, n, analytical[i]![j]!, varied[j]!));
    }));
    return analytical;
  };
  if (outputs.length === 0) {
    if (numerical.flat().some((n) => n.values.some((v) => v !== 0))) throw new GradcheckError("Numerical gradient for function expected to be zero");
    return;
  }
  if (checkBackwardAd) {
    const [a, b] = [compare("reverse", ""), run("reverse")];
    if (a.some((row, i) => row.some((j, k) => j.values.some((v, e) => Math.abs(v - b[i]![k]!.values[e]!) > nondetTol))))
      throw new GradcheckError(
        "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient." +
        `The tolerance for nondeterminism was ${nondetTol}.`);
    if (checkUndefinedGrad) checkUndefined(fn, inputs, varied);
    if (checkBatchedGrad && !fastMode) compare("batched", "computed by vmap over gradients ");
  }
  if (checkForwardAd) compare("forward", "computed with forward mode ");
}

function checkInputs(inputs: readonly Tensor[]): readonly Tensor[] {
  const varied = inputs.filter((x) => isTensor(x) && x.requiresGrad);
  if (varied.length === 0) throw new ArgumentError("gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.");
  inputs.forEach((x, i) => {
    if (!isTensor(x) || !x.requiresGrad) return;
    if (x.dtype !== "float64")
      warn(`Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `);
    if (x.window.size > 0 && x.window.strides.some((stride, d) => stride === 0 && x.shape[d]! > 1))
      throw new AutogradError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. ` +
        "You should call .contiguous on the input before passing it to gradcheck.");
  });
  return varied;
}

function close(a: Jacobian, n: Jacobian, { atol = 1e-5, rtol = 1e-3 }: GradcheckOptions): boolean {
  return a.values.length === n.values.length && a.values.every((v, i) => Object.is(v, n.values[i]) || Math.abs(v - n.values[i]!) <= atol * n.weight + rtol * Math.abs(n.values[i]!));
}

const show = ({ shape, values }: Jacobian, like: Tensor): string =>
  formatTensor({ shape, dtype: like.dtype, read: (i) => values[i]! }, { gradFn: undefined, requiresGrad: false, device: undefined });
const mismatch = (mode: string, output: number, input: number, numerical: Jacobian, analytical: Jacobian, like: Tensor): string =>
  `Jacobian ${mode}mismatch for output ${output} with respect to input ${input},\nnumerical:${show(numerical, like)}\nanalytical:${show(analytical, like)}\n`;

function checkUndefined(fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[]): void {
  let found: (Tensor | null)[];
  try {
    found = undefinedGradients(fn, inputs, varied);
  } catch (error) {
    if (!(error instanceof AdjointError || error instanceof TypeError)) throw error;
    throw new GradcheckError(
      "Expected backward function to handle undefined output grads. Please look at \"Notes about undefined output gradients\" in \"tools/autograd/derivatives.yaml\"", { cause: error });
  }
  if (found.some((g) => g !== null && project(g, undefined).some((v) => v !== 0)))
    throw new GradcheckError(
      "Expected all input grads to be undefined or zero when all output grads are undefined or zero. Please look at \"Notes about undefined output gradients\" in \"tools/autograd/derivatives.yaml\"");
}
