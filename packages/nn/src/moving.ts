/** @file What a module does to its tensors one by one: move them, cast them, clear their gradients. */
import { type Backend, detach, type DType, keep, noGrad, setRequiresGrad, type Tensor, to, zero_ } from "@adjoint/core/functional";
import { isParameter, parameter } from "./parameter.ts";

const isFloating = (dtype: DType): boolean => dtype.includes("float");

/** `fresh` in the role of `x`. */
function inPlaceOf(x: Tensor, fresh: Tensor): Tensor {
  const { requiresGrad } = x;
  if (isParameter(x)) return parameter(fresh, { requiresGrad });
  setRequiresGrad(fresh, requiresGrad);
  return keep(fresh);
}

async function moved(x: Tensor, device: Backend): Promise<Tensor> {
  if (x.device === device) return x;
  const values = detach(x);
  try {
    return inPlaceOf(x, await to(values, device));
  } finally {
    values.dispose();
  }
}

function cast(x: Tensor, dtype: DType): Tensor {
  if (!isFloating(x.dtype) || x.dtype === dtype) return x;
  const values = detach(x);
  try {
    return inPlaceOf(x, noGrad(() => to(values, dtype)));
  } finally {
    values.dispose();
  }
}

const undone = (replaced: ReadonlyMap<Tensor, Tensor>): void => {
  for (const [old, fresh] of replaced) if (old !== fresh) fresh.dispose();
};

/** Each tensor with its replacement on the device; a shared one stays shared. Nothing is replaced unless all could be moved. */
export async function allMoved(tensors: readonly Tensor[], device: Backend): Promise<Map<Tensor, Tensor>> {
  const replaced = new Map<Tensor, Tensor>();
  try {
    for (const x of tensors) if (!replaced.has(x)) replaced.set(x, await moved(x, device));
  } catch (error) {
    undone(replaced);
    throw error;
  }
  return replaced;
}

/** Each tensor with its replacement of the dtype, floats only. */
export function allCast(tensors: readonly Tensor[], dtype: DType): Map<Tensor, Tensor> {
  const replaced = new Map<Tensor, Tensor>();
  try {
    for (const x of tensors) if (!replaced.has(x)) replaced.set(x, cast(x, dtype));
  } catch (error) {
    undone(replaced);
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
