/** @file Hooks on the gradients of a module: identities around `forward` that see what flows back through it. */
import { AutogradError, autograd, isGradEnabled, isTensor, type Tensor } from "@adjoint/core/functional";
import type { Module } from "./module.ts";

export type MaybeGrads = readonly (Tensor | null)[];
/**
 * Sees the gradients of the arguments and of the results, null where there is none or the argument is no tensor.
 * What it returns takes the place of the gradients of the arguments.
 */
export type BackwardHook<M> = (module: M, gradInput: MaybeGrads, gradOutput: MaybeGrads) => MaybeGrads | Tensor | null | undefined | void;
type Hooks = Iterable<{ readonly hook: BackwardHook<Module> }>;
type See = (grads: MaybeGrads) => MaybeGrads;

/** The identity, which shows the gradients that come back to `see`. */
class BackwardHookFunction extends autograd.Function {
  static override readonly name: string = "BackwardHookFunction";
  static forward(ctx: autograd.FunctionContext, see: See, ...xs: readonly Tensor[]): readonly Tensor[] {
    ctx.setMaterializeGrads(false);
    ctx["see"] = see;
    ctx.markNonDifferentiable(...xs.filter((x) => !x.requiresGrad));
    return xs;
  }
  static backward(ctx: autograd.FunctionContext, ...grads: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    return [null, ...(ctx["see"] as See)(grads)];
  }
}

/** The values with their tensors passed through the identity; undefined where none needs a gradient. */
function watched(values: readonly unknown[], see: See): readonly unknown[] | undefined {
  const places = [...values.keys()].filter((i) => isTensor(values[i])), tensors = places.map((i) => values[i] as Tensor);
  if (!isGradEnabled() || !tensors.some((x) => x.requiresGrad)) return undefined;
  const all = (grads: MaybeGrads): MaybeGrads => {
    const full = new Array<Tensor | null>(values.length).fill(null);
    places.forEach((i, k) => { full[i] = grads[k] ?? null; });
    const seen = see(full);
    return places.map((i) => seen[i] ?? null);
  };
  const through = BackwardHookFunction.apply(all, ...tensors), out = [...values];
  places.forEach((i, k) => { out[i] = through[k]; });
  return out;
}

/** Calls `forward` with the inputs, so that the hooks run once its gradients are there. */
export function withBackwardHooks(module: Module, hooks: Hooks, inputs: readonly unknown[], forward: (inputs: readonly unknown[]) => unknown): unknown {
  let gradOutput: MaybeGrads | undefined;
  const call = (gradInput: MaybeGrads): MaybeGrads => {
    if (gradOutput === undefined)
      throw new AutogradError("Module backward hook for grad_input is called before the grad_output one. This happens because the gradient in your nn.Module flows to the Module's input without passing through the Module's output. Make sure that the output depends on the input and that the loss is computed based on the output.");
    let current = gradInput;
    for (const { hook } of hooks) {
      const made = hook(module, current, gradOutput);
      if (made === undefined || made === null) continue;
      const list: MaybeGrads = isTensor(made) ? [made] : made;
      if (list.length !== gradInput.length) throw new AutogradError(`Backward hook returned an invalid number of grad_input, got ${list.length}, but expected ${gradInput.length}`);
      current = list;
    }
    gradOutput = undefined;
    return current;
  };
  const given = watched(inputs, call);
  const output = forward(given ?? inputs), isList = Array.isArray(output), outputs: readonly unknown[] = isList ? output : [output];
  const seen = watched(outputs, (grads) => {
    gradOutput = grads;
    // No argument needs a gradient, so nothing will come back to the arguments.
    if (given === undefined && call(inputs.map(() => null)).some((grad) => grad !== null))
      throw new AutogradError("Backward hook for Modules where no input requires gradient should always return None or None for all gradients.");
    return grads;
  });
  if (seen === undefined) return output;
  return isList ? seen : seen[0];
}
