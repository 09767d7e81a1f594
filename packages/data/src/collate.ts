/** @file Elements put together to a batch. */
import { isTensor, python, stack, type Tensor, tensor, type TypedArray } from "@adjoint/core/functional";
import { DataError } from "./errors.ts";

/** What `defaultCollate` makes of elements: tensors of tensors and numbers, lists of texts, and so in every place of lists and records. */
export type Collated<T> =
  T extends Tensor | number | boolean | TypedArray ? Tensor
  : T extends string ? T[]
  : T extends object ? { [K in keyof T]: Collated<T[K]> }
  : T[];

const isTypedArray = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && !(x instanceof DataView);

function collate(batch: readonly unknown[]): unknown {
  const [first] = batch;
  if (isTensor(first)) return stack(batch as readonly Tensor[]);
  if (isTypedArray(first)) {
    const rows = batch.map((x) => tensor(x as TypedArray)), all = stack(rows);
    for (const row of rows) row.dispose();
    return all;
  }
  if (typeof first === "boolean") return tensor(batch as readonly boolean[]);
  if (typeof first === "number") return tensor(batch as readonly number[], { dtype: batch.every(Number.isInteger) ? "int32" : "float32" });
  if (typeof first === "string") return [...batch];
  if (Array.isArray(first)) {
    if (batch.some((x) => (x as readonly unknown[]).length !== first.length)) throw new DataError("each element in list of batch should be of equal size");
    return first.map((_, i) => collate(batch.map((x) => (x as readonly unknown[])[i])));
  }
  if (typeof first === "object" && first !== null && Object.getPrototypeOf(first) === Object.prototype)
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate(batch.map((x) => Reflect.get(x as object, key) as unknown))]));
  throw new DataError(`default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class '${python.typeName(first)}'>`);
}

/**
 * A batch of elements: tensors and typed arrays are stacked, numbers become a tensor (int32 if all are whole), texts a list; lists and records are collated place by place.
 * PyTorch's `default_collate`.
 * @param batch the elements, all alike
 * @returns as the elements, with a first dim of their number
 * @throws DataError for lists of different lengths, or elements of another kind
 */
export const defaultCollate = <T>(batch: readonly T[]): Collated<T> => collate(batch) as Collated<T>;
