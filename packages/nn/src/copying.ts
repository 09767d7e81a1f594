/** @file Deep copies of what a module holds. */
import { clone, detach, isTensor, keep, noGrad, setRequiresGrad, type Tensor } from "@adjoint/core/functional";
import { isRecord } from "./contents.ts";
import { isParameter, parameter } from "./parameter.ts";

/** A leaf with the same values, of the same kind. */
function copyTensor(x: Tensor): Tensor {
  const { requiresGrad } = x;
  const fresh = noGrad(() => {
    const values = detach(x), copy = clone(values);
    values.dispose();
    return keep(copy);
  });
  if (isParameter(x)) return parameter(fresh, { requiresGrad });
  setRequiresGrad(fresh, requiresGrad);
  return fresh;
}

/** A copy of a value. What is shared within it is shared within the copy: `made` knows what was copied. `special` copies what it knows, or gives undefined. */
export function deepCopy(value: unknown, made: Map<unknown, unknown>, special: (value: object) => object | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = made.get(value);
  if (known !== undefined) return known;
  const once = <T extends object>(copy: T): T => {
    made.set(value, copy);
    return copy;
  };
  if (isTensor(value)) return once(copyTensor(value));
  const own = special(value);
  if (own !== undefined) return own;
  if (!isRecord(value)) return value;
  const copy = once<object>(Array.isArray(value) ? [] : {});
  for (const [key, item] of Object.entries(value)) Reflect.set(copy, key, deepCopy(item, made, special));
  return copy;
}
