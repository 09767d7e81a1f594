/** @file `autograd.grad` with all of its options: `grad` of calculus, and many gradients at once by vmap. */
import { asList, grad as gradOnce, type GradOptions as OnceOptions, type GradsOf, type OneOrMore } from "../calculus/backward.ts";
import { AutogradError } from "../errors.ts";
import * as python from "../python.ts";
import { sameShape } from "../shape.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { vmap } from "../transform/func.ts";

export type GradOptions = OnceOptions & {
  /** The first dim of each of `gradOutputs` is a batch of gradients to start from, and of each result the batch of gradients. */
  readonly isGradsBatched?: boolean;
};

/**
 * The gradients of `outputs` with respect to `inputs`, summed over the outputs; `.grad` is not touched. PyTorch's `autograd.grad`.
 * @param outputs where the walk begins: one, or several
 * @param inputs whose gradients are asked for
 * @returns a tensor for each input; null where an input was not used, if `allowUnused` says so
 * @throws AutogradError where `backward` throws it, and for an input that was not used
 * @example `const [dx, dw] = autograd.grad(loss, [x, w], { createGraph: true });`
 */
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options?: GradOptions & { readonly allowUnused?: false }): GradsOf<I>;
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options: GradOptions & { readonly materializeGrads: true }): GradsOf<I>;
export function grad<const I extends OneOrMore<Tensor>>(outputs: OneOrMore<Tensor>, inputs: I, options?: GradOptions): GradsOf<I, Tensor | null>;
export function grad(outputs: OneOrMore<Tensor>, inputs: OneOrMore<Tensor>, { isGradsBatched = false, ...options }: GradOptions = {}): unknown {
  return isGradsBatched ? gradBatched(asList(outputs), asList(inputs), options) : gradOnce(outputs, inputs, options);
}

/** One walk for a batch of gradients. */
export function gradBatched(outputs: readonly Tensor[], inputs: readonly Tensor[], { gradOutputs, ...options }: OnceOptions): (Tensor | null)[] {
  const given = asList(gradOutputs).filter(isTensor);
  given.forEach((g, i) => {
    const out = outputs[i];
    if (out !== undefined && !sameShape(g.shape.slice(1), out.shape))
      throw new AutogradError(
        "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding output, " +
        `but a mismatch was detected: grad_output[${i}] has a shape of ${python.size(g.shape)} and output[${i}] has a shape of ${python.size(out.shape)}. ` +
        "If you only want some tensors in `grad_output` to be considered batched, consider using vmap.");
  });
  let found: (Tensor | null)[] = [];
  const batch = vmap((...gs: Tensor[]) => {
    found = gradOnce(outputs, inputs, { ...options, gradOutputs: gs });
    return found.filter((g) => g !== null);
  })(...given) as Tensor[];
  let next = 0;
  return found.map((g) => (g === null ? null : batch[next++]!));
}
