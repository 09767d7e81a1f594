/** @file What a module does to its tensors one by one: move them, clear their gradients. */
import { type Backend, detach, type DType, keep, noGrad, setRequiresGrad, type Tensor, to, zero_ } from "@adjoint/core/functional";
import { isParameter, parameter } from "./parameter.ts";

const isFloating = (dtype: DType): boolean => dtype.includes("float");

async function transferred(x: Tensor, target: Backend | DType): Promise<Tensor> {
  const values = detach(x), { requiresGrad } = x;
  try {
    const fresh = typeof target !== "string" ? await to(values, target) : isFloating(x.dtype) ? to(values, target) : values;
    if (fresh === values || (fresh.device === x.device && fresh.dtype === x.dtype)) return x;
    if (isParameter(x)) return parameter(fresh, { requiresGrad });
    setRequiresGrad(fresh, requiresGrad);
    return keep(fresh);
  } finally {
    values.dispose();
  }
}

/** Each tensor with its replacement; a shared one stays shared. Nothing is replaced unless all could be moved. */
export async function moved(tensors: readonly Tensor[], target: Backend | DType): Promise<Map<Tensor, Tensor>> {
  const replaced = new Map<Tensor, Tensor>();
  try {
    for (const x of tensors) if (!replaced.has(x)) replaced.set(x, await transferred(x, target));
  } catch (error) {
    for (const [old, fresh] of replaced) if (old !== fresh) fresh.dispose();
    throw error;
  }
  return replaced;
}

export function clearGrad(x: Tensor, setToNone: boolean): void {
  const { grad } = x;
  if (grad === null) return;
  if (setToNone) x.grad = null;
  else noGrad(() => zero_(grad));
}
