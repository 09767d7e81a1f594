/** @file Clipping of gradients. */
import { abs, add, amax, clamp, div, isTensor, mul_, noGrad, pow, sqrt, square, stack, sum, type Tensor, zeros } from "@adjoint/core/functional";

/** The gradients of those that have one. */
const gradients = (parameters: Tensor | readonly Tensor[]): Tensor[] =>
  (isTensor(parameters) ? [parameters] : parameters).flatMap((x) => (x.grad === null ? [] : [x.grad]));

/** Applies the steps and frees what they made on the way; `x` and the last result stay. */
function piped(x: Tensor, ...steps: readonly ((x: Tensor) => Tensor)[]): Tensor {
  return steps.reduce((y, step) => {
    const out = step(y);
    if (y !== x) y.dispose();
    return out;
  }, x);
}

/**
 * Scales the gradients so that the norm of all of them together is at most `maxNorm`: PyTorch's `clip_grad_norm_`.
 * Nothing is read: it works on asynchronous devices. Gives the norm before, a 0-d tensor.
 */
export function clipGradNorm_(parameters: Tensor | readonly Tensor[], maxNorm: number, options: { readonly normType?: number } = {}): Tensor {
  const { normType = 2 } = options, grads = gradients(parameters);
  if (grads.length === 0) return zeros([]);
  return noGrad(() => {
    const powers = grads.map((grad) => (normType === Infinity ? piped(grad, abs, (x) => amax(x)) : normType === 2 ? piped(grad, square, (x) => sum(x)) : piped(grad, abs, (x) => pow(x, normType), (x) => sum(x))));
    const all = stack(powers);
    for (const x of powers) x.dispose();
    const total = normType === Infinity ? amax(all) : piped(all, (x) => sum(x), (x) => (normType === 2 ? sqrt(x) : pow(x, 1 / normType)));
    all.dispose();
    const scale = piped(total, (x) => add(x, 1e-6), (x) => div(maxNorm, x), (x) => clamp(x, undefined, 1));
    for (const grad of grads) mul_(grad, scale);
    scale.dispose();
    return total;
  });
}
