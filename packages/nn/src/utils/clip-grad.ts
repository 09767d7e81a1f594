/** @file Clipping of gradients. */
import {
  abs, add, AdjointError, amax, clamp, clamp_, DeviceError, div, isTensor, itemSync, mul_, noGrad, pow, python, sqrt, square, stack, sum, type Tensor, zeros,
} from "@adjoint/core/functional";

/** The gradients are not finite, so they cannot be clipped. */
export class NonFiniteError extends AdjointError {
  override readonly name: string = "NonFiniteError";
}

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

export type ClipGradOptions = {
  /** The order of the norm: 2 by default, Infinity for the largest element. */
  readonly normType?: number;
  /** Refuses a norm that is not finite. It is read at once: on an asynchronous device look at the result instead, before the optimizer's step. */
  readonly errorIfNonfinite?: boolean;
};
/**
 * Scales the gradients so that the norm of all of them together is at most `maxNorm`: PyTorch's `clip_grad_norm_`. Nothing is read: it works on asynchronous devices.
 * @param parameters one, or several; those without a gradient do not count
 * @param maxNorm the largest norm that stays
 * @returns the norm before, a 0-d tensor
 * @throws NonFiniteError for a norm that is not finite, with `errorIfNonfinite`; the gradients are as they were
 * @throws DeviceError for `errorIfNonfinite` on a device that cannot read at once
 * @example const p = tensor([0, 0], { requiresGrad: true }); p.grad = tensor([3, 4]); nn.clipGradNorm_(p, 1) // 5
 */
export function clipGradNorm_(parameters: Tensor | readonly Tensor[], maxNorm: number, options: ClipGradOptions = {}): Tensor {
  const { normType = 2, errorIfNonfinite = false } = options, grads = gradients(parameters);
  if (grads.length === 0) return zeros([]);
  const { device } = grads[0]!;
  if (errorIfNonfinite && device.readSync === undefined)
    throw new DeviceError(`clipGradNorm_: device '${device.name}' cannot read synchronously, and errorIfNonfinite asks for the norm: leave it out, and step only if Number.isFinite(await norm.item()) of the norm that is returned`);
  return noGrad(() => {
    const powers = grads.map((grad) => (normType === Infinity ? piped(grad, abs, (x) => amax(x)) : normType === 2 ? piped(grad, square, (x) => sum(x)) : piped(grad, abs, (x) => pow(x, normType), (x) => sum(x))));
    const all = stack(powers);
    for (const x of powers) x.dispose();
    const total = normType === Infinity ? amax(all) : piped(all, (x) => sum(x), (x) => (normType === 2 ? sqrt(x) : pow(x, 1 / normType)));
    all.dispose();
    if (errorIfNonfinite && !Number.isFinite(itemSync(total)))
      throw new NonFiniteError(`The total norm of order ${python.float(normType)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``);
    const scale = piped(total, (x) => add(x, 1e-6), (x) => div(maxNorm, x), (x) => clamp(x, undefined, 1));
    for (const grad of grads) mul_(grad, scale);
    scale.dispose();
    return total;
  });
}

/**
 * Puts every element of the gradients into [-clipValue, clipValue]: PyTorch's `clip_grad_value_`.
 * @param parameters one, or several; those without a gradient do not count
 * @param clipValue the largest magnitude that stays
 * @returns nothing
 * @example const p = tensor([0, 0], { requiresGrad: true }); p.grad = tensor([3, -4]); nn.utils.clipGradValue_(p, 1); p.grad // [1, -1]
 */
export function clipGradValue_(parameters: Tensor | readonly Tensor[], clipValue: number): void {
  noGrad(() => {
    for (const grad of gradients(parameters)) clamp_(grad, -clipValue, clipValue);
  });
}
